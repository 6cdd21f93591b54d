"""A trace: the rules a decision considered, whether each held, and what kept it from holding.

It is mostly asked for as JSON, so that is how it is made: a text, from which the values are read.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from crossgrade.model.writing import json_text


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


def read_trace(text: str) -> Trace:
    """Return the trace that is written."""
    return msgspec.convert(json.loads(text), Trace)


def opened(fact: str, operator: str, expected: object) -> str:
    """Return the JSON of a Failure up to the value found."""
    return f'{{"fact": {json_text(fact)}, "operator": "{operator}", "expected": {json_text(expected)}, "found": '


def entry_opened(section: str, rule: str) -> str:
    """Return the JSON of a TraceEntry up to whether the rule held."""
    return f'{{"section": "{section}", "rule": {json_text(rule)}, "held": '


def entry_written(opening: str, failed: Sequence[str], because: Sequence[str] = ()) -> str:
    """Return the JSON of a TraceEntry; a rule that nothing failed held."""
    if failed:
        return f'{opening}false, "failed": [{", ".join(failed)}]}}'
    return f'{opening}true, "because": [{", ".join(because)}]}}' if because else f"{opening}true}}"
