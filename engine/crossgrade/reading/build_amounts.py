"""Amounts are exact: a bare number is in the policy's currency, a map names each."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct

from crossgrade.model.money import (
    LARGEST,
    AmountError,
    Amounts,
    Currency,
    UnknownCurrencyError,
    currency,
    minor_units,
    written,
)
from crossgrade.reading.build_names import nearest
from crossgrade.reading.build_nodes import pairs_of, value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar

_USUAL = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "CNY", "INR", "BRL", "SEK", "NOK", "DKK", "PLN")
"""Currencies that a misspelt code most likely means; nearly every three letters are near to some code."""


class Currencies(Struct, frozen=True):
    """The policy's own currency and every one that a price is in, with the key that first names it."""

    own: Currency
    known: Mapping[str, Currency]
    first: Mapping[str, Scalar]


def currencies_of(root: Node, report: Report) -> Currencies:
    """Return the currencies that a policy's prices are in, its own first."""
    node = value_of(root, "currency", report)
    own = _currency(node, report) if isinstance(node, Scalar) and not report.spoilt(node) else None
    home = own or Currency("XXX", 4)
    known = {home.code: home}
    first = {home.code: node} if own and isinstance(node, Scalar) else {}
    for key in _currency_keys(root, report):
        found = iso_currency(str(key.value))
        if found is not None:
            known.setdefault(found.code, found)
            first.setdefault(found.code, key)
    return Currencies(home, known, first)


def _currency_keys(root: Node, report: Report) -> Iterator[Scalar]:
    for section in ("plans", "addons"):
        for _, product in pairs_of(value_of(root, section, report)):
            for _, price in pairs_of(value_of(product, "prices", report)):
                amount = price.get("amount") if isinstance(price, Entries) and price.get("amount") else price
                yield from (key for key, _ in pairs_of(amount))


def _currency(node: Scalar, report: Report) -> Currency | None:
    """Return the currency that is written; an unknown one is reported and read as the nearest."""
    word = str(node.value)
    found = iso_currency(word)
    if found is not None:
        return found
    near = nearest(word, _USUAL) or (nearest(word, _codes()) if len(word) == len("USD") else None)
    remedy = f"did you mean `{near}`?" if near else "write a code such as `EUR`"
    report.error(node, "unknown-currency", f"`{word}` is no ISO 4217 currency", remedy)
    return iso_currency(near) if near else None


def iso_currency(code: str) -> Currency | None:
    """Return the currency with this code, None where ISO 4217 has none."""
    try:
        return currency(code)
    except UnknownCurrencyError:
        return None


def _codes() -> list[str]:
    import iso4217

    return [item.code for item in iso4217.Currency if item.exponent is not None]


def amounts_of(node: Node | None, currencies: Currencies, report: Report) -> dict[str, int]:
    """Return minor units by currency. Zero is zero in every currency; a bare number is in the policy's."""
    if isinstance(node, Scalar):
        minor = _minor(node, currencies.own, report)
        if minor is None:
            return {}
        return dict.fromkeys(currencies.known, 0) if minor == 0 else {currencies.own.code: minor}
    found = {}
    for key, value in pairs_of(node):
        known = None if report.spoilt(key) else _currency(key, report)
        minor = _minor(value, known, report) if known else None
        if known and minor is not None:
            found[known.code] = minor
    return found


def _minor(node: Node, of: Currency, report: Report) -> int | None:
    if not isinstance(node, Scalar) or type(node.value) not in (int, Decimal):
        found = f"`{node.written}`" if isinstance(node, Scalar) else "brackets"
        message = f"expected an amount in {of.code}, found {found}"
        report.error(node, "wrong-type", message, f"write a number such as `{written(1000, of)}`")
        return None
    if report.spoilt(node):
        return None
    try:
        return minor_units(node.value, of)  # type: ignore[arg-type]
    except AmountError as problem:
        _report_amount(node, problem, of, report)
        return None


def _report_amount(node: Scalar, problem: AmountError, of: Currency, report: Report) -> None:
    message = f"`{node.written}` {problem}"
    if "decimals" in str(problem):
        remedy = f"round it to {of.decimals} decimals" if of.decimals else "round it to a whole number"
        report.error(node, "too-many-decimals", message, remedy)
    else:
        largest = written(LARGEST - 1, of)
        report.error(node, "amount-too-large", message, f"write {largest} or less")


def amounts_everywhere(node: Node | None, currencies: Currencies, report: Report) -> Amounts | None:
    """Return an amount that counts wherever prices do, None where none is written; warn where currencies lack it."""
    if node is None:
        return None
    found = amounts_of(node, currencies, report)
    lacking = [code for code in currencies.first if code not in found]
    if found and lacking:
        _warn_lacking(node, found, lacking, report)
    return Amounts(found) if found else None


def _warn_lacking(node: Node, found: Mapping[str, int], lacking: list[str], report: Report) -> None:
    codes = ", ".join(lacking)
    if isinstance(node, Scalar):
        only = next(iter(found))
        message = f"`{node.written}` is in {only} only, and prices are in {codes} too"
        complete = ", ".join([f"{only}: {node.written}", *(f"{code}: ..." for code in lacking)])
        report.warning(node, "currency-without-amount", message, f"write `{{{complete}}}`")
    else:
        message = f"this has no amount in {codes}, and prices are in {codes} too"
        report.warning(node, "currency-without-amount", message, f"add {codes}")
