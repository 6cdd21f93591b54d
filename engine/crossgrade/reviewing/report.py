"""A report: all that a review of two policies found, and what was proved."""

from typing import Literal

from msgspec import Struct

from crossgrade.reviewing.consequence import Consequence
from crossgrade.reviewing.words import Word

Verdict = Literal["changed", "proved equal", "not decided"]


class Undecided(Struct, frozen=True):
    """What was not decided, and why."""

    what: str
    reason: str


class Effort(Struct, frozen=True):
    """How it was found: pairs of prices, those equal by their texts, those equal in every region; boxes looked at."""

    pairs: int
    same_text: int
    same_regions: int
    boxes: int


class Report(Struct, frozen=True):
    """What changes from one policy to another: in words, and in consequences for members.

    `notes` say what was not covered.
    """

    policy: str
    words: tuple[Word, ...]
    consequences: tuple[Consequence, ...]
    undecided: tuple[Undecided, ...]
    effort: Effort
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """`changed` where a member shows it; `proved equal` only where everything was decided."""
        if self.consequences:
            return "changed"
        return "not decided" if self.undecided else "proved equal"
