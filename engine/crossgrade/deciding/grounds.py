"""Grounds: everything a decision rests on, as JSON; its hash is the decision's id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crossgrade.model.condition import Value
from crossgrade.model.membership import Membership, SelectedAddOn, Selection
from crossgrade.model.policy import Policy
from crossgrade.model.writing import instant_json, membership_json


def grounds_json(
    policy: Policy, membership: Membership, selection: Selection, at: datetime, own: Mapping[str, Value]
) -> dict[str, Any]:
    """Return the facts and the digest of the policy; the same question to the same policy gives the same JSON."""
    return {
        "policy": policy.digest,
        "membership": membership_json(membership, policy.zone),
        "selection": _selection_json(selection),
        "at": instant_json(at, policy.zone),
        "facts": {name: str(value) for name, value in sorted(own.items())},
    }


def _selection_json(selection: Selection) -> dict[str, Any]:
    return {
        "plan": selection.plan,
        "price": selection.price,
        "quantity": selection.quantity,
        "addons": None if selection.addons is None else _units(selection.addons),
        "add_addons": _units(selection.add_addons),
        "remove_addons": list(selection.remove_addons),
    }


def _units(addons: Mapping[str, SelectedAddOn]) -> dict[str, Any]:
    return {id: [item.quantity, item.price] for id, item in addons.items()}
