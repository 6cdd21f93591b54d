"""Coverage: what a policy leaves open without being wrong, as warnings."""

from collections.abc import Iterator, Mapping

from crossgrade.facts.vocabulary import Fact
from crossgrade.model.declaration import FactDeclaration
from crossgrade.reading.build_amounts import Currencies, iso_currency
from crossgrade.reading.build_conditions import facts_tested
from crossgrade.reading.build_names import listed
from crossgrade.reading.build_nodes import items_of, pairs_of, truth_of, value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar

_Written = tuple[str, Scalar, Node]
"""A price as `plan/price`, its key, and its amount."""


def warn_currencies(root: Node, currencies: Currencies, report: Report) -> None:
    """Warn of each currency that some prices have and others lack."""
    prices = list(_prices(root, report))
    for code, first in currencies.first.items():
        lacking = [(name, key) for name, key, amount in prices if not _has(amount, code, currencies)]
        if lacking and len(lacking) < len(prices):
            names = [name for name, _ in lacking]
            shown = (
                listed(names)
                if len(names) <= 3
                else f"{', '.join(f'`{name}`' for name in names[:3])} and {len(names) - 3} more"
            )
            message = f"other prices have an amount in {code}, and {shown} {'has' if len(names) == 1 else 'have'} none"
            remedy = "add the amounts, or nobody who pays in this currency can have these prices"
            report.warning(
                lacking[0][1], "currency-without-prices", message, remedy, ((first.place, f"{code} is named here"),)
            )


def _prices(root: Node, report: Report) -> Iterator[_Written]:
    for section in ("plans", "addons"):
        for id, product in pairs_of(value_of(root, section, report)):
            if truth_of(value_of(product, "retired", report), report):
                continue
            for key, price in pairs_of(value_of(product, "prices", report)):
                amount = _amount(price)
                if amount is not None and not truth_of(value_of(price, "retired", report), report):
                    yield f"{id.value}/{key.value}", key, amount


def _amount(price: Node) -> Node | None:
    """Return what a price costs, None where that cannot be said."""
    if not isinstance(price, Entries):
        return price
    amount = price.get("amount")
    if amount is None and all(iso_currency(str(key.value)) for key, _ in price.entries):
        amount = price
    return None if isinstance(amount, Entries) and not amount.entries else amount


def _has(amount: Node, code: str, currencies: Currencies) -> bool:
    if isinstance(amount, Entries):
        return amount.get(code) is not None
    return code == currencies.own.code or (isinstance(amount, Scalar) and amount.value == 0)


def warn_usage_by_default(
    root: Node, facts: Mapping[str, Fact], declared: Mapping[str, FactDeclaration], report: Report
) -> None:
    """Warn where a restriction tests a usage that is 0 when a caller gives none."""
    if report.lost("facts") or any(report.spoilt(key) for key, _ in pairs_of(value_of(root, "facts", report))):
        return
    resting = {name for name in facts if name.startswith("usage.")} - declared.keys() - report.adopted("facts")
    for rule in items_of(value_of(root, "restrictions", report)):
        for key in facts_tested(value_of(rule, "when", report)):
            for name in sorted(_usage_behind(str(key.value), resting)):
                resting.discard(name)
                message = f"this restriction rests on `{name}`, which is 0 where a caller leaves it out"
                remedy = f"write `{name}: {{type: integer}}` under `facts`, so that it must be given"
                report.warning(key, "usage-by-default", message, remedy)


def _usage_behind(fact: str, resting: set[str]) -> set[str]:
    if fact == "exceeds.any":
        return set(resting)
    section, _, name = fact.partition(".")
    return {f"usage.{name}"} & resting if section in ("usage", "exceeds") else set()
