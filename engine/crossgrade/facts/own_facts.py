"""Own facts: what a caller gives of the usage, the customer and the request, checked, with defaults filled in."""

from collections.abc import Mapping
from typing import cast

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import InvalidFacts
from crossgrade.facts import readers
from crossgrade.facts.readers import Read, Setting
from crossgrade.model.condition import Value
from crossgrade.model.declaration import FactDeclaration, GivenFact
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
                found[fact.fact.name] = _read(fact, value, setting)
    if len(found) < len(policy.given_facts):
        missing = (fact for name, fact in policy.given_facts.items() if name not in found)
        found.update({fact.name: _default(fact, setting) for fact in missing})
    return found


def _read(given: GivenFact, value: object, setting: Setting) -> Value:
    found = _own_fact(given.fact, value, setting)
    if given.counted and isinstance(found, int) and found < 0:
        raise InvalidFacts("wrong_value", f"must be at least 0, is {found}", given.fact.name)
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


def _default(fact: FactDeclaration, setting: Setting) -> Value:
    if fact.required:
        raise InvalidFacts("missing_fact", "the policy needs this fact and it has no default", fact.name)
    default = cast(Value, fact.default)
    if isinstance(default, Money) and default.currency != setting.currency:
        raise InvalidFacts("no_amount_in_currency", f"its default has no amount in {setting.currency.code}", fact.name)
    return default
