"""Own facts: what a caller gives of the usage, the customer and the request, checked, with defaults filled in."""

from collections.abc import Mapping
from typing import cast

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import InvalidFacts
from crossgrade.facts import readers
from crossgrade.facts.readers import Read, Setting
from crossgrade.model.condition import Value
from crossgrade.model.money import Money
from crossgrade.model.policy import FactDeclaration, Policy


def own_facts(given: Mapping[str, object], policy: Policy, setting: Setting) -> dict[str, Value]:
    """Read `usage`, `customer` and `request`, by section, into facts by name, defaults filled in."""
    declared = policy.given_facts
    found: dict[str, Value] = {}
    for section, values in given.items():
        for key, value in readers.mapping({} if values is None else values, section).items():
            name = f"{section}.{key}"
            if name not in declared:
                raise _unknown_fact(name, declared)
            if value is not None:
                found[name] = _own_fact(declared[name], value, setting)
                _check_usage(name, found[name], policy)
    for name, fact in declared.items():
        if name not in found:
            found[name] = _default(fact, setting)
    return found


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


def _check_usage(name: str, value: Value, policy: Policy) -> None:
    section, _, entitlement = name.partition(".")
    if section == "usage" and entitlement in policy.entitlements and isinstance(value, int) and value < 0:
        raise InvalidFacts("wrong_value", f"must be at least 0, is {value}", name)


def _default(fact: FactDeclaration, setting: Setting) -> Value:
    if fact.required:
        raise InvalidFacts("missing_fact", "the policy needs this fact and it has no default", fact.name)
    default = cast(Value, fact.default)
    if isinstance(default, Money) and default.currency != setting.currency:
        raise InvalidFacts("no_amount_in_currency", f"its default has no amount in {setting.currency.code}", fact.name)
    return default
