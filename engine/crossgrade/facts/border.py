"""The border: JSON, a dict or typed values become a checked Membership and Selection."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast, get_args

import msgspec
from msgspec import structs

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import InvalidFacts
from crossgrade.facts import readers
from crossgrade.facts.readers import Read, Setting, entries
from crossgrade.model.calendar import Period
from crossgrade.model.membership import (
    Discount,
    HeldAddOn,
    Membership,
    PendingChange,
    SelectedAddOn,
    Selection,
    Status,
)
from crossgrade.model.money import Currency, Money, UnknownCurrencyError, currency
from crossgrade.model.policy import Policy

LARGEST_BODY = 1024 * 1024
"""Bytes, or characters of a text, that are read as JSON; a question has a few hundred."""


def from_json(text: str | bytes) -> Any:
    """Read JSON exactly: decimals stay exact, duplicate keys, NaN and Infinity are errors."""
    if len(text) > LARGEST_BODY:
        raise InvalidFacts("wrong_value", f"has {len(text):,} bytes, the most that is read is {LARGEST_BODY:,}")
    if isinstance(text, str):
        return _read_slowly(text)
    try:
        found = _DECODER.decode(text)
        sure = _each_key_once(text, found)
    except (ValueError, ArithmeticError, RecursionError):
        # What is wrong with it, if anything is, is said there.
        return _read_slowly(text)
    return found if sure else _read_slowly(text)


_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def _each_key_once(text: bytes, found: object) -> bool:
    """Say whether a text surely has no key twice: one that was dropped takes its colon with it.

    An escaped colon would make up for that, so that no text with escapes is sure.
    """
    return b"\\" not in text and text.count(b":") == msgspec.json.encode(found).count(b":")


def _read_slowly(text: str | bytes) -> Any:
    """Read JSON as msgspec does, in more than twice its time, but say what is wrong with it, duplicate keys as well."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_not_json, object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError:
        raise InvalidFacts("wrong_type", "is not UTF-8") from None
    except RecursionError:
        raise InvalidFacts("wrong_value", "is nested too deeply") from None
    except ArithmeticError:
        raise InvalidFacts("wrong_value", "has a number with an exponent that is out of range") from None
    except ValueError as problem:
        raise InvalidFacts("wrong_type", f"is not JSON: {problem}") from None


