"""What a membership that changes nothing is billed for by a day: the figures of Kill Bill's own tests."""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
import yaml

from crossgrade.billing.proration import Length, interval_length, share_left
from crossgrade.billing.upcoming import Opening, aligned_opening, whole_opening
from crossgrade.model.calendar import Interval, Period, interval, midnight
from crossgrade.model.membership import Membership
from crossgrade.model.terms import Proration

UTC = ZoneInfo("UTC")
BY_DAY = Proration(by="day", ratio_decimals=9)
TABLE = yaml.safe_load((Path(__file__).parent / "data/kill-bill-cycles.yaml").read_text("utf-8"))
CYCLES = [
    pytest.param(interval(group["every"]), *row[1:], id=row[0]) for group in TABLE["cycles"] for row in group["rows"]
]
RATIOS = [pytest.param(interval(row[1]), *row[2:], id=row[0]) for row in TABLE["ratios"]]


def openings(start: date, every: Interval, billing_day: int) -> Iterator[Opening]:
    """Yield the periods from the first day on: to the next billing day, and whole ones ever after."""
    membership = Membership("plan", billing_day=billing_day)
    opening = aligned_opening(midnight(start, UTC), every, membership, BY_DAY, UTC)
    while True:
        yield opening
        opening = whole_opening(opening.period.end, every, membership, UTC)


def billed(opening: Opening, every: Interval, billing_day: int, end: date | None) -> Fraction:
    """Return the share of an interval that a period bills: what is left at its start, less what is left at the end."""
    length = interval_length(opening.period, every, billing_day, UTC)
    assert opening.share in {None, share_left(BY_DAY, length, opening.period.start, UTC, length.start)}
    return left(length, opening.period.start) - (left(length, midnight(end, UTC)) if end else 0)


def left(length: Length, at: datetime) -> Fraction:
    share = share_left(BY_DAY, length, at, UTC, length.start)
    return Fraction(share.numerator, share.denominator)


@pytest.mark.parametrize(("every", "start", "end", "billing_day", "target", "cycles"), CYCLES)
def test_cycles(every: Interval, start: date, end: date | None, billing_day: int, target: date, cycles: str) -> None:
    last = min(target, end) if end else target
    found = Fraction(0)
    for opening in openings(start, every, billing_day):
        if opening.period.start > midnight(last, UTC):
            break
        found += billed(opening, every, billing_day, end)
    assert found == Fraction(cycles)


@pytest.mark.parametrize(("every", "start", "end", "length", "ratio"), RATIOS)
def test_ratios(every: Interval, start: date, end: date, length: Literal["actual", "30/360"], ratio: str) -> None:
    period = Period(midnight(start, UTC), midnight(end, UTC))
    proration = Proration(by="day", period_length=length, ratio_decimals=9)
    share = share_left(proration, interval_length(period, every, end.day, UTC), period.start, UTC, period.start)
    assert Fraction(share.numerator, share.denominator) == Fraction(ratio)
