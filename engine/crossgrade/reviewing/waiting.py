"""Waiting: a shape with a change pending, where that can make a difference."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from crossgrade.facts.holding import Holding
from crossgrade.facts.situation import Situation
from crossgrade.reviewing.shapes import Shape, pending_to

What = tuple[str, str, int, tuple[tuple[str, int], ...]]
"""A plan, a price, units, and add-ons with theirs."""


def with_pending(shape: Shape, known: Sequence[Situation], *, tested: bool, waits_alike: bool) -> Iterator[Shape]:
    """Return a shape with a change pending: what is selected, as each policy sees it on any terms, or another.

    `known` are the shape's situations under the policies that know it; `tested` says whether a rule tests that a change
    is pending, `waits_alike` whether the same transitions permit the selection. Where they do, and both policies see
    the same, what is pending makes no difference.
    """
    nothing = any(each.change.nothing for each in known)
    seen_alike = _addons(known[0].target) == _addons(known[-1].target)
    kinds_alike = known[0].change.kind == known[-1].change.kind
    if shape.interval_days == 0 or (waits_alike and seen_alike and kinds_alike and not (tested or nothing)):
        return
    held = _of(known[0].held)
    for what in dict.fromkeys((*_wanted(known), _asked(shape))):
        if what != held:
            plan, price, quantity, addons = what
            change = pending_to(plan, price, quantity, dict(addons))
            yield structs.replace(shape, pending="same", pending_change=change)
    if nothing or tested:
        change = pending_to(shape.plan, shape.price, shape.quantity + 1, {})
        yield structs.replace(shape, pending="other", pending_change=change)


def _wanted(known: Sequence[Situation]) -> Iterator[What]:
    """Return what each policy makes of the selection, also on terms that drop the add-ons it does not name."""
    for situation in known:
        yield _of(situation.target)
        yield _of(situation.wanted.dropping_others().holding)


def _of(holding: Holding) -> What:
    return (holding.plan.id, holding.plan.price.id, holding.plan.quantity, _addons(holding))


def _addons(holding: Holding) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((id, item.quantity) for id, item in holding.addons.items()))


def _asked(shape: Shape) -> What:
    """Return what a shape asks for, whether or not it can be had."""
    selection = shape.selection
    quantity = selection.quantity or shape.quantity
    return (selection.plan or "", selection.price or "", quantity, tuple(sorted(_units(shape).items())))


def _units(shape: Shape) -> dict[str, int]:
    selection = shape.selection
    if selection.addons is not None:
        return {id: asked.quantity for id, asked in selection.addons.items()}
    units = {id: held.quantity for id, held in shape.addons.items() if id not in selection.remove_addons}
    for id, asked in selection.add_addons.items():
        units[id] = units.get(id, 0) + asked.quantity
    return units
