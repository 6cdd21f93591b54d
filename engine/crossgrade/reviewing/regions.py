"""Regions: the boxes of cells in which two programs come out differently, disjoint and complete."""

from collections.abc import Hashable, Iterable, Iterator

from msgspec import Struct

from crossgrade.reviewing.formula import Atom, Box
from crossgrade.reviewing.program import Outcome, Program, Rule, first_difference, narrowed, outcome


class Region(Struct, frozen=True, gc=False):
    """A box in which the old and the new policy come out differently."""

    box: Box
    old: Outcome
    new: Outcome


def outlined(programs: Iterable[Program]) -> tuple[tuple[Program, ...], list[Hashable]]:
    """Return programs with numbers for keys, and the keys: programs of one outline have the same regions."""
    numbers: dict[Hashable, int] = {}

    def number(key: Hashable) -> Hashable:
        if isinstance(key, tuple):
            return (key[0], number(key[1]))
        return numbers.setdefault(key, len(numbers))

    def rules(section: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple([(formula, number(key)) for formula, key in section])

    found = [Program(rules(one.no_change), rules(one.restrictions), rules(one.transitions)) for one in programs]
    return tuple(found), list(numbers)


def filled(region: Region, keys: list[Hashable]) -> Region:
    """Return a region of an outline with its keys."""

    def outcome_of(one: Outcome) -> Outcome:
        return Outcome(one.kind, *(frozenset(keys[number] for number in each) for each in (one.keys, one.possible)))  # type: ignore[call-overload]

    return Region(region.box, outcome_of(region.old), outcome_of(region.new))


class BudgetSpentError(Exception):
    """More boxes had to be looked at than the budget allows, so that nothing is known of those left."""


class Budget:
    """How many boxes may still be looked at, and how many after the last new difference, where there was one."""

    __slots__ = ("_idle", "_patience", "_told", "cut_short", "left")

    def __init__(self, boxes: int, patience: int | None = None) -> None:
        self.left = boxes
        self.cut_short = False
        self._patience = patience
        self._idle = 0
        self._told: set[Hashable] = set()

    def spend(self) -> bool:
        """Count a box; False where enough was seen of what differs. BudgetSpentError where none is left."""
        self.left -= 1
        if self.left < 0:
            raise BudgetSpentError
        self._idle += 1
        self.cut_short = self._patience is not None and bool(self._told) and self._idle > self._patience
        return not self.cut_short

    def tell(self, old: Outcome, new: Outcome) -> None:
        """Note a difference."""
        what = (old.kind, old.keys - new.possible, new.kind, new.keys - old.possible)
        if what not in self._told:
            self._told.add(what)
            self._idle = 0


def regions_of(old: Program, new: Program, box: Box, wholes: Box, budget: Budget) -> Iterator[Region]:
    """Return every region of a box in which the programs differ; `wholes` has the bits of each axis.

    A box is split only where one of the programs rests on it, first where they differ. Equal programs are equal
    everywhere, so that what is left of them need not be looked at.
    """
    stack = [(old, new, dict(box))]
    while stack:
        one, other, cells = stack.pop()
        if not budget.spend():
            return
        if one == other:
            continue
        found = _compared(one, other)
        if isinstance(found, tuple) and found and found[0] == "atom":
            _, axis, mask = found
            left = cells.get(axis, wholes[axis])
            stack += [
                (narrowed(one, axis, part), narrowed(other, axis, part), {**cells, axis: part})
                # The part in which a rule does not hold comes first: there more is left to differ.
                for part in (left & mask, left & ~mask)
                if part
            ]
        elif found is not None:
            budget.tell(*found)
            yield Region(cells, *found)


def _compared(old: Program, new: Program) -> tuple[Outcome, Outcome] | Atom | None:
    """Return two outcomes that differ, None where they are the same, or what must be known first."""
    seed = first_difference(old, new)
    if seed is not None:
        one, other = outcome(old), outcome(new)
        if isinstance(one, Outcome) and isinstance(other, Outcome) and surely_differ(one, other):
            return one, other
        return seed
    one, other = outcome(old), outcome(new)
    if not isinstance(one, Outcome):
        return one
    if not isinstance(other, Outcome):
        return other
    return (one, other) if surely_differ(one, other) else None


def surely_differ(old: Outcome, new: Outcome) -> bool:
    """Say whether two outcomes differ whatever is still open of them."""
    if old.kind != new.kind:
        return True
    if old.kind == "refusal":
        return bool(old.keys - new.possible or new.keys - old.possible)
    return old.keys != new.keys
