"""A holding: a plan and add-ons with their prices and units, as held now or as held after a change."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import FactsErrorCode, InvalidFacts
from crossgrade.model.calendar import ONCE, Interval
from crossgrade.model.catalogue import AddOn, Grant, Plan, Price
from crossgrade.model.membership import HeldAddOn, Membership
from crossgrade.model.policy import Policy

T = TypeVar("T")


class Item(Struct, frozen=True, gc=False):
    """A plan or an add-on that is held: `unit_amount` is minor units for one unit and `every` interval.

    `list_amount` is today's price of one unit, None where the policy has none in the currency. `paid` and
    `paid_from` are as in Membership, None for an item that is not held yet.
    """

    product: Plan | AddOn
    price: Price
    quantity: int
    unit_amount: int
    every: Interval | None
    list_amount: int | None
    paid: int | None = None
    paid_from: datetime | None = None

    @property
    def id(self) -> str:
        """The id of the plan or add-on."""
        return self.product.id

    @property
    def amount(self) -> int:
        """Minor units for all units and one interval."""
        return self.unit_amount * self.quantity

    @property
    def recurring(self) -> bool:
        """Whether the item is charged again and again."""
        return self.every is not None and self.every.unit != "once"


class Holding(Struct, frozen=True):
    """A plan with add-ons; `every` is the interval they are charged at, None where nothing recurs."""

    plan: Item
    addons: Mapping[str, Item]
    every: Interval | None

    @property
    def items(self) -> tuple[Item, ...]:
        """The plan, then the add-ons in the policy's order."""
        return (self.plan, *self.addons.values())

    @property
    def recurring_amount(self) -> int:
        """Minor units charged at every interval, before discount."""
        return sum(item.amount for item in self.items if item.recurring)


def holding(plan: Item, addons: Mapping[str, Item]) -> Holding:
    """Return the holding of a plan and add-ons; add-ons on a plan without interval must share theirs."""
    if plan.recurring:
        return Holding(plan, addons, plan.every)
    intervals = {item.every: item.id for item in addons.values() if item.recurring}
    if len(intervals) > 1:
        names = " and ".join(f"`{name}` ({every})" for every, name in intervals.items())
        raise InvalidFacts("interval_mismatch", f"{names} are charged at different intervals", "selection.addons")
    return Holding(plan, addons, next(iter(intervals), None))


def held_by(membership: Membership, policy: Policy, currency: str) -> Holding:
    """Return what a membership holds, with agreed amounts where there are some and the policy's otherwise."""
    plan = known(policy.plans, membership.plan, "unknown_plan", "membership.plan")
    _check_discount(membership, policy)
    _check_pending(membership, policy)
    price = price_of(plan, membership.price, "membership.price")
    listed = price.in_currency(currency)
    agreed = None if membership.unit_amount is None else membership.unit_amount.minor
    item = Item(
        plan,
        price,
        membership.quantity,
        _amount(agreed, listed, currency, "membership.unit_amount"),
        price.every,
        listed,
        _paid(membership, price),
        membership.paid_from,
    )
    addons = {
        id: _held_addon(id, membership.addons[id], item, policy, currency)
        for id in in_order(membership.addons, policy, "membership.addons")
    }
    return holding(item, addons)


def _check_discount(membership: Membership, policy: Policy) -> None:
    for id in (membership.discount.on if membership.discount else None) or ():
        if id not in policy.plans and id not in policy.addons:
            proposal = did_you_mean(id, [*policy.plans, *policy.addons])
            message = f"`{id}` is neither a plan nor an add-on" + (f", {proposal}" if proposal else "")
            raise InvalidFacts("wrong_value", message, "membership.discount.on")


def _check_pending(membership: Membership, policy: Policy) -> None:
    pending, path = membership.pending_change, "membership.pending_change"
    if pending is not None:
        plan = known(policy.plans, pending.plan, "unknown_plan", f"{path}.plan")
        known(plan.prices, pending.price, "unknown_price", f"{path}.price")
        in_order(pending.addons, policy, f"{path}.addons")


def _paid(membership: Membership, price: Price) -> int | None:
    if membership.paid is None:
        return 0 if price.every is None else None
    return membership.paid.minor


def _held_addon(id: str, held: HeldAddOn, plan: Item, policy: Policy, currency: str) -> Item:
    path = f"membership.addons.{id}"
    addon = policy.addons[id]
    found = addon_price(addon, held.price, plan, currency, path)
    if found is None:
        raise InvalidFacts("interval_mismatch", f"`{id}` has no price at the interval of `{plan.id}`", path)
    price, listed = found
    agreed = None if held.unit_amount is None else held.unit_amount.minor
    return Item(
        addon,
        price,
        held.quantity,
        _amount(agreed, listed, currency, f"{path}.unit_amount"),
        charged_every(price, plan),
        listed,
        None if held.paid is None else held.paid.minor,
        held.paid_from,
    )


