"""Satisfying: a box of cells in which a formula holds, the most typical side of each split looked at first."""

from collections.abc import Mapping

from crossgrade.reviewing.cells import Axis
from crossgrade.reviewing.formula import Box, Formula, first_atom, within
from crossgrade.reviewing.regions import Budget


def satisfying(formula: Formula, axes: Mapping[str, Axis], budget: Budget) -> Box | None:
    """Return a box in which a formula holds, None where there is none; BudgetSpentError where that is not known."""
    stack: list[tuple[Formula, dict[str, int]]] = [(formula, {})]
    while stack:
        left, box = stack.pop()
        budget.spend()
        if left is True:
            return box
        found = first_atom(left)
        if found is None:
            continue
        _, name, mask = found
        axis = axes[name]
        whole = box.get(name, axis.whole)
        parts = [part for part in (whole & mask, whole & ~mask) if part]
        parts.sort(key=lambda part: -axis.chosen(part).unusual)
        stack += [(within(left, name, part), {**box, name: part}) for part in parts]
    return None
