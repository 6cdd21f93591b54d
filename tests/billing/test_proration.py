"""The share of a period that is left, in tables: every unit, length, zone, clock change, leap year and month's end."""

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest

from crossgrade.billing.proration import Length, first_instant_paid, interval_length, paid_length, share_left
from crossgrade.model.calendar import Period, interval
from crossgrade.model.terms import Proration


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read `2026-11-16`, `2026-11-16T12:00` (both local) or an instant with Z, as UTC."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def options(text: str) -> tuple[Proration, dict[str, str]]:
    """Read `by=day billing_day=31 paid_from=2026-11-11`: the keys of a proration, and the others."""
    keys = dict(part.split("=") for part in text.split())
    own = {key: keys.pop(key) for key in list(keys) if key in Proration.__struct_fields__}
    return msgspec.convert(own, Proration, strict=False), keys


def length_of(every: str, text: str, zone: ZoneInfo, keys: dict[str, str]) -> tuple[Length, datetime]:
    start, end = (moment(part, zone) for part in text.split(".."))
    found = interval(every)
    assert found is not None
    billing_day = int(keys.get("billing_day", end.astimezone(zone).day))
    whole = interval_length(Period(start, end), found, billing_day, zone)
    if "paid_from" not in keys:
        return whole, start
    since = moment(keys["paid_from"], zone)
    return paid_length(since, whole, zone), since


def rows(table: str) -> list[list[str]]:
    lines = [line.partition("#")[0] for line in table.strip().splitlines()]
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]


NOVEMBER, DECEMBER = "2026-11-01..2026-12-01", "2026-12-01..2027-01-01"
YEAR, LEAP_YEAR = "2026-01-01..2027-01-01", "2028-01-01..2029-01-01"

