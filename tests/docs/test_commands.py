"""The page on commands shows what they print, and names every command, kind of finding and key there is.

After a change of output: `CROSSGRADE_ACCEPT=1 pytest tests/docs/test_commands.py`, then read the diff.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.cli.transcript import PROMPT, ROOT, again, run
from tests.docs.blocks import DOCS, blocks

from crossgrade.cli.app import COMMANDS
from crossgrade.cli.diff import Report
from crossgrade.reviewing.consequence import SEVERITIES
from crossgrade.reviewing.reviewed import FOUND_BY_DIFF, PRESENCE_SEVERITIES
from crossgrade.reviewing.settings import read_settings
from crossgrade.reviewing.shown.page import WHAT

PAGE = DOCS / "commands.md"
TEXT = PAGE.read_text(encoding="utf-8")
TRANSCRIPTS = [block.text for block in blocks(PAGE) if block.text.startswith(PROMPT)]


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda text: text.partition("\n")[0])
def test_what_is_printed(transcript: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    found = again(transcript)
    if os.environ.get("CROSSGRADE_ACCEPT"):
        PAGE.write_text(PAGE.read_text(encoding="utf-8").replace(transcript, found), encoding="utf-8")
        return
    assert found == transcript


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 2


def rows(head: str) -> list[list[str]]:
    """Return the cells of the table whose first column is called so."""
    table = TEXT.partition(f"| {head} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def keys(head: str) -> set[str]:
    return {key for first, *_ in rows(head) for key in re.findall(r"`(\w+)`", first)}


def test_every_command_is_named() -> None:
    named = [re.search(r"`crossgrade (\w+)", first) for first, *_ in rows("command")]
    assert [found[1] for found in named if found] == [name for name, _, _ in COMMANDS]


def test_every_kind_of_finding_is_listed() -> None:
    severities = [*SEVERITIES.items(), *PRESENCE_SEVERITIES.items()]
    assert rows("kind") == [[f"`{kind}`", WHAT[kind], severity] for kind, severity in severities]


def test_every_format_is_listed() -> None:
    assert {first.strip("`") for first, _ in rows("`--format`")} == {format_.value for format_ in Report}


def test_every_key_of_the_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said = run("diff examples/before.yaml examples/after.yaml --format json")
    found: Any = json.loads(said.split("\n", 1)[1].rsplit("[", 1)[0])
    assert set(found) == {"policies", "unused_waivers"}
    (policy,) = found["policies"]
    assert set(policy) == keys("key of a policy")
    assert all(set(one) == keys("key of a consequence") for one in policy["consequences"])
    inner = {key for one in policy["consequences"] for key in (*one["witness"], *one["rules"], *(one["largest"] or ()))}
    assert all(f"`{key}`" in TEXT for key in (*inner, *policy["words"][0], *policy["effort"]))


def test_the_settings_shown_can_be_read(tmp_path: Path) -> None:
    (shown,) = [block.text for block in blocks(PAGE) if block.kind == "toml"]
    file = tmp_path / "crossgrade.toml"
    file.write_text(shown, encoding="utf-8")
    settings, findings = read_settings(file, FOUND_BY_DIFF)
    assert (findings, len(settings.waivers)) == ([], 1)
    assert set(tomllib.loads(shown)) == {"severity", "waive"}
    assert settings.waivers[0].fingerprint in TRANSCRIPTS[0]
