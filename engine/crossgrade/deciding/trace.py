"""The trace: which rules were considered, which held, and what kept the others from holding."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from crossgrade.deciding.rulebook import Numbered, stays
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact
from crossgrade.matching import Seen, failures
from crossgrade.model.condition import AllOf, Comparison, Condition, NoneOf, facts_of
from crossgrade.model.declaration import MASKED
from crossgrade.model.money import Amounts, Currency, Money, written
from crossgrade.model.rules import NoChangeRule, Reach, Restriction, Transition
from crossgrade.model.trace import Failure, Trace, TraceEntry


class Considered(Struct, frozen=True):
    """How far a decision went: the sections that were asked, and the rules of our own that held."""

    sections: tuple[str, ...]
    built_in: tuple[tuple[str, str], ...]
    transition: str | None
    credit: str | None


def traced(situation: Situation, numbers: Numbered, facts: Mapping[str, Fact], considered: Considered) -> Trace:
    """Return the rules considered, in the order of the decision."""
    return tuple(_entries(situation, numbers, facts, considered))


def _entries(
    situation: Situation, numbers: Numbered, facts: Mapping[str, Fact], considered: Considered
) -> Iterator[TraceEntry]:
    for section in considered.sections:
        yield from (TraceEntry(section, rule, held=True) for part, rule in considered.built_in if part == section)
        if section == "no_change":
            yield from (_no_change(rule, situation, facts) for _, rule in numbers.no_change)
        elif section == "restrictions":
            yield from (_ruled("restrictions", rule, situation, facts) for _, rule in numbers.restrictions)
        elif section == "transitions":
            yield from _transitions(situation, numbers, facts, considered)
    if considered.credit is not None:
        yield TraceEntry("credits", considered.credit, held=True)


def _transitions(
    situation: Situation, numbers: Numbered, facts: Mapping[str, Fact], considered: Considered
) -> Iterator[TraceEntry]:
    for _, rule in numbers.transitions:
        yield _ruled("transitions", rule, situation, facts)
        if rule.id == considered.transition:
            return


def _no_change(rule: NoChangeRule, situation: Situation, facts: Mapping[str, Fact]) -> TraceEntry:
    from crossgrade.deciding.sameness import differences

    failed = [
        *_kind(rule.change, situation),
        *(Failure(name, "same", True, False) for name in differences(rule.same, situation)),
        *unmet(rule.when, situation, facts),
    ]
    return TraceEntry(
        "no_change", rule.id, not failed, tuple(failed), () if failed else met(rule.when, situation, facts)
    )


def _ruled(section: str, rule: Restriction | Transition, situation: Situation, facts: Mapping[str, Fact]) -> TraceEntry:
    failed = [
        *_kind(rule.change, situation),
        *_reach("from", rule.source, situation.held.plan.id, situation.held.plan.price.id),
        *_reach("to", rule.target, situation.target.plan.id, situation.target.plan.price.id),
        *_family(rule, situation),
        *unmet(rule.when, situation, facts),
    ]
    return TraceEntry(section, rule.id, not failed, tuple(failed), () if failed else met(rule.when, situation, facts))


def _kind(kinds: frozenset[str], situation: Situation) -> list[Failure]:
    kind = situation.change.kind
    return [] if kind in kinds else [Failure("change.kind", "in", sorted(kinds), kind)]


def _reach(side: str, reach: Reach, plan: str, price: str) -> list[Failure]:
    if reach.admits(plan, price):
        return []
    named = sorted(reach.plans or ()) + sorted(f"{plan_}/{price_}" for plan_, price_ in reach.prices)
    return [Failure(side, "in", named, f"{plan}/{price}")]


def _family(rule: Restriction | Transition, situation: Situation) -> list[Failure]:
    policy, held, target = situation.policy, situation.held.plan.id, situation.target.plan.id
    if isinstance(rule, Restriction) or rule.target.leaves_family or stays(policy, held, target):
        return []
    found, own = policy.family_of(target), policy.family_of(held)
    return [Failure("target.family", "in", [own.id if own else "none"], found.id if found else "none")]


def unmet(condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> tuple[Failure, ...]:
    """Return the comparisons that keep a condition from holding, with the values seen."""
    values = {name: facts[name].derive(situation) for name in facts_of(condition)}
    return tuple(_failure(seen, situation) for seen in failures(condition, values))


def met(condition: Condition, situation: Situation, facts: Mapping[str, Fact]) -> tuple[Failure, ...]:
    """Return the comparisons that make a condition hold, with the values seen."""
    values = {name: facts[name].derive(situation) for name in facts_of(condition)}
    if condition == AllOf(()):
        return ()
    return tuple(
        _failure(Seen(seen.comparison, seen.value, not seen.negated), situation)
        for seen in failures(NoneOf((condition,)), values)
    )


_OPPOSITE = {
    "in": "not_in",
    "not_in": "in",
    "at_least": "less_than",
    "less_than": "at_least",
    "at_most": "more_than",
    "more_than": "at_most",
}


def _failure(seen: Seen, situation: Situation) -> Failure:
    comparison: Comparison = seen.comparison
    operator = _OPPOSITE[comparison.operator] if seen.negated else comparison.operator
    found, constants = _values(seen, situation)
    expected = constants if operator in ("in", "not_in") else constants[0]
    return Failure(comparison.fact, operator, expected, found)


def _values(seen: Seen, situation: Situation) -> tuple[object, list[object]]:
    """Return the value of a fact and what it was compared with, as JSON."""
    declared = situation.policy.facts.get(seen.comparison.fact)
    if declared is not None and declared.mask:
        # The constants are hidden with it: of a rule that held, the one after `in` is the value.
        return MASKED, [MASKED]
    currency = situation.currency
    return _plain(seen.value, currency), [_plain(constant, currency) for constant in seen.comparison.constants]


def _plain(value: object, currency: Currency) -> object:
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, Amounts):
        minor = value.by_currency.get(currency.code)
        return None if minor is None else written(minor, currency)
    return value if isinstance(value, bool | int | str) else str(value)
