"""The oracle's facts: what is held, what is selected, and what rules can test about it. Standard library only."""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.oracle.evaluator_calendar import (
    FREE,
    ONCE,
    Interval,
    day_of,
    days_of,
    interval,
    last_day,
    moved,
    order_of,
    parsed,
    plus_months,
    written,
)
from tests.oracle.evaluator_policy import InvalidFactsError, Policy, number

ENDED = {"cancelled", "expired"}
STATUSES = {"trialing", "active", "past_due", "on_hold", "paused", "cancelled", "expired"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass
class Item:
    """The plan and each add-on are items; amount = unit amount × quantity."""

    id: str
    price: str
    every: Interval
    unit: Fraction
    quantity: int
    paid: Fraction | None = None
    paid_from: datetime | None = None

    @property
    def amount(self) -> Fraction:
        return self.unit * self.quantity


@dataclass
class Held:
    raw: dict[str, Any]
    policy: Policy
    at: datetime
    currency: str
    status: str
    plan: Item
    addons: dict[str, Item]
    start: datetime | None
    end: datetime | None
    every: Interval | None  # the period's interval
    billing_day: int | date | None
    trial_ends: datetime | None
    discount: dict[str, Any] | None
    account_credit: Fraction
    owed: Fraction
    pending: dict[str, Any] | None

    @property
    def items(self) -> list[Item]:
        return [self.plan, *self.addons.values()]

    @property
    def trialing(self) -> bool:
        """`membership.trialing`: the status says so, or `trial_ends` is after `at`."""
        return self.status == "trialing" or (self.trial_ends is not None and self.trial_ends > self.at)

    @property
    def late(self) -> bool:
        """`at` on or after `period.end` (a late renewal; no error)"""
        return self.end is not None and self.at >= self.end

    @property
    def remembered_day(self) -> int | None:
        """The billing day as a day of the month."""
        return self.billing_day.day if isinstance(self.billing_day, date) else self.billing_day


@dataclass
class Target:
    plan: Item
    addons: dict[str, Item]
    wanted: dict[str, int]  # the add-ons that the selection asks for, units by id, unavailable ones too
    named: set[str]
    unavailable: list[str]
    asked_included: bool
    ended: dict[str, str] = field(default_factory=dict)

    @property
    def items(self) -> list[Item]:
        return [self.plan, *self.addons.values()]


def fail(code: str, why: str = "") -> InvalidFactsError:
    return InvalidFactsError(code, why)


def money(policy: Policy, value: Any, currency: str) -> Fraction:
    amount = number(value)
    if (amount * 10 ** policy.decimals(currency)).denominator != 1:
        raise fail("wrong_value", "too many decimals")
    return amount


def instant(policy: Policy, value: Any) -> datetime | None:
    if value is None:
        return None
    found = parsed(value, policy.zone)
    if found is None:
        raise fail("naive_time", str(value))
    return found


def default_price(policy: Policy, plan: str, every: Interval | None) -> str:
    """Its price with the membership's interval; else its only price; else an error that lists the choices."""
    prices = policy.prices(plan)
    open_ = {id: each for id, each in prices.items() if not each.retired} or prices
    alike = [id for id, each in open_.items() if each.every == every]
    if len(alike) == 1:
        return alike[0]
    if len(open_) == 1:
        return next(iter(open_))
    raise fail("ambiguous_price", plan)


def billing_day(policy: Policy, raw: dict[str, Any], start: Any, end: Any, every: Interval | None) -> int | date | None:
    """1..31, or a date as anchor;

    default: the day of period.end, or of period.start where that one is later and was clipped
    """
    given = raw.get("billing_day")
    if given is not None:
        return given if isinstance(given, int) else date.fromisoformat(str(given))
    if end is None:
        return None
    first, last = day_of(start, policy.zone), day_of(end, policy.zone)
    clipped = every is not None and every.kind == "months" and last.day == last_day(last.year, last.month)
    return first.day if first.day > last.day and clipped else last.day


def held(policy: Policy, raw: dict[str, Any], at: datetime) -> Held:  # noqa: C901
    currency = raw.get("currency") or policy.currency
    plan_id = raw["plan"]
    if plan_id not in policy.plans:
        raise fail("unknown_plan", plan_id)
    prices = policy.prices(plan_id)
    price = raw.get("price")
    if price is None:
        """default: the plan's only price"""
        if len(prices) > 1:
            raise fail("ambiguous_price", plan_id)
        price = next(iter(prices))
    if price not in prices:
        raise fail("unknown_price", price)
    every = prices[price].every

    start = end = None
    period_every: Interval | None = None
    period = raw.get("period")
    if period is not None:
        start, end = instant(policy, period["start"]), instant(policy, period["end"])
        assert start is not None
        assert end is not None

    def agreed(body: dict[str, Any], otherwise: Fraction) -> Fraction:
        """`unit_amount`: agreed for one unit and interval; default: the policy's price."""
        value = body.get("unit_amount")
        return otherwise if value is None else money(policy, value, currency)

    def paid(body: dict[str, Any]) -> Fraction | None:
        value = body.get("paid")
        return None if value is None else money(policy, value, currency)

    def listed(item: str, one: str) -> Fraction:
        return policy.list_amount(item, one, currency)

    plan = Item(
        plan_id,
        price,
        every,
        money(policy, raw["unit_amount"], currency) if raw.get("unit_amount") is not None else listed(plan_id, price),
        raw.get("quantity", 1),
        paid(raw),
        instant(policy, raw.get("paid_from")),
    )
    addons: dict[str, Item] = {}
    for id in raw.get("addons") or {}:
        if id not in policy.addons:
            raise fail("unknown_addon", id)
    for id in policy.addons:
        if id not in (raw.get("addons") or {}):
            continue
        body = raw["addons"][id]
        body = {"quantity": body} if isinstance(body, int) else body
        offered = policy.priced(every, id, body.get("price"), currency)
        if offered is None:
            raise fail("unknown_price", id)
        addons[id] = Item(
            id,
            offered.price,
            offered.every,
            agreed(body, offered.unit),
            body.get("quantity", 1),
            paid(body),
            instant(policy, body.get("paid_from")),
        )
    if every.recurs:
        period_every = every
    else:
        """the first one opens a period, the next must have the same interval (`interval_mismatch`)"""
        kinds = {each.every for each in addons.values() if each.every.recurs}
        if len(kinds) > 1:
            raise fail("interval_mismatch")
        period_every = next(iter(kinds), None)
    if period is not None and period.get("every") is not None:
        period_every = interval(period["every"])
    if period_every is not None and period is None:
        """a missing period on a recurring price"""
        raise fail("missing_period")
    if period_every is None and period is not None:
        """a period on a free plan"""
        raise fail("wrong_value", "a period on a free plan")
    if start is not None and end is not None:
        if end < start:
            """a period that ends before it starts"""
            raise fail("period_reversed")
        if at < start:
            raise fail("before_period")
    pending = raw.get("pending_change")
    return Held(
        raw=raw,
        policy=policy,
        at=at,
        currency=currency,
        status=raw.get("status", "active"),
        plan=plan,
        addons=addons,
        start=start,
        end=end,
        every=period_every,
        billing_day=billing_day(policy, raw, start, end, period_every),
        trial_ends=instant(policy, raw.get("trial_ends")),
        discount=raw.get("discount"),
        account_credit=money(policy, raw.get("account_credit") or 0, currency),
        owed=money(policy, raw.get("owed") or 0, currency),
        pending=pending,
    )


def wanted_units(value: Any) -> tuple[int, str | None]:
    return (value, None) if isinstance(value, int) else (value.get("quantity", 1), value.get("price"))


def target(policy: Policy, member: Held, selection: dict[str, Any]) -> Target:  # noqa: C901
    """What is left out stays: plan, price, quantity, addons (the whole set)."""
    plan_id = selection.get("plan") or member.plan.id
    if plan_id not in policy.plans:
        raise fail("unknown_plan", plan_id)
    price = selection.get("price")
    if price is None:
        """The same plan without a price keeps its price. A selection that names another plan without a price takes
        its price with the membership's interval; else its only price; else an error that lists the choices."""
        same_plan = plan_id == member.plan.id
        price = member.plan.price if same_plan else default_price(policy, plan_id, member.plan.every)
    prices = policy.prices(plan_id)
    if price not in prices:
        raise fail("unknown_price", price)
    every = prices[price].every
    same_price = (plan_id, price) == (member.plan.id, member.plan.price)
    """An item that keeps its price keeps its agreed unit amount, for more units too."""
    unit = member.plan.unit if same_price else policy.list_amount(plan_id, price, member.currency)
    plan = Item(plan_id, price, every, unit, selection.get("quantity") or member.plan.quantity)

    units: dict[str, tuple[int, str | None]] = {id: (each.quantity, None) for id, each in member.addons.items()}
    named: set[str] = set()
    for section in ("addons", "add_addons", "remove_addons"):
        for id in selection.get(section) or ():
            if id not in policy.addons:
                raise fail("unknown_addon", id)
    if selection.get("addons") is not None:
        """`addons` is the whole set"""
        units = {id: wanted_units(value) for id, value in selection["addons"].items()}
        named |= set(units)
    for id, value in (selection.get("add_addons") or {}).items():
        """`add_addons: {id: quantity}` adds to what is held"""
        more, one = wanted_units(value)
        units[id] = (units.get(id, (0, None))[0] + more, one)
        named.add(id)
    for id in selection.get("remove_addons") or ():
        """`remove_addons: [id]` drops; `wrong_value`: removing what is not held"""
        if id not in member.addons:
            raise fail("wrong_value", id)
        units.pop(id, None)

    found = Target(plan, {}, {}, named, [], asked_included=False)
    for id in policy.addons:
        if id not in units:
            if id in member.addons:
                found.ended[id] = "removed"
            continue
        quantity, one = units[id]
        mine = member.addons.get(id)
        if policy.includes(plan_id, id) and not (same_price and id not in named):
            """Asking for an add-on that the target includes asks for nothing; add-ons the target includes end."""
            found.asked_included = found.asked_included or id in named
            if mine:
                found.ended[id] = "included"
            continue
        found.wanted[id] = quantity
        offered = policy.sold(
            plan_id, every, id, one or (mine.price if mine and not every.recurs else None), member.currency
        )
        if same_price and mine and (offered is None or id not in named):
            """The membership's own add-ons stay as they are on its own plan."""
            offered_as = (mine.price, mine.every)
            unit = mine.unit
        elif offered is None:
            if id in named:
                found.unavailable.append(id)
            else:
                """add-ons the target does not offer end"""
                found.wanted.pop(id)
                found.ended[id] = "not-available"
            continue
        else:
            offered_as = (offered.price, offered.every)
            kept = mine is not None and (mine.price, mine.every) == offered_as
            unit = mine.unit if mine is not None and kept else offered.unit
        found.addons[id] = Item(id, offered_as[0], offered_as[1], unit, quantity)
    if not every.recurs:
        kinds = {each.every for each in found.addons.values() if each.every.recurs}
        if len(kinds) > 1:
            raise fail("interval_mismatch")
    return found


# What is granted


def granted(policy: Policy, plan: str, addons: dict[str, int]) -> dict[str, Any]:
    """Entitlements: the plan once, each add-on times its quantity, included add-ons once."""
    sources = [(policy.plans[plan].get("entitlements", {}), 1)]
    sources += [(policy.addons[id].get("entitlements", {}), quantity) for id, quantity in addons.items()]
    sources += [
        (policy.addons[id].get("entitlements", {}), 1)
        for id in policy.addons
        if policy.includes(plan, id) and id not in addons
    ]
    found: dict[str, Any] = {}
    for id, body in policy.entitlements.items():
        values = [(each[id], times) for each, times in sources if id in each]
        if body["type"] == "boolean":
            """booleans: any"""
            found[id] = any(value for value, _ in values)
        elif any(value == "unlimited" for value, _ in values):
            """integers add up, `unlimited` wins"""
            found[id] = "unlimited"
        else:
            found[id] = sum(value * times for value, times in values)
    return found


def more_than(one: Any, other: Any) -> bool:
    if other == "unlimited":
        return False
    return bool(one == "unlimited" or one > other)


# Kinds of change


def compared(low: Any, high: Any) -> str:
    return "equal" if low == high else "higher" if high > low else "lower"


def price_per_day(every: Interval, unit: Fraction) -> tuple[int, Fraction]:
    """One unit of the plan, agreed price against list price, divided by the interval in days; `once` above every."""
    if every == ONCE:
        return (1, unit)
    return (0, Fraction(0)) if every == FREE else (0, unit / days_of(every))


def plan_direction(policy: Policy, member: Held, wanted: Target) -> str:
    if member.plan.id == wanted.plan.id:
        return "same"
    old, new = member.plan, wanted.plan
    if policy.direction == "rank":
        """position in the family; another family or equal rank: crossgrade"""
        if policy.family(old.id) != policy.family(new.id) or policy.family(old.id) == "none":
            return "crossgrade"
        way = compared(policy.rank(old.id), policy.rank(new.id))
    elif policy.direction == "price_per_day":
        way = compared(price_per_day(old.every, old.unit), price_per_day(new.every, new.unit))
    else:
        """`price`: the amounts as they stand."""
        way = compared(old.unit, new.unit)
    return {"equal": "crossgrade", "higher": "upgrade", "lower": "downgrade"}[way]


def interval_direction(member: Held, wanted: Target) -> str:
    """`same longer shorter`; free is below every interval, `once` above"""
    way = compared(order_of(member.plan.every), order_of(wanted.plan.every))
    return {"equal": "same", "higher": "longer", "lower": "shorter"}[way]


def quantity_direction(member: Held, wanted: Target) -> str:
    way = compared(member.plan.quantity, wanted.plan.quantity)
    return {"equal": "same", "higher": "more", "lower": "fewer"}[way]


def addons_direction(member: Held, wanted: Target) -> str:
    """`same added removed swapped` (units of an add-on included)"""
    before = {id: each.quantity for id, each in member.addons.items() if wanted.ended.get(id) != "included"}
    """an add-on that the target includes is not taken away"""
    up = any(quantity > before.get(id, 0) for id, quantity in wanted.wanted.items())
    down = any(quantity > wanted.wanted.get(id, 0) for id, quantity in before.items())
    return {(False, False): "same", (True, False): "added", (False, True): "removed", (True, True): "swapped"}[up, down]


def kind_of(policy: Policy, member: Held, wanted: Target) -> str | None:
    """The first that fits."""
    if member.status in ENDED:
        return "reactivation"
    if wanted.plan.id != member.plan.id:
        return plan_direction(policy, member, wanted)
    if wanted.plan.price != member.plan.price:
        way = interval_direction(member, wanted)
        return "price_change" if way == "same" else f"{way}_interval"
    way = quantity_direction(member, wanted)
    if way != "same":
        return f"{way}_units"
    way = addons_direction(member, wanted)
    return None if way == "same" else f"addons_{way}"


GROUPS = {
    "plan_change": {"upgrade", "downgrade", "crossgrade"},
    "interval_change": {"longer_interval", "shorter_interval"},
    "quantity_change": {"more_units", "fewer_units"},
    "addon_change": {"addons_added", "addons_removed", "addons_swapped"},
}


# Facts


def facts_of(policy: Policy, member: Held, wanted: Target, own: dict[str, Any]) -> dict[str, Any]:
    zone, at = policy.zone, member.at
    today = day_of(at, zone)
    found: dict[str, Any] = {}
    recurring_before = sum((each.amount for each in member.items if each.every.recurs), Fraction(0))
    recurring_after = sum((each.amount for each in wanted.items if each.every.recurs), Fraction(0))
    found["membership.status"] = member.status
    for side, item in (("membership", member.plan), ("target", wanted.plan)):
        found[f"{side}.plan"], found[f"{side}.price"] = item.id, item.price
        found[f"{side}.family"], found[f"{side}.rank"] = policy.family(item.id), policy.rank(item.id)
        found[f"{side}.interval"], found[f"{side}.quantity"] = written(item.every), item.quantity
    found["membership.recurring_amount"], found["target.recurring_amount"] = recurring_before, recurring_after
    found["change.amount_difference"] = recurring_after - recurring_before
    found["membership.paid"] = member.plan.paid or Fraction(0)
    found["membership.trialing"] = member.trialing
    found["membership.payment_pending"] = bool(member.raw.get("payment_pending", False))
    found["membership.has_pending_change"] = member.pending is not None
    found["membership.changes_this_period"] = member.raw.get("changes_this_period") or 0
    found["membership.account_credit"] = member.account_credit
    """Whole days are counted in the policy's zone; without a period day facts are 0"""
    found.update(dict.fromkeys(("membership.days_used", "membership.days_left", "membership.period_days"), 0))
    if member.start is not None and member.end is not None:
        first, last = day_of(member.start, zone), day_of(member.end, zone)
        found["membership.period_days"] = (last - first).days
        found["membership.days_used"] = (min(today, last) - first).days
        found["membership.days_left"] = max(0, (last - today).days)
    started = instant(policy, member.raw.get("started"))
    found["membership.age_days"] = 0 if started is None else max(0, (today - day_of(started, zone)).days)
    changed = instant(policy, member.raw.get("last_changed"))
    found["membership.days_since_change"] = (
        found["membership.age_days"] if changed is None else max(0, (today - day_of(changed, zone)).days)
    )
    for id in policy.addons:
        found[f"membership.addon.{id}"] = member.addons[id].quantity if id in member.addons else 0
        found[f"target.addon.{id}"] = wanted.wanted.get(id, 0)
    found["change.kind"] = kind_of(policy, member, wanted)
    found["change.plan"] = plan_direction(policy, member, wanted)
    found["change.interval"] = interval_direction(member, wanted)
    found["change.quantity"] = quantity_direction(member, wanted)
    found["change.addons"] = addons_direction(member, wanted)
    found["change.price_per_day"] = compared(
        price_per_day(member.plan.every, member.plan.unit), price_per_day(wanted.plan.every, wanted.plan.unit)
    )
    before = granted(policy, member.plan.id, {id: each.quantity for id, each in member.addons.items()})
    after = granted(policy, wanted.plan.id, {id: each.quantity for id, each in wanted.addons.items()})
    for id, body in policy.entitlements.items():
        if body["type"] == "integer":
            """`usage.<entitlement>` for each numeric entitlement (default 0)"""
            found[f"usage.{id}"] = number((own.get("usage") or {}).get(id, 0))
            found[f"exceeds.{id}"] = more_than(found[f"usage.{id}"], after[id])
        found[f"loses.{id}"] = more_than(before[id], after[id])
    found["exceeds.any"] = any(value for name, value in found.items() if name.startswith("exceeds."))
    found["loses.any"] = any(value for name, value in found.items() if name.startswith("loses."))
    found["customer.had_trial"] = (own.get("customer") or {}).get("had_trial", False)
    found["at.date"], found["at.day_of_month"] = today.isoformat(), today.day
    found["at.weekday"] = WEEKDAYS[today.weekday()]
    for name, body in policy.document.get("facts", {}).items():
        space, key = name.split(".", 1)
        given = own.get(space) or {}
        if key in given:
            found[name] = given[key]
        elif "default" in body:
            found[name] = body["default"]
        else:
            """A declared fact is required or has a default"""
            raise fail("missing_fact", name)
    trial = policy.plans[wanted.plan.id].get("trial")
    found["target.trial_days"] = trial_days(trial, today) if trial else 0
    return found


def trial_days(text: str, today: date) -> int:
    every = interval(text)
    return every.count if every.kind == "days" else (plus_months(today, every.count, today.day) - today).days


def trial_end(text: str, start: datetime, policy: Policy) -> datetime:
    return moved(start, interval(text), 1, None, policy.zone)


# Conditions


def comparable(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.count("-") != 2:
        try:
            return number(value)
        except ArithmeticError:
            return value
    return value if isinstance(value, str) else number(value)


def equal(found: Any, wanted: Any) -> bool:
    one, other = comparable(found), comparable(wanted)
    return type(one) is type(other) and one == other


def holds(condition: dict[str, Any] | None, facts: dict[str, Any]) -> bool:
    """A mapping is a conjunction. Reserved keys `all`, `any`, `none` take lists of conditions."""
    for key, wanted in (condition or {}).items():
        if key == "all":
            true = all(holds(each, facts) for each in wanted)
        elif key == "any":
            true = any(holds(each, facts) for each in wanted)
        elif key == "none":
            true = not any(holds(each, facts) for each in wanted)
        else:
            true = test(facts[key], wanted)
        if not true:
            return False
    return True


def test(found: Any, wanted: Any) -> bool:
    """A scalar means equals, a list one of, a mapping holds operators."""
    if isinstance(wanted, list):
        return any(equal(found, each) for each in wanted)
    if not isinstance(wanted, dict):
        return equal(found, wanted)
    one = comparable(found)
    for operator, value in wanted.items():
        if operator == "not":
            true = not test(found, value)
        elif operator == "between":
            true = comparable(value[0]) <= one <= comparable(value[1])
        else:
            other = comparable(value)
            true = {
                "at_least": one >= other,
                "at_most": one <= other,
                "more_than": one > other,
                "less_than": one < other,
            }[operator]
        if not true:
            return False
    return True
