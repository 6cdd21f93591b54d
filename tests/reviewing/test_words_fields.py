"""No field of a policy is forgotten: each is varied by itself, and a word has to say so."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct, structs
from tests.reviewing.test_words import read

from crossgrade.model.calendar import Interval
from crossgrade.model.catalogue import AddOn, Entitlement, Family, Plan, Price, QuantityRange
from crossgrade.model.condition import AllOf, AnyOf, Comparison, NoneOf
from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.money import Amounts, Currency, Money
from crossgrade.model.policy import Policy
from crossgrade.model.rules import NoChangeRule, Reach, Restriction, Transition
from crossgrade.model.terms import (
    BUILT_IN_CREDITS,
    CreditRule,
    CreditUse,
    Promotion,
    Proration,
    Rounding,
    Terms,
    TimeRule,
)
from crossgrade.model.text import Text
from crossgrade.model.versions import Versions
from crossgrade.reviewing.words import words

POLICY = read(Path(__file__).parent / "words_whole/policy").newest

VALUES = {Currency, Text, Amounts, Money, Interval, Comparison, AllOf, AnyOf, NoneOf}
"""What is compared as a whole; `words/` and test_words_conditions.py have their differences."""

DERIVED: dict[type[Struct], set[str]] = {
    Policy: {
        "currencies",  # those of the prices, which are compared
        "digest",  # of what is written, whatever it means
        "older",  # another version, compared by itself
    },
    Plan: {"former"},  # what only an older version has is not the version's own
    Price: {"former"},
    AddOn: {"former"},
    CreditUse: {"prorations"},  # those of the terms, overlaid with those of the rules
}
"""What follows from fields that are compared."""

TEXT = Text({"en": "Otherwise."})
FEE = Amounts({"USD": 777})
TEST = Comparison("membership.rank", "at_least", (2,))
REACH = Reach(frozenset({"basic"}), leaves_family=True)
RULE: dict[str, Any] = {"id": "other", "change": frozenset({"price_change"}), "when": TEST}

VARIED: dict[type[Struct], dict[str, Any]] = {
    Policy: {
        "id": "other",
        "title": TEXT,
        "effective": date(2030, 1, 1),
        "zone": ZoneInfo("Asia/Tokyo"),
        "currency": Currency("EUR", 2),
        "locale": "fr",
        "entitlements": {},
        "plans": {"basic": POLICY.plans["basic"]},
        "addons": {},
        "families": {},
        "direction": "price",
        "facts": {},
        "no_change": (),
        "restrictions": (),
        "transitions": POLICY.transitions[:1],
        "otherwise": None,
        "messages": {},
        "terms": {},
        "credits": {},
        "proration": Proration("hour"),
        "rounding": Rounding("up"),
        "account_credit": "keep",
    },
    Entitlement: {"id": "other", "title": TEXT, "type": "boolean"},
    Plan: {
        "id": "other",
        "title": TEXT,
        "prices": {},
        "setup_fee": FEE,
        "quantity": QuantityRange(1, 7),
        "entitlements": {"disk_gb": 7},
        "retired": True,
        "trial": Interval("day", 7),
    },
    Price: {"id": "other", "amounts": {"USD": 777}, "every": Interval("day", 7), "retired": True},
    QuantityRange: {"at_least": 7, "at_most": 77},
    AddOn: {
        "id": "other",
        "title": TEXT,
        "kind": "other",
        "prices": {},
        "setup_fee": FEE,
        "available_on": None,
        "included_in": frozenset({"basic"}),
        "quantity": QuantityRange(1, 7),
        "entitlements": {"disk_gb": 7},
        "retired": True,
    },
    Family: {"id": "other", "title": TEXT, "ranks": (("premium",), ("basic",))},
    FactDeclaration: {
        "name": "request.other",
        "type": "integer",
        "one_of": ("a",),
        "default": "a",
        "required": True,
        "mask": True,
    },
    NoChangeRule: {**RULE, "same": ("plan",), "message": TEXT},
    Restriction: {**RULE, "source": REACH, "target": REACH, "message": TEXT},
    Transition: {**RULE, "source": REACH, "target": REACH, "terms": POLICY.terms["later"], "refuse": TEXT},
    Reach: {"plans": frozenset({"basic"}), "prices": frozenset({("basic", "monthly")}), "leaves_family": False},
    Terms: {
        "id": "other",
        "effective": "period_end",
        "billing_date": "align",
        "charge": "none",
        "credit": CreditUse(),
        "proration": Proration("hour"),
        "setup_fee": "charge",
        "time": TimeRule("period"),
        "collect": "next_charge",
        "fee": FEE,
        "promotion": Promotion(FEE),
        "trial": "grant",
        "discount": "drop",
        "addons": "drop",
        "waive_below": FEE,
        "minimum_due": FEE,
    },
    CreditUse: {"rules": (BUILT_IN_CREDITS["paid"],), "to": "refund", "excess": "forfeit"},
    TimeRule: {"whole": "period", "round": "up", "at_most": 7, "rest": "account"},
    Promotion: {"amount": FEE, "percent": Decimal(7)},
    CreditRule: {
        "id": "other",
        "basis": "list_price",
        "proration": {"by": "hour"},
        "setup_fee": "lesser",
        "at_most": "charge",
        "when": TEST,
    },
    Proration: {
        "by": "hour",
        "change_unit": "old_plan",
        "period_length": 30,
        "first_day": "whole",
        "ratio_decimals": 7,
        "normalise": "days",
    },
    Rounding: {"mode": "up", "per": "net", "daily_rate": True},
}
"""Another value for every field, by itself."""


def in_section(section: str, id: str) -> Callable[[Policy, str, Any], Policy]:
    """Return a policy with a field of one entry changed; the entry goes by its id."""

    def vary(policy: Policy, field: str, value: Any) -> Policy:
        entries = dict(getattr(policy, section))
        entry = structs.replace(entries.pop(id), **{field: value})
        return structs.replace(policy, **{section: {**entries, getattr(entry, entry.__struct_fields__[0]): entry}})

    return vary


def in_rules(section: str) -> Callable[[Policy, str, Any], Policy]:
    def vary(policy: Policy, field: str, value: Any) -> Policy:
        first, *rest = getattr(policy, section)
        return structs.replace(policy, **{section: (structs.replace(first, **{field: value}), *rest)})

    return vary


def within(outer: type[Struct], field: str) -> Callable[[Policy, str, Any], Policy]:
    """Return a policy with a field changed of what an outer part holds; the outer part is varied as a whole."""

    def vary(policy: Policy, inner: str, value: Any) -> Policy:
        held = structs.replace(getattr(part_of(policy, outer), field), **{inner: value})
        return PLACES[outer](policy, field, held)

    return vary


def price(policy: Policy, field: str, value: Any) -> Policy:
    changed = structs.replace(policy.plans["basic"].prices["monthly"], **{field: value})
    return PLACES[Plan](policy, "prices", {changed.id: changed})


def reach(policy: Policy, field: str, value: Any) -> Policy:
    """Single prices are named beside plans; whether the family may be left is asked where none are."""
    return within(Transition, "source" if field == "prices" else "target")(policy, field, value)


def part_of(policy: Policy, kind: type[Struct]) -> Any:
    parts: dict[type[Struct], Any] = {
        Policy: policy,
        Plan: policy.plans["basic"],
        Transition: policy.transitions[0],
        Terms: policy.terms["at-once"],
    }
    return parts[kind]


PLACES: dict[type[Struct], Callable[[Policy, str, Any], Policy]] = {
    Policy: lambda policy, field, value: structs.replace(policy, **{field: value}),
    Entitlement: in_section("entitlements", "disk_gb"),
    Plan: in_section("plans", "basic"),
    Price: price,
    QuantityRange: within(Plan, "quantity"),
    AddOn: in_section("addons", "seats"),
    Family: in_section("families", "high-end"),
    FactDeclaration: in_section("facts", "request.channel"),
    NoChangeRule: in_rules("no_change"),
    Restriction: in_rules("restrictions"),
    Transition: in_rules("transitions"),
    Reach: reach,
    Terms: in_section("terms", "at-once"),
    CreditUse: within(Terms, "credit"),
    TimeRule: within(Terms, "time"),
    Promotion: within(Terms, "promotion"),
    CreditRule: in_section("credits", "mine"),
    Proration: within(Policy, "proration"),
    Rounding: within(Policy, "rounding"),
}
"""Where in the policy a part of each kind is varied."""


def parts_under(kind: Any, seen: set[type[Struct]]) -> Iterator[type[Struct]]:
    """Yield every kind of part that a kind is made of, itself included."""
    for argument in get_args(kind):
        yield from parts_under(argument, seen)
    if isinstance(kind, type) and issubclass(kind, Struct) and kind not in seen:
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind).values():
            yield from parts_under(hint, seen)


def test_every_kind_of_part_is_varied_or_a_value() -> None:
    assert set(parts_under(Policy, set())) == {*VARIED, *VALUES}
    assert VARIED.keys() == PLACES.keys()


@pytest.mark.parametrize("kind", VARIED, ids=lambda kind: kind.__name__)
def test_every_field_is_varied_or_derived(kind: type[Struct]) -> None:
    derived = DERIVED.get(kind, set())
    assert not derived & VARIED[kind].keys()
    assert derived | VARIED[kind].keys() == set(kind.__struct_fields__)


def told(old: Policy, new: Policy) -> tuple[str, ...]:
    return tuple(word.sentence for word in words(Versions((old,)), Versions((new,))))


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, fields in VARIED.items() for field in fields],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_a_word_says_that_a_field_differs(kind: type[Struct], field: str) -> None:
    other = PLACES[kind](POLICY, field, VARIED[kind][field])
    assert other != POLICY
    assert told(POLICY, other)
    assert told(other, POLICY)


def test_what_is_derived_is_not_told() -> None:
    mapping: Mapping[str, Currency] = {**POLICY.currencies, "JPY": Currency("JPY", 0)}
    assert told(POLICY, structs.replace(POLICY, digest="sha256:0", older=POLICY, currencies=mapping)) == ()
