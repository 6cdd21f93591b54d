"""The policy as a checkout would have it by hand: Python for this policy alone, from a JSON body to a price.

It derives the facts, asks the rules and settles the amounts of the one way to change that the policy has. It checks no
types, knows no other terms, keeps no trace, and makes neither lines nor what is charged later.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from peers import conditions, python

from policies import TESTED, ZONE, Rule

Match = Callable[[Mapping[str, Any]], tuple[list[str], str | None]]
_OWN = [fact for fact in TESTED if fact.partition(".")[0] in ("usage", "customer", "request")]


def checkout(rules: Sequence[Rule]) -> Callable[[bytes], bytes]:
    """Return the function that answers a body as crossgrade takes it, with what is due now where that is a quote."""
    match = matching(rules)

    def decide(text: bytes) -> bytes:
        asked = json.loads(text)
        facts = _derived(asked)
        reasons, rule = match(facts)
        if reasons:
            return json.dumps({"outcome": "refusal", "reasons": reasons}).encode()
        due = f"{(cents := _due(asked, facts)) // 100}.{cents % 100:02}"
        return json.dumps({"outcome": "quote", "rule": rule, "due_now": due}).encode()

    return decide


def matching_alone(rules: Sequence[Rule]) -> Callable[[bytes], bytes]:
    """Return the function that answers derived facts, as the other engines are given them."""
    match = matching(rules)

    def decide(text: bytes) -> bytes:
        reasons, rule = match(json.loads(text))
        answer = {"outcome": "refusal", "reasons": reasons} if reasons else {"outcome": "quote", "rule": rule}
        return json.dumps(answer).encode()

    return decide


def matching(rules: Sequence[Rule]) -> Match:
    """Return the rules as a function of one `if` each: the restrictions that hold, else the first transition."""
    lines = ["def match(facts):", "    reasons = []"]
    for rule in rules:
        if rule.section == "restrictions":
            lines += [f"    if {_test(rule)}:", f"        reasons.append({rule.id!r})"]
    lines += ["    if reasons:", "        return reasons, None"]
    for rule in rules:
        if rule.section == "transitions":
            lines += [f"    if {_test(rule)}:", f"        return reasons, {rule.id!r}"]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    found: Match = space["match"]
    return found


def _test(rule: Rule) -> str:
    return " and ".join(python(check) for check in conditions(rule)) or "True"


def _derived(asked: Mapping[str, Any]) -> dict[str, Any]:
    member, at = asked["membership"], datetime.fromisoformat(asked["at"])
    held, target = _number(member["plan"]), _number(asked["selection"]["plan"])
    today, started = at.astimezone(ZONE).date(), _day(member["started"])
    start, end = _day(member["period"]["start"]), _day(member["period"]["end"])
    used = min(max((today - start).days, 0), (end - start).days)
    changed = _day(member["last_changed"]) if "last_changed" in member else started
    trial = member.get("trial_ends")
    return {
        **{fact: asked[fact.partition(".")[0]][fact.partition(".")[2]] for fact in _OWN},
        "membership.plan": member["plan"],
        "target.plan": asked["selection"]["plan"],
        "change.kind": "upgrade",
        "membership.status": member["status"],
        "membership.quantity": member["quantity"],
        "membership.recurring_amount": 1_000 * held * member["quantity"],
        "membership.paid": _cents(member["paid"]),
        "membership.account_credit": _cents(member["account_credit"]),
        "membership.changes_this_period": member["changes_this_period"],
        "membership.payment_pending": member["payment_pending"],
        "membership.has_pending_change": "pending_change" in member,
        "membership.trialing": trial is not None and datetime.fromisoformat(trial) > at,
        "membership.days_used": used,
        "membership.days_left": (end - start).days - used,
        "membership.age_days": max((today - started).days, 0),
        "membership.days_since_change": max((today - changed).days, 0),
        "exceeds.disk_gb": asked["usage"]["disk_gb"] > 10 * target,
    }


def _number(plan: str) -> int:
    return int(plan.removeprefix("plan-"))


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(ZONE).date()


def _cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part)


def _due(asked: Mapping[str, Any], facts: Mapping[str, Any]) -> int:
    """Return the full price of the target less the unused share of what was paid and the account's credit."""
    left, days = facts["membership.days_left"], facts["membership.days_left"] + facts["membership.days_used"]
    unused = (2 * facts["membership.paid"] * left + days) // (2 * days)
    charge = 1_000 * _number(asked["selection"]["plan"]) * facts["membership.quantity"]
    return max(charge - unused - facts["membership.account_credit"], 0)
