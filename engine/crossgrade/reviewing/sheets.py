"""Sheets: a question that an engine was asked, as the object of a facts file."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from crossgrade.model.membership import SelectedAddOn, Selection
from crossgrade.model.writing import instant_json, membership_json
from crossgrade.reviewing.shapes import Question

OWN = ("usage", "customer", "request")
"""The sections of the facts that a caller gives."""


def sheet(question: Question, zone: ZoneInfo) -> dict[str, Any]:
    """Return the facts of a question as `crossgrade quote POLICY --facts` reads them; what is not set is left out."""
    membership = {key: value for key, value in membership_json(question.membership, zone).items() if _is_set(value)}
    found: dict[str, Any] = {"membership": membership, "selection": selection_json(question.selection)}
    found["at"] = instant_json(question.at, zone)
    found |= {section: values for section, values in own_facts(question).items() if values}
    return found if question.locale is None else {**found, "locale": question.locale}


def _is_set(value: object) -> bool:
    return value is not None and value != {}


def selection_json(selection: Selection) -> dict[str, Any]:
    """Return a selection as JSON; what stays as it is held is left out."""
    found: dict[str, Any] = {name: getattr(selection, name) for name in ("plan", "price", "quantity")}
    found["addons"] = None if selection.addons is None else _addons(selection.addons)
    found["add_addons"] = _addons(selection.add_addons) or None
    found["remove_addons"] = list(selection.remove_addons) or None
    return {name: value for name, value in found.items() if value is not None}


def _addons(selected: Mapping[str, SelectedAddOn]) -> dict[str, Any]:
    return {
        id: addon.quantity if addon.price is None else {"quantity": addon.quantity, "price": addon.price}
        for id, addon in selected.items()
    }


def own_facts(question: Question) -> dict[str, dict[str, Any]]:
    """Return the caller's own facts by section; exact numbers, amounts and days as text."""
    found: dict[str, dict[str, Any]] = {section: {} for section in OWN}
    for name, value in sorted(question.own.items()):
        section, _, key = name.partition(".")
        found[section][key] = _json(value)
    return found


def _json(value: object) -> Any:
    if isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
