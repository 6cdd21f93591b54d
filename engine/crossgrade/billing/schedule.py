"""The schedule: which period runs, and which comes next."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from crossgrade.billing.credit import Running
from crossgrade.billing.proration import Length, interval_length
from crossgrade.facts.holding import Holding
from crossgrade.model.calendar import Interval, Period, falls_on, local_day, shifted
from crossgrade.model.membership import Membership


def billing_day(membership: Membership, zone: ZoneInfo) -> int:
    """Return the day of the month a membership is billed on.

    Left out, it is the day of the period's end, or of its start where that one is later and was clipped.
    """
    known = membership.billing_day
    if isinstance(known, date):
        return known.day
    if known is not None or membership.period is None:
        return known or 1
    start, end = local_day(membership.period.start, zone), local_day(membership.period.end, zone)
    return start.day if start.day > end.day and falls_on(end, start.day) else end.day


def anchor_of(membership: Membership, zone: ZoneInfo) -> int | date:
    """Return what billing dates are counted from: the anchor date where there is one, else the billing day."""
    return membership.billing_day if isinstance(membership.billing_day, date) else billing_day(membership, zone)


def next_billing_day(membership: Membership, day: date, zone: ZoneInfo) -> int:
    """Return the billing day of a period that begins on a day: the one there is where it falls on that day."""
    known = billing_day(membership, zone)
    return known if falls_on(day, known) else day.day


def kept_billing_day(membership: Membership, day: date, zone: ZoneInfo) -> int | date:
    """Return what bills from a day on: what did so far where it falls on that day, else the day."""
    anchor = anchor_of(membership, zone)
    known = anchor.day if isinstance(anchor, date) else anchor
    return anchor if falls_on(day, known) else day.day


def running_period(membership: Membership, held: Holding, zone: ZoneInfo) -> Running | None:
    """Return the period that runs, None where there is none."""
    period = membership.period
    every = held.every if period is None or period.every is None else period.every
    if period is None or every is None:
        return None
    return Running(interval_length(period, every, billing_day(membership, zone), zone), period.start, every, zone)


def next_period(running: Running, day: int, zone: ZoneInfo) -> Running:
    """Return the period that begins where the running one ends."""
    start = running.whole.end
    end = shifted(start, running.every, day, zone)
    return Running(Length(start, end, running.every, day), start, running.every, zone)


def new_period(start: datetime, every: Interval, day: int, zone: ZoneInfo) -> Period:
    """Return the period of one interval from an instant, billed on a day of the month."""
    return Period(start, shifted(start, every, day, zone))