def in_order(ids: Iterable[str], policy: Policy, path: str) -> list[str]:
    """Return the ids of add-ons in the policy's order; an unknown one is an error."""
    wanted = list(ids)
    if not wanted:
        return wanted
    for id in wanted:
        known(policy.addons, id, "unknown_addon", f"{path}.{id}")
    return [id for id in policy.addons if id in wanted]


def known(catalogue: Mapping[str, T], id: str, code: FactsErrorCode, path: str) -> T:
    """Return the entry of a catalogue; an unknown id is an error that proposes the nearest."""
    found = catalogue.get(id)
    if found is None:
        proposal = did_you_mean(id, catalogue) or _few(catalogue)
        word = code.removeprefix("unknown_").replace("addon", "add-on")
        raise InvalidFacts(code, f"unknown {word} `{id}`" + (f", {proposal}" if proposal else ""), path)
    return found


def _few(catalogue: Mapping[str, object]) -> str | None:
    """List what there is where it is little enough to read."""
    return f"known here: {', '.join(catalogue)}" if 0 < len(catalogue) <= 6 else None


def price_of(product: Plan | AddOn, id: str | None, path: str) -> Price:
    """Return the price with this id, or the only one; several without an id are an error that lists them."""
    if id is not None:
        return known(product.prices, id, "unknown_price", path)
    offered = [price for price in product.prices.values() if not price.former] or list(product.prices.values())
    if len(offered) > 1:
        raise ambiguous(product, path)
    return offered[0]


def ambiguous(product: Plan | AddOn, path: str) -> InvalidFacts:
    """Return the error for a price left out where there are several."""
    return InvalidFacts(
        "ambiguous_price", f"`{product.id}` has the prices {', '.join(product.prices)}; say which", path
    )


def charged_every(price: Price, plan: Item) -> Interval | None:
    """Return the interval an add-on is charged at: the plan's, its own on a plan without, `once` as it stands."""
    if price.every is None or price.every.unit == "once" or not plan.recurring:
        return price.every
    return plan.every


def addon_price(addon: AddOn, id: str | None, plan: Item, currency: str, path: str) -> tuple[Price, int | None] | None:
    """Return an add-on's price beside a plan and the list amount of one unit at the interval charged.

    That is its price with the plan's interval, else its only price times the calendar ratio where that is whole,
    `once` as it stands; None where it is not sold at the plan's interval.
    """
    if not plan.recurring:
        price = price_of(addon, id, path)
        return price, price.in_currency(currency)
    prices = list(_at_choice(addon, id, path))
    same = [price for price in prices if price.every == plan.every]
    if len(same) > 1:
        raise ambiguous(addon, path)
    if not same and len(prices) > 1:
        return None
    price = (same or prices)[0]
    ratio = _times(price.every, plan.every)
    return None if ratio is None else (price, _scaled(price.in_currency(currency), ratio))


def _at_choice(addon: AddOn, id: str | None, path: str) -> Iterable[Price]:
    """Return the price with this id, or those that are sold; retired ones only where no other is left."""
    if id is not None:
        return (known(addon.prices, id, "unknown_price", path),)
    return [price for price in addon.prices.values() if not price.retired] or addon.prices.values()


def _scaled(amount: int | None, ratio: int) -> int | None:
    return None if amount is None else amount * ratio


def _times(own: Interval | None, wanted: Interval | None) -> int | None:
    """Return how many of the own interval make the wanted one, where that is a whole number."""
    if own is None or own == ONCE:
        return 1
    if wanted is None or own.unit != wanted.unit or wanted.count % own.count:
        return None
    return wanted.count // own.count


def _amount(agreed: int | None, listed: int | None, currency: str, path: str) -> int:
    if agreed is not None:
        return agreed
    if listed is None:
        raise no_amount(currency, path)
    return listed


def no_amount(currency: str, path: str) -> InvalidFacts:
    """Return the error for a price that lacks the membership's currency."""
    return InvalidFacts("no_amount_in_currency", f"the policy has no amount in {currency}", path)


def granted(holding: Holding, policy: Policy) -> Mapping[str, Grant]:
    """Return what a holding grants, by entitlement: the plan once, each add-on times its units, included ones once."""
    plan = policy.plan_grants[holding.plan.id]
    parts = [
        (item.product.entitlements, item.quantity) for item in holding.addons.values() if item.product.entitlements
    ]
    return policy.sum_of_grants([(plan, 1), *parts]) if parts else plan
