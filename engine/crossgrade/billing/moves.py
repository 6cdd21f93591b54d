"""Moves: item by item, what is given up and what is taken on by a change."""

from msgspec import Struct

from crossgrade.facts.holding import Holding, Item
from crossgrade.model.catalogue import AddOn
from crossgrade.model.policy import Policy


class Move(Struct, frozen=True, gc=False):
    """One plan or add-on before and after a change; the plan's two ends may be different plans."""

    before: Item | None
    after: Item | None

    @property
    def replaced(self) -> bool:
        """Whether the item itself or its price changes, so that the old is credited and the new charged."""
        before, after = self.before, self.after
        if before is None or after is None:
            return True
        return (before.id, before.price.id, before.every) != (after.id, after.price.id, after.every)

    @property
    def more(self) -> int:
        """The units that are added, negative for units given up; 0 where the item is replaced."""
        if self.before is None or self.after is None or self.replaced:
            return 0
        return self.after.quantity - self.before.quantity


class Units(Struct, frozen=True, gc=False):
    """Some units of an item."""

    item: Item
    count: int

    @property
    def amount(self) -> int:
        """Minor units for these units and one interval."""
        return self.item.unit_amount * self.count


def moves(held: Holding, target: Holding, policy: Policy) -> tuple[Move, ...]:
    """Return the plan's move, then the add-ons' in the policy's order."""
    plan = Move(held.plan, target.plan)
    if not held.addons and not target.addons:
        return (plan,)
    ids = [id for id in policy.addons if id in held.addons or id in target.addons]
    return (plan, *(Move(held.addons.get(id), target.addons.get(id)) for id in ids))


def once_amount(moved: tuple[Move, ...]) -> int:
    """Return what is charged once for what is taken on, in minor units."""
    taken = (taken_on(move, everything=False) for move in moved)
    return sum(units.amount for units in taken if units is not None and not units.item.recurring)


def given_up(move: Move, *, everything: bool) -> Units | None:
    """Return what is credited of a move: the old item, or the units given up; `everything` where a period restarts.

    A `once` add-on is never credited; a lifetime plan only when it is given up.
    """
    before = move.before
    if before is None or (isinstance(before.product, AddOn) and not before.recurring):
        return None
    if move.replaced or (everything and before.recurring):
        return Units(before, before.quantity)
    return Units(before, -move.more) if move.more < 0 else None


def taken_on(move: Move, *, everything: bool) -> Units | None:
    """Return what is charged of a move: the new item, or the units added; `everything` where a period restarts."""
    after = move.after
    if after is None:
        return None
    if move.replaced or (everything and after.recurring):
        return Units(after, after.quantity)
    return Units(after, move.more) if move.more > 0 else None
