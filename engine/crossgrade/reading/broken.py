"""Broken YAML in our own words: what a parser stumbled over, where it began, and how to mend it.

PyYAML's two parsers word the same mistake differently, so only the parts that both share are looked at.
"""

import re
from collections.abc import Callable

from yaml import MarkedYAMLError, YAMLError
from yaml.error import Mark

from crossgrade.diagnostics import Finding, Place
from crossgrade.reading.source import Source

_GLUED = re.compile(r"\s*(?:- )?(?P<key>[\w.-]+):(?P<value>[^\s:].*)")
_QUOTE_IT = "put the text in double quotes"
_QUOTE_OR_COMMA = "write a comma before it, or put the text in double quotes"


def broken(read: Source, problem: YAMLError) -> Finding:
    """Return what is wrong with a text that neither parser can read."""
    if not isinstance(problem, MarkedYAMLError) or problem.problem_mark is None:
        return _finding(read.place_at(0, 0), "this is no YAML", "compare with a policy that is read")
    told = f"{problem.context or ''}: {problem.problem or ''}"
    at = problem.problem_mark
    began = problem.context_mark or at
    for words, explain in _EXPLANATIONS:
        if all(word in told for word in words):
            return explain(read, at, began)
    return _finding(_word(read, at), "this is not expected here", f"{_QUOTE_IT}, or remove it")


def _finding(place: Place, message: str, remedy: str) -> Finding:
    return Finding(place, "yaml-syntax", message, help=remedy)


def _word(read: Source, at: Mark) -> Place:
    """Return the word at a mark, or the last character of the text where the mark is behind it."""
    line = at.line
    while line and (line >= len(read.lines) or not read.lines[line].strip()):
        line -= 1
    text = read.lines[line]
    column = at.column if line == at.line else len(text)
    column = min(column, max(0, len(text.rstrip()) - 1))
    found = re.match(r"[\w.-]+", text[column:])
    return read.place_at(line, column, len(found.group()) if found else 1)


def _char(read: Source, at: Mark) -> str:
    return read.lines[at.line][at.column : at.column + 1] if at.line < len(read.lines) else ""


def _before(read: Source, at: Mark) -> str:
    return read.lines[at.line][: at.column] if at.line < len(read.lines) else ""


def _second_colon(read: Source, at: Mark, _began: Mark) -> Finding:
    before = _before(read, at)
    place = read.place_at(at.line, at.column)
    if ": " in before:
        value = read.lines[at.line].split(": ", 1)[1].strip().replace('"', "'")
        return _finding(place, "a value holds a second `: `", f'put the value in quotes: `"{value}"`')
    above = read.lines[at.line - 1] if at.line else ""
    if (glued := _GLUED.fullmatch(above)) is not None:
        return _glued(read, at.line - 1, glued)
    if re.match(r"\s*(?:- )?[^\s:]+: +\S", above):
        return _finding(
            _key_of(read, at), "this key is indented below a key that has a value", "indent it like its neighbours"
        )
    return _finding(
        _key_of(read, at), "a key begins here, but the line above is not finished", "end the line above with `:`"
    )


def _key_of(read: Source, at: Mark) -> Place:
    before = _before(read, at)
    start = len(before) - len(before.lstrip())
    return read.place_at(at.line, start, max(1, len(before.strip())))


def _glued(read: Source, line: int, glued: re.Match[str]) -> Finding:
    place = read.place_at(line, glued.end("key"))
    return _finding(place, "there is no space after the colon", f"write `{glued['key']}: {glued['value']}`")


def _no_colon(read: Source, _at: Mark, began: Mark) -> Finding:
    text = read.lines[began.line]
    if (glued := _GLUED.fullmatch(text)) is not None:
        return _glued(read, began.line, glued)
    place = read.place_at(began.line, began.column, max(1, len(text.rstrip()) - began.column))
    return _finding(place, "this line is no `key: value`", "write a colon and a space after the key")


def _unclosed(opening: str, closing: str) -> Callable[[Source, Mark, Mark], Finding]:
    def explain(read: Source, at: Mark, began: Mark) -> Finding:
        if at.line == began.line and _char(read, at) not in ("", "]", "}"):
            return _finding(_word(read, at), f"this follows no comma within `{opening}`", _QUOTE_OR_COMMA)
        place = read.place_at(began.line, began.column)
        return _finding(
            place, f"the bracket `{opening}` is not closed", f"write `{closing}` or a comma where one is missing"
        )

    return explain


def _open_quote(read: Source, _at: Mark, began: Mark) -> Finding:
    quote = _char(read, began)
    place = read.place_at(began.line, began.column)
    return _finding(place, f"the quote {quote} is not closed", f"write {quote} at the end of the text")


