"""The oracle's quote: what a change costs now and next, and what the membership is then. Standard library only."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.evaluator_calendar import (
    ONCE,
    Interval,
    at_time_of,
    day_of,
    interval,
    midnight,
    moved,
    plus,
    plus_months,
    written,
)
from tests.oracle.evaluator_facts import (
    ENDED,
    GROUPS,
    Held,
    Item,
    Target,
    billing_day,
    fail,
    granted,
    holds,
    instant,
    more_than,
    trial_end,
)
from tests.oracle.evaluator_money import (
    EVERYTHING,
    NOTHING,
    Rounding,
    Share,
    Stretch,
    brought,
    discounts,
    exactly,
    prorated,
    proration,
    recurring_charge,
    running,
    share_left,
    text,
    unit_end,
    unit_start,
    whole_interval,
)
from tests.oracle.evaluator_policy import Policy, number

ZERO = Fraction(0)


@dataclass
class Course:
    """The terms after the table of starts and targets that are not a running period."""

    effective: str
    billing: str
    charge: str
    credit: Any
    moment: datetime
    start: datetime | None = None
    end: datetime | None = None
    every: Interval | None = None
    billing_day: int | date | None = None
    late_keep: bool = False
    in_trial: bool = False
    then_until: datetime | None = None  # where the stub after a trial ends


@dataclass
class Charged:
    item: Item
    charge: Fraction  # exact or rounded, as the lines are
    discount: Fraction
    whole: Fraction  # the exact charge after discount


@dataclass
class Sheet:
    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, item: str | None, amount: Fraction) -> None:
        if amount:
            """Zero lines are left out."""
            self.lines.append({"kind": kind, "item": item, "amount": amount})

    def sum(self) -> Fraction:
        return sum((line["amount"] for line in self.lines), ZERO)


def credit_parts(credit: Any) -> tuple[list[str], str, str]:
    """`none`, a rule, `{rule, to, excess}`; `rule` may be a list. `to`: `charge` (default); `excess`: `account`."""
    if credit in (None, "none"):
        return [], "charge", "account"
    if isinstance(credit, str | list):
        credit = {"rule": credit}
    rules = credit.get("rule", [])
    rules = [rules] if isinstance(rules, str) else rules
    return [each for each in rules if each != "none"], credit.get("to", "charge"), credit.get("excess", "account")


BUILT_IN_CREDITS: dict[str, dict[str, Any]] = {
    "unused": {"basis": "recurring", "at_most": "paid"},
    "paid": {"basis": "paid"},
    "recurring": {"basis": "recurring"},
    "list_price": {"basis": "list_price"},
}


def settle(policy: Policy, member: Held, wanted: Target, terms: dict[str, Any], kind: str | None) -> Course:  # noqa: C901
    """*Starts and targets that are not a running period.*"""
    found = Course(
        effective=terms.get("effective", "immediately"),
        billing=terms.get("billing_date", "restart"),
        charge=terms.get("charge", "none" if terms.get("billing_date") == "when_credit_ends" else "full"),
        credit=terms.get("credit", "none"),
        moment=member.at,
    )
    if member.end is None or (not member.plan.every.recurs and wanted.plan.every.recurs):
        """from free or lifetime"""
        if found.effective == "period_end":
            """`period_end` is immediately"""
            found.effective, found.billing, found.charge, found.credit = "immediately", found.billing, "full", "none"
        if found.billing in {"keep", "when_credit_ends"} or (found.billing == "align" and member.billing_day is None):
            """`keep` and `when_credit_ends` are `restart`, `align` too unless there is a `billing_day`;"""
            found.billing = "restart"
        if found.charge in {"prorated", "none"} and not (found.billing == "align" and member.billing_day is not None):
            """`prorated` and `none` are then `full`;"""
            found.charge = "full"
    elif member.late:
        """`at` on or after `period.end`: nothing is unused."""
        if found.effective == "period_end":
            """`period_end`: immediately, `restart`, `full`."""
            found.effective, found.billing, found.charge, found.credit = "immediately", "restart", "full", "none"
        elif found.billing == "keep" and found.charge != "none":
            """`keep`: the change is made at the first instant of the period that begins there; `none` leaves the period"""  # noqa: E501
            found.late_keep = True
            found.moment = member.end
        if found.billing == "when_credit_ends":
            found.billing, found.charge = "restart", "full"
        if found.charge == "full_difference":
            """`full_difference` is `full`"""
            found.charge = "full"
    if found.charge == "full_difference" and ONCE in {member.plan.every, wanted.plan.every}:
        """a lifetime is compared by `full_difference` only with a lifetime, else `full`"""
        if member.plan.every != wanted.plan.every:
            found.charge = "full"
    if (
        kind in GROUPS["addon_change"]
        and member.trialing
        and found.effective == "immediately"
        and member.end is not None
    ):
        """An add-on bought in a trial costs nothing until its end and leaves it alone."""
        found.in_trial = True
        found.billing, found.charge = "keep", "none"
        found.late_keep, found.moment = False, member.at
    return found


def target_interval(wanted: Target) -> Interval | None:
    """The interval at which the target is charged; None for lifetime and free."""
    for each in wanted.items:
        if each.every.recurs:
            return each.every
    return None


def remembered(day: int | date | None) -> int | None:
    return day.day if isinstance(day, date) else day


def lay_out(policy: Policy, member: Held, wanted: Target, plan: Course) -> None:
    """The period that comes out."""
    zone = policy.zone
    every = target_interval(wanted)
    plan.billing_day = member.billing_day
    if every is None:
        """to free or lifetime: no period"""
        given = member.raw.get("billing_day")
        plan.billing_day = given if given is None else member.billing_day
        return
    if plan.billing == "keep":
        plan.start, plan.end, plan.every = member.start, member.end, member.every
        if plan.late_keep:
            assert member.end is not None
            assert member.every is not None
            plan.start = member.end
            plan.end = moved(member.end, member.every, 1, member.remembered_day, zone)
            """default: the day of period.end"""
            plan.billing_day = billing_day(policy, member.raw, plan.start, plan.end, plan.every)
        return
    plan.start, plan.every = plan.moment, every
    today = day_of(plan.moment, zone)
    if plan.billing == "align":
        plan.end = stub_end(policy, member, every, plan.moment)
        return
    plan.billing_day = restarted_billing_day(member, plan.moment, plan.billing_day)
    plan.end = moved(plan.moment, every, 1, remembered(plan.billing_day) or today.day, zone)


def restarted_billing_day(member: Held, moment: datetime, day: int | date | None) -> int | date | None:
    """`billing_day` becomes the day of the change after `restart` (at a period's end only when that is not the
    billing day already)."""
    today = day_of(moment, member.policy.zone)
    at_the_end = member.end is not None and moment >= member.end and today == day_of(member.end, member.policy.zone)
    if at_the_end and day is not None and plus_months(today, 0, remembered(day) or 1) == today:
        return day
    return today.day


def stub_end(policy: Policy, member: Held, every: Interval, moment: datetime) -> datetime:
    """The stub ends at the first of (billing day of the change's month, or the anchor date) + k × target interval
    that is after the change."""
    zone, today = policy.zone, day_of(moment, policy.zone)
    day = member.billing_day
    assert day is not None
    if isinstance(day, date):
        first, remember = day, day.day
    else:
        first, remember = plus_months(today, 0, day), day
    times = 0
    while plus(first, every, times - 1, remember) > today:
        times -= 1
    while plus(first, every, times, remember) <= today:
        times += 1
    day_after = plus(first, every, times, remember)
    return midnight(day_after, zone) if member.end is None else at_time_of(day_after, member.end, zone)


def counterpart(member: Held, item: Item, *, is_plan: bool) -> Item | None:
    return member.plan if is_plan else member.addons.get(item.id)


def same_thing(old: Item | None, new: Item) -> bool:
    return old is not None and (old.id, old.price, old.every) == (new.id, new.price, new.every)


def quote(  # noqa: C901
    policy: Policy,
    member: Held,
    wanted: Target,
    kind: str | None,
    rule: str,
    terms: dict[str, Any],
    facts: dict[str, Any],
) -> dict[str, Any]:
    zone = policy.zone
    money = Rounding(policy, member.currency)
    drop_addons(wanted, terms)
    plan = settle(policy, member, wanted, terms, kind)
    if plan.effective == "period_end":
        return pending_quote(policy, member, wanted, kind, rule, terms, money)
    trial = trial_of(policy, member, wanted, terms, facts, plan)
    lay_out(policy, member, wanted, plan)
    moment = plan.moment
    today = day_of(moment, zone)
    discount = None if terms.get("discount") == "drop" else member.discount
    settings = proration(policy.document.get("proration"), terms.get("proration"))
    before: dict[str, Fraction] = {}
    for item in member.items:
        charged_on = item.paid_from or member.start or moment
        off_each = discounts(member.discount, member.items, day_of(charged_on, zone), money)
        before.update({item.id: off_each[item.id]} if item.id in off_each else {})
    after = discounts(discount, wanted.items, today, money)
    recurs_on = target_interval(wanted)

    # What is charged
    charge_share = charge_share_of(policy, member, plan, settings)
    charged: dict[str, Charged] = {}
    sheet = Sheet()
    if plan.billing == "when_credit_ends":
        plan.charge = "none"
    for item in wanted.items:
        old = counterpart(member, item, is_plan=item is wanted.plan)
        exact = charge_of(member, item, old, plan, settings, charge_share, zone)
        if trial is not None and item.every.recurs:
            """During a trial no recurring charge is due."""
            exact = None if exact is None else (ZERO, EVERYTHING)
        if exact is None:
            continue
        base, share = exact
        charge = prorated(base, share, money)
        off = ZERO
        fixed = discount is not None and discount.get("percent") is None
        if (
            item.id in after
            and item.amount
            and not (fixed and plan.charge == "full_difference" and plan.billing == "keep")
        ):
            """A discount line follows each recurring charge, prorated with it"""
            off = prorated(after[item.id] * base / item.amount, share, money)
        exact_off = ZERO if not off else exactly(after[item.id] * base / item.amount, share, money)
        charged[item.id] = Charged(item, charge, off, exactly(base, share, money) - exact_off)
        sheet.add("charge", item.id, charge)
        sheet.add("discount", item.id, -off)

    # Setup fees, fee, promotion
    negative: list[tuple[str, Fraction]] = []
    setup_fee_paid = None if member.raw.get("setup_fee_paid") is None else number(member.raw["setup_fee_paid"])
    mode = terms.get("setup_fee", "waive")
    if mode != "waive":
        """`setup_fee`: of another plan, or any on reactivation, and of added add-ons, once"""
        for item in wanted.items:
            is_plan = item is wanted.plan
            if is_plan and wanted.plan.id == member.plan.id and kind != "reactivation":
                continue
            if not is_plan and item.id in member.addons and kind != "reactivation":
                continue
            fee = policy.setup_fee(item.id, member.currency)
            due = fee
            if is_plan and mode == "difference":
                due = fee - (setup_fee_paid or ZERO)
            if due >= 0:
                sheet.add("setup_fee", item.id, due)
                if is_plan:
                    setup_fee_paid = fee
            else:
                negative.append((item.id, -due))
    sheet.add("fee", None, policy.amount(terms["fee"], member.currency) if "fee" in terms else ZERO)
    off_charges = promotion_of(policy, member, terms, charged, money)
    if off_charges:
        sheet.add("promotion", None, -off_charges)
    due_before = sheet.sum()
    negative_left = max(ZERO, due_before)
    for id, amount in negative:
        """a negative fee is a credit line, at most what is due before credits"""
        used = min(amount, negative_left)
        negative_left -= used
        sheet.add("credit", id, -used)
        if id == wanted.plan.id:
            setup_fee_paid = policy.setup_fee(id, member.currency)

    # Credits
    rules, to, excess_to = credit_parts(plan.credit)
    credited: dict[str, Fraction] = {}
    chosen = None
    for name in rules:
        body = (policy.document.get("credits") or {}).get(name) or BUILT_IN_CREDITS[name]
        if holds(body.get("when"), facts):
            """the first whose `when` holds"""
            chosen = body
            break
    sheet_before_credits = sheet.sum()
    room = max(ZERO, sheet_before_credits)
    if recurs_on is None:
        """Where there is no next charge, what is owed is collected now"""
        room += member.owed
    if chosen is not None:
        credited = credits_of(
            policy, member, wanted, plan, chosen, settings_of(settings, chosen), before, sheet_before_credits, money
        )
        for id, amount in credited.items():
            sheet.add("credit", id, -amount)
        fee_back = setup_fee_credit(policy, member, wanted, chosen, credited)
        limit = chosen.get("at_most", "paid")
        if limit == "charge":
            fee_back = min(fee_back, max(ZERO, sheet_before_credits - sum(credited.values(), ZERO)))
        elif limit != "paid":
            fee_back = min(fee_back, policy.amount(limit, member.currency) - sum(credited.values(), ZERO))
        if fee_back:
            sheet.add("credit", member.plan.id, -fee_back)
    else:
        fee_back = ZERO
    asked = mode != "waive" and (wanted.plan.id != member.plan.id or kind == "reactivation")
    if fee_back and not asked:
        setup_fee_paid = (setup_fee_paid or ZERO) - fee_back
    exact_earned = sum(credited.values(), ZERO) + fee_back
    earned = sum((money(each) for each in credited.values()), ZERO) + money(fee_back)
    apart = to != "charge" or plan.billing == "when_credit_ends"
    if money.net and apart:
        earned = money(exact_earned)

    # Where the credit goes
    summary = dict.fromkeys(("earned", "to_charge", "to_account", "to_refund", "to_time", "forfeited"), ZERO)
    summary["earned"] = earned
    days = 0
    bought_by: dict[str, Fraction] = {}
    if plan.billing == "when_credit_ends":
        """the period is the trial: no credit can make it longer"""
        bought = None if trial else time_bought(policy, member, wanted, plan, terms, earned, settings)
        if bought is None:
            """`when_credit_ends` with a credit that buys nothing: `restart`, `full`, credit `to: charge`"""
            again = {**terms, "billing_date": "restart", "charge": "full"}
            again["credit"] = {"rule": rules, "to": "charge", "excess": excess_to}
            again.pop("time", None)
            return quote(policy, member, wanted, kind, rule, again, facts)
        spent, days, plan.end, barred = bought
        spent = min(money(spent), earned)
        summary["to_time"] = spent
        sheet.add("to_time", None, spent)
        put_away(sheet, summary, earned - spent, leftover(terms, barred=barred))
        bought_by = by_amount(spent, wanted, money)
        plan.start = moment
        plan.billing_day = day_of(plan.end, zone).day
    elif to == "charge":
        exact_rest = exact_earned - room
        rest = max(ZERO, money(exact_rest)) if money.net else max(ZERO, earned - room)
        summary["to_charge"] = earned - rest
        if rest and excess_to == "time":
            days, spent, barred = lengthen(policy, wanted, plan, terms, rest, trial)
            summary["to_time"] = min(money(spent), rest)
            sheet.add("to_time", None, summary["to_time"])
            bought_by = by_amount(summary["to_time"], wanted, money)
            put_away(sheet, summary, rest - summary["to_time"], leftover(terms, barred=barred))
        elif rest:
            put_away(sheet, summary, rest, excess_to)
    elif to == "time":
        days, spent, barred = lengthen(policy, wanted, plan, terms, earned, trial)
        summary["to_time"] = min(money(spent), earned)
        sheet.add("to_time", None, summary["to_time"])
        bought_by = by_amount(summary["to_time"], wanted, money)
        put_away(sheet, summary, earned - summary["to_time"], leftover(terms, barred=barred))
    else:
        put_away(sheet, summary, earned, to)

    # What is due now
    due = money(sheet.sum())
    if money.net and not apart and exact_earned >= room:
        due = ZERO if recurs_on is not None else -member.owed
    elif money.net and apart:
        due = money(sheet_before_credits)
    also_owed = member.owed if recurs_on is None else ZERO
    if also_owed and ("waive_below" in terms or "minimum_due" in terms):
        """what is owed and collected now counts"""
        due += also_owed
    if "waive_below" in terms and ZERO < due < policy.amount(terms["waive_below"], member.currency):
        """less is not collected"""
        sheet.add("waived", None, -due)
        due = ZERO
    if "minimum_due" in terms and due > 0:
        """an amount above 0 is at least this"""
        least = policy.amount(terms["minimum_due"], member.currency)
        sheet.add("minimum", None, max(ZERO, least - due))
        due = max(due, least)
    if also_owed and ("waive_below" in terms or "minimum_due" in terms):
        due -= also_owed
    for line in sheet.lines:
        line["amount"] = money(line["amount"])
    """The kinds of lines, in their order"""
    order = ("to_account", "to_refund", "to_time", "forfeited")
    closing = sorted(
        (each for each in sheet.lines if each["kind"] in order), key=lambda each: order.index(each["kind"])
    )
    first = next((n for n, each in enumerate(sheet.lines) if each["kind"] in order), len(sheet.lines))
    others = [each for each in sheet.lines[first:] if each["kind"] not in order]
    sheet.lines = [line for line in (*sheet.lines[:first], *closing, *others) if line["amount"]]
    """a `rounding` line closes the sum"""
    sheet.add("rounding", None, due - sheet.sum())
    owed = member.owed
    if terms.get("collect") == "next_charge" and recurs_on is not None:
        """`next_charge`: `due_now` is 0, the sum is added to the membership's `owed`"""
        owed, due = owed + due, ZERO
    if recurs_on is None and owed:
        """Where there is no next charge, what is owed is collected now (line `owed`)."""
        sheet.add("owed", None, owed)
        due, owed = due + owed, ZERO
    used = ZERO
    if policy.document.get("account_credit", "use") == "use":
        """`account_credit` is spent automatically"""
        used = min(max(ZERO, member.account_credit), due)
        sheet.add("account_credit", None, -used)
        due -= used
    balance = member.account_credit - used + summary["to_account"]

    # What the membership is worth afterwards
    worth: dict[str, tuple[Fraction | None, datetime | None]] = {}
    for item in wanted.items:
        old = counterpart(member, item, is_plan=item is wanted.plan)
        worth[item.id] = worth_of(
            policy, member, item, old, wanted, plan, settings, charged, credited, bought_by, money, off_charges
        )

    status, trial_ends = member.status, member.trial_ends
    if plan.in_trial:
        pass
    elif trial is not None:
        status, trial_ends = "trialing", trial
        """`billing_date` and `charge` apply at its end, `align` keeps the billing day; the period is the trial"""
        goes_on = terms.get("trial") == "carry" and member.end == trial
        fresh = anew(member, wanted, plan)
        worth.update({item.id: (ZERO, None) for item in fresh})
        for item in wanted.items:
            old = counterpart(member, item, is_plan=item is wanted.plan)
            if not item.every.recurs or item in fresh or old is None:
                continue
            if item.quantity > old.quantity:
                """`charge` applies at its end; more units under `none` inherited"""
                worth[item.id] = (old.paid, old.paid_from)
            """inherited: from the start of the period that was"""
            worth[item.id] = (worth[item.id][0], worth[item.id][1] or member.start)
        into_trial(member, plan, trial, recurs_on, member.start if goes_on else member.at)
    else:
        if status in ENDED or member.trialing:
            status = "active"
        trial_ends = None if member.trialing else trial_ends
    period = period_json(policy, plan, recurs_on)
    new = membership_json(
        policy,
        member,
        wanted,
        worth,
        status=status,
        setup_fee_paid=setup_fee_paid,
        period=period,
        billing_day=plan.billing_day,
        trial_ends=trial_ends,
        account_credit=balance,
        owed=owed,
        discount=discount,
        pending=None,
        changed=True,
        restarted=plan.start != member.start,
    )
    upcoming: list[dict[str, str]] = []
    if recurs_on is not None and plan.end is not None:
        upcoming = charges_ahead(
            policy, wanted, discount, plan.end, recurs_on, remembered(plan.billing_day), owed, money
        )
    if trial is not None and upcoming:
        upcoming = after_trial(policy, member, wanted, plan, trial, settings, discount, owed, money)
    return {
        **head(policy, member, wanted, kind, rule),
        "effective": "immediately",
        "effective_at": member.at.isoformat(),
        "lines": [{**line, "amount": text(line["amount"], money.decimals)} for line in sheet.lines],
        "due_now": text(due, money.decimals),
        "credit": {**{key: text(value, money.decimals) for key, value in summary.items()}, "days": days},
        "account_credit": {
            "before": text(member.account_credit, money.decimals),
            "used": text(used, money.decimals),
            "after": text(balance, money.decimals),
        },
        "next_charge": upcoming[0] if upcoming else None,
        "upcoming": upcoming,
        **grants(policy, member, wanted),
        "membership": new,
    }


def has_excess(terms: dict[str, Any]) -> bool:
    return isinstance(terms.get("credit"), dict) and "excess" in terms["credit"]


def leftover(terms: dict[str, Any], *, barred: bool) -> str:
    """Less than one unit goes to `excess` (here `forfeit` by default); what cannot become time goes to the account."""
    if barred:
        return "account"
    excess: str = terms["credit"]["excess"] if has_excess(terms) else "forfeit"
    return "forfeit" if excess == "time" else excess


def put_away(sheet: Sheet, summary: dict[str, Fraction], amount: Fraction, where: str) -> None:
    """What of a credit is not applied, with the opposite sign."""
    kind = {"account": "to_account", "refund": "to_refund", "forfeit": "forfeited"}[where]
    summary[kind] += amount
    sheet.add(kind, None, amount)


def settings_of(wider: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    return {**wider, **rule.get("proration", {})}


def drop_addons(wanted: Target, terms: dict[str, Any]) -> None:
    if terms.get("addons") != "drop":
        return
    for id in list(wanted.addons):
        if id not in wanted.named:
            del wanted.addons[id]
            wanted.wanted.pop(id, None)
            wanted.ended[id] = "dropped"


def charge_share_of(policy: Policy, member: Held, plan: Course, settings: dict[str, Any]) -> Share:
    """`prorated`: its share of what is left"""
    if plan.late_keep:
        """whole under `old_plan` too"""
        return EVERYTHING
    if plan.charge != "prorated" or plan.end is None or plan.every is None:
        return EVERYTHING
    length = charged_length(policy, member, plan)
    if plan.billing == "align":
        start = moved(plan.end, plan.every, -1, remembered(member.billing_day), policy.zone)
        if day_of(start, policy.zone) == day_of(plan.moment, policy.zone):
            """on a billing day there is no stub."""
            return EVERYTHING
        return share_left(settings, length, plan.moment, length.start, policy.zone)
    return share_left(settings, length, plan.moment, plan.start, policy.zone)


def charged_length(policy: Policy, member: Held, plan: Course) -> Stretch:
    assert plan.end is not None
    assert plan.every is not None
    if plan.billing == "align":
        """its divisor is the target interval that ends with it"""
        return whole_interval(plan.end, plan.every, None, remembered(member.billing_day), policy.zone)
    return whole_interval(plan.end, plan.every, plan.start, member.remembered_day, policy.zone)


def charge_of(  # noqa: C901
    member: Held, item: Item, old: Item | None, plan: Course, settings: dict[str, Any], share: Share, zone: Any
) -> tuple[Fraction, Share] | None:
    """What is charged for an item: an amount and its share; None where it gets no line."""
    alike = same_thing(old, item)
    units = item.quantity - old.quantity if alike and old is not None else item.quantity
    if not item.every.recurs:
        """what has no next charge is charged in full now, whatever the terms say; `once` add-ons are charged once"""
        if item.every != ONCE:
            return (ZERO, EVERYTHING)
        if alike and units <= 0:
            return None
        if plan.charge == "full_difference" and not alike and old is not None and old.every == ONCE:
            """new minus old, whatever the day (not below 0)"""
            return (max(ZERO, item.amount - old.amount), EVERYTHING)
        return (item.unit * units, EVERYTHING)
    if plan.billing != "keep":
        """with `restart`, `align`, `when_credit_ends` every held item is credited and every target item charged"""
        if plan.charge == "none":
            return (ZERO, EVERYTHING)
        return (item.amount, share if plan.charge == "prorated" else EVERYTHING)
    """With `keep` only items that change get lines (a quantity: the difference in units)"""
    if units <= 0 and alike:
        return None
    amount = item.unit * units
    if plan.charge == "none":
        """nothing until the next charge"""
        return (ZERO, EVERYTHING)
    if plan.charge == "full":
        """the recurring amount"""
        return (amount, EVERYTHING)

    length = None
    if plan.end is not None and plan.every is not None:
        length = whole_interval(plan.end, plan.every, plan.start, member.remembered_day, zone)

    def normal(value: Fraction, every: Interval) -> Fraction:
        return brought(value, every, settings, length, zone)

    if plan.charge == "full_difference":
        """new minus old, whatever the day (not below 0, normalised like `prorated`)"""
        before = normal(old.amount, old.every) if old is not None and not alike and old.every.recurs else ZERO
        return (max(ZERO, normal(amount, item.every) - before), EVERYTHING)
    return (normal(amount, item.every), share)


def split(amount: Fraction, over: dict[str, Fraction], money: Rounding) -> dict[str, Fraction]:
    """in proportion, the rest on the last; nothing takes more than it is worth"""
    total = sum(over.values(), ZERO)
    found: dict[str, Fraction] = {}
    for id, part in over.items():
        left = amount - sum(found.values(), ZERO)
        found[id] = left if id == list(over)[-1] else min(left, money(amount * part / total) if total else ZERO)
    too_much = max(ZERO, found[list(over)[-1]] - over[list(over)[-1]]) if over else ZERO
    for id, part in over.items():
        if id == list(over)[-1]:
            found[id] = min(found[id], part)
    for id, part in over.items():
        more = min(part - found[id], too_much)
        found[id] += more
        too_much -= more
    return found


def promotion_of(
    policy: Policy, member: Held, terms: dict[str, Any], charged: dict[str, Charged], money: Rounding
) -> Fraction:
    """amount; `{amount}` or `{percent}`: off its charges after discount (not below 0)"""
    if "promotion" not in terms:
        return ZERO
    body = terms["promotion"]
    if isinstance(body, dict) and "percent" in body:
        """exact, rounded once"""
        return money.line(sum((each.whole for each in charged.values()), ZERO) * number(body["percent"]) / 100)
    total = sum((money(each.charge) - money(each.discount) for each in charged.values()), ZERO)
    amount = policy.amount(body["amount"] if isinstance(body, dict) and "amount" in body else body, member.currency)
    return min(amount, total)


def credited_units(member: Held, wanted: Target, plan: Course) -> list[tuple[Item, int]]:
    """Which units of which held items are credited."""
    found = []
    for old in member.items:
        if old.every == ONCE and old is not member.plan:
            """`once` add-ons are never credited"""
            continue
        new = wanted.plan if old is member.plan else wanted.addons.get(old.id)
        if plan.billing != "keep" or new is None or not same_thing(old, new):
            if old is member.plan and old.every == ONCE and new is not None and same_thing(old, new):
                """a lifetime that stays is neither charged nor credited"""
                if new.quantity < old.quantity:
                    found.append((old, old.quantity - new.quantity))
                continue
            found.append((old, old.quantity))
        elif new.quantity < old.quantity:
            found.append((old, old.quantity - new.quantity))
    return found


def credits_of(  # noqa: C901
    policy: Policy,
    member: Held,
    wanted: Target,
    plan: Course,
    rule: dict[str, Any],
    settings: dict[str, Any],
    off: dict[str, Fraction],
    due_before: Fraction,
    money: Rounding,
) -> dict[str, Fraction]:
    """credit = round(basis × unused ÷ length), per item, not above `paid` when the basis is `paid`."""
    found: dict[str, Fraction] = {}
    at_most = rule.get("at_most")
    room = None
    if at_most == "charge":
        room = max(ZERO, due_before)
    elif at_most is not None and at_most != "paid":
        room = policy.amount(at_most, member.currency)
    for item, units in credited_units(member, wanted, plan):
        share = credit_share(policy, member, plan, rule, settings, item)
        part = Fraction(units, item.quantity)
        if item.amount == 0 and rule["basis"] != "list_price" and item.paid is None:
            """0 for a free item"""
            continue
        cap = None
        if share.ratio == 0:
            continue
        if rule["basis"] == "paid":
            basis = cap = paid_or_fail(item) * part
        else:
            unit = item.unit if rule["basis"] == "recurring" else list_unit(policy, member, item)
            """`recurring` and `list_price` credits are after discount."""
            amount = unit * item.quantity
            less = discounts_on(member, item, amount, off)
            basis = brought((amount - less) * part, item.every, settings, held_length(member), policy.zone)
        credit = prorated(basis, share, money)
        if at_most == "paid" and basis * share.ratio > 0:
            cap = paid_or_fail(item) * part
        if cap is not None:
            credit = min(credit, money(cap) if not money.net else cap)
        if room is not None:
            credit = min(credit, room)
            room -= credit
        if credit > 0:
            found[item.id] = credit
    return found


def paid_or_fail(item: Item) -> Fraction:
    """`paid` missing where a credit needs it"""
    if item.paid is None:
        raise fail("missing_paid", item.id)
    return item.paid


def discounts_on(member: Held, item: Item, amount: Fraction, off: dict[str, Fraction]) -> Fraction:
    if item.id not in off:
        return ZERO
    if member.discount and member.discount.get("percent") is not None:
        return amount * number(member.discount["percent"]) / 100
    return min(off[item.id], amount)


def held_length(member: Held) -> Stretch | None:
    if member.end is None or member.every is None:
        return None
    return whole_interval(member.end, member.every, member.start, member.remembered_day, member.policy.zone)


def list_unit(policy: Policy, member: Held, item: Item) -> Fraction:
    """`list_price`: today's"""
    if item is member.plan:
        return policy.list_amount(item.id, item.price, member.currency)
    offered = policy.priced(member.plan.every, item.id, item.price, member.currency)
    assert offered is not None
    return offered.unit


def credit_share(
    policy: Policy, member: Held, plan: Course, rule: dict[str, Any], settings: dict[str, Any], item: Item
) -> Share:
    if not item.every.recurs:
        """A lifetime or free item has credit only by `period`."""
        whole = settings["by"] == "period" and settings["change_unit"] == "new_plan"
        return EVERYTHING if whole else NOTHING
    if member.end is None or member.every is None or member.late:
        """nothing is unused"""
        return NOTHING
    whole = whole_interval(member.end, member.every, member.start, member.remembered_day, policy.zone)
    if rule["basis"] != "paid":
        return share_left(settings, whole, plan.moment, member.start, policy.zone)
    return share_left(
        settings, paid_stretch(member, item, whole), plan.moment, item.paid_from or member.start, policy.zone
    )


def paid_stretch(member: Held, item: Item, whole: Stretch) -> Stretch:
    """`length` is [`paid_from`, `period.end`) for basis `paid`"""
    start = item.paid_from or member.start
    assert start is not None
    zone = member.policy.zone
    return Stretch(
        start,
        whole.end,
        whole=day_of(start, zone) == day_of(whole.start, zone),
        every=whole.every,
        remembered=whole.remembered,
    )


def setup_fee_credit(
    policy: Policy, member: Held, wanted: Target, rule: dict[str, Any], credited: dict[str, Fraction]
) -> Fraction:
    """`setup_fee` (`none` default, `whole`, `lesser` of the fee paid and the target's; only with a credit above 0; a
    negative fee charged is no credit earned)"""
    mode = rule.get("setup_fee", "none")
    paid = number(member.raw.get("setup_fee_paid") or 0)
    if mode == "none" or not sum(credited.values(), ZERO) > 0:
        return ZERO
    if mode == "lesser":
        paid = min(paid, policy.setup_fee(wanted.plan.id, member.currency))
    return max(ZERO, paid)


def worth_of(  # noqa: C901
    policy: Policy,
    member: Held,
    item: Item,
    old: Item | None,
    wanted: Target,
    plan: Course,
    settings: dict[str, Any],
    charged: dict[str, Charged],
    credited: dict[str, Fraction],
    bought_by: dict[str, Fraction],
    money: Rounding,
    promotion: Fraction,
) -> tuple[Fraction | None, datetime | None]:
    """*What the membership is worth afterwards.*"""
    alike = same_thing(old, item)
    value = money(charged[item.id].charge) - money(charged[item.id].discount) if item.id in charged else ZERO
    if promotion:
        """it lowers what is `paid`"""
        shown = {id: money(each.charge) - money(each.discount) for id, each in charged.items()}
        value -= split(money(promotion), shown, money).get(item.id, ZERO)
    pays_from = first_paid_instant(policy, member, plan, settings)
    if item.amount == 0 and not item.every.recurs:
        """0 for a free item"""
        return (ZERO, None)
    if plan.billing == "when_credit_ends" and item.every.recurs:
        """under `when_credit_ends`: the credit that bought the time, by amount over the items; the change"""
        return (bought_by.get(item.id, ZERO), plan.moment)
    if not item.every.recurs and old is not None and alike and item.quantity == old.quantity:
        return (old.paid, old.paid_from)
    if not item.every.recurs and old is not None and alike and item.quantity < old.quantity:
        """fewer units: falls in proportion"""
        return (None if old.paid is None else money(old.paid * item.quantity / old.quantity), old.paid_from)
    if not item.every.recurs and old is not None and alike and item.quantity > old.quantity:
        return (None if old.paid is None else old.paid + money(value), old.paid_from)
    if plan.billing == "align" and plan.charge == "none" and old is not None and item.every.recurs:
        """plan under `keep` or `align` with `none`: inherited, less what was credited; fewer units: in proportion"""
        kept, since = inherited(old, credited, money)
        if alike and item.quantity < old.quantity and kept is not None:
            kept = money(kept * item.quantity / old.quantity)
        return (kept, since or member.start)
    if plan.charge == "full_difference" and old is not None and not alike and not item.every.recurs:
        """plan under `full_difference`: inherited, plus the difference; inherited"""
        return (None if old.paid is None else old.paid + money(value), old.paid_from)
    if plan.billing != "keep":
        """charged anew: its charge, plus the credit that bought time; the first instant the charge pays for"""
        return (money(value) + bought_by.get(item.id, ZERO), pays_from)
    if plan.late_keep and item.id not in charged and item.every.recurs:
        """what renews is left to the renewal with `paid` 0"""
        return (ZERO, plan.start)
    if alike and old is not None:
        if item.quantity == old.quantity:
            return (old.paid, old.paid_from)
        if old.paid is None:
            return (None, old.paid_from)
        if item.quantity < old.quantity:
            """fewer units: falls in proportion; stays"""
            return (money(old.paid * item.quantity / old.quantity), old.paid_from)
        if plan.charge == "none" and item.every.recurs:
            """more units: under `none` inherited"""
            return (old.paid, old.paid_from)
        if plan.charge == "full_difference":
            """plan under `full_difference`: inherited, plus the difference; inherited"""
            return (old.paid + money(value), old.paid_from)
        if not item.every.recurs:
            return (old.paid + money(value), old.paid_from)
        """more units: the unused part of what it was plus the charge; the first instant the charge pays for"""
        left = ZERO
        if not member.late and member.end is not None and member.every is not None:
            whole = whole_interval(member.end, member.every, member.start, member.remembered_day, policy.zone)
            share = share_left(
                settings, paid_stretch(member, old, whole), plan.moment, old.paid_from or member.start, policy.zone
            )
            left = money(old.paid * share.ratio)
        return (money(left + value), pays_from)
    if plan.charge == "none" and item.every.recurs and old is not None:
        return inherited(old, credited, money)
    if plan.charge == "full_difference" and old is not None:
        """plan under `full_difference`: inherited, plus the difference; inherited"""
        return (None if old.paid is None else old.paid + money(value), old.paid_from)
    return (money(value), pays_from)


def inherited(old: Item, credited: dict[str, Fraction], money: Rounding) -> tuple[Fraction | None, datetime | None]:
    """inherited, less what was credited; inherited"""
    if old.paid is None:
        return (None, old.paid_from)
    return (max(ZERO, old.paid - money(credited.get(old.id, ZERO))), old.paid_from)


def first_paid_instant(policy: Policy, member: Held, plan: Course, settings: dict[str, Any]) -> datetime:
    """the first instant the charge pays for"""
    if plan.late_keep or plan.billing not in {"keep", "align"}:
        return plan.moment
    if plan.end is None or plan.every is None or plan.start is None or plan.moment >= plan.end:
        return plan.moment
    if plan.charge == "full_difference":
        """whatever the day"""
        return plan.start
    if plan.charge != "prorated":
        return plan.moment
    whole = charged_length(policy, member, plan)
    if charge_share_of(policy, member, plan, settings) is EVERYTHING:
        """the share is 1"""
        return plan.start
    if settings["change_unit"] == "old_plan":
        return unit_end(settings, whole, plan.moment, policy.zone)
    """to whom belongs the day in which the change falls, its first instant included"""
    return max(plan.start, unit_start(settings, whole, plan.moment, policy.zone))


# Time


def by_amount(spent: Fraction, wanted: Target, money: Rounding) -> dict[str, Fraction]:
    """by amount over the items"""
    items = [each for each in wanted.items if each.every.recurs]
    total = sum((each.amount for each in items), ZERO)
    found: dict[str, Fraction] = {}
    for each in items[:-1]:
        left = spent - sum(found.values(), ZERO)
        found[each.id] = min(left, money(spent * each.amount / total)) if total else ZERO
    if items:
        found[items[-1].id] = spent - sum(found.values(), ZERO)
    return found


def price_of_a_day(policy: Policy, wanted: Target, begins: datetime, every: Interval) -> Fraction:
    """target amount ÷ days of its period beginning at the change; the target amount is before discount"""
    total = sum((each.amount for each in wanted.items if each.every.recurs), ZERO)
    ends = moved(begins, every, 1, None, policy.zone)
    return total / (day_of(ends, policy.zone) - day_of(begins, policy.zone)).days


def units_bought(
    policy: Policy,
    wanted: Target,
    change: datetime,
    begins: datetime,
    terms: dict[str, Any],
    credit: Fraction,
    billed_on: int | None = None,
) -> tuple[datetime, Fraction, bool]:
    """units = credit ÷ (target amount ÷ days of its period beginning at the change)

    Returned are the instant the time bought ends, what of the credit it took, and whether `at_most` cut it short.
    """
    body = terms.get("time") or {}
    every = target_interval(wanted)
    assert every is not None
    daily = price_of_a_day(policy, wanted, change, every)
    if daily == 0:
        return begins, ZERO, True
    by_day = body.get("whole", "day") == "day"
    total = sum((each.amount for each in wanted.items if each.every.recurs), ZERO)
    price = daily if by_day else total
    count = credit / price
    up = body.get("round", "down") == "up"
    whole = int(-(-count // 1)) if up else int(count // 1)
    limit = most_units(body.get("at_most"), every, begins, policy, by_day=by_day)
    barred = whole > limit
    whole = min(whole, limit)
    day = day_of(begins, policy.zone)
    """Months are clipped to the month's end and the billing day remembered"""
    month_ends = (day + timedelta(days=1)).day == 1
    remembered = billed_on if billed_on and billed_on > day.day and month_ends else day.day
    last = day + timedelta(days=whole) if by_day else plus(day, every, whole, remembered)
    spent = credit if up and not barred else min(credit, whole * price)
    return at_time_of(last, begins, policy.zone), spent, barred


def most_units(limit: Any, every: Interval, begins: datetime, policy: Policy, *, by_day: bool) -> int:
    """`at_most`: so many units or so long; a hundred years where nothing is said"""
    if isinstance(limit, int):
        return limit
    start = day_of(begins, policy.zone)
    end = plus(start, interval(limit) if limit else Interval("months", 1200), 1, start.day)
    if by_day:
        return (end - start).days
    units = (end - start).days // 366 * 366 // (every.count if every.kind == "days" else every.count * 31)
    while plus(start, every, units + 1, start.day) <= end:
        units += 1
    return units


def begin_of_time(policy: Policy, member: Held, plan: Course, settings: dict[str, Any], every: Interval) -> datetime:
    """Bought time begins at the change, with the terms' `change_unit: old_plan` at the end of that unit"""
    if settings["change_unit"] != "old_plan":
        return plan.moment
    held_now = held_length(member)
    if held_now is not None and not member.late:
        return unit_end(settings, held_now, plan.moment, policy.zone)
    far = Stretch(plan.moment, moved(plan.moment, every, 1, None, policy.zone), whole=True, every=every)
    return unit_end(settings, far, plan.moment, policy.zone)


def time_bought(
    policy: Policy,
    member: Held,
    wanted: Target,
    plan: Course,
    terms: dict[str, Any],
    credit: Fraction,
    settings: dict[str, Any],
) -> tuple[Fraction, int, datetime, bool] | None:
    every = target_interval(wanted)
    if every is None or credit <= 0:
        return None
    begins = begin_of_time(policy, member, plan, settings, every)
    end, spent, barred = units_bought(policy, wanted, plan.moment, begins, terms, credit)
    days = (day_of(end, policy.zone) - day_of(begins, policy.zone)).days
    return (spent, days, end, barred) if days else None


def lengthen(
    policy: Policy, wanted: Target, plan: Course, terms: dict[str, Any], credit: Fraction, trial: datetime | None
) -> tuple[int, Fraction, bool]:
    """after `restart` + `full` it lengthens the new period; a trial cannot be bought longer"""
    if target_interval(wanted) is None or plan.end is None or credit <= 0 or trial is not None:
        return 0, ZERO, True
    billed_on = plan.billing_day if isinstance(plan.billing_day, int) else getattr(plan.billing_day, "day", None)
    end, spent, barred = units_bought(policy, wanted, plan.moment, plan.end, terms, credit, billed_on)
    days = (day_of(end, policy.zone) - day_of(plan.end, policy.zone)).days
    if days:
        plan.end = end
        """`billing_day` becomes the day bought time ends wherever time was bought"""
        plan.billing_day = day_of(plan.end, policy.zone).day
    return days, spent, barred


def trial_of(
    policy: Policy, member: Held, wanted: Target, terms: dict[str, Any], facts: dict[str, Any], plan: Course
) -> datetime | None:
    """`trial`: `none` (default), `grant`, `carry`, `rest`"""
    mode, length = terms.get("trial", "none"), policy.plans[wanted.plan.id].get("trial")
    if plan.in_trial:
        return None
    found = None
    if mode == "grant" and length and not facts["customer.had_trial"]:
        """from now"""
        found = trial_end(length, member.at, policy)
    if mode == "carry" and member.trialing:
        found = member.trial_ends or member.end
    if mode == "rest" and length:
        """the target's trial counted from `started`; `started` left out is `period.start`"""
        started = instant(policy, member.raw.get("started")) or member.start
        found = trial_end(length, started, policy) if started is not None else None
    return found if found is not None and found > member.at and wanted.plan.every.recurs else None


def anew(member: Held, wanted: Target, plan: Course) -> list[Item]:
    """charged anew: in a trial no recurring charge is due"""
    return [
        item
        for item in wanted.items
        if item.every.recurs
        and (plan.billing != "keep" or not same_thing(counterpart(member, item, is_plan=item is wanted.plan), item))
    ]


def into_trial(member: Held, plan: Course, trial: datetime, recurs_on: Interval | None, start: datetime | None) -> None:
    zone = member.policy.zone
    last, every, today = plan.end, plan.every, day_of(trial, zone)
    plan.start, plan.end, plan.every = start, trial, recurs_on
    if plan.billing == "restart":
        plan.billing_day = today.day
    elif plan.billing == "keep" and last is not None and every is not None and last > trial:
        """With `keep` a stub to `period.end` follows the trial when that is later."""
        """the billing day knows no time of day"""
        plan.every, plan.then_until = every, at_time_of(day_of(last, zone), trial, zone)
        if plan.billing_day is None or stub_end(member.policy, member, every, trial) != last:
            plan.billing_day = day_of(last, zone)
    elif plan.billing == "keep":
        day = remembered(plan.billing_day)
        plan.billing_day = plan.billing_day if day and plus_months(today, 0, day) == today else today.day


def after_trial(
    policy: Policy,
    member: Held,
    wanted: Target,
    plan: Course,
    trial: datetime,
    settings: dict[str, Any],
    discount: dict[str, Any] | None,
    owed: Fraction,
    money: Rounding,
) -> list[dict[str, str]]:
    """`billing_date` and `charge` apply at its end; with `keep` a stub to `period.end` follows the trial when that is
    later."""
    every = target_interval(wanted)
    day = remembered(plan.billing_day)
    assert every is not None
    ends = plan.then_until
    if plan.billing == "align":
        ends = at_time_of(day_of(stub_end(policy, member, every, trial), policy.zone), trial, policy.zone)
    whole = plan.billing == "align" and day_of(
        moved(ends or trial, every, -1, day, policy.zone), policy.zone
    ) == day_of(trial, policy.zone)
    if ends is None or whole:
        return charges_ahead(policy, wanted, discount, trial, every, day, owed, money)
    if plan.charge in {"full", "full_difference"}:
        """the whole amount, for what is left of the period"""
        found = charges_ahead(policy, wanted, discount, trial, every, day, owed, money)
        return [found[0], *charges_ahead(policy, wanted, discount, ends, every, day, ZERO, money)][: min(6, len(found))]
    if plan.charge == "none":
        """nothing until the next charge"""
        return charges_ahead(policy, wanted, discount, ends, every, day, owed, money)
    stub = Course("immediately", "align", "prorated", "none", trial, None, ends, every)
    if plan.billing == "keep":
        stub.every = plan.every
    share = charge_share_of(policy, member, stub, settings)
    off = discounts(discount, wanted.items, day_of(trial, policy.zone), money)
    length = None
    if stub.every is not None and stub.every != every:
        length = charged_length(policy, member, stub)
    total = ZERO
    for item in wanted.items:
        if item.every.recurs:
            base = brought(item.amount, item.every, settings, length, policy.zone)
            less = off.get(item.id, ZERO) * base / item.amount if item.amount else ZERO
            total += money(exactly(base, share, money)) - money(exactly(less, share, money))
    first = {"at": trial.isoformat(), "amount": text(total + owed, money.decimals)}
    rest = charges_ahead(policy, wanted, discount, ends, every, day, ZERO, money)
    return [first, *rest][:6]


# Results


def head(policy: Policy, member: Held, wanted: Target, kind: str | None, rule: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": "quote", "change": change_json(member, wanted, kind)}
    if rule is not None:
        found["rule"] = rule
    found["currency"] = member.currency
    return found


def change_json(member: Held, wanted: Target, kind: str | None) -> dict[str, Any]:
    def end(item: Item) -> dict[str, Any]:
        return {"plan": item.id, "price": item.price, "quantity": item.quantity}

    return {"kind": kind or "none", "from": end(member.plan), "to": end(wanted.plan)}


def period_json(policy: Policy, plan: Course, recurs_on: Interval | None) -> dict[str, Any] | None:
    if recurs_on is None or plan.start is None or plan.end is None:
        return None
    found = {"start": plan.start.isoformat(), "end": plan.end.isoformat()}
    if plan.every is not None and plan.every != recurs_on:
        """`every: year` where it is not the price's (after `keep` to another interval)"""
        found["every"] = written(plan.every)
    return found


def grants(policy: Policy, member: Held, wanted: Target) -> dict[str, Any]:
    before = granted(policy, member.plan.id, {id: each.quantity for id, each in member.addons.items()})
    after = granted(policy, wanted.plan.id, {id: each.quantity for id, each in wanted.addons.items()})
    kept: list[str] = []
    added: list[str] = []
    for id, item in wanted.addons.items():
        old = member.addons.get(id)
        (kept if old is not None and old.quantity >= item.quantity else added).append(id)
    return {
        "entitlements": {
            "before": before,
            "after": after,
            "gained": [id for id in policy.entitlements if more_than(after[id], before[id])],
            "lost": [id for id in policy.entitlements if more_than(before[id], after[id])],
        },
        "addons": {
            "kept": kept,
            "added": added,
            "ended": [{"id": id, "reason": wanted.ended[id]} for id in policy.addons if id in wanted.ended],
        },
    }


def instant_text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def membership_json(
    policy: Policy,
    member: Held,
    wanted: Target,
    worth: dict[str, tuple[Fraction | None, datetime | None]],
    *,
    status: str,
    setup_fee_paid: Fraction | None,
    period: dict[str, Any] | None,
    billing_day: int | date | None,
    trial_ends: datetime | None,
    account_credit: Fraction,
    owed: Fraction,
    discount: dict[str, Any] | None,
    pending: dict[str, Any] | None,
    changed: bool,
    restarted: bool,
    last_changed: datetime | None = None,
) -> dict[str, Any]:
    decimals = policy.decimals(member.currency)

    def item_json(item: Item) -> dict[str, Any]:
        paid, paid_from = worth[item.id]
        return {
            "quantity": item.quantity,
            "price": item.price,
            "unit_amount": text(item.unit, decimals),
            "paid": None if paid is None else text(paid, decimals),
            "paid_from": instant_text(paid_from),
        }

    raw = member.raw
    return {
        "id": raw.get("id"),
        "plan": wanted.plan.id,
        "status": status,
        **item_json(wanted.plan),
        "addons": {id: item_json(item) for id, item in wanted.addons.items()},
        "setup_fee_paid": None if setup_fee_paid is None else text(setup_fee_paid, decimals),
        "currency": member.currency,
        "period": period,
        "billing_day": billing_day.isoformat() if isinstance(billing_day, date) else billing_day,
        "started": raw.get("started"),
        "trial_ends": instant_text(trial_ends),
        "changes_this_period": 1 if restarted else (raw.get("changes_this_period") or 0) + changed,
        "last_changed": instant_text(last_changed or member.at) if changed else raw.get("last_changed"),
        "payment_pending": bool(raw.get("payment_pending", False)),
        "pending_change": pending,
        "account_credit": text(account_credit, decimals),
        "owed": text(owed, decimals),
        "discount": discount,
    }


def unchanged(member: Held) -> dict[str, tuple[Fraction | None, datetime | None]]:
    return {item.id: (item.paid, item.paid_from) for item in member.items}


def as_target(member: Held) -> Target:
    return Target(member.plan, dict(member.addons), {}, set(), [], asked_included=False)


def charges_ahead(
    policy: Policy,
    wanted: Target,
    discount: dict[str, Any] | None,
    first: datetime,
    every: Interval,
    day: int | None,
    owed: Fraction,
    money: Rounding,
    once: Fraction = ZERO,
) -> list[dict[str, str]]:
    """`upcoming` lists charges until the amount no longer changes (discounts and trials that end), six at most."""
    found: list[dict[str, str]] = []
    for times in range(6):
        moment = moved(first, every, times, day, policy.zone) if times else first
        today = day_of(moment, policy.zone)
        now = recurring_charge(discount, wanted.items, today, money)
        later = recurring_charge(None, wanted.items, today, money)
        extra = owed + once if times == 0 else ZERO
        found.append({"at": moment.isoformat(), "amount": text(now + extra, money.decimals)})
        ends = running(discount, today) and discount is not None and discount.get("until") is not None and now != later
        if not extra and not ends:
            break
    return found


def pending_quote(
    policy: Policy, member: Held, wanted: Target, kind: str | None, rule: str, terms: dict[str, Any], money: Rounding
) -> dict[str, Any]:
    """`period_end`: nothing is due now, the change becomes pending with today's prices, the next charge is the new
    amount."""
    assert member.end is not None
    every = target_interval(wanted)
    discount = None if terms.get("discount") == "drop" else member.discount
    billing = terms.get("billing_date", "restart")
    pending = {
        "plan": wanted.plan.id,
        "price": wanted.plan.price,
        "quantity": wanted.plan.quantity,
        "addons": {id: {"quantity": item.quantity, "price": item.price} for id, item in wanted.addons.items()},
        "unit_amounts": {item.id: text(item.unit, money.decimals) for item in wanted.items},
        "at": member.end.isoformat(),
        "rule": rule,
        "billing_date": billing,
        "discount": terms.get("discount", "keep"),
    }
    upcoming = ahead_of_pending(policy, member, wanted, discount, billing, every, money)
    new = membership_json(
        policy,
        member,
        as_target(member),
        unchanged(member),
        status=member.status,
        setup_fee_paid=None if member.raw.get("setup_fee_paid") is None else number(member.raw["setup_fee_paid"]),
        period=held_period(member),
        billing_day=member.billing_day,
        trial_ends=member.trial_ends,
        account_credit=member.account_credit,
        owed=member.owed,
        discount=member.discount,
        pending=pending,
        changed=False,
        restarted=False,
    )
    nothing = text(ZERO, money.decimals)
    return {
        **head(policy, member, wanted, kind, rule),
        "effective": "period_end",
        "effective_at": member.end.isoformat(),
        "lines": [],
        "due_now": nothing,
        "credit": no_credit(nothing),
        "account_credit": untouched_account(member, money),
        "next_charge": upcoming[0] if upcoming else None,
        "upcoming": upcoming,
        **grants(policy, member, wanted),
        "membership": new,
    }


def no_credit(nothing: str) -> dict[str, Any]:
    names = ("earned", "to_charge", "to_account", "to_refund", "to_time", "forfeited")
    return {**dict.fromkeys(names, nothing), "days": 0}


def untouched_account(member: Held, money: Rounding) -> dict[str, str]:
    balance = text(member.account_credit, money.decimals)
    return {"before": balance, "used": text(ZERO, money.decimals), "after": balance}


def held_period(member: Held) -> dict[str, Any] | None:
    if member.start is None or member.end is None:
        return None
    found = {"start": member.start.isoformat(), "end": member.end.isoformat()}
    own = (
        member.plan.every
        if member.plan.every.recurs
        else next((e.every for e in member.addons.values() if e.every.recurs), None)
    )
    if member.every is not None and member.every != own:
        found["every"] = written(member.every)
    return found


def new_once(member: Held, wanted: Target) -> Fraction:
    """A new `once` item is charged in full when the change is made."""
    total = ZERO
    for item in wanted.items:
        old = counterpart(member, item, is_plan=item is wanted.plan)
        if item.every == ONCE:
            more = item.quantity - (old.quantity if old is not None and same_thing(old, item) else 0)
            total += item.unit * max(0, more)
    return total


def ahead_of_pending(
    policy: Policy,
    member: Held,
    wanted: Target,
    discount: dict[str, Any] | None,
    billing: str,
    every: Interval | None,
    money: Rounding,
) -> list[dict[str, str]]:
    assert member.end is not None
    once = new_once(member, wanted)
    if every is None:
        total = once + member.owed
        return [{"at": member.end.isoformat(), "amount": text(total, money.decimals)}] if total else []
    day = remembered(restarted_billing_day(member, member.end, member.billing_day))
    if billing == "align":
        day = member.remembered_day
    return charges_ahead(policy, wanted, discount, member.end, every, day, member.owed, money, once)


def withdrawal_quote(policy: Policy, member: Held, wanted: Target) -> dict[str, Any]:
    """the current membership is selected while a change is pending: it is called off, 0 due"""
    money = Rounding(policy, member.currency)
    nothing = text(ZERO, money.decimals)
    every = target_interval(as_target(member))
    upcoming: list[dict[str, str]] = []
    if every is not None and member.end is not None:
        upcoming = charges_ahead(
            policy, as_target(member), member.discount, member.end, every, member.remembered_day, member.owed, money
        )
    new = membership_json(
        policy,
        member,
        as_target(member),
        unchanged(member),
        status=member.status,
        setup_fee_paid=None if member.raw.get("setup_fee_paid") is None else number(member.raw["setup_fee_paid"]),
        period=held_period(member),
        billing_day=member.billing_day,
        trial_ends=member.trial_ends,
        account_credit=member.account_credit,
        owed=member.owed,
        discount=member.discount,
        pending=None,
        changed=False,
        restarted=False,
    )
    return {
        **head(policy, member, wanted, "withdrawal", "withdrawal"),
        "effective": "immediately",
        "effective_at": member.at.isoformat(),
        "lines": [],
        "due_now": nothing,
        "credit": no_credit(nothing),
        "account_credit": untouched_account(member, money),
        "next_charge": upcoming[0] if upcoming else None,
        "upcoming": upcoming,
        **grants(policy, member, wanted),
        "membership": new,
    }


def apply_pending(policy: Policy, member: Held) -> dict[str, Any]:
    """`apply_pending(membership, at)` carries out a pending change whose time has come, at the prices quoted:
    `{membership, charge: {at, amount}}`, the amount with what is owed, before account credit."""
    pending = member.pending
    if pending is None:
        raise fail("nothing_pending")
    moment = instant(policy, pending["at"])
    assert moment is not None
    if member.at < moment:
        raise fail("not_due_yet")
    money = Rounding(policy, member.currency)
    wanted = pending_target(policy, member, pending)
    every = target_interval(wanted)
    discount = None if pending.get("discount") == "drop" else member.discount
    today = day_of(moment, policy.zone)
    if not running(discount, today):
        """ended discounts"""
        discount = None
    plan = Course("immediately", pending.get("billing_date", "restart"), "full", "none", moment)
    if plan.billing == "align":
        plan.charge = "prorated"
    lay_out(policy, member, wanted, plan)
    off = discounts(discount, wanted.items, today, money)
    share = charge_share_of(policy, member, plan, proration(policy.document.get("proration")))
    worth: dict[str, tuple[Fraction | None, datetime | None]] = {}
    total = ZERO
    for item in wanted.items:
        old = counterpart(member, item, is_plan=item is wanted.plan)
        if item.every.recurs:
            amount = money(prorated(item.amount, share, money)) - money(prorated(off.get(item.id, ZERO), share, money))
        else:
            alike = old is not None and same_thing(old, item)
            amount = item.unit * max(0, item.quantity - (old.quantity if old is not None and alike else 0))
            amount = ZERO if item.every != ONCE else amount
        worth[item.id] = (money(amount), moment)
        if not item.every.recurs and old is not None and same_thing(old, item):
            worth[item.id] = (None if old.paid is None else old.paid + amount, old.paid_from)
        total += money(amount)
    total += member.owed
    new = membership_json(
        policy,
        member,
        wanted,
        worth,
        status="active" if member.status == "trialing" else member.status,
        setup_fee_paid=None if member.raw.get("setup_fee_paid") is None else number(member.raw["setup_fee_paid"]),
        period=period_json(policy, plan, every),
        billing_day=plan.billing_day,
        trial_ends=None if member.status == "trialing" else member.trial_ends,
        account_credit=member.account_credit,
        owed=ZERO,
        discount=discount,
        pending=None,
        changed=True,
        restarted=True,
        last_changed=moment,
    )
    charge = {"at": moment.isoformat(), "amount": text(total, money.decimals)} if total or every is not None else None
    return {"membership": new, "charge": charge}


def pending_target(policy: Policy, member: Held, pending: dict[str, Any]) -> Target:
    prices = {id: number(value) for id, value in (pending.get("unit_amounts") or {}).items()}
    every = policy.prices(pending["plan"])[pending["price"]].every
    unit = prices.get(pending["plan"])
    if unit is None:
        unit = policy.list_amount(pending["plan"], pending["price"], member.currency)
    found = Target(
        Item(pending["plan"], pending["price"], every, unit, pending.get("quantity", 1)),
        {},
        {},
        set(),
        [],
        asked_included=False,
    )
    for id in policy.addons:
        if id in (pending.get("addons") or {}):
            body = pending["addons"][id]
            body = {"quantity": body} if isinstance(body, int) else body
            offered = policy.priced(every, id, body.get("price"), member.currency)
            assert offered is not None
            amount = prices.get(id, offered.unit)
            found.addons[id] = Item(id, offered.price, offered.every, amount, body.get("quantity", 1))
    return found


def renew(policy: Policy, member: Held) -> dict[str, Any]:
    """`renew(membership, at)` gives the next period of a membership that goes on (dates, amount with what is owed,
    ended discounts and trials)."""
    wanted = as_target(member)
    every = target_interval(wanted)
    if every is None or member.end is None:
        raise fail("missing_period")
    if member.status in ENDED:
        raise fail("wrong_value")
    pending_at = instant(policy, member.pending["at"]) if member.pending is not None else None
    if pending_at is not None and pending_at <= member.at:
        """a change is pending whose time has come"""
        raise fail("wrong_value")
    if member.at < member.end:
        raise fail("not_due_yet")
    zone, moment = policy.zone, member.end
    money = Rounding(policy, member.currency)
    plan = Course("immediately", "keep", "full", "none", moment, moment, None, every)
    if member.status == "trialing" or member.raw.get("trial_ends") is not None:
        """a trial ends: `align`s to the billing day that was kept, whole where the trial ends on it"""
        plan.billing, plan.charge, plan.every = "align", "prorated", held_every(member) or every
        plan.end = at_time_of(day_of(stub_end(policy, member, plan.every, moment), zone), moment, zone)
    else:
        plan.end = moved(moment, every, 1, member.remembered_day, zone)
    share = charge_share_of(policy, member, plan, proration(policy.document.get("proration")))
    length = charged_length(policy, member, plan) if share is not EVERYTHING else None
    settings = proration(policy.document.get("proration"))
    off = discounts(member.discount, wanted.items, day_of(moment, zone), money)
    worth: dict[str, tuple[Fraction | None, datetime | None]] = {}
    for item in wanted.items:
        if not item.every.recurs:
            worth[item.id] = (item.paid, item.paid_from)
            continue
        base = brought(item.amount, item.every, settings, length, zone)
        less = off.get(item.id, ZERO) * base / item.amount if item.amount else ZERO
        paid = money(exactly(base, share, money)) - money(exactly(less, share, money))
        worth[item.id] = (paid, moment)
    total = sum((worth[item.id][0] or ZERO for item in wanted.items if item.every.recurs), ZERO) + member.owed
    new = membership_json(
        policy,
        member,
        wanted,
        worth,
        status="active" if member.status == "trialing" else member.status,
        setup_fee_paid=None if member.raw.get("setup_fee_paid") is None else number(member.raw["setup_fee_paid"]),
        period={"start": moment.isoformat(), "end": plan.end.isoformat()},
        billing_day=billing_day(policy, member.raw, moment, plan.end, every),
        trial_ends=None,
        account_credit=member.account_credit,
        owed=ZERO,
        discount=member.discount if running(member.discount, day_of(moment, zone)) else None,
        pending=member.raw.get("pending_change"),
        changed=False,
        restarted=False,
    )
    new["changes_this_period"] = 0
    return {"membership": new, "charge": {"at": moment.isoformat(), "amount": text(total, money.decimals)}}


def held_every(member: Held) -> Interval | None:
    """`every` where it is not the price's"""
    every = (member.raw.get("period") or {}).get("every")
    return interval(every) if every else None
