"""Upcoming: how a period opens where no change is made on the spot, and what is charged from then on."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.billing.aligning import clock_of, stub_from
from crossgrade.billing.credit import Running, normalised, times_share
from crossgrade.billing.discount import reductions, runs
from crossgrade.billing.exact import Exact
from crossgrade.billing.proration import Share, share_left
from crossgrade.billing.schedule import anchor_of, next_billing_day
from crossgrade.facts.holding import Holding, Item
from crossgrade.model.calendar import Interval, Period, local_day, shifted
from crossgrade.model.decision import Charge
from crossgrade.model.membership import Membership
from crossgrade.model.money import Currency, Money
from crossgrade.model.policy import Policy
from crossgrade.model.terms import Proration, Rounding

MOST = 6
"""So many upcoming charges are told at the most."""


class Opening(Struct, frozen=True):
    """A period as it begins: a whole interval, or a stub that is charged by a share of `running`, a whole one."""

    period: Period
    share: Share | None = None
    running: Running | None = None
    proration: Proration = Proration()

    def part(self, amount: Exact, every: Interval | None, rounding: Rounding) -> Exact:
        """Return what of an amount for a whole interval is charged."""
        if self.share is None:
            return amount
        whole = normalised(amount, every, self.running, self.proration)
        return times_share(whole, self.share, rounding, self.proration)


def whole_opening(moment: datetime, every: Interval, membership: Membership, zone: ZoneInfo) -> Opening:
    """Return a whole interval from an instant; the billing day is remembered where the instant falls on it."""
    day = next_billing_day(membership, local_day(moment, zone), zone)
    return Opening(Period(moment, shifted(moment, every, day, zone)))


def aligned_opening(
    moment: datetime, every: Interval, membership: Membership, proration: Proration, zone: ZoneInfo
) -> Opening:
    """Return the period from an instant to the membership's next billing date: a stub, or whole on a billing date."""
    stub = stub_from(moment, every, anchor_of(membership, zone), clock_of(membership, zone), zone)
    period = Period(moment, stub.length.end)
    if stub.whole:
        return Opening(period)
    share = share_left(proration, stub.length, moment, zone, stub.length.start)
    return Opening(period, share, Running(stub.length, stub.length.start, every, zone), proration)


def charged_for(item: Item, target: Holding, membership: Membership, opening: Opening, policy: Policy) -> int:
    """Return minor units charged for a recurring item when a period opens, after discount."""
    off = reductions(membership.discount, target, opening.period.start, policy.zone)
    rounding = policy.rounding
    whole = opening.part(Exact(item.amount), item.every, rounding).rounded(rounding.mode)
    if item.id not in off:
        return whole
    return whole - opening.part(Exact(*off[item.id].of(item.amount)), item.every, rounding).rounded(rounding.mode)


def charges_from(  # noqa: PLR0913 - what a charge depends on
    opening: Opening, target: Holding, membership: Membership, policy: Policy, currency: Currency, *, extra: int = 0
) -> tuple[Charge, ...]:
    """Return the charges from the opening of a period on, until the amount no longer changes; six at most.

    `extra` is collected with the first: what is owed and what is charged once.
    """
    every = target.every
    if every is None:
        return (_charge(opening, extra, policy, currency),) if extra else ()
    charges: list[Charge] = []
    while len(charges) < MOST:
        amount = sum(charged_for(item, target, membership, opening, policy) for item in target.items if item.recurring)
        charges.append(_charge(opening, amount + (0 if charges else extra), policy, currency))
        ends = amount < target.recurring_amount and _discount_ends(membership, opening.period.start, policy)
        changes = opening.share is not None or ends
        if not changes and not (extra and len(charges) == 1):
            break
        opening = whole_opening(opening.period.end, every, membership, policy.zone)
    return tuple(charges)


def _charge(opening: Opening, amount: int, policy: Policy, currency: Currency) -> Charge:
    return Charge(opening.period.start.astimezone(policy.zone), Money(amount, currency))


def _discount_ends(membership: Membership, moment: datetime, policy: Policy) -> bool:
    discount = membership.discount
    return discount is not None and discount.until is not None and runs(discount, moment, policy.zone)
