"""A witness: the least unusual member that is in a region, asked of the engine that checkout uses."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from crossgrade.deciding.engine import Engine
from crossgrade.errors import InvalidFacts
from crossgrade.model.condition import Value
from crossgrade.model.decision import Decision
from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.membership import Status
from crossgrade.model.money import Money
from crossgrade.reviewing.cells import LEFT, OMITTED, USED, WHOLE, Axis, Cell, days_within
from crossgrade.reviewing.formula import Box
from crossgrade.reviewing.shapes import Moment, Question, Shape, instant_of, membership_of
from crossgrade.reviewing.space import Sided, Space

Answer = Decision | InvalidFacts
"""What an engine says; an error is an answer too."""


class Chosen(Struct, frozen=True):
    """A member in a box: where the membership stands, and the caller's own facts."""

    moment: Moment
    own: Mapping[str, Value]


def chosen(shape: Shape, box: Box, axes: Mapping[str, Axis], space: Space) -> Chosen:
    """Return the most typical member in a box."""
    picked = {name: axis.chosen(box.get(name, axis.whole)) for name, axis in axes.items()}
    own: dict[str, Value] = {}
    for name, cell in picked.items():
        if name.partition(".")[0] in ("customer", "request", "usage") and cell.given != OMITTED:
            own[name] = cell.values[name]
    return Chosen(_moment(shape, picked, space), own)


def unusual(shape: Shape, box: Box, axes: Mapping[str, Axis]) -> int:
    """Return how far the most typical member in a box is from one who selects a plan at the policy's price."""
    return (
        sum(axis.chosen(box.get(name, axis.whole)).unusual for name, axis in axes.items())
        + 3 * shape.ended
        + 3 * (shape.pending != "none")
        + 2 * len(shape.addons)
        + 2 * (shape.quantity != 1)
        + (shape.selection.quantity is not None)
        + len(shape.selection.add_addons)
        + (shape.unit_amount is not None)
    )


def _moment(shape: Shape, picked: Mapping[str, Cell], space: Space) -> Moment:
    def value(name: str) -> Any:
        return picked[name].values[name] if name in picked else None

    standing = picked.get("standing") or space.standing(ended=shape.ended).cells[0]
    status: Status = standing.values["membership.status"]  # type: ignore[assignment]
    day = (picked["at"] if "at" in picked else space.day().chosen(space.day().whole)).values["at.date"]
    used, left, late = _days(shape, picked.get("days"))
    paid, credit = value("membership.paid"), value("membership.account_credit")
    if "standing" not in picked:
        status = "cancelled" if shape.ended else "active"
    return Moment(
        day if isinstance(day, date) else space.first,
        used,
        left,
        late,
        status,
        trial_runs=bool(standing.given),
        age_days=value("membership.age_days"),
        days_since_change=value("membership.days_since_change"),
        changes_this_period=value("membership.changes_this_period") or 0,
        payment_pending=bool(value("membership.payment_pending")),
        paid=paid.minor if isinstance(paid, Money) else None,
        account_credit=credit.minor if isinstance(credit, Money) else 0,
    )


def _days(shape: Shape, cell: Cell | None) -> tuple[int, int, bool]:
    """Return the days used and left, of a whole interval of the price where that can be; and whether it is late."""
    length = shape.interval_days
    if cell is None:
        used = length * 16 // 30
        return used, length - used, False
    spans = cell.spans
    found = days_within(spans[USED], spans[LEFT], spans[WHOLE], (length, 30, 31, 365))
    return (*(found or (0, 0)), bool(cell.given))


def question(shape: Shape, member: Chosen, one: Sided, zone: ZoneInfo) -> Question:
    """Return what to ask the engine of one side: its own facts are those that it knows; days begin in the zone."""
    known = one.policy.given_facts
    own: dict[str, Any] = {name: value for name, value in member.own.items() if name in known}
    for name, fact in known.items():
        if fact.required and name not in own:
            own[name] = typical(fact, shape)
    at = instant_of(member.moment, zone)
    return Question(membership_of(shape, member.moment, zone), shape.selection, at, own)


def typical(fact: FactDeclaration, shape: Shape) -> Value:
    """Return a value for a required fact that no rule at hand tests."""
    if fact.one_of:
        return fact.one_of[0]
    values: dict[str, Value] = {
        "boolean": False,
        "integer": 0,
        "number": 0,
        "amount": Money(0, shape.currency),
        "string": "other",
        "date": date(2026, 1, 1),
    }
    return values[fact.type]


def asked(engine: Engine, question: Question) -> Answer:
    """Return what an engine says to a question."""
    own: dict[str, dict[str, Any]] = {"usage": {}, "customer": {}, "request": {}}
    for name, value in question.own.items():
        section, _, key = name.partition(".")
        own[section][key] = value
    try:
        return engine.decide(
            question.membership,
            question.selection,
            at=question.at,
            usage=own["usage"],
            customer=own["customer"],
            request=own["request"],
            locale=question.locale,
        )
    except InvalidFacts as problem:
        return problem


def seen(answer: Answer) -> dict[str, Any]:
    """Return what a caller sees of an answer, without what only names rules or policies."""
    if isinstance(answer, InvalidFacts):
        return {"outcome": "error", "error": answer.code}
    shown = answer.shown()
    shown.pop("rule", None)
    if shown["outcome"] == "refusal":
        shown["reasons"] = sorted({reason["message"] for reason in shown["reasons"]})
    after = shown.get("membership")
    if after is not None:
        shown["membership"] = _without_names(after)
    return shown


def _without_names(membership: Mapping[str, Any]) -> dict[str, Any]:
    """Return a membership without the rule of its pending change, and without amounts that are none."""
    nothing = {name for name in _AMOUNTS_OF_NOTHING if (membership[name] or "0").strip("0.") == ""}
    shown = {name: None if name in nothing else value for name, value in membership.items()}
    pending = shown["pending_change"]
    return {**shown, "pending_change": {**pending, "rule": None}} if pending else shown


_AMOUNTS_OF_NOTHING = ("account_credit", "owed", "setup_fee_paid")
"""Amounts that say the same where they are 0 and where they are left out."""


def at_another(member: Chosen, **changes: Any) -> Chosen:
    """Return a member whose membership stands elsewhere."""
    return structs.replace(member, moment=structs.replace(member.moment, **changes))
