"""Sameness: which of plan, price, quantity, add-ons, entitlements and amount a selection leaves as they are."""

from collections.abc import Callable

from crossgrade.facts.holding import Holding
from crossgrade.facts.situation import Situation
from crossgrade.model.rules import Same


def differences(same: tuple[Same, ...], situation: Situation) -> list[str]:
    """Return those of the named aspects that differ before and after."""
    return [
        name
        for name in same
        if _ASPECTS[name](situation, situation.held) != _ASPECTS[name](situation, situation.target)
    ]


def _addons(situation: Situation, holding: Holding) -> object:
    """Return the add-ons of a holding; those asked for in vain are no less asked for."""
    in_vain = situation.wanted.unavailable if holding is situation.target else ()
    return {id: item.quantity for id, item in holding.addons.items()}, in_vain


_ASPECTS: dict[str, Callable[[Situation, Holding], object]] = {
    "plan": lambda _, holding: holding.plan.id,
    "price": lambda _, holding: (holding.plan.id, holding.plan.price.id),
    "quantity": lambda _, holding: holding.plan.quantity,
    "addons": _addons,
    "entitlements": lambda situation, holding: (
        situation.granted_now if holding is situation.held else situation.granted_then
    ),
    "amount": lambda _, holding: (holding.recurring_amount, holding.every or holding.plan.every),
}
