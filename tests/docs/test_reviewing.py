"""The page on reviewing shows what the commands print; `python -m` this file rewrites it and the cases it tells of."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from tests.cli.transcript import ROOT, again, run
from tests.docs.blocks import DOCS

PAGE = DOCS / "reviewing.md"
CASES = ROOT / "examples" / "review" / "agreed.yaml"
_TRANSCRIPT = re.compile(r"^(`{3,})text\n(?P<text>\$ crossgrade .*?)^\1$", re.MULTILINE | re.DOTALL)


def transcripts() -> list[str]:
    return [found["text"] for found in _TRANSCRIPT.finditer(PAGE.read_text(encoding="utf-8"))]


def written_cases() -> str:
    """Return the cases that the page says are written."""
    line = "diff examples/review/before examples/review/after --write-cases examples/review/agreed.yaml"
    run(line)
    return CASES.read_text(encoding="utf-8")


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda text: text.partition("\n")[0])
def test_what_is_printed(transcript: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert again(transcript) == transcript


def test_there_are_transcripts() -> None:
    assert len(transcripts()) == 5


def test_the_cases_are_those_that_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    before = CASES.read_text(encoding="utf-8")
    assert written_cases() == before


def test_the_waiver_shown_is_of_a_finding_shown() -> None:
    text = PAGE.read_text(encoding="utf-8")
    settings = tomllib.loads(re.findall(r"^```toml\n(\[severity\].*?)^```$", text, re.MULTILINE | re.DOTALL)[0])
    assert f"({settings['waive'][0]['fingerprint']})" in text


def rewritten() -> str:
    """Return the page with every transcript as it is printed now."""
    text = PAGE.read_text(encoding="utf-8")
    for transcript in transcripts():
        text = text.replace(transcript, again(transcript))
    return text


if __name__ == "__main__":
    os.environ["COLUMNS"] = "100"
    os.chdir(ROOT)
    Path(CASES).unlink(missing_ok=True)
    written_cases()
    PAGE.write_text(rewritten(), encoding="utf-8")