def _not_json(word: str) -> None:
    raise InvalidFacts("wrong_type", f"is not JSON: {word} is no number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise InvalidFacts("wrong_value", f"the key `{twice}` is there twice")
    return found


KEYS = ("membership", "selection", "at", "usage", "customer", "request", "locale")
"""What an object of facts may say: all that a decision rests on."""


def check_locale(value: object) -> None:
    """Raise InvalidFacts unless a locale is text or left out."""
    if not isinstance(value, str | None):
        raise InvalidFacts("wrong_type", "expected text", "locale")


def question(facts: object) -> dict[str, Any]:
    """Return an object of facts whose keys are known and that names a membership; a null stands for a key left out."""
    if not isinstance(facts, dict):
        raise InvalidFacts("wrong_type", "expected an object with `membership`, `selection`, `at` ...")
    for key in facts:
        if key not in KEYS:
            proposal = did_you_mean(str(key), KEYS) or f"the keys are {', '.join(KEYS)}"
            raise InvalidFacts("unknown_key", f"unknown key `{key}`, {proposal}")
    if facts.get("membership") is None:
        raise InvalidFacts("missing_fact", "the membership is missing", "membership")
    check_locale(facts.get("locale"))
    return {key: value for key, value in facts.items() if value is not None}


def setting_for(value: object, policy: Policy, *, plain_dates: bool = False) -> Setting:
    """Return what a membership's values are read against: its own currency, the policy's zone."""
    code = value.currency if isinstance(value, Membership) else _code(value)
    if code is None or code == policy.currency.code:
        return Setting(policy.zone, policy.currency, plain_dates)
    return Setting(policy.zone, _known_currency(code, policy), plain_dates)


def _code(value: object) -> str | None:
    code = readers.mapping(value, "membership").get("currency")
    return None if code is None else readers.text(code, "membership.currency")


def _known_currency(code: str, policy: Policy) -> Currency:
    if code in policy.currencies:
        return policy.currencies[code]
    try:
        return currency(code)
    except UnknownCurrencyError:
        raise InvalidFacts("wrong_value", f"`{code}` is no ISO 4217 currency", "membership.currency") from None


def membership(value: object, setting: Setting) -> Membership:
    """Read what the customer holds. Every instant of the result is in UTC."""
    found = _typed_membership(value, setting) if isinstance(value, Membership) else _membership(value, setting)
    _check_period(found)
    return found


def _membership(value: object, setting: Setting) -> Membership:
    fields = entries(value, "membership", _MEMBERSHIP, setting)
    if "plan" not in fields:
        raise _without_plan()
    return Membership(**fields)


def _typed_membership(value: Membership, setting: Setting) -> Membership:
    """Check typed values by the same readers; only what is set is looked at."""
    changed: dict[str, Any] = {}
    for name, (path, read, default) in _TYPED.items():
        held = getattr(value, name)
        if held is not None and held is not default:
            changed[name] = read(held, path, setting)
    if value.addons:
        changed["addons"] = _held_addons(value.addons, "membership.addons", setting)
    if value.plan is None:
        raise _without_plan()
    return structs.replace(value, **changed)


def _without_plan() -> InvalidFacts:
    return InvalidFacts("missing_fact", "the membership's plan is missing", "membership.plan")


def _typed(value: object, known: Mapping[str, Read], path: str, setting: Setting) -> dict[str, Any]:
    held = {name: getattr(value, name) for name in known}
    return {name: known[name](item, f"{path}.{name}", setting) for name, item in held.items() if item is not None}


def _check_period(found: Membership) -> None:
    period = found.period
    if period is not None and period.end <= period.start:
        raise InvalidFacts("period_reversed", "the period ends before it starts", "membership.period")


def selection(value: object, setting: Setting) -> Selection:
    """Read what is selected; None selects what is held."""
    if value is None:
        return Selection()
    typed = isinstance(value, Selection)
    read = (
        _typed(value, _SELECTION, "selection", setting) if typed else entries(value, "selection", _SELECTION, setting)
    )
    found = Selection(**read)
    if found.addons is not None and (found.add_addons or found.remove_addons):
        message = "`addons` is the whole set; it cannot go with `add_addons` or `remove_addons`"
        raise InvalidFacts("wrong_value", message, "selection")
    return found


def at(value: object, setting: Setting) -> datetime:
    """Read the instant of the decision, in UTC."""
    return readers.instant(value, "at", setting)


def _period(value: object, path: str, setting: Setting) -> Period:
    if isinstance(value, Period):
        return Period(**_typed(value, _PERIOD, path, setting))
    fields = entries(value, path, _PERIOD, setting)
    for key in ("start", "end"):
        if key not in fields:
            raise InvalidFacts("missing_period", f"the period's {key} is missing", f"{path}.{key}")
    return Period(**fields)


def _held_addons(value: object, path: str, setting: Setting) -> dict[str, HeldAddOn]:
    return {
        key: HeldAddOn(**_units_or_entries(item, HeldAddOn, f"{path}.{key}", _HELD_ADDON, setting))
        for key, item in readers.mapping(value, path).items()
    }


def _selected_addons(value: object, path: str, setting: Setting) -> dict[str, SelectedAddOn]:
    return {
        key: SelectedAddOn(**_units_or_entries(item, SelectedAddOn, f"{path}.{key}", _SELECTED_ADDON, setting))
        for key, item in readers.mapping(value, path).items()
    }


def _units_or_entries(
    value: object, kind: type, path: str, known: Mapping[str, Read], setting: Setting
) -> dict[str, Any]:
    if isinstance(value, int):
        return {"quantity": readers.units(value, path)}
    if isinstance(value, kind):
        return _typed(value, known, path, setting)
    return entries(value, path, known, setting)


def _ids(value: object, path: str, _setting: Setting) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        raise readers.wrong_type(value, path, "a list of ids")
    if len(value) > readers.MOST_ENTRIES:
        raise readers.too_many(len(value), path)
    return tuple(readers.text(item, path) for item in value)


def _discount(value: object, path: str, setting: Setting) -> Discount:
    typed = isinstance(value, Discount)
    found = Discount(**(_typed(value, _DISCOUNT, path, setting) if typed else entries(value, path, _DISCOUNT, setting)))
    if (found.percent is None) == (found.amount is None):
        raise InvalidFacts("wrong_value", "a discount has either `percent` or `amount`", path)
    return found


def _percent(value: object, path: str, setting: Setting) -> Decimal:
    found = Decimal(readers.number(value, path, setting))
    if not 0 <= found <= 100 or cast(int, found.as_tuple().exponent) < -6:
        raise InvalidFacts("wrong_value", f"must be from 0 to 100 with at most 6 decimals, is {value}", path)
    return found


def _unit_amounts(value: object, path: str, setting: Setting) -> dict[str, Money]:
    return {key: readers.amount(item, f"{path}.{key}", setting) for key, item in readers.mapping(value, path).items()}


def _pending_change(value: object, path: str, setting: Setting) -> PendingChange:
    if isinstance(value, PendingChange):
        return PendingChange(**_typed(value, _PENDING_CHANGE, path, setting))
    fields = {"quantity": 1, "addons": {}, "unit_amounts": {}, **entries(value, path, _PENDING_CHANGE, setting)}
    for key in ("plan", "price", "at", "rule"):
        if key not in fields:
            raise InvalidFacts("missing_fact", f"the pending change's {key} is missing", f"{path}.{key}")
    return PendingChange(**fields)


_PERIOD: dict[str, Read] = {"start": readers.instant, "end": readers.instant, "every": readers.every}
_HELD_ADDON: dict[str, Read] = {
    "quantity": readers.units,
    "price": readers.text,
    "unit_amount": readers.amount,
    "paid": readers.amount,
    "paid_from": readers.instant,
}
_SELECTED_ADDON: dict[str, Read] = {"quantity": readers.units, "price": readers.text}
_DISCOUNT: dict[str, Read] = {"percent": _percent, "amount": readers.amount, "until": readers.day, "on": _ids}
_PENDING_CHANGE: dict[str, Read] = {
    "plan": readers.text,
    "price": readers.text,
    "quantity": readers.units,
    "addons": _selected_addons,
    "unit_amounts": _unit_amounts,
    "at": readers.instant,
    "rule": readers.text,
    "billing_date": readers.one_of("restart", "align"),
    "discount": readers.one_of("keep", "drop"),
}
_SELECTION: dict[str, Read] = {
    "plan": readers.text,
    "price": readers.text,
    "quantity": readers.units,
    "addons": _selected_addons,
    "add_addons": _selected_addons,
    "remove_addons": _ids,
}
_MEMBERSHIP: dict[str, Read] = {
    "id": readers.text,
    "status": readers.one_of(*get_args(Status)),
    "plan": readers.text,
    "price": readers.text,
    "quantity": readers.units,
    "unit_amount": readers.amount,
    "paid": readers.amount,
    "paid_from": readers.instant,
    "addons": _held_addons,
    "setup_fee_paid": readers.amount,
    "currency": readers.text,
    "period": _period,
    "billing_day": readers.billing_day,
    "started": readers.day_or_instant,
    "trial_ends": readers.instant,
    "changes_this_period": readers.count,
    "last_changed": readers.instant,
    "payment_pending": readers.boolean,
    "pending_change": _pending_change,
    "account_credit": readers.amount,
    "owed": readers.amount,
    "discount": _discount,
}
# The add-ons of a typed membership are looked at one by one.
_TYPED = {
    field.name: (f"membership.{field.name}", _MEMBERSHIP[field.name], field.default)
    for field in structs.fields(Membership)
    if field.name != "addons"
}
