"""Anchors are the nodes a file gives names to; aliases stand for them, within limits."""

from typing import Generic, NoReturn, TypeVar

from msgspec import Struct

from crossgrade.diagnostics import Finding, Place

DEEPEST = 64
"""Levels of nesting that are read, aliases expanded."""

LONGEST_TEXT = 10_000
"""Characters of a single key or value."""

MOST_ENTRIES = 5_000
"""Entries of a single list or mapping."""

MOST_NODES = 200_000
"""Keys and values of one file."""

MOST_THROUGH_ALIASES = 100_000
"""Nodes that aliases may stand for in one file, counted as if each were written out."""

Node = TypeVar("Node")


class UnreadableError(Exception):
    """Reading cannot go on."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def stop(place: Place, code: str, message: str, remedy: str) -> NoReturn:
    """End the reading of a text with a finding."""
    raise UnreadableError(Finding(place, code, message, help=remedy))


def too_deep(place: Place) -> NoReturn:
    """End the reading of a text that is nested too deep."""
    stop(
        place,
        "too-deep",
        f"this is nested deeper than {DEEPEST} levels",
        "remove brackets or levels of indentation",
    )


def too_long(length: int, place: Place) -> NoReturn:
    """End the reading of a text that holds a single key or value as long as a book."""
    message = f"this has {length:,} characters, the most that is read is {LONGEST_TEXT:,}"
    stop(place, "too-large", message, "write a shorter text, or close the quotes where it should end")


def too_many(limit: int, what: str, place: Place) -> NoReturn:
    """End the reading of a text that holds more than is read of a kind; `what` says of which."""
    message = f"this is one more than the {limit:,} {what} that are read"
    stop(place, "too-large", message, "split the file into several smaller ones")


class Extent(Struct, frozen=True):
    """How many nodes a node holds, itself included, and over how many levels."""

    nodes: int = 1
    levels: int = 0

    def around(self, inner: "Extent") -> "Extent":
        """Return the extent with one more node inside."""
        return Extent(self.nodes + inner.nodes, max(self.levels, inner.levels + 1))


class Anchors(Generic[Node]):
    """The anchors of one file so far, and how many nodes aliases have stood for."""

    def __init__(self) -> None:
        # None while the anchored node is still open: an alias that meets it is recursive.
        self._known: dict[str, tuple[Node, Extent] | None] = {}
        self._expanded = 0

    def begin(self, name: str) -> None:
        """Remember that the node of this name has begun."""
        self._known[name] = None

    def end(self, name: str, composed: tuple[Node, Extent]) -> None:
        """Remember the finished node of this name."""
        self._known[name] = composed

    def aliased(self, name: str, place: Place, depth: int) -> tuple[Node, Extent]:
        """Return the node an alias stands for; UnreadableError where it stands for none, or for too much."""
        if name not in self._known:
            help_text = f"write `&{name}` before the value it stands for, or put the text in quotes"
            stop(place, "undefined-alias", f"the alias `*{name}` has no anchor before it", help_text)
        known = self._known[name]
        if known is None:
            message = f"the alias `*{name}` is part of what it stands for"
            stop(place, "recursive-alias", message, "write the value out")
        self._count(known[1], place)
        if depth + known[1].levels > DEEPEST:
            too_deep(place)
        return known

    def _count(self, extent: Extent, place: Place) -> None:
        self._expanded += extent.nodes
        if self._expanded > MOST_THROUGH_ALIASES:
            message = f"the aliases of this file stand for more than {MOST_THROUGH_ALIASES:,} values"
            stop(place, "exploding-aliases", message, "use fewer aliases to nodes that hold aliases themselves")
