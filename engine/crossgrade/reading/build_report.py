"""A report is what one reading of a file found wrong so far; one mistake is entered once."""

from collections.abc import Iterable

from msgspec import structs

from crossgrade.diagnostics import Finding, Place
from crossgrade.reading.located import Node

_ABOUT_THE_WHOLE = ("missing-key", "duplicate-key")
"""Codes of findings that leave the value at their place usable."""


class Report:
    """Collects findings; what an earlier stage complained about is spoilt and not complained about again."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        self._spoilt = {_spot(item.place) for item in self.findings if item.code not in _ABOUT_THE_WHOLE}
        self._lost: set[str] = set()
        self._unknown: dict[tuple[str, str], Finding] = {}
        self._adopted: dict[str, set[str]] = {}

    def error(
        self,
        at: Node | Place,
        code: str,
        message: str,
        remedy: str | None = None,
        others: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """Enter an error, unless its place is spoilt already."""
        self._enter(Finding(_place(at), code, message, "error", remedy, others))

    def unknown(self, at: Node | Place, kind: str, name: str, message: str, remedy: str | None) -> None:
        """Enter a name that nothing has; where it stands again is a further place of the same mistake."""
        place = _place(at)
        if _spot(place) in self._spoilt:
            return
        first = self._unknown.get((kind, name))
        if first is None:
            found = Finding(place, f"unknown-{kind}", message, "error", remedy)
        else:
            self.findings.remove(first)
            head, *others = sorted({place, first.place, *(other for other, _ in first.others)})
            found = structs.replace(first, place=head, others=tuple((other, "also here") for other in others))
        self._unknown[kind, name] = found
        self.findings.append(found)

    def adopt(self, section: str, name: str) -> None:
        """Take a name that a section lacks for one it has, so that what follows from its lack is not reported."""
        self._adopted.setdefault(section, set()).add(name)

    def adopted(self, section: str) -> frozenset[str]:
        """Return the names that a section lacks and that were reported."""
        return frozenset(self._adopted.get(section, ()))

    def warning(
        self,
        at: Node | Place,
        code: str,
        message: str,
        remedy: str | None = None,
        others: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """Enter a warning, unless its place is spoilt already."""
        self._enter(Finding(_place(at), code, message, "warning", remedy, others))

    def _enter(self, finding: Finding) -> None:
        if _spot(finding.place) not in self._spoilt:
            self.findings.append(finding)

    def overrule(self, node: Node) -> None:
        """Forget what an earlier stage found wrong with a value: the caller knows better what it should be."""
        spot = _spot(node.place)
        self.findings = [item for item in self.findings if _spot(item.place) != spot]
        self._spoilt.discard(spot)

    def spoilt(self, node: Node) -> bool:
        """Say whether an earlier stage found this very value wrong."""
        return _spot(node.place) in self._spoilt

    def lose(self, section: str) -> None:
        """Remember that a section cannot be read, so that names which miss there are not reported."""
        self._lost.add(section)

    def lost(self, section: str) -> bool:
        """Say whether a section cannot be read."""
        return section in self._lost


def _place(at: Node | Place) -> Place:
    return at if isinstance(at, Place) else at.place


def _spot(place: Place) -> tuple[str, int, int]:
    return place.file, place.line, place.column
