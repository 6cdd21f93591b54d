"""Every code has a page in docs/errors, and each page shows a mistake, its real message and a remedy that works."""

from pathlib import Path

import pytest
from tests.docs.blocks import DOCS, blocks
from tests.docs.mistakes import emitted, facts_messages, findings

from crossgrade.diagnostics import as_text
from crossgrade.errors import FACTS_ERROR_CODES
from crossgrade.reviewing.laws.law import LAWS

PAGES = sorted(page for page in (DOCS / "errors").glob("*.md") if page.stem not in ("README", "facts"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_a_real_message_and_a_remedy(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    shown = blocks(page)
    message = next(number for number, block in enumerate(shown) if block.kind == "text")
    found = []
    for name, files in (("avoid", shown[:message]), ("prefer", shown[message + 1 :])):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        found.append(findings(files, page.stem if page.stem in LAWS else None))
    assert "\n".join(map(as_text, found[0])).replace("\x07", "␇") == shown[message].text.strip("\n")
    assert ([finding.code for finding in found[0]], found[1]) == ([page.stem], [])
    assert text.startswith(f"# `{page.stem}`\n")
    assert [text.count(f"\n**{word}") for word in ("Avoid", "Prefer", "Why")] == [1, 1, 1]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {page.stem for page in PAGES} == emitted()


def test_the_index_lists_every_page_with_its_first_sentence() -> None:
    lines = [
        f"| [`{page.stem}`]({page.name}) | {page.read_text(encoding='utf-8').split(chr(10) * 2)[1]} |" for page in PAGES
    ]
    assert [
        line for line in (DOCS / "errors/README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| [`")
    ] == lines


def test_the_page_on_facts_shows_a_real_message_for_each_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = DOCS / "errors/facts.md"
    shown = [block.text.strip("\n") for block in blocks(page) if block.kind == "text"]
    assert list(facts_messages(page)) == list(zip(FACTS_ERROR_CODES, shown, strict=True))
    assert [message.partition(":")[0] for message in shown] == list(FACTS_ERROR_CODES)
