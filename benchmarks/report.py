"""The report: tables and targets, as plain text or as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Something that was aimed at, and what was measured."""

    what: str
    aim: str
    measured: str
    reached: bool


class Report:
    """Prints as it goes."""

    def __init__(self, *, markdown: bool) -> None:
        self._markdown = markdown
        self.targets: list[Target] = []

    def title(self, text: str) -> None:
        """Print a title."""
        print(f"\n### {text}\n" if self._markdown else f"\n{text}\n{'-' * len(text)}", flush=True)

    def say(self, text: str) -> None:
        """Print a sentence."""
        print(text, flush=True)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table, its first column to the left and the numbers to the right."""
        if self._markdown:
            lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
            print("\n".join(f"| {' | '.join(cells)} |" for cells in lines), flush=True)
            return
        widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
        for row in (head, *rows):
            first, *rest = row
            numbers = "  ".join(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
            print(f"{first.ljust(widths[0])}  {numbers}", flush=True)

    def aim(self, what: str, measured: float, limit: float, unit: str) -> None:
        """Note a target: at most the limit."""
        self.targets.append(Target(what, f"≤ {limit:g}{unit}", f"{measured:.3g}{unit}", measured <= limit))

    def finish(self) -> None:
        """Print which targets were reached."""
        if self.targets:
            self.title("Targets")
            rows = [(each.what, each.aim, each.measured, _verdict(each)) for each in self.targets]
            self.table(("target", "aim", "measured", ""), rows)


def _verdict(target: Target) -> str:
    return "reached" if target.reached else "NOT reached"


def micro(value: float) -> str:
    """Return microseconds with three digits or so."""
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def times(value: float) -> str:
    """Return a ratio."""
    return f"{value:.2f}×" if value < 10 else f"{value:.0f}×"