def _bad_start(read: Source, at: Mark, _began: Mark) -> Finding:
    char = _char(read, at)
    place = read.place_at(at.line, at.column)
    if char == "\t":
        return _finding(place, "a tab is used for indentation", "use spaces")
    return _finding(place, f"plain text cannot begin with {char}", _QUOTE_IT)


def _misplaced(read: Source, at: Mark, _began: Mark) -> Finding:
    before, char = _before(read, at), _char(read, at)
    if char in ("]", "}"):
        return _finding(read.place_at(at.line, at.column), f"the bracket `{char}` was not opened", "remove it")
    if char == ":":
        return _finding(read.place_at(at.line, at.column), "there is no key before the colon", "write a key before it")
    if before.strip():
        return _after_value(read, at, before)
    if char == "-":
        return _finding(
            read.place_at(at.line, at.column), "a list item where a key is expected", "indent it below its key"
        )
    return _finding(_word(read, at), "the indentation fits no line above", "indent it like its neighbours")


def _after_value(read: Source, at: Mark, before: str) -> Finding:
    if before.rstrip().endswith("'"):
        return _finding(
            _word(read, at), "text goes on after the quote was closed", "inside single quotes write ' twice"
        )
    return _finding(_word(read, at), "text goes on after the value was closed", "put the whole value in quotes")


def _no_item(read: Source, at: Mark, _began: Mark) -> Finding:
    return _finding(_word(read, at), "a key where a list item is expected", "begin the line with `- `, or indent it")


def _no_list(read: Source, at: Mark, _began: Mark) -> Finding:
    place = read.place_at(at.line, at.column)
    return _finding(place, "a list cannot begin behind a key", "begin the list on a line of its own")


def _escape(read: Source, at: Mark, _began: Mark) -> Finding:
    column = read.lines[at.line].rfind("\\", 0, at.column + 1)
    return _no_escape(read, at.line, max(0, column))


_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_NO_CHARACTER = re.compile(r"\\(?:U(?!000|0010)[0-9a-fA-F]{8}|(?:u|U0000)[dD][89a-fA-F][0-9a-fA-F]{2})")


def _no_escape(read: Source, line: int, column: int) -> Finding:
    found = _ESCAPE.match(read.lines[line], column)
    shown = found[0] if found else read.lines[line][column : column + 2]
    place = read.place_at(line, column, len(shown))
    return _finding(place, f"`{shown}` is no escape", "write a backslash twice, or use single quotes")


def no_character(read: Source) -> Finding:
    """Return the finding for the first escape that stands for no character, which YAML parsed in Python lets pass."""
    found = ((line, _NO_CHARACTER.search(text)) for line, text in enumerate(read.lines))
    line, column = next(((line, match.start()) for line, match in found if match), (0, 0))
    return _no_escape(read, line, column)


def _no_name(read: Source, _at: Mark, began: Mark) -> Finding:
    char = _char(read, began)
    place = read.place_at(began.line, began.column)
    return _finding(place, f"plain text cannot begin with {char}", _QUOTE_IT)


def _no_content(read: Source, at: Mark, _began: Mark) -> Finding:
    return _finding(_word(read, at), "a value is missing here", "write the value, or remove what waits for it")


def _directive(read: Source, at: Mark, _began: Mark) -> Finding:
    line = next((n for n, text in enumerate(read.lines) if text.startswith("%")), at.line)
    place = read.place_at(line, 0, len(read.lines[line]))
    return _finding(place, "a directive is not understood", "remove the line that begins with %")


def _block_header(read: Source, at: Mark, _began: Mark) -> Finding:
    return _finding(_word(read, at), "text follows the mark of a block text", "begin the text on the next line")


_EXPLANATIONS: tuple[tuple[tuple[str, ...], Callable[[Source, Mark, Mark], Finding]], ...] = (
    (("mapping values are not allowed",), _second_colon),
    (("sequence entries are not allowed",), _no_list),
    (("cannot start any token",), _bad_start),
    (("quoted scalar", "end of stream"), _open_quote),
    (("quoted scalar", "document separator"), _open_quote),
    (("escape",), _escape),
    (("expected ':'",), _no_colon),
    (("flow sequence", "expected ',' or ']'"), _unclosed("[", "]")),
    (("flow mapping", "expected ',' or '}'"), _unclosed("{", "}")),
    (("node content",), _no_content),
    (("block collection", "expected"), _no_item),
    (("scanning an a",), _no_name),
    (("block scalar", "expected"), _block_header),
    (("directive",), _directive),
    (("YAML document",), _directive),
    (("document start",), _directive),
    (("block mapping", "expected"), _misplaced),
)
