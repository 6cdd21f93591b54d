"""A node is held against the schema of its file, and every mistake becomes one finding at its place."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from crossgrade.diagnostics import Finding, Place, did_you_mean, ordered
from crossgrade.reading.expectation import (
    FORMS,
    alternatives,
    expected_of,
    found_of,
    mend,
    sentence,
    types_of,
)
from crossgrade.reading.located import Entries, Items, Node, Scalar, plain
from crossgrade.reading.validator import Fault, faults

Path = Sequence[str | int]

FROM_OUTSIDE = ("at", "selection", "membership", "usage", "customer", "request")
"""What of a case comes in from outside, and may be wrong on purpose where an error is expected."""


def check(node: Node, schema_name: str) -> list[Finding]:
    """Return what is wrong with the keys and values of a file; `schema_name` is `policy` or `cases`."""
    found = [fault for fault in faults(schema_name, plain(node)) if not _on_purpose(node, fault)]
    # A value of the wrong type is one mistake: that it is out of range as well goes without saying.
    wrong = {fault.path for fault in found if fault.keyword == "type"}
    return ordered(_finding(node, fault) for fault in found if fault.keyword == "type" or fault.path not in wrong)


class _Spot(Struct, frozen=True):
    """Where an error is: the node, the key it stands under, and the path that leads to it."""

    node: Node
    key: Scalar | None
    path: Path

    @property
    def place(self) -> Place:
        """Where the value is written, or its key where there is no value."""
        node = self.node
        missing = isinstance(node, Scalar) and not node.written and not node.quoted
        return self.key.place if missing and self.key is not None else node.place

    @property
    def head(self) -> Place:
        """Where the key is written, or the first key of an item of a list."""
        if self.key is not None:
            return self.key.place
        if isinstance(self.node, Entries) and self.node.entries:
            return self.node.entries[0][0].place
        return self.node.place


def _spot(root: Node, path: Path) -> _Spot:
    node, key = root, None
    for step in path:
        if isinstance(node, Entries) and isinstance(step, str):
            key, node = next((known, value) for known, value in node.entries if known.value == step)
        elif isinstance(node, Items) and isinstance(step, int):
            key, node = None, node.items[step]
    return _Spot(node, key, path)


def _on_purpose(root: Node, fault: Fault) -> bool:
    """Say whether a case that expects an error holds this one, in what comes in from outside."""
    path = fault.path
    for depth, step in enumerate(path):
        if step in FROM_OUTSIDE and depth in (2, 4) and path[0] == "cases":
            return _expects_error(_spot(root, path[:depth]).node)
    return False


def _expects_error(case: Node) -> bool:
    expect = case.get("expect") if isinstance(case, Entries) else None
    if not isinstance(expect, Entries):
        return False
    outcome = expect.get("outcome")
    return expect.get("error") is not None or (isinstance(outcome, Scalar) and outcome.value == "error")


def _finding(root: Node, fault: Fault) -> Finding:
    spot = _spot(root, fault.path)
    if fault.of_key:
        return _bad_name(spot, fault)
    return _TOLD[fault.keyword](spot, fault)


def _bad_name(spot: _Spot, fault: Fault) -> Finding:
    key = spot.node.key(fault.value) if isinstance(spot.node, Entries) else None
    return _bad_form(key.place if key is not None else spot.place, fault)


def _bad_form(place: Place, fault: Fault) -> Finding:
    form = fault.schema["format"]
    found = f"`{fault.value}`" if fault.value else "empty text"
    message = f"expected {fault.schema['title']}, found {found}"
    return Finding(place, f"bad-{form}", message, help=FORMS[form](fault.value))


def _form(spot: _Spot, fault: Fault) -> Finding:
    return _bad_form(spot.place, fault)


def _type(spot: _Spot, fault: Fault) -> Finding:
    accepted = fault.word.split() if fault.keyword == "anyOf" else types_of(fault.schema)
    message = f"expected {expected_of(fault.schema)}, found {found_of(spot.node, accepted)}"
    return Finding(spot.place, "wrong-type", message, help=mend(fault.schema, accepted, spot.node))


def _enum(spot: _Spot, fault: Fault) -> Finding:
    known = [str(value) for value in fault.demand if value is not None]
    one_of = alternatives(known)
    if not isinstance(spot.node, Scalar) or spot.node.value is None:
        message = f"expected {one_of}, found {found_of(spot.node, [])}"
        return Finding(spot.place, "wrong-type", message, help=_choice(known))
    word = spot.node.written
    message = f"unknown value `{word}`, expected {one_of}"
    return Finding(spot.place, "unknown-value", message, help=did_you_mean(word, known) or _choice(known))


def _choice(known: list[str]) -> str:
    return "write one of them" if len(known) > 1 else f"write `{known[0]}`"


def _unknown(spot: _Spot, fault: Fault) -> Finding:
    word = fault.word
    key = spot.node.key(word) if isinstance(spot.node, Entries) else None
    place = spot.place if key is None else key.place
    known = list(fault.schema["properties"])
    message = f"unknown key `{word}` in {_name(spot, fault.schema)}"
    return Finding(
        place, "unknown-key", message, help=did_you_mean(word, known) or f"the keys are {alternatives(known, 'and')}"
    )


def _missing(spot: _Spot, fault: Fault) -> Finding:
    word = fault.word
    said = sentence(fault.schema["properties"][word]["description"])
    return Finding(
        spot.head, "missing-key", f"{_name(spot, fault.schema)} has no `{word}`", help=f"add `{word}`: {said}"
    )


def _empty(spot: _Spot, _fault: Fault) -> Finding:
    kind = {Entries: "mapping", Items: "list", Scalar: "text"}[type(spot.node)]
    return Finding(spot.place, "empty", f"this {kind} is empty", help="write what belongs here")


def _range(spot: _Spot, fault: Fault) -> Finding:
    limit = fault.demand
    word = "least" if fault.keyword == "minimum" else "most"
    written = spot.node.written if isinstance(spot.node, Scalar) else ""
    message = f"`{written}` is out of range, the {word} is {limit}"
    more = "more" if fault.keyword == "minimum" else "less"
    return Finding(spot.place, "out-of-range", message, help=f"write {limit} or {more}")


def _name(spot: _Spot, schema: dict[str, Any]) -> str:
    """Return what a mapping is called: `plan `basic``, `restriction `unpaid``, `proration`, `the policy`."""
    if not spot.path:
        return f"the {schema['title']}"
    last = str(spot.path[-1])
    title = schema.get("title")
    own = next(_own_names(spot.node), last if isinstance(spot.path[-1], str) else None)
    if title is None:
        return f"`{last}`"
    return title if own in (None, title) else f"{title} `{own}`"


def _own_names(node: Node) -> Iterator[str]:
    for key in ("id", "name"):
        value = node.get(key) if isinstance(node, Entries) else None
        if isinstance(value, Scalar) and isinstance(value.value, str):
            yield value.value


_TOLD: dict[str, Callable[[_Spot, Fault], Finding]] = {
    "type": _type,
    "anyOf": _type,
    "enum": _enum,
    "pattern": _form,
    "format": _form,
    "additionalProperties": _unknown,
    "required": _missing,
    "minItems": _empty,
    "minProperties": _empty,
    "minLength": _empty,
    "minimum": _range,
    "maximum": _range,
}
