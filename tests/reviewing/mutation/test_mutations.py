"""A review reports an edit if and only if it changes what somebody sees, and says in what way."""

from collections.abc import Iterator
from functools import cache
from random import Random

import pytest
from tests.reviewing.mutation.mutations import Mutation, base, mutations
from tests.reviewing.soundness import brute_force, inputs
from tests.reviewing.soundness.brute_force import Case, Difference

from crossgrade import Engine
from crossgrade.reviewing.diff import review

THEMES = ("standing", "days", "counts", "payment", "pending", "amounts", "units", "addons", "usage", "own", "calendar")
INPUTS = 300


@cache
def before() -> Engine:
    return _engine(base())


def _engine(text: str) -> Engine:
    found = brute_force.engine(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_an_edit_is_reported_if_and_only_if_behaviour_differs(mutation: Mutation) -> None:
    after = _engine(mutation.text)
    report = review(before(), after)
    kinds = {each.kind for each in report.consequences}
    if mutation.expect is None:
        assert (report.verdict, kinds, report.undecided) == ("proved equal", set(), ())
    else:
        assert report.verdict == "changed", report.undecided
        assert mutation.expect <= kinds
    case = Case(7, ({}, {}), (base(), mutation.text), (mutation.name,), THEMES, before(), after)
    assert list(brute_force.wrong_witnesses(case, report)) == []
    found = list(_differences(case, mutation))
    assert bool(found) is (mutation.expect is not None)
    assert [each for each in found if brute_force.unexplained(each, report)] == []


def _differences(case: Case, mutation: Mutation) -> Iterator[Difference]:
    if mutation.pair is None:
        return brute_force.differences(case, INPUTS)
    policies = case.old.policy, case.new.policy
    asked = inputs.inputs(Random(case.seed), policies, THEMES, mutation.pair, INPUTS)
    return (found for each in asked if (found := brute_force.difference(case, each)) is not None)


def test_there_is_an_edit_of_every_kind() -> None:
    names = [mutation.name for mutation in mutations()]
    assert len(names) == len(set(names)) >= 60
    assert sum(mutation.expect is None for mutation in mutations()) >= 15
