"""A file is one version of a policy, a folder all of them; nothing is half loaded."""

from pathlib import Path
from time import perf_counter

import pytest

from crossgrade.errors import InvalidPolicy
from crossgrade.loading import check, load

POLICY = """
policy: p
effective: {day}
currency: USD
plans:
  basic: {{prices: {{monthly: 10}}}}
families: {{all: [basic]}}
transitions:
  - {{id: move, change: any, {rest}terms: {{effective: period_end}}}}
"""
FIRST = POLICY.format(day="2025-01-01", rest="")


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        path.joinpath(f"{name}.yaml").write_text(text, encoding="utf-8")
    return path


def found(path: Path) -> list[str]:
    return [f"{Path(finding.place.file).name}: {finding.code}" for finding in check(path)[1]]


def test_a_file_is_one_version(tmp_path: Path) -> None:
    folder(tmp_path, v1=FIRST, v2=POLICY.format(day="2026-01-01", rest=""))
    versions, findings = check(tmp_path / "v1.yaml")
    assert findings == []
    assert versions is not None
    assert [policy.effective.year for policy in versions.policies] == [2025]


def test_a_folder_is_all_versions(tmp_path: Path) -> None:
    folder(tmp_path, b=FIRST, a=POLICY.format(day="2026-01-01", rest=""), cases="cases: []")
    versions, findings = check(tmp_path)
    assert findings == []
    assert versions is not None
    assert [policy.effective.year for policy in versions.policies] == [2025, 2026]


def test_a_file_includes_those_beside_it(tmp_path: Path) -> None:
    parts = folder(tmp_path, policy=FIRST.replace("families: {all: [basic]}", "include: [parts.yaml]"))
    folder(tmp_path, parts="families: {all: [basic]}")
    for path in (parts, parts / "policy.yaml"):
        versions, findings = check(path)
        assert findings == []
        assert versions is not None
        assert [*versions.newest.families] == ["all"]


def test_findings_of_all_files_come_together(tmp_path: Path) -> None:
    folder(tmp_path, v1=FIRST.replace("10", "ten"), v2=POLICY.format(day="2026-01-01", rest="to: basc, "))
    folder(tmp_path, rest="messages: {retired: Gone.}")
    assert found(tmp_path) == ["rest.yaml: unused-file", "v1.yaml: wrong-type", "v2.yaml: unknown-plan"]
    assert check(tmp_path)[0] is None


def test_a_mistake_keeps_a_policy_from_being_loaded(tmp_path: Path) -> None:
    folder(tmp_path, v1=FIRST, v2=POLICY.format(day="2026-01-01", rest="to: basc, "))
    with pytest.raises(InvalidPolicy) as problem:
        load(tmp_path, matcher="plain")
    assert [finding.code for finding in problem.value.diagnostics] == ["unknown-plan"]


def test_a_warning_does_not(tmp_path: Path) -> None:
    folder(tmp_path, v1=FIRST, rest="messages: {retired: Gone.}")
    assert found(tmp_path) == ["rest.yaml: unused-file"]
    assert load(tmp_path, matcher="plain")


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    folder(tmp_path, policy=FIRST)
    _, (finding,) = check(tmp_path / "polcy.yaml")
    assert (finding.code, finding.help) == ("missing-file", "did you mean `policy.yaml`?")
    _, (finding,) = check(tmp_path / "nowhere" / "policy.yaml")
    assert finding.code == "missing-file"


def test_a_folder_without_a_policy(tmp_path: Path) -> None:
    assert found(folder(tmp_path, cases="cases: []")) == [f"{tmp_path.name}: missing-file"]


def test_the_only_file_of_a_folder_is_told_that_it_has_no_id(tmp_path: Path) -> None:
    folder(tmp_path, policy=FIRST.replace("policy: p\n", "").replace("effective: 2025-01-01\n", ""))
    assert found(tmp_path) == ["policy.yaml: missing-key", "policy.yaml: missing-key"]


def test_too_many_cases_name_the_rule(tmp_path: Path) -> None:
    names = [(f"customer.a{number}", f"customer.b{number}") for number in range(14)]
    facts = "".join(f"  {name}: {{type: boolean}}\n" for pair in names for name in pair)
    choices = ", ".join(f"{{any: [{{{one}: true}}, {{{other}: true}}]}}" for one, other in names)
    rule = POLICY.format(day="2025-01-01", rest=f"when: {{all: [{choices}]}}, ")
    versions, (finding,) = check(folder(tmp_path, policy=f"{rule}facts:\n{facts}"))
    assert versions is None
    assert (finding.code, finding.message.partition(" make ")[0]) == ("too-many-cases", "the conditions of `move`")


def test_a_large_policy_is_loaded_fast(tmp_path: Path) -> None:
    plans = "".join(
        f"  plan-{n}:\n    prices: {{monthly: 15.00, yearly: {{USD: 150.00, EUR: 140.00}}}}\n"
        "    entitlements: {sites: 3, disk: unlimited}\n"
        for n in range(50)
    )
    rules = "".join(
        f"  - {{id: rule-{n}, change: [upgrade, longer_interval], from: plan-{n % 50}, when: {{customer.age: {n}}},"
        " terms: {billing_date: restart, charge: full, credit: {rule: unused, excess: time}, trial: grant}}\n"
        for n in range(200)
    )
    names = ", ".join(f"plan-{n}" for n in range(50))
    text = (
        "policy: p\neffective: 2026-01-01\ncurrency: USD\n"
        "entitlements: {sites: {type: integer}, disk: {type: integer}}\nfacts: {customer.age: {type: integer}}\n"
        f"families: {{all: [{names}]}}\nplans:\n{plans}transitions:\n{rules}"
    )
    path = folder(tmp_path, policy=text)
    assert {finding.code for finding in check(path)[1]} == {"currency-without-prices"}
    began = perf_counter()
    check(path)
    # Measured at 110 ms; the bound only guards against a change of order of magnitude on a busy machine.
    assert perf_counter() - began < 1
