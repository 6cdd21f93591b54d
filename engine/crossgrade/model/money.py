"""Money is an integer count of a currency's minor unit; it is rounded once, by a named mode."""

from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from functools import cache
from typing import Literal

from msgspec import Struct

RoundingMode = Literal["half_up", "half_even", "up", "down"]

LARGEST = 10**15
"""No amount of a policy or a membership may reach this many minor units."""


class Currency(Struct, frozen=True):
    """An ISO 4217 currency and the number of decimals it is paid in."""

    code: str
    decimals: int


class UnknownCurrencyError(ValueError):
    """The code is not that of an ISO 4217 currency with a minor unit."""


class AmountError(ValueError):
    """The number is not an exact amount of the currency; the text says why."""


@cache
def currency(code: str) -> Currency:
    """Return the currency with this ISO 4217 code, such as `EUR`."""
    import iso4217  # reads a table; only loading a policy pays for it

    try:
        known = iso4217.Currency(code)
    except ValueError:
        raise UnknownCurrencyError(code) from None
    if known.exponent is None:
        raise UnknownCurrencyError(code)
    return Currency(code, known.exponent)


class Money(Struct, frozen=True, gc=False):
    """An exact amount: `minor` units (cents) of `currency`.

    >>> str(Money(13950, Currency("USD", 2)))
    '139.50'
    """

    minor: int
    currency: Currency

    def __str__(self) -> str:
        """Return the amount as plain digits with all the currency's decimals."""
        return written(self.minor, self.currency)


class Amounts(Struct, frozen=True):
    """One amount in several currencies: minor units by currency code."""

    by_currency: Mapping[str, int]

    def __hash__(self) -> int:
        return hash(frozenset(self.by_currency.items()))


def written(minor: int, of: Currency) -> str:
    """Return minor units as plain digits: 13950 in USD is `139.50`, in JPY `13950`."""
    if not of.decimals:
        return str(minor)
    digits = str(abs(minor)).zfill(of.decimals + 1)
    return f"{'-' if minor < 0 else ''}{digits[: -of.decimals]}.{digits[-of.decimals :]}"


def minor_units(number: int | Decimal, of: Currency) -> int:
    """Return the number as minor units; AmountError where it has too many decimals or digits."""
    minor = number * int(10**of.decimals) if isinstance(number, int) else _exactly(number, of)
    if abs(minor) >= LARGEST:
        raise AmountError("is too large for an amount")
    return minor


def _exactly(number: Decimal, of: Currency) -> int:
    """Return minor units in a context of our own: Decimal's usual one rounds to 28 digits."""
    if not number:
        return 0
    if not number.is_finite() or number.adjusted() > 18:
        raise AmountError("is too large for an amount")
    try:
        minor = number.scaleb(of.decimals, _EXACT)
    except Inexact:
        minor = None
    if minor is None or minor != int(minor):
        raise AmountError(f"has more decimals than {of.code} has ({of.decimals})")
    return int(minor)


_EXACT = Context(prec=32, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
"""Rounds nothing: what has more digits than this, and is no more than 10**19, has decimals that no currency has."""


def rounded(numerator: int, denominator: int, mode: RoundingMode = "half_up") -> int:
    """Return numerator divided by a positive denominator, as an integer rounded by `mode`.

    `half_up`, `up` and `down` go by magnitude, so that -2.5 is -3 with `half_up`.
    """
    whole, rest = divmod(abs(numerator), denominator)
    if mode == "up":
        whole += rest > 0
    elif mode == "half_up":
        whole += 2 * rest >= denominator
    elif mode == "half_even":
        whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    return whole if numerator >= 0 else -whole


def shared(total: int, weights: list[int], mode: RoundingMode = "half_up") -> list[int]:
    """Divide a total in proportion to the weights: parts rounded by the mode, the rest on the last; none below 0.

    >>> shared(1000, [1, 1, 1])
    [333, 333, 334]
    """
    whole, left = sum(weights), total
    parts = []
    for weight in weights[:-1]:
        parts.append(min(rounded(total * weight, whole, mode) if whole else 0, left))
        left -= parts[-1]
    return [*parts, left]


def split(total: int, weights: list[int], mode: RoundingMode = "half_up") -> list[int]:
    """Divide a total of at most the weights' sum as `shared` does, but with no part above its weight.

    What the last cannot take goes to the first that can.

    >>> split(100, [100, 100, 100])
    [33, 33, 34]
    """
    parts = shared(total, weights, mode)
    over = max(parts[-1] - weights[-1], 0)
    parts[-1] -= over
    for number, weight in enumerate(weights):
        more = min(weight - parts[number], over)
        parts[number] += more
        over -= more
    return parts
