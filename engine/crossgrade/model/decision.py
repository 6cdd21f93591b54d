"""A decision: a quote, no change or a refusal, with its grounds, and the JSON it is passed on as."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.model.calendar import Period
from crossgrade.model.catalogue import Grant
from crossgrade.model.membership import Membership
from crossgrade.model.money import Currency, Money
from crossgrade.model.rules import ChangeKind
from crossgrade.model.trace import Trace, read_trace
from crossgrade.model.writing import canonical_bytes, instant_json, json_bytes, membership_json, period_json

LineKind = Literal[
    "charge",
    "discount",
    "setup_fee",
    "fee",
    "promotion",
    "credit",
    "to_account",
    "to_refund",
    "to_time",
    "forfeited",
    "waived",
    "minimum",
    "rounding",
    "owed",
    "account_credit",
]


class Held(Struct, frozen=True, gc=False):
    """A plan at a price, with its units: one end of a change."""

    plan: str
    price: str
    quantity: int


class ChangeSummary(Struct, frozen=True, gc=False):
    """What changes from what to what; `kind` is None where nothing does."""

    kind: ChangeKind | None
    before: Held
    after: Held


class Line(Struct, frozen=True):
    """One line of a quote. `amount` may be negative; `how` says how it came about; `period` is what it pays for."""

    kind: LineKind
    item: str | None
    title: str
    amount: Money
    how: str | None = None
    period: Period | None = None


class CreditSummary(Struct, frozen=True, gc=False):
    """What unused time earned and where it went: earned = to_charge + to_account + to_refund + to_time + forfeited."""

    earned: Money
    to_charge: Money
    to_account: Money
    to_refund: Money
    to_time: Money
    forfeited: Money
    days: int = 0


class AccountCredit(Struct, frozen=True, gc=False):
    """Credit kept for the customer, before and after the change; `used` is spent on what is due now."""

    before: Money
    used: Money
    after: Money


class Charge(Struct, frozen=True):
    """An amount to be collected at an instant, before account credit."""

    at: datetime
    amount: Money


class EntitlementChange(Struct, frozen=True):
    """What is granted before and after, and which entitlements become more or less."""

    before: Mapping[str, Grant]
    after: Mapping[str, Grant]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class AddOnChange(Struct, frozen=True):
    """Which add-ons stay, come (or grow), and end, with the reason."""

    kept: tuple[str, ...]
    added: tuple[str, ...]
    ended: tuple[tuple[str, str], ...]


class PolicyRef(Struct, frozen=True, gc=False):
    """Which policy decided: its id, the first day of the version, the hash of its meaning."""

    id: str
    effective: date
    digest: str


class Grounds(Struct, frozen=True):
    """What a decision rests on.

    The trace and the facts as JSON, of which the id is the hash, cost more than the decision, so they are made when
    asked for.
    """

    policy: PolicyRef
    zone: ZoneInfo
    change: ChangeSummary
    write_trace: Callable[[], str]
    make_facts: Callable[[], Mapping[str, Any]]

    @property
    def id(self) -> str:
        """The hash of the facts and the policy."""
        return f"sha256:{hashlib.sha256(canonical_bytes(self.make_facts())).hexdigest()}"


class Reason(Struct, frozen=True):
    """One reason of a refusal."""

    rule: str
    message: str


class Outlook(Struct, frozen=True):
    """What follows from a quote. Not every caller asks for all of it, so each part is made when it is asked for."""

    make_lines: Callable[[], tuple[Line, ...]]
    make_membership: Callable[[], Membership]
    make_upcoming: Callable[[Membership], tuple[Charge, ...]]
    make_entitlements: Callable[[], EntitlementChange]
    make_addons: Callable[[], AddOnChange]

    def __repr__(self) -> str:
        """Show nothing of the facts that the parts are made from: some may be masked."""
        return "Outlook(...)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Quote(Struct, frozen=True, dict=True):
    """A change that is allowed: what it costs now and next, and what the membership is afterwards."""

    rule: str
    effective: Literal["immediately", "period_end"]
    effective_at: datetime
    currency: Currency
    due_now: Money
    credit: CreditSummary
    account_credit: AccountCredit
    message: str | None
    grounds: Grounds
    outlook: Outlook

    outcome = "quote"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines, which sum to `due_now` plus what is added to what is owed."""
        return self.outlook.make_lines()

    @cached_property
    def membership(self) -> Membership:
        """The membership after the change, which can be decided on again."""
        return self.outlook.make_membership()

    @cached_property
    def upcoming(self) -> tuple[Charge, ...]:
        """The charges to come until their amount no longer changes, six at most, before account credit."""
        return self.outlook.make_upcoming(self.membership)

    @property
    def next_charge(self) -> Charge | None:
        """The next charge; None where nothing is charged again."""
        return self.upcoming[0] if self.upcoming else None

    @cached_property
    def entitlements(self) -> EntitlementChange:
        """What is granted before and after."""
        return self.outlook.make_entitlements()

    @cached_property
    def addons(self) -> AddOnChange:
        """Which add-ons stay, come and end."""
        return self.outlook.make_addons()

    @property
    def change(self) -> ChangeSummary:
        """What changes."""
        return self.grounds.change

    @property
    def trace(self) -> Trace:
        """Per rule considered, whether it held and why not."""
        return read_trace(self.grounds.write_trace())

    @property
    def id(self) -> str:
        """The hash of the facts and the policy."""
        return self.grounds.id

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a quote: money as text, instants in the policy's zone, keys in a fixed order."""
        return {**self.shown(), "trace": json.loads(self.grounds.write_trace()), **_reference(self.grounds)}

    def to_json(self) -> bytes:
        """Return the bytes of `json.dumps(self.to_dict(), ensure_ascii=False)`, faster."""
        return _json(self)

    def shown(self) -> dict[str, Any]:
        """Return the JSON without the trace, the policy and the id."""
        zone = self.grounds.zone
        return {
            "outcome": "quote",
            "change": _change(self.change),
            "rule": self.rule,
            "effective": self.effective,
            "effective_at": instant_json(self.effective_at, zone),
            "currency": self.currency.code,
            "lines": [_line(line, zone) for line in self.lines],
            "due_now": str(self.due_now),
            "credit": _credit(self.credit),
            "account_credit": {name: str(getattr(self.account_credit, name)) for name in ("before", "used", "after")},
            "next_charge": charge_json(self.next_charge, zone),
            "upcoming": [charge_json(charge, zone) for charge in self.upcoming],
            "entitlements": _entitlements(self.entitlements),
            "addons": {
                "kept": list(self.addons.kept),
                "added": list(self.addons.added),
                "ended": [{"id": id, "reason": reason} for id, reason in self.addons.ended],
            },
            "membership": membership_json(self.membership, zone),
            "message": self.message,
        }


