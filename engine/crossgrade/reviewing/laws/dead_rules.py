"""The law `dead-rule`: every rule can decide something.

A rule is dead where it fits no change of plans and prices that are sold, where its conditions contradict each other,
or where earlier rules hold whenever it does. It is proved with every fact free of every other, which leaves room for
more than there is, so that a rule that is found dead is dead.
"""

from collections.abc import Collection, Iterator

from msgspec import Struct

from crossgrade.model.condition import AllOf, Condition
from crossgrade.model.decision import NoChange, Quote, Refusal
from crossgrade.model.rules import NoChangeRule, Restriction
from crossgrade.reviewing.condition_words import in_words
from crossgrade.reviewing.formula import all_of, none_of
from crossgrade.reviewing.laws.changes import AnyRule, Change
from crossgrade.reviewing.laws.dead_credits import dead_credits
from crossgrade.reviewing.laws.law import Broken, Section
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import answered, rules_of, told
from crossgrade.reviewing.laws.ways import ask, decided, member_in
from crossgrade.reviewing.regions import BudgetSpentError

MOST_SHOWN = 40
"""Among how many changes a member is looked for."""


class _Seen(Struct):
    """What is known of a rule that was not yet seen to decide: the changes that it fits, and where it holds."""

    rule: AnyRule
    fits: list[Change] = []
    holds: list[Change] = []


def dead_rules(subject: Subject, known: list[Change]) -> Iterator[Broken]:
    """Return each rule that can never decide; of `known`, the changes there can be."""
    policy = subject.policy
    rules: list[AnyRule] = [*policy.no_change, *policy.restrictions, *policy.transitions]
    left = {rule.id: _Seen(rule) for rule in rules}
    for change in known:
        if not left:
            break
        for rule in change.fits(subject):
            if rule.id in left and _decides(change, left[rule.id]):
                del left[rule.id]
    for seen in left.values():
        yield from _found(subject, seen, known)
    yield from dead_credits(subject, known, frozenset(left))


def _decides(change: Change, seen: _Seen) -> bool:
    """Say whether a rule may decide a change, and note where it holds; what cannot be told may be."""
    seen.fits.append(change)
    try:
        if not change.somewhere(change.holds(seen.rule)):
            return False
        seen.holds.append(change)
        return change.somewhere(change.decides(seen.rule))
    except BudgetSpentError:
        return True


def _found(subject: Subject, seen: _Seen, known: list[Change]) -> Iterator[Broken]:
    try:
        if not seen.fits:
            yield _fits_nothing(seen.rule)
        elif not seen.holds:
            yield _holds_nowhere(seen, known)
        else:
            yield _shadowed(subject, seen)
    except BudgetSpentError:
        # What shadows it, or which conditions are at odds, could not be told: nothing is said that is not shown.
        return


def section_of(rule: AnyRule) -> Section:
    """Return the section of a rule."""
    if isinstance(rule, NoChangeRule):
        return "no_change"
    return "restrictions" if isinstance(rule, Restriction) else "transitions"


def _fits_nothing(rule: AnyRule) -> Broken:
    named = "`change` and `same`" if isinstance(rule, NoChangeRule) else "`change`, `from` and `to`"
    message = f"`{rule.id}` can never decide: there is no change of plans and prices that fits its {named}"
    return Broken("dead-rule", section_of(rule), rule.id, message, f"correct {named}, or remove the rule")


def _holds_nowhere(seen: _Seen, known: list[Change]) -> Broken:
    rule = seen.rule
    parts = _at_odds(rule.when, seen.fits)
    words = " and ".join(dict.fromkeys(in_words(part) for part in parts))
    everywhere = len(parts) > 1 and not _anywhere(AllOf(tuple(parts)), known)
    if everywhere:
        message = f"`{rule.id}` can never decide: its conditions contradict each other: {words}"
        remedy = "correct one of them, or remove the rule"
        return Broken("dead-rule", section_of(rule), rule.id, message, remedy, severity="error")
    message = f"`{rule.id}` can never decide: no change that it fits has {words}"
    return Broken("dead-rule", section_of(rule), rule.id, message, "correct the condition, or remove the rule")


def _anywhere(condition: Condition, known: list[Change]) -> bool:
    return any(change.somewhere(change.free.formula(condition)) for change in known)


def _at_odds(condition: Condition, fits: list[Change]) -> list[Condition]:
    """Return as few parts of a condition as already hold nowhere together."""
    parts: list[Condition] = list(condition.parts) if isinstance(condition, AllOf) else [condition]
    for part in tuple(parts):
        fewer = [one for one in parts if one is not part]
        if fewer and not _anywhere(AllOf(tuple(fewer)), fits):
            parts = fewer
    return parts


def _shadowed(subject: Subject, seen: _Seen) -> Broken:
    rule = seen.rule
    ids: dict[str, AnyRule] = {}
    for change in seen.holds:
        before = {one.id: one for one in change.before(rule)}
        if not _covered(change, rule, [one for id, one in before.items() if id in ids]):
            ids.update(_needed(change, rule, before, ids))
    names = [f"`{id}`" for id in ids]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    forbid = all(isinstance(one, Restriction) for one in ids.values())
    verb = ("forbids" if forbid else "decides") + " first" if len(names) == 1 else "come first"
    message = f"`{rule.id}` can never decide: whenever it holds, {listed} {verb}"
    remedy = "remove the rule, or narrow what comes before it"
    return Broken("dead-rule", section_of(rule), rule.id, message, remedy, _shown(subject, seen, ids.keys()))


def _shown(subject: Subject, seen: _Seen, by: Collection[str]) -> tuple[str, ...]:
    """Return a member for whom a rule holds and one of others decides; none where nobody plain is such a member."""
    for change in seen.holds[:MOST_SHOWN]:
        shape = subject.base(change.held, change.target, change.there.currency)
        found = None if shape is None else decided(subject, shape)
        if shape is None or found is None or change.kind == "reactivation":
            continue
        member = member_in(shape, found.open, found.open.formula(seen.rule.when))
        answer = None if member is None else ask(subject, shape, member)
        if member is None or not isinstance(answer, Quote | NoChange | Refusal):
            continue
        if seen.rule.id in rules_of(answer):
            raise AssertionError(
                f"`{seen.rule.id}` was proved to be dead, and it decides: {told(subject, shape, member)}"
            )
        if not set(by).isdisjoint(rules_of(answer)):
            return (f"{told(subject, shape, member)}: {answered(answer)}",)
    return ()


def _covered(change: Change, rule: AnyRule, by: list[AnyRule]) -> bool:
    """Say whether some rules hold wherever a rule does."""
    left = all_of(change.holds(rule), none_of(*(change.holds(one) for one in by)))
    return not change.somewhere(left)


def _needed(
    change: Change, rule: AnyRule, before: dict[str, AnyRule], chosen: dict[str, AnyRule]
) -> dict[str, AnyRule]:
    """Return as few of the rules before as cover a rule, those already named first to stay."""
    kept = dict(before)
    for id in sorted(before, key=lambda id: (id in chosen, -list(before).index(id))):
        fewer = {other: one for other, one in kept.items() if other != id}
        if _covered(change, rule, list(fewer.values())):
            kept = fewer
    return kept
