"""For large random policies a review names exactly the pairs of plans that z3 finds a difference of."""

import os
from random import Random

import pytest
from tests.oracle.policies import to_yaml
from tests.reviewing.soundness import brute_force, large_policies, solving

from crossgrade.reviewing.diff import review

SIZES = [(8, 60, 3), (8, 120, 6), (12, 90, 1), (20, 60, 4)]
if "REVIEW_POLICIES" in os.environ:
    SIZES += [(20, 200, 12), (20, 200, 12), *((10, 80, 3) for _ in range(int(os.environ["REVIEW_POLICIES"]) // 50))]


@pytest.mark.parametrize(("seed", "plans", "rules", "edits"), [(number, *size) for number, size in enumerate(SIZES)])
def test_the_pairs_that_differ_are_those_of_z3(seed: int, plans: int, rules: int, edits: int) -> None:
    random = Random(seed)
    old = large_policies.policy(random, plans, rules)
    new = large_policies.edited(random, old, edits)
    engines = [brute_force.engine(to_yaml(document)) for document in (old, new)]
    assert engines[0] is not None
    assert engines[1] is not None
    report = review(engines[0], engines[1])
    assert report.undecided == ()
    named = {(held[0], target[0]) for each in report.consequences for held, target in each.pairs}
    expected = solving.differing(old, new)
    assert {pair for pair in named if pair[0] != pair[1]} == expected
    assert 0 < len(expected) < plans * (plans - 1)
