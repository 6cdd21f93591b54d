"""The output: text and JSON on their way to a terminal, a file or a pipe."""

import json
import sys
from typing import TYPE_CHECKING

from crossgrade.cli.exits import ClosedPipeError

if TYPE_CHECKING:
    from rich.console import RenderableType


def put(text: str) -> None:
    """Write a text and a line end; it is flushed, so that who reads a pipe gets an answer for each question."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ClosedPipeError from None


def put_json(value: object) -> None:
    """Write a value as indented JSON."""
    put(json_text(value, indent=2))


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON, on one line unless it is indented; escaped where the output is not UTF-8."""
    plain = sys.stdout.encoding.lower().replace("-", "") not in ("utf8", "utf8sig")
    return json.dumps(value, indent=indent, ensure_ascii=plain)


def put_page(*parts: "RenderableType") -> None:
    """Write texts and tables laid out for the terminal; in a pipe they are plain and as wide as they need."""
    put(page(*parts))


def page(*parts: "RenderableType") -> str:
    """Return texts and tables as lines without blanks at their ends."""
    import io

    from rich.console import Console, Group
    from rich.measure import Measurement

    terminal = sys.stdout.isatty()
    console = Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=None if terminal else _UNBOUNDED,
        highlight=False,
        markup=False,
        emoji=False,
        color_system="auto" if terminal else None,
    )
    group = Group(*parts)
    # A terminal narrower than the amounts wraps the lines itself; rich would cut the amounts off.
    unbounded = console.options.update(width=_UNBOUNDED)
    needed = max(Measurement.get(console, unbounded, part).minimum for part in parts)
    console.width = max(console.width, needed)
    with console.capture() as captured:
        console.print(group, crop=False)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()).rstrip("\n")


_UNBOUNDED = 10_000
