"""Policies, memberships and questions to measure with: made from a seed, so that every run asks the same."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml

from crossgrade import Currency, Membership, Money, Period
from crossgrade.model.membership import PendingChange

Constant = bool | int | str
USD = Currency("USD", 2)
ZONE = ZoneInfo("Europe/Berlin")
SEED = 20260101


@dataclass(frozen=True)
class Check:
    """One fact against constants: `in`, or `at_least`, `at_most` and `between` for numbers and amounts."""

    fact: str
    operator: Literal["in", "at_least", "at_most", "between"]
    constants: tuple[Constant, ...]


@dataclass(frozen=True)
class Rule:
    """A restriction or transition; `source` and `target` are a plan, None for any; `change` a kind, group or `any`."""

    id: str
    section: Literal["restrictions", "transitions"]
    change: str
    source: str | None
    target: str | None
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Question:
    """What is asked: the same membership as typed values and as a dict, and the rest of the arguments."""

    typed: Membership
    plain: Mapping[str, Any]
    selection: Mapping[str, Any]
    at: datetime
    own: Mapping[str, Mapping[str, Constant]]


NUMBERS: dict[str, tuple[int, int]] = {
    "membership.quantity": (1, 9),
    "membership.days_used": (0, 30),
    "membership.days_left": (0, 30),
    "membership.age_days": (0, 900),
    "membership.days_since_change": (0, 900),
    "membership.changes_this_period": (0, 7),
    "usage.sites": (0, 200),
    "usage.seats": (0, 200),
    "usage.disk_gb": (0, 200),
    "usage.projects": (0, 200),
    "usage.api_calls": (0, 100_000),
    "customer.open_invoices": (0, 7),
    "customer.orders": (0, 100),
    "request.retries": (0, 7),
}
AMOUNTS: dict[str, tuple[int, int]] = {
    "membership.recurring_amount": (1_000, 90_000),
    "membership.account_credit": (0, 10_000),
    "membership.paid": (0, 90_000),
}
WORDS: dict[str, tuple[str, ...]] = {
    "membership.status": ("active", "past_due", "on_hold", "paused"),
    "customer.country": ("US", "DE", "FR", "JP", "GB", "BR", "IN", "CA"),
    "customer.segment": ("hobby", "freelance", "school", "small", "middle", "large", "public", "partner"),
    "request.channel": ("web", "phone", "mail", "app", "shop", "agent", "import", "api"),
    "request.device": ("desktop", "phone", "tablet", "none"),
    "request.campaign": ("none", "spring", "summer", "autumn", "winter", "launch", "loyal", "back"),
    "request.agent": ("none", "anna", "ben", "carla", "dan", "eva", "finn", "gina"),
}
FLAGS = (
    "membership.payment_pending",
    "membership.has_pending_change",
    "membership.trialing",
    "exceeds.disk_gb",
    "customer.staff",
    "customer.had_trial",
)
TESTED = (*NUMBERS, *AMOUNTS, *WORDS, *FLAGS)
"""The thirty facts that the rules test."""

ENTITLEMENTS = ("sites", "seats", "disk_gb", "projects", "api_calls")
_TERMS = {"effective": "immediately", "billing_date": "restart", "charge": "full", "credit": "unused"}
_KINDS = ("any", "any", "plan_change", "upgrade", "downgrade", "interval_change", "quantity_change")


def plan(number: int) -> str:
    """Return the id of a plan."""
    return f"plan-{number:02}"


def rules(count: int, *, plans: int = 20, spread: bool = False) -> list[Rule]:
    """Return rules: six in ten restrictions, the rest transitions, of which the last two hold for everybody.

    With `spread` each rule names the one plan it is `from`, an equal number for each plan.
    """
    dice = random.Random(SEED + count)
    deck = _Deck(dice)
    made = []
    for number in range(count - 2):
        section: Literal["restrictions", "transitions"] = "restrictions" if number * 10 < count * 6 else "transitions"
        source = plan(number % plans + 1) if spread else _sometimes(dice, plans)
        checks = tuple(_check(fact, dice) for fact in deck.draw(4 if section == "restrictions" else 3))
        made.append(Rule(f"rule-{number}", section, dice.choice(_KINDS), source, _sometimes(dice, plans), checks))
    return [
        *made,
        Rule("upgrade", "transitions", "upgrade", None, None, ()),
        Rule("other", "transitions", "any", None, None, ()),
    ]


class _Deck:
    """The facts in shuffled turns, so that each is tested about as often as any other."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._left: list[str] = []

    def draw(self, count: int) -> list[str]:
        drawn: list[str] = []
        while len(drawn) < count:
            if not self._left:
                self._left = self._dice.sample(TESTED, len(TESTED))
            fact = self._left.pop()
            if fact not in drawn:
                drawn.append(fact)
        return drawn


