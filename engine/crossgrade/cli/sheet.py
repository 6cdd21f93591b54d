"""A facts sheet: what a file or standard input says about a membership, and where it says it."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from crossgrade.cli.exits import UnusableError
from crossgrade.cli.options import Format
from crossgrade.diagnostics import Finding, Place, as_text, did_you_mean
from crossgrade.errors import InvalidFacts
from crossgrade.facts.border import from_json, question

if TYPE_CHECKING:
    from crossgrade.reading.located import Node, Scalar


class Sheet(Struct, frozen=True):
    """The facts of one file, and its text for pointing into it; `options` says which facts came as options."""

    name: str
    text: bytes
    facts: Mapping[str, Any]
    options: Mapping[str, str] = {}

    @contextmanager
    def pointing(self, shown: Format) -> Iterator[None]:
        """Turn bad facts met inside into an error that shows the place they are written at."""
        try:
            yield
        except InvalidFacts as problem:
            raise self.unusable(problem, shown) from problem

    def unusable(self, problem: InvalidFacts, shown: Format) -> UnusableError:
        """Return the error for bad facts; for machines it is printed as JSON as well."""
        if shown is Format.json:
            from crossgrade.cli.output import put_json

            put_json(error_json(problem))
        option = self.options.get(problem.path)
        if option is not None:
            return UnusableError(f"{option}: error[{problem.code}]: {problem.message}")
        return UnusableError(as_text(Finding(self._place(problem), problem.code, str(problem))))

    def _place(self, problem: InvalidFacts) -> Place:
        from crossgrade.reading.located import compose

        # JSON is YAML, so its places are found the same way.
        root, _ = compose(self.text, self.name)
        place = Place(self.name) if root is None else _deepest(root, problem)
        return structs.replace(place, text="") if problem.masked else place


def error_json(problem: InvalidFacts) -> dict[str, str]:
    """Return bad facts as the object that machines get."""
    return {"outcome": "error", "error": problem.code, "message": str(problem)}


def _deepest(root: "Node", problem: InvalidFacts) -> Place:
    """Return the place that a path leads to, as far as it is written; of an unknown key, the key's."""
    from crossgrade.reading.located import Entries, Scalar

    node, place = root, Place(root.place.file)
    for step in problem.path.split("."):
        entry = next((entry for entry in _entries(node) if entry[0].value == step), None)
        if entry is None:
            break
        by_value = isinstance(entry[1], Scalar) and problem.code != "unknown_fact"
        node, place = entry[1], (entry[1] if by_value else entry[0]).place
    if problem.code == "unknown_key" and isinstance(node, Entries):
        keys = [key for key, _ in node.entries]
        place = next((key.place for key in keys if f"unknown key `{key.value}`" in problem.message), place)
    return place


def _entries(node: "Node") -> "tuple[tuple[Scalar, Node], ...]":
    from crossgrade.reading.located import Entries

    return node.entries if isinstance(node, Entries) else ()


def read_sheet(where: str, shown: Format) -> Sheet:
    """Read a facts file, or standard input where it is `-`."""
    name, text = _text(where)
    sheet = Sheet(name, text, {})
    if _is_json(where, text):
        with _json_errors(sheet, shown):
            facts = from_json(text)
    else:
        facts = _from_yaml(name, text)
    with sheet.pointing(shown):
        return Sheet(name, text, question(facts))


@contextmanager
def _json_errors(sheet: Sheet, shown: Format) -> Iterator[None]:
    """Point at the place where a text stops being JSON."""
    try:
        yield
    except InvalidFacts as problem:
        line = getattr(problem.__context__, "lineno", None)
        if line is None:
            raise sheet.unusable(problem, shown) from problem
        column, reason = getattr(problem.__context__, "colno", 1), getattr(problem.__context__, "msg", "")
        lines = sheet.text.decode("utf-8", "replace").splitlines() or [""]
        place = Place(sheet.name, line, column, 1, lines[min(line, len(lines)) - 1])
        raise UnusableError(as_text(Finding(place, problem.code, f"this is not JSON: {reason}"))) from problem


def _text(where: str) -> tuple[str, bytes]:
    if where == "-":
        return "standard input", sys.stdin.buffer.read()
    try:
        return where, Path(where).read_bytes()
    except OSError as problem:
        raise unreadable(where, problem) from problem


def unreadable(where: str, problem: OSError) -> UnusableError:
    """Return the error for a facts file that cannot be read."""
    if not isinstance(problem, FileNotFoundError):
        return UnusableError(f"error: --facts {where}: {problem.strerror}")
    near = _nearby(Path(where))
    help_ = f"\nhelp: {near}" if near else ""
    return UnusableError(f"error: --facts {where}: there is no such file{help_}")


def _nearby(file: Path) -> str | None:
    siblings = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
    return did_you_mean(file.name, siblings)


def _is_json(where: str, text: bytes) -> bool:
    suffix = Path(where).suffix
    return suffix == ".json" or (suffix not in (".yaml", ".yml") and text.lstrip().startswith(b"{"))


def _from_yaml(name: str, text: bytes) -> object:
    from crossgrade.reading.located import compose, plain

    if not text.strip():
        raise UnusableError(f"error: {name}: there are no facts; write at least `membership:` and `at:`")
    root, findings = compose(text, name)
    if root is None or findings:
        raise UnusableError("\n\n".join(as_text(finding) for finding in findings))
    return plain(root)
