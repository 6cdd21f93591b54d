"""Worth: what the membership is worth after a change, so that a second change credits the plan's value."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, structs

from crossgrade.billing.bought_time import Bought
from crossgrade.billing.charging import ItemCharge, fee_of, setup_fee_paid
from crossgrade.billing.course import Course
from crossgrade.billing.exact import Exact
from crossgrade.billing.fees import charged
from crossgrade.billing.moves import Move
from crossgrade.billing.proration import paid_length, share_left
from crossgrade.billing.settlement import Settled
from crossgrade.facts.holding import Item
from crossgrade.facts.situation import Situation
from crossgrade.model.calendar import Period
from crossgrade.model.membership import HeldAddOn, Membership, PendingChange, SelectedAddOn, Status
from crossgrade.model.money import Money, RoundingMode, shared
from crossgrade.model.terms import Terms


class Paid(Struct, frozen=True):
    """The value given for an item and the first instant it pays for; None is not known."""

    amount: int | None
    since: datetime | None


class Exchange(Struct, frozen=True):
    """What a change charges and credits: by item, and the setup fee that comes back."""

    moves: tuple[Move, ...]
    charges: Mapping[str, ItemCharge]
    credited: Mapping[str, int]
    fee_credited: int
    promoted: Mapping[str, int]

    def charged(self, charge: ItemCharge, mode: RoundingMode) -> int:
        """Return what is charged for an item, after discount and promotion."""
        return charged(charge, mode) - self.promoted.get(charge.item.id, 0)


def membership_after(
    situation: Situation, terms: Terms, course: Course, exchange: Exchange, settled: Settled
) -> Membership:
    """Return the membership that a change makes at once."""
    paid = {
        move.after.id: _paid(move, terms, course, exchange, situation)
        for move in exchange.moves
        if move.after is not None
    }
    paid |= _with_time(paid, course, settled.bought, situation)
    member, target = situation.membership, situation.target
    worth = paid[target.plan.id]
    renewed = course.renews or exchange.moves[0].replaced
    return structs.replace(
        member,
        status=_status(situation, course, renewed=renewed),
        plan=target.plan.id,
        price=target.plan.price.id,
        quantity=target.plan.quantity,
        unit_amount=Money(target.plan.unit_amount, situation.currency),
        paid=_money(worth.amount, situation),
        paid_from=worth.since,
        addons={id: _addon(item, paid[id], situation) for id, item in target.addons.items()},
        setup_fee_paid=_fee_after(situation, terms, exchange),
        currency=situation.currency.code,
        period=course.period,
        billing_day=course.billing_day if course.billing_day is not None else member.billing_day,
        trial_ends=course.trial_ends or (None if renewed else member.trial_ends),
        changes_this_period=1 if _start(course.period) != _start(member.period) else member.changes_this_period + 1,
        last_changed=situation.at,
        pending_change=None,
        account_credit=settled.account_credit.after,
        owed=Money(settled.owed, situation.currency) if settled.owed else None,
        discount=None if terms.discount == "drop" else member.discount,
    )


def _status(situation: Situation, course: Course, *, renewed: bool) -> Status:
    """Return the status afterwards: a change can begin a trial, end one, or take a membership up again."""
    status = situation.membership.status
    if course.trial_ends is not None:
        return "trialing"
    ended = status == "trialing" and renewed
    return "active" if ended or situation.change.kind == "reactivation" else status


def _with_time(
    paid: Mapping[str, Paid], course: Course, bought: Bought | None, situation: Situation
) -> dict[str, Paid]:
    """Return what recurring items are worth with the credit that bought time, by amount."""
    alone = course.renews and course.charge == "none"
    if bought is None or not (bought.value or (alone and bought.days)):
        return {}
    items = [item for item in situation.target.items if item.recurring]
    parts = zip(
        items, shared(bought.value, [item.amount for item in items], situation.policy.rounding.mode), strict=True
    )
    if alone:
        return {item.id: Paid(part, course.moment) for item, part in parts}
    return {item.id: Paid((paid[item.id].amount or 0) + part, paid[item.id].since) for item, part in parts}


def _start(period: Period | None) -> datetime | None:
    return period.start if period else None


def _money(minor: int | None, situation: Situation) -> Money | None:
    return None if minor is None else Money(minor, situation.currency)


def _paid(move: Move, terms: Terms, course: Course, exchange: Exchange, situation: Situation) -> Paid:
    """Return an item's worth after the change (language, section 6: what the membership is worth afterwards)."""
    item = move.after
    charge = exchange.charges.get(item.id) if item else None
    inherited = _inherited(move, situation, exchange.credited, everything=course.renews)
    if charge is None and move.more > 0 and course.charge == "prorated":
        return _with_more(move, terms, course, Paid(0, inherited.since), situation)
    if charge is None:
        return Paid(0, None) if _worth_nothing(move, course) else inherited
    value = exchange.charged(charge, situation.policy.rounding.mode)
    if charge.old is not None:
        return Paid(None if inherited.amount is None else inherited.amount + value, inherited.since)
    if move.more > 0 and not (course.renews and charge.item.recurring):
        return _with_more(move, terms, course, Paid(value, _pays_from(charge)), situation)
    return Paid(value, _pays_from(charge))


