"""Charging: what is charged for what is taken on, with its discount and its setup fee."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.billing.course import Course
from crossgrade.billing.credit import Running, normalised, times_share
from crossgrade.billing.discount import NO_REDUCTION, Reduction
from crossgrade.billing.exact import Exact
from crossgrade.billing.moves import Move, Units, taken_on
from crossgrade.billing.proration import ALL, Share, first_instant_paid, share_left
from crossgrade.facts.holding import Item
from crossgrade.facts.situation import Situation
from crossgrade.model.calendar import Period
from crossgrade.model.terms import Proration, Terms


class ItemCharge(Struct, frozen=True):
    """What is charged for units of an item, before and after discount.

    `share` is the part of the period it pays for, `old` the amount it is the difference to, `pays_for` the period.
    """

    item: Item
    count: int
    amount: Exact
    discount: Exact
    basis: Exact
    share: Share | None
    old: Exact | None
    pays_for: Period | None


def item_charge(
    move: Move, terms: Terms, course: Course, situation: Situation, reduction: Reduction = NO_REDUCTION
) -> ItemCharge | None:
    """Return the charge for one move, None where nothing is charged."""
    units = taken_on(move, everything=course.renews)
    if units is None or not units.amount:
        return None
    compared = move.before is not None or units.item.recurring
    if course.charge == "full_difference" and compared:
        return _difference(move, units, terms.proration, course, reduction)
    if not units.item.recurring or course.charge in ("full", "full_difference"):
        return _full(units, course, reduction)
    if course.charge == "none":
        return None
    return _prorated(units, terms.proration, course, situation, reduction)


def _full(units: Units, course: Course, reduction: Reduction) -> ItemCharge:
    amount = Exact(units.amount)
    pays_for = course.period if units.item.recurring else None
    if pays_for is not None and not course.renews:
        pays_for = Period(max(course.moment, pays_for.start), pays_for.end)
    return ItemCharge(units.item, units.count, amount, _off(units, reduction), amount, None, None, pays_for)


def _off(units: Units, reduction: Reduction) -> Exact:
    """Return what comes off units of an item that is charged for a whole interval."""
    if reduction is NO_REDUCTION:
        return Exact(0)
    return Exact(*reduction.of(units.item.amount)).times(units.count, units.item.quantity)


def _prorated(
    units: Units, proration: Proration, course: Course, situation: Situation, reduction: Reduction
) -> ItemCharge | None:
    running, period = course.measure, course.period
    if running is None or period is None:
        return _full(units, course, reduction)
    share, since = _share_and_start(proration, running, course, situation.policy.zone)
    if not share.numerator:
        return None
    rounding = situation.policy.rounding
    basis = normalised(Exact(units.amount), units.item.every, running, proration)
    off = normalised(_off(units, reduction), units.item.every, running, proration)
    return ItemCharge(
        units.item,
        units.count,
        times_share(basis, share, rounding, proration),
        times_share(off, share, rounding, proration),
        basis,
        share,
        None,
        Period(max(since, period.start), period.end),
    )


def _share_and_start(proration: Proration, running: Running, course: Course, zone: ZoneInfo) -> tuple[Share, datetime]:
    """Return the share that is charged and the first instant it pays for; a period that begins later is whole."""
    if course.late and not course.renews:
        return ALL, running.start
    share = share_left(proration, running.whole, course.moment, zone, running.start)
    return share, first_instant_paid(proration, running.whole, course.moment, zone, running.start)


def _difference(
    move: Move, units: Units, proration: Proration, course: Course, reduction: Reduction
) -> ItemCharge | None:
    """Charge new minus old, whatever the day; not below 0."""
    new = normalised(Exact(units.amount), units.item.every, course.running, proration)
    before = move.before if move.replaced else None
    old = Exact(0) if before is None else normalised(Exact(before.amount), before.every, course.running, proration)
    amount = Exact(new.numerator * old.denominator - old.numerator * new.denominator, new.denominator * old.denominator)
    if amount.numerator <= 0:
        return None
    discount = amount.times(reduction.millionths, 10**8) if reduction.millionths else Exact(0)
    return ItemCharge(units.item, units.count, amount, discount, new, ALL, old, course.period)


class SetupFee(Struct, frozen=True):
    """A setup fee that is charged, or a difference to the fee paid, which may be negative."""

    item: Item
    amount: int
    difference: bool


def setup_fees(terms: Terms, situation: Situation) -> list[SetupFee]:
    """Return the setup fees: of another plan, or any on reactivation, and of added add-ons, once."""
    if terms.setup_fee == "waive":
        return []
    held, target = situation.held, situation.target
    reactivated = situation.change.kind == "reactivation"
    fees = []
    if reactivated or held.plan.id != target.plan.id:
        fees.append(_plan_fee(target.plan, terms, situation))
    fees += [
        SetupFee(item, fee_of(item, situation), difference=False)
        for id, item in target.addons.items()
        if reactivated or id not in held.addons
    ]
    return [fee for fee in fees if fee.amount]


def _plan_fee(item: Item, terms: Terms, situation: Situation) -> SetupFee:
    fee = fee_of(item, situation)
    if terms.setup_fee == "charge":
        return SetupFee(item, fee, difference=False)
    return SetupFee(item, fee - setup_fee_paid(situation), difference=True)


def setup_fee_paid(situation: Situation) -> int:
    """Return the setup fee paid for what is held, in minor units."""
    paid = situation.membership.setup_fee_paid
    return paid.minor if paid else 0


def fee_of(item: Item, situation: Situation) -> int:
    """Return the setup fee of a plan or add-on in the membership's currency; 0 where it has none."""
    return situation.in_currency(item.product.setup_fee, f"{item.id}.setup_fee")
