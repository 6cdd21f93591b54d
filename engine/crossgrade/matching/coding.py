"""Fact values as small integers, exactly: a rules engine compares those safely, and nothing else."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from msgspec import Struct

from crossgrade.matching.normal_form import Conjunction, Literal
from crossgrade.matching.plain import Kind, amount_in, kind_of, missing, no_amount, wrong_type
from crossgrade.model.condition import Constant, Operator, Value
from crossgrade.model.money import Amounts, Currency, Money

Encoder = Callable[[Any], int]


class CodedLiteral(Struct, frozen=True):
    """A literal in codes: it holds when the code of the attribute compares so with `codes`."""

    attribute: int
    operator: Operator
    codes: tuple[int, ...]

    def holds(self, code: int) -> bool:
        """Return whether the literal holds where its attribute has this code."""
        if self.operator == "in":
            return code in self.codes
        if self.operator == "not_in":
            return code not in self.codes
        if self.operator in ("at_least", "more_than"):
            return code > self.codes[0] or (code == self.codes[0] and self.operator == "at_least")
        return code < self.codes[0] or (code == self.codes[0] and self.operator == "at_most")


class _Attribute(Struct, frozen=True):
    """What is coded: a fact against all its constants; an amount that has no one scale against those of a literal."""

    fact: str
    kind: Kind
    amounts: tuple[Constant, ...] = ()


class Coding:
    """The codes of the facts that some conjunctions test; the attributes are positions 0 to n-1.

    A number or a date is coded by its place among the sorted constants: odd on a constant, even between two.
    A text has the code of the constant it equals, 0 for none; a boolean is 0 or 1. Amounts that every currency orders
    alike are coded as numbers are. Otherwise an amount is coded against one constant: 0 below, 1 equal, 2 above it in
    the value's currency; against a list of amounts it is 1 when it equals one of them, else 0.
    """

    def __init__(self, conjunctions: Iterable[Conjunction]) -> None:
        literals = list(dict.fromkeys(literal for conjunction in conjunctions for literal in conjunction))
        self._scaled = _scaled(literals)
        tested: dict[_Attribute, dict[Constant, None]] = {}
        for literal in literals:
            tested.setdefault(self._attribute(literal), {}).update(dict.fromkeys(literal.constants))
        self._positions = {attribute: position for position, attribute in enumerate(tested)}
        self._encoders = [(each.fact, _encoder(each, list(constants))) for each, constants in tested.items()]
        self.sizes = tuple(_size(each, len(constants)) for each, constants in tested.items())
        """How many codes each attribute has: 0 to size-1."""

    def encode(self, values: Mapping[str, Value]) -> list[int]:
        """Return the code of every attribute; InvalidFacts on a missing fact, a wrong type or currency."""
        try:
            return [encoder(values[fact]) for fact, encoder in self._encoders]
        except KeyError:
            absent = [fact for fact, _ in self._encoders if fact not in values]
            raise missing(absent[0]) from None

    def coded(self, literal: Literal) -> CodedLiteral:
        """Return the literal in codes; it must be one of those the coding was made for."""
        attribute = self._attribute(literal)
        position = self._positions[attribute]
        if attribute.amounts:
            return CodedLiteral(position, literal.operator, (1,))
        encoder = self._encoders[position][1]
        constants = map(_some_money, literal.constants) if attribute.kind == "amount" else literal.constants
        return CodedLiteral(position, literal.operator, tuple(sorted(map(encoder, constants))))

    def _attribute(self, literal: Literal) -> _Attribute:
        kind = kind_of(literal.constants[0])
        alone = kind == "amount" and literal.fact not in self._scaled
        return _Attribute(literal.fact, kind, literal.constants if alone else ())


def _scaled(literals: Iterable[Literal]) -> set[str]:
    """Return the facts whose amounts every currency orders alike, so that they have one scale."""
    amounts: dict[str, list[Amounts]] = {}
    for literal in literals:
        amounts.setdefault(literal.fact, []).extend(each for each in literal.constants if isinstance(each, Amounts))
    return {fact for fact, listed in amounts.items() if listed and _ordered_alike(listed)}


def _ordered_alike(listed: list[Amounts]) -> bool:
    currencies = sorted(listed[0].by_currency)
    if any(sorted(each.by_currency) != currencies for each in listed):
        return False
    rows = sorted({tuple(each.by_currency[code] for code in currencies) for each in listed})
    return all(low < high for one, other in pairwise(rows) for low, high in zip(one, other, strict=True))


def _some_money(constant: Constant) -> Money:
    """Return the amount of a constant in the first of its currencies."""
    by_currency = cast("Amounts", constant).by_currency
    code = min(by_currency)
    return Money(by_currency[code], Currency(code, 0))


def _size(attribute: _Attribute, constants: int) -> int:
    if attribute.kind == "boolean":
        return 2
    if attribute.kind == "text":
        return constants + 1
    if attribute.amounts:
        return 3 if constants == 1 else 2
    return 2 * constants + 1


def _encoder(attribute: _Attribute, constants: list[Constant]) -> Encoder:
    fact, kind = attribute.fact, attribute.kind
    if kind == "boolean":
        return _boolean(fact)
    if kind == "text":
        return _text(fact, constants)
    if kind == "amount":
        amounts = cast("list[Amounts]", constants)
        if not attribute.amounts:
            return _scaled_amount(fact, amounts)
        return _amount(fact, amounts[0]) if len(amounts) == 1 else _listed_amount(fact, amounts)
    scale = sorted(cast("list[Any]", constants))
    return _number(fact, scale) if kind == "number" else _date(fact, scale)


def _boolean(fact: str) -> Encoder:
    def encode(value: object) -> int:
        if value is True:
            return 1
        if value is False:
            return 0
        raise wrong_type(fact, "boolean", value)

    return encode


def _text(fact: str, constants: list[Constant]) -> Encoder:
    codes: dict[Any, int] = {constant: code for code, constant in enumerate(constants, 1)}

    def encode(value: object) -> int:
        if type(value) is not str:
            raise wrong_type(fact, "text", value)
        return codes.get(value, 0)

    return encode


def _number(fact: str, scale: list[Any]) -> Encoder:
    size = len(scale)

    def encode(value: object) -> int:
        if type(value) is not int and not (type(value) is Decimal and value.is_finite()):
            raise wrong_type(fact, "number", value)
        place = bisect_left(scale, value)
        return 2 * place + (place < size and scale[place] == value)

    return encode


def _date(fact: str, scale: list[Any]) -> Encoder:
    size = len(scale)

    def encode(value: object) -> int:
        if type(value) is not date:  # a datetime is a date to isinstance, and cannot be compared with one
            raise wrong_type(fact, "date", value)
        place = bisect_left(scale, value)
        return 2 * place + (place < size and scale[place] == value)

    return encode


def _amount(fact: str, amounts: Amounts) -> Encoder:
    def encode(value: object) -> int:
        if type(value) is not Money:
            raise wrong_type(fact, "amount", value)
        amount = amount_in(fact, amounts, value)
        return (value.minor > amount) + (value.minor >= amount)

    return encode


def _scaled_amount(fact: str, amounts: list[Amounts]) -> Encoder:
    """Return the place of an amount among the constants in its own currency."""
    scales = {code: sorted({each.by_currency[code] for each in amounts}) for code in amounts[0].by_currency}

    def encode(value: object) -> int:
        if type(value) is not Money:
            raise wrong_type(fact, "amount", value)
        scale = scales.get(value.currency.code)
        if scale is None:
            raise no_amount(fact, value, amounts[0])
        place = bisect_left(scale, value.minor)
        return 2 * place + (place < len(scale) and scale[place] == value.minor)

    return encode


def _listed_amount(fact: str, listed: list[Amounts]) -> Encoder:
    """Return whether an amount is one of a list, as a code; each of the list needs the value's currency."""

    def encode(value: object) -> int:
        if type(value) is not Money:
            raise wrong_type(fact, "amount", value)
        amounts = [amount_in(fact, each, value) for each in listed]
        return 1 if value.minor in amounts else 0

    return encode
