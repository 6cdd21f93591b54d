"""Behaviour: the program by which a policy decides a shape, and the axes that it rests on."""

from collections.abc import Hashable, Iterator

from msgspec import Struct

from crossgrade.billing.course import from_nothing
from crossgrade.billing.credit import ChosenCredit
from crossgrade.deciding.decide import not_sold, on_terms
from crossgrade.deciding.rulebook import Numbered, Route, numbered, route
from crossgrade.deciding.sameness import differences
from crossgrade.facts.change import as_pending
from crossgrade.facts.situation import Situation
from crossgrade.matching.plain import compare
from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, Value
from crossgrade.model.rules import Transition
from crossgrade.model.terms import Terms
from crossgrade.model.text import Text
from crossgrade.reviewing.cells import Axis
from crossgrade.reviewing.formula import Formula, all_of, any_of, atom, none_of
from crossgrade.reviewing.keys import Key, Keys, QuoteKeys, facts_in, text_key, withdrawal_key
from crossgrade.reviewing.program import Program, Rule, settled
from crossgrade.reviewing.space import Sided, Space

GOES_ON = "goes on"
"""What comes out where a pending change makes no difference."""


class Ruled(Struct, frozen=True):
    """One of two policies with its rules numbered, so that those that fit a change are found."""

    sided: Sided
    numbers: Numbered
    keys: Keys


def ruled(one: Sided, keys: Keys) -> Ruled:
    """Return a policy with its rules numbered; both policies write what comes out into one table of keys."""
    return Ruled(one, numbered(one.policy), keys)