def _sometimes(dice: random.Random, plans: int) -> str | None:
    return plan(dice.randint(1, plans)) if dice.randrange(5) == 0 else None


def _check(fact: str, dice: random.Random) -> Check:
    """Return a test of a fact that holds for about a quarter of the memberships."""
    if fact in FLAGS:
        return Check(fact, "in", (True,))
    if fact in WORDS:
        words = WORDS[fact]
        return Check(fact, "in", tuple(dice.sample(words, len(words) // 4)))
    low, high = NUMBERS.get(fact) or AMOUNTS[fact]
    width = (high - low) // 4
    operator = dice.choice(("at_least", "at_most", "between") if fact in NUMBERS else ("at_least", "at_most"))
    if operator == "between":
        start = dice.randint(low + 1, high - width)
        return Check(fact, "between", (start, start + width))
    jitter = dice.randint(0, max(width // 2, 1))
    if operator == "at_least":
        return Check(fact, "at_least", (high - width + jitter,))
    return Check(fact, "at_most", (low + width - jitter,))


def write(folder: Path, written: Sequence[Rule], *, plans: int = 20) -> Path:
    """Write a policy of these rules and return its file."""
    file = folder / "policy.yaml"
    text = yaml.safe_dump(_document(written, plans), sort_keys=False, default_flow_style=None, width=120)
    file.write_text(text, encoding="utf-8")
    return file


def _document(written: Sequence[Rule], plans: int) -> dict[str, Any]:
    return {
        "policy": "measured",
        "title": "Plans to measure with",
        "effective": date(2025, 1, 1),
        "timezone": ZONE.key,
        "currency": USD.code,
        "entitlements": {name: {"title": name, "type": "integer"} for name in ENTITLEMENTS},
        "plans": {plan(number): _plan(number) for number in range(1, plans + 1)},
        "families": {"all": {"title": "All", "plans": [plan(number) for number in range(1, plans + 1)]}},
        "facts": _declared(),
        "restrictions": [_rule(rule) for rule in written if rule.section == "restrictions"],
        "transitions": [_rule(rule) for rule in written if rule.section == "transitions"],
        "terms": {"at-once": _TERMS},
    }


def _plan(number: int) -> dict[str, Any]:
    return {
        "title": f"Plan {number}",
        "prices": {"monthly": 10 * number, "yearly": 100 * number},
        "entitlements": {name: 1_000 * number if name == "api_calls" else 10 * number for name in ENTITLEMENTS},
    }


def _declared() -> dict[str, Any]:
    texts = {fact: {"type": "string", "one_of": list(words)} for fact, words in WORDS.items() if _own(fact)}
    numbers = {fact: {"type": "integer", "default": 0} for fact in NUMBERS if _own(fact)}
    return {**texts, **numbers, "customer.staff": {"type": "boolean", "default": False}}


def _own(fact: str) -> bool:
    return fact.startswith(("customer.", "request."))


def _rule(rule: Rule) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": rule.id}
    if rule.section == "transitions" or rule.change != "any":
        entry["change"] = rule.change
    entry |= {key: end for key, end in (("from", rule.source), ("to", rule.target)) if end is not None}
    if rule.checks:
        entry["when"] = {check.fact: _condition(check) for check in rule.checks}
    if rule.section == "restrictions":
        return {**entry, "message": "This change is not available for {current.title}."}
    return {**entry, "terms": "at-once"}


def _condition(check: Check) -> Any:
    constants = [_written(check.fact, constant) for constant in check.constants]
    if check.operator == "in":
        return constants[0] if len(constants) == 1 else constants
    return {check.operator: constants if check.operator == "between" else constants[0]}


def _written(fact: str, constant: Constant) -> Any:
    return _Cents(constant) if fact in AMOUNTS else constant


class _Cents(int):
    """An amount in cents, written with its decimals."""


def _represented(dumper: yaml.SafeDumper, cents: _Cents) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{cents // 100}.{cents % 100:02}")


yaml.SafeDumper.add_representer(_Cents, _represented)


class Questions:
    """An endless supply of upgrades: from every plan in turn to a higher one, no two alike."""

    def __init__(self, *, plans: int = 20) -> None:
        self._dice = random.Random(SEED)
        self._plans = plans
        self._made = 0

    def next(self) -> Question:
        """Return the next question."""
        self._made += 1
        dice = self._dice
        held = self._made % (self._plans - 1) + 1
        start = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=dice.randint(0, 27))
        at = start + timedelta(days=dice.randint(0, 29), seconds=dice.randint(0, 80_000))
        fields = _fields(dice, held, start, at)
        target = dice.randint(held + 1, self._plans)
        return Question(_typed(fields), _plain(fields), {"plan": plan(target)}, at, _own_values(dice))


def _fields(dice: random.Random, held: int, start: datetime, at: datetime) -> dict[str, Any]:
    units = dice.randint(1, 9)
    fields: dict[str, Any] = {
        "id": f"member-{dice.randrange(10**6)}",
        "plan": plan(held),
        "price": "monthly",
        "status": dice.choice(WORDS["membership.status"]),
        "quantity": units,
        "paid": held * 1_000 * units,
        "currency": USD.code,
        "period": (start, start + timedelta(days=30)),
        "started": start - timedelta(days=dice.randint(0, 870)),
        "changes_this_period": dice.randint(0, 7),
        "payment_pending": dice.randrange(4) == 0,
        "account_credit": dice.randrange(10_000),
    }
    if dice.randrange(4) == 0:
        fields["trial_ends"] = at + timedelta(days=7)
    if dice.randrange(4) == 0:
        fields["last_changed"] = start
    if dice.randrange(10) == 0:
        end = start + timedelta(days=30)
        fields["pending_change"] = {"plan": plan(1), "price": "monthly", "at": end, "rule": "other"}
    return fields


def _own_values(dice: random.Random) -> dict[str, dict[str, Constant]]:
    found: dict[str, dict[str, Constant]] = {"usage": {}, "customer": {}, "request": {}}
    for fact in TESTED:
        section, _, key = fact.partition(".")
        if section in found:
            found[section][key] = _value(fact, dice)
    return found


def _value(fact: str, dice: random.Random) -> Constant:
    if fact in FLAGS:
        return dice.randrange(4) == 0
    return dice.choice(WORDS[fact]) if fact in WORDS else dice.randint(*NUMBERS[fact])


def _typed(fields: Mapping[str, Any]) -> Membership:
    given = dict(fields)
    given["period"] = Period(*fields["period"])
    given |= {name: Money(fields[name], USD) for name in ("paid", "account_credit")}
    if "pending_change" in fields:
        given["pending_change"] = PendingChange(**fields["pending_change"], quantity=1, addons={}, unit_amounts={})
    return Membership(**given)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the membership as it comes out of JSON."""
    start, end = fields["period"]
    given: dict[str, Any] = {name: _text(value) for name, value in fields.items()}
    given["period"] = {"start": _text(start), "end": _text(end)}
    given |= {name: f"{fields[name] // 100}.{fields[name] % 100:02}" for name in ("paid", "account_credit")}
    if "pending_change" in fields:
        given["pending_change"] = {name: _text(value) for name, value in fields["pending_change"].items()}
    return given


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
