"""A reviewed policy: its two sides compared, and what its settings make of what was found."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct, structs

from crossgrade.deciding.engine import Engine
from crossgrade.loading import holds_cases
from crossgrade.matching import available
from crossgrade.model.versions import Versions
from crossgrade.reviewing.consequence import KINDS, Consequence, ConsequenceSeverity, fingerprint
from crossgrade.reviewing.diff import review
from crossgrade.reviewing.report import Effort, Report
from crossgrade.reviewing.revisions import Compared, Side
from crossgrade.reviewing.settings import Settings, Waiver
from crossgrade.reviewing.titles import Titles
from crossgrade.reviewing.words import Word

PresenceKind = Literal["policy-added", "policy-removed"]

PRESENCE_SEVERITIES: dict[PresenceKind, ConsequenceSeverity] = {"policy-added": "info", "policy-removed": "error"}

FOUND_BY_DIFF: tuple[str, ...] = (*KINDS, *PRESENCE_SEVERITIES)
"""Every kind of finding that a comparison can have, by which settings name it."""

ORDER: tuple[ConsequenceSeverity, ...] = ("error", "warning", "info")
"""The severities, the most severe first."""

_NOTHING = Effort(0, 0, 0, 0)


class Presence(Struct, frozen=True):
    """A policy that is on one side only: all its members lose every path, or there is one more policy."""

    kind: PresenceKind
    severity: ConsequenceSeverity
    fingerprint: str
    waived: str | None = None


class Reviewed(Struct, frozen=True):
    """One policy, as it is compared, with all the waivers that its settings have.

    `name` is where the policy is, `file` the file to point at. `old` and `new` are None where there is no such policy
    on that side; `presence` says so.
    """

    name: str
    file: str
    old: Versions | None
    new: Versions | None
    report: Report
    presence: Presence | None = None
    waivers: tuple[Waiver, ...] = ()

    @property
    def titles(self) -> Titles:
        """The titles that both sides have."""
        sides = [side.newest for side in (self.old, self.new) if side is not None]
        return Titles(sides[0], sides[-1])

    @property
    def changed(self) -> bool:
        """Whether anything is not proved to be as it was, waived or not."""
        return self.presence is not None or self.report.verdict != "proved equal"

    @property
    def findings(self) -> tuple[Consequence | Presence, ...]:
        """Everything that was found, waived or not."""
        return (*(() if self.presence is None else (self.presence,)), *self.report.consequences)

    def is_as_severe_as(self, least: ConsequenceSeverity) -> bool:
        """Say whether anything that is not waived is at least that severe."""
        severe = ORDER[: ORDER.index(least) + 1]
        return any(one.waived is None and one.severity in severe for one in self.findings)


def reviewed(one: Compared, settings: Settings) -> Reviewed:
    """Compare the two sides of a policy; both must be usable where they are there."""
    old, new = (_versions(side) for side in (one.old, one.new))
    if old is not None and new is not None:
        report = review(*(Engine(side, matcher="durable" if available() else "plain") for side in (old, new)))
        report = structs.replace(report, consequences=_settled(report.consequences, settings))
        return Reviewed(one.name, file_of(one.name), old, new, report, waivers=settings.waivers)
    only = old or new
    if only is None:
        raise ValueError(f"`{one.name}` is on neither side")
    presence = _presence(only.newest.id, settings, removed=new is None)
    word = Word("policy", only.newest.id, f"policy `{only.newest.id}` {presence.kind.removeprefix('policy-')}")
    report = Report(only.newest.id, (word,), (), (), _NOTHING)
    return Reviewed(one.name, file_of(one.name), old, new, report, presence, settings.waivers)


def file_of(name: str) -> str:
    """Return the file that a policy's place stands for: in a folder `policy.yaml`, else the file of its newest version.

    Files are read from where the command runs; what is not there any more is taken to have been `policy.yaml`.
    """
    if name.endswith((".yaml", ".yml")):
        return name
    folder = Path(name)
    files = sorted(file.name for file in folder.glob("*.y*ml") if not holds_cases(file))
    return folder.joinpath("policy.yaml" if "policy.yaml" in files or not files else files[-1]).as_posix()


def _versions(side: Side | None) -> Versions | None:
    return None if side is None else side.versions


def _settled(consequences: tuple[Consequence, ...], settings: Settings) -> tuple[Consequence, ...]:
    """Return consequences as severe as the settings say, the most severe first, with what is waived."""
    found = [
        structs.replace(
            one,
            severity=settings.severity.get(one.kind, one.severity),
            waived=settings.reason(one.fingerprint, one.kind),
        )
        for one in consequences
    ]
    return tuple(sorted(found, key=_rank))


def _rank(one: Consequence) -> tuple[bool, int, int, int]:
    """Return what is shown first: the most severe, and of one kind what concerns most pairs."""
    return one.waived is not None, ORDER.index(one.severity), KINDS.index(one.kind), -len(one.pairs)


def _presence(id: str, settings: Settings, *, removed: bool) -> Presence:
    kind: PresenceKind = "policy-removed" if removed else "policy-added"
    severity = settings.severity.get(kind, PRESENCE_SEVERITIES[kind])
    mark = fingerprint(kind, id)
    return Presence(kind, severity, mark, settings.reason(mark, kind))


def unused_waivers(found: Iterable[Reviewed]) -> list[Waiver]:
    """Return the waivers that cover nothing in any of the policies, but for those of findings that `check` has."""
    policies = list(found)
    return [
        waiver
        for waiver in dict.fromkeys(waiver for one in policies for waiver in one.waivers)
        if (waiver.kind is None or waiver.kind in FOUND_BY_DIFF)
        and not any(waiver.covers(each.fingerprint, each.kind) for one in policies for each in one.findings)
    ]
