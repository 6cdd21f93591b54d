"""Conditions in plain Python: the reference for the rules engine, and the explanation of what did not hold."""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from msgspec import Struct

from crossgrade.errors import InvalidFacts
from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, Constant, NoneOf, Value
from crossgrade.model.money import Amounts, Money

Kind = Literal["boolean", "number", "text", "date", "amount"]
Test = Callable[[Mapping[str, Value]], bool]
_Order = Callable[[Any, Any], bool]

_KIND_OF_VALUE: dict[type, Kind] = {
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "text",
    date: "date",
    Money: "amount",
}
_ORDERS: dict[str, _Order] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}


class Seen(Struct, frozen=True):
    """A comparison that decided against a condition, with the value it met.

    `negated` says that the comparison held although it must not; otherwise it did not hold although it must.
    """

    comparison: Comparison
    value: Value
    negated: bool


def kind_of(constant: Constant) -> Kind:
    """Return what kind of fact is compared with the constant; a bool is no number here."""
    return "amount" if isinstance(constant, Amounts) else _KIND_OF_VALUE[type(constant)]


def wrong_type(fact: str, kind: Kind, value: object) -> InvalidFacts:
    """Return the error for a value that is not of the kind of the constants it is compared with."""
    return InvalidFacts("wrong_type", f"expected a value of type {kind}, got `{value!r}`", path=fact)


def missing(fact: str) -> InvalidFacts:
    """Return the error for a fact that a condition tests and nobody gave."""
    return InvalidFacts("missing_fact", "a rule tests this fact, and it is not given", path=fact)


def no_amount(fact: str, value: Money, amounts: Amounts) -> InvalidFacts:
    """Return the error for an amount that is compared in a currency the policy gives no amount for."""
    given = ", ".join(sorted(amounts.by_currency)) or "no currency"
    code = value.currency.code
    message = f"compared with an amount in {given}, but the value is in {code}: the policy needs an amount in {code}"
    return InvalidFacts("no_amount_in_currency", message, path=fact)


def check_type(fact: str, kind: Kind, value: Value) -> None:
    """Raise InvalidFacts unless the value is of the kind; a subclass is not, so that no datetime passes for a date."""
    given = type(value)
    if _KIND_OF_VALUE.get(given) != kind or (given is Decimal and not cast("Decimal", value).is_finite()):
        raise wrong_type(fact, kind, value)


def amount_in(fact: str, amounts: Amounts, value: Money) -> int:
    """Return the amount in the value's currency, in minor units; InvalidFacts where there is none."""
    amount = amounts.by_currency.get(value.currency.code)
    if amount is None:
        raise no_amount(fact, value, amounts)
    return amount


def compare(comparison: Comparison, value: Value) -> bool:
    """Return whether the comparison holds for the value of its fact."""
    seen, constants = _comparable(comparison, value)
    if comparison.operator == "in":
        return seen in constants
    if comparison.operator == "not_in":
        return seen not in constants
    return _ORDERS[comparison.operator](seen, constants[0])


def _comparable(comparison: Comparison, value: Value) -> tuple[Any, list[Any]]:
    """Return the value and the constants as Python compares them; amounts as minor units of one currency."""
    for constant in comparison.constants:
        check_type(comparison.fact, kind_of(constant), value)
    if not isinstance(value, Money):
        return value, list(comparison.constants)
    amounts = [constant for constant in comparison.constants if isinstance(constant, Amounts)]
    return value.minor, [amount_in(comparison.fact, each, value) for each in amounts]


