"""The law `trial-restart`: a trial cannot be had again and again by changing from plan to plan.

Looked at is a member on the last day of a trial, whose caller says `customer.had_trial: false` as that trial is not
over, and who changes to another plan and, on the last day of what is got there, back. Where both changes grant a trial
the two can be repeated for ever. `carry` never lengthens a trial and `rest` counts from the membership's start, so that
only `grant` can be had again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, structs

from crossgrade.model.calendar import later, local_day, midnight
from crossgrade.model.decision import Quote
from crossgrade.model.membership import Selection
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.laws.law import Broken
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import named
from crossgrade.reviewing.laws.ways import Way, Ways
from crossgrade.reviewing.shapes import Question
from crossgrade.reviewing.witness import asked, at_another


class _Granted(Struct, frozen=True):
    """Trials that were granted one after the other: by which rule, and until when."""

    rule: str
    until: tuple[datetime, ...]


def trial_restarts(subject: Subject, ways: Ways) -> Iterator[Broken]:
    """Return each transition that grants a trial which another one grants again."""
    rules = subject.policy.transitions
    if not any(rule.terms is not None and rule.terms.trial == "grant" for rule in rules):
        return
    told: set[str] = set()
    for way in ways.all():
        if way.rule.id in told or way.terms.trial != "grant":
            continue
        found = _there_and_back(subject, way)
        if found is not None:
            told |= {way.rule.id, found[1].rule}
            yield _broken(subject, way, found)


def _there_and_back(subject: Subject, way: Way) -> tuple[_Granted, _Granted] | None:
    """Return the trials of both ways, None where one of them grants none."""
    begun = _in_trial(subject, way)
    if begun is None:
        return None
    there = _granted(subject, begun, way.target)
    if there is None or there[1].rule != way.rule.id:
        return None
    back = _granted(subject, there[0], way.held)
    return None if back is None else (there[1], back[1])


def _in_trial(subject: Subject, way: Way) -> Question | None:
    """Return the member of a way on the last day of a trial, None where the plan has none or charges nothing."""
    trial = subject.policy.plans[way.shape.plan].trial
    if trial is None or not way.shape.interval_days:
        return None
    day = way.member.moment.day
    days = (later(day, trial, day.day) - day).days
    there = at_another(way.member, used=days - 1, left=1, status="trialing", age_days=days - 1, paid=0)
    return _without_trial(subject.question(way.shape, there))


def _without_trial(asks: Question) -> Question:
    own: dict[str, Any] = {**asks.own, "customer.had_trial": False}
    return structs.replace(asks, own=own)


def _granted(subject: Subject, asks: Question, target: Ends) -> tuple[Question, _Granted] | None:
    """Return the member on the last day of the trial that a change grants, None where none gets longer."""
    before = asks.membership.trial_ends or (asks.membership.period.end if asks.membership.period else asks.at)
    answer = asked(subject.engine, structs.replace(asks, selection=Selection(*target)))
    if not isinstance(answer, Quote) or answer.membership.trial_ends is None:
        return None
    ends = answer.membership.trial_ends
    if ends <= before:
        return None
    zone = subject.policy.zone
    last = midnight(local_day(ends, zone) - timedelta(days=1), zone)
    then = structs.replace(asks, membership=answer.membership, at=last)
    return then, _Granted(answer.rule, (before, ends))


def _broken(subject: Subject, way: Way, found: tuple[_Granted, _Granted]) -> Broken:
    there, back = found
    held, target = way.held, way.target
    zone = subject.policy.zone
    days = [str(local_day(each, zone)) for each in (there.until[0], there.until[1], back.until[1])]
    message = f"a trial is had again and again by changing from {named(held)} to {named(target)} and back"
    shown = (
        f"a member on {named(held)} whose trial ends on {days[0]} changes the day before: trial until {days[1]}",
        f"  back to {named(held)} (`{back.rule}`) the day before: trial until {days[2]}",
    )
    remedy = (
        "write `when: {membership.trialing: false}`, or `trial: carry` for those in a trial;"
        " or let callers say `customer.had_trial: true` as soon as a trial begins"
    )
    return Broken("trial-restart", "transitions", way.rule.id, message, remedy, shown)
