"""A report: what a run of cases came to, and which rules no case reached."""

from msgspec import Struct

from crossgrade.diagnostics import Finding


class Mismatch(Struct, frozen=True):
    """Something a decision was expected to say, by its path, and what it says."""

    path: str
    expected: str
    found: str


class Result(Struct, frozen=True):
    """A case that was run."""

    file: str
    line: int
    name: str
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.mismatches


class Coverage(Struct, frozen=True):
    """The rules, terms and credits of a policy, how many there are and which no case reached, as (section, id)."""

    policy: str
    total: int
    never: tuple[tuple[str, str], ...]


class Report(Struct, frozen=True):
    """What a run of cases came to; `findings` are mistakes in the cases files and their policies."""

    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> int:
        """How many cases failed."""
        return len(self.results) - self.passed
