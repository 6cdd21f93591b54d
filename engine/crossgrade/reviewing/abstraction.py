"""An abstraction: the rules for a pair of prices with all left open that a shape would settle.

Facts vary by themselves here, also where in truth they go together. What is equal here is therefore equal for every
shape; what differs here need not differ for any member.
"""

from collections.abc import Hashable, Iterator
from datetime import date
from decimal import Decimal

from msgspec import structs

from crossgrade.deciding.rulebook import Route, route
from crossgrade.facts.vocabulary import Fact
from crossgrade.matching.plain import compare
from crossgrade.model.condition import ALWAYS, AllOf, AnyOf, Comparison, Condition, Value
from crossgrade.model.rules import ChangeKind, Transition
from crossgrade.model.terms import CreditRule, Proration, Terms
from crossgrade.model.text import Text
from crossgrade.reviewing import cells
from crossgrade.reviewing.behaviour import Ruled
from crossgrade.reviewing.cells import DATE, DAY_OF_MONTH, LEFT, USED, WEEKDAY, WHOLE, Axis, Cell
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.formula import Formula, all_of, any_of, atom, none_of
from crossgrade.reviewing.keys import Key, Keys, canonical, ours
from crossgrade.reviewing.program import Program, Rule, settled
from crossgrade.reviewing.space import Space

_DAYS = (USED, LEFT, WHOLE)
_AT = (DATE, WEEKDAY, DAY_OF_MONTH)
_STANDING = ("membership.status", "membership.trialing")
_UNSOLD = ("retired", "addon-not-available", "quantity-out-of-range")


class Abstraction:
    """The abstractions of both policies' rules in a space, over axes that they share."""

    def __init__(self, space: Space, keys: Keys) -> None:
        self._space, self._keys = space, keys
        self._axes: dict[str, Axis] = {}

    def program(self, ruled: Ruled, held: Ends, target: Ends, kind: ChangeKind) -> tuple[Program, dict[str, Axis]]:
        """Return the rules of a policy for a kind of change between two prices, and the axes they rest on."""
        one = _Abstract(self, ruled, held, target, kind)
        return one.program(), one.axes

    def axis(self, fact: Fact, *, ended: bool) -> Axis:
        """Return the axis of a fact: that of days, of the day or of the standing, else one of its own."""
        if fact.name in _DAYS:
            return self._space.days()
        if fact.name in _AT:
            return self._space.day()
        if fact.name in _STANDING:
            return self._space.standing(ended=ended)
        if fact.name not in self._axes:
            self._axes[fact.name] = self._own(fact)
        return self._axes[fact.name]

    def _own(self, fact: Fact) -> Axis:
        constants = [each for one in self._space.tested(fact.name) for each in one.constants]
        if fact.type == "boolean":
            return cells.of_choices(fact.name, (False, True))
        if fact.type == "integer":
            return cells.counted(fact.name, [each for each in constants if isinstance(each, int)], low=None)
        if fact.type == "number":
            return cells.of_numbers(fact.name, [each for each in constants if isinstance(each, int | Decimal)])
        if fact.type == "amount":
            return cells.of_amounts(fact.name, constants, self._space.currency, 0, low=None)
        if fact.type == "date":
            return cells.of_dates(fact.name, [each for each in constants if isinstance(each, date)])
        return cells.of_choices(fact.name, [*dict.fromkeys(str(each) for each in constants), _OTHER])

    def late(self) -> Formula:
        """Return where a change comes after the period's end, or where there is no running period."""
        days = self._space.days()
        mask = sum(1 << number for number, cell in enumerate(days.cells) if cell.given)
        return any_of(atom(days.name, mask, days.whole), self.may_be("no-period"))

    def may_be(self, what: str) -> Formula:
        """Return the formula of something that is so or is not."""
        axis = self._axes.setdefault(what, Axis(what, (Cell({}), Cell({}))))
        return atom(axis.name, 1, axis.whole)

    def key(self, content: Hashable) -> Key:
        """Return the key of what comes out."""
        return self._keys.key(("abstract", content))

    def terms(self, terms: Terms) -> Key:
        """Return the key of terms without their name and their credit rules."""
        use = structs.replace(terms.credit, rules=(), prorations=())
        return self._keys.part(terms, "abstract", lambda: canonical(structs.replace(terms, id=None, credit=use)))

    def credit(self, credit: CreditRule) -> Key:
        """Return the key of a credit rule without its name and its condition."""
        bare = structs.replace(credit, id="", proration={}, when=ALWAYS)
        return self._keys.part(credit, "abstract", lambda: canonical(bare))

    def known(self, name: str) -> Axis | None:
        """Return an axis of this space's own by name."""
        return self._axes.get(name)


_OTHER = "another value than any that is tested"


