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


def _in_vain(situation: Situation, holding: Holding) -> tuple[str, ...]:
    """Return the add-ons that are asked for in vain; they are no less asked for."""
    return situation.wanted.unavailable if holding is situation.target else ()


def _addons(situation: Situation, holding: Holding) -> object:
    return {id: item.quantity for id, item in holding.addons.items()}, _in_vain(situation, holding)


def _entitlements(situation: Situation, holding: Holding) -> object:
    grants = situation.granted_now if holding is situation.held else situation.granted_then
    return grants, _in_vain(situation, holding)


def _amount(situation: Situation, holding: Holding) -> object:
    return holding.recurring_amount, holding.every or holding.plan.every, _in_vain(situation, holding)


_ASPECTS: dict[str, Callable[[Situation, Holding], object]] = {
    "plan": lambda _, holding: holding.plan.id,
    "price": lambda _, holding: (holding.plan.id, holding.plan.price.id),
    "quantity": lambda _, holding: holding.plan.quantity,
    "addons": _addons,
    "entitlements": _entitlements,
    "amount": _amount,
}
