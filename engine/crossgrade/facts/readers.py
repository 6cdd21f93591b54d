"""Readers: each takes one value from outside and returns a checked one, or raises InvalidFacts with its path."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import InvalidFacts
from crossgrade.model.calendar import Interval, interval, midnight
from crossgrade.model.money import AmountError, Currency, Money, minor_units

T = TypeVar("T")
Read = Callable[[Any, str, "Setting"], Any]


class Setting(Struct, frozen=True):
    """What values are read against: the zone, the currency of amounts, and whether a plain date may be an instant."""

    zone: ZoneInfo
    currency: Currency
    plain_dates: bool = False


def entries(value: object, path: str, readers: Mapping[str, Read], setting: Setting) -> dict[str, Any]:
    """Read a mapping whose keys are known; a null stands for a key left out."""
    found = mapping(value, path)
    for key in found:
        if key not in readers:
            raise unknown_key(key, path, readers)
    return {key: readers[key](item, f"{path}.{key}", setting) for key, item in found.items() if item is not None}


def unknown_key(key: object, path: str, known: Mapping[str, object]) -> InvalidFacts:
    """Return the error for a key that is not known, proposing the nearest one."""
    proposal = did_you_mean(str(key), known)
    return InvalidFacts("unknown_key", f"unknown key `{key}`" + (f", {proposal}" if proposal else ""), path)


def wrong_type(value: object, path: str, expected: str) -> InvalidFacts:
    """Return the error for a value of the wrong type."""
    return InvalidFacts("wrong_type", f"expected {expected}, found {_shown(value)}", path)


def _shown(value: object) -> str:
    """Return a value as JSON has it, or what it is where JSON has no such value."""
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif value is None or isinstance(value, bool):
        text = json.dumps(value)
    elif isinstance(value, int | Decimal):
        text = str(value)
    else:
        text = (
            "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, list | tuple) else repr(value)
        )
    return text if len(text) <= 60 else f"{text[:57]}..."


def mapping(value: object, path: str) -> Mapping[str, Any]:
    """Read a mapping with text keys."""
    if not isinstance(value, Mapping):
        raise wrong_type(value, path, "a mapping")
    for key in value:
        if not isinstance(key, str):
            raise wrong_type(key, path, "keys that are text")
    return value


def text(value: object, path: str, _setting: Setting | None = None) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise wrong_type(value, path, "text")
    return value


def boolean(value: object, path: str, _setting: Setting | None = None) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise wrong_type(value, path, "true or false")
    return value


def integer(value: object, path: str, _setting: Setting | None = None) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, path, "a whole number")
    return value


def count(value: object, path: str, setting: Setting | None = None) -> int:
    """Read a whole number of at least 0."""
    number = integer(value, path, setting)
    if number < 0:
        raise InvalidFacts("wrong_value", f"must be at least 0, is {number}", path)
    return number


def units(value: object, path: str, setting: Setting | None = None) -> int:
    """Read a whole number of at least 1."""
    number = integer(value, path, setting)
    if not 1 <= number < 10**9:
        raise InvalidFacts("wrong_value", f"must be at least 1 and below 1000000000, is {number}", path)
    return number


def number(value: object, path: str, _setting: Setting | None = None) -> int | Decimal:
    """Read an exact number: an integer, a Decimal, or its digits as text."""
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise wrong_type(value, path, "a number") from None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong_type(value, path, "an exact number (an integer, a Decimal, or digits as text)")
    if isinstance(value, Decimal) and not value.is_finite():
        raise wrong_type(value, path, "a number")
    return value


def amount(value: object, path: str, setting: Setting) -> Money:
    """Read an amount of at least 0 in the setting's currency; Money is taken as it is."""
    if isinstance(value, Money):
        return own_currency(value, path, setting)
    try:
        minor = minor_units(number(value, path), setting.currency)
    except AmountError as problem:
        raise InvalidFacts("wrong_value", f"{value} {problem}", path) from None
    if minor < 0:
        raise InvalidFacts("wrong_value", f"must be at least 0, is {value}", path)
    return Money(minor, setting.currency)


def own_currency(value: Money, path: str, setting: Setting) -> Money:
    """Return money that is in the setting's currency and not negative."""
    if value.currency != setting.currency:
        raise InvalidFacts("wrong_value", f"is in {value.currency.code}, not in {setting.currency.code}", path)
    if value.minor < 0:
        raise InvalidFacts("wrong_value", f"must be at least 0, is {value}", path)
    return value


def day(value: object, path: str, _setting: Setting | None = None) -> date:
    """Read a date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(text(value, path))
    except ValueError:
        raise wrong_type(value, path, "a date such as 2026-01-31") from None


def instant(value: object, path: str, setting: Setting) -> datetime:
    """Read an instant with an offset and return it in UTC; a plain date only where the setting allows it."""
    if isinstance(value, datetime) and value.tzinfo is UTC:
        return value
    moment = value if isinstance(value, date) else _parsed(value, path)
    if not isinstance(moment, datetime):
        if setting.plain_dates:
            return midnight(moment, setting.zone)
        raise InvalidFacts("naive_time", f"{moment} has no time and offset; write 2026-01-31T00:00:00+01:00", path)
    if moment.utcoffset() is None:
        raise InvalidFacts("naive_time", f"{moment.isoformat()} has no offset; write +00:00 or Z behind it", path)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidFacts("wrong_value", f"{moment.isoformat()} is out of range", path) from None


def _parsed(value: object, path: str) -> date:
    written = text(value, path)
    try:
        return date.fromisoformat(written) if len(written) == 10 else datetime.fromisoformat(written)
    except ValueError:
        raise wrong_type(value, path, "an instant such as 2026-01-31T00:00:00+01:00") from None


def day_or_instant(value: object, path: str, setting: Setting) -> date | datetime:
    """Read a date or an instant."""
    if isinstance(value, datetime) or (isinstance(value, str) and len(value) > 10):
        return instant(value, path, setting)
    return day(value, path)


def every(value: object, path: str, _setting: Setting | None = None) -> Interval:
    """Read an interval such as `month` or `2 years`."""
    found = value if isinstance(value, Interval) else interval(text(value, path))
    if found is None or found.unit == "once":
        raise InvalidFacts("wrong_value", f"`{value}` is no interval; write `month`, `year`, `14 days` ...", path)
    return found


def billing_day(value: object, path: str, _setting: Setting | None = None) -> int | date:
    """Read a day of the month from 1 to 31, or a date as anchor."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= 31:
            raise InvalidFacts("wrong_value", f"must be from 1 to 31, is {value}", path)
        return value
    return day(value, path)


def one_of(*known: str) -> Read:
    """Return a reader of a text that is one of those known."""

    def read(value: object, path: str, _setting: Setting) -> str:
        found = text(value, path)
        if found in known:
            return found
        proposal = did_you_mean(found, known) or f"expected one of {', '.join(known)}"
        raise InvalidFacts("wrong_value", f"unknown value `{found}`, {proposal}", path)

    return read
