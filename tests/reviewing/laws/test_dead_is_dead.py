"""What is said never to be never is: dead rules, and plans without a way in or out, on random policies and questions.

No case of any policy reaches a dead rule either.

LAWS_POLICIES=2000 soaks, LAWS_SEED=17 begins elsewhere.
"""

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.oracle import comparing, policies

from crossgrade.cases import run
from crossgrade.loading import load
from crossgrade.reviewing.laws.checking import broken_laws

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = [file.parent for file in sorted(ROOT.glob("**/policies/*/cases.yaml"))]
POLICIES = int(os.environ.get("LAWS_POLICIES", "60"))
FIRST = int(os.environ.get("LAWS_SEED", "0"))
QUESTIONS = 60


def reached(decision: dict[str, Any]) -> set[str]:
    """Return every rule and credit rule by which a decision came about."""
    rules = {decision.get("rule", "")} | {reason["rule"] for reason in decision.get("reasons", [])}
    if decision["outcome"] == "quote":
        rules |= {entry["rule"] for entry in decision["trace"] if entry["section"] == "credits" and entry["held"]}
    return rules


def ends(decision: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the plans that a change of plan leaves and reaches, as (law, plan)."""
    change = decision.get("change", {"kind": None})
    if decision["outcome"] != "quote" or change["kind"] not in ("upgrade", "downgrade", "crossgrade"):
        return set()
    return {("no-way-out", change["from"]["plan"]), ("no-way-in", change["to"]["plan"])}


def test_nothing_said_of_random_policies_is_refuted(tmp_path: Path) -> None:
    found = dict.fromkeys(("dead-rule", "no-way-out", "no-way-in"), 0)
    for seed in range(FIRST, FIRST + POLICIES):
        random = Random(seed)
        document = policies.policy(random, supported=False)
        engine = comparing.build(document, tmp_path)
        said = {(each.law, each.id) for each in broken_laws(engine.versions).broken if each.law in found}
        for law, _ in said:
            found[law] += 1
        for asked in comparing.questions(random, document, QUESTIONS if said else 0):
            decision = comparing.ask_engine(engine, asked)
            seen = {("dead-rule", rule) for rule in reached(decision)} | ends(decision)
            assert not said & seen, f"seed {seed}: {said & seen} by {asked}"
        engine.close()
    assert all(number >= POLICIES // 12 for number in found.values()), found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_dead_rule_is_reached_by_a_case(folder: Path) -> None:
    never = {id for coverage in run([folder], matcher="plain").coverage for _, id in coverage.never}
    broken = broken_laws(load(folder, matcher="plain").versions).broken
    assert {each.id for each in broken if each.law == "dead-rule"} <= never
