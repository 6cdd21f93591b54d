"""The course of a change: its terms, settled for where the membership stands and where it goes."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct, structs

from crossgrade.billing.aligning import billing_dates, clock_of, stub_from
from crossgrade.billing.credit import Running
from crossgrade.billing.schedule import (
    anchor_of,
    kept_billing_day,
    new_period,
    next_billing_day,
    next_period,
    running_period,
)
from crossgrade.billing.trial import beside_the_trial, running_trial_end, trial_end
from crossgrade.facts.situation import Situation
from crossgrade.model.calendar import Interval, Period, local_day
from crossgrade.model.terms import Terms

ChargeMode = Literal["full", "prorated", "full_difference", "none"]


class Course(Struct, frozen=True, gc=False):
    """How a change is made: at what instant, in which period, and how items are charged.

    `running` is the period that credit is measured on, `measure` the one that charges are prorated on; `period` is the
    one that comes out; `renews` says that every item is credited and charged anew, `late` that the change comes after
    the period's end; `trial_ends` is when the trial ends that the period is, and `then` the charge mode from there.
    """

    moment: datetime
    charge: ChargeMode
    renews: bool
    running: Running | None
    measure: Running | None
    period: Period | None
    billing_day: int | date | None
    late: bool = False
    pending: bool = False
    trial_ends: datetime | None = None
    then: ChargeMode = "full"


def course(terms: Terms, situation: Situation) -> Course:
    """Settle terms (language, section 6: starts and targets that are not a running period)."""
    running = running_period(situation.membership, situation.held, situation.policy.zone)
    late = running is not None and situation.at >= running.whole.end
    if terms.effective == "period_end":
        if running is not None and not late and not from_nothing(situation):
            return _at_period_end(terms, situation, running)
        return _restarted(situation, running, "full", late=late)
    if beside_the_trial(situation):
        return _in_trial(situation, running)
    way = _immediately(terms, situation, running, late=late)
    ends = trial_end(terms, situation)
    return way if ends is None else _on_trial(way, ends, terms, situation)


def _immediately(terms: Terms, situation: Situation, running: Running | None, *, late: bool) -> Course:
    nothing = from_nothing(situation)
    member = situation.membership
    billed = member.billing_day is not None or member.period is not None
    if terms.billing_date == "align" and billed:
        return _aligned(terms, situation, running, late=late)
    charge = _charge(terms, situation, late=late)
    if terms.billing_date == "keep" and not nothing:
        return _kept(situation, running, charge, late=late)
    return _restarted(situation, running, charge, late=late)


def from_nothing(situation: Situation) -> bool:
    """Say whether there is no running period of the plan: it is free or a lifetime, and its add-ons do not go on."""
    return situation.held.every is None or (not situation.held.plan.recurring and situation.target.plan.recurring)


def _charge(terms: Terms, situation: Situation, *, late: bool) -> ChargeMode:
    if terms.charge == "full_difference":
        plans = (situation.held.plan, situation.target.plan)
        once = [item.every is not None and item.every.unit == "once" for item in plans]
        comparable = once[0] == once[1] and not late
        return "full_difference" if comparable and not (from_nothing(situation) and not any(once)) else "full"
    return "full" if from_nothing(situation) else terms.charge


def _at_period_end(terms: Terms, situation: Situation, running: Running) -> Course:
    end, every = running.whole.end, situation.target.every
    if every is None:
        return Course(end, "full", True, running, None, None, None, pending=True)
    if terms.billing_date == "align":
        return structs.replace(_to_billing_date(situation, running, end, every, "prorated"), pending=True)
    zone = situation.policy.zone
    day = next_billing_day(situation.membership, local_day(end, zone), zone)
    anchor = kept_billing_day(situation.membership, local_day(end, zone), zone)
    return Course(end, "full", True, running, None, new_period(end, every, day, zone), anchor, pending=True)


def _aligned(terms: Terms, situation: Situation, running: Running | None, *, late: bool) -> Course:
    every = situation.target.every
    if every is None:
        return _restarted(situation, running, terms.charge, late=late)
    charge: ChargeMode = "full" if terms.charge == "full" else "none" if terms.charge == "none" else "prorated"
    return structs.replace(_to_billing_date(situation, running, situation.at, every, charge), late=late)


def _to_billing_date(
    situation: Situation, running: Running | None, moment: datetime, every: Interval, charge: ChargeMode
) -> Course:
    """Return the course of a stub to the next billing date; on a billing date the interval is whole."""
    member, zone = situation.membership, situation.policy.zone
    anchor = anchor_of(member, zone)
    stub = stub_from(moment, every, anchor, clock_of(member, zone), zone)
    measure = Running(stub.length, stub.length.start, every, zone)
    mode: ChargeMode = "full" if stub.whole and charge == "prorated" else charge
    return Course(moment, mode, True, running, measure, Period(moment, stub.length.end), anchor)


def _restarted(situation: Situation, running: Running | None, charge: ChargeMode, *, late: bool) -> Course:
    zone, every = situation.policy.zone, situation.target.every
    if every is None:
        return Course(situation.at, charge, True, running, None, None, None, late)
    anchor = _restart_anchor(situation, running, late=late)
    period = new_period(situation.at, every, anchor.day if isinstance(anchor, date) else anchor, zone)
    return Course(situation.at, charge, True, running, None, period, anchor, late)


def _restart_anchor(situation: Situation, running: Running | None, *, late: bool) -> int | date:
    """Return the day of the change; at the period's end what billed so far stays where it falls on that day."""
    zone, today = situation.policy.zone, situation.today
    if late and running is not None and today == local_day(running.whole.end, zone):
        return kept_billing_day(situation.membership, today, zone)
    return today.day


