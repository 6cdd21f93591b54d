"""Bought time: credit that becomes days or periods of what is held next."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.facts.holding import Holding
from crossgrade.model.calendar import Interval, falls_on, instant, later, local_day, shifted, whole_months
from crossgrade.model.money import RoundingMode, rounded
from crossgrade.model.terms import TimeRule

LONGEST = Interval("month", 1200)
"""A hundred years: what would buy more cannot become time, or it would leave the calendar."""


class Bought(Struct, frozen=True):
    """Time that credit bought, from an instant to `ends`, and what of the credit it took, in minor units.

    `unused` is less than one unit; `barred` is what could not become time at all.
    """

    ends: datetime
    days: int
    value: int
    unused: int
    barred: int


class Market(Struct, frozen=True):
    """What time costs: the target's recurring amount, before discount, for its interval that begins at the change.

    `billing_day` is remembered by bought periods where they begin on it.
    """

    rule: TimeRule
    target: Holding
    change: datetime
    zone: ZoneInfo
    mode: RoundingMode
    billing_day: int

    def day_from(self, begins: datetime) -> int:
        """Return the day of the month that periods from an instant on end on."""
        day = local_day(begins, self.zone)
        return self.billing_day if falls_on(day, self.billing_day) else day.day


def bought_with(credit: int, market: Market, begins: datetime) -> Bought:
    """Return the time a credit buys from an instant on.

    units = credit / (target amount / days of its period beginning at the change), in whole days or periods.
    """
    every, amount = market.target.every, market.target.recurring_amount
    if every is None or amount <= 0:
        return Bought(begins, 0, 0, 0, credit)
    day = local_day(market.change, market.zone)
    parts = (later(day, every, day.day) - day).days if market.rule.whole == "day" else 1
    up = market.rule.round == "up"
    units = -(-credit * parts // amount) if up else credit * parts // amount
    most = _most(market.rule, every, begins, market.zone)
    barred = units > most
    units = min(units, most)
    value = credit if up and not barred else min(rounded(units * amount, parts, market.mode), credit)
    ends = _after(begins, units, market)
    days = (local_day(ends, market.zone) - local_day(begins, market.zone)).days
    return Bought(ends, days, value, 0 if barred else credit - value, credit - value if barred else 0)


def _after(begins: datetime, units: int, market: Market) -> datetime:
    zone, every = market.zone, market.target.every
    if market.rule.whole == "period" and every is not None:
        return shifted(begins, every, market.day_from(begins), zone, units) if units else begins
    local = begins.astimezone(zone)
    day = local.date() + timedelta(days=units)
    return instant(datetime.combine(day, local.time(), tzinfo=zone), zone)


def _most(rule: TimeRule, every: Interval, begins: datetime, zone: ZoneInfo) -> int:
    """Return the most units there can be."""
    limit = rule.at_most
    longest = _units_in(limit if isinstance(limit, Interval) else LONGEST, rule, every, begins, zone)
    return min(limit, longest) if isinstance(limit, int) else longest


def _units_in(limit: Interval, rule: TimeRule, every: Interval, begins: datetime, zone: ZoneInfo) -> int:
    start = local_day(begins, zone)
    end = later(start, limit, start.day)
    if rule.whole == "day":
        return (end - start).days
    return (
        (end - start).days // every.count if every.unit == "day" else whole_months(start, end, start.day) // every.count
    )