class NoChange(Struct, frozen=True):
    """A selection that would change nothing."""

    rule: str
    message: str
    grounds: Grounds

    outcome = "no_change"

    @property
    def change(self) -> ChangeSummary:
        """What was selected."""
        return self.grounds.change

    @property
    def trace(self) -> Trace:
        """Per rule considered, whether it held and why not."""
        return read_trace(self.grounds.write_trace())

    @property
    def id(self) -> str:
        """The hash of the facts and the policy."""
        return self.grounds.id

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a no-change."""
        return {**self.shown(), "trace": json.loads(self.grounds.write_trace()), **_reference(self.grounds)}

    def to_json(self) -> bytes:
        """Return the bytes of `json.dumps(self.to_dict(), ensure_ascii=False)`, faster."""
        return _json(self)

    def shown(self) -> dict[str, Any]:
        """Return the JSON without the trace, the policy and the id."""
        return {
            "outcome": "no_change",
            "change": _change(self.change),
            "rule": self.rule,
            "message": self.message,
        }


class Refusal(Struct, frozen=True):
    """A change that is not allowed, with every reason."""

    reasons: tuple[Reason, ...]
    grounds: Grounds

    outcome = "refusal"

    @property
    def change(self) -> ChangeSummary:
        """What was selected."""
        return self.grounds.change

    @property
    def trace(self) -> Trace:
        """Per rule considered, whether it held and why not."""
        return read_trace(self.grounds.write_trace())

    @property
    def id(self) -> str:
        """The hash of the facts and the policy."""
        return self.grounds.id

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of a refusal."""
        return {**self.shown(), "trace": json.loads(self.grounds.write_trace()), **_reference(self.grounds)}

    def to_json(self) -> bytes:
        """Return the bytes of `json.dumps(self.to_dict(), ensure_ascii=False)`, faster."""
        return _json(self)

    def shown(self) -> dict[str, Any]:
        """Return the JSON without the trace, the policy and the id."""
        return {
            "outcome": "refusal",
            "change": _change(self.change),
            "reasons": [{"rule": reason.rule, "message": reason.message} for reason in self.reasons],
        }


