"""A finding: what is wrong with a file, where, and what to do about it; and how findings are shown."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, structs

Severity = Literal["error", "warning"]


class Place(Struct, frozen=True, order=True):
    """A stretch of one line of a file; line and column count from 1, `text` is the whole line."""

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    text: str = ""


class Finding(Struct, frozen=True, order=True):
    """One mistake. `others` are further places with a label each, where two places disagree."""

    place: Place
    code: str
    message: str
    severity: Severity = "error"
    help: str | None = None
    others: tuple[tuple[Place, str], ...] = ()


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by place, each once, with messages of a length that people read."""
    found = {_readable(finding) for finding in findings}
    return sorted(found, key=lambda finding: (finding.place, finding.code, finding.message))


def _readable(finding: Finding) -> Finding:
    """Return a finding whose message quotes something endless with its middle left out."""
    message = shortened(finding.message)
    return finding if message == finding.message else structs.replace(finding, message=message)


LONGEST_MESSAGE = 1_000
"""Characters; what is longer quotes what came in."""


def shortened(message: str) -> str:
    """Return a message that can be written and read: halves of characters escaped, a long one without its middle."""
    half = LONGEST_MESSAGE // 2
    message = message if message.isascii() else message.encode("utf-8", "backslashreplace").decode()
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: half - 5]} ... {message[-half:]}"


def as_text(finding: Finding) -> str:
    """Return a finding as `file:line:col: severity[code]: message` with its source line underlined."""
    place = finding.place
    head = f"{place.file}:{place.line}:{place.column}: {finding.severity}[{finding.code}]: {finding.message}"
    lines = [head, *_underlined(place)]
    for other, label in finding.others:
        lines += [f"{other.file}:{other.line}:{other.column}: note: {label}", *_underlined(other)]
    if finding.help:
        lines.append(f"help: {finding.help}")
    return "\n".join(lines)


def _underlined(place: Place) -> list[str]:
    if not place.text.strip():
        return []
    number = str(place.line)
    margin = " " * len(number)
    before, text = _window(place)
    # A tab is kept so that the mark stands below its word whatever the width of a tab.
    indent = "".join("\t" if char == "\t" else " " for char in text[:before])
    mark = "^" * max(1, min(place.width, len(text) - before))
    return [f"  {number} | {text}", f"  {margin} | {indent}{mark}"]


LONGEST_LINE = 1_000
"""Characters; of a longer line only what is around the place is shown."""


def _window(place: Place) -> tuple[int, str]:
    """Return what is shown of a line, and how many characters of it are before the place."""
    start = place.column - 1
    if len(place.text) <= LONGEST_LINE:
        return start, place.text
    first = max(0, start - 60)
    return start - first, place.text[first : first + 180]


def as_json(finding: Finding) -> dict[str, object]:
    """Return a finding as the object that `check --format json` prints."""
    return {
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "help": finding.help,
    }


def as_github(finding: Finding) -> str:
    """Return a finding as the workflow command that GitHub shows beside the line in a pull request."""
    place = finding.place
    text = finding.message if finding.help is None else f"{finding.message}\nhelp: {finding.help}"
    file, title = (_escaped(value, in_property=True) for value in (place.file, f"crossgrade[{finding.code}]"))
    spot = f"file={file},line={place.line},col={place.column},endColumn={place.column + place.width}"
    return f"::{finding.severity} {spot},title={title}::{_escaped(text)}"


def _escaped(text: str, *, in_property: bool = False) -> str:
    escapes = {"%": "%25", "\r": "%0D", "\n": "%0A"} | ({":": "%3A", ",": "%2C"} if in_property else {})
    return "".join(escapes.get(char, char) for char in text)


LONGEST_WORD = 200
"""Characters; a longer word is no slip of the pen."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Propose the known word nearest to a misspelt one, or None where none is near."""
    from difflib import get_close_matches

    if len(word) > LONGEST_WORD:
        return None
    near = get_close_matches(word.lower(), list(known), n=1)
    return f"did you mean `{near[0]}`?" if near else None
