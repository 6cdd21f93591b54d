"""Written cases: a cases file read into single cases, with what they share filled in."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from msgspec import Struct

from crossgrade.diagnostics import Finding, Place
from crossgrade.loading import holds_cases
from crossgrade.reading.located import Entries, Items, Node, compose, plain
from crossgrade.reading.schema import check

SECTIONS = ("membership", "usage", "customer", "request")


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the cases files that paths name; a file is itself, a folder every file of cases below it."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*.y*ml")) if not _hidden(file, path) and holds_cases(file))
        else:
            yield path


def _hidden(file: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(below).parts)


class Case(Struct, frozen=True):
    """One case, with what it shares with others filled in, for one choice of its `each` values."""

    place: Place
    name: str
    facts: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


class CasesFile(Struct, frozen=True):
    """The cases of a file and the policy they are for, relative to it."""

    policy: str
    cases: tuple[Case, ...]


def read_cases(file: Path) -> tuple[CasesFile | None, list[Finding]]:
    """Read a cases file; None where a finding is an error."""
    name = file.as_posix()
    try:
        root, findings = compose(file.read_bytes(), name)
    except OSError as problem:
        return None, [Finding(Place(name), "missing-file", f"`{name}` cannot be read: {problem.strerror}")]
    if root is not None:
        findings = [*findings, *check(root, "cases")]
    if not isinstance(root, Entries) or findings:
        return None, findings
    listed = root.get("cases")
    items = listed.items if isinstance(listed, Items) else ()
    shared = plain(root)
    if not items:
        return None, [Finding(root.place, "empty", "there are no cases", help="write at least one under `cases:`")]
    if (count := sum(_choices_of(plain(item)) for item in items)) > MOST_CASES:
        message = f"these are {count:,} cases with those of `each`, the most that is read is {MOST_CASES:,}"
        return None, [Finding(root.place, "too-large", message, help="give fewer values under `each`")]
    policy = shared.get("policy", "policy.yaml") if isinstance(shared, dict) else "policy.yaml"
    return CasesFile(policy, tuple(case for item in items for case in _cases(item, shared))), []


MOST_CASES = 10_000
"""Cases of one file, each combination of the values under `each` counted."""


def _choices_of(written: Any) -> int:
    return prod(len(values) for values in written.get("each", {}).values())


def _cases(node: Node, shared: Any) -> Iterator[Case]:
    written: Any = plain(node)
    facts = {name: merged(shared.get(name, {}), written.get(name, {})) for name in SECTIONS}
    first = {key: written[key] for key in _STEP if key in written}
    steps = (first, *written.get("then", ()))
    for choice in product(*(_choices(path, values) for path, values in written.get("each", {}).items())):
        chosen = {**facts, "steps": steps}
        for path, value in choice:
            chosen = replaced(chosen, _keys(path), value)
        suffix = ", ".join(f"{path}: {value}" for path, value in choice)
        name = f"{written['name']} ({suffix})" if suffix else written["name"]
        yield Case(_name_place(node), name, {key: chosen[key] for key in SECTIONS}, chosen["steps"])


_STEP = ("at", "selection", "apply_pending", "renew", "locale", "expect")
"""What a case says of its first step, as those under `then` say it of theirs."""


def _keys(path: str) -> list[str]:
    """Return the keys of a path; the name of a fact is one key, whatever dots it has."""
    return path.split(".", 1) if path.partition(".")[0] in SECTIONS[1:] else path.split(".")


def _choices(path: str, values: list[Any]) -> list[tuple[str, Any]]:
    return [(path, value) for value in values]


def _name_place(node: Node) -> Place:
    name = node.get("name") if isinstance(node, Entries) else None
    return name.place if name is not None else node.place


def merged(shared: Any, own: Any) -> Any:
    """Merge a case's value over the shared one, deeply; null takes a shared value away."""
    if not isinstance(shared, Mapping) or not isinstance(own, Mapping):
        return own
    both = {**shared, **{key: merged(shared.get(key, {}), value) for key, value in own.items()}}
    return {key: value for key, value in both.items() if value is not None}


def replaced(value: Any, path: list[str], new: Any) -> Any:
    """Return the mapping with the value at a path replaced; `at` and `selection` are those of the first step."""
    if path[0] in ("at", "selection") and "steps" in value:
        first, *rest = value["steps"]
        return {**value, "steps": (replaced(first, path, new), *rest)}
    if len(path) == 1:
        return {**value, path[0]: new}
    return {**value, path[0]: replaced(value.get(path[0]) or {}, path[1:], new)}
