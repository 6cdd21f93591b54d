"""Settings of reviews: how severe what is found is taken, and what is waived, as `crossgrade.toml` says."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from msgspec import Struct

from crossgrade.diagnostics import Finding, Place, did_you_mean, ordered

SETTINGS_FILE = "crossgrade.toml"

ReviewSeverity = Literal["error", "warning", "info"]

_SEVERITIES: tuple[str, ...] = get_args(ReviewSeverity)
_SECTIONS = ("severity", "waive")
_WAIVER = ("fingerprint", "reason", "kind")


class Waiver(Struct, frozen=True):
    """A finding that is accepted, by its fingerprint, and why; `kind` says of which kind it must be."""

    fingerprint: str
    reason: str
    kind: str | None = None
    place: Place = Place(SETTINGS_FILE)

    def covers(self, fingerprint: str, kind: str) -> bool:
        """Say whether a finding is the one that is accepted."""
        return self.fingerprint == fingerprint and self.kind in (None, kind)


class Settings(Struct, frozen=True):
    """Severities by kind of finding, and the waivers."""

    severity: Mapping[str, ReviewSeverity] = {}
    waivers: tuple[Waiver, ...] = ()

    def reason(self, fingerprint: str, kind: str) -> str | None:
        """Return why a finding is accepted; None where it is not."""
        return next((waiver.reason for waiver in self.waivers if waiver.covers(fingerprint, kind)), None)


def find_settings(beside: Path) -> Path | None:
    """Return the settings for a path: of its own folder or the nearest one above, up to the top of its repository.

    Outside a repository only the folder itself and the current one are looked into.
    """
    start = beside.absolute()
    folders = [start, *start.parents] if not start.is_file() else list(start.parents)
    top = next((number for number, folder in enumerate(folders) if folder.joinpath(".git").exists()), None)
    searched = [folders[0], Path.cwd()] if top is None else folders[: top + 1]
    return next((file for folder in searched if (file := folder.joinpath(SETTINGS_FILE)).is_file()), None)


def read_settings(file: Path, kinds: Collection[str]) -> tuple[Settings, list[Finding]]:
    """Read the settings; `kinds` are the names of what can be found. Every finding is an error."""
    name = file.as_posix()
    try:
        text = file.read_bytes().decode("utf-8")
        written = tomllib.loads(text, parse_float=Decimal)
    except OSError as problem:
        return Settings(), [_unreadable(Place(name), str(problem.strerror))]
    except UnicodeDecodeError:
        return Settings(), [_unreadable(Place(name), "it is not UTF-8")]
    except tomllib.TOMLDecodeError as problem:
        return Settings(), [_broken(name, text, problem)]
    reader = _Reader(name, text.splitlines(), tuple(kinds))
    settings = reader.settings(written)
    return settings, ordered(reader.findings)


def _unreadable(place: Place, why: str) -> Finding:
    return Finding(place, "unreadable-file", f"`{place.file}` cannot be read: {why}")


def _broken(name: str, text: str, problem: tomllib.TOMLDecodeError) -> Finding:
    """Return the finding for a text that is no TOML, at the place that the parser names in its message."""
    said = str(problem)
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    lines = text.splitlines() or [""]
    line, column = (int(found[1]), int(found[2])) if found is not None and found[1] else (len(lines), 1)
    place = Place(name, line, column, 1, lines[min(line, len(lines)) - 1])
    why = said[: found.start()] if found is not None else said
    return _unreadable(place, f"{why[:1].lower()}{why[1:]}")


class _Reader:
    """Reads what is written and notes what is wrong, at the lines that it finds keys in: TOML itself gives none."""

    def __init__(self, file: str, lines: list[str], kinds: tuple[str, ...]) -> None:
        self._file, self._lines, self._kinds = file, lines, kinds
        self.findings: list[Finding] = []

    def settings(self, written: Mapping[str, Any]) -> Settings:
        for key in written:
            if key not in _SECTIONS:
                help_ = did_you_mean(key, _SECTIONS) or "there are [severity] and [[waive]]"
                self._note(self._of_key(key, 0), "unknown-key", f"unknown key `{key}`", help_)
        return Settings(dict(self._severities(written.get("severity", {}))), self._waivers(written.get("waive", [])))

    def _severities(self, section: object) -> Iterator[tuple[str, ReviewSeverity]]:
        if not isinstance(section, Mapping):
            self._note(self._of_key("severity", 0), "wrong-type", "`severity` is a section", "write it as [severity]")
            return
        start = self._header(r"\[\s*severity\s*\]", 0)
        for kind, value in section.items():
            place = self._of_key(kind, start)
            if kind not in self._kinds:
                help_ = did_you_mean(kind, self._kinds) or f"there are {', '.join(self._kinds)}"
                self._note(place, "unknown-key", f"nothing that is found is called `{kind}`", help_)
            elif value not in _SEVERITIES:
                help_ = did_you_mean(str(value), _SEVERITIES) or f"expected one of {', '.join(_SEVERITIES)}"
                self._note(place, "unknown-value", f"`{value}` is no severity", help_)
            else:
                yield kind, value

    def _waivers(self, section: object) -> tuple[Waiver, ...]:
        if not isinstance(section, list) or not all(isinstance(entry, Mapping) for entry in section):
            self._note(self._of_key("waive", 0), "wrong-type", "`waive` is a list", "write each as [[waive]]")
            return ()
        starts = self._headers(r"\[\[\s*waive\s*\]\]")
        found: list[Waiver] = []
        for number, entry in enumerate(section):
            start = starts[number] if number < len(starts) else 0
            waiver = self._waiver(entry, start)
            if waiver is not None:
                self._once(waiver, found)
                found.append(waiver)
        return tuple(found)

    def _once(self, waiver: Waiver, others: list[Waiver]) -> None:
        if any((other.fingerprint, other.kind) == (waiver.fingerprint, waiver.kind) for other in others):
            message = f"`{waiver.fingerprint}` is waived twice"
            self._note(waiver.place, "duplicate-id", message, "keep the one whose reason holds")

    def _waiver(self, entry: Mapping[str, Any], start: int) -> Waiver | None:
        before = len(self.findings)
        for key in entry:
            if key not in _WAIVER:
                help_ = did_you_mean(key, _WAIVER) or f"there are {', '.join(_WAIVER)}"
                self._note(self._of_key(key, start), "unknown-key", f"unknown key `{key}` of a waiver", help_)
        for key in ("fingerprint", "reason"):
            self._text(entry, key, start)
        kind = entry.get("kind")
        if kind is not None and kind not in self._kinds:
            help_ = did_you_mean(str(kind), self._kinds) or f"there are {', '.join(self._kinds)}"
            message = f"nothing that is found is called `{kind}`"
            self._note(self._of_key("kind", start), "unknown-value", message, help_)
        if len(self.findings) > before:
            return None
        return Waiver(entry["fingerprint"], entry["reason"].strip(), kind, self._of_key("fingerprint", start))

    def _text(self, entry: Mapping[str, Any], key: str, start: int) -> None:
        """Note a text that is missing, empty or none; a waiver without a reason is worth nothing to a reviewer."""
        value = entry.get(key)
        example = {"fingerprint": "1a2b3c4d5e6f", "reason": "agreed with support on 2026-03-01"}[key]
        help_ = f'write {key} = "{example}"'
        if value is None:
            self._note(self._line(start), "missing-key", f"a waiver needs a {key}", help_)
        elif not isinstance(value, str):
            self._note(self._of_key(key, start), "wrong-type", f"the {key} of a waiver is a text", help_)
        elif not value.strip():
            self._note(self._of_key(key, start), "empty", f"the {key} of a waiver is empty", help_)

    def _note(self, place: Place, code: str, message: str, help_: str) -> None:
        self.findings.append(Finding(place, code, message, help=help_))

    def _of_key(self, key: str, start: int) -> Place:
        """Return the first place at or below a line that a key is written at, as a key or as a section's name."""
        pattern = re.compile(rf"""^\s*(?:\[+\s*)?(["']?){re.escape(key)}\1\s*(?:[=.\]]|$)""")
        inline = re.compile(rf"""[{{,\s](["']?){re.escape(key)}\1\s*=""")
        for number in range(start, len(self._lines)):
            line = self._lines[number]
            if not line.lstrip().startswith("#") and (pattern.search(line) or inline.search(line)):
                return Place(self._file, number + 1, line.index(key) + 1, len(key), line)
        return self._line(start)

    def _line(self, number: int) -> Place:
        line = self._lines[number] if number < len(self._lines) else ""
        return Place(self._file, number + 1, 1, max(1, len(line)), line)

    def _header(self, pattern: str, otherwise: int) -> int:
        found = self._headers(pattern)
        return found[0] if found else otherwise

    def _headers(self, pattern: str) -> list[int]:
        return [number for number, line in enumerate(self._lines) if re.match(rf"\s*{pattern}", line)]
