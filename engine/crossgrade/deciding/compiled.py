"""A compiled version: one policy's rules made ready to match, by the plan that is held."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from crossgrade.deciding.rulebook import (
    Asked,
    Group,
    Numbered,
    Open,
    Route,
    Rulebook,
    asked,
    numbered,
    plan_facts,
    residue,
    route,
    rulebook,
)
from crossgrade.deciding.trace import Traceable, traceable
from crossgrade.facts.situation import Held, Situation
from crossgrade.facts.vocabulary import Fact, vocabulary_of
from crossgrade.matching import build
from crossgrade.model.condition import facts_of
from crossgrade.model.policy import Policy
from crossgrade.model.rules import ChangeKind

MatcherKind = Literal["durable", "plain", "both"]
Ends = tuple[tuple[str, str], tuple[str, str], ChangeKind | None]
"""The held and the wanted price, each as (plan, price), and the kind of change between them."""


class Compiled(Struct, frozen=True):
    """One version of a policy, ready to decide. `routes` fills up as they are asked for; their number is bounded."""

    policy: Policy
    facts: Mapping[str, Fact]
    numbers: Numbered
    rules: Traceable
    books: Mapping[str, Rulebook]
    routes: dict[Ends, Route]

    def route(self, situation: Situation) -> Route:
        """Return the rules whose `change`, `from` and `to` fit a situation."""
        held, target = situation.held.plan, situation.target.plan
        ends: Ends = ((held.id, held.price.id), (target.id, target.price.id), situation.change.kind)
        found = self.routes.get(ends)
        if found is None:
            found = self.routes[ends] = route(self.policy, self.numbers, *ends)
        return found

    def asked(self, member: Held) -> Asked:
        """Return the rulebook of the plan that is held, to be asked about a membership."""
        return Asked(self.books[member.holding.plan.id], {}, {})

    def close(self) -> None:
        """Free what the rules engine holds."""
        for book in self.books.values():
            book.close()


def compiled(policy: Policy, matcher: MatcherKind) -> Compiled:
    """Compile a version of a policy."""
    facts = vocabulary_of(policy)
    numbers = numbered(policy)
    return Compiled(policy, facts, numbers, traceable(policy, facts), _books(policy, numbers, facts, matcher), {})


def _books(policy: Policy, numbers: Numbered, facts: Mapping[str, Fact], matcher: MatcherKind) -> dict[str, Rulebook]:
    """Compile a rulebook for each plan.

    Rules that are left the same for every plan share one matcher; of the others, plans with the same ones share one.
    """
    left = {plan: residue(numbers, plan_facts(policy, plan), asked(numbers, plan)) for plan in policy.plans}
    common = frozenset.intersection(*(frozenset(each.open) for each in left.values())) if left else frozenset()
    shared: dict[frozenset[Open], Group] = {}
    books = {}
    for plan, residue_ in left.items():
        groups = [
            shared.get(part) or shared.setdefault(part, _group(part, facts, matcher))
            for part in (common, frozenset(residue_.open) - common)
            if part
        ]
        books[plan] = rulebook(tuple(groups), residue_.always)
    return books


def _group(rules: frozenset[Open], facts: Mapping[str, Fact], matcher: MatcherKind) -> Group:
    ordered = sorted(rules, key=lambda rule: rule[0])
    names = dict.fromkeys(name for _, condition in ordered for name in facts_of(condition))
    return Group(build(ordered, matcher=matcher), tuple(facts[name] for name in names))
