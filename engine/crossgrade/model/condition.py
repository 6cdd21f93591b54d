"""A condition is a tree of comparisons between one fact and constants."""

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from crossgrade.model.money import Amounts, Money

Value = bool | int | Decimal | str | date | Money
"""What a fact may be. A fact has one type, so values of two types never meet."""

Constant = bool | int | Decimal | str | date | Amounts
"""What a fact is compared with: as its value, but an amount is given for each currency."""

Operator = Literal["in", "not_in", "at_least", "at_most", "more_than", "less_than"]


class Comparison(Struct, frozen=True):
    """One fact against constants: several for `in` and `not_in`, one for the orders."""

    fact: str
    operator: Operator
    constants: tuple[Constant, ...]


class AllOf(Struct, frozen=True):
    """Holds when every part holds; without parts, always."""

    parts: tuple["Condition", ...]


class AnyOf(Struct, frozen=True):
    """Holds when some part holds; without parts, never."""

    parts: tuple["Condition", ...]


class NoneOf(Struct, frozen=True):
    """Holds when no part holds."""

    parts: tuple["Condition", ...]


Condition = Comparison | AllOf | AnyOf | NoneOf

ALWAYS = AllOf(())
NEVER = AnyOf(())


def facts_of(condition: Condition) -> list[str]:
    """Return the names of the facts the condition tests, in order, each once."""
    if isinstance(condition, Comparison):
        return [condition.fact]
    return list(dict.fromkeys(fact for part in condition.parts for fact in facts_of(part)))
