"""Money is an integer count of a currency's minor unit; it is rounded once, by a named mode."""

from collections.abc import Mapping
from decimal import Decimal
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


class Money(Struct, frozen=True):
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
    whole, part = divmod(abs(minor), 10**of.decimals)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{of.decimals}}"


def minor_units(number: int | Decimal, of: Currency) -> int:
    """Return the number as minor units; AmountError where it has too many decimals or digits."""
    if isinstance(number, int):
        minor = number * int(10**of.decimals)
    else:
        if not number.is_finite() or number.adjusted() > 18:
            raise AmountError("is too large for an amount")
        scaled = number.scaleb(of.decimals)
        if scaled != scaled.to_integral_value():
            raise AmountError(f"has more decimals than {of.code} has ({of.decimals})")
        minor = int(scaled)
    if abs(minor) >= LARGEST:
        raise AmountError("is too large for an amount")
    return minor


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


def split(total: int, weights: list[int]) -> list[int]:
    """Divide a total in proportion to the weights, each part rounded half up, the rest on the last.

    >>> split(100, [1, 1, 1])
    [33, 33, 34]
    """
    whole = sum(weights)
    parts = [rounded(total * weight, whole) if whole else 0 for weight in weights[:-1]]
    return [*parts, total - sum(parts)]
