"""Every folder of `negative/` holds one mistake in an otherwise complete policy, and the exact report of it.

After a change of words: `CROSSGRADE_ACCEPT=1 pytest tests/reading/test_negative.py`, then read the diff.
"""

import os
from pathlib import Path

import pytest

from crossgrade.diagnostics import as_text
from crossgrade.reading.build import read

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("negative/*/policy.yaml"))


def test_there_are_mistakes() -> None:
    assert len(FOLDERS) >= 75


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_mistake_is_reported_once_and_in_these_words(folder: Path) -> None:
    policy, findings = read("policy.yaml", (folder / "policy.yaml").read_bytes())
    found = "\n\n".join(as_text(finding) for finding in findings) + "\n"
    expected = folder / "expected.txt"
    if os.environ.get("CROSSGRADE_ACCEPT"):
        expected.write_text(found, encoding="utf-8")

    assert found == expected.read_text(encoding="utf-8")
    assert len(findings) == 1
    assert (policy is None) == any(finding.severity == "error" for finding in findings)
