"""Blocks: the fenced blocks of a page of documentation, each with the comment above it that says what it is for."""

import re
from pathlib import Path

from msgspec import Struct

DOCS = Path(__file__).resolve().parents[2] / "docs"

_BLOCK = re.compile(
    r"^(?:<!-- (?P<about>[^\n]*?) -->\n+)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(Struct, frozen=True):
    """A fenced block: its language, what the comment above it says, its text and its first line in the page."""

    kind: str
    about: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["about"] or "", found["text"], text.count("\n", 0, found.start("text")) + 1)
        for found in _BLOCK.finditer(text)
    ]
