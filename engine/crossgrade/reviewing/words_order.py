"""The order of rules: which of them moved, and what they stand before or after now."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct


class Move(Struct, frozen=True):
    """A rule that moved, and a rule that did not, which it stands before or after now and did not before."""

    id: str
    where: Literal["before", "after"]
    other: str


def moves(old: Sequence[str], new: Sequence[str]) -> Iterator[Move]:
    """Yield the fewest rules whose moving makes the one order of the other; added and removed ones move nothing."""
    ranks = {id: rank for rank, id in enumerate(old)}
    order = [id for id in new if id in ranks]
    kept = _rising([ranks[id] for id in order])
    for place, id in enumerate(order):
        if place in kept:
            continue
        following = next((order[other] for other in kept if other > place), None)
        if following is not None and ranks[following] < ranks[id]:
            yield Move(id, "before", following)
        else:
            # invariant: it passed one of its two neighbours, for otherwise it could have been kept too.
            yield Move(id, "after", next(order[other] for other in reversed(kept) if other < place))


def _rising(ranks: Sequence[int]) -> list[int]:
    """Return the places of a longest rising subsequence; of several, the one that ends last."""
    best: list[list[int]] = []
    for place, rank in enumerate(ranks):
        before = [run for run in best if ranks[run[-1]] < rank]
        best.append([*max(before, key=len, default=[]), place])
    return max(reversed(best), key=len, default=[])
