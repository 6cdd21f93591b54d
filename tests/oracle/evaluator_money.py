"""The oracle's arithmetic: rounding, the share that is left, discounts. Standard library only."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle.evaluator_calendar import (
    SECONDS_OF,
    Interval,
    at_time_of,
    calendar_ratio,
    day_of,
    days_30e_360,
    days_of,
    midnight,
    moved,
    plus,
    plus_months,
    seconds_between,
)
from tests.oracle.evaluator_facts import Held, Item
from tests.oracle.evaluator_policy import Policy, number

PRORATION = {
    "by": "day",
    "change_unit": "new_plan",
    "period_length": "actual",
    "first_day": None,
    "ratio_decimals": None,
    "normalise": "months",
}


def rounded(amount: Fraction, decimals: int, mode: str) -> Fraction:
    """`mode` `half_up` (default, by magnitude) `half_even` `up` `down`."""
    scaled = abs(amount) * 10**decimals
    whole, rest = divmod(scaled, 1)
    if mode == "half_up":
        whole += rest >= Fraction(1, 2)
    elif mode == "half_even":
        whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif mode == "up":
        whole += rest > 0
    return Fraction(int(whole), 10**decimals) * (1 if amount >= 0 else -1)


def text(amount: Fraction, decimals: int) -> str:
    """Money as strings, with the currency's own decimals."""
    scaled = amount * 10**decimals
    assert scaled.denominator == 1, f"{amount} is not rounded"
    digits = str(abs(scaled.numerator)).rjust(decimals + 1, "0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits}" if decimals == 0 else f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


class Rounding:
    def __init__(self, policy: Policy, currency: str) -> None:
        body = policy.document.get("rounding", {})
        self.mode: str = body.get("mode", "half_up")
        self.net: bool = body.get("per", "line") == "net"
        self.daily_rate: bool = body.get("daily_rate", False)
        self.decimals = policy.decimals(currency)

    def __call__(self, amount: Fraction) -> Fraction:
        return rounded(amount, self.decimals, self.mode)

    def line(self, amount: Fraction) -> Fraction:
        """`per: line` (default) or `net` (exact lines, rounded once)."""
        return amount if self.net else self(amount)


def proration(*wider_first: dict[str, Any] | None) -> dict[str, Any]:
    """policy, terms, credit rule; keys left out come from the wider one, then the defaults"""
    found: dict[str, Any] = dict(PRORATION)
    for each in wider_first:
        found.update(each or {})
    return found


class Stretch(NamedTuple):
    """A length of time, whether it is one whole interval, and that interval."""

    start: datetime
    end: datetime
    whole: bool
    every: Interval
    remembered: int | None = None  # the billing day, where the length starts on it

    def month(self, count: int, zone: ZoneInfo) -> date:
        """months anchored at the start of the length; the billing day remembered"""
        start = day_of(self.start, zone)
        day = start.day
        if self.remembered is not None and plus_months(start, 0, self.remembered) == start:
            day = self.remembered
        return plus_months(start, count, day)

    def whole_months(self, day: date, zone: ZoneInfo) -> int:
        """How many whole months have passed on a day."""
        count = 0
        while self.month(count + 1, zone) <= day:
            count += 1
        while self.month(count, zone) > day:
            count -= 1
        return count


class Share(NamedTuple):
    left: Fraction
    of: Fraction
    plain: Fraction | None  # a share that is not counted in units: 0 or 1
    cut: Fraction | None = None  # the ratio, rounded first
    by_day: bool = False

    @property
    def ratio(self) -> Fraction:
        """unused ÷ length: above 1 where bought time made the period longer than its interval"""
        if self.cut is not None:
            return self.cut
        if self.plain is not None:
            return self.plain
        return Fraction(0) if self.of <= 0 else self.left / self.of


NOTHING = Share(Fraction(0), Fraction(1), Fraction(0))
EVERYTHING = Share(Fraction(1), Fraction(1), Fraction(1))


def is_one_interval(start: datetime, end: datetime, every: Interval, remembered: int | None, zone: ZoneInfo) -> bool:
    """A period that is itself one interval of its billing day, such as 31 January to 28 February."""
    first, last = day_of(start, zone), day_of(end, zone)
    anchor = remembered if remembered is not None else max(first.day, last.day)
    on_it = every.kind == "days" or plus_months(first, 0, anchor) == first
    return on_it and at_time_of(plus(first, every, 1, anchor), start, zone) == end


def whole_interval(
    end: datetime, every: Interval, period_start: datetime | None, remembered: int | None, zone: ZoneInfo
) -> Stretch:
    """One whole interval ending at `period.end` (that end less the interval, clipped: 28 February less a quarter is
    28 November; a period that is itself one interval of its billing day is its own length)."""
    if period_start is not None and is_one_interval(period_start, end, every, remembered, zone):
        return Stretch(period_start, end, whole=True, every=every, remembered=remembered)
    return Stretch(moved(end, every, -1, None, zone), end, whole=True, every=every, remembered=remembered)


def share_left(  # noqa: C901
    settings: dict[str, Any], length: Stretch, at: datetime, first: datetime | None, zone: ZoneInfo
) -> Share:
    """unused ÷ length."""
    if at >= length.end:
        return NOTHING
    old = settings["change_unit"] == "old_plan"
    if settings["first_day"] == "whole" and first is not None and day_of(at, zone) == day_of(first, zone):
        """on the day of `period.start` (basis `paid`: of `paid_from`) the share is 1, whatever the `period_length`"""
        return EVERYTHING
    by = settings["by"]
    today, start, end = day_of(at, zone), day_of(length.start, zone), day_of(length.end, zone)
    if by == "period":
        """`period` (all or nothing)"""
        return NOTHING if old else EVERYTHING
    if at < length.start and not length.whole:
        """`old_plan`: a second change in the unit that is the old plan's anyway"""
        return EVERYTHING
    if by == "month":
        """months anchored at the start of the length, a rest counts as a month"""
        total = length.whole_months(end, zone)
        total += length.month(total, zone) < end
        used = length.whole_months(today, zone)
        left, of = Fraction(total - used - old), Fraction(total)
    elif by == "day":
        if settings["period_length"] == "30/360":
            """30E/360: every month has 30 days, on both sides"""
            left = Fraction(days_30e_360(today + timedelta(days=old), end))
            of = Fraction(days_30e_360(start, end))
        else:
            left, of = Fraction((end - today).days - old), Fraction((end - start).days)
            of = replaced_length(settings, length, of)
    else:
        """hours and shorter are elapsed time from it"""
        size = SECONDS_OF[by]
        """a rest counts as an hour, as it does as a month"""
        of = Fraction(-(-seconds_between(length.start, length.end) // size))
        used_units = seconds_between(length.start, at) / size // 1
        left = of - used_units - old
        of = replaced_length(settings, length, of * size / 86400) * 86400 / size
    if of <= 0:
        """a length within one day: that day belongs to one plan"""
        return NOTHING if old or settings["period_length"] == "30/360" else EVERYTHING
    left = max(Fraction(0), left)
    if length.whole and settings["period_length"] not in {"actual", "30/360"} and by != "month":
        """(these replace the length of a whole interval ...; the share is at most 1)"""
        left = min(left, of)
    share = Share(left, of, None, by_day=by == "day")
    if settings["ratio_decimals"] is not None:
        """rounds the ratio half up first"""
        return share._replace(cut=rounded(share.ratio, settings["ratio_decimals"], "half_up"))
    return share


def replaced_length(settings: dict[str, Any], length: Stretch, actual: Fraction) -> Fraction:
    """`average` (30.4375, 365.25), a number of days (these replace the length of a whole interval, a part of one
    stays actual; the share is at most 1)"""
    wanted = settings["period_length"]
    if not length.whole or wanted in {"actual", "30/360"}:
        return actual
    return days_of(length.every) if wanted == "average" else number(wanted)


def exactly(amount: Fraction, share: Share, rounding: Rounding) -> Fraction:
    """basis × unused ÷ length; `daily_rate: true` rounds the price of a day first."""
    if rounding.daily_rate and share.by_day and share.plain is None and Fraction(0) < share.left != share.of:
        return min(amount, rounding(amount / share.of) * share.left)
    return amount * share.ratio


def prorated(amount: Fraction, share: Share, rounding: Rounding) -> Fraction:
    """round(basis × unused ÷ length)"""
    return rounding.line(exactly(amount, share, rounding))


def brought(
    amount: Fraction, of: Interval, settings: dict[str, Any], length: Stretch | None, zone: ZoneInfo
) -> Fraction:
    """`months` (default): an amount of another interval is brought to the period's by calendar ratio (yearly 36.00 is
    3.00 a month); `days`: by actual days."""
    if length is None or of == length.every or not of.recurs:
        return amount
    if settings["normalise"] == "months":
        return amount * calendar_ratio(of, length.every)

    def days(end: datetime) -> int:
        return (day_of(end, zone) - day_of(length.start, zone)).days

    return amount * days(length.end) / days(moved(length.start, of, 1, None, zone))


def unit_end(settings: dict[str, Any], length: Stretch, at: datetime, zone: ZoneInfo) -> datetime:
    """The end of the day (hour, month) in which the change falls: the first instant of what the new plan pays for."""
    by = settings["by"]
    if by == "period":
        found = length.end
    elif by == "month":
        found = at_time_of(length.month(length.whole_months(day_of(at, zone), zone) + 1, zone), length.start, zone)
    elif by == "day":
        found = midnight(day_of(at, zone) + timedelta(days=1), zone)
    else:
        size = SECONDS_OF[by]
        units = seconds_between(length.start, at) // size + 1
        found = (length.start.astimezone(zone_utc()) + timedelta(seconds=int(units * size))).astimezone(zone)
    return min(found, length.end)


def unit_start(settings: dict[str, Any], length: Stretch, at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the day (hour, month) in which the change falls."""
    by = settings["by"]
    if by == "period":
        return length.start
    if by == "month":
        return at_time_of(length.month(length.whole_months(day_of(at, zone), zone), zone), length.start, zone)
    if by == "day":
        return midnight(day_of(at, zone), zone)
    size = SECONDS_OF[by]
    units = seconds_between(length.start, at) // size
    return (length.start.astimezone(zone_utc()) + timedelta(seconds=int(units * size))).astimezone(zone)


def zone_utc() -> ZoneInfo:
    return ZoneInfo("UTC")


def running(discount: dict[str, Any] | None, day: date) -> bool:
    """`until` is the first day without"""
    if not discount:
        return False
    until = discount.get("until")
    return until is None or day < date.fromisoformat(str(until))


def discounts(discount: dict[str, Any] | None, items: list[Item], day: date, rounding: Rounding) -> dict[str, Fraction]:
    """What the discount takes off each item's whole recurring amount.

    A discount line follows each recurring charge; a fixed amount is per charge of any interval, split over the items
    in proportion, the rest on the last; `once` items are not discounted.
    """
    if discount is None or not running(discount, day):
        return {}
    reached = [
        each for each in items if each.every.recurs and each.amount and each.id in (discount.get("on") or [each.id])
    ]
    if discount.get("percent") is not None:
        return {each.id: each.amount * number(discount["percent"]) / 100 for each in reached}
    total = sum((each.amount for each in reached), Fraction(0))
    whole = min(number(discount["amount"]), total)
    found: dict[str, Fraction] = {}
    for each in reached[:-1]:
        part = rounded(whole * each.amount / total, rounding.decimals, "half_up")
        found[each.id] = min(part, whole - sum(found.values(), Fraction(0)))
    if reached:
        found[reached[-1].id] = whole - sum(found.values(), Fraction(0))
    return found


def recurring_charge(discount: dict[str, Any] | None, items: list[Item], day: date, rounding: Rounding) -> Fraction:
    """The recurring amounts after discount, each line rounded."""
    off = discounts(discount, items, day, rounding)
    sums = [rounding(each.amount) - rounding(off.get(each.id, Fraction(0))) for each in items if each.every.recurs]
    return sum(sums, Fraction(0))


def period_of(member: Held) -> Stretch | None:
    if member.start is None or member.end is None or member.every is None:
        return None
    return whole_interval(member.end, member.every, member.start, member.remembered_day, member.policy.zone)
