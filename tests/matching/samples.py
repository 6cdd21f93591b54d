"""Random conditions and facts of every type, with values on, below and above the constants."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, Constant, NoneOf, Operator, Value
from crossgrade.model.money import Amounts, Currency, Money

CURRENCIES = (Currency("USD", 2), Currency("EUR", 2), Currency("JPY", 0))
ORDERS: tuple[Operator, ...] = ("at_least", "at_most", "more_than", "less_than")
DAY = date(2026, 2, 26)
HUGE = 2**64
TEXTS = ("", "a", "A", "free", 'quote"d', "back\\slash", "ünï", "nul\0", "%s", "1", "true", "long" * 20_000)

FACTS = {f"{kind}.{number}": kind for kind in ("number", "text", "flag", "day", "amount") for number in range(3)}


def constant(random: Random, kind: str) -> Constant:
    if kind == "number":
        number = random.choice((random.randint(-3, 6), random.randint(-3, 6), HUGE))
        return random.choice((number, Decimal(number), Decimal(number) + Decimal("0.5")))
    if kind == "text":
        return random.choice(TEXTS[:-3] + TEXTS[-1:])
    if kind == "flag":
        return random.random() < 0.5
    if kind == "day":
        return DAY + timedelta(random.randint(0, 6))
    return Amounts({each.code: random.randint(-1, 4) for each in CURRENCIES})


def value(random: Random, kind: str) -> Value:
    if kind == "text":
        return random.choice(TEXTS)
    if kind == "amount":
        return Money(random.randint(-2, 5), random.choice(CURRENCIES))
    drawn = constant(random, kind)
    if kind == "number" and random.random() < 0.1:
        return random.choice((HUGE + 1, HUGE - 1, 2**53 + 1, Decimal("5.50"), Decimal("-1E+3"), -HUGE))
    assert not isinstance(drawn, Amounts)
    return drawn


def values(random: Random) -> dict[str, Value]:
    return {fact: value(random, kind) for fact, kind in FACTS.items()}


def comparison(random: Random) -> Comparison:
    fact, kind = random.choice(list(FACTS.items()))
    if kind not in ("text", "flag") and random.random() < 0.6:
        return Comparison(fact, random.choice(ORDERS), (constant(random, kind),))
    constants = tuple(constant(random, kind) for _ in range(random.choice((1, 1, 2, 3, 0))))
    return Comparison(fact, random.choice(("in", "not_in")), constants)


def condition(random: Random, depth: int = 2) -> Condition:
    if depth == 0 or random.random() < 0.3:
        return comparison(random)
    parts = tuple(condition(random, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 3, 3))))
    return random.choice((AllOf, AllOf, AnyOf, NoneOf))(parts)