def _worth_nothing(move: Move, course: Course) -> bool:
    """Say whether an item without a charge is charged anew, at 0, is free, or is left to a renewal that is due."""
    after = move.after
    if after is None or after.every is None:
        return True
    if course.trial_ends is not None and after.recurring:
        renews_late = course.late and course.then != "none" and move.more <= 0
        return course.renews or move.replaced or renews_late
    if course.charge == "none" or not after.recurring:
        return move.before is None
    return course.late or (course.charge != "full_difference" and (course.renews or move.replaced))


def _pays_from(charge: ItemCharge) -> datetime | None:
    return charge.pays_for.start if charge.pays_for is not None else None


def _inherited(move: Move, situation: Situation, credited: Mapping[str, int], *, everything: bool) -> Paid:
    """Return what an item was worth: less what was credited of it, or in proportion where units are given up."""
    before, after = move.before, move.after
    since = _paid_since(before, situation)
    if before is None or before.paid is None or after is None:
        return Paid(0 if before is None else None, since)
    left = max(before.paid - credited.get(before.id, 0), 0)
    if move.more < 0:
        # What was credited was the units given up, unless everything was credited.
        worth = left if everything and before.recurring else before.paid
        left = Exact(worth * after.quantity, before.quantity).rounded(situation.policy.rounding.mode)
    return Paid(left, since)


def _paid_since(before: Item | None, situation: Situation) -> datetime | None:
    """Return the first instant that was paid for, written out since the period that comes out may begin later."""
    if before is None or before.paid_from is not None or not before.recurring:
        return before.paid_from if before is not None else None
    return _start(situation.membership.period)


def _with_more(move: Move, terms: Terms, course: Course, added: Paid, situation: Situation) -> Paid:
    """Return the unused part of what the units were worth, plus the charge for those added."""
    before, running = move.before, course.running
    if before is None or before.paid is None or added.amount is None:
        return Paid(None, added.since)
    if running is None or not before.recurring:
        return Paid(before.paid + added.amount, before.paid_from)
    if course.late:
        return added
    zone = situation.policy.zone
    begins = before.paid_from or running.start
    share = share_left(terms.proration, paid_length(begins, running.whole, zone), course.moment, zone, begins)
    unused = Exact(before.paid * share.numerator, share.denominator).rounded(situation.policy.rounding.mode)
    return Paid(unused + added.amount, added.since)


def _addon(item: Item, paid: Paid, situation: Situation) -> HeldAddOn:
    return HeldAddOn(
        item.quantity,
        item.price.id,
        Money(item.unit_amount, situation.currency),
        _money(paid.amount, situation),
        paid.since,
    )


def _fee_after(situation: Situation, terms: Terms, exchange: Exchange) -> Money | None:
    """Return the setup fee that counts as paid afterwards: the new plan's, or the old less what came back of it."""
    held, target = situation.held.plan, situation.target.plan
    if terms.setup_fee != "waive" and (held.id != target.id or situation.change.kind == "reactivation"):
        return Money(max(fee_of(target, situation), 0), situation.currency)
    if not exchange.fee_credited:
        return situation.membership.setup_fee_paid
    return Money(max(setup_fee_paid(situation) - exchange.fee_credited, 0), situation.currency)


def membership_pending(situation: Situation, course: Course, rule: str, terms: Terms) -> Membership:
    """Return the membership with a change that waits for the period's end, at today's prices."""
    target = situation.target
    addons = {id: SelectedAddOn(item.quantity, item.price.id) for id, item in target.addons.items()}
    amounts = {item.id: Money(item.unit_amount, situation.currency) for item in target.items}
    pending = PendingChange(
        target.plan.id,
        target.plan.price.id,
        target.plan.quantity,
        addons,
        amounts,
        course.moment,
        rule,
        "align" if terms.billing_date == "align" else "restart",
        terms.discount,
    )
    return structs.replace(situation.membership, pending_change=pending)
