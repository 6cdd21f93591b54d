"""Case writing: the witnesses of a review as cases of the new policy, ready to be kept."""

import json
import os.path
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.deciding.engine import Engine
from crossgrade.errors import CrossgradeError, InvalidFacts
from crossgrade.model.calendar import Interval, midnight
from crossgrade.model.decision import Quote, Refusal
from crossgrade.model.membership import Membership
from crossgrade.model.money import Money
from crossgrade.reviewing.consequence import Consequence, Witness
from crossgrade.reviewing.reviewed import Reviewed
from crossgrade.reviewing.sentences import member
from crossgrade.reviewing.sheets import OWN, selection_json
from crossgrade.reviewing.shown.marks import plain
from crossgrade.reviewing.shown.page import WHAT
from crossgrade.reviewing.witness import Answer, asked

FIRST_LINE = "# Written by `crossgrade diff --write-cases`, which may write this file anew."
"""The first line of a file of ours; a file that begins otherwise is left as it is."""

_WORD = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
_NOT_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


class NotOursError(CrossgradeError):
    """The file to write to is there already and was not written by a review."""


class _Exactly(Struct, frozen=True):
    """A number or a day, which is written without quotes."""

    text: str


def write_cases(file: Path, found: Reviewed) -> int:
    """Write the witnesses of a review to a file of cases and return how many there are.

    A file that is there is only written over where its first line is ours; raises NotOursError.
    """
    text, number = cases_text(found, policy=_relative(found.name, file))
    if file.exists() and not file.read_text(encoding="utf-8", errors="replace").startswith(FIRST_LINE):
        message = f"`{file.as_posix()}` is there already and holds what others wrote"
        raise NotOursError(f"{message}\nhelp: name another file, such as `{_beside(file)}`, and move the cases by hand")
    file.write_text(text, encoding="utf-8")
    return number


def _relative(policy: str, file: Path) -> str:
    return Path(os.path.relpath(policy, file.parent)).as_posix()


def _beside(file: Path) -> str:
    return file.with_name(f"{file.stem}-new{file.suffix}").as_posix()


def cases_text(found: Reviewed, *, policy: str) -> tuple[str, int]:
    """Return the cases as YAML and how many there are; each question is asked once."""
    if found.new is None:
        raise ValueError(f"there is no new policy at `{found.name}`")
    new = Engine(found.new, matcher="plain")
    seen: dict[str, str] = {}
    names: dict[str, int] = {}
    for one, witness in _witnesses(found.report.consequences):
        body = _body(witness, found, new)
        if body not in seen:
            name = plain(member(witness, found.titles)).replace("`", "")
            names[name] = names.get(name, 0) + 1
            several = f" ({names[name]})" if names[name] > 1 else ""
            seen[body] = f"  - name: {_text(name + several)}\n    note: {_text(_note(one))}\n{body}"
    return "\n".join([FIRST_LINE, f"policy: {_text(policy)}", "cases:", *seen.values()]) + "\n", len(seen)


def _note(one: Consequence) -> str:
    return f"{WHAT[one.kind]} ({one.kind} {one.fingerprint})"


def _witnesses(consequences: Iterable[Consequence]) -> Iterator[tuple[Consequence, Witness]]:
    for one in consequences:
        yield one, one.witness
        if one.largest is not None:
            yield one, one.largest.witness


def _body(witness: Witness, found: Reviewed, new: Engine) -> str:
    """Return what a case says but for its name: the question, and what the new policy answers."""
    question, zone = witness.new, found.titles.new.zone
    parts: dict[str, Any] = {
        "at": _moment(question.at, zone),
        "membership": membership_parts(question.membership, zone),
        **_own(question.own),
        "selection": selection_json(question.selection),
        "locale": question.locale,
        "expect": _expected(asked(new, question), witness, zone),
    }
    return "\n".join(f"    {key}: {flow(value)}" for key, value in parts.items() if value is not None)


