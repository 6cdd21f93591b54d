"""Intervals, periods and days: months clip to the month's end and remember the day they are billed on."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.tz import resolve_imaginary
from msgspec import Struct

Unit = Literal["day", "month", "once"]

AVERAGE_MONTH = (487, 16)
"""30.4375 days as a ratio; twelve of them are a year of 365.25 days."""

NAMED_INTERVALS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "3 months",
    "half_yearly": "6 months",
    "yearly": "year",
}
"""Price ids that say their interval, with the interval they say."""


class Interval(Struct, frozen=True, gc=False):
    """The time a recurring price pays for: a number of days or of months, or `once` (a lifetime)."""

    unit: Unit
    count: int

    def __str__(self) -> str:
        """Return the canonical text: `12 months` is `year`, `4 weeks` is `28 days`."""
        if self.unit == "once":
            return "once"
        if (self.unit, self.count) == ("day", 7):
            return "week"
        unit, count = (
            ("year", self.count // 12) if self.unit == "month" and self.count % 12 == 0 else (self.unit, self.count)
        )
        return unit if count == 1 else f"{count} {unit}s"

    @property
    def average_days(self) -> tuple[int, int]:
        """The length in days as (numerator, denominator): a month is 30.4375 days, a year 365.25."""
        if self.unit == "month":
            return self.count * AVERAGE_MONTH[0], AVERAGE_MONTH[1]
        return self.count, 1


ONCE = Interval("once", 1)

_UNITS: dict[str, tuple[Unit, int]] = {
    "day": ("day", 1),
    "week": ("day", 7),
    "month": ("month", 1),
    "year": ("month", 12),
}

_LONGEST = {"day": 36_525, "month": 1_200}
"""A hundred years: longer is a slip, and would leave the calendar."""


def interval(text: str) -> Interval | None:
    """Read `month`, `2 years`, `28 days` or `once`; None where the text is no interval.

    >>> str(interval("12 months"))
    'year'
    """
    if text == "once":
        return ONCE
    count, _, word = text.rpartition(" ")
    number = _count(count)
    known = _UNITS.get(word) or (_UNITS.get(word.removesuffix("s")) if count and word.endswith("s") else None)
    if known is None or number is None:
        return None
    unit, factor = known
    return Interval(unit, factor * number) if factor * number <= _LONGEST[unit] else None


def _count(digits: str) -> int | None:
    if not digits:
        return 1
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 4 and int(digits) else None


class Period(Struct, frozen=True, gc=False):
    """A half-open stretch of time; `every` is its interval where that is not the price's own."""

    start: datetime
    end: datetime
    every: Interval | None = None


def instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return an aware local time as an instant in UTC; times a clock change leaves out move on."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    found = local.astimezone(UTC)
    # There and back is the same local time, except where a clock change leaves it out.
    return found if found.astimezone(local.tzinfo) == local else resolve_imaginary(local).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date of an instant in the zone."""
    return moment.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant a day begins in the zone."""
    return instant(datetime(day.year, day.month, day.day, tzinfo=zone), zone)


def months_later(day: date, months: int, billing_day: int) -> date:
    """Return the billing day of the month that is `months` after the day's, clipped to that month's end.

    >>> months_later(date(2026, 2, 28), 1, 31)
    datetime.date(2026, 3, 31)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(billing_day, _days_in(year, month + 1)))


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _DAYS[month - 1]


def falls_on(day: date, billing_day: int) -> bool:
    """Say whether a day is the billing day of its month, clipped to the month's end."""
    return day.day == min(billing_day, _days_in(day.year, day.month))


def later(day: date, every: Interval, billing_day: int, times: int = 1) -> date:
    """Return the day `times` intervals on; negative goes back."""
    if every.unit == "day":
        return day + timedelta(days=every.count * times)
    return months_later(day, every.count * times, billing_day)


def shifted(moment: datetime, every: Interval, billing_day: int, zone: ZoneInfo, times: int = 1) -> datetime:
    """Return the instant whole intervals later at the same local time."""
    local = moment.astimezone(zone)
    day = later(local.date(), every, billing_day, times)
    return instant(datetime.combine(day, local.time(), tzinfo=zone), zone)


def days_30_360(start: date, end: date) -> int:
    """Count the days between two dates where every month has thirty (30E/360, ISDA 2006 section 4.16(g))."""
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + min(end.day, 30) - min(start.day, 30)


def whole_months(start: date, end: date, anchor: int) -> int:
    """Count the whole months from start to end, where a month ends on the anchor day or the month's end."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (months_later(start, months, anchor) > end)