class _Abstract:
    """One policy's rules for a kind of change between two prices."""

    def __init__(self, abstraction: Abstraction, ruled: Ruled, held: Ends, target: Ends, kind: ChangeKind) -> None:
        self._of, self._ruled, self._kind = abstraction, ruled, kind
        self._ends = held, target
        self._settled: dict[str, Value] = {"change.kind": kind}
        for side, (plan, price) in (("membership", held), ("target", target)):
            family = ruled.sided.policy.family_of(plan)
            self._settled |= {f"{side}.plan": plan, f"{side}.price": price}
            self._settled |= {f"{side}.family": family.id if family else "none"}
            self._settled |= {f"{side}.rank": ruled.sided.policy.rank_of(plan)}
        self.axes: dict[str, Axis] = {}

    def program(self) -> Program:
        policy = self._ruled.sided.policy
        way = route(policy, self._ruled.numbers, *self._ends, self._kind)
        permitting = [(self._formula(rule.when), rule) for _, rule in way.transitions]
        return settled(
            tuple(self._no_change(way, permitting)),
            tuple(self._restrictions(way, [formula for formula, _ in permitting])),
            tuple(self._transitions(permitting)),
        )

    def _no_change(self, way: Route, permitting: list[tuple[Formula, Transition]]) -> Iterator[Rule]:
        if self._kind == "reactivation":
            return
        yield all_of(self._may("pending"), self._waits(permitting)), self._text(None, "already-pending")
        for _, rule in way.no_change:
            same = [self._may(f"same {aspect}") for aspect in rule.same]
            yield all_of(self._formula(rule.when), *same), self._text(rule.message, "no-change")

    def _waits(self, permitting: list[tuple[Formula, Transition]]) -> Formula:
        goes_on: list[Formula] = []
        before: list[Formula] = []
        for formula, rule in permitting:
            dropping = rule.terms is not None and rule.terms.addons == "drop"
            other = none_of(self._may("pending without others" if dropping else "pending itself"))
            goes_on.append(all_of(formula, any_of(other, self._at_once(rule.terms)), none_of(*before)))
            before.append(formula)
        return none_of(*goes_on, all_of(none_of(self._may("pending itself")), none_of(*before)))

    def _at_once(self, terms: Terms | None) -> Formula:
        if terms is None:
            return False
        if terms.effective == "immediately":
            return True
        days = self._of.axis(self._ruled.sided.facts[USED], ended=False)
        self.axes[days.name] = days
        self._may("no-period")
        return self._of.late()

    def _restrictions(self, way: Route, permitting: list[Formula]) -> Iterator[Rule]:
        for _, rule in way.restrictions:
            yield self._formula(rule.when), self._text(rule.message, "otherwise")
        if not way.inside:
            yield none_of(*permitting), self._text(None, "outside-family")
        for built_in in _UNSOLD:
            yield self._may(built_in), self._text(None, built_in)

    def _transitions(self, permitting: list[tuple[Formula, Transition]]) -> Iterator[Rule]:
        for formula, rule in permitting:
            if rule.terms is None:
                yield formula, ("refuse", self._text(rule.refuse, "otherwise"))
                continue
            use = rule.terms.credit
            for credit, proration in zip(use.rules, use.prorations, strict=True):
                yield all_of(formula, self._formula(credit.when)), self._quote(rule.terms, credit, proration)
            yield formula, self._quote(rule.terms, None, None)
        yield True, ("refuse", self._text(self._ruled.sided.policy.otherwise, "otherwise"))

    def _quote(self, terms: Terms, credit: CreditRule | None, proration: Proration | None) -> Key:
        return self._of.key((self._of.terms(terms), credit and self._of.credit(credit), canonical(proration)))

    def _text(self, text: Text | None, key: str) -> Key:
        policy = self._ruled.sided.policy
        chosen = text or policy.messages.get(key) or ours(key)
        return self._of.key((canonical(chosen), policy.locale))

    def _may(self, what: str) -> Formula:
        formula = self._of.may_be(what)
        axis = self._of.known(what)
        if axis is not None:
            self.axes[what] = axis
        return formula

    def _formula(self, condition: Condition) -> Formula:
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        parts = [self._formula(part) for part in condition.parts]
        if isinstance(condition, AllOf):
            return all_of(*parts)
        return any_of(*parts) if isinstance(condition, AnyOf) else none_of(*parts)

    def _comparison(self, comparison: Comparison) -> Formula:
        if comparison.fact in self._settled:
            return compare(comparison, self._settled[comparison.fact])
        axis = self._of.axis(self._ruled.sided.facts[comparison.fact], ended=self._kind == "reactivation")
        self.axes[axis.name] = axis
        return atom(axis.name, axis.where(comparison, self._ruled.sided.side), axis.whole)
