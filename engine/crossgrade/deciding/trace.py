"""The trace: which rules were considered, which held, and what kept the others from holding."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from crossgrade.deciding.evidence import Evidence, Observed, evidence
from crossgrade.deciding.rulebook import stays
from crossgrade.deciding.sameness import differences
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact
from crossgrade.model.condition import Value
from crossgrade.model.policy import Policy
from crossgrade.model.rules import ANYWHERE, ChangeKind, NoChangeRule, Reach, Restriction, Same, Transition
from crossgrade.model.trace import entry_opened, entry_written, opened
from crossgrade.model.writing import json_text


class Considered(Struct, frozen=True):
    """How far a decision went: the sections that were asked, and the rules of our own that held."""

    sections: tuple[str, ...]
    built_in: tuple[tuple[str, str], ...]
    transition: str | None
    credit: str | None


class Stated(Struct, frozen=True):
    """A rule as a trace writes it: its scope, the openings of what is said where that does not fit, its evidence.

    `stays` says that it permits nothing outside the family; `opening` is that of the entry.
    """

    id: str
    change: frozenset[ChangeKind]
    source: Reach
    target: Reach
    same: tuple[Same, ...]
    stays: bool
    opening: str
    kinds: str
    sources: str
    targets: str
    evidence: Evidence


class Traceable(Struct, frozen=True):
    """A policy's rules, ready to be traced."""

    no_change: tuple[Stated, ...]
    restrictions: tuple[Stated, ...]
    transitions: tuple[Stated, ...]


def traceable(policy: Policy, facts: Mapping[str, Fact]) -> Traceable:
    """Make a policy's rules ready to be traced."""

    def stated(section: str, rule: NoChangeRule | Restriction | Transition) -> Stated:
        source, target = (ANYWHERE, ANYWHERE) if isinstance(rule, NoChangeRule) else (rule.source, rule.target)
        return Stated(
            rule.id,
            rule.change,
            source,
            target,
            rule.same if isinstance(rule, NoChangeRule) else (),
            isinstance(rule, Transition) and not target.leaves_family,
            entry_opened(section, rule.id),
            opened("change.kind", "in", sorted(rule.change)),
            opened("from", "in", _named(source)),
            opened("to", "in", _named(target)),
            evidence(rule.when, facts, policy.facts),
        )

    return Traceable(
        tuple(stated("no_change", rule) for rule in policy.no_change),
        tuple(stated("restrictions", rule) for rule in policy.restrictions),
        tuple(stated("transitions", rule) for rule in policy.transitions),
    )


def _named(reach: Reach) -> list[str]:
    return sorted(reach.plans or ()) + sorted(f"{plan}/{price}" for plan, price in reach.prices)


class _Change(Struct, frozen=True):
    """A change as rules are scoped: its kind and both ends as plan and price, the same as JSON, and out of what."""

    kind: ChangeKind | None
    source: tuple[str, str]
    target: tuple[str, str]
    kind_found: str
    source_found: str
    target_found: str
    leaving: str | None


def _change(situation: Situation) -> _Change:
    kind, held, target = situation.change.kind, situation.held.plan, situation.target.plan
    return _Change(
        kind,
        (held.id, held.price.id),
        (target.id, target.price.id),
        f"{json_text(kind)}}}",
        f"{json_text(f'{held.id}/{held.price.id}')}}}",
        f"{json_text(f'{target.id}/{target.price.id}')}}}",
        _leaving(situation.policy, held.id, target.id),
    )


def _leaving(policy: Policy, held: str, target: str) -> str | None:
    """Return what is said of a change to another family, None where it leads to none."""
    if stays(policy, held, target):
        return None
    own, found = policy.family_of(held), policy.family_of(target)
    opening = opened("target.family", "in", [own.id if own else "none"])
    return f"{opening}{json_text(found.id if found else 'none')}}}"


def traced(situation: Situation, values: Mapping[str, Value], rules: Traceable, considered: Considered) -> str:
    """Return the rules considered, in the order of the decision, as the JSON of a Trace.

    `values` are those of facts that were derived already.
    """
    return f"[{', '.join(_entries(Observed(situation, {**values}, {}), rules, considered))}]"


def _entries(observed: Observed, rules: Traceable, considered: Considered) -> Iterator[str]:
    change = _change(observed.situation)
    for section in considered.sections:
        for part, rule in considered.built_in:
            if part == section:
                yield entry_written(entry_opened(section, rule), ())
        for stated in _SECTIONS[section](rules):
            yield _entry(stated, change, observed)
            if section == "transitions" and stated.id == considered.transition:
                break
    if considered.credit is not None:
        yield entry_written(entry_opened("credits", considered.credit), ())


_SECTIONS: dict[str, Callable[[Traceable], tuple[Stated, ...]]] = {
    "no_change": lambda rules: rules.no_change,
    "restrictions": lambda rules: rules.restrictions,
    "transitions": lambda rules: rules.transitions,
}


def _entry(stated: Stated, change: _Change, observed: Observed) -> str:
    failed = []
    if change.kind not in stated.change:
        failed.append(stated.kinds + change.kind_found)
    if not stated.source.admits(*change.source):
        failed.append(stated.sources + change.source_found)
    if not stated.target.admits(*change.target):
        failed.append(stated.targets + change.target_found)
    if stated.stays and change.leaving is not None:
        failed.append(change.leaving)
    if stated.same:
        failed += [f"{opened(name, 'same', True)}false}}" for name in differences(stated.same, observed.situation)]
    failed += stated.evidence.against(observed)
    return entry_written(stated.opening, failed, () if failed else stated.evidence.in_favour(observed))