SHARES = f"""
# by day: dates, whatever the time of day
by=day | UTC | month | {NOVEMBER} | 2026-11-01 | 30/30
by=day | UTC | month | {NOVEMBER} | 2026-11-16 | 15/30
by=day | UTC | month | {NOVEMBER} | 2026-11-16T23:59:59 | 15/30
by=day | UTC | month | {NOVEMBER} | 2026-11-30T23:59:59 | 1/30
by=day | UTC | month | {NOVEMBER} | 2026-12-01 | 0
by=day | UTC | month | {NOVEMBER} | 2027-05-01 | 0
by=day change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-01 | 29/30
by=day change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16 | 14/30
by=day change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-30 | 0
by=day | UTC | month | 2026-11-01T12:00..2026-12-01T12:00 | 2026-11-16T09:00 | 15/30
by=day | UTC | month | 2026-11-01T12:00..2026-12-01T12:00 | 2026-12-01T09:00 | 0
by=day | UTC | month | {DECEMBER} | 2026-12-16 | 16/31
by=day | UTC | month | 2026-02-01..2026-03-01 | 2026-02-15 | 14/28
by=day | UTC | month | 2028-02-01..2028-03-01 | 2028-02-15 | 15/29
by=day | UTC | year | {YEAR} | 2026-03-01 | 306/365
by=day | UTC | year | {LEAP_YEAR} | 2028-03-01 | 306/366
by=day | UTC | year | {LEAP_YEAR} | 2028-02-29 | 307/366
by=day | UTC | week | 2026-11-02..2026-11-09 | 2026-11-05 | 4/7
by=day | UTC | 14 days | 2026-11-02..2026-11-16 | 2026-11-09 | 7/14
by=day | UTC | day | 2026-11-02..2026-11-03 | 2026-11-02T18:00 | 1/1
# the day is the zone's
by=day | Pacific/Kiritimati | month | {NOVEMBER} | 2026-11-15T09:59:59Z | 16/30
by=day | Pacific/Kiritimati | month | {NOVEMBER} | 2026-11-15T10:00:00Z | 15/30
by=day | Etc/GMT+12 | month | {NOVEMBER} | 2026-11-16T11:59:59Z | 16/30
by=day | Etc/GMT+12 | month | {NOVEMBER} | 2026-11-16T12:00:00Z | 15/30
by=day | Asia/Kolkata | month | {NOVEMBER} | 2026-11-15T18:30:00Z | 15/30
# a day of 23 or 25 hours is a day
by=day | Europe/Berlin | month | 2026-03-01..2026-04-01 | 2026-03-29T12:00 | 3/31
by=day | Europe/Berlin | month | 2026-10-01..2026-11-01 | 2026-10-25T12:00 | 7/31
by=day | Africa/Cairo | month | 2026-04-24..2026-05-24 | 2026-04-24T01:00 | 30/30   # begins at 01:00
by=hour | Europe/Berlin | month | 2026-03-01..2026-04-01 | 2026-03-29T12:00 | 60/743
by=hour | Europe/Berlin | month | 2026-10-01..2026-11-01 | 2026-10-25T12:00 | 156/745
by=hour change_unit=old_plan | Europe/Berlin | month | 2026-03-01..2026-04-01 | 2026-03-29T12:30 | 59/743
# hours and shorter are elapsed time from the start
by=hour | UTC | month | {NOVEMBER} | 2026-11-16T00:59:59 | 360/720
by=hour | UTC | month | {NOVEMBER} | 2026-11-16T01:00 | 359/720
by=hour | UTC | month | 2026-11-01T00:30..2026-12-01T00:30 | 2026-11-16T01:00 | 360/720
by=hour change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16T01:00 | 358/720
by=minute | UTC | month | {NOVEMBER} | 2026-11-16T12:00:30 | 20880/43200
by=minute change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16T12:00:30 | 20879/43200
by=second | UTC | month | {NOVEMBER} | 2026-11-16T12:00:30 | 1252770/2592000
by=second | UTC | month | {NOVEMBER} | 2026-11-16T12:00:30.500 | 1252770/2592000
by=second change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16T12:00:30 | 1252769/2592000
by=second change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-30T23:59:59 | 0
# by month: anchored at the start, a month too short is remembered, a rest counts as a month
by=month | UTC | year | {YEAR} | 2026-01-01 | 12/12
by=month | UTC | year | {YEAR} | 2026-06-30 | 7/12
by=month | UTC | year | {YEAR} | 2026-07-01 | 6/12
by=month | UTC | year | {YEAR} | 2026-07-31 | 6/12
by=month change_unit=old_plan | UTC | year | {YEAR} | 2026-07-01 | 5/12
by=month change_unit=old_plan | UTC | year | {YEAR} | 2026-12-01 | 0
by=month billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-02-27 | 12/12
by=month billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-02-28 | 11/12
by=month billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-03-30 | 11/12
by=month billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-03-31 | 10/12
by=month billing_day=29 | UTC | year | 2028-02-29..2029-02-28 | 2028-03-28 | 12/12
by=month billing_day=29 | UTC | year | 2028-02-29..2029-02-28 | 2028-03-29 | 11/12
by=month billing_day=30 | UTC | 3 months | 2025-11-30..2026-02-28 | 2025-12-30 | 2/3
by=month billing_day=30 | UTC | 3 months | 2025-11-30..2026-02-28 | 2026-01-30 | 1/3
by=month billing_day=31 | UTC | 3 months | 2026-02-28..2026-05-31 | 2026-02-28 | 3/3
by=month billing_day=31 | UTC | 3 months | 2026-02-28..2026-05-31 | 2026-03-31 | 2/3
by=month billing_day=31 | UTC | month | 2026-02-28..2026-03-31 | 2026-03-30 | 1/1
by=month | UTC | 14 days | 2026-11-02..2026-11-16 | 2026-11-09 | 1/1
by=month change_unit=old_plan | UTC | 14 days | 2026-11-02..2026-11-16 | 2026-11-09 | 0
by=period | UTC | year | {YEAR} | 2026-12-31 | 1
by=period change_unit=old_plan | UTC | year | {YEAR} | 2026-01-01 | 0
by=period | UTC | year | {YEAR} | 2027-01-01 | 0
# period_length
by=day period_length=average | UTC | month | {NOVEMBER} | 2026-11-16 | 240/487
by=day period_length=average | UTC | month | {NOVEMBER} | 2026-11-01 | 480/487
by=day period_length=average | UTC | month | {DECEMBER} | 2026-12-01 | 1      # 31 of 30.4375 is at most 1
by=day period_length=average | UTC | year | {YEAR} | 2026-07-01 | 736/1461
by=day period_length=average | UTC | 3 months | 2026-10-01..2027-01-01 | 2026-11-01 | 976/1461
by=day period_length=average | UTC | 14 days | 2026-11-02..2026-11-16 | 2026-11-09 | 7/14
by=hour period_length=average | UTC | month | {NOVEMBER} | 2026-11-16 | 240/487
by=day period_length=30 | UTC | month | {DECEMBER} | 2026-12-11 | 21/30
by=day period_length=30 | UTC | month | {DECEMBER} | 2026-12-01 | 1
by=day period_length=30 | UTC | month | 2026-02-01..2026-03-01 | 2026-02-01 | 28/30
by=day period_length=365 | UTC | year | {LEAP_YEAR} | 2028-01-02 | 1
by=day period_length=365 | UTC | year | {LEAP_YEAR} | 2028-01-03 | 364/365
by=day period_length=30/360 | UTC | year | {YEAR} | 2026-07-01 | 180/360
by=day period_length=30/360 | UTC | month | 2026-02-01..2026-03-01 | 2026-02-15 | 16/30
by=day period_length=30/360 | UTC | month | 2026-02-01..2026-03-01 | 2026-02-28 | 3/30
by=day period_length=30/360 | UTC | month | 2026-01-01..2026-02-01 | 2026-01-30 | 1/30
by=day period_length=30/360 | UTC | month | 2026-01-01..2026-02-01 | 2026-01-31 | 1/30
by=day period_length=30/360 | UTC | year | {LEAP_YEAR} | 2028-02-29 | 302/360
# the whole interval ends with the period
by=day billing_day=1 | UTC | month | 2026-11-10..2026-12-01 | 2026-11-16 | 15/30
by=day billing_day=31 | UTC | month | 2026-01-31..2026-02-28 | 2026-01-31 | 28/28
by=day billing_day=31 | UTC | month | 2026-01-31..2026-02-28 | 2026-02-14 | 14/28
by=day billing_day=31 | UTC | month | 2026-02-28..2026-03-31 | 2026-03-01 | 30/31
by=day billing_day=30 | UTC | month | 2026-01-30..2026-02-28 | 2026-02-27 | 1/29
by=day billing_day=29 | UTC | month | 2028-01-29..2028-02-29 | 2028-02-28 | 1/31
by=day billing_day=28 | UTC | 3 months | 2026-01-10..2026-02-28 | 2026-02-14 | 14/92
by=day billing_day=31 | UTC | 3 months | 2026-01-10..2026-02-28 | 2026-02-14 | 14/92
by=day billing_day=15 | UTC | month | 2026-01-31..2026-02-28 | 2026-02-14 | 14/31
by=day | UTC | month | 2026-10-01..2026-12-01 | 2026-10-16 | 46/30   # time that was bought
by=day billing_day=1 period_length=30 | UTC | month | 2026-11-10..2026-12-01 | 2026-11-10 | 21/30
# first_day
by=day period_length=average first_day=whole | UTC | month | {NOVEMBER} | 2026-11-01T23:59 | 1
by=day period_length=average first_day=whole | UTC | month | {NOVEMBER} | 2026-11-02 | 464/487
by=day change_unit=old_plan first_day=whole | UTC | month | {NOVEMBER} | 2026-11-01 | 1
by=day change_unit=old_plan first_day=whole | UTC | month | {NOVEMBER} | 2026-11-02 | 28/30
by=second first_day=whole | Pacific/Kiritimati | month | {NOVEMBER} | 2026-11-01T09:59:59Z | 1
by=second first_day=whole | Pacific/Kiritimati | month | {NOVEMBER} | 2026-11-01T10:00:00Z | 2505600/2592000
# ratio_decimals, half up
by=month ratio_decimals=5 | UTC | 3 months | 2026-10-01..2027-01-01 | 2026-12-01 | 33333/100000
by=month ratio_decimals=5 | UTC | 3 months | 2026-10-01..2027-01-01 | 2026-11-01 | 66667/100000
by=month ratio_decimals=1 | UTC | 4 months | 2026-09-01..2027-01-01 | 2026-12-01 | 3/10
by=day ratio_decimals=9 | UTC | month | {DECEMBER} | 2026-12-17 | 483870968/1000000000
by=day ratio_decimals=2 | UTC | year | {YEAR} | 2026-12-31 | 0
# basis paid: from what it pays for on
by=day paid_from=2026-11-11 | UTC | month | {NOVEMBER} | 2026-11-16 | 15/20
by=day paid_from=2026-11-11 | UTC | month | {NOVEMBER} | 2026-11-11T08:00 | 20/20
by=day paid_from=2026-11-11 | UTC | month | {NOVEMBER} | 2026-11-10 | 20/20
by=day paid_from=2026-11-11 period_length=average | UTC | month | {NOVEMBER} | 2026-11-16 | 15/20
by=day paid_from=2026-11-11 period_length=30 | UTC | month | {NOVEMBER} | 2026-11-16 | 15/20
by=day paid_from=2026-11-01T10:00 period_length=average | UTC | month | {NOVEMBER} | 2026-11-16 | 240/487
by=hour paid_from=2026-11-11T06:00 | UTC | month | {NOVEMBER} | 2026-11-16T06:30 | 354/474
by=month paid_from=2026-03-15 | UTC | year | {YEAR} | 2026-07-01 | 7/10
by=month paid_from=2026-02-28 billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-03-30 | 11/11
by=month paid_from=2026-02-28 billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-03-31 | 10/11
by=day paid_from=2026-11-11 first_day=whole change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-11 | 1
by=day paid_from=2026-11-11 first_day=whole change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-01 | 20/20
by=day paid_from=2026-12-01 | UTC | month | {NOVEMBER} | 2026-11-16 | 0
by=month paid_from=2026-12-01 | UTC | month | {NOVEMBER} | 2026-11-16 | 0
"""


