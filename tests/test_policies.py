"""The policies that come with the package, and the fixtures beside them, pass their own cases."""

from pathlib import Path

import pytest

from crossgrade.cases import run
from crossgrade.deciding.compiled import MatcherKind
from crossgrade.loading import check, load

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = [file.parent for file in sorted(ROOT.glob("policies/*/cases.yaml"))]
FOLDERS = [*SHIPPED, *(file.parent for file in sorted(ROOT.glob("tests/policies/*/cases.yaml")))]
HARSH = {"paddle": 2, "chargebee": 1}  # a whole charge with `keep` is what these systems do; their READMEs say so
RULES = "direction entitlements facts restrictions transitions otherwise messages terms credits rounding"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_policy_has_no_findings(folder: Path) -> None:
    assert [finding.code for finding in check(folder)[1]] == ["harsh-terms"] * HARSH.get(folder.name, 0)


@pytest.mark.parametrize("matcher", ["plain", "durable", "both"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_case_passes_and_every_rule_is_reached(folder: Path, matcher: MatcherKind) -> None:
    if matcher != "plain":
        pytest.importorskip("durable_rules_engine")
    report = run([folder], matcher=matcher)
    assert [(result.name, result.mismatches) for result in report.results if not result.passed] == []
    assert report.findings == ()
    assert [coverage.never for coverage in report.coverage if folder in SHIPPED] == [()] * (folder in SHIPPED)


def test_the_fixtures_of_wp_ultimo_have_its_rules() -> None:
    folders = (ROOT / "policies/wp-ultimo", ROOT / "tests/policies/wp-ultimo-fixtures")
    policies = [load(folder, matcher="plain").policy for folder in folders]
    ours, theirs = ({key: getattr(policy, key) for key in RULES.split()} for policy in policies)
    assert ours == theirs
