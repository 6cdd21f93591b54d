"""The normal form of a condition: a few conjunctions of literals, one of which holds exactly when it does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from msgspec import Struct

from crossgrade.matching.plain import compare
from crossgrade.model.condition import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    NoneOf,
    Operator,
    Value,
)
from crossgrade.model.money import Amounts

LIMIT = 64
"""How many conjunctions a condition may come to."""

WIDEST = 200
"""How many literals a conjunction may have; a rules engine takes 252 attributes."""


class Literal(Struct, frozen=True):
    """One fact against constants, in canonical form: the constants sorted, each once, and at least one."""

    fact: str
    operator: Operator
    constants: tuple[Constant, ...]


Conjunction = tuple[Literal, ...]
"""Literals that hold together, sorted; `()` always holds."""


class TooManyCases(ValueError):  # noqa: N818 - the name says what is wrong
    """The condition branches so often that it comes to more than `limit` cases."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the condition comes to more than {limit} cases")
        self.limit = limit


_NEGATED: dict[Operator, Operator] = {
    "in": "not_in",
    "not_in": "in",
    "at_least": "less_than",
    "at_most": "more_than",
    "more_than": "at_most",
    "less_than": "at_least",
}
_ALLOWS: dict[Operator, Callable[[Any, tuple[Any, ...]], bool]] = {
    "in": lambda value, constants: value in constants,
    "not_in": lambda value, constants: value not in constants,
    "at_least": lambda value, constants: value >= constants[0],
    "at_most": lambda value, constants: value <= constants[0],
    "more_than": lambda value, constants: value > constants[0],
    "less_than": lambda value, constants: value < constants[0],
}
_LOWER = ("at_least", "more_than")
_UPPER = ("at_most", "less_than")


def normal_form(condition: Condition, *, limit: int = LIMIT) -> tuple[Conjunction, ...]:
    """Return conjunctions of which one holds exactly when the condition does.

    `()` is never and `((),)` always. Facts have values, so the opposite of `at_least` is `less_than`.
    Contradictory conjunctions, and those that another one covers, are left out where that is cheap to see.
    More than `limit` conjunctions are TooManyCases; on the way there may be twice as many.

    >>> [[each.operator for each in case] for case in normal_form(NoneOf((Comparison("seats", "at_least", (3,)),)))]
    [['less_than']]
    """
    cases = _cases(condition, limit, holding=True)
    if len(cases) > limit:
        raise TooManyCases(limit)
    return cases


def assume(condition: Condition, known: Mapping[str, Value]) -> Condition:
    """Return what is left of the condition once some facts are known: ALWAYS or NEVER where nothing is."""
    if isinstance(condition, Comparison):
        return _assumed_comparison(condition, known)
    parts = [assume(part, known) for part in condition.parts]
    if isinstance(condition, AllOf):
        return NEVER if NEVER in parts else _lone(AllOf(tuple(part for part in parts if part != ALWAYS)))
    left = tuple(part for part in parts if part != NEVER)
    if isinstance(condition, AnyOf):
        return ALWAYS if ALWAYS in parts else _lone(AnyOf(left))
    if ALWAYS in parts:
        return NEVER
    return NoneOf(left) if left else ALWAYS


def _assumed_comparison(comparison: Comparison, known: Mapping[str, Value]) -> Condition:
    if comparison.fact in known:
        return ALWAYS if compare(comparison, known[comparison.fact]) else NEVER
    if not comparison.constants:
        return NEVER if comparison.operator == "in" else ALWAYS
    return comparison


def _lone(condition: AllOf | AnyOf) -> Condition:
    """Return the only part where there is one, else the condition."""
    return condition.parts[0] if len(condition.parts) == 1 else condition


def _cases(condition: Condition, limit: int, *, holding: bool) -> tuple[Conjunction, ...]:
    """Return the conjunctions for the condition, or for its opposite when it is not `holding`."""
    if isinstance(condition, Comparison):
        return _cases_of_comparison(condition, holding=holding)
    inside = holding is not isinstance(condition, NoneOf)
    parts = [_cases(part, limit, holding=inside) for part in condition.parts]
    if holding is isinstance(condition, AnyOf):
        return _irredundant((case for part in parts for case in part), limit)
    return _all_of(parts, limit)


def _cases_of_comparison(comparison: Comparison, *, holding: bool) -> tuple[Conjunction, ...]:
    chosen = comparison.operator if holding else _NEGATED[comparison.operator]
    constants = _sorted(comparison.constants)
    if constants and isinstance(constants[0], bool) and chosen == "not_in":
        chosen, constants = "in", _sorted({True, False}.difference(constants))
    elif constants == (False, True) and isinstance(constants[0], bool):
        chosen, constants = "not_in", ()
    if not constants:
        return () if chosen == "in" else ((),)
    return ((Literal(comparison.fact, chosen, constants),),)


def _sorted(constants: Iterable[Constant]) -> tuple[Constant, ...]:
    return tuple(sorted(dict.fromkeys(constants), key=_rank))


def _rank(constant: Constant) -> Any:
    """Return what a constant is sorted by; the constants of a fact are of one kind."""
    return sorted(constant.by_currency.items()) if isinstance(constant, Amounts) else constant