class Behaviour:
    """What one policy does with a shape: its rules as formulas over axes, which are noted as they are met."""

    def __init__(self, policy: Ruled, space: Space, old: Situation, new: Situation, axes: dict[str, Axis]) -> None:
        self._ruled, self._space, self._axes = policy, space, axes
        self._pair = (old, new)
        self._situation = old if policy.sided.side == "old" else new
        self._known: dict[str, Value | None] = {}
        self._waits: tuple[Rule, ...] = ()
        self._kind = None if old.change.kind == new.change.kind else str(self._situation.change.kind)
        self._quotes = QuoteKeys(policy.keys, self._kind)
        self.permits: tuple[object, ...] = ()
        self.names: dict[Hashable, str] = {}

    def program(self) -> Program:
        """Return the program, as the decision goes (language, section 5)."""
        situation = self._situation
        if situation.change.kind == "withdrawal":
            content = withdrawal_key(situation, self._ruled.sided.facts, self._is_open)
            key = self._ruled.keys.key(content, self._kind)
            self.names[key] = "withdrawal"
            return Program((), (), ((True, key),))
        held, target = situation.held.plan, situation.target.plan
        ends = ((held.id, held.price.id), (target.id, target.price.id))
        way = route(situation.policy, self._ruled.numbers, *ends, situation.change.kind)
        permitting = [(self.formula(rule.when), rule) for _, rule in way.transitions]
        self.permits = tuple((formula, _takes_effect(rule.terms)) for formula, rule in permitting)
        no_change = [] if situation.change.kind == "reactivation" else self._no_change(way, permitting)
        return settled(
            tuple(no_change),
            tuple(self._restrictions(way, [formula for formula, _ in permitting])),
            tuple(self._transitions(permitting)),
        )

    def waiting(self) -> Program | None:
        """Return the program that only says whether the selection is pending already, None where more rests on that.

        The rest is as it is without a pending change, which is a shape of its own.
        """
        change = self._situation.change
        if self._situation.membership.pending_change is None or self._space.tests("membership.has_pending_change"):
            return None
        if change.nothing or change.kind in ("reactivation", "withdrawal"):
            return None
        return settled(self._waits, (), ((True, GOES_ON),))

    def _no_change(self, way: Route, permitting: list[tuple[Formula, Transition]]) -> Iterator[Rule]:
        situation = self._situation
        if situation.change.nothing:
            built_in = "included" if situation.wanted.included else "same-selection"
            yield True, self._text(None, built_in, built_in)
            return
        if situation.membership.pending_change is not None:
            rule = self._waits_already(permitting), self._text(None, "already-pending", "already-pending")
            self._waits = (rule,)
            yield rule
        for _, each in way.no_change:
            if not differences(each.same, situation):
                yield self.formula(each.when), self._text(each.message, "no-change", each.id)

    def _waits_already(self, permitting: list[tuple[Formula, Transition]]) -> Formula:
        """Return where a selection is what is pending, and nothing would make it take effect at once."""
        situation = self._situation
        goes_on: list[Formula] = []
        before: list[Formula] = []
        pending = situation.membership.pending_change
        for formula, rule in permitting:
            left = situation if rule.terms is None else on_terms(situation, rule.terms)
            if pending is None or not as_pending(pending, left.target):
                goes_on.append(all_of(formula, none_of(*before)))
            elif rule.terms is not None:
                goes_on.append(all_of(formula, self._at_once(rule.terms), none_of(*before)))
            before.append(formula)
        if pending is None or not as_pending(pending, situation.target):
            goes_on.append(none_of(*before))
        return none_of(*goes_on)

    def _at_once(self, terms: Terms) -> Formula:
        situation = self._situation
        if terms.effective == "immediately" or from_nothing(situation) or situation.membership.period is None:
            return True
        days = self._noted(self._space.days())
        late = sum(1 << number for number, cell in enumerate(days.cells) if cell.given)
        return atom(days.name, late, days.whole)

    def _restrictions(self, way: Route, permitting: list[Formula]) -> Iterator[Rule]:
        for _, rule in way.restrictions:
            formula = self.formula(rule.when)
            if formula is not False:
                yield formula, self._text(rule.message, "otherwise", rule.id)
        if not way.inside:
            yield none_of(*permitting), self._text(None, "outside-family", "outside-family")
        for built_in in not_sold(self._situation):
            yield True, self._text(None, built_in, built_in)

    def _transitions(self, permitting: list[tuple[Formula, Transition]]) -> Iterator[Rule]:
        for formula, rule in permitting:
            if formula is False:
                continue
            if rule.terms is None:
                yield formula, ("refuse", self._text(rule.refuse, "otherwise", rule.id))
                continue
            left = on_terms(self._situation, rule.terms)
            use = rule.terms.credit
            for credit, proration in zip(use.rules, use.prorations, strict=True):
                key = self._quotes.key(left, rule.terms, ChosenCredit(credit, proration))
                self.names[key] = rule.id
                yield all_of(formula, self.formula(credit.when)), key
            key = self._quotes.key(left, rule.terms, None)
            self.names[key] = rule.id
            yield formula, key
            if formula is True:
                return
        yield True, ("refuse", self._text(self._situation.policy.otherwise, "otherwise", "otherwise"))

    def _text(self, text: Text | None, key: str, rule: str) -> Key:
        for fact in facts_in(text or self._situation.policy.messages.get(key)):
            if fact in self._ruled.sided.facts and self._is_open(fact):
                self._noted(self._space.axis(fact, *self._pair))
        content = text_key(text, key, self._situation, self._ruled.sided.facts, self._is_open)
        found = self._ruled.keys.key(content, self._kind)
        self.names[found] = rule
        return found

    def _is_open(self, fact: str) -> bool:
        return self._space.is_open(fact, self._situation)

    def _value(self, fact: str) -> Value:
        found = self._known.get(fact)
        if found is None:
            found = self._known[fact] = self._ruled.sided.facts[fact].derive(self._situation)
        return found

    def formula(self, condition: Condition) -> Formula:
        """Return a condition as a formula, with what the shape settles settled."""
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        parts = [self.formula(part) for part in condition.parts]
        if isinstance(condition, AllOf):
            return all_of(*parts)
        return any_of(*parts) if isinstance(condition, AnyOf) else none_of(*parts)

    def _comparison(self, comparison: Comparison) -> Formula:
        if comparison.fact == "exceeds.any":
            return self._exceeds_any(comparison)
        if not self._space.is_open(comparison.fact, self._situation):
            return compare(comparison, self._value(comparison.fact))
        axis = self._noted(self._space.axis(comparison.fact, *self._pair))
        return atom(axis.name, axis.where(comparison, self._ruled.sided.side), axis.whole)

    def _exceeds_any(self, comparison: Comparison) -> Formula:
        numeric = [id for id, one in self._situation.policy.entitlements.items() if one.type == "integer"]
        above = any_of(*(self._comparison(Comparison(f"exceeds.{id}", "in", (True,))) for id in numeric))
        return any_of(
            above if compare(comparison, value=True) else False,
            none_of(above) if compare(comparison, value=False) else False,
        )

    def _noted(self, axis: Axis) -> Axis:
        self._axes[axis.name] = axis
        return axis


def _takes_effect(terms: Terms | None) -> Hashable:
    """Return what of terms decides whether a selection that is pending already goes on."""
    return None if terms is None else (terms.effective, terms.addons)
