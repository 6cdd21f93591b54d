"""Every folder of `negative/` holds one mistake in an otherwise complete policy, and the exact report of it.

The folders with several files hold a policy that includes others, or several versions of one.

After a change of words: `CROSSGRADE_ACCEPT=1 pytest tests/reading/test_negative.py`, then read the diff.
"""

import os
from pathlib import Path

import pytest

from crossgrade.diagnostics import as_text
from crossgrade.reading.opening import Folder
from crossgrade.reading.versions import read_versions

FOLDERS = sorted({path.parent for path in Path(__file__).parent.glob("negative/*/*.yaml")})


def test_there_are_mistakes() -> None:
    assert len(FOLDERS) >= 200


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_mistake_is_reported_once_and_in_these_words(folder: Path) -> None:
    names = frozenset(file.name for file in folder.glob("*.yaml"))
    versions, findings = read_versions("", Folder(names, lambda name: (folder / name).read_bytes()))
    found = "\n\n".join(as_text(finding) for finding in findings) + "\n"
    expected = folder / "expected.txt"
    if os.environ.get("CROSSGRADE_ACCEPT"):
        expected.write_text(found, encoding="utf-8")

    assert found == expected.read_text(encoding="utf-8")
    assert len(findings) == 1
    assert (not versions) == any(finding.severity == "error" for finding in findings)
