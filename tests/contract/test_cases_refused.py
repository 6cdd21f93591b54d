"""Cases that cannot be run: each slip is an error of its own, and never a test that passes."""

from pathlib import Path

import pytest

from crossgrade.cases import NoCasesError, run

POLICY = """
policy: p
effective: 2026-01-01
currency: USD
plans: {a: {prices: {monthly: 10.00}}, b: {prices: {monthly: 20.00}}}
families: {f: [a, b]}
transitions:
  - {id: up, change: upgrade, terms: {billing_date: restart, charge: full, credit: none}}
  - {id: down, change: downgrade, terms: {effective: period_end}}
"""
HELD = "membership: {plan: a, period: {start: 2026-01-01, end: 2026-02-01}}\n"
CASE = "cases: [{name: x, at: 2026-01-02, selection: {plan: b}, expect: {due_now: 20.00}}]\n"

SLIPS = [
    ("expect", CASE.replace("due_now", "due_nwo"), "unknown-key"),
    ("below expect", CASE.replace("due_now: 20.00", "credit: {ernd: 0}"), "unknown-key"),
    ("a line", CASE.replace("due_now: 20.00", "lines: [{kind: charge, amonut: 20.00}]"), "unknown-key"),
    ("membership", CASE.replace("expect:", "membership: {pln: a}, expect:"), "unknown-key"),
    ("selection", CASE.replace("{plan: b}", "{pln: b}"), "unknown-key"),
    ("a case", CASE.replace("at:", "when: 1, at:"), "unknown-key"),
    ("the file", CASE + "case: []\n", "unknown-key"),
    ("an outcome", CASE.replace("due_now: 20.00", "outcome: qoute"), "unknown-value"),
    ("an error code", CASE.replace("due_now: 20.00", "error: unknown_pln"), "unknown-value"),
    ("no expectation", CASE.replace("{due_now: 20.00}", "{}"), "empty"),
    ("no expect", CASE.replace(", expect: {due_now: 20.00}", ""), "missing-key"),
    ("no name", CASE.replace("name: x, ", ""), "missing-key"),
    ("no instant", CASE.replace("at: 2026-01-02, ", ""), "missing-key"),
    ("no cases", "cases: []\n", "empty"),
    ("no values", CASE.replace("expect:", "each: {request.x: []}, expect:"), "empty"),
    (
        "a step",
        CASE.replace("]\n", ", then: [{at: 2026-01-03, expcet: {}}]}]\n").replace("}}, then", "}, then"),
        "unknown-key",
    ),
    ("another policy", "policy: nowhere.yaml\n" + CASE, "missing-file"),
]


@pytest.mark.parametrize(("text", "code"), [(text, code) for _, text, code in SLIPS], ids=[name for name, *_ in SLIPS])
def test_a_slip_is_an_error(text: str, code: str, tmp_path: Path) -> None:
    tmp_path.joinpath("policy.yaml").write_text(POLICY)
    tmp_path.joinpath("cases.yaml").write_text(HELD + text)
    report = run([tmp_path], matcher="plain")
    assert code in {finding.code for finding in report.findings if finding.severity == "error"}
    assert report.results == ()


def test_without_cases_there_is_nothing_to_pass(tmp_path: Path) -> None:
    with pytest.raises(NoCasesError):
        run([tmp_path])


def test_what_no_case_reached_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath("policy.yaml").write_text(POLICY)
    tmp_path.joinpath("upgrades.yaml").write_text(HELD + CASE)
    report = run([tmp_path], matcher="plain")
    assert (report.passed, report.failed) == (1, 0)
    assert [coverage.never for coverage in report.coverage] == [(("transitions", "down"),)]
