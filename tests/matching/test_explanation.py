"""An explanation names the comparisons that the tree itself names, for thousands of random conditions."""

from random import Random

import pytest
from tests.matching import samples

from crossgrade import Currency, InvalidFacts, Money
from crossgrade.matching.explanation import explanation
from crossgrade.matching.plain import Seen, failures, holds
from crossgrade.model.condition import ALWAYS, NEVER, AllOf, AnyOf, Comparison, Condition, NoneOf, Value
from crossgrade.model.money import Amounts

A, B, C = (Comparison(name, "in", (True,)) for name in "abc")
TREES = (
    ALWAYS,
    NEVER,
    A,
    AllOf((A, B, C)),
    AllOf((A, A, B)),
    AnyOf((A, A)),
    AnyOf((AllOf((A, B)), C)),
    NoneOf((AllOf((A, B)), C)),
    NoneOf((NoneOf((A, B)),)),
    NoneOf((ALWAYS,)),
    AnyOf((ALWAYS, A)),
    AllOf((A, NoneOf((B, AnyOf((A, C)))))),
)


def explained(condition: Condition, values: dict[str, Value]) -> tuple[tuple[Seen, ...], tuple[Seen, ...]]:
    """Return what keeps the condition from holding and what makes it hold, as `failures` says it."""
    found = explanation(condition)
    return tuple(
        tuple(
            Seen(each, values[each.fact], number < 0)
            for number in numbers or ()
            for each in [found.comparisons[number if number >= 0 else ~number]]
        )
        for numbers in (found.unmet(values), found.met(values))
    )  # type: ignore[return-value]


def expected(condition: Condition, values: dict[str, Value]) -> tuple[tuple[Seen, ...], tuple[Seen, ...]]:
    opposite = failures(NoneOf((condition,)), values)
    return failures(condition, values), tuple(Seen(each.comparison, each.value, not each.negated) for each in opposite)


@pytest.mark.parametrize("condition", TREES, ids=str)
def test_small_trees(condition: Condition) -> None:
    for bits in range(8):
        values: dict[str, Value] = {name: bool(bits >> place & 1) for place, name in enumerate("abc")}
        assert explained(condition, values) == expected(condition, values)


def test_random_trees() -> None:
    random, held = Random(2026), 0
    for _ in range(2_000):
        condition, values = samples.condition(random), samples.values(random)
        assert explained(condition, values) == expected(condition, values)
        held += holds(condition, values)
    assert 200 < held < 1_800


def test_an_amount_without_the_currency() -> None:
    found = explanation(Comparison("x", "at_least", (Amounts({"USD": 500}),)))
    found.check_amounts({"x": Money(1, Currency("USD", 2))})
    with pytest.raises(InvalidFacts) as raised:
        found.check_amounts({"x": Money(1, Currency("JPY", 0))})
    assert (raised.value.code, raised.value.path) == ("no_amount_in_currency", "x")