def holds(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Return whether the condition holds, read off the tree as it is written."""
    if isinstance(condition, Comparison):
        return compare(condition, _value(condition.fact, values))
    held = [holds(part, values) for part in condition.parts]
    if isinstance(condition, AllOf):
        return all(held)
    return any(held) is isinstance(condition, AnyOf)


def failures(condition: Condition, values: Mapping[str, Value]) -> tuple[Seen, ...]:
    """Return the comparisons that made the condition not hold, in its order, each once; none when it holds."""
    if holds(condition, values):
        return ()
    return tuple(dict.fromkeys(_blamed(condition, values, wanted=True)))


def _blamed(condition: Condition, values: Mapping[str, Value], *, wanted: bool) -> list[Seen]:
    """Return the comparisons because of which the condition came out other than wanted."""
    if isinstance(condition, Comparison):
        return [Seen(condition, values[condition.fact], not wanted)]
    inside = wanted is not isinstance(condition, NoneOf)
    guilty = [part for part in condition.parts if holds(part, values) is not inside]
    return [seen for part in guilty for seen in _blamed(part, values, wanted=inside)]


def _value(fact: str, values: Mapping[str, Value]) -> Value:
    try:
        return values[fact]
    except KeyError:
        raise missing(fact) from None


class PlainMatcher:
    """Says which of some rules hold, from closures over their conditions.

    Every fact a rule tests is checked before any rule is asked, so that an error never hides behind a rule's order.
    """

    def __init__(self, rules: Sequence[tuple[int, Condition]]) -> None:
        comparisons = [each for _, condition in rules for each in comparisons_of(condition)]
        self._kinds = kinds(comparisons)
        self._amounts = compared_amounts(comparisons)
        self._tests = [(1 << index, _compiled(condition)) for index, condition in rules]

    def hits(self, values: Mapping[str, Value]) -> int:
        """Return the rules that hold: bit `i` is set when the rule of index `i` does."""
        self._check(values)
        found = 0
        for bit, test in self._tests:
            if test(values):
                found |= bit
        return found

    def close(self) -> None:
        """Do nothing: plain Python holds nothing that must be given back."""

    def _check(self, values: Mapping[str, Value]) -> None:
        try:
            for fact, kind in self._kinds:
                value = values[fact]
                if _KIND_OF_VALUE.get(type(value)) is not kind or kind == "number":
                    check_type(fact, kind, value)
        except KeyError:
            raise missing(fact) from None
        for fact, amounts in self._amounts:
            value = values[fact]
            if isinstance(value, Money) and value.currency.code not in amounts.by_currency:
                raise no_amount(fact, value, amounts)


def kinds(comparisons: Sequence[Comparison]) -> list[tuple[str, Kind]]:
    """Return each fact with the kind of its constants; a fact of two kinds is a TypeError."""
    found: dict[str, Kind] = {}
    for each in comparisons:
        for constant in each.constants:
            kind = kind_of(constant)
            if found.setdefault(each.fact, kind) != kind:
                raise TypeError(f"{each.fact} is compared with constants of type {found[each.fact]} and {kind}")
    return list(found.items())


def comparisons_of(condition: Condition) -> list[Comparison]:
    """Return the comparisons of a condition, in order."""
    if isinstance(condition, Comparison):
        return [condition]
    return [each for part in condition.parts for each in comparisons_of(part)]


def compared_amounts(comparisons: Sequence[Comparison]) -> list[tuple[str, Amounts]]:
    """Return each fact with the amounts it is compared with, which need the currency of its value."""
    found = [(each.fact, constant) for each in comparisons for constant in each.constants]
    return list(dict.fromkeys((fact, amounts) for fact, amounts in found if isinstance(amounts, Amounts)))


def _compiled(condition: Condition) -> Test:
    """Return the condition as a function; it trusts that the facts were checked."""
    if isinstance(condition, Comparison):
        return compiled_comparison(condition)
    tests = [_compiled(part) for part in condition.parts]
    if isinstance(condition, AllOf):
        return _all_of(tests)
    return _any_of(tests, found=isinstance(condition, AnyOf))


def _all_of(tests: list[Test]) -> Test:
    def test(values: Mapping[str, Value]) -> bool:
        for each in tests:  # noqa: SIM110 - a loop costs half of `all()` over a generator
            if not each(values):
                return False
        return True

    return tests[0] if len(tests) == 1 else test


def _any_of(tests: list[Test], *, found: bool) -> Test:
    """Return a test that says `found` once a part holds, and the opposite when none does."""

    def test(values: Mapping[str, Value]) -> bool:
        for each in tests:
            if each(values):
                return found
        return not found

    return test


def compiled_comparison(comparison: Comparison) -> Test:
    """Return the comparison as a function; it trusts that its fact was checked."""
    fact, constants, inside = comparison.fact, comparison.constants, comparison.operator == "in"
    amounts = [each.by_currency for each in constants if isinstance(each, Amounts)]
    if comparison.operator in _ORDERS:
        order = _ORDERS[comparison.operator]
        return _amount_order(fact, order, amounts[0]) if amounts else _order(fact, order, constants[0])
    if amounts:
        return _amount_choice(fact, amounts, inside=inside)
    return _choice(fact, frozenset(constants), inside=inside)


def _order(fact: str, order: _Order, constant: Constant) -> Test:
    return lambda values: order(values[fact], constant)


def _choice(fact: str, constants: frozenset[Constant], *, inside: bool) -> Test:
    if not constants:
        return lambda _: not inside
    if inside:
        return lambda values: values[fact] in constants
    return lambda values: values[fact] not in constants


def _amount_order(fact: str, order: _Order, amounts: Mapping[str, int]) -> Test:
    def test(values: Mapping[str, Any]) -> bool:
        value = values[fact]
        return order(value.minor, amounts[value.currency.code])

    return test


def _amount_choice(fact: str, amounts: list[Mapping[str, int]], *, inside: bool) -> Test:
    def test(values: Mapping[str, Any]) -> bool:
        value = values[fact]
        code = value.currency.code
        return (value.minor in [each[code] for each in amounts]) is inside

    return test
