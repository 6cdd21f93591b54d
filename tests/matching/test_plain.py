from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crossgrade.errors import InvalidFacts
from crossgrade.matching.plain import PlainMatcher, Seen, failures, holds
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
from crossgrade.model.money import Amounts, Currency, Money

USD, EUR = Currency("USD", 2), Currency("EUR", 2)
FIVE = Amounts({"USD": 500, "EUR": 400})


@pytest.mark.parametrize(
    ("operator", "constants", "value", "expected"),
    [
        ("in", (), 1, False),
        ("not_in", (), 1, True),
        ("in", (1, 2), 2, True),
        ("in", (1, 2), Decimal("2.0"), True),
        ("not_in", (1, 2), 2, False),
        ("in", ("a",), "A", False),
        ("in", (True,), True, True),
        ("at_least", (3,), 3, True),
        ("at_least", (3,), Decimal("2.99"), False),
        ("at_most", (3,), 3, True),
        ("more_than", (3,), 3, False),
        ("less_than", (3,), 3, False),
        ("less_than", (date(2026, 1, 2),), date(2026, 1, 1), True),
        ("at_least", (FIVE,), Money(450, EUR), True),
        ("at_least", (FIVE,), Money(450, USD), False),
        ("in", (FIVE, Amounts({"USD": 1, "EUR": 1})), Money(1, EUR), True),
        ("not_in", (FIVE,), Money(500, USD), False),
    ],
)
def test_comparison(operator: Operator, constants: tuple[Constant, ...], value: Value, *, expected: bool) -> None:
    comparison = Comparison("x", operator, constants)
    assert holds(comparison, {"x": value}) is expected
    assert PlainMatcher([(3, comparison)]).hits({"x": value}) == expected << 3


A, B, C = (Comparison(name, "in", (True,)) for name in "abc")


@pytest.mark.parametrize(
    ("condition", "holding", "seen"),
    [
        (ALWAYS, "", []),
        (NEVER, "", []),
        (A, "a", []),
        (A, "", [(A, False)]),
        (AllOf((A, B, C)), "b", [(A, False), (C, False)]),
        (AnyOf((A, B)), "", [(A, False), (B, False)]),
        (AnyOf((A, B)), "b", []),
        (AnyOf((A, A)), "", [(A, False)]),
        (NoneOf((A, B)), "b", [(B, True)]),
        (NoneOf((AllOf((A, B)), C)), "ab", [(A, True), (B, True)]),
        (NoneOf((AnyOf((A, B)),)), "a", [(A, True)]),
        (NoneOf((NoneOf((A, B)),)), "", [(A, False), (B, False)]),
        (AllOf((A, NoneOf((B,)))), "b", [(A, False), (B, True)]),
    ],
)
def test_failures(condition: Condition, holding: str, seen: list[tuple[Comparison, bool]]) -> None:
    values: dict[str, Value] = {name: name in holding for name in "abc"}
    assert failures(condition, values) == tuple(Seen(each, values[each.fact], negated) for each, negated in seen)


@pytest.mark.parametrize(
    ("constant", "value", "code"),
    [
        (True, 1, "wrong_type"),
        (1, True, "wrong_type"),
        (1, Decimal("NaN"), "wrong_type"),
        ("1", 1, "wrong_type"),
        (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), "wrong_type"),
        (FIVE, 500, "wrong_type"),
        (FIVE, FIVE, "wrong_type"),
        (FIVE, Money(1, Currency("JPY", 0)), "no_amount_in_currency"),
    ],
)
def test_wrong_values(constant: Constant, value: Value, code: str) -> None:
    comparison = Comparison("x", "in", (constant,))
    with pytest.raises(InvalidFacts) as plain:
        holds(comparison, {"x": value})
    # The matcher checks every fact, those too that would not be asked because the answer is clear.
    with pytest.raises(InvalidFacts) as matcher:
        PlainMatcher([(0, AnyOf((ALWAYS, comparison)))]).hits({"x": value})
    assert plain.value.code == matcher.value.code == code


@pytest.mark.parametrize("ask", [lambda values: holds(A, values), PlainMatcher([(0, A)]).hits], ids=["tree", "matcher"])
def test_a_missing_fact(ask: Callable[[dict[str, Value]], object]) -> None:
    with pytest.raises(InvalidFacts) as raised:
        ask({})
    assert (raised.value.code, raised.value.path) == ("missing_fact", "a")


def test_a_fact_of_two_types() -> None:
    with pytest.raises(TypeError, match="x is compared with constants of type number and boolean"):
        PlainMatcher([(0, Comparison("x", "in", (1,))), (1, Comparison("x", "in", (True,)))])
