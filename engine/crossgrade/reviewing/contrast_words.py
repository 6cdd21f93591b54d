"""A contrast in words: what a caller sees of two answers, and only what differs of them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossgrade.reviewing.consequence import ConsequenceKind, Seen
from crossgrade.reviewing.words_said import quoted, value_said

MOST_PARTS = 5
"""How many differences of two quotes are said before the rest is counted."""

_MONEY = ("charge", "due now", "next charge")
_CREDIT = ("credit", "due now", "refund", "account credit", "days by credit")
_ABOUT: dict[ConsequenceKind, tuple[str, ...]] = {
    "pays-more": _MONEY,
    "pays-less": _MONEY,
    "credit-lost": _CREDIT,
    "credit-gained": _CREDIT,
    "later": ("takes effect",),
    "sooner": ("takes effect",),
    "entitlement-lost": ("granted",),
    "entitlement-gained": ("granted",),
}
"""What the example of a kind is to show; where it is not listed, everything that differs."""

_WHEN = {"immediately": "at once", "period_end": "at the end of the period"}


def told_apart(
    before: Seen, after: Seen, rules: tuple[str | None, str | None], kind: ConsequenceKind = "message"
) -> str:
    """Return what came out before and what comes out now; of two quotes, what the kind of consequence is about."""
    if before["outcome"] != after["outcome"]:
        old, new = (_said(answer, rule) for answer, rule in zip((before, after), rules, strict=True))
        return f"before {old}, now {new}"
    if before["outcome"] == "quote":
        return _quotes(before, after, _ABOUT.get(kind))
    if before["outcome"] == "refusal":
        return _refusals(before["reasons"], after["reasons"])
    if before["outcome"] == "no_change":
        return f"no change, {_texts(before['message'], after['message'])}"
    return f"error `{before['error']}` → `{after['error']}`"


def _texts(old: str, new: str) -> str:
    return f"{quoted(old)} → {quoted(new)}"


def _refusals(before: Sequence[str], after: Sequence[str]) -> str:
    """Say which reasons went and which came; the others are as they were."""
    gone = " ".join(quoted(reason) for reason in before if reason not in after)
    come = " ".join(quoted(reason) for reason in after if reason not in before)
    if gone and come:
        return f"refused {gone} → {come}"
    return f"refused as before, no longer for {gone}" if gone else f"refused as before, now also for {come}"


def _said(answer: Seen, rule: str | None) -> str:
    outcome = answer["outcome"]
    if outcome == "quote":
        return f"allowed, {_cost(answer)}"
    if outcome == "error":
        return f"an error (`{answer['error']}`)"
    by = f" (`{rule}`)" if rule is not None else ""
    return f"refused{by}" if outcome == "refusal" else f"no change{by}"


def _cost(quote: Seen) -> str:
    if quote["effective"] == "immediately":
        return f"due now {quote['due_now']}"
    charge = quote["next_charge"]
    next_charge = "" if charge is None else f", next charge {charge['amount']}"
    return f"at the end of the period{next_charge}"


def _quotes(before: Seen, after: Seen, about: tuple[str, ...] | None) -> str:
    found = list(_differences(before, after))
    parts = [sentence for label, sentence in found if about is None or label in about]
    parts = parts or [sentence for _, sentence in found]
    if not parts:
        return f"the same is due, {_elsewhere(before, after)}"
    more = len(parts) - MOST_PARTS
    return ", ".join([*parts[:MOST_PARTS], *([f"and {more} more"] if more > 0 else [])])


def _differences(before: Seen, after: Seen) -> Iterator[tuple[str, str]]:
    """Say how two quotes differ, what is paid first, each with what it is about."""
    for label, old, new in _aspects(before, after):
        if old != new:
            yield label, f"{label} {old} → {new}"
    for sentence in _granted(before["entitlements"]["after"], after["entitlements"]["after"]):
        yield "granted", sentence
    if before["message"] != after["message"]:
        yield "message", f"message {_text(before['message'])} → {_text(after['message'])}"


def _aspects(before: Seen, after: Seen) -> Iterator[tuple[str, str, str]]:
    yield from _charges(before, after)
    yield "takes effect", *_effective(before, after)
    yield "credit", _credit(before), _credit(after)
    yield "refund", before["credit"]["to_refund"], after["credit"]["to_refund"]
    yield "next charge", *_next_charges(before["next_charge"], after["next_charge"])
    yield "account credit", before["account_credit"]["after"], after["account_credit"]["after"]
    yield "days by credit", str(before["credit"]["days"]), str(after["credit"]["days"])
    yield "add-ons that end", _ended(before), _ended(after)


def _charges(before: Seen, after: Seen) -> Iterator[tuple[str, str, str]]:
    """Say what is due, and what is charged before credit where that moves otherwise."""
    due = [Decimal(quote["due_now"]) for quote in (before, after)]
    charged = [charged_by(quote) for quote in (before, after)]
    if charged[1] - charged[0] != due[1] - due[0]:
        yield "charge", str(charged[0]), str(charged[1])
    yield "due now", before["due_now"], after["due_now"]


def charged_by(quote: Seen) -> Decimal:
    """Return what a quote charges now, whatever it is paid with."""
    parts = quote["due_now"], quote["account_credit"]["used"], quote["credit"]["to_charge"]
    return sum((Decimal(part) for part in parts), Decimal(0))


def _effective(before: Seen, after: Seen) -> tuple[str, str]:
    """Return when two quotes take effect: their days only where the words are the same."""
    old, new = (_WHEN[quote["effective"]] for quote in (before, after))
    return (before["effective_at"][:10], after["effective_at"][:10]) if old == new else (old, new)


def _credit(quote: Seen) -> str:
    """Return the credit that is not lost."""
    return str(Decimal(quote["credit"]["earned"]) - Decimal(quote["credit"]["forfeited"]))


def _next_charges(old: Any, new: Any) -> tuple[str, str]:
    """Return the next charges, with their days only where those differ."""
    dated = old is not None and new is not None and old["at"][:10] != new["at"][:10]
    shown = ["none" if charge is None else _charge(charge, dated=dated) for charge in (old, new)]
    return shown[0], shown[1]


def _charge(charge: Any, *, dated: bool) -> str:
    return f"{charge['amount']} on {charge['at'][:10]}" if dated else str(charge["amount"])


def _ended(quote: Seen) -> str:
    return ", ".join(f"`{addon['id']}`" for addon in quote["addons"]["ended"]) or "none"


def _granted(old: Seen, new: Seen) -> Iterator[str]:
    for id in dict.fromkeys((*old, *new)):
        if old.get(id) != new.get(id):
            yield f"`{id}` {_grant(old.get(id))} → {_grant(new.get(id))}"


def _grant(value: object) -> str:
    if value is None:
        return "not granted"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _text(text: str | None) -> str:
    return "none" if text is None else quoted(text)


def _elsewhere(before: Seen, after: Seen) -> str:
    """Say what else differs: the first parts of the answers that do, by their paths."""
    found = list(_leaves("", before, after))
    more = len(found) - MOST_PARTS
    return ", ".join([*found[:MOST_PARTS], *([f"and {more} more"] if more > 0 else [])])


def _leaves(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _leaves(f"{path}.{key}" if path else key, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _leaves(f"{path}.{number}", one, other)
    elif old != new:
        yield f"`{path}` {_leaf(old)} → {_leaf(new)}"


def _leaf(value: object) -> str:
    """Return a value of an answer; what holds several others is only said to be there."""
    if isinstance(value, Mapping | list):
        return "some" if value else "none"
    return value_said(value)
