"""Ask the engine and the oracle the same, and say readably where they differ."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.oracle import evaluator, policies
from tests.oracle.evaluator_calendar import Interval, interval
from tests.oracle.evaluator_facts import billing_day
from tests.oracle.evaluator_policy import Policy

import crossgrade

NOT_COMPARED = {"trace", "id", "policy", "message", "title", "how"}
INSTANTS = {"at", "start", "end", "effective_at", "paid_from", "trial_ends", "last_changed", "started"}
MONTH = Interval("months", 1)
OWN = ("usage", "customer", "request")


def build(document: dict[str, Any], folder: Path, *, matcher: Any = "plain") -> crossgrade.Engine:
    file = folder / "policy.yaml"
    file.write_text(policies.to_yaml(document), "utf-8")
    return crossgrade.load(file, matcher=matcher)


def ask_engine(engine: crossgrade.Engine, asked: dict[str, Any]) -> dict[str, Any]:
    own = {name: asked.get(name) for name in OWN}
    try:
        return engine.decide(asked["membership"], asked["selection"], at=asked["at"], **own).to_dict()
    except crossgrade.InvalidFacts as error:
        return {"outcome": "error", "error": error.code}


def ask_oracle(document: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    own = {name: asked.get(name) for name in OWN}
    return evaluator.decide(document, asked["membership"], asked["selection"], asked["at"], **own)


def apply_engine(engine: crossgrade.Engine, membership: dict[str, Any], at: str) -> dict[str, Any]:
    try:
        return engine.apply_pending(membership, at=at).to_dict()
    except crossgrade.InvalidFacts as error:
        return {"outcome": "error", "error": error.code}


def renew_engine(engine: crossgrade.Engine, membership: dict[str, Any], at: str) -> dict[str, Any]:
    try:
        return engine.renew(membership, at=at).to_dict()
    except crossgrade.InvalidFacts as error:
        return {"outcome": "error", "error": error.code}


def plain(value: Any, key: str = "") -> Any:
    """Drop what is not compared, nulls, and the writing of instants."""
    if isinstance(value, dict):
        return {
            name: plain(each, name)
            for name, each in value.items()
            if each is not None and (name not in NOT_COMPARED or (name == "id" and key == "ended"))
        }
    if isinstance(value, list | tuple):
        return [plain(each, key) for each in value]
    if key in INSTANTS and isinstance(value, str) and len(value) > 10:
        return datetime.fromisoformat(value).timestamp()
    return value


def comparable(decision: dict[str, Any]) -> dict[str, Any]:
    """A decision, with the defaults of a membership written out."""
    found: dict[str, Any] = plain(decision)
    for line in found.get("lines", []):
        line.pop("period", None)
        if line["kind"] not in {"charge", "discount", "setup_fee", "credit"}:
            line.pop("item", None)
    if "addons" in found:
        found["addons"]["ended"].sort(key=lambda each: each["id"])
    member = found.get("membership")
    if member is not None:
        complete(member)
    return found


def complete(member: dict[str, Any]) -> None:
    start = (member.get("period") or {}).get("start")
    for body in (member, *(member.get("addons") or {}).values()):
        if start is None:
            body.pop("paid_from", None)
        else:
            body.setdefault("paid_from", start)
        if body.get("paid") is None or float(body["paid"]) == 0:
            body.pop("paid_from", None)  # nothing is paid, from whenever
    for name in ("account_credit", "owed"):
        if name in member and float(member[name]) == 0:
            del member[name]
    for name in ("addons", "payment_pending", "changes_this_period", "currency"):
        if not member.get(name) or name == "currency":
            member.pop(name, None)


def default_out(found: dict[str, Any], expected: dict[str, Any], document: dict[str, Any]) -> None:  # noqa: C901
    """The engine leaves a default unwritten (null), the oracle writes it; leave both out where they mean the same."""
    if document.get("rounding", {}).get("per") == "net":
        for decision in (found, expected):
            for name in ("earned", "to_charge"):  # rounded once each: only their difference is told
                decision.get("credit", {}).pop(name, None)
    one, other = found.get("membership"), expected.get("membership")
    if one is None or other is None:
        return
    pairs = [(one, other)]
    pairs += [(each, (other.get("addons") or {}).get(id, {})) for id, each in (one.get("addons") or {}).items()]
    for mine, theirs in pairs:
        if mine.get("unit_amount") is None:
            theirs.pop("unit_amount", None)
    for member in (one, other):
        for id, body in (member.get("addons") or {}).items():
            if is_once(document["addons"][id]):
                body.pop("paid_from", None)  # a `once` add-on is paid for no period, and never credited
                body.pop("paid", None)
        plan = document["plans"][member["plan"]]["prices"] if "plan" in member else {}
        price = plan.get(member.get("price")) if isinstance(plan, dict) else None
        if isinstance(price, dict) and price.get("every") == "once":
            member.pop("paid_from", None)
        if float(member.get("setup_fee_paid") or 0) == 0:
            member.pop("setup_fee_paid", None)
        discount = member.get("discount") or {}
        if "percent" in discount:
            discount["percent"] = str(discount["percent"])
        if member.get("billing_day") is None and "period" in member:
            member["billing_day"] = default_billing_day(member, document)


def is_once(addon: dict[str, Any]) -> bool:
    return all(isinstance(each, dict) and each.get("every") == "once" for each in addon["prices"].values())


def default_billing_day(member: dict[str, Any], document: dict[str, Any]) -> Any:
    policy = Policy(document)
    start, end = (datetime.fromtimestamp(member["period"][key], tz=policy.zone) for key in ("start", "end"))
    own = policy.prices(member["plan"])[member["price"]].every if "price" in member else None
    every = interval(member["period"]["every"]) if "every" in member["period"] else own
    if every is None or not every.recurs:
        every = MONTH  # an add-on's
    return billing_day(policy, {}, start, end, every)


def differing(one: Any, other: Any, path: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            yield from differing(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differing(*pair, f"{path}[{index}]")
    elif one != other:
        yield f"{path}: engine {json.dumps(one)}, oracle {json.dumps(other)}"


def differences(engine: crossgrade.Engine, document: dict[str, Any], asked: dict[str, Any]) -> tuple[list[str], Any]:
    found, expected = ask_engine(engine, asked), ask_oracle(document, asked)
    one, other = comparable(found), comparable(expected)
    default_out(one, other, document)
    return list(differing(one, other)), found


def applied(
    engine: crossgrade.Engine, document: dict[str, Any], membership: dict[str, Any], at: str
) -> tuple[list[str], dict[str, Any]]:
    found, expected = apply_engine(engine, membership, at), evaluator.apply_pending(document, membership, at)
    one, other = comparable(found), comparable(expected)
    default_out(one, other, document)
    return list(differing(one, other)), found


def renewed(
    engine: crossgrade.Engine, document: dict[str, Any], membership: dict[str, Any], at: str
) -> tuple[list[str], dict[str, Any]]:
    found, expected = renew_engine(engine, membership, at), evaluator.renew(document, membership, at)
    one, other = comparable(found), comparable(expected)
    default_out(one, other, document)
    return list(differing(one, other)), found


def onward(random: Random, document: dict[str, Any], asked: dict[str, Any], found: dict[str, Any]) -> Any:
    """A second question about the membership that came out of a quote, a while later; None where there is none."""
    if found["outcome"] != "quote":
        return None
    member = found["membership"]
    passed = random.choice((0, 60, 3600, 86400, 86400 * 5, 86400 * 20, 86400 * 60))
    moment = datetime.fromisoformat(asked["at"])
    if member.get("period"):
        moment = max(moment, datetime.fromisoformat(member["period"]["start"]))
    moment += timedelta(seconds=passed)
    return {
        **asked,
        "membership": member,
        "selection": policies.selection(random, document, member),
        "at": moment.isoformat(),
    }


def questions(random: Random, document: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    for _ in range(count):
        yield policies.facts(random, document)


def report(document: dict[str, Any], asked: dict[str, Any], keys: list[str]) -> str:
    """A minimal, readable reproduction."""
    wanted = json.dumps(asked, indent=None, default=str)
    return "\n".join(["", policies.to_yaml(document), wanted, "", *keys])
