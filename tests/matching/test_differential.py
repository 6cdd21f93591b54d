"""The tree, the plain matcher and durable-rules give the same answer to more than 100,000 random questions."""

from random import Random

from tests.matching import samples

from crossgrade.matching.durable import DurableMatcher
from crossgrade.matching.normal_form import TooManyCases, normal_form
from crossgrade.matching.plain import PlainMatcher, holds
from crossgrade.model.condition import Condition

SIZES = (1, 2, 3, 5, 8, 13, 21, 34, 59, 60, 61, 90, 130, 200, 300)


def _rules(random: Random, count: int) -> list[tuple[int, Condition]]:
    rules: list[tuple[int, Condition]] = []
    while len(rules) < count:
        condition = samples.condition(random)
        try:
            normal_form(condition)
        except TooManyCases:
            continue
        rules.append((2 * len(rules), condition))
    return rules


def compared(seed: int, sizes: tuple[int, ...], facts: int) -> tuple[int, int]:
    """Return how many pairs were asked and how many held."""
    random, pairs, held = Random(seed), 0, 0
    for size in sizes:
        rules = _rules(random, size)
        plain, durable = PlainMatcher(rules), DurableMatcher([(i, normal_form(each)) for i, each in rules])
        for _ in range(facts):
            values = samples.values(random)
            expected = sum(1 << index for index, condition in rules if holds(condition, values))
            assert plain.hits(values) == expected
            assert durable.hits(values) == expected
            pairs, held = pairs + size, held + expected.bit_count()
        durable.close()
    return pairs, held


def test_all_agree() -> None:
    pairs, held = compared(2026, SIZES, 110)
    assert pairs > 100_000
    assert pairs // 5 < held < pairs - pairs // 5  # neither answer is rare
