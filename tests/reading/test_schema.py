"""Keys and values are held against the schemas, and the schemas against what they promise."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from crossgrade.bundled import schema
from crossgrade.diagnostics import as_text
from crossgrade.reading.expectation import FORMS
from crossgrade.reading.located import compose
from crossgrade.reading.schema import check

DATA = Path(__file__).parent.joinpath("data")
FILES = sorted(path for name in ("policy", "cases") for path in DATA.joinpath(name).glob("*.yaml"))
NAMES = ("policy", "cases")


def told(path: Path) -> str:
    node, findings = compose(path.read_bytes(), path.name)
    assert node is not None
    return "".join(f"{as_text(finding)}\n" for finding in [*findings, *check(node, path.parent.name)])


def schemas_in(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from schemas_in(inner)
    if isinstance(part, list):
        for inner in part:
            yield from schemas_in(inner)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_mistake_reads_as_written_down(path: Path) -> None:
    assert told(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_files_for_both_schemas() -> None:
    assert {path.parent.name for path in FILES} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_property_and_definition_is_described(name: str) -> None:
    parts = [part for part in schemas_in(schema(name)) if isinstance(part.get("properties"), dict)]
    described = [(key, inner) for part in parts for key, inner in part["properties"].items()]
    described += schema(name)["$defs"].items()
    assert described
    assert [key for key, inner in described if not str(inner.get("description", "")).endswith(".")] == []


@pytest.mark.parametrize("name", NAMES)
def test_unions_and_forms_can_be_told(name: str) -> None:
    definitions = schema(name)["$defs"]
    for part in schemas_in(schema(name)):
        if isinstance(part.get("anyOf"), list):
            assert "title" in part
            branches = [
                definitions[one["$ref"].removeprefix("#/$defs/")] if "$ref" in one else one for one in part["anyOf"]
            ]
            assert all("type" in branch for branch in branches)
        if isinstance(part.get("format"), str):
            assert "title" in part
            assert part["format"] in FORMS


def test_a_whole_policy_is_clean() -> None:
    node, findings = compose(DATA.joinpath("whole.yaml").read_bytes(), "whole.yaml")
    assert node is not None
    assert [as_text(finding) for finding in [*findings, *check(node, "policy")]] == []


def test_whole_cases_are_clean() -> None:
    node, findings = compose(DATA.joinpath("whole_cases.yaml").read_bytes(), "whole_cases.yaml")
    assert node is not None
    assert [as_text(finding) for finding in [*findings, *check(node, "cases")]] == []


def test_a_file_that_is_no_mapping_is_told_so() -> None:
    node, _ = compose(b"- a\n", "p.yaml")
    assert node is not None
    assert [finding.message for finding in check(node, "policy")] == ["expected a mapping of keys, found a list"]


def test_a_large_policy_is_checked_fast() -> None:
    plans = "".join(
        f"  plan-{n}:\n    title: Plan {n}\n    prices: {{monthly: 15.00, yearly: {{USD: 150.00, EUR: 140.00}}}}\n"
        "    entitlements: {sites: 3, disk_gb: unlimited}\n"
        for n in range(50)
    )
    rules = "".join(
        f"  - {{id: rule-{n}, change: [upgrade, longer_interval], from: plan-1, when: {{customer.had_trial: false}},"
        " terms: {effective: immediately, charge: full, credit: {rule: unused, to: charge, excess: account}}}\n"
        for n in range(200)
    )
    text = f"policy: p\neffective: 2026-01-01\ncurrency: USD\nplans:\n{plans}transitions:\n{rules}"
    node, _ = compose(text.encode(), "p.yaml")
    assert node is not None
    assert check(node, "policy") == []
    began = perf_counter()
    check(node, "policy")
    # Measured at 45 ms; the bound only guards against a change of order of magnitude on a busy machine.
    assert perf_counter() - began < 0.5
