"""The catalogue is what can be held: plans and add-ons with their prices and what they grant."""

from collections.abc import Mapping
from typing import Literal, cast

from msgspec import Struct, structs

from crossgrade.model.catalogue import AddOn, Entitlement, Family, Grant, Plan, QuantityRange
from crossgrade.model.text import Text
from crossgrade.reading.build_amounts import Currencies, amounts_everywhere
from crossgrade.reading.build_ids import check_reserved
from crossgrade.reading.build_names import nearest, resolved
from crossgrade.reading.build_nodes import names_in, number_of, pairs_of, truth_of, value_of, word_of
from crossgrade.reading.build_prices import interval_of, prices_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.build_texts import title_of
from crossgrade.reading.located import Node, Scalar


class Setting(Struct, frozen=True):
    """What the catalogue is read against: what can be granted, the currencies, the locale of bare texts."""

    entitlements: Mapping[str, Entitlement]
    currencies: Currencies
    locale: str


def entitlements_of(node: Node | None, locale: str, report: Report) -> dict[str, Entitlement]:
    """Return what plans and add-ons can grant, by id."""
    found = {}
    for key, body in pairs_of(node):
        id = str(key.value)
        check_reserved(key, "entitlement", report)
        title = title_of(value_of(body, "title", report), id, locale, report)
        kind = cast(Literal["integer", "boolean"], word_of(value_of(body, "type", report), report, "unknown"))
        found[id] = Entitlement(id, title, kind)
    return found


def with_adopted(entitlements: Mapping[str, Entitlement], report: Report) -> dict[str, Entitlement]:
    """Return the entitlements with those that are missing or of an unknown type taken for integers.

    What was reported once where it is granted is then not reported again where rules test it.
    """
    missing = sorted(report.adopted("entitlements"))
    found = {**entitlements, **{id: Entitlement(id, Text({}), "integer") for id in missing}}
    return {id: item if item.type in _GRANTS else structs.replace(item, type="integer") for id, item in found.items()}


def plans_of(node: Node | None, setting: Setting, report: Report) -> dict[str, Plan]:
    """Return the plans by id, in the order they are written."""
    found = {}
    for key, body in pairs_of(node):
        id = str(key.value)
        found[id] = Plan(
            id,
            title_of(value_of(body, "title", report), id, setting.locale, report),
            prices_of(value_of(body, "prices", report), setting.currencies, report),
            amounts_everywhere(value_of(body, "setup_fee", report), setting.currencies, report),
            _quantity(value_of(body, "quantity", report), report),
            _grants(value_of(body, "entitlements", report), setting.entitlements, report),
            truth_of(value_of(body, "retired", report), report),
            interval_of(value_of(body, "trial", report), report),
        )
    return found


def addons_of(
    node: Node | None, plans: Mapping[str, Plan], families: Mapping[str, Family], setting: Setting, report: Report
) -> dict[str, AddOn]:
    """Return the add-ons by id, in the order they are written."""
    found = {}
    for key, body in pairs_of(node):
        id = str(key.value)
        available_on = value_of(body, "available_on", report)
        found[id] = AddOn(
            id,
            title_of(value_of(body, "title", report), id, setting.locale, report),
            word_of(value_of(body, "kind", report), report, "add-on"),
            prices_of(value_of(body, "prices", report), setting.currencies, report),
            amounts_everywhere(value_of(body, "setup_fee", report), setting.currencies, report),
            None if available_on is None else _plans_named(available_on, plans, families, report),
            _plans_named(value_of(body, "included_in", report), plans, families, report),
            _quantity(value_of(body, "quantity", report), report),
            _grants(value_of(body, "entitlements", report), setting.entitlements, report),
            truth_of(value_of(body, "retired", report), report),
        )
    return found


def _plans_named(
    node: Node | None, plans: Mapping[str, Plan], families: Mapping[str, Family], report: Report
) -> frozenset[str]:
    """Return the plans that are named themselves or through their family."""
    found: set[str] = set()
    lost = "families" if report.lost("families") else "plans"
    for name in names_in(node):
        word = resolved(name, [*plans, *families], "plan or family", lost, report)
        family = families.get(word or "")
        if family is not None:
            found.update(plan for rank in family.ranks for plan in rank)
        elif word is not None:
            found.add(word)
    return frozenset(found)


def _quantity(node: Node | None, report: Report) -> QuantityRange:
    least, most = value_of(node, "at_least", report), value_of(node, "at_most", report)
    found = QuantityRange(_or(number_of(least, report), 1), number_of(most, report))
    if most is not None and found.at_most is not None and found.at_least > found.at_most:
        beginning = "`at_least` is" if least is not None else "without `at_least` it is"
        others = ((least.place, "`at_least` is here"),) if least is not None else ()
        message = f"`at_most` is {found.at_most}, below the smallest quantity: {beginning} {found.at_least}"
        report.error(most, "reversed-range", message, "write the larger number after `at_most`", others)
    return found


def _or(number: int | None, default: int) -> int:
    return default if number is None else number


def _grants(node: Node | None, entitlements: Mapping[str, Entitlement], report: Report) -> dict[str, Grant]:
    found: dict[str, Grant] = {}
    for key, value in pairs_of(node):
        id = resolved(key, entitlements, "entitlement", "entitlements", report)
        grant = _grant(value, entitlements[id], report) if id and isinstance(value, Scalar) else None
        if id and grant is not None:
            found[id] = grant
    return found


def _grant(node: Scalar, entitlement: Entitlement, report: Report) -> Grant | None:
    value = node.value
    if entitlement.type not in _GRANTS:
        return None
    if entitlement.type == "boolean" and isinstance(value, bool):
        return value
    if entitlement.type == "integer" and (value == "unlimited" or (type(value) is int and value >= 0)):
        return cast(Grant, value)
    if not isinstance(value, str) and report.spoilt(node):
        return None
    # The schema knows that a grant is a number or a word; only here it is known which.
    report.overrule(node)
    kind, expected, meant = _GRANTS[entitlement.type]
    message = f"`{entitlement.id}` is {kind} entitlement, expected {expected}, found `{node.written}`"
    near = meant.get(node.written.lower()) or nearest(node.written, set(meant.values()))
    report.error(node, "grant-of-wrong-type", message, f"did you mean `{near}`?" if near else None)
    return None


_GRANTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "integer": (
        "an integer",
        "a whole number of 0 or more, or `unlimited`",
        dict.fromkeys(("unlimited", "infinite", "infinity", "all", "true", "yes"), "unlimited"),
    ),
    "boolean": (
        "a boolean",
        "`true` or `false`",
        {
            **dict.fromkeys(("yes", "on", "y", "1", "unlimited"), "true"),
            **dict.fromkeys(("no", "off", "n", "0", "none"), "false"),
        },
    ),
}
"""Of each type of entitlement: what it is, what grants it, and what other words most likely mean."""
