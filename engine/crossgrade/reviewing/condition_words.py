"""A condition in words, and how two conditions differ, part by part."""

from collections.abc import Hashable, Iterable, Iterator

from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, Constant, NoneOf, Operator
from crossgrade.model.money import Amounts
from crossgrade.reviewing.words_said import Both, is_zero, value_said

_ORDERS: dict[Operator, str] = {
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "less_than": "less than",
}


def in_words(condition: Condition) -> str:
    """Return a condition in words; facts are in backticks.

    >>> in_words(AnyOf((Comparison("usage.seats", "at_least", (3,)), Comparison("target.plan", "in", ("a", "b")))))
    'any of (`usage.seats` at least 3; `target.plan` is one of a, b)'
    """
    if isinstance(condition, Comparison):
        return f"`{condition.fact}` {_bound(condition)}"
    parts = [in_words(part) for part in condition.parts]
    if isinstance(condition, AllOf):
        return " and ".join(parts) or "always"
    if isinstance(condition, AnyOf):
        return parts[0] if len(parts) == 1 else f"any of ({'; '.join(parts)})" if parts else "never"
    return f"not ({parts[0]})" if len(parts) == 1 else f"none of ({'; '.join(parts)})" if parts else "always"


def _bound(comparison: Comparison) -> str:
    values = ", ".join(value_said(constant) for constant in comparison.constants)
    if comparison.operator in _ORDERS:
        return f"{_ORDERS[comparison.operator]} {values}"
    several = len(comparison.constants) > 1
    if comparison.operator == "in":
        return f"is one of {values}" if several else f"is {values}"
    return f"is none of {values}" if several else f"is not {values}"


def condition_changes(name: str, old: Condition, new: Condition, pair: Both) -> Iterator[str]:
    """Say what a rule needs more, no longer, or otherwise; the order of parts has no meaning."""
    before = {_meaning(part, pair.old.codes): part for part in _needs(old)}
    after = {_meaning(part, pair.new.codes): part for part in _needs(new)}
    gone = [part for meaning, part in before.items() if meaning not in after]
    come = [part for meaning, part in after.items() if meaning not in before]
    for about in dict.fromkeys(map(_about, (*come, *gone))):
        yield from _change(name, about, _those(gone, about), _those(come, about))


def _change(name: str, about: str, gone: list[Condition], come: list[Condition]) -> Iterator[str]:
    if gone and come:
        yield f"{name}: {about}{_joined(gone)} → {_joined(come)}"
    elif come:
        yield f"{name} now also needs {about}{_joined(come)}"
    else:
        yield f"{name} no longer needs {about}{_joined(gone)}"


def _joined(parts: Iterable[Condition]) -> str:
    return " and ".join(_bound(part) if isinstance(part, Comparison) else in_words(part) for part in parts)


def _those(parts: Iterable[Condition], about: str) -> list[Condition]:
    return [part for part in parts if _about(part) == about]


def _about(part: Condition) -> str:
    """Return the fact that a comparison tests, as its sentence begins; groups are about no single one."""
    return f"`{part.fact}` " if isinstance(part, Comparison) else ""


def _needs(condition: Condition) -> tuple[Condition, ...]:
    """Return the parts that all have to hold: a list of its own in the list is the same as its parts in it."""
    if isinstance(condition, AllOf):
        return tuple(need for part in condition.parts for need in _needs(part))
    if isinstance(condition, AnyOf) and len(condition.parts) == 1:
        return _needs(condition.parts[0])
    if isinstance(condition, NoneOf):
        return tuple(_without(part) for part in condition.parts)
    return (condition,)


def _without(part: Condition) -> Condition:
    """Return what holds when the part does not."""
    if isinstance(part, Comparison) and part.operator in ("in", "not_in"):
        return Comparison(part.fact, "in" if part.operator == "not_in" else "not_in", part.constants)
    return NoneOf((part,))


def _meaning(condition: Condition, codes: frozenset[str]) -> Hashable:
    """Return the same value for conditions that differ in the order of their parts alone."""
    if isinstance(condition, Comparison):
        return condition.fact, condition.operator, frozenset(_constant(item, codes) for item in condition.constants)
    if isinstance(condition, AllOf):
        meanings = frozenset(_meaning(need, codes) for need in _needs(condition))
        return next(iter(meanings)) if len(meanings) == 1 else ("all", meanings)
    # Both are made of alternatives: one of them holds, or none of them does.
    meanings = frozenset(_meaning(AllOf((part,)), codes) for part in condition.parts)
    return "any" if isinstance(condition, AnyOf) else "none", meanings


def _constant(constant: Constant, codes: frozenset[str]) -> Hashable:
    return "0" if isinstance(constant, Amounts) and is_zero(constant, codes) else constant
