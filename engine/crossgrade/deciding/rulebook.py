"""A rulebook: a policy's rules compiled for one plan, so that only what rests on the membership is left to match."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact, rests_on_selection
from crossgrade.matching import Matcher, assume
from crossgrade.model.condition import ALWAYS, NEVER, Condition, Value
from crossgrade.model.policy import Policy
from crossgrade.model.rules import ChangeKind, NoChangeRule, Restriction, Transition
from crossgrade.model.terms import CreditRule


class Numbered(Struct, frozen=True):
    """All conditions of a policy in one order: each rule's number is its bit in what a matcher returns."""

    no_change: tuple[tuple[int, NoChangeRule], ...]
    restrictions: tuple[tuple[int, Restriction], ...]
    transitions: tuple[tuple[int, Transition], ...]
    credits: Mapping[str, int]
    conditions: tuple[Condition, ...]


def numbered(policy: Policy) -> Numbered:
    """Give every rule of a policy its number."""
    rules: list[NoChangeRule | Restriction | Transition | CreditRule] = [
        *policy.no_change,
        *policy.restrictions,
        *policy.transitions,
        *policy.credits.values(),
    ]
    first = len(policy.no_change)
    second = first + len(policy.restrictions)
    third = second + len(policy.transitions)
    return Numbered(
        tuple(enumerate(policy.no_change)),
        tuple(enumerate(policy.restrictions, first)),
        tuple(enumerate(policy.transitions, second)),
        {name: number for number, name in enumerate(policy.credits, third)},
        tuple(rule.when for rule in rules),
    )


Open = tuple[int, Condition]
"""A rule's number and what is left of its condition once the plan is known."""


class Group(Struct, frozen=True):
    """Some rules that are matched together, over the facts they test."""

    matcher: Matcher
    facts: tuple[Fact, ...]


class Rulebook(Struct, frozen=True):
    """The rules for members on one plan: groups of rules to match, and those that always hold.

    The facts they test are `held` where they rest on the membership alone, `aimed` where on the selection.
    """

    groups: tuple[Group, ...]
    held: tuple[Fact, ...]
    aimed: tuple[Fact, ...]
    always: int

    def hits(self, values: Mapping[str, Value]) -> int:
        """Return the bits of the rules whose `when` holds for the values of the facts."""
        found = self.always
        for group in self.groups:
            found |= group.matcher.hits(values)
        return found

    def close(self) -> None:
        """Free what the rules engine holds."""
        for group in self.groups:
            group.matcher.close()


def rulebook(groups: tuple[Group, ...], always: int) -> Rulebook:
    """Return the rulebook of some groups; a fact that several test is derived once."""
    facts = {fact.name: fact for group in groups for fact in group.facts}.values()
    aimed = tuple(fact for fact in facts if rests_on_selection(fact))
    return Rulebook(groups, tuple(fact for fact in facts if fact not in aimed), aimed, always)


class Asked(Struct, frozen=True):
    """A rulebook asked about one membership, once for each of its targets.

    What rests on the membership alone is derived once; targets that make no difference to the facts are matched once.
    """

    book: Rulebook
    held: dict[str, Value]
    answers: dict[tuple[Value, ...], int]

    def about(self, situation: Situation) -> tuple[dict[str, Value], int]:
        """Return the values of the facts that are tested, and the bits of the rules whose `when` holds."""
        if not self.held:
            self.held.update({fact.name: fact.derive(situation) for fact in self.book.held})
        aimed = {fact.name: fact.derive(situation) for fact in self.book.aimed}
        values, key = {**self.held, **aimed}, tuple(aimed.values())
        hits = self.answers.get(key)
        if hits is None:
            hits = self.answers[key] = self.book.hits(values)
        return values, hits


class Residue(Struct, frozen=True):
    """What is left of a policy's conditions once the plan is known."""

    always: int
    open: tuple[Open, ...]


def residue(numbers: Numbered, known: Mapping[str, Value], asked: Sequence[bool]) -> Residue:
    """Settle what rests on the plan alone; `asked` says which rules can concern the plan at all."""
    always, open_ = 0, []
    for number, condition in enumerate(numbers.conditions):
        if not asked[number]:
            continue
        left = assume(condition, known)
        if left == ALWAYS:
            always |= 1 << number
        elif left != NEVER:
            open_.append((number, left))
    return Residue(always, tuple(open_))


def plan_facts(policy: Policy, plan: str) -> dict[str, Value]:
    """Return the facts that rest on the current plan alone."""
    family = policy.family_of(plan)
    return {
        "membership.plan": plan,
        "membership.family": "none" if family is None else family.id,
        "membership.rank": policy.rank_of(plan),
    }


def asked(numbers: Numbered, plan: str) -> list[bool]:
    """Say for each rule whether it can concern members on a plan; no-change rules and credits always can."""
    concerned = [True] * len(numbers.conditions)
    sources = [(number, restriction.source) for number, restriction in numbers.restrictions]
    sources += [(number, transition.source) for number, transition in numbers.transitions]
    for number, source in sources:
        concerned[number] = (
            source.plans is None or plan in source.plans or any(named == plan for named, _ in source.prices)
        )
    return concerned


class Route(Struct, frozen=True):
    """From one price to another by one kind of change: the rules whose `change`, `from` and `to` fit, by number."""

    no_change: tuple[tuple[int, NoChangeRule], ...]
    restrictions: tuple[tuple[int, Restriction], ...]
    transitions: tuple[tuple[int, Transition], ...]
    inside: bool
    restricting: int
    """The bits of the restrictions, so that none of them is asked where none holds."""


def route(
    policy: Policy, numbers: Numbered, held: tuple[str, str], target: tuple[str, str], kind: ChangeKind | None
) -> Route:
    """Return the rules that fit; `inside` says whether the target is of the plan's own family, or the plan itself."""
    inside = stays(policy, held[0], target[0])
    restrictions = tuple((number, rule) for number, rule in numbers.restrictions if _fits(rule, held, target, kind))
    transitions = tuple(
        (number, rule)
        for number, rule in numbers.transitions
        if _fits(rule, held, target, kind) and (inside or rule.target.leaves_family)
    )
    return Route(
        tuple((number, rule) for number, rule in numbers.no_change if kind in rule.change),
        restrictions,
        transitions,
        inside,
        sum(1 << number for number, _ in restrictions),
    )


def stays(policy: Policy, held: str, target: str) -> bool:
    """Say whether a target plan is the plan itself or of its family."""
    if held == target:
        return True
    family = policy.family_of(held)
    return family is not None and policy.family_of(target) is family


def _fits(
    rule: Restriction | Transition, held: tuple[str, str], target: tuple[str, str], kind: ChangeKind | None
) -> bool:
    return kind in rule.change and rule.source.admits(*held) and rule.target.admits(*target)
