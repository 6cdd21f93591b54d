"""The order of rules is said in the fewest moves, each of which is true and new."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossgrade.reviewing.words_order import moves

ORDERS = st.integers(0, 7).flatmap(lambda count: st.permutations([str(number) for number in range(count)]))


def rising(order: list[str]) -> int:
    """Return the length of the longest rising part of an order, by trying all of them."""
    parts = (part for length in range(len(order) + 1) for part in combinations(order, length))
    return max(len(part) for part in parts if list(part) == sorted(part))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", []),
        ("abc", "abc", []),
        ("ab", "ba", ["b before a"]),
        ("abcd", "bcda", ["a after d"]),
        ("abcd", "dabc", ["d before a"]),
        ("abc", "cba", ["c before a", "b before a"]),
        ("abc", "xaybzc", []),
        ("axbyc", "cab", ["c before a"]),
    ],
)
def test_a_move_is_said_of_what_moved(old: str, new: str, said: list[str]) -> None:
    assert [f"{move.id} {move.where} {move.other}" for move in moves(old, new)] == said


@given(ORDERS)
def test_moves_are_few_and_true(new: list[str]) -> None:
    old = sorted(new)
    found = list(moves(old, new))
    assert len(found) == len(new) - rising(new)
    for move in found:
        first, second = (move.id, move.other) if move.where == "before" else (move.other, move.id)
        assert new.index(first) < new.index(second)
        assert old.index(first) > old.index(second)
