"""A way is a member whom a transition quotes a change to another price: the least unusual one that there is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from msgspec import Struct

from crossgrade.deciding.rulebook import route
from crossgrade.deciding.sameness import differences
from crossgrade.facts.situation import Situation
from crossgrade.matching.plain import compare
from crossgrade.model.condition import Comparison, Condition
from crossgrade.model.decision import Quote
from crossgrade.model.rules import Transition
from crossgrade.model.terms import CreditRule, Terms
from crossgrade.reviewing.cells import Axis
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.formula import Formula, all_of, any_of, atom, none_of
from crossgrade.reviewing.laws.freedom import formula_of
from crossgrade.reviewing.laws.satisfying import satisfying
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.regions import Budget, BudgetSpentError
from crossgrade.reviewing.shapes import Shape
from crossgrade.reviewing.witness import Answer, Chosen, asked, at_another, chosen

BOXES = 1_000
"""How many boxes may be looked at to find one member."""


class Way(Struct, frozen=True):
    """A transition with terms, the credit rule it applies (None where it applies none), and a member it quotes."""

    rule: Transition
    terms: Terms
    credit: CreditRule | None
    shape: Shape
    member: Chosen

    @property
    def held(self) -> Ends:
        """The price that is held."""
        return self.shape.plan, self.shape.price

    @property
    def target(self) -> Ends:
        """The price that is selected."""
        return self.shape.selection.plan or "", self.shape.selection.price or ""


class Open:
    """The facts of a shape: what it settles is settled, and the rest is open."""

    def __init__(self, subject: Subject, shape: Shape, there: Situation) -> None:
        self._subject, self._there = subject, there
        self.space = subject.space(shape.currency)
        self.axes: dict[str, Axis] = {"standing": self.space.standing(ended=shape.ended)}

    def formula(self, condition: Condition) -> Formula:
        """Return where a condition holds."""
        return formula_of(condition, self._comparison)

    def _comparison(self, comparison: Comparison) -> Formula:
        if comparison.fact == "exceeds.any":
            return self._exceeds_any(comparison)
        if not self.space.is_open(comparison.fact, self._there):
            return compare(comparison, self._subject.one.facts[comparison.fact].derive(self._there))
        axis = self.space.axis(comparison.fact, self._there, self._there)
        self.axes[axis.name] = axis
        return atom(axis.name, axis.where(comparison, "old"), axis.whole)

    def _exceeds_any(self, comparison: Comparison) -> Formula:
        numeric = [id for id, one in self._subject.policy.entitlements.items() if one.type == "integer"]
        above = any_of(*(self._comparison(Comparison(f"exceeds.{id}", "in", (True,))) for id in numeric))
        yes, no = compare(comparison, value=True), compare(comparison, value=False)
        return any_of(all_of(above, yes), all_of(none_of(above), no))


class Decided(Struct, frozen=True):
    """Where each transition decides a shape, where none does, and the facts that are open."""

    transitions: tuple[tuple[Transition, Formula], ...]
    otherwise: Formula
    open: Open


def decided(subject: Subject, shape: Shape) -> Decided | None:
    """Return how a shape is decided, None where it is nobody's."""
    there = subject.situation(shape)
    if there is None or there.change.kind is None:
        return None
    facts = Open(subject, shape, there)
    held, target = there.held.plan, there.target.plan
    ends = ((held.id, held.price.id), (target.id, target.price.id))
    way = route(subject.policy, subject.numbers, *ends, there.change.kind)
    before = [facts.formula(rule.when) for _, rule in way.no_change if not differences(rule.same, there)]
    before += [facts.formula(rule.when) for _, rule in way.restrictions]
    found = []
    for _, rule in way.transitions:
        holds = facts.formula(rule.when)
        found.append((rule, all_of(holds, none_of(*before))))
        before.append(holds)
    return Decided(tuple(found), none_of(*before) if way.inside else False, facts)


class Ways:
    """The ways of a policy by their two prices, each looked for once; `left` is how many may still be asked for."""

    def __init__(self, subject: Subject, most: int) -> None:
        self.subject, self.left = subject, most
        self._found: dict[tuple[Ends, Ends], tuple[Way, ...]] = {}

    def between(self, held: Ends, target: Ends) -> tuple[Way, ...]:
        """Return the ways from one price to another, in the first currency that both are sold in."""
        found = self._found.get((held, target))
        if found is None:
            self.left -= 1
            if self.left < 0:
                raise BudgetSpentError
            found = self._found[held, target] = tuple(self._between(held, target))
        return found

    def all(self) -> Iterator[Way]:
        """Return every way to another price."""
        for held, target in self.subject.pairs():
            if held != target:
                yield from self.between(held, target)

    def _between(self, held: Ends, target: Ends) -> Iterator[Way]:
        for currency in self.subject.currencies:
            shape = self.subject.base(held, target, currency)
            found = None if shape is None else decided(self.subject, shape)
            if shape is not None and found is not None:
                yield from self._quoted(shape, found)
                return

    def _quoted(self, shape: Shape, found: Decided) -> Iterator[Way]:
        for rule, holds in found.transitions:
            if rule.terms is None:
                continue
            before: list[Formula] = []
            for credit in (*rule.terms.credit.rules, None):
                applies = True if credit is None else found.open.formula(credit.when)
                member = member_in(shape, found.open, all_of(holds, applies, none_of(*before)))
                if member is not None and self._quotes(shape, member, rule):
                    yield Way(rule, rule.terms, credit, shape, member)
                before.append(applies)

    def _quotes(self, shape: Shape, member: Chosen, rule: Transition) -> bool:
        answer = ask(self.subject, shape, member)
        return isinstance(answer, Quote) and answer.rule == rule.id


def member_in(shape: Shape, facts: Open, formula: Formula) -> Chosen | None:
    """Return the most typical member of a shape for whom a formula holds, None where none was found."""
    try:
        box = satisfying(formula, facts.axes, Budget(BOXES))
    except BudgetSpentError:
        return None
    return None if box is None else chosen(shape, box, facts.axes, facts.space)


def ask(subject: Subject, shape: Shape, member: Chosen) -> Answer:
    """Return what the engine decides about a member."""
    return asked(subject.engine, subject.question(shape, member))


def quoted(
    subject: Subject, way: Way, used: int, shape: Shape | None = None, **more: Any
) -> tuple[Chosen, Quote] | None:
    """Return the member of a way after so many days of the period, with the quote; None where the way is not theirs.

    The period stays where it is and the day moves, or where that day will not do, the other way round.
    """
    moment = way.member.moment
    length = way.shape.interval_days
    later = used - moment.used
    age = None if moment.age_days is None else max(moment.age_days + later, 0)
    days = {"used": used, "left": length - used, "late": length > 0 and used == length, "age_days": age}
    for day in (moment.day + timedelta(days=later), moment.day):
        member = at_another(way.member, day=day, **days, **more)
        answer = ask(subject, shape or way.shape, member)
        if isinstance(answer, Quote) and answer.rule == way.rule.id:
            return member, answer
    return None
