"""Proration: the share of a length of time that is left, exactly, as a ratio of integers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.model.calendar import (
    Interval,
    Period,
    days_30_360,
    falls_on,
    local_day,
    midnight,
    months_later,
    shifted,
    whole_months,
)
from crossgrade.model.money import rounded
from crossgrade.model.terms import Proration

Unit = Literal["second", "minute", "hour", "day", "month", "period"]

_MICROSECONDS = {"second": 10**6, "minute": 60 * 10**6, "hour": 3600 * 10**6}
_DAY = 24 * 3600 * 10**6


class Share(Struct, frozen=True, gc=False):
    """What is left of a length: numerator / denominator, at least 0.

    `unused` and `length` count units as a person would: 10 of 30.4375 days is (160, 487) with length (487, 16).
    """

    numerator: int
    denominator: int
    unused: int
    length: tuple[int, int]
    unit: Unit

    @property
    def whole(self) -> bool:
        """Whether all is left."""
        return self.numerator == self.denominator


class Length(Struct, frozen=True, gc=False):
    """The time a basis pays for, [start, end); `every` where it is one whole interval, None where it is a part.

    `anchor` is the day its months begin on, remembered where a month is too short for it.
    """

    start: datetime
    end: datetime
    every: Interval | None
    anchor: int


NOTHING = Share(0, 1, 0, (1, 1), "period")
ALL = Share(1, 1, 1, (1, 1), "period")


def interval_length(period: Period, every: Interval, billing_day: int, zone: ZoneInfo) -> Length:
    """Return the whole interval that ends with the period.

    A period that is itself one interval of its billing day is its own length; otherwise it is the end less the
    interval, clipped: 28 February less a quarter is 28 November.
    """
    if shifted(period.start, every, billing_day, zone) == period.end and falls_on(
        local_day(period.start, zone), billing_day
    ):
        return Length(period.start, period.end, every, billing_day)
    anchor = local_day(period.end, zone).day
    start = shifted(period.end, every, anchor, zone, -1)
    return Length(start, period.end, every, anchor if every.unit == "month" else local_day(start, zone).day)


def paid_length(paid_from: datetime, whole: Length, zone: ZoneInfo) -> Length:
    """Return the length that was paid for; it counts as a whole interval when it begins on the day one does."""
    day = local_day(paid_from, zone)
    every = whole.every if day == local_day(whole.start, zone) else None
    return Length(paid_from, whole.end, every, whole.anchor if falls_on(day, whole.anchor) else day.day)


def share_left(proration: Proration, length: Length, at: datetime, zone: ZoneInfo, first: datetime) -> Share:
    """Return the share of a length that is left at an instant.

    `first` is the instant whose day counts as whole under `first_day: whole`. Days and months compare dates in the
    zone, months anchored at the length's start, a rest counting as a month; hours and shorter are elapsed time.
    """
    if at >= length.end or length.start >= length.end:
        return NOTHING
    if _on_first_day(proration, at, zone, first):
        return ALL
    return _rounded_ratio(_MEASURES[proration.by](proration, length, at, zone), proration.ratio_decimals)


def _on_first_day(proration: Proration, at: datetime, zone: ZoneInfo, first: datetime) -> bool:
    return proration.first_day == "whole" and local_day(at, zone) == local_day(first, zone)


def _rounded_ratio(share: Share, decimals: int | None) -> Share:
    if decimals is None:
        return share
    scale = 10**decimals
    return Share(rounded(share.numerator * scale, share.denominator), scale, share.unused, share.length, share.unit)


def all_or_nothing(proration: Proration) -> Share:
    """Return the share by period, which is also all that can be said of what has no length."""
    return ALL if proration.change_unit == "new_plan" else NOTHING


def _by_period(proration: Proration, _length: Length, _at: datetime, _zone: ZoneInfo) -> Share:
    return all_or_nothing(proration)


def _by_day(proration: Proration, length: Length, at: datetime, zone: ZoneInfo) -> Share:
    start, end = local_day(length.start, zone), local_day(length.end, zone)
    today = local_day(at, zone) + timedelta(days=_given_away(proration))
    today = min(max(today, start) if length.every is None else today, end)
    if start == end:
        return all_or_nothing(proration)
    if proration.period_length == "30/360":
        return _actual(days_30_360(today, end), days_30_360(start, end), "day")
    unused, days = (end - today).days, (end - start).days
    if proration.period_length == "actual" or length.every is None:
        return _actual(unused, days, "day")
    return _replaced(unused, _length_in_days(proration, length.every), "day")


def _by_month(proration: Proration, length: Length, at: datetime, zone: ZoneInfo) -> Share:
    start, end = local_day(length.start, zone), local_day(length.end, zone)
    months = _months_up(start, end, length.anchor)
    used = whole_months(start, local_day(at, zone), length.anchor) + _given_away(proration)
    return _actual(months - _between(used, length, months), months, "month")


def _by_clock(proration: Proration, length: Length, at: datetime, _zone: ZoneInfo) -> Share:
    unit = _MICROSECONDS[proration.by]
    used = _elapsed(length.start, at) // unit + _given_away(proration)
    units = -(-_elapsed(length.start, length.end) // unit)
    unused = units - _between(used, length, units)
    if proration.period_length == "actual" or length.every is None or proration.period_length == "30/360":
        return _actual(unused, units, proration.by)
    days, parts = _length_in_days(proration, length.every)
    return _replaced(unused, (days * _DAY // unit, parts), proration.by)


def _given_away(proration: Proration) -> int:
    """Return 1 where the unit the change falls in stays with the old plan."""
    return 1 if proration.change_unit == "old_plan" else 0


def _between(used: int, length: Length, units: int) -> int:
    # A period that bought time made longer has more left than one interval; what was paid never does.
    return min(max(used, 0) if length.every is None else used, units)


def _actual(unused: int, length: int, unit: Unit) -> Share:
    if length <= 0:
        # The 30th to the 31st is no day in a month of thirty.
        return NOTHING
    return Share(unused, length, unused, (length, 1), unit)


def _replaced(unused: int, length: tuple[int, int], unit: Unit) -> Share:
    numerator, denominator = unused * length[1], length[0]
    if numerator >= denominator:
        return Share(1, 1, unused, length, unit)
    return Share(numerator, denominator, unused, length, unit)


def _length_in_days(proration: Proration, every: Interval) -> tuple[int, int]:
    if isinstance(proration.period_length, int):
        return proration.period_length, 1
    return every.average_days


def _months_up(start: date, end: date, anchor: int) -> int:
    months = whole_months(start, end, anchor)
    return months + (months_later(start, months, anchor) < end) if months else 1


def _elapsed(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(microseconds=1)


_MEASURES: dict[str, Callable[[Proration, Length, datetime, ZoneInfo], Share]] = {
    "second": _by_clock,
    "minute": _by_clock,
    "hour": _by_clock,
    "day": _by_day,
    "month": _by_month,
    "period": _by_period,
}


def first_instant_paid(proration: Proration, length: Length, at: datetime, zone: ZoneInfo, first: datetime) -> datetime:
    """Return the first instant that a prorated charge pays for: the start of the unit, or of the next one.

    `first` is the instant the period begins: before its length where bought time made it longer. On a first day that
    counts as whole, what is paid for begins there.
    """
    if at >= length.end:
        return at
    begins = min(length.start, first)
    if _on_first_day(proration, at, zone, first):
        return begins
    found = begins if _whole_period(proration) else _unit_start(proration, length, at, zone)
    return min(max(found, begins), length.end)


def _whole_period(proration: Proration) -> bool:
    return proration.by == "period" and proration.change_unit == "new_plan"


def _unit_start(proration: Proration, length: Length, at: datetime, zone: ZoneInfo) -> datetime:
    extra = _given_away(proration)
    if proration.by == "period":
        return length.end
    if proration.by == "day":
        return midnight(local_day(at, zone) + timedelta(days=extra), zone)
    if proration.by == "month":
        start = local_day(length.start, zone)
        months = whole_months(start, local_day(at, zone), length.anchor) + extra
        return shifted(length.start, Interval("month", 1), length.anchor, zone, months)
    unit = _MICROSECONDS[proration.by]
    units = _elapsed(length.start, at) // unit + extra
    return (length.start + timedelta(microseconds=units * unit)).astimezone(UTC)
