"""A law that a policy breaks: what happens, at which rule or plan, who shows it, and by what name it can be waived."""

from typing import Any, Literal, get_args

from msgspec import Struct

from crossgrade.diagnostics import Severity
from crossgrade.reviewing.consequence import fingerprint

Law = Literal[
    "dead-rule",
    "no-way-out",
    "no-way-in",
    "family-of-one",
    "gap",
    "credit-above-paid",
    "refund-above-paid",
    "earning-loop",
    "late-upgrade",
    "trial-restart",
]

LAWS: tuple[Law, ...] = get_args(Law)

Section = Literal["plans", "families", "no_change", "restrictions", "transitions", "credits"]
"""The part of a file that holds what breaks a law."""


class Broken(Struct, frozen=True):
    """A law that is broken by what has this id in a section; an empty id is the section itself.

    `shown` are lines that tell of the member who shows it, `remedy` says what to write, and `content` is what the
    fingerprint rests on in place of section and id: nothing that layout, or an order without meaning, changes.
    """

    law: Law
    section: Section
    id: str
    message: str
    remedy: str
    shown: tuple[str, ...] = ()
    content: tuple[Any, ...] = ()
    severity: Severity = "warning"

    def fingerprint(self, policy: str) -> str:
        """Return the name by which it can be waived in the policy with this id."""
        return fingerprint(self.law, policy, *(self.content or (self.section, self.id)))
