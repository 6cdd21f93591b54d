"""Credit: what the unused time of a held item is worth."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.billing.discount import NO_REDUCTION, Reduction
from crossgrade.billing.exact import Exact
from crossgrade.billing.moves import Units
from crossgrade.billing.proration import NOTHING, Length, Share, all_or_nothing, paid_length, share_left
from crossgrade.errors import InvalidFacts
from crossgrade.facts.holding import Item
from crossgrade.model.calendar import Interval, later, local_day
from crossgrade.model.catalogue import Plan
from crossgrade.model.money import rounded
from crossgrade.model.terms import CreditRule, Proration, Rounding


class ChosenCredit(Struct, frozen=True):
    """The credit rule that applies, with its whole proration."""

    rule: CreditRule
    proration: Proration


class ItemCredit(Struct, frozen=True):
    """What units of an item are worth: basis x share, at most `limit`; the basis is for the whole length."""

    item: Item
    amount: Exact
    basis: Exact
    share: Share
    limit: Exact | None

    @property
    def limited(self) -> bool:
        """Whether the limit made it less."""
        return self.limit is not None and self.amount == self.limit and not self.share.whole


class Running(Struct, frozen=True, gc=False):
    """The period that runs when a change is made: its whole interval and the first instant of the period."""

    whole: Length
    start: datetime
    every: Interval
    zone: ZoneInfo


def item_credit(  # noqa: PLR0913 - what a credit depends on
    units: Units,
    chosen: ChosenCredit,
    running: Running | None,
    at: datetime,
    rounding: Rounding,
    reduction: Reduction = NO_REDUCTION,
) -> ItemCredit | None:
    """Return the credit of units of an item, None where nothing of it is left or it was free.

    credit = basis x unused / length, not above what was paid where the rule says so (language, section 7).
    """
    share, basis = _share_and_basis(units, chosen, running, at, reduction)
    if not share.numerator or not basis.numerator:
        return None
    amount = times_share(basis, share, rounding, chosen.proration)
    limit = _paid(units) if "paid" in (chosen.rule.basis, chosen.rule.at_most) else None
    return ItemCredit(units.item, amount if limit is None else amount.at_most(limit), basis, share, limit)


def _share_and_basis(
    units: Units, chosen: ChosenCredit, running: Running | None, at: datetime, reduction: Reduction
) -> tuple[Share, Exact]:
    item = units.item
    share = _share(item, chosen, running, at)
    if not share.numerator:
        return NOTHING, Exact(0)
    if chosen.rule.basis == "paid":
        return share, _paid(units)
    amount = item.amount if chosen.rule.basis == "recurring" else _listed(item) * item.quantity
    numerator, denominator = reduction.of(amount)
    basis = Exact((amount * denominator - numerator) * units.count, denominator * item.quantity)
    return share, normalised(basis, item.every, running, chosen.proration)


def _share(item: Item, chosen: ChosenCredit, running: Running | None, at: datetime) -> Share:
    if not item.recurring or running is None:
        # A lifetime has no length that time could be measured by, so it has credit only by `period`.
        by_period = chosen.proration.by == "period" and not item.recurring
        return all_or_nothing(chosen.proration) if by_period else NOTHING
    if chosen.rule.basis == "paid":
        begins = item.paid_from or running.start
        return share_left(chosen.proration, paid_length(begins, running.whole, running.zone), at, running.zone, begins)
    return share_left(chosen.proration, running.whole, at, running.zone, running.start)


def _paid(units: Units) -> Exact:
    item = units.item
    if item.paid is not None:
        return Exact(item.paid * units.count, item.quantity)
    if not item.amount:
        return Exact(0)
    where = "membership.paid" if isinstance(item.product, Plan) else f"membership.addons.{item.id}.paid"
    raise InvalidFacts("missing_paid", f"the credit for `{item.id}` rests on what was paid for it", where)


def _listed(item: Item) -> int:
    if item.list_amount is None:
        raise InvalidFacts(
            "no_amount_in_currency", f"`{item.id}` has no list price in the membership's currency", item.id
        )
    return item.list_amount


def normalised(amount: Exact, own: Interval | None, running: Running | None, proration: Proration) -> Exact:
    """Bring an amount of another interval to the running period's: yearly 36.00 is 3.00 a month."""
    if own is None or running is None or own == running.every or own.unit == "once":
        return amount
    wanted = running.every
    if proration.normalise == "months" and own.unit == wanted.unit:
        return amount.times(wanted.count, own.count)
    if proration.normalise == "months":
        (days, parts), (own_days, own_parts) = wanted.average_days, own.average_days
        return amount.times(days * own_parts, own_days * parts)
    return amount.times(*_actual_days(own, running))


def _actual_days(own: Interval, running: Running) -> tuple[int, int]:
    """Return the days of the running interval over those of the own interval that begins with it."""
    start, end = local_day(running.whole.start, running.zone), local_day(running.whole.end, running.zone)
    return (end - start).days, (later(start, own, start.day) - start).days


def times_share(basis: Exact, share: Share, rounding: Rounding, proration: Proration) -> Exact:
    """Return basis x share; with `daily_rate` the price of a day is rounded first, and days never exceed the basis."""
    if not rounding.daily_rate or proration.by != "day" or share.whole:
        return basis.times(share.numerator, share.denominator)
    days, parts = share.length
    rate = rounded(basis.numerator * parts, basis.denominator * days, rounding.mode)
    return Exact(rate * share.unused).at_most(basis)
