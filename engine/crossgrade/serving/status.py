"""What a store says of itself: what it serves, how a reload went, and what spoke against it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from crossgrade.cases import Result
from crossgrade.diagnostics import Finding, as_text
from crossgrade.errors import CrossgradeError, InvalidPolicy
from crossgrade.model.decision import PolicyRef

Outcome = Literal["taken", "unchanged", "kept"]
"""New policies are served; nothing differs; or the new ones are refused and the last good ones kept."""


class CasesFailed(CrossgradeError):  # noqa: N818 - the name says what happened
    """A policy does not pass its own cases; `failed` holds those that failed."""

    def __init__(self, failed: tuple[Result, ...]) -> None:
        super().__init__("\n".join(map(_told, failed)))
        self.failed = failed


class Faults(Struct, frozen=True):
    """What keeps policies from being served: mistakes that were found, and cases that failed. It is false for none."""

    findings: tuple[Finding, ...] = ()
    failed: tuple[Result, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.findings or self.failed)

    @property
    def text(self) -> str:
        """The faults as `crossgrade check` and `crossgrade test` print them; empty where there are none."""
        return "\n\n".join([*map(as_text, self.findings), *map(_told, self.failed)])

    def error(self) -> CrossgradeError:
        """Return the faults as an exception: InvalidPolicy, or CasesFailed where there is nothing but failed cases."""
        return InvalidPolicy(self.findings) if self.findings else CasesFailed(self.failed)


class Reload(Struct, frozen=True):
    """How a reload went. `changed` are the ids of the policies that are decided anew from now on."""

    at: datetime
    outcome: Outcome
    changed: tuple[str, ...] = ()
    faults: Faults = Faults()


class Status(Struct, frozen=True):
    """What a store serves, and how the last reload went. Instants are in UTC.

    `policies` are all versions served; `taken_at` says since when. `tried_at` is the last reload; `faults` say why it
    was not taken and are false where it was. `watching` holds in a process whose watcher is alive.
    """

    policies: tuple[PolicyRef, ...]
    taken_at: datetime
    tried_at: datetime
    faults: Faults
    watching: bool


def _told(result: Result) -> str:
    wrong = [f"  {each.path}: expected {each.expected}, found {each.found}" for each in result.mismatches]
    return "\n".join([f"{result.file}:{result.line}: {result.name}", *wrong])