def _all_of(factors: Sequence[tuple[Conjunction, ...]], limit: int) -> tuple[Conjunction, ...]:
    """Return the product of the factors, the shortest first so that it stays small for long."""
    cases: tuple[Conjunction, ...] = ((),)
    for factor in sorted(factors, key=len):
        cases = _irredundant(_products(cases, factor, limit), limit)
    return cases


def _products(left: tuple[Conjunction, ...], right: tuple[Conjunction, ...], limit: int) -> Iterator[Conjunction]:
    for one, other in product(left, right):
        joined = _joined(one, other)
        if joined is None:
            continue
        if len(joined) > WIDEST:
            raise TooManyCases(limit)
        yield joined


def _irredundant(cases: Iterable[Conjunction], limit: int) -> tuple[Conjunction, ...]:
    """Return the cases without those that another one covers; at most twice the limit at any time."""
    kept: list[Conjunction] = []
    for new in cases:
        if any(_covers(old, new) for old in kept):
            continue
        kept = [old for old in kept if not _covers(new, old)]
        kept.append(new)
        if len(kept) > 2 * limit:
            raise TooManyCases(limit)
    return tuple(kept)


def _joined(left: Conjunction, right: Conjunction) -> Conjunction | None:
    """Return the two conjunctions as one, None when they contradict each other."""
    by_fact: dict[str, list[Literal]] = {}
    for literal in (*left, *right):
        by_fact.setdefault(literal.fact, []).append(literal)
    joined: list[Literal] = []
    for _, literals in sorted(by_fact.items()):
        narrowed = _narrowed(list(dict.fromkeys(literals)))
        if narrowed is None:
            return None
        joined += narrowed
    return tuple(joined)


def _narrowed(literals: list[Literal]) -> list[Literal] | None:
    """Return the fewest literals that say the same of one fact, None when they contradict each other."""
    if len(literals) == 1:
        return literals
    if _of_amounts(literals[0]):
        return _distinct_amounts(literals)
    bounds = _bounds(literals)
    points = _points(literals, bounds)
    if points is not None:
        left = tuple(point for point in points if all(_allows(literal, point) for literal in literals))
        return [Literal(literals[0].fact, "in", left)] if left else None
    if len(bounds) == 2 and not _ALLOWS["at_least"](bounds[1].constants[0], bounds[0].constants):
        return None
    return [*bounds, *_exclusions(literals, bounds)]


def _of_amounts(literal: Literal) -> bool:
    """Return whether the constants are amounts, whose order depends on the currency of the value."""
    return isinstance(literal.constants[0], Amounts)


def _distinct_amounts(literals: list[Literal]) -> list[Literal] | None:
    for literal in literals:
        if Literal(literal.fact, _NEGATED[literal.operator], literal.constants) in literals:
            return None
    return sorted(literals, key=lambda literal: (literal.operator, [_rank(each) for each in literal.constants]))


def _bounds(literals: list[Literal]) -> list[Literal]:
    """Return the narrowest lower bound and the narrowest upper one, where there are any."""
    lower = [literal for literal in literals if literal.operator in _LOWER]
    upper = [literal for literal in literals if literal.operator in _UPPER]
    highest = sorted(lower, key=lambda each: (each.constants[0], each.operator == "more_than"))[-1:]
    lowest = sorted(upper, key=lambda each: (each.constants[0], each.operator == "at_most"))[:1]
    return highest + lowest


def _points(literals: list[Literal], bounds: list[Literal]) -> tuple[Constant, ...] | None:
    """Return the only values the fact can have, None when there is no such list."""
    for literal in literals:
        if literal.operator == "in":
            return literal.constants
    same = len(bounds) == 2 and bounds[0].constants == bounds[1].constants
    return bounds[0].constants if same else None


def _exclusions(literals: list[Literal], bounds: list[Literal]) -> list[Literal]:
    """Return one `not_in` with the constants that the bounds do not exclude already."""
    constants = [each for literal in literals if literal.operator == "not_in" for each in literal.constants]
    left = _sorted(each for each in constants if all(_allows(bound, each) for bound in bounds))
    return [Literal(literals[0].fact, "not_in", left)] if left else []


def _allows(literal: Literal, value: Constant) -> bool:
    return _ALLOWS[literal.operator](value, literal.constants)


def _covers(wide: Conjunction, narrow: Conjunction) -> bool:
    """Return whether the wide one holds wherever the narrow one does; False where that is not easy to see."""
    return all(any(_implies(literal, implied) for literal in narrow) for implied in wide)


def _implies(literal: Literal, implied: Literal) -> bool:
    if literal.fact != implied.fact or literal == implied:
        return literal == implied
    if _of_amounts(literal):
        return False
    if literal.operator == "in":
        return all(_allows(implied, each) for each in literal.constants)
    if implied.operator == "not_in":
        return not any(_allows(literal, each) for each in implied.constants)
    for side in (_LOWER, _UPPER):
        if literal.operator in side and implied.operator in side:
            # More than 3 does not allow 3, yet it implies at least 3 and more than 3.
            same = literal.constants == implied.constants
            return literal.operator == side[1] if same else _allows(implied, literal.constants[0])
    return False
