"""A source is the text of one file as characters and lines, and the places in it."""

import re
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from yaml.reader import Reader

from crossgrade.diagnostics import Finding, Place

LARGEST_FILE = 5 * 1024 * 1024
"""Bytes; a policy of that size is no longer read by people."""

# The line breaks of YAML 1.1, by which both parsers of PyYAML count lines.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_BYTE_ORDER_MARK = "\ufeff"


class Mark(Protocol):
    """A point in the text as PyYAML gives it; line and column count from 0, in characters."""

    line: int
    column: int


class Source(Struct, frozen=True):
    """The characters of a file without a byte order mark, and its lines without their ends."""

    file: str
    text: str
    lines: Sequence[str]

    def place(self, start: Mark, end: Mark) -> Place:
        """Return the stretch between two marks, as far as it is on the first line."""
        line = self.lines[start.line] if start.line < len(self.lines) else ""
        stop = end.column if end.line == start.line else len(line.rstrip())
        return Place(self.file, start.line + 1, start.column + 1, max(1, stop - start.column), line)

    def place_at(self, line: int, column: int, width: int = 1) -> Place:
        """Return a place by line and column, both from 0."""
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.file, line + 1, column + 1, width, text)


def source(content: bytes, file: str) -> Source | Finding:
    """Read the bytes of a file as text, or say why they are none."""
    if len(content) > LARGEST_FILE:
        return Finding(
            Place(file),
            "too-large",
            f"the file has {len(content):,} bytes, the most that is read is {LARGEST_FILE:,}",
            help="split the policy into several smaller ones",
        )
    try:
        text = content.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as problem:
        return _not_utf8(content, problem.start, file)
    read = Source(file, text, _LINE_BREAK.split(text))
    return _unprintable(read) or read


def _not_utf8(content: bytes, offset: int, file: str) -> Finding:
    before = content[:offset].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    lines = _LINE_BREAK.split(before)
    text = _LINE_BREAK.split(lines[-1] + content[offset:].decode("utf-8", "replace"))[0]
    return Finding(
        Place(file, len(lines), len(lines[-1]) + 1, 1, text),
        "not-utf8",
        f"the file is not UTF-8: byte {offset} is 0x{content[offset]:02x}",
        help="save the file with the encoding UTF-8",
    )


def _unprintable(read: Source) -> Finding | None:
    found = Reader.NON_PRINTABLE.search(read.text)
    if found is None:
        return None
    before = _LINE_BREAK.split(read.text[: found.start()])
    return Finding(
        read.place_at(len(before) - 1, len(before[-1])),
        "bad-character",
        f"the control character U+{ord(found.group()):04X} is not allowed in YAML",
        help='remove it; inside double quotes it can be written with an escape such as "\\x07"',
    )
