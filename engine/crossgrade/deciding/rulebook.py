"""A rulebook: a policy's rules compiled for one plan, so that only what rests on the membership is left to match."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact
from crossgrade.matching import Matcher, assume
from crossgrade.model.condition import ALWAYS, NEVER, Condition, Value
from crossgrade.model.policy import ChangeKind, CreditRule, NoChangeRule, Policy, Restriction, Transition


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


class Rulebook(Struct, frozen=True):
    """The rules for members on one plan: a matcher over the facts given here, and the rules that always hold."""

    matcher: Matcher
    facts: tuple[Fact, ...]
    always: int

    def hits(self, situation: Situation) -> int:
        """Return the bits of the rules whose `when` holds."""
        if not self.facts:
            return self.always
        values: dict[str, Value] = {fact.name: fact.derive(situation) for fact in self.facts}
        return self.always | self.matcher.hits(values)


class Residue(Struct, frozen=True):
    """What is left of a policy's conditions once the plan is known."""

    always: int
    open: tuple[tuple[int, Condition], ...]


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


def route(
    policy: Policy, numbers: Numbered, held: tuple[str, str], target: tuple[str, str], kind: ChangeKind | None
) -> Route:
    """Return the rules that fit; `inside` says whether the target is of the plan's own family, or the plan itself."""
    inside = stays(policy, held[0], target[0])
    return Route(
        tuple((number, rule) for number, rule in numbers.no_change if kind in rule.change),
        tuple((number, rule) for number, rule in numbers.restrictions if _fits(rule, held, target, kind)),
        tuple(
            (number, rule)
            for number, rule in numbers.transitions
            if _fits(rule, held, target, kind) and (inside or rule.target.leaves_family)
        ),
        inside,
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
