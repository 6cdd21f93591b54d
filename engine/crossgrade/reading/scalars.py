"""A scalar's value: plain text read by the core schema of YAML 1.2, numbers exactly."""

import re
from decimal import Decimal

Value = bool | int | Decimal | str | None

MOST_DIGITS = 40
"""A number may have this many digits and this exponent; no amount or count needs more."""

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE](?P<exponent>[-+]?[0-9]+))?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class NumberError(ValueError):
    """The text is a number by its form, but not one that can be used; the message says why."""


def value_of(text: str) -> Value:
    """Return the value of a plain scalar; `yes`, `no`, `on` and `off` are words.

    >>> value_of("15.00")
    Decimal('15.00')
    """
    if text in _WORDS:
        return _WORDS[text]
    # Nearly every plain scalar is a word: one look at its first character spares five patterns.
    return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> Value:
    if _INTEGER.fullmatch(text):
        return int(_short(text))
    if _OCTAL.fullmatch(text):
        return int(_short(text), 0)
    if _HEXADECIMAL.fullmatch(text):
        return int(_short(text), 0)
    if _NOT_FINITE.fullmatch(text):
        raise NumberError(f"`{text}` is not a finite number")
    decimal = _DECIMAL.fullmatch(text)
    return text if decimal is None else _decimal(text, decimal["exponent"] or "0")


def _decimal(text: str, exponent: str) -> Decimal:
    _short(text)
    if abs(int(exponent)) > MOST_DIGITS:
        raise NumberError(f"the exponent of `{text}` is beyond {MOST_DIGITS}")
    return Decimal(text)


def _short(text: str) -> str:
    if len(text) > MOST_DIGITS:
        raise NumberError(f"the number has more than {MOST_DIGITS} digits")
    return text
