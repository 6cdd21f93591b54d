"""Own facts: what a caller gives of the usage, the customer and the request, checked, with defaults filled in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import FactsErrorCode, InvalidFacts
from crossgrade.facts import readers
from crossgrade.facts.readers import Read, Setting
from crossgrade.model.condition import Value
from crossgrade.model.declaration import MASKED, FactDeclaration, GivenFact
from crossgrade.model.money import Money
from crossgrade.model.policy import Policy


def own_facts(given: Mapping[str, object], policy: Policy, setting: Setting) -> dict[str, Value]:
    """Read `usage`, `customer` and `request`, by section, into facts by name, defaults filled in."""
    found = dict(policy.given_defaults)
    for section, values in given.items():
        known = policy.given_by_section.get(section, {})
        for key, value in readers.mapping({} if values is None else values, section).items():
            fact = known.get(key)
            if fact is None:
                raise _unknown_fact(f"{section}.{key}", policy.given_facts)
            if fact.takes(value):
                found[fact.fact.name] = cast(Value, value)
            elif value is not None:
                found[fact.fact.name] = (_unseen if fact.fact.mask else _read)(fact, value, setting)
    if len(found) < len(policy.given_facts):
        missing = (fact for name, fact in policy.given_facts.items() if name not in found)
        found.update({fact.name: _default(fact, setting) for fact in missing})
    return found


def _read(given: GivenFact, value: object, setting: Setting) -> Value:
    found = _own_fact(given.fact, value, setting)
    if given.counted and isinstance(found, int) and found < 0:
        raise InvalidFacts("wrong_value", f"must be at least 0, is {found}", given.fact.name)
    return found


def _unseen(given: GivenFact, value: object, setting: Setting) -> Value:
    """Read a masked fact: its error says what is expected, and not what was found."""
    code: FactsErrorCode = "wrong_type"
    try:
        found = _read(given, value, setting)
        if type(found) in _VALUE_TYPES:
            return found
    except InvalidFacts as problem:
        code = problem.code
    # Raised outside the handler: the error that quotes the value would be its context, and logged with it.
    raise InvalidFacts(code, f"expected {_expected(given, setting)}, found {MASKED}", given.fact.name, masked=True)


def _expected(given: GivenFact, setting: Setting) -> str:
    fact = given.fact
    if fact.one_of is not None:
        return f"one of {', '.join(str(item) for item in fact.one_of)}"
    if fact.type == "amount":
        return f"an exact amount in {setting.currency.code} of at least 0"
    return "a whole number of at least 0" if given.counted else _EXPECTED[fact.type]


_EXPECTED: dict[str, str] = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "an exact number",
    "string": "text",
    "date": "a date such as 2026-01-31",
}
_VALUE_TYPES = (bool, int, Decimal, str, date, Money)
"""Matching takes no subclass of these for a value, and would quote it."""


def _unknown_fact(name: str, known: Mapping[str, object]) -> InvalidFacts:
    proposal = did_you_mean(name, known)
    return InvalidFacts("unknown_fact", "the policy knows no such fact" + (f", {proposal}" if proposal else ""), name)


_VALUE_READERS: dict[str, Read] = {
    "boolean": readers.boolean,
    "integer": readers.integer,
    "number": readers.number,
    "amount": readers.amount,
    "string": readers.text,
    "date": readers.day,
}


def _own_fact(fact: FactDeclaration, value: object, setting: Setting) -> Value:
    found = cast(Value, _VALUE_READERS[fact.type](value, fact.name, setting))
    if fact.one_of is not None and found not in fact.one_of:
        known = ", ".join(str(item) for item in fact.one_of)
        raise InvalidFacts("wrong_value", f"`{found}` is none of {known}", fact.name)
    return found


def _default(fact: FactDeclaration, setting: Setting) -> Value:
    if fact.required:
        raise InvalidFacts("missing_fact", "the policy needs this fact and it has no default", fact.name)
    default = cast(Value, fact.default)
    if isinstance(default, Money) and default.currency != setting.currency:
        raise InvalidFacts("no_amount_in_currency", f"its default has no amount in {setting.currency.code}", fact.name)
    return default
