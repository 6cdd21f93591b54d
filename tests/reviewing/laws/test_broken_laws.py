"""Every folder of `broken/` breaks a law, and its `expected.txt` is the exact report; those of `kept/` break none.

The two are often the same policy but for one word. Gaps are asked in the folders that are named after them.

After a change of words: `CROSSGRADE_ACCEPT=1 pytest tests/reviewing/laws/test_broken_laws.py`, then read the diff.
"""

import os
from pathlib import Path

import pytest

from crossgrade.diagnostics import as_text
from crossgrade.loading import check
from crossgrade.reviewing.laws.findings import Lawful, law_findings
from crossgrade.reviewing.laws.law import LAWS

HERE = Path(__file__).parent
BROKEN, KEPT = (sorted(path.parent for path in HERE.glob(f"{kind}/*/policy.yaml")) for kind in ("broken", "kept"))


def found(folder: Path) -> Lawful:
    versions, findings = check("policy.yaml")
    assert versions is not None, findings
    return law_findings(Path("policy.yaml"), versions, with_gaps=folder.name.startswith("gap"))


@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_a_broken_law_is_reported_in_these_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    report = "\n\n".join(as_text(finding) for finding in found(folder).findings) + "\n"
    expected = folder / "expected.txt"
    if os.environ.get("CROSSGRADE_ACCEPT"):
        expected.write_text(report, encoding="utf-8")
    assert report == expected.read_text(encoding="utf-8")
    assert report.strip()


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_what_is_kept_is_not_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert [(finding.code, finding.message) for finding in found(folder).findings] == []


def test_every_law_is_broken_once_and_kept_once() -> None:
    reports = [folder.joinpath("expected.txt").read_text(encoding="utf-8") for folder in BROKEN]
    assert {law for law in LAWS for report in reports if f"[{law}]" in report} == set(LAWS)
    assert len(KEPT) >= 15
