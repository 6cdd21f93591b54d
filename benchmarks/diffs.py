"""The exact diff of two large policies, against z3 asked the same of every pair of plans."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from report import Report

from crossgrade import Engine
from crossgrade.model.versions import Versions
from crossgrade.reading.build import read
from crossgrade.reviewing.diff import review

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.oracle.policies import to_yaml  # noqa: E402 - the folder of tests is no package of ours
from tests.reviewing.soundness import large_policies, solving  # noqa: E402

ASKED = ((1, 20, 60, 4), (1, 20, 200, 12), (0, 20, 200, 12))
"""Seed, plans, rules and rules edited: few pairs differ, some, and more than half."""

Document = dict[str, Any]


def measure(report: Report) -> None:
    """Time the diff of random policies, all consequences with their witnesses, and z3's answer of yes or no a pair."""
    report.title("The exact diff of two policies, each pair of plans (ms of the processor)")
    rows, slowest = [], 0.0
    for asked in ASKED:
        row, spent = _measured(*asked)
        rows.append(row)
        slowest = max(slowest, spent)
    head = (
        "plans, rules, edited rules",
        "pairs",
        "differ",
        "not decided",
        "`review`",
        "z3, yes or no",
        "z3 to `review`",
    )
    report.table(head, rows)
    report.aim("`review`, the slowest of these", slowest, 1_000, " ms")


def _measured(seed: int, plans: int, rules: int, edits: int) -> tuple[tuple[str, ...], float]:
    random = Random(seed)
    old = large_policies.policy(random, plans, rules)
    new = large_policies.edited(random, old, edits)
    found, ours = _timed(partial(review, _engine(old), _engine(new)))
    expected, theirs = _timed(partial(solving.differing, old, new))
    named = {(held[0], target[0]) for each in found.consequences for held, target in each.pairs}
    differ = {pair for pair in named if pair[0] != pair[1]}
    if differ - expected or (differ != expected and not found.undecided):
        raise AssertionError(differ ^ expected)
    numbers = (str(plans * (plans - 1)), str(len(differ)), str(len(found.undecided)), f"{ours:.0f}", f"{theirs:.0f}")
    return (f"{plans}, {rules}, {edits}", *numbers, f"{theirs / ours:.1f}×"), ours


def _engine(document: Document) -> Engine:
    policy, findings = read("policy.yaml", to_yaml(document).encode())
    if policy is None:
        raise AssertionError(findings)
    return Engine(Versions((policy,)), matcher="plain")


def _timed(task: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a task returns, and the milliseconds of the processor that it took."""
    start = process_time()
    result = task()
    return result, (process_time() - start) * 1_000
