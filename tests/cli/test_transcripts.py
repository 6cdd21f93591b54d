"""Every command prints what its transcript shows and exits as it says."""

from pathlib import Path

import pytest
from tests.cli.transcript import FOLDER, ROOT, again


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_transcript(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    expected = file.read_text(encoding="utf-8")
    assert again(expected) == expected


def test_there_are_transcripts() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 7
