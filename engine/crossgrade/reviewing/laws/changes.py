"""A change that there can be: two prices and a kind, with the rules that fit it and what is free in it."""

from collections.abc import Iterator

from msgspec import Struct

from crossgrade.deciding.rulebook import Route, route
from crossgrade.facts.situation import Situation
from crossgrade.model.rules import ChangeKind, NoChangeRule, Restriction, Transition
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.formula import Formula, all_of, any_of, none_of
from crossgrade.reviewing.laws.freedom import Freedom, grants_by_addon
from crossgrade.reviewing.laws.satisfying import satisfying
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.regions import Budget

AnyRule = NoChangeRule | Restriction | Transition

BOXES = 3_000
"""How many boxes may be looked at for one question about one change."""


class Change(Struct, frozen=True):
    """A kind of change between two prices, in one currency."""

    held: Ends
    target: Ends
    kind: ChangeKind
    there: Situation
    route: Route
    free: Freedom

    def somewhere(self, formula: Formula) -> bool:
        """Say whether a formula holds for some member as far as can be told; BudgetSpentError where it cannot."""
        return satisfying(formula, self.free.axes, Budget(BOXES)) is not None

    def holds(self, rule: AnyRule) -> Formula:
        """Return where the conditions of a rule hold."""
        return self.free.formula(rule.when)

    def before(self, rule: AnyRule) -> list[AnyRule]:
        """Return the rules that keep a rule from deciding where they hold."""
        if isinstance(rule, NoChangeRule):
            earlier = _until(self.route.no_change, rule)
            return [one for one in earlier if isinstance(one, NoChangeRule) and set(one.same) <= set(rule.same)]
        if isinstance(rule, Restriction):
            return []
        return [*(one for _, one in self.route.restrictions), *_until(self.route.transitions, rule)]

    def decides(self, rule: AnyRule) -> Formula:
        """Return where a rule decides: where it holds and none of those before it does."""
        return all_of(self.holds(rule), none_of(*(self.holds(one) for one in self.before(rule))))

    def quotes(self) -> Formula:
        """Return where some transition gives terms."""
        return any_of(*(self.decides(rule) for _, rule in self.route.transitions if rule.terms is not None))

    def fits(self, subject: Subject) -> list[AnyRule]:
        """Return the rules that can be asked about this change at all."""
        found: list[AnyRule] = [rule for _, rule in self.route.restrictions]
        if self.kind != "reactivation":
            found += [rule for _, rule in self.route.no_change if self._may_be_same(rule, subject)]
        return found + ([] if self.retired else [rule for _, rule in self.route.transitions])

    @property
    def retired(self) -> bool:
        """Whether what is wanted is kept only for those who have it."""
        target, held = self.there.target.plan, self.there.held.plan
        plan = target.product.retired and held.id != target.id
        return plan or (target.price.retired and self.held != self.target)

    def _may_be_same(self, rule: NoChangeRule, subject: Subject) -> bool:
        """Say whether everything that has to stay the same may do so in this kind of change."""
        differs = {
            "plan": self.held[0] != self.target[0],
            "price": self.held != self.target,
            "quantity": self.kind in ("more_units", "fewer_units"),
            "addons": self.kind in ("addons_added", "addons_removed"),
            "entitlements": not grants_by_addon(subject.policy, "any")
            and self.there.granted_now != self.there.granted_then,
        }
        return not any(differs.get(aspect, False) for aspect in rule.same)


def _until(rules: tuple[tuple[int, AnyRule], ...], rule: AnyRule) -> list[AnyRule]:
    return [one for _, one in rules[: [one.id for _, one in rules].index(rule.id)]]


def changes(subject: Subject) -> Iterator[Change]:
    """Return every change that there can be under a policy, in each currency only where rules test amounts."""
    seen = set()
    for currency in subject.currencies:
        for held, target in subject.pairs():
            if (held, target) in seen and not subject.amounts:
                continue
            base = subject.base(held, target, currency)
            there = None if base is None else subject.situation(base)
            if there is None:
                continue
            seen.add((held, target))
            for kind in subject.kinds(there):
                way = route(subject.policy, subject.numbers, held, target, kind)
                yield Change(held, target, kind, there, way, Freedom(subject, there, kind))