@pytest.mark.parametrize("row", rows(SHARES), ids=" ".join)
def test_share_left(row: list[str]) -> None:
    keys_, zone_, every, period, at, expected = row
    zone = ZoneInfo(zone_)
    proration, keys = options(keys_)
    length, first = length_of(every, period, zone, keys)
    found = share_left(proration, length, moment(at, zone), zone, first)
    assert Fraction(found.numerator, found.denominator) == Fraction(expected)


STARTS = f"""
by=day | UTC | month | {NOVEMBER} | 2026-11-16T12:00 | 2026-11-16
by=day | Europe/Berlin | month | {NOVEMBER} | 2026-11-16T12:00 | 2026-11-16
by=day | Pacific/Kiritimati | month | {NOVEMBER} | 2026-11-15T10:00:00Z | 2026-11-16
by=day | Africa/Cairo | month | 2026-04-01..2026-05-01 | 2026-04-24T12:00 | 2026-04-24T01:00
by=day change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16 | 2026-11-17
by=day change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-30T12:00 | 2026-12-01
by=day change_unit=old_plan first_day=whole | UTC | month | {NOVEMBER} | 2026-11-01T12:00 | 2026-11-01
by=day | UTC | month | 2026-11-01T12:00..2026-12-01T12:00 | 2026-11-01T15:00 | 2026-11-01T12:00
by=hour | UTC | month | {NOVEMBER} | 2026-11-16T12:30 | 2026-11-16T12:00
by=hour change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16T12:00 | 2026-11-16T13:00
by=minute | UTC | month | {NOVEMBER} | 2026-11-16T12:30:30 | 2026-11-16T12:30
by=second | UTC | month | {NOVEMBER} | 2026-11-16T12:30:30.250 | 2026-11-16T12:30:30
by=month | UTC | year | {YEAR} | 2026-07-15 | 2026-07-01
by=month change_unit=old_plan | UTC | year | {YEAR} | 2026-07-15 | 2026-08-01
by=month billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-03-15 | 2026-02-28
by=month billing_day=31 | UTC | year | 2026-01-31..2027-01-31 | 2026-04-01 | 2026-03-31
by=period | UTC | month | {NOVEMBER} | 2026-11-16 | 2026-11-01
by=period change_unit=old_plan | UTC | month | {NOVEMBER} | 2026-11-16 | 2026-12-01
"""