Decision = Quote | NoChange | Refusal


class Applied(Struct, frozen=True):
    """A pending change carried out: the membership that it made, and what is to be collected for it."""

    membership: Membership
    charge: Charge | None
    zone: ZoneInfo

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "membership": membership_json(self.membership, self.zone),
            "charge": charge_json(self.charge, self.zone),
        }


class Offer(Struct, frozen=True):
    """Something a membership can look at: a plan at a price, or an add-on; `current` is what it holds."""

    plan: str | None
    price: str
    addon: str | None
    title: str
    current: bool
    decision: Decision

    @property
    def id(self) -> str:
        """`plan/price`, or the add-on's id."""
        return self.addon if self.addon is not None else f"{self.plan}/{self.price}"

    @property
    def choosable(self) -> bool:
        """Whether it can be chosen."""
        return isinstance(self.decision, Quote)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        what = {"plan": self.plan} if self.addon is None else {"addon": self.addon}
        return {
            "id": self.id,
            **what,
            "price": self.price,
            "title": self.title,
            "current": self.current,
            "choosable": self.choosable,
            "decision": self.decision.to_dict(),
        }


def charge_json(charge: Charge | None, zone: ZoneInfo) -> dict[str, Any] | None:
    """Return a charge as JSON, null where there is none."""
    return None if charge is None else {"at": instant_json(charge.at, zone), "amount": str(charge.amount)}


def _change(change: ChangeSummary) -> dict[str, Any]:
    return {"kind": change.kind or "none", "from": _held(change.before), "to": _held(change.after)}


def _held(held: Held) -> dict[str, Any]:
    return {"plan": held.plan, "price": held.price, "quantity": held.quantity}


def _reference(grounds: Grounds) -> dict[str, Any]:
    policy = grounds.policy
    shown = {"id": policy.id, "effective": policy.effective.isoformat(), "digest": policy.digest}
    return {"policy": shown, "id": grounds.id}


def _json(decision: Decision) -> bytes:
    shown, reference = json_bytes(decision.shown()), json_bytes(_reference(decision.grounds))
    # The trace is written already, and most of the whole.
    trace = decision.grounds.write_trace().encode()
    return b"".join((shown[:-1], b', "trace": ', trace, b", ", reference[1:]))


def _line(line: Line, zone: ZoneInfo) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": line.kind, "item": line.item, "title": line.title, "amount": str(line.amount)}
    if line.how is not None:
        shown["how"] = line.how
    if line.period is not None:
        shown["period"] = period_json(line.period, zone)
    return shown


def _credit(credit: CreditSummary) -> dict[str, Any]:
    names = ("earned", "to_charge", "to_account", "to_refund", "to_time", "forfeited")
    return {**{name: str(getattr(credit, name)) for name in names}, "days": credit.days}


def _entitlements(change: EntitlementChange) -> dict[str, Any]:
    return {
        "before": dict(change.before),
        "after": dict(change.after),
        "gained": list(change.gained),
        "lost": list(change.lost),
    }
