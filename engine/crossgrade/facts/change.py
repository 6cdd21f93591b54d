"""A change: its kind, and how plan, interval, quantity, add-ons and price compare before and after."""

from typing import Literal

from msgspec import Struct

from crossgrade.facts.holding import Holding, Item
from crossgrade.facts.selecting import Wanted
from crossgrade.model.calendar import Interval
from crossgrade.model.membership import Membership, PendingChange
from crossgrade.model.policy import Policy
from crossgrade.model.rules import ChangeKind

PlanChange = Literal["same", "upgrade", "downgrade", "crossgrade"]
IntervalChange = Literal["same", "longer", "shorter"]
QuantityChange = Literal["same", "more", "fewer"]
AddOnsChange = Literal["same", "added", "removed", "swapped"]
PriceChange = Literal["lower", "equal", "higher"]


class Change(Struct, frozen=True, gc=False):
    """What a selection changes; `kind` is None where it changes nothing."""

    kind: ChangeKind | None
    plan: PlanChange
    interval: IntervalChange
    quantity: QuantityChange
    addons: AddOnsChange

    @property
    def nothing(self) -> bool:
        """Whether plan, price, quantity and add-ons are as they are."""
        return self.kind is None


def change_between(membership: Membership, held: Holding, wanted: Wanted, policy: Policy) -> Change:
    """Compare what is held with what is wanted (language, section 4)."""
    target = wanted.holding
    plan = _plan_change(held.plan, target.plan, policy)
    interval = _INTERVALS[compared(_place(held.plan.every), _place(target.plan.every))]
    quantity = _QUANTITIES[compared(held.plan.quantity, target.plan.quantity)]
    addons = _addons_change(held, wanted)
    if addons == "same" and _other_price(held, target):
        addons = "swapped"
    kind = _kind(held, target, plan, interval, quantity, addons)
    if kind is None and membership.pending_change is not None and not wanted.included:
        kind = "withdrawal"
    elif membership.status in ("cancelled", "expired"):
        kind = "reactivation"
    return Change(kind, plan, interval, quantity, addons)


_INTERVALS: dict[int, IntervalChange] = {-1: "longer", 0: "same", 1: "shorter"}
_QUANTITIES: dict[int, QuantityChange] = {-1: "more", 0: "same", 1: "fewer"}
_DIRECTIONS: dict[int, PlanChange] = {-1: "upgrade", 0: "crossgrade", 1: "downgrade"}
_PRICES: dict[int, PriceChange] = {-1: "higher", 0: "equal", 1: "lower"}


def compared(before: tuple[int, int] | int, after: tuple[int, int] | int) -> int:
    """Return -1, 0 or 1 as the first is below, equal to or above the second; pairs are (infinite, number)."""
    return (before > after) - (before < after)  # type: ignore[operator]


def _kind(  # noqa: PLR0913 - the five comparisons in their order of precedence
    held: Holding,
    target: Holding,
    plan: PlanChange,
    interval: IntervalChange,
    quantity: QuantityChange,
    addons: AddOnsChange,
) -> ChangeKind | None:
    if plan != "same":
        return plan
    if interval != "same":
        return "longer_interval" if interval == "longer" else "shorter_interval"
    if held.plan.price.id != target.plan.price.id:
        return "price_change"
    if quantity != "same":
        return "more_units" if quantity == "more" else "fewer_units"
    return _ADDON_KINDS[addons]


_ADDON_KINDS: dict[AddOnsChange, ChangeKind | None] = {
    "same": None,
    "added": "addons_added",
    "removed": "addons_removed",
    "swapped": "addons_swapped",
}


def _place(every: Interval | None) -> tuple[int, int]:
    """Place intervals in order: free below every one, `once` above, the others by average days (in sixteenths)."""
    if every is None:
        return 0, 0
    days, parts = every.average_days
    return (1, 0) if every.unit == "once" else (0, days * 16 // parts)


def _plan_change(held: Item, target: Item, policy: Policy) -> PlanChange:
    if held.id == target.id:
        return "same"
    if policy.direction == "rank":
        return _by_rank(held.id, target.id, policy)
    if policy.direction == "price":
        return _DIRECTIONS[compared(held.unit_amount, target.unit_amount)]
    return _DIRECTIONS[by_day(held, target)]


def _by_rank(held: str, target: str, policy: Policy) -> PlanChange:
    ranks = policy.ranks(held, target)
    return "crossgrade" if ranks is None else _DIRECTIONS[compared(*ranks)]


def by_day(held: Item, target: Item) -> int:
    """Compare the price of one unit and day: -1 where the target's is higher; `once` is above every interval."""
    (over, cost), (target_over, target_cost) = _per_day(held), _per_day(target)
    if over or target_over:
        return compared((over, cost[0]), (target_over, target_cost[0]))
    return compared(cost[0] * target_cost[1], target_cost[0] * cost[1])


def _per_day(item: Item) -> tuple[int, tuple[int, int]]:
    """Return (1 for a lifetime, the price of a day as a ratio)."""
    if item.every is None:
        return 0, (0, 1)
    if item.every.unit == "once":
        return 1, (item.unit_amount, 1)
    days, parts = item.every.average_days
    return 0, (item.unit_amount * parts, days)


def price_per_day(held: Item, target: Item) -> PriceChange:
    """Say how the target's price per day compares with what is held."""
    return _PRICES[by_day(held, target)]


def _addons_change(held: Holding, wanted: Wanted) -> AddOnsChange:
    if not (held.addons or wanted.holding.addons or wanted.unavailable):
        return "same"
    before = {id: item.quantity for id, item in held.addons.items()}
    after = {id: item.quantity for id, item in wanted.holding.addons.items()}
    # An add-on that ends because the target includes it takes nothing away.
    gone = any(count > after.get(id, 0) and wanted.ended.get(id) != "included" for id, count in before.items())
    # What cannot be had is still asked for: it is refused, not called no change.
    came = bool(wanted.unavailable) or any(count > before.get(id, 0) for id, count in after.items())
    if gone:
        return "swapped" if came else "removed"
    return "added" if came else "same"


def _other_price(held: Holding, target: Holding) -> bool:
    """Say whether an add-on beside the same plan and price is wanted at another price of its own."""
    if (held.plan.id, held.plan.price.id) != (target.plan.id, target.plan.price.id):
        return False
    return any(item.price.id != target.addons[id].price.id for id, item in held.addons.items() if id in target.addons)


def as_pending(pending: PendingChange, target: Holding) -> bool:
    """Say whether a target is what the pending change will make of the membership."""
    addons = {id: item.quantity for id, item in target.addons.items()}
    return (
        pending.plan,
        pending.price,
        pending.quantity,
        {id: item.quantity for id, item in pending.addons.items()},
    ) == (
        target.plan.id,
        target.plan.price.id,
        target.plan.quantity,
        addons,
    )
