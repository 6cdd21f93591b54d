from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crossgrade.errors import InvalidFacts
from crossgrade.matching.coding import CodedLiteral, Coding
from crossgrade.matching.normal_form import Literal
from crossgrade.model.condition import Constant, Operator, Value
from crossgrade.model.money import Amounts, Currency, Money

USD, EUR, JPY = Currency("USD", 2), Currency("EUR", 2), Currency("JPY", 0)
FIVE, TEN = Amounts({"USD": 500, "EUR": 400}), Amounts({"USD": 1000, "EUR": 900})
SEVEN = Amounts({"USD": 700, "EUR": 300})
FIRST = date(2026, 1, 1)


def lit(operator: Operator, *constants: Constant) -> Literal:
    return Literal("x", operator, constants)


def of(*literals: Literal) -> Coding:
    return Coding([literals])


@pytest.mark.parametrize(
    ("literals", "value", "codes"),
    [
        ([lit("at_least", 3), lit("less_than", Decimal("7.5"))], 2, [0]),
        ([lit("at_least", 3), lit("less_than", Decimal("7.5"))], Decimal("3.0"), [1]),
        ([lit("at_least", 3), lit("less_than", Decimal("7.5"))], 4, [2]),
        ([lit("at_least", 3), lit("less_than", Decimal("7.5"))], Decimal("7.50"), [3]),
        ([lit("at_least", 3), lit("less_than", Decimal("7.5"))], 2**64, [4]),
        ([lit("in", "b"), lit("not_in", "a", "b")], "c", [0]),
        ([lit("in", "b"), lit("not_in", "a", "b")], "b", [1]),
        ([lit("in", "b"), lit("not_in", "a", "b")], "a", [2]),
        ([lit("in", True)], True, [1]),
        ([lit("in", True)], False, [0]),
        ([lit("at_least", FIRST)], date(2025, 12, 31), [0]),
        ([lit("at_least", FIRST)], FIRST, [1]),
        ([lit("at_least", FIRST)], date(2026, 1, 2), [2]),
        ([lit("at_least", FIVE), lit("at_most", TEN)], Money(499, USD), [0]),
        ([lit("at_least", FIVE), lit("at_most", TEN)], Money(500, USD), [1]),
        ([lit("at_least", FIVE), lit("at_most", TEN)], Money(899, EUR), [2]),
        ([lit("at_least", FIVE), lit("at_most", TEN)], Money(900, EUR), [3]),
        ([lit("in", FIVE, TEN)], Money(901, EUR), [4]),
        # The euro orders these two the other way round, so each is an attribute of its own.
        ([lit("at_least", FIVE), lit("at_most", SEVEN)], Money(499, USD), [0, 0]),
        ([lit("at_least", FIVE), lit("at_most", SEVEN)], Money(500, USD), [1, 0]),
        ([lit("at_least", FIVE), lit("at_most", SEVEN)], Money(300, EUR), [0, 1]),
        ([lit("in", FIVE, SEVEN)], Money(300, EUR), [1]),
        ([lit("in", FIVE, SEVEN)], Money(301, EUR), [0]),
    ],
)
def test_encode(literals: list[Literal], value: Value, codes: list[int]) -> None:
    coding = of(*literals)
    assert coding.encode({"x": value, "unused": "whatever"}) == codes
    assert all(code < size for code, size in zip(codes, coding.sizes, strict=True))


@pytest.mark.parametrize(
    ("literal", "coded"),
    [
        (lit("at_least", 3), CodedLiteral(0, "at_least", (1,))),
        (lit("in", 7, 9), CodedLiteral(0, "in", (3, 5))),
    ],
)
def test_coded(literal: Literal, coded: CodedLiteral) -> None:
    assert of(lit("at_least", 3), lit("in", 7, 9)).coded(literal) == coded


@pytest.mark.parametrize("operator", ["in", "not_in", "at_least", "at_most", "more_than", "less_than"])
def test_a_coded_literal_holds_where_the_literal_does(operator: Operator) -> None:
    compare = {"in": "==", "not_in": "!=", "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
    coded = CodedLiteral(0, operator, (3,))
    expected = [eval(f"{code} {compare[operator]} 3") for code in range(6)]
    assert [coded.holds(code) for code in range(6)] == expected


@pytest.mark.parametrize(
    ("literal", "value", "code"),
    [
        (lit("in", True), 1, "wrong_type"),
        (lit("in", 1), True, "wrong_type"),
        (lit("in", 1, 2), True, "wrong_type"),
        (lit("in", 1), "1", "wrong_type"),
        (lit("in", 1), Decimal("NaN"), "wrong_type"),
        (lit("in", 1), Decimal("sNaN"), "wrong_type"),
        (lit("in", 1), Decimal("Infinity"), "wrong_type"),
        (lit("in", "1"), 1, "wrong_type"),
        (lit("in", "1"), [], "wrong_type"),
        (lit("in", "1"), None, "wrong_type"),
        (lit("at_least", FIRST), datetime(2026, 1, 1, tzinfo=UTC), "wrong_type"),
        (lit("at_least", FIRST), "2026-01-01", "wrong_type"),
        (lit("at_least", FIVE), 500, "wrong_type"),
        (lit("in", FIVE, TEN), 500, "wrong_type"),
        (lit("at_least", FIVE), Money(1, JPY), "no_amount_in_currency"),
        (lit("in", FIVE, TEN), Money(1, JPY), "no_amount_in_currency"),
    ],
)
def test_a_value_that_cannot_be_coded(literal: Literal, value: Value, code: str) -> None:
    with pytest.raises(InvalidFacts) as raised:
        of(literal).encode({"x": value})
    assert (raised.value.code, raised.value.path) == (code, "x")


def test_a_missing_fact() -> None:
    with pytest.raises(InvalidFacts) as raised:
        of(lit("in", 1)).encode({"y": 1})
    assert (raised.value.code, raised.value.path) == ("missing_fact", "x")


def test_the_message_names_the_currencies() -> None:
    with pytest.raises(InvalidFacts, match="an amount in EUR, USD, but the value is in JPY"):
        of(lit("at_least", FIVE)).encode({"x": Money(1, JPY)})
