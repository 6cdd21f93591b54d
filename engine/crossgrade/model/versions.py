"""Versions: the policies that follow each other under one id, each completed with what only older ones know."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from msgspec import Struct, structs

from crossgrade.model.catalogue import AddOn, Entitlement, Grant, Plan, Price
from crossgrade.model.policy import Policy

Product = TypeVar("Product", Plan, AddOn)


class Versions(Struct, frozen=True):
    """The versions of one policy, the oldest first; no two begin on the same day."""

    policies: tuple[Policy, ...]

    @property
    def newest(self) -> Policy:
        """The version that decides from the latest day on."""
        return self.policies[-1]

    def in_force(self, day: date) -> Policy | None:
        """Return the version that decides on a day, None before the first one begins."""
        begun = [policy for policy in self.policies if policy.effective <= day]
        return begun[-1] if begun else None


def completed(policy: Policy, older: Policy | None) -> Policy:
    """Return a policy with the plans, prices and add-ons that only older versions have, so that they can be held.

    `older` is the version before it, completed itself.
    """
    if older is None:
        return policy
    plans = _with_former(policy.plans, older.plans, policy.entitlements)
    addons = _with_former(policy.addons, older.addons, policy.entitlements)
    former = frozenset(id for id, plan in plans.items() if plan.former)
    return structs.replace(
        policy,
        plans=plans,
        addons={id: _on_former_plans(addon, older.addons.get(id), former) for id, addon in addons.items()},
        currencies={**policy.currencies, **{code: older.currencies[code] for code in _lacking(policy, older)}},
        older=older,
    )


def _lacking(policy: Policy, older: Policy) -> list[str]:
    return [code for code in older.currencies if code not in policy.currencies]


def _with_former(
    own: Mapping[str, Product], older: Mapping[str, Product], known: Mapping[str, Entitlement]
) -> dict[str, Product]:
    """Return the products of a version, then those that only older versions have."""
    kept = {id: _with_former_prices(item, older.get(id)) for id, item in own.items()}
    former = {id: _former(item, known) for id, item in older.items() if id not in own}
    return {**kept, **former}


def _with_former_prices(product: Product, older: Product | None) -> Product:
    if older is None:
        return product
    lost = {id: _former_price(price) for id, price in older.prices.items() if id not in product.prices}
    return structs.replace(product, prices={**product.prices, **lost}) if lost else product


def _former_price(price: Price) -> Price:
    return structs.replace(price, retired=True, former=True)


def _former(product: Product, known: Mapping[str, Entitlement]) -> Product:
    grants = {id: grant for id, grant in product.entitlements.items() if id in known and _fits(grant, known[id])}
    return structs.replace(product, entitlements=grants, retired=True, former=True)


def _fits(grant: Grant, entitlement: Entitlement) -> bool:
    """Say whether a grant of an older version is of the type that the entitlement has now."""
    return isinstance(grant, bool) == (entitlement.type == "boolean")


def _on_former_plans(addon: AddOn, older: AddOn | None, former: frozenset[str]) -> AddOn:
    """Return an add-on that former plans offer and include as they did in their own time."""
    if older is None:
        return addon
    included = frozenset[str]() if addon.former else addon.included_in
    offered = addon.available_on
    if offered is not None:
        offered |= former if older.available_on is None else former & older.available_on
    return structs.replace(addon, included_in=included | (former & older.included_in), available_on=offered)