@pytest.mark.parametrize("row", rows(STARTS), ids=" ".join)
def test_first_instant_paid(row: list[str]) -> None:
    keys_, zone_, every, period, at, expected = row
    zone = ZoneInfo(zone_)
    proration, keys = options(keys_)
    length, first = length_of(every, period, zone, keys)
    assert first_instant_paid(proration, length, moment(at, zone), zone, first) == moment(expected, zone)


@pytest.mark.parametrize("by", ["second", "minute", "hour", "day", "month", "period"])
@pytest.mark.parametrize("change_unit", ["new_plan", "old_plan"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/St_Johns"], ids=str)
def test_what_is_charged_for_a_change_is_credited_whole_at_once(by: str, change_unit: str, zone: str) -> None:
    """There and back within one instant: what was paid from the first instant on is all unused."""
    place = ZoneInfo(zone)
    proration = msgspec.convert({"by": by, "change_unit": change_unit}, Proration)
    whole, first = length_of("year", YEAR, place, {})
    for day in range(1, 29):
        at = moment(f"2026-03-{day:02}T03:17:41", place)
        left = share_left(proration, whole, at, place, first)
        since = first_instant_paid(proration, whole, at, place, first)
        again = share_left(proration, paid_length(since, whole, place), at, place, since)
        if left.numerator:
            assert again.whole
