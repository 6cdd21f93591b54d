"""A review as workflow commands, which GitHub shows beside the policy's file in a pull request."""

from collections.abc import Iterator

from crossgrade.reviewing.shown.marks import plain
from crossgrade.reviewing.shown.page import Item, Page, told

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def as_github(page: Page) -> Iterator[str]:
    """Return a command for each finding that is not waived, and for what was not decided."""
    for item in page.items:
        if item.waived is None:
            yield _command(_COMMANDS[item.severity], page.file, item.kind, _said(item))
    for sentence in page.undecided:
        yield _command("warning", page.file, "not decided", sentence)


def _said(item: Item) -> str:
    return "\n".join([*told(item), f"fingerprint: {item.fingerprint}"])


def _command(command: str, file: str, title: str, text: str) -> str:
    where = f"file={_escaped(plain(file), in_property=True)},line=1"
    named = _escaped(f"crossgrade[{title}]", in_property=True)
    lines = "%0A".join(_escaped(plain(line)) for line in text.split("\n"))
    return f"::{command} {where},title={named}::{lines}"


def _escaped(text: str, *, in_property: bool = False) -> str:
    escapes = {"%": "%25"} | ({":": "%3A", ",": "%2C"} if in_property else {})
    return "".join(escapes.get(char, char) for char in text)
