"""What is wanted: a selection completed from what is held and looked up in the policy."""

from collections.abc import Mapping
from typing import Literal, TypeVar

from msgspec import Struct, structs

from crossgrade.errors import InvalidFacts
from crossgrade.facts.holding import (
    Holding,
    Item,
    addon_price,
    ambiguous,
    charged_every,
    holding,
    in_order,
    known,
    no_amount,
)
from crossgrade.model.calendar import ONCE
from crossgrade.model.catalogue import AddOn, Plan, Price
from crossgrade.model.membership import SelectedAddOn, Selection
from crossgrade.model.policy import Policy

T = TypeVar("T", Plan, AddOn, Price)

Ending = Literal["not-available", "included", "dropped", "removed"]


class Wanted(Struct, frozen=True):
    """What would be held; why held add-ons end; and what of the selection cannot be had.

    `included` are add-ons asked for that the target grants anyway; `unavailable` those it does not offer.
    """

    holding: Holding
    ended: Mapping[str, Ending]
    included: tuple[str, ...]
    unavailable: tuple[str, ...]
    named: frozenset[str]

    def dropping_others(self) -> "Wanted":
        """Return what would be held without the add-ons that the selection does not name."""
        kept = {id: item for id, item in self.holding.addons.items() if id in self.named}
        ended: dict[str, Ending] = {id: "dropped" for id in self.holding.addons if id not in kept}
        return structs.replace(self, holding=holding(self.holding.plan, kept), ended={**self.ended, **ended})


def wanted(held: Holding, selection: Selection, policy: Policy, currency: str) -> Wanted:
    """Complete a selection: what is left out stays."""
    plan = _plan(held, selection, policy, currency)
    addons: dict[str, Item] = {}
    ended: dict[str, Ending] = {}
    included: list[str] = []
    unavailable: list[str] = []
    asked = _asked(held, selection, policy)
    named = {*(selection.addons or {}), *selection.add_addons}
    for id in in_order({*asked, *held.addons, *named}, policy, "selection.addons"):
        addon = policy.addons[id]
        if id not in held.addons:
            known(_sold(policy.addons), id, "unknown_addon", f"selection.addons.{id}")
        if id not in asked:
            ended[id] = "removed"
        elif plan.id in addon.included_in:
            _note(id, named, included)
            _end(id, "included", held, ended)
        elif (item := _addon(addon, asked[id], plan, held, currency)) is not None:
            addons[id] = item
        else:
            _note(id, named, unavailable)
            _end(id, "not-available", held, ended)
    return Wanted(holding(plan, addons), ended, tuple(included), tuple(unavailable), frozenset(named))


def _note(id: str, named: set[str], noted: list[str]) -> None:
    if id in named:
        noted.append(id)


def _end(id: str, reason: Ending, held: Holding, ended: dict[str, Ending]) -> None:
    if id in held.addons:
        ended[id] = reason


def _plan(held: Holding, selection: Selection, policy: Policy, currency: str) -> Item:
    plan = policy.plans[held.plan.id]
    if selection.plan not in (None, held.plan.id):
        plan = known(_sold(policy.plans), selection.plan or "", "unknown_plan", "selection.plan")
    price = _price(plan, held, selection)
    quantity = held.plan.quantity if selection.quantity is None else selection.quantity
    listed = price.in_currency(currency)
    if plan.id == held.plan.id and price.id == held.plan.price.id:
        return Item(plan, price, quantity, held.plan.unit_amount, price.every, listed)
    if listed is None:
        raise no_amount(currency, f"{plan.id}/{price.id}")
    return Item(plan, price, quantity, listed, price.every, listed)


def _sold(catalogue: Mapping[str, T]) -> Mapping[str, T]:
    """Return what this very version has, without what can only be held from an older one."""
    return {id: item for id, item in catalogue.items() if not item.former}


def _price(plan: Plan, held: Holding, selection: Selection) -> Price:
    own = plan.id == held.plan.id
    if selection.price is not None and not (own and selection.price == held.plan.price.id):
        return known(_sold(plan.prices), selection.price, "unknown_price", "selection.price")
    if own:
        return held.plan.price
    offered = [price for price in plan.prices.values() if not price.retired] or list(plan.prices.values())
    same = [price for price in offered if price.every == held.plan.price.every]
    if len(same) == 1:
        return same[0]
    if len(offered) == 1:
        return offered[0]
    raise ambiguous(plan, "selection.price")


def _asked(held: Holding, selection: Selection, policy: Policy) -> dict[str, SelectedAddOn]:
    """Return the add-ons that are asked for: the whole set, or what is held with some added and removed."""
    if selection.addons is not None:
        return dict(selection.addons)
    asked = {id: SelectedAddOn(item.quantity) for id, item in held.addons.items()}
    for id in selection.remove_addons:
        if id not in held.addons:
            known(policy.addons, id, "unknown_addon", "selection.remove_addons")
            raise InvalidFacts("wrong_value", f"`{id}` is not held, so it cannot be removed", "selection.remove_addons")
        asked.pop(id, None)
    for id, more in selection.add_addons.items():
        before = asked[id].quantity if id in asked else 0
        asked[id] = SelectedAddOn(before + more.quantity, more.price)
    return asked


def _addon(addon: AddOn, asked: SelectedAddOn, plan: Item, held: Holding, currency: str) -> Item | None:
    """Return the add-on beside the plan, None where the plan does not offer it."""
    had = held.addons.get(addon.id)
    kept = had is not None and plan.id == held.plan.id and asked.quantity <= had.quantity
    if addon.available_on is not None and plan.id not in addon.available_on and not kept:
        return None
    price_id = asked.price or (had.price.id if had and not plan.recurring else None)
    if price_id is None and had is not None and (plan.every == held.plan.every or had.price.every == ONCE):
        price_id = had.price.id
    found = addon_price(addon, price_id, plan, currency, f"selection.addons.{addon.id}")
    if found is None:
        return None
    price, listed = found
    every = charged_every(price, plan)
    if had is not None and had.price.id == price.id and had.every == every:
        return Item(addon, price, asked.quantity, had.unit_amount, every, listed)
    if listed is None:
        raise no_amount(currency, f"{addon.id}/{price.id}")
    return Item(addon, price, asked.quantity, listed, every, listed)