def _kept(situation: Situation, running: Running | None, charge: ChargeMode, *, late: bool) -> Course:
    """Keep the period; after its end the change is made at the first instant of the one that begins there."""
    target, period = situation.target, situation.membership.period
    if target.every is None or running is None or period is None:
        return Course(situation.at, charge, False, running, running, None, None, late)
    zone = situation.policy.zone
    every = None if target.every == running.every else running.every
    if late and charge != "none":
        day = next_billing_day(situation.membership, local_day(running.whole.end, zone), zone)
        following = next_period(running, day, zone)
        kept = Period(following.start, following.whole.end, every)
        return Course(following.start, charge, False, following, following, kept, None, late)
    kept = Period(period.start, period.end, every)
    return Course(situation.at, charge, False, running, running, kept, None, late)


def _in_trial(situation: Situation, running: Running | None) -> Course:
    """Return the course of units or add-ons that change in a trial: nothing recurring is due, and it goes on."""
    ends = running_trial_end(situation)
    period = situation.membership.period
    return Course(situation.at, "none", False, running, running, period, None, trial_ends=ends, then="prorated")


def _on_trial(way: Course, ends: datetime, terms: Terms, situation: Situation) -> Course:
    """Make the period the trial; billing date and charge apply at its end."""
    period = situation.membership.period
    goes_on = terms.trial == "carry" and period is not None and period.end == ends
    start = period.start if goes_on and period is not None else situation.at
    # What is left of a kept period after the trial is charged as its interval has it.
    outlasts = way.period is not None and not way.renews and way.period.end > ends
    every = way.period.every if way.period is not None and outlasts else None
    return structs.replace(
        way,
        charge="none",
        then=_then(way, terms),
        period=Period(start, ends, every),
        billing_day=_day_after_trial(way, ends, terms, situation),
        trial_ends=ends,
    )


def _then(way: Course, terms: Terms) -> ChargeMode:
    """Return how the end of a trial is charged, whether or not today is a billing day."""
    aligned = way.renews and way.measure is not None
    if aligned and terms.charge == "prorated":
        return "prorated"
    return "full" if way.charge == "full_difference" else way.charge


def _day_after_trial(way: Course, ends: datetime, terms: Terms, situation: Situation) -> int | date:
    """Return what bills after a trial: the day it ends, or what ends a stub (a billing day, a kept period's end)."""
    zone = situation.policy.zone
    if terms.billing_date == "align":
        return anchor_of(situation.membership, zone)
    day, every = local_day(ends, zone), situation.target.every
    if not way.renews and way.period is not None and way.period.end > ends and every is not None:
        last, anchor = local_day(way.period.end, zone), anchor_of(situation.membership, zone)
        return anchor if billing_dates(day, way.period.every or every, anchor)[1] == last else last
    kept = day.day if way.renews else kept_billing_day(situation.membership, day, zone)
    # An anchor date of another interval would cut a stub where the trial and the period end together.
    off = isinstance(kept, date) and every is not None and billing_dates(day, every, kept)[0] != day
    return day.day if off else kept
