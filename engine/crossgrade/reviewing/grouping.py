"""Grouping: regions that are alike, as the same rules decide them and the same of their quotes differs."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.keys import differing
from crossgrade.reviewing.program import Outcome
from crossgrade.reviewing.search import Found
from crossgrade.reviewing.witness import unusual

KEPT = 4
"""How many regions of a pair are kept, so that another one can show what the first does not."""


class Group:
    """Alike regions: of each pair the few with the most typical members."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[Ends, Ends], list[tuple[int, Found]]] = {}

    def add(self, found: Found, unusual: int) -> None:
        """Add a region; it is kept where its member is among the most typical of the pair."""
        known = self.pairs.setdefault(pair_of(found), [])
        if len(known) < KEPT or unusual < known[-1][0]:
            known.append((unusual, found))
            known.sort(key=_by_unusual)
            del known[KEPT:]

    def by_typicality(self) -> list[list[Found]]:
        """Return regions of each pair, the pair with the most typical member first, and so within each."""
        ordered = sorted(self.pairs.items(), key=lambda item: (item[1][0][0], item[0]))
        return [[found for _, found in kept] for _, kept in ordered]


def _by_unusual(kept: tuple[int, Found]) -> int:
    return kept[0]


class Alike(Struct, frozen=True):
    """What alike regions have in common."""

    first: str
    outcomes: tuple[str, str]
    rules: tuple[str | None, str | None]
    possible: tuple[bool, bool]
    differs: frozenset[str]


def pair_of(found: Found) -> tuple[Ends, Ends]:
    """Return the held and the wanted price of a region."""
    selection = found.shape.selection
    return (found.shape.plan, found.shape.price), (selection.plan or "", selection.price or "")


def grouped(regions: Iterable[Found]) -> dict[Alike, Group]:
    """Group regions that are alike."""
    groups: dict[Alike, Group] = {}
    for found in regions:
        key = _key(found)
        group = groups.get(key) or groups.setdefault(key, Group())
        # A change that is taken away tells more than a refusal that reads otherwise.
        refused = "no_change" in key.outcomes and "refusal" in (found.region.old.kind, found.region.new.kind)
        group.add(found, unusual(found.shape, found.region.box, found.axes) + refused)
    return groups


def _key(found: Found) -> Alike:
    old, new = found.region.old, found.region.new
    first, rules = found.stretch.first.isoformat(), _rules(found)
    if old.kind != new.kind and "no_change" in (old.kind, new.kind):
        # That a selection counts as no change tells a region; what it was otherwise does not.
        rules = (None, rules[1]) if new.kind == "no_change" else (rules[0], None)
        kinds = tuple("no_change" if kind == "no_change" else "other" for kind in (old.kind, new.kind))
        return Alike(first, (kinds[0], kinds[1]), rules, found.possible, frozenset())
    # What differs of the quotes tells regions apart only where the same rule decides.
    quotes = (old.kind, new.kind) == ("quote", "quote")
    differs = differing(*old.keys, *new.keys) if quotes else frozenset[str]()
    same = bool(differs) and rules[0] == rules[1]
    return Alike(
        first, (old.kind, new.kind), (None, None) if same else rules, found.possible, differs if same else frozenset()
    )


def _rules(found: Found) -> tuple[str | None, str | None]:
    old, new = found.region.old, found.region.new
    return _named(old, new, found.rules[0]), _named(new, old, found.rules[1])


def _named(one: Outcome, other: Outcome, names: Any) -> str | None:
    """Return the rules by which an outcome comes about that are not those of the other one as well."""
    keys = (one.keys - other.possible) or one.keys if one.kind == other.kind else one.keys
    if one.kind == "error":
        return ", ".join(sorted(str(key) for key in keys))
    return ", ".join(sorted({names[key] for key in keys if key in names})) or None
