"""The oracle's calendar: intervals and clipped months. Standard library only."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

IDS_THAT_SAY_THEIR_INTERVAL = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "3 months",
    "half_yearly": "6 months",
    "yearly": "year",
}


@dataclass(frozen=True)
class Interval:
    """Free, a number of days or of months, or once."""

    kind: str  # free | days | months | once
    count: int = 0

    @property
    def recurs(self) -> bool:
        return self.kind in {"days", "months"}


FREE = Interval("free")
ONCE = Interval("once")


def interval(text: str) -> Interval:
    """Intervals (`every:`): day, week, month, year, `N days|weeks|months|years`, or `once` (lifetime).

    `12 months` is `year`, `4 weeks` is `28 days`.
    """
    if text == "once":
        return ONCE
    if text == "free":
        return FREE
    words = str(text).split()
    count, unit = (1, words[0]) if len(words) == 1 else (int(words[0]), words[1].removesuffix("s"))
    return {
        "day": Interval("days", count),
        "week": Interval("days", 7 * count),
        "month": Interval("months", count),
        "year": Interval("months", 12 * count),
    }[unit]


def written(every: Interval) -> str:
    if not every.recurs:
        return every.kind
    count, unit = every.count, every.kind.removesuffix("s")
    if unit == "month" and count % 12 == 0:
        count, unit = count // 12, "year"
    if unit == "day" and count == 7:
        count, unit = 1, "week"
    return unit if count == 1 else f"{count} {unit}s"


def days_of(every: Interval) -> Fraction:
    """The interval in days (day 1, week 7, month 30.4375, year 365.25)."""
    return Fraction(every.count) if every.kind == "days" else every.count * Fraction("30.4375")


def order_of(every: Interval) -> tuple[int, Fraction]:
    """Free is below every interval, `once` above."""
    if every.recurs:
        return (1, days_of(every))
    return (0, Fraction(0)) if every.kind == "free" else (2, Fraction(0))


def calendar_ratio(of: Interval, to: Interval) -> Fraction:
    """An amount of another interval is brought to the period's by calendar ratio (yearly 36.00 is 3.00 a month)."""
    return Fraction(to.count, of.count) if of.kind == to.kind else days_of(to) / days_of(of)


def last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def plus_months(day: date, months: int, remembered: int) -> date:
    """Months are clipped to the month's end and the billing day remembered: 31 Jan → 28 Feb → 31 Mar."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(remembered, last_day(year, month + 1)))


def plus(day: date, every: Interval, times: int, remembered: int) -> date:
    if every.kind == "days":
        return day + timedelta(days=every.count * times)
    return plus_months(day, every.count * times, remembered)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Days are dates in the policy's zone."""
    return moment.astimezone(zone).date()


def at_time_of(day: date, moment: datetime, zone: ZoneInfo) -> datetime:
    """The same time by the clock on another day."""
    wall = moment.astimezone(zone)
    made = datetime.combine(day, wall.time(), tzinfo=zone)
    return made.astimezone(UTC).astimezone(zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC).astimezone(zone)


def moved(moment: datetime, every: Interval, times: int, remembered: int | None, zone: ZoneInfo) -> datetime:
    """... and the billing day remembered, where the moment is on it"""
    day = day_of(moment, zone)
    on_it = remembered is not None and plus_months(day, 0, remembered) == day
    return at_time_of(plus(day, every, times, remembered if on_it and remembered else day.day), moment, zone)


def seconds_between(start: datetime, end: datetime) -> Fraction:
    passed = end.astimezone(UTC) - start.astimezone(UTC)
    return Fraction(passed // timedelta(microseconds=1), 1_000_000)


def days_30e_360(start: date, end: date) -> int:
    """30E/360: every month has 30 days, on both sides."""
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + min(end.day, 30) - min(start.day, 30)


SECONDS_OF = {"second": 1, "minute": 60, "hour": 3600}


def parsed(value: Any, zone: ZoneInfo) -> datetime | None:
    """An instant with an offset, or a day: its midnight in the policy's zone. None: a naive instant."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if len(text) == 10:
        return midnight(date.fromisoformat(text), zone)
    moment = datetime.fromisoformat(text)
    return None if moment.tzinfo is None else moment.astimezone(zone)
