"""The outlook: what follows from a change; the charges to come, what is granted, which add-ons stay."""

from msgspec import structs

from crossgrade.billing.course import Course
from crossgrade.billing.moves import moves, once_amount
from crossgrade.billing.upcoming import Opening, aligned_opening, charges_from, whole_opening
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import more
from crossgrade.model.calendar import Interval, Period
from crossgrade.model.decision import AddOnChange, Charge, EntitlementChange
from crossgrade.model.membership import Membership
from crossgrade.model.terms import Terms


def upcoming(situation: Situation, terms: Terms, way: Course, after: Membership) -> tuple[Charge, ...]:
    """Return the charges to come after a change."""
    policy, target = situation.policy, situation.target
    if way.period is None and not way.pending:
        return ()
    extra = after.owed.minor if after.owed else 0
    if way.pending:
        extra += once_amount(moves(situation.held, target, policy))
        after = structs.replace(after, discount=None) if terms.discount == "drop" else after
    opening = _opening(situation, terms, way, after)
    return charges_from(opening, target, after, policy, situation.currency, extra=extra)


def _opening(situation: Situation, terms: Terms, way: Course, after: Membership) -> Opening:
    """Return how the next period opens: the pending one, the one after a trial, or the one after this."""
    every, zone = situation.target.every, situation.policy.zone
    if every is None or way.period is None:
        return Opening(Period(way.moment, way.moment))
    if way.pending:
        aligned = way.measure is not None
        return aligned_opening(way.moment, every, after, terms.proration, zone) if aligned else Opening(way.period)
    if way.trial_ends is not None:
        return _after_trial(situation, terms, way, after, every)
    return whole_opening(way.period.end, every, after, zone)


def _after_trial(situation: Situation, terms: Terms, way: Course, after: Membership, every: Interval) -> Opening:
    """Return the period after a trial: to the billing date, charged as the terms say."""
    zone = situation.policy.zone
    stub = way.period.every or every if way.period else every
    opening = aligned_opening(way.trial_ends or way.moment, stub, after, terms.proration, zone)
    if way.then == "none" and opening.share is not None:
        return whole_opening(opening.period.end, every, after, zone)
    return Opening(opening.period) if way.then == "full" else opening


def entitlements(situation: Situation) -> EntitlementChange:
    """Return what is granted before and after."""
    before, after = situation.granted_now, situation.granted_then
    changed = [name for name in after if after[name] != before[name]]
    gained = tuple([name for name in changed if more(after[name], before[name])])
    lost = tuple([name for name in changed if name not in gained])
    return EntitlementChange(before, after, gained, lost)


def addons(situation: Situation) -> AddOnChange:
    """Return which add-ons stay, come or grow, and end."""
    held, target = situation.held.addons, situation.target.addons
    added = tuple(id for id, item in target.items() if id not in held or item.quantity > held[id].quantity)
    kept = tuple(id for id in target if id not in added)
    ended = situation.wanted.ended
    return AddOnChange(kept, added, tuple((id, ended[id]) for id in situation.policy.addons if id in ended))
