"""What a review claims of random small policies is true of every input that is tried.

REVIEW_POLICIES=5000 soaks, REVIEW_SEED=17 begins elsewhere, REVIEW_INPUTS=5000 looks closer. A failure shows both
policies, the input, both answers and why the report does not account for them.
"""

import os
from collections import Counter
from collections.abc import Iterator

from tests.reviewing.soundness import brute_force
from tests.reviewing.soundness.brute_force import Case, Difference

from crossgrade.reviewing.diff import review
from crossgrade.reviewing.report import Report

POLICIES = int(os.environ.get("REVIEW_POLICIES", "60"))
FIRST = int(os.environ.get("REVIEW_SEED", "0"))
INPUTS = int(os.environ.get("REVIEW_INPUTS", "220"))
CLOSER = 400
"""Inputs tried of a pair that is named, before it is said that none of it is found to differ."""
SELDOM = 20
"""One in so many pairs named may be one of which too few inputs differ to be found: a day and an amount, say."""
SHOWN = 3


def test_reviews_of_small_policies_are_true_of_every_input() -> None:
    failures: list[str] = []
    seen: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + POLICIES):
        case = brute_force.case(seed)
        if case is None:
            seen["unreadable"] += 1
            continue
        report = review(case.old, case.new)
        differing = list(brute_force.differences(case, INPUTS))
        seen[report.verdict] += 1
        seen["differ"] += bool(differing)
        failures += [f"{problem}\n{told(case, report)}" for problem in problems(case, report, differing)]
        unseen = list(brute_force.unseen_pairs(case, report, differing, CLOSER))
        seen["named"] += brute_force.named_pairs(report)
        seen["unseen"] += len(unseen)
        if len(failures) >= SHOWN:
            break
    assert not failures, "\n\n".join(failures[:SHOWN])
    assert seen["unseen"] * SELDOM <= seen["named"], seen
    assert seen["unreadable"] * 10 < POLICIES
    assert min(seen["changed"], seen["proved equal"], seen["differ"]) * 8 > POLICIES, seen


def problems(case: Case, report: Report, differing: list[Difference]) -> Iterator[str]:
    """Return what is untrue of a report."""
    yield from brute_force.wrong_witnesses(case, report)
    for each in differing:
        problem = brute_force.unexplained(each, report)
        if problem is not None:
            yield f"{problem}\n{each.asked}\nbefore {each.before}\nafter {each.after}"
            return


def told(case: Case, report: Report) -> str:
    """Return a case for people to read."""
    said = [f"{each.kind} {each.pairs}" for each in report.consequences]
    lines = [f"seed {case.seed}, {case.edits}, {case.themes}", *said, str(report.undecided)]
    return "\n".join([*lines, "--- old", case.texts[0], "--- new", case.texts[1]])
