"""Findings: what breaks a law, at its place, as severe as the settings say, and without what they waive."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from crossgrade.diagnostics import Finding, Severity, ordered
from crossgrade.model.versions import Versions
from crossgrade.reviewing.laws.checking import broken_laws
from crossgrade.reviewing.laws.law import LAWS, Broken
from crossgrade.reviewing.laws.places import Places
from crossgrade.reviewing.settings import SETTINGS_FILE, Settings, find_settings, read_settings


class Lawful(Struct, frozen=True):
    """What a policy's laws come to: findings, the names by which they can be waived, and what was not decided.

    `undecided` are the parts in which the budget ended.
    """

    findings: tuple[Finding, ...]
    fingerprints: Mapping[Finding, str]
    undecided: tuple[str, ...] = ()


def law_findings(path: Path, versions: Versions, *, with_gaps: bool = False) -> Lawful:
    """Return the laws that a policy breaks, as findings in its newest version's files.

    Laws that the settings take for mere information are passed over, and so are findings that they waive.
    """
    settings, wrong = _settings(path)
    asked = broken_laws(versions, with_gaps=with_gaps)
    names = [each.fingerprint(versions.newest.id) for each in asked.broken]
    kept = [
        (each, name)
        for each, name in zip(asked.broken, names, strict=True)
        if settings.reason(name, each.law) is None and settings.severity.get(each.law) != "info"
    ]
    places = Places(path, versions.newest) if kept else None
    found = {_finding(each, name, places, settings): name for each, name in kept if places is not None}
    return Lawful((*wrong, *ordered(found)), found, asked.undecided)


def _settings(path: Path) -> tuple[Settings, list[Finding]]:
    file = find_settings(path)
    if file is None:
        return Settings(), []
    from crossgrade.reviewing.reviewed import FOUND_BY_DIFF

    return read_settings(_shown(file), (*FOUND_BY_DIFF, *LAWS))


def _shown(file: Path) -> Path:
    """Return a path as short as it can be from where the command runs."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _finding(broken: Broken, name: str, places: Places, settings: Settings) -> Finding:
    severity: Severity = "error" if settings.severity.get(broken.law, broken.severity) == "error" else "warning"
    place = places.of(broken.section, broken.id)
    return Finding(place, broken.law, broken.message, severity, "\n".join(_help(broken, name)))


def _help(broken: Broken, name: str) -> Iterator[str]:
    yield broken.remedy
    if broken.shown:
        yield f"shown by: {broken.shown[0]}"
        yield from broken.shown[1:]
    yield f"to accept it: waive `{name}` in {SETTINGS_FILE}, with the reason"
