"""Aligning: the billing dates around a day, and the stub from a change to the next of them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.billing.proration import Length, interval_length
from crossgrade.model.calendar import Interval, Period, instant, later, local_day, months_later
from crossgrade.model.membership import Membership


class Stub(Struct, frozen=True):
    """The whole interval that ends with the next billing date; `whole` where all of it is still to come."""

    length: Length
    whole: bool


def stub_from(moment: datetime, every: Interval, anchor: int | date, clock: time, zone: ZoneInfo) -> Stub:
    """Return the stub from an instant to the next billing date.

    Billing dates are the anchor date, or the billing day of the instant's month, and every whole number of intervals
    before and after it, at the time of day of `clock`. On a billing date there is no stub: the interval is whole. The
    length of a stub is measured as that of any period which ends there.
    """
    today = local_day(moment, zone)
    before, after = billing_dates(today, every, anchor)
    day = anchor.day if isinstance(anchor, date) else anchor
    whole = today == before
    period = Period(_at(before, clock, zone) if whole else moment, _at(after, clock, zone))
    return Stub(interval_length(period, every, day, zone), whole)


def billing_dates(today: date, every: Interval, anchor: int | date) -> tuple[date, date]:
    """Return the last billing date up to a day, and the next one after it."""
    first = anchor if isinstance(anchor, date) else months_later(today, 0, anchor)
    day = anchor.day if isinstance(anchor, date) else anchor
    steps = _steps(first, today, every)
    while later(first, every, day, steps) > today:
        steps -= 1
    while later(first, every, day, steps + 1) <= today:
        steps += 1
    return later(first, every, day, steps), later(first, every, day, steps + 1)


def _steps(first: date, today: date, every: Interval) -> int:
    """Return a number of intervals that comes near to today."""
    if every.unit == "day":
        return (today - first) // timedelta(days=every.count)
    return ((today.year - first.year) * 12 + today.month - first.month) // every.count


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, clock, tzinfo=zone), zone)


def clock_of(membership: Membership, zone: ZoneInfo) -> time:
    """Return the time of day a membership is billed at: that of its period's end, or midnight."""
    return membership.period.end.astimezone(zone).time() if membership.period else time()
