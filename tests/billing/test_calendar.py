"""Intervals, months that clip and remember, days in a zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crossgrade.model.calendar import (
    days_30_360,
    falls_on,
    interval,
    later,
    local_day,
    midnight,
    months_later,
    shifted,
    whole_months,
)

day = date.fromisoformat


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("day", "day"),
        ("1 day", "day"),
        ("week", "week"),
        ("7 days", "week"),
        ("2 weeks", "14 days"),
        ("4 weeks", "28 days"),
        ("month", "month"),
        ("3 months", "3 months"),
        ("12 months", "year"),
        ("18 months", "18 months"),
        ("24 months", "2 years"),
        ("year", "year"),
        ("2 years", "2 years"),
        ("once", "once"),
    ],
)
def test_an_interval_has_one_text(text: str, canonical: str) -> None:
    assert str(interval(text)) == canonical


@pytest.mark.parametrize(
    "text", ["", "0 days", "-1 days", "1.5 months", "days", "months", "2 once", "fortnight", "99999 days"]
)
def test_what_is_no_interval(text: str) -> None:
    assert interval(text) is None


@pytest.mark.parametrize(
    ("start", "months", "billing_day", "expected"),
    [
        ("2026-01-31", 1, 31, "2026-02-28"),
        ("2026-02-28", 1, 31, "2026-03-31"),
        ("2026-02-28", 1, 28, "2026-03-28"),
        ("2026-01-30", 1, 30, "2026-02-28"),
        ("2028-01-30", 1, 30, "2028-02-29"),
        ("2028-02-29", 12, 29, "2029-02-28"),
        ("2029-02-28", 36, 29, "2032-02-29"),
        ("2026-12-31", 2, 31, "2027-02-28"),
        ("2026-02-28", -3, 28, "2025-11-28"),
        ("2026-05-31", -3, 31, "2026-02-28"),
        ("2026-01-15", -1, 15, "2025-12-15"),
        ("2026-03-31", 0, 31, "2026-03-31"),
    ],
)
def test_months_clip_and_remember(start: str, months: int, billing_day: int, expected: str) -> None:
    assert months_later(day(start), months, billing_day) == day(expected)


def test_a_year_of_month_ends() -> None:
    found, days = day("2026-01-31"), []
    for _ in range(12):
        found = months_later(found, 1, 31)
        days.append(found.day)
    assert days == [28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]


@pytest.mark.parametrize(
    ("when", "billing_day", "expected"),
    [
        ("2026-02-28", 31, True),
        ("2026-02-28", 28, True),
        ("2026-02-27", 28, False),
        ("2028-02-28", 31, False),
        ("2026-04-30", 31, True),
    ],
)
def test_falls_on(when: str, billing_day: int, *, expected: bool) -> None:
    assert falls_on(day(when), billing_day) is expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-01", "2027-01-01", 360),
        ("2026-01-31", "2026-02-28", 28),
        ("2026-02-28", "2026-03-31", 32),
        ("2026-01-30", "2026-01-31", 0),
        ("2028-02-29", "2028-03-01", 2),
        ("2026-03-01", "2026-03-31", 29),
        ("2026-01-15", "2026-02-15", 30),
    ],
)
def test_30e_360(start: str, end: str, expected: int) -> None:
    assert days_30_360(day(start), day(end)) == expected


@pytest.mark.parametrize(
    ("start", "end", "anchor", "expected"),
    [
        ("2026-01-31", "2026-02-27", 31, 0),
        ("2026-01-31", "2026-02-28", 31, 1),
        ("2026-01-31", "2026-03-30", 31, 1),
        ("2026-01-31", "2026-03-31", 31, 2),
        ("2026-02-28", "2026-03-28", 28, 1),
        ("2026-02-28", "2026-03-28", 31, 0),
        ("2026-01-01", "2026-01-01", 1, 0),
    ],
)
def test_whole_months(start: str, end: str, anchor: int, expected: int) -> None:
    assert whole_months(day(start), day(end), anchor) == expected


def test_days_and_intervals_of_days() -> None:
    week = interval("week")
    assert week is not None
    assert later(day("2026-12-28"), week, 28) == day("2027-01-04")
    assert later(day("2026-12-28"), week, 28, -1) == day("2026-12-21")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Pacific/Kiritimati", "2026-11-16"),
        ("UTC", "2026-11-15"),
        ("Etc/GMT+12", "2026-11-14"),
        ("Asia/Tokyo", "2026-11-15"),
    ],
)
def test_the_day_is_the_zones(zone: str, expected: str) -> None:
    assert local_day(datetime(2026, 11, 15, 10, tzinfo=UTC), ZoneInfo(zone)) == day(expected)


@pytest.mark.parametrize(
    ("when", "zone", "expected"),
    [
        ("2026-11-16", "Pacific/Kiritimati", "2026-11-15T10:00Z"),
        ("2026-11-16", "Etc/GMT+12", "2026-11-16T12:00Z"),
        ("2026-07-01", "Europe/Berlin", "2026-06-30T22:00Z"),
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00Z"),  # midnight is left out: the day begins at 01:00
    ],
)
def test_midnight(when: str, zone: str, expected: str) -> None:
    assert midnight(day(when), ZoneInfo(zone)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "every", "billing_day", "expected"),
    [
        ("2026-03-01T00:00+01:00", "month", 1, "2026-04-01T00:00+02:00"),
        ("2026-10-01T09:30+02:00", "month", 1, "2026-11-01T09:30+01:00"),
        ("2026-02-28T02:30+01:00", "29 days", 28, "2026-03-29T03:30+02:00"),  # 02:30 is left out on that day
        ("2026-01-31T00:00+01:00", "month", 31, "2026-02-28T00:00+01:00"),
    ],
)
def test_an_interval_later_keeps_the_local_time(start: str, every: str, billing_day: int, expected: str) -> None:
    found = interval(every)
    assert found is not None
    moment = shifted(datetime.fromisoformat(start), found, billing_day, ZoneInfo("Europe/Berlin"))
    assert moment == datetime.fromisoformat(expected)
