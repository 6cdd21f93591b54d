"""A trace: the rules a decision considered, whether each held, and what kept it from holding."""

from typing import Any

from msgspec import Struct


class Failure(Struct, frozen=True):
    """A comparison that kept a rule from holding, or, in a rule that holds, made it hold."""

    fact: str
    operator: str
    expected: object
    found: object

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"fact": self.fact, "operator": self.operator, "expected": self.expected, "found": self.found}


class TraceEntry(Struct, frozen=True):
    """One rule that was considered: whether it held, and the comparisons that failed or, where it held, held."""

    section: str
    rule: str
    held: bool
    failed: tuple[Failure, ...] = ()
    because: tuple[Failure, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        entry: dict[str, Any] = {"section": self.section, "rule": self.rule, "held": self.held}
        if self.failed:
            entry["failed"] = [failure.to_dict() for failure in self.failed]
        if self.because:
            entry["because"] = [reason.to_dict() for reason in self.because]
        return entry


Trace = tuple[TraceEntry, ...]
