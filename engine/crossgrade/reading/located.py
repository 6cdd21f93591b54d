"""Nodes are what a YAML text says, each with its place; numbers are exact and nothing is guessed."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml
from msgspec import Struct
from yaml import events as happening

from crossgrade.diagnostics import Finding, Place, ordered
from crossgrade.reading.anchors import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_ENTRIES,
    MOST_NODES,
    Anchors,
    Extent,
    UnreadableError,
    too_deep,
    too_long,
    too_many,
)
from crossgrade.reading.broken import broken, no_character
from crossgrade.reading.scalars import NumberError, Value, value_of
from crossgrade.reading.source import Source, source

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+(?=\S)")


_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which are no characters; the C parser refuses them itself."""


class Scalar(Struct, frozen=True):
    """A single value; `written` is its text without quotes, `quoted` includes block texts."""

    value: bool | int | Decimal | str | None
    place: Place
    written: str
    quoted: bool


class Items(Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    place: Place


class Entries(Struct, frozen=True):
    """A mapping in the order it is written; each key is a scalar whose value is text."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place

    def get(self, key: str) -> "Node | None":
        """Return the node of a key, None where there is no such key."""
        return next((node for known, node in self.entries if known.value == key), None)

    def key(self, key: str) -> Scalar | None:
        """Return the key's own node, which knows where the key is written."""
        return next((known for known, _ in self.entries if known.value == key), None)

    def keys(self) -> list[str]:
        """Return the keys in the order they are written."""
        return [str(known.value) for known, _ in self.entries]


Node = Scalar | Items | Entries


def compose(text: bytes, file: str) -> tuple[Node | None, list[Finding]]:
    """Read YAML bytes as nodes; every finding is returned, and None where the text cannot be understood."""
    read = source(text, file)
    if isinstance(read, Finding):
        return None, [read]
    composer = _Composer(read)
    try:
        root = composer.document()
    except UnreadableError as stop:
        return None, ordered([*composer.findings, stop.finding])
    except yaml.YAMLError as problem:
        return None, ordered([*composer.findings, broken(read, problem)])
    return root, ordered(composer.findings)


def plain(node: Node) -> object:
    """Return a node as dict, list and scalars, without places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


class _Composer:
    """Builds nodes from the events of one text, in one pass that never goes deeper than DEEPEST."""

    def __init__(self, read: Source) -> None:
        self.source = read
        self.findings: list[Finding] = []
        self.events: Iterator[Any] = yaml.parse(read.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.anchors: Anchors[Node] = Anchors()
        self.composed = 0

    def document(self) -> Node | None:
        """Return the root of the only document."""
        self._next()
        if isinstance(self._next(), happening.StreamEndEvent):
            self._report_empty(self.source.place_at(0, 0))
            return None
        root, _ = self._node(self._next(), 0)
        self._next()
        self._refuse_more(self._next())
        if isinstance(root, Scalar) and root.value is None:
            self._report_empty(root.place)
            return None
        return root

    def _report_empty(self, place: Place) -> None:
        self._report(place, "empty-file", "the file is empty", "begin with `policy:` and an id")

    def _stretch(self, first: Any, last: Any) -> Place:
        return self.source.place(first.start_mark, last.end_mark)

    def _next(self) -> Any:
        try:
            return next(self.events)
        except (OverflowError, ValueError):
            # YAML that is parsed in Python takes any escaped number for that of a character.
            raise UnreadableError(no_character(self.source)) from None

    def _refuse_more(self, event: Any) -> None:
        if isinstance(event, happening.DocumentStartEvent):
            place = self._stretch(event, event)
            self._report(
                place,
                "several-documents",
                "a second document begins here, a file holds one",
                "remove the `---`, or move what follows to a file of its own",
            )

    def _node(self, event: Any, depth: int) -> tuple[Node, Extent]:
        if isinstance(event, happening.AliasEvent):
            return self._aliased(event, depth)
        if depth >= DEEPEST and not isinstance(event, happening.ScalarEvent):
            too_deep(self.source.place_at(event.start_mark.line, event.start_mark.column))
        self.composed += 1
        if self.composed > MOST_NODES:
            too_many(MOST_NODES, "keys and values of a file", self._stretch(event, event))
        if event.tag is not None:
            self._refuse_tag(event)
        if event.anchor is not None:
            self.anchors.begin(event.anchor)
        composed = self._untagged(event, depth)
        if event.anchor is not None:
            self.anchors.end(event.anchor, composed)
        return composed

    def _untagged(self, event: Any, depth: int) -> tuple[Node, Extent]:
        if isinstance(event, happening.ScalarEvent):
            return self._scalar(event), Extent()
        if isinstance(event, happening.SequenceStartEvent):
            return self._items(event, depth)
        return self._entries(event, depth)

    def _aliased(self, event: Any, depth: int) -> tuple[Node, Extent]:
        place = self._stretch(event, event)
        return self.anchors.aliased(event.anchor, place, depth)

    def _refuse_tag(self, event: Any) -> None:
        start = event.start_mark
        rest = self.source.lines[start.line][start.column :]
        words = [word for word in rest.split()[:2] if word.startswith("!")]
        word = words[0] if words else "!"
        place = self.source.place_at(start.line, start.column + max(0, rest.find(word)), len(word))
        self._report(place, "custom-tag", f"the tag `{word}` is not allowed", "remove it; put text in quotes instead")

    def _scalar(self, event: Any) -> Scalar:
        place = self._value_place(event)
        if len(event.value) > LONGEST_TEXT:
            too_long(len(event.value), place)
        if _HALVES.search(event.value) is not None:
            raise UnreadableError(no_character(self.source))
        quoted = bool(event.style)
        if quoted:
            return Scalar(event.value, place, event.value, quoted=True)
        return Scalar(self._resolved(event.value, place), place, event.value, quoted=False)

    def _resolved(self, text: str, place: Place) -> Value:
        try:
            return value_of(text)
        except NumberError as problem:
            self._report(place, "bad-number", str(problem), "write a number of ordinary size, or put text in quotes")
            # Zero keeps the same mistake from being reported again where a number is expected.
            return 0

    def _value_place(self, event: Any) -> Place:
        place = self._stretch(event, event)
        if event.anchor is None and event.tag is None:
            return place
        # The parser counts an anchor and a tag as part of the value.
        rest = place.text[place.column - 1 : place.column - 1 + place.width]
        found = _PROPERTIES.match(rest)
        shift = found.end() if found is not None else 0
        return Place(place.file, place.line, place.column + shift, max(1, place.width - shift), place.text)

    def _items(self, event: Any, depth: int) -> tuple[Items, Extent]:
        found: list[Node] = []
        extent = Extent(1, 1)
        while not isinstance(following := self._next(), happening.SequenceEndEvent):
            self._count(len(found), following)
            item, inner = self._node(following, depth + 1)
            found.append(item)
            extent = extent.around(inner)
        return Items(tuple(found), self._stretch(event, following)), extent

    def _entries(self, event: Any, depth: int) -> tuple[Entries, Extent]:
        found: dict[str, tuple[Scalar, Node]] = {}
        merged: list[Node] = []
        extent, count = Extent(1, 1), 0
        while not isinstance(following := self._next(), happening.MappingEndEvent):
            self._count(count, following)
            count += 1
            key, inner_key = self._node(following, depth + 1)
            value, inner = self._node(self._next(), depth + 1)
            extent = extent.around(inner_key).around(inner)
            self._enter(key, value, found, merged)
        for more in merged:
            _merge(found, more)
        return Entries(tuple(found.values()), self._stretch(event, following)), extent

    def _count(self, before: int, event: Any) -> None:
        if before >= MOST_ENTRIES:
            too_many(MOST_ENTRIES, "entries of a list or mapping", self._stretch(event, event))

    def _enter(self, key: Node, value: Node, found: dict[str, tuple[Scalar, Node]], merged: list[Node]) -> None:
        if not isinstance(key, Scalar):
            self._report(key.place, "bad-key", "a key is a word, found brackets", "put text with brackets in quotes")
        elif key.written == "<<" and not key.quoted:
            self._report(key.place, "merge-key", "the merge key `<<` is not part of YAML 1.2", "write the keys out")
            # Merged all the same: keys that come from there must not be reported as missing.
            merged.append(value)
        else:
            text_key = self._text_key(key)
            word = str(text_key.value)
            if word in found:
                self._report_twice(text_key, found[word][0])
            else:
                found[word] = (text_key, value)

    def _text_key(self, key: Scalar) -> Scalar:
        if isinstance(key.value, str):
            return key
        shown = f"`{key.written}`" if key.written else "nothing"
        text = f"a key is text, found {shown}"
        self._report(
            key.place,
            "bad-key",
            text,
            f'put it in quotes: `"{key.written}"`' if key.written else "write a word before `:`",
        )
        return Scalar(key.written, key.place, key.written, key.quoted)

    def _report_twice(self, second: Scalar, first: Scalar) -> None:
        self.findings.append(
            Finding(
                second.place,
                "duplicate-key",
                f"the key `{second.value}` is written twice",
                help="keep one of the two",
                others=((first.place, "first written here"),),
            )
        )

    def _report(self, place: Place, code: str, message: str, remedy: str) -> None:
        self.findings.append(Finding(place, code, message, help=remedy))


def _merge(found: dict[str, tuple[Scalar, Node]], more: Node) -> None:
    if isinstance(more, Items):
        for item in more.items:
            _merge(found, item)
    if isinstance(more, Entries):
        for key, value in more.entries:
            found.setdefault(str(key.value), (key, value))
