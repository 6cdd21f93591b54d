"""Marks: a sentence split into words and code, so that each way of showing it can escape both."""

import re
import unicodedata
from collections.abc import Callable, Iterator

_CODE = re.compile(r"`([\w*](?:[\w.\-/: *]*[\w*])?)`")
"""What may stand in backticks: ids, facts and rules. Anything else in backticks was written by someone else."""

_HIDING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Signs that turn the direction of what follows, or that nobody sees."""


def parts(sentence: str) -> Iterator[tuple[str, bool]]:
    """Return the parts of a sentence in order, each with whether it is code."""
    end = 0
    for found in _CODE.finditer(sentence):
        if found.start() > end:
            yield sentence[end : found.start()], False
        yield found[1], True
        end = found.end()
    if end < len(sentence):
        yield sentence[end:], False


def marked(sentence: str, words: Callable[[str], str], code: Callable[[str], str]) -> str:
    """Return a sentence with its words and its code each shown in a way."""
    return "".join(code(part) if is_code else words(part) for part, is_code in parts(plain(sentence)))


def plain(text: str) -> str:
    """Return a text on one line, with signs that would move a terminal or turn the text made visible."""
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char == "\n":
        return " "
    hidden = char in _HIDING or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
    return f"\\u{ord(char):04x}" if hidden else char
