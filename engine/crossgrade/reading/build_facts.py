"""Facts of the policy's own: declared under `customer.`, `usage.` or `request.`, required or with a default."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import cast

from crossgrade.model.catalogue import Entitlement
from crossgrade.model.condition import Value
from crossgrade.model.declaration import FactDeclaration, FactType
from crossgrade.model.money import Money
from crossgrade.reading.build_amounts import Currencies, amounts_of
from crossgrade.reading.build_constants import TYPES, scalar_constant
from crossgrade.reading.build_names import listed
from crossgrade.reading.build_nodes import items_of, pairs_of, value_of, word_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Node, Scalar


def declarations_of(
    node: Node | None,
    entitlements: Mapping[str, Entitlement],
    built_in: Collection[str],
    currencies: Currencies,
    report: Report,
) -> dict[str, FactDeclaration]:
    """Return the policy's own facts by name."""
    found = {}
    for key, body in pairs_of(node):
        name = str(key.value)
        _check_name(key, entitlements, built_in, report)
        wanted = word_of(value_of(body, "type", report), report, "unknown")
        if wanted not in TYPES:
            report.adopt("facts", name)
        else:
            _check_usage_type(name, value_of(body, "type", report), entitlements, report)
            found[name] = _declaration(name, cast(FactType, wanted), body, currencies, report)
    return found


def _check_name(
    key: Scalar, entitlements: Mapping[str, Entitlement], built_in: Collection[str], report: Report
) -> None:
    name = str(key.value)
    if name in built_in and not _is_usage(name, entitlements):
        message = f"the fact `{name}` is built in"
        report.error(key, "built-in-fact", message, "remove it here, rules can test it as it is")


def _is_usage(name: str, entitlements: Mapping[str, Entitlement]) -> bool:
    return name.startswith("usage.") and name.removeprefix("usage.") in entitlements


def _check_usage_type(name: str, wanted: Node | None, entitlements: Mapping[str, Entitlement], report: Report) -> None:
    """Refuse another type for the usage of an entitlement, which is counted against what is granted."""
    entitlement = entitlements.get(name.removeprefix("usage.")) if name.startswith("usage.") else None
    if entitlement and entitlement.type == "integer" and isinstance(wanted, Scalar) and wanted.value != "integer":
        message = f"`{name}` counts what the entitlement `{entitlement.id}` grants, expected the type `integer`"
        report.error(wanted, "usage-of-wrong-type", message, "write `type: integer`")


def _declaration(name: str, wanted: FactType, body: Node, currencies: Currencies, report: Report) -> FactDeclaration:
    values = value_of(body, "one_of", report)
    default = value_of(body, "default", report)
    one_of = _one_of(values, wanted, report)
    usual = _default(default, wanted, currencies, report)
    if one_of and usual is not None and usual not in one_of and isinstance(default, Scalar) and values is not None:
        message = f"the default `{default.written}` is none of {listed(map(str, one_of))}"
        report.error(default, "default-outside-one-of", message, "add it to `one_of`, or choose another default")
    mask = value_of(body, "mask", report)
    masked = isinstance(mask, Scalar) and mask.value is True
    return FactDeclaration(name, wanted, one_of, usual, required=default is None, mask=masked)


def _one_of(node: Node | None, wanted: FactType, report: Report) -> tuple[Value, ...] | None:
    if node is None or report.spoilt(node):
        return None
    if wanted in ("boolean", "amount"):
        message = f"`one_of` does not go with the type `{wanted}`"
        report.error(
            node, "one-of-does-not-fit", message, "remove `one_of`, or use the type `string`, `integer` or `number`"
        )
        return None
    scalars = [item for item in items_of(node) if isinstance(item, Scalar)]
    found = [scalar_constant(item, wanted, "one_of", report) for item in scalars]
    values = tuple(value for value in found if value is not None)
    # Where one value could not be read, any other may be meant by it.
    return values if len(values) == len(items_of(node)) and values else None


def _default(node: Node | None, wanted: FactType, currencies: Currencies, report: Report) -> Value | None:
    if node is None:
        return None
    if wanted == "amount":
        return _default_amount(node, currencies, report)
    if isinstance(node, Scalar):
        return scalar_constant(node, wanted, "default", report)
    report.error(node, "constant-of-wrong-type", f"`default` takes {TYPES[wanted]}, found brackets")
    return None


def _default_amount(node: Node, currencies: Currencies, report: Report) -> Money | None:
    if not isinstance(node, Scalar) or type(node.value) not in (int, Decimal):
        own = currencies.own.code
        message = f"the default of an amount is a number in {own}, the policy's currency"
        report.error(node, "constant-of-wrong-type", message, "write a number, or leave out `default`")
        return None
    minor = amounts_of(node, currencies, report).get(currencies.own.code)
    others = [code for code in currencies.first if code != currencies.own.code]
    if minor is not None and others:
        message = f"`{node.written}` is in {currencies.own.code} only, and prices are in {', '.join(others)} too"
        remedy = "leave out `default`, so that the amount must be given"
        report.warning(node, "currency-without-amount", message, remedy)
    return None if minor is None else Money(minor, currencies.own)