def membership_parts(held: Membership, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a membership says, but for what it would be if it said nothing."""
    usual = Membership(held.plan)
    names = (name for name in held.__struct_fields__ if name == "plan" or getattr(held, name) != getattr(usual, name))
    return {name: _value(getattr(held, name), zone) for name in names}


def _own(own: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for name, value in sorted(own.items()):
        section, _, key = name.partition(".")
        found.setdefault(section, {})[key] = _value(value, None)
    return {section: found[section] for section in OWN if section in found}


def _value(value: Any, zone: ZoneInfo | None) -> Any:
    """Return a value with amounts, numbers and days ready to be written; what is not set is left out."""
    if isinstance(value, datetime) and zone is not None:
        return _moment(value, zone)
    if isinstance(value, Money | Decimal | date):
        return _Exactly(f"{value:f}" if isinstance(value, Decimal) else str(value))
    if isinstance(value, Mapping):
        return {key: _value(item, zone) for key, item in value.items()}
    if isinstance(value, Struct) and not isinstance(value, Interval):
        parts = {name: _value(getattr(value, name), zone) for name in value.__struct_fields__}
        return {name: part for name, part in parts.items() if part is not None}
    return value if isinstance(value, bool | int | None) else _listed_or_text(value)


def _listed_or_text(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else str(value)


def _moment(moment: datetime, zone: ZoneInfo) -> Any:
    """Return an instant; as a day where it is midnight in the zone."""
    local = moment.astimezone(zone)
    return _Exactly(local.date().isoformat()) if midnight(local.date(), zone) == moment else local.isoformat()


def _expected(answer: Answer, witness: Witness, zone: ZoneInfo) -> dict[str, Any]:
    """Return what must come out; texts and the rest of an answer only where nothing else tells it from the old one."""
    if isinstance(answer, InvalidFacts):
        return {"outcome": "error", "error": answer.code}
    rest = _rest(witness)
    if isinstance(answer, Refusal):
        told = "reasons" in rest
        reasons = [{"rule": one.rule, **({"message": one.message} if told else {})} for one in answer.reasons]
        return {"outcome": "refusal", **rest, "reasons": reasons}
    quoted = _quote(answer, zone) if isinstance(answer, Quote) else {}
    return {"outcome": answer.outcome, "rule": answer.rule, **quoted, **rest}


def _quote(quote: Quote, zone: ZoneInfo) -> dict[str, Any]:
    charge = quote.next_charge
    return {
        "effective": quote.effective,
        "due_now": _value(quote.due_now, zone),
        "credit": {"earned": _value(quote.credit.earned, zone)},
        "next_charge": None if charge is None else _value(charge, zone),
    }


_ALWAYS = ("outcome", "effective", "due_now", "next_charge")
"""What is written of every quote, beside the credit that it earns; of other answers there is the outcome alone."""

_REST = (
    "change",
    "effective_at",
    "lines",
    "account_credit",
    "upcoming",
    "entitlements",
    "addons",
    "membership",
    "message",
    "reasons",
)
"""What else may be what differs."""


def _rest(witness: Witness) -> dict[str, Any]:
    """Return what differs of two answers where what is always written does not."""
    before, after = witness.before, witness.after
    credits_ = [answer.get("credit", {}).get("earned") for answer in (before, after)]
    if credits_[0] != credits_[1] or any(before.get(key) != after.get(key) for key in _ALWAYS):
        return {}
    return {key: _differing(before[key], after[key]) for key in _REST if before.get(key) != after.get(key)}


def _differing(old: Any, new: Any) -> Any:
    """Return the parts of a value that are not as they were; a rule's id is no part that a caller sees."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    parts = {key: _differing(old.get(key), part) for key, part in new.items() if key != "rule"}
    return {key: part for key, part in parts.items() if old.get(key) != new[key]}


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_text(key)}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(flow(item) for item in value)}]"
    if isinstance(value, _Exactly):
        return value.text
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(value)


def _text(text: str) -> str:
    """Return a text; in quotes unless it is a plain word."""
    plain_word = _WORD.fullmatch(text) is not None and text.lower() not in _NOT_WORDS
    return text if plain_word else json.dumps(text, ensure_ascii=False)
