"""The contract, sentence by sentence: each folder is a policy and cases whose figures were worked out by hand."""

from pathlib import Path

import pytest

from crossgrade.cases import run

FOLDERS = sorted(file.parent for file in Path(__file__).parent.rglob("cases.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_contract_is_kept(folder: Path) -> None:
    report = run([folder / "cases.yaml"], matcher="plain")
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    assert [result for result in report.results if not result.passed] == []
