from decimal import Decimal
from random import Random

import pytest
from tests.matching import samples

from crossgrade.errors import InvalidFacts
from crossgrade.matching.normal_form import Conjunction, Literal, TooManyCases, assume, normal_form
from crossgrade.matching.plain import holds
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
from crossgrade.model.money import Amounts, Money


def x(operator: Operator, *constants: Constant) -> Comparison:
    return Comparison("x", operator, constants)


def lit(operator: Operator, *constants: Constant, fact: str = "x") -> Literal:
    return Literal(fact, operator, constants)


ONE, TWO = Amounts({"USD": 100, "EUR": 90}), Amounts({"USD": 100, "EUR": 95})
Y = Comparison("y", "in", ("a",))
YES, NO = ((),), ()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (ALWAYS, YES),
        (NEVER, NO),
        (NoneOf(()), YES),
        (NoneOf((ALWAYS,)), NO),
        (NoneOf((NEVER,)), YES),
        (x("in"), NO),
        (x("not_in"), YES),
        (NoneOf((x("not_in"),)), NO),
        (x("in", 2, 1, Decimal(1)), ((lit("in", 1, 2),),)),
        (x("not_in", True), ((lit("in", False),),)),
        (x("in", True, False), YES),
        (x("not_in", True, False), NO),
        (NoneOf((x("at_least", 3),)), ((lit("less_than", 3),),)),
        (NoneOf((x("at_most", 3),)), ((lit("more_than", 3),),)),
        (NoneOf((x("more_than", 3),)), ((lit("at_most", 3),),)),
        (NoneOf((x("less_than", 3),)), ((lit("at_least", 3),),)),
        (NoneOf((x("in", "a"),)), ((lit("not_in", "a"),),)),
        (NoneOf((x("not_in", "a"),)), ((lit("in", "a"),),)),
        (NoneOf((AnyOf((x("in", "a"), Y)),)), ((lit("not_in", "a"), lit("not_in", "a", fact="y")),)),
        (NoneOf((AllOf((x("in", "a"), Y)),)), ((lit("not_in", "a"),), (lit("not_in", "a", fact="y"),))),
        (NoneOf((NoneOf((Y,)),)), ((lit("in", "a", fact="y"),),)),
        (AllOf((x("in", 1, 2), x("in", 2, 3))), ((lit("in", 2),),)),
        (AllOf((x("in", 1), x("in", 2))), NO),
        (AllOf((x("in", 1, 5), x("more_than", 1))), ((lit("in", 5),),)),
        (AllOf((x("in", 1), x("not_in", 1))), NO),
        (AllOf((x("not_in", 1), x("not_in", 2))), ((lit("not_in", 1, 2),),)),
        (AllOf((x("not_in", 1, 9), x("at_least", 5))), ((lit("at_least", 5), lit("not_in", 9)),)),
        (AllOf((x("at_least", 5), x("more_than", 5))), ((lit("more_than", 5),),)),
        (AllOf((x("at_most", 5), x("less_than", 5))), ((lit("less_than", 5),),)),
        (AllOf((x("at_least", 5), x("at_most", 5))), ((lit("in", 5),),)),
        (AllOf((x("at_least", 5), x("less_than", 5))), NO),
        (AllOf((x("at_least", 6), x("less_than", 5))), NO),
        (AnyOf((x("at_least", 5), x("at_least", 3))), ((lit("at_least", 3),),)),
        (AnyOf((x("at_least", 5), AllOf((x("at_least", 7), Y)))), ((lit("at_least", 5),),)),
        (AnyOf((x("more_than", 5), x("at_least", 5))), ((lit("at_least", 5),),)),
        (AnyOf((x("in", 6), x("more_than", 5))), ((lit("more_than", 5),),)),
        (AnyOf((x("in", 1), x("in", 1, 2))), ((lit("in", 1, 2),),)),
        (AnyOf((x("not_in", 1), x("more_than", 1))), ((lit("not_in", 1),),)),
        (AnyOf((ALWAYS, Y)), YES),
        # The two amounts are one in dollars and two in euros, so nothing follows from their being different.
        (AllOf((x("in", ONE), x("in", TWO))), ((lit("in", ONE), lit("in", TWO)),)),
        (AllOf((x("at_least", ONE), x("less_than", ONE))), NO),
    ],
)
def test_normal_form(condition: Condition, expected: tuple[Conjunction, ...]) -> None:
    assert set(normal_form(condition)) == set(expected)


def test_equal_literals_are_equal_whatever_order_they_were_written_in() -> None:
    assert normal_form(x("in", "b", "a", "b")) == normal_form(x("in", "a", "b"))


def test_limit() -> None:
    options = [Comparison("x", "in", (str(number),)) for number in range(65)]
    assert len(normal_form(AnyOf(tuple(options[:64])))) == 64
    with pytest.raises(TooManyCases, match="more than 64 cases") as raised:
        normal_form(AnyOf(tuple(options)))
    assert raised.value.limit == 64
    assert len(normal_form(AnyOf(tuple(options)), limit=65)) == 65


@pytest.mark.parametrize("width", [2, 30])
def test_an_exponential_product_ends_early(width: int) -> None:
    choices = [AnyOf(tuple(Comparison(f"{n}.{m}", "in", ("a",)) for m in range(width))) for n in range(40)]
    with pytest.raises(TooManyCases):
        normal_form(AllOf(tuple(choices)))


def test_a_conjunction_that_is_too_wide() -> None:
    with pytest.raises(TooManyCases):
        normal_form(AllOf(tuple(Comparison(f"{n}", "in", ("a",)) for n in range(201))))


def test_what_is_contradictory_does_not_count() -> None:
    choice = AnyOf(tuple(x("in", number) for number in range(60)))
    assert len(normal_form(AllOf((choice,) * 10))) == 60


KNOWN: dict[str, Value] = {"x": 3}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (x("at_least", 3), ALWAYS),
        (x("at_least", 4), NEVER),
        (Y, Y),
        (Comparison("y", "in", ()), NEVER),
        (Comparison("y", "not_in", ()), ALWAYS),
        (AllOf((x("at_least", 3), Y)), Y),
        (AllOf((x("at_least", 4), Y)), NEVER),
        (AllOf((x("at_least", 3),)), ALWAYS),
        (AllOf((Y, Y)), AllOf((Y, Y))),
        (AnyOf((x("at_least", 3), Y)), ALWAYS),
        (AnyOf((x("at_least", 4), Y)), Y),
        (AnyOf((x("at_least", 4),)), NEVER),
        (NoneOf((x("at_least", 3), Y)), NEVER),
        (NoneOf((x("at_least", 4), Y)), NoneOf((Y,))),
        (NoneOf((x("at_least", 4),)), ALWAYS),
        (NoneOf((NoneOf((x("at_least", 3),)),)), ALWAYS),
    ],
)
def test_assume(condition: Condition, expected: Condition) -> None:
    assert assume(condition, KNOWN) == expected


def test_assume_an_amount_in_another_currency() -> None:
    with pytest.raises(InvalidFacts) as raised:
        assume(x("at_least", ONE), {"x": Money(1, samples.CURRENCIES[2])})
    assert raised.value.code == "no_amount_in_currency"


def test_assume_changes_no_answer() -> None:
    random = Random(11)
    for _ in range(3000):
        condition, values = samples.condition(random, 3), samples.values(random)
        known = {fact: values[fact] for fact in random.sample(sorted(values), random.randint(0, 15))}
        left = assume(condition, known)
        assert holds(left, values) == holds(condition, values)
        if len(known) == len(values):
            assert left in (ALWAYS, NEVER)
