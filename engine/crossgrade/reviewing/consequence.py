"""A consequence: what a change of policy does to members, in their terms, with a member who shows it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

from msgspec import Struct

from crossgrade.model.money import Money
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.shapes import Question, Shape
from crossgrade.reviewing.witness import Chosen

ConsequenceKind = Literal[
    "new-required-fact",
    "path-lost",
    "new-refusal",
    "now-no-change",
    "pays-more",
    "credit-lost",
    "entitlement-lost",
    "later",
    "pays-less",
    "credit-gained",
    "entitlement-gained",
    "sooner",
    "path-gained",
    "refusal-lifted",
    "no-longer-no-change",
    "message",
]
KINDS: tuple[ConsequenceKind, ...] = get_args(ConsequenceKind)

ConsequenceSeverity = Literal["error", "warning", "info"]

SEVERITIES: dict[ConsequenceKind, ConsequenceSeverity] = {
    "new-required-fact": "error",
    "path-lost": "error",
    "new-refusal": "error",
    "now-no-change": "error",
    "pays-more": "error",
    "credit-lost": "error",
    "entitlement-lost": "error",
    "later": "error",
    "pays-less": "warning",
    "credit-gained": "warning",
    "entitlement-gained": "warning",
    "sooner": "warning",
    "path-gained": "info",
    "refusal-lifted": "info",
    "no-longer-no-change": "info",
    "message": "info",
}
"""Errors take something from members, warnings cost the house, the rest is for information."""

Seen = Mapping[str, Any]
"""What a caller sees of an answer, as JSON, without what only names rules or policies."""


class Witness(Struct, frozen=True):
    """One member who shows a difference, what each policy's engine was asked, and what a caller sees of its answer."""

    shape: Shape
    member: Chosen
    old: Question
    new: Question
    before: Seen
    after: Seen


class Largest(Struct, frozen=True):
    """The largest difference of an amount among the members looked at, the new less the old, and who shows it."""

    what: Literal["due now", "next charge", "credit"]
    difference: Money
    witness: Witness


class Consequence(Struct, frozen=True):
    """Alike differences of one kind, as one: the pairs they concern and the least unusual member who shows them.

    `rules` are those that decide before and after, None where an error does; `when` says in words in which region
    the example is; `days` is the stretch the two versions decide in, `until` the first day after.
    """

    kind: ConsequenceKind
    severity: ConsequenceSeverity
    fingerprint: str
    change: str
    rules: tuple[str | None, str | None]
    pairs: tuple[tuple[Ends, Ends], ...]
    when: tuple[str, ...]
    witness: Witness
    first: date
    until: date | None = None
    largest: Largest | None = None
    waived: str | None = None


def fingerprint(kind: str, *content: object) -> str:
    """Return twelve characters that stay as long as the difference itself does.

    They rest on what comes out before and after and for whom, not on names, order or formatting.
    """
    text = json.dumps([kind, *content], sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
