"""Trials: whether a change is made in, or begins, a trial, and when that ends."""

from collections.abc import Callable
from datetime import date, datetime

from crossgrade.facts.situation import Situation
from crossgrade.model.calendar import Interval, instant, midnight, shifted
from crossgrade.model.catalogue import Plan
from crossgrade.model.rules import CHANGE_GROUPS
from crossgrade.model.terms import Terms

_BESIDE = (*CHANGE_GROUPS["addon_change"], *CHANGE_GROUPS["quantity_change"])


def trial_end(terms: Terms, situation: Situation) -> datetime | None:
    """Return when the trial ends that the target is held in after the change; None without one.

    `grant` is the target's trial from now, unless the customer had one; `carry` the running trial; `rest` the
    target's trial counted from the membership's start.
    """
    if terms.trial == "none" or not situation.target.plan.recurring:
        return None
    ends = _TRIALS[terms.trial](situation)
    return ends if ends is not None and ends > situation.at else None


def _granted(situation: Situation) -> datetime | None:
    trial = _trial_of(situation)
    if trial is None or situation.own["customer.had_trial"] is True:
        return None
    return _after(situation.at, trial, situation)


def running_trial_end(situation: Situation) -> datetime | None:
    """Return when the running trial ends: as the membership says, else with its period."""
    member = situation.membership
    if not situation.trialing:
        return None
    return member.trial_ends or (member.period.end if member.period else None)


def _resting(situation: Situation) -> datetime | None:
    trial, started = _trial_of(situation), situation.started
    if trial is None or started is None:
        return None
    return _after(_instant(started, situation), trial, situation)


_TRIALS: dict[str, Callable[[Situation], datetime | None]] = {
    "grant": _granted,
    "carry": running_trial_end,
    "rest": _resting,
}


def _trial_of(situation: Situation) -> Interval | None:
    plan = situation.target.plan.product
    return plan.trial if isinstance(plan, Plan) else None


def _instant(started: date | datetime, situation: Situation) -> datetime:
    if isinstance(started, datetime):
        return instant(started, situation.policy.zone)
    return midnight(started, situation.policy.zone)


def _after(start: datetime, trial: Interval, situation: Situation) -> datetime:
    zone = situation.policy.zone
    return shifted(start, trial, start.astimezone(zone).day, zone)


def beside_the_trial(situation: Situation) -> bool:
    """Say whether units or add-ons change in a running trial: it costs nothing until its end and leaves it alone."""
    ends = running_trial_end(situation)
    return situation.change.kind in _BESIDE and ends is not None and ends > situation.at
