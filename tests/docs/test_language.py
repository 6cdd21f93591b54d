"""Every policy on the page of the language can be read, and every number on it is decided so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.docs.blocks import DOCS, Block, blocks
from tests.docs.examples import Files, cases, policies, runs

from crossgrade import load
from crossgrade.bundled import schema_text
from crossgrade.cases import differences, run
from crossgrade.facts.vocabulary import vocabulary
from crossgrade.loading import check
from crossgrade.model.catalogue import Entitlement
from crossgrade.model.text import Text
from crossgrade.reading.located import compose, plain

PAGE = DOCS / "language.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
POLICIES = policies(BLOCKS)
SHARED, FACTS, DECISION = (
    next(block.text for block in BLOCKS if block.about == about)
    for about in ("shared by the cases", "facts for shop", "decision for shop")
)


def write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_has_no_errors_and_the_whole_one_no_warnings(name: str, tmp_path: Path) -> None:
    write(tmp_path, POLICIES[name])
    found = check(tmp_path)[1]
    assert [finding for finding in found if finding.severity == "error" or name == "shop"] == []


@pytest.mark.parametrize("block", cases(PAGE), ids=lambda block: f"line {block.line}")
def test_every_number_is_decided_so(block: Block, tmp_path: Path) -> None:
    for files, text in runs(block, POLICIES, SHARED):
        write(tmp_path, files)
        (tmp_path / "cases.yaml").write_text(text, encoding="utf-8")
        report = run([tmp_path])
        assert (report.findings, report.passed > 0) == ((), True)
        assert [case for case in report.results if not case.passed] == []


def test_the_answer_is_that_of_the_question(tmp_path: Path) -> None:
    write(tmp_path, POLICIES["shop"])
    root, _ = compose(FACTS.encode(), "facts.yaml")
    given: Any = plain(root) if root else None
    found = load(tmp_path).decide(given.pop("membership"), given.pop("selection"), **given).to_dict()
    shown = json.loads(DECISION)
    assert list(differences(shown, found, "")) == []
    assert set(found) - set(shown) == {"membership", "trace", "policy", "id"}


def test_the_table_of_facts_is_the_vocabulary() -> None:
    entitlements = {"<entitlement>": Entitlement("<entitlement>", Text({}), "integer")}
    addons: Any = {"<id>": None}
    facts = vocabulary(plans={}, addons=addons, families={}, entitlements=entitlements, declared={}).values()
    rows = [f"| `{fact.name}` | {fact.type} | {fact.sentence} |" for fact in facts]
    table = TEXT.partition("| fact | type | what it is |\n|---|---|---|\n")[2]
    assert table.partition("\n\n")[0].splitlines() == rows


def test_the_values_of_facts_are_those_there_are() -> None:
    facts = vocabulary(plans={}, addons={}, families={}, entitlements={}, declared={}).values()
    own = {"membership.plan", "membership.price", "membership.family", "target.plan", "target.price", "target.family"}
    told = {fact.name: list(fact.values) for fact in facts if fact.values and fact.name not in {*own, "change.kind"}}
    table = TEXT.partition("| fact | values |\n|---|---|\n")[2].partition("\n\n")[0]
    assert {name: values for name, *values in (re.findall(r"`([\w.]+)`", row) for row in table.splitlines())} == told


def test_every_key_is_explained() -> None:
    keys = set(re.findall(r'"([a-z_-]+)": \{\s*"description"', schema_text("policy")))
    words = set(re.findall(r"`{1,2}\{?([\w-]+)", TEXT)) | set(re.findall(r"(\w+):", TEXT))
    assert keys - words == set()
