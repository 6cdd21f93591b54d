"""Readers: each takes one value from outside and returns a checked one, or raises InvalidFacts with its path."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import InvalidFacts
from crossgrade.model.calendar import Interval, interval, midnight
from crossgrade.model.declaration import TOO_LARGE
from crossgrade.model.money import AmountError, Currency, Money, minor_units

LONGEST_TEXT = 10_000
"""Characters of a text."""

MOST_ENTRIES = 2_000
"""Entries of a mapping or list: a policy has no more add-ons, and no more facts."""

MOST_DIGITS = 40
"""A number may have this many digits and this exponent, as in a policy."""

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
        text = json.dumps(value[:60], ensure_ascii=not _is_unicode(value))
    elif value is None or isinstance(value, bool):
        text = json.dumps(value)
    elif isinstance(value, int):
        text = str(value) if abs(value) < TOO_LARGE else f"a number of {value.bit_length()} bits"
    elif isinstance(value, Decimal):
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
    if len(value) > MOST_ENTRIES:
        raise too_many(len(value), path)
    for key in value:
        if not isinstance(key, str):
            raise wrong_type(key, path, "keys that are text")
        text(key, path)
    return value


def too_many(count: int, path: str) -> InvalidFacts:
    """Return the error for a mapping or list with more entries than are read."""
    return InvalidFacts("wrong_value", f"has {count:,} entries, the most that is read is {MOST_ENTRIES:,}", path)


def text(value: object, path: str, _setting: Setting | None = None) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise wrong_type(value, path, "text")
    if len(value) > LONGEST_TEXT:
        raise InvalidFacts("wrong_value", f"has {len(value):,} characters, the most is {LONGEST_TEXT:,}", path)
    if not _is_unicode(value):
        raise InvalidFacts("wrong_value", f"{_shown(value)} is no Unicode: it holds half of a surrogate pair", path)
    return value


def _is_unicode(value: str) -> bool:
    """Say whether a text can be written; JSON can escape half of a character, as in the code `d800`."""
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def boolean(value: object, path: str, _setting: Setting | None = None) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise wrong_type(value, path, "true or false")
    return value


def integer(value: object, path: str, _setting: Setting | None = None) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, path, "a whole number")
    if not -TOO_LARGE < value < TOO_LARGE:
        raise InvalidFacts("wrong_value", f"is {_shown(value)}, which is too large to be counted", path)
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
        value = _digits(value, path)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong_type(value, path, "an exact number (an integer, a Decimal, or digits as text)")
    if isinstance(value, Decimal) and not value.is_finite():
        raise wrong_type(value, path, "a number")
    if not _is_short(value):
        raise InvalidFacts("wrong_value", f"has more than {MOST_DIGITS} digits or a larger exponent", path)
    return value


_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def _digits(value: str, path: str) -> Decimal:
    """Read the digits of a number; Python would take those of every script, and underscores between them."""
    if _NUMBER.fullmatch(value) is None or len(value) > LONGEST_TEXT:
        raise wrong_type(value, path, "a number")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise wrong_type(value, path, "a number") from None


_LARGEST_NUMBER: int = 10**MOST_DIGITS


def _is_short(value: int | Decimal) -> bool:
    if isinstance(value, int):
        return -_LARGEST_NUMBER < value < _LARGEST_NUMBER
    _, digits, exponent = value.as_tuple()
    return len(digits) <= MOST_DIGITS and isinstance(exponent, int) and -MOST_DIGITS <= exponent <= MOST_DIGITS


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
        return _in_range(value, path)
    moment = value if isinstance(value, date) else _parsed(value, path)
    if not isinstance(moment, datetime):
        if setting.plain_dates:
            return midnight(moment, setting.zone)
        raise InvalidFacts("naive_time", f"{moment} has no time and offset; write 2026-01-31T00:00:00+01:00", path)
    if moment.utcoffset() is None:
        raise InvalidFacts("naive_time", f"{moment.isoformat()} has no offset; write +00:00 or Z behind it", path)
    try:
        return _in_range(moment.astimezone(UTC), path)
    except OverflowError:
        raise _out_of_range(moment, path) from None


FIRST_YEAR, LAST_YEAR = 1000, 8999
"""The years of instants: the calendar ends with 9999, and a period may be a hundred years long."""


def _in_range(moment: datetime, path: str) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _out_of_range(moment, path)
    return moment


def _out_of_range(moment: datetime, path: str) -> InvalidFacts:
    message = f"{moment.isoformat()} is out of range; the years from {FIRST_YEAR} to {LAST_YEAR} are read"
    return InvalidFacts("wrong_value", message, path)


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
        if not 1 <= integer(value, path) <= 31:
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
