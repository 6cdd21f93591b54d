"""A review as text: for a terminal, and for a file that is read with patience."""

from collections.abc import Iterable, Iterator, Sequence

from crossgrade.diagnostics import as_text as finding_as_text
from crossgrade.reviewing.reviewed import ORDER
from crossgrade.reviewing.revisions import Compared
from crossgrade.reviewing.settings import Waiver
from crossgrade.reviewing.shown.marks import plain
from crossgrade.reviewing.shown.page import GROUPS, Item, Page
from crossgrade.reviewing.words import words


def as_text(pages: Sequence[Page], unused: Sequence[Waiver] = ()) -> str:
    """Return the pages one after another, with an empty line between them, and the waivers that are of no use."""
    blocks = ["\n".join(_lines(page)) for page in pages]
    for file in dict.fromkeys(waiver.place.file for waiver in unused):
        lines = [_waiver(waiver) for waiver in unused if waiver.place.file == file]
        blocks.append("\n".join([f"{plain(file)}: nothing here is waived by", *lines]))
    return "\n\n".join(blocks)


def _waiver(waiver: Waiver) -> str:
    return f"  {plain(waiver.fingerprint)} in line {waiver.place.line}"


def sides_as_text(found: Compared) -> str:
    """Return what changes in words in one file, as `git diff` shows it; why it cannot be read, where it cannot."""
    sides = [side for side in (found.old, found.new) if side is not None]
    broken = [finding for side in sides if side.versions is None for finding in side.findings]
    if broken:
        return "\n".join([f"{found.name}: cannot be read", "", *(f"{finding_as_text(one)}\n" for one in broken)])
    told = _told(found)
    number = len(told)
    meaning = f"{number} change{'s' if number > 1 else ''}" if number else "no change in meaning"
    return "\n".join([f"{plain(found.name)}: {meaning}", *_indented(told)])


def _told(found: Compared) -> list[str]:
    old, new = (None if side is None else side.versions for side in (found.old, found.new))
    if old is not None and new is not None:
        return [word.sentence for word in words(old, new)]
    return [
        f"policy `{side.newest.id}` {said}" for side, said in ((old, "removed"), (new, "added")) if side is not None
    ]


def _lines(page: Page) -> Iterator[str]:
    yield plain(f"{page.policy}: {page.headline}")
    if page.words:
        yield from ("", "in words", *_indented(page.words))
    elif page.verdict == "proved equal":
        yield "  no change in meaning"
    for severity in ORDER:
        yield from _group(GROUPS[severity][1], page.of(severity))
    yield from _group("waived", page.waived)
    yield from _list("not decided", page.undecided)
    yield from _list("not covered", page.notes)
    if page.proof:
        yield from ("", plain(page.proof))


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    shown = _indented(lines)
    if shown:
        yield from ("", title, *shown)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {plain(line)}" for line in lines]


def _group(title: str, items: Sequence[Item]) -> Iterator[str]:
    if items:
        yield from ("", title)
    for kind in dict.fromkeys(item.kind for item in items):
        alike = [item for item in items if item.kind == kind]
        yield f"  {plain(alike[0].what)} [{kind}]"
        for item in alike:
            yield from _item(item)


def _item(item: Item) -> Iterator[str]:
    """Return an item's lines; the fingerprint stands with whom it is about, as that is what is waived."""
    first, *rest = [f"{label}{plain(text)}" for label, text in _said(item) if text]
    yield f"    {first} ({item.fingerprint})"
    yield from (f"      {line}" for line in rest)


def _said(item: Item) -> tuple[tuple[str, str], ...]:
    return (
        ("", item.whom),
        ("when ", item.when),
        ("example: ", item.example),
        ("largest difference: ", item.largest),
        ("waived: ", item.waived or ""),
    )
