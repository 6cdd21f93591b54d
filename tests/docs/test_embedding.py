"""Every Python block of docs/embedding.md runs, and prints what the page says; docs/commands.md names what there is."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.docs.blocks import DOCS, blocks
from tests.docs.examples import policies

from crossgrade.cli import exits
from crossgrade.cli.app import COMMANDS

PAGE = DOCS / "embedding.md"


def test_every_block_runs_and_prints_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("policies/shop").mkdir(parents=True)
    for name, text in policies(blocks(DOCS / "language.md"))["shop"].items():
        Path("policies/shop", name).write_text(text, encoding="utf-8")
    names: dict[str, Any] = {}
    shown = blocks(PAGE)
    for block, following in zip(shown, [*shown[1:], None], strict=True):
        if block.kind == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(PAGE), "exec"), names)
            expected = following.text if following is not None and following.kind == "text" else ""
            assert capsys.readouterr().out == expected, f"line {block.line}"


def test_the_commands_and_exit_codes_are_those_there_are() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `crossgrade (\w+)", text, re.MULTILINE) == [name for name, *_ in COMMANDS]
    codes = sorted({exits.CLEAN, exits.FAILED, exits.CHANGED, exits.UNUSABLE, exits.BROKEN})
    assert [int(code) for code in re.findall(r"^\| (\d) \|", text, re.MULTILINE)] == codes


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        found = page.parent / file if file else page
        assert found.exists(), target
        heads = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        known = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
        assert not anchor or anchor in known, target
