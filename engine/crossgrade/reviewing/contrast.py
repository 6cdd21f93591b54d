"""A contrast: what two answers to the same member differ in, in the customer's terms."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from crossgrade.errors import InvalidFacts
from crossgrade.facts.vocabulary import more
from crossgrade.model.decision import NoChange, Quote, Refusal
from crossgrade.reviewing.consequence import ConsequenceKind
from crossgrade.reviewing.witness import Answer, seen

What = Literal["due now", "next charge", "credit"]


class Contrast(Struct, frozen=True):
    """One difference; of an amount, what amount and by how many minor units, the new less the old."""

    kind: ConsequenceKind
    what: What | None = None
    difference: int = 0


def contrasts(old: Answer, new: Answer, possible: tuple[bool, bool]) -> list[Contrast]:
    """Return what differs between two answers, nothing where callers see the same.

    `possible` says whether the old and the new policy quote such a change at all, whatever the facts.
    """
    if isinstance(old, Quote) and isinstance(new, Quote):
        found = list(_of_quotes(old, new))
        if found or seen(old) == seen(new):
            return found
        return [Contrast("message")]
    if _kind(old) == _kind(new):
        return [Contrast("message")] if seen(old) != seen(new) else []
    return [Contrast(_between(old, new, possible))]


def _kind(answer: Answer) -> str:
    return "error" if isinstance(answer, InvalidFacts) else answer.outcome


_MISSING = ("missing_fact", "missing_paid", "unknown_fact")


def _between(old: Answer, new: Answer, possible: tuple[bool, bool]) -> ConsequenceKind:
    if isinstance(old, InvalidFacts | Refusal) and isinstance(new, InvalidFacts | Refusal):
        return "message"
    if isinstance(new, InvalidFacts) and new.code in _MISSING:
        return "new-required-fact"
    if isinstance(new, NoChange):
        return "now-no-change"
    if isinstance(old, NoChange):
        return "no-longer-no-change"
    if isinstance(old, Quote):
        return "new-refusal" if possible[1] and not isinstance(new, InvalidFacts) else "path-lost"
    return "refusal-lifted" if possible[0] and not isinstance(old, InvalidFacts) else "path-gained"


def _of_quotes(old: Quote, new: Quote) -> Iterator[Contrast]:
    # What is charged, whatever it is paid with, tells a price from a credit.
    charged = [
        quote.due_now.minor + quote.account_credit.used.minor + quote.credit.to_charge.minor for quote in (old, new)
    ]
    yield from _amount("due now", charged[1] - charged[0], "pays-more", "pays-less")
    following = [quote.next_charge.amount.minor if quote.next_charge else 0 for quote in (old, new)]
    yield from _amount("next charge", following[1] - following[0], "pays-more", "pays-less")
    credit = [quote.credit.earned.minor - quote.credit.forfeited.minor for quote in (old, new)]
    yield from _amount("credit", credit[1] - credit[0], "credit-gained", "credit-lost")
    if charged[0] == charged[1] and credit[0] == credit[1]:
        # The same is charged and credited, but the credit goes elsewhere.
        yield from _amount("due now", new.due_now.minor - old.due_now.minor, "pays-more", "pays-less")
    if old.effective_at != new.effective_at:
        yield Contrast("later" if new.effective_at > old.effective_at else "sooner")
    yield from _entitlements(old, new)


def _amount(what: What, difference: int, more_: ConsequenceKind, less: ConsequenceKind) -> Iterator[Contrast]:
    if difference:
        yield Contrast(more_ if difference > 0 else less, what, difference)


def _entitlements(old: Quote, new: Quote) -> Iterator[Contrast]:
    before, after = old.entitlements.after, new.entitlements.after
    if before == after:
        return
    names = {*before, *after}
    if any(more(before.get(name, 0), after.get(name, 0)) for name in names):
        yield Contrast("entitlement-lost")
    if any(more(after.get(name, 0), before.get(name, 0)) for name in names):
        yield Contrast("entitlement-gained")
