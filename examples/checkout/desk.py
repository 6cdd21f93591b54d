"""A desk: what a checkout answers, whichever web framework asks. What is sold, and for how much, is the policy's.

Preview and payment are two requests. Between them a day may begin, the policy may be replaced, and another tab may
change the membership: the token says what was shown, and nothing else is charged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from checkout.ledger import Ledger, Member, UnknownMemberError
from crossgrade import InvalidFacts, Quote
from crossgrade.serving import Keys, PolicyStore, TokenError, sign, verify

POLICY = "shop"
HOLDS = timedelta(minutes=15)
FAULTS = (InvalidFacts, TokenError, UnknownMemberError)
"""What a request can get wrong; `fault` says how it is answered."""
FORGED = ("malformed", "bad_signature", "too_long")

Json = dict[str, Any]


def now() -> datetime:
    """The only clock of the program; a test passes another."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """One for each server process, shared by its threads."""

    store: PolicyStore
    keys: Keys
    ledger: Ledger
    clock: Callable[[], datetime] = now

    def offers(self, id: str) -> Json:
        """Everything the member can look at, each with what it costs or why it cannot be chosen."""
        at, member = self.clock(), self._member(id)
        found = self.store.engine(POLICY).offers(member.membership, at=at, usage=member.usage)
        return {"at": at.isoformat(), "offers": [offer.to_dict() for offer in found]}

    def quote(self, id: str, selection: Mapping[str, Any]) -> Json:
        """What a change costs, with a token by which it can be had at that price; none for a refusal."""
        at, member = self.clock(), self._member(id)
        decision = self.store.engine(POLICY).decide(member.membership, selection, at=at, usage=member.usage)
        token = sign(decision, self.keys, HOLDS) if isinstance(decision, Quote) else None
        return {"at": at.isoformat(), "decision": decision.to_dict(), "token": token}

    def charge(self, id: str, selection: Mapping[str, Any], token: str) -> Json:
        """Take the payment that was shown and store the order and the new membership, in one transaction.

        Raises TokenError where the facts are no longer those of the quote, as they are after the first payment.
        """
        with self.ledger.opened(write=True) as book:
            member = book.member(id)
            held = verify(
                token,
                self.keys,
                self.store.engine(POLICY),
                member.membership,
                selection,
                at=self.clock(),
                usage=member.usage,
                earlier=self.store.by_digest,
            )
            book.collect(held)
            number = book.order(id, held, _facts(member, selection, held.at), token)
            decision = held.quote.to_dict()
            book.keep(id, Member(decision["membership"], member.usage))
        return {"order": number, "charged": decision["due_now"], "decision": decision}

    def _member(self, id: str) -> Member:
        with self.ledger.opened() as book:
            return book.member(id)


def fault(problem: Exception) -> tuple[int, Json]:
    """Return the HTTP status and the body by which a mistake of a request is answered."""
    match problem:
        case TokenError(code=code, message=text, changed=changed):
            return 400 if code in FORGED else 409, {"error": code, "message": text, "changed": list(changed)}
        case InvalidFacts(code=code, message=text, path=path):
            return 422, {"error": code, "message": text, "path": path}
        case UnknownMemberError():
            return 404, {"error": "unknown_member", "message": str(problem)}
    raise problem


def _facts(member: Member, selection: Mapping[str, Any], at: datetime) -> Json:
    """The whole question: with it and the policy of the order's digest the same decision is made at any later time."""
    return {
        "membership": dict(member.membership),
        "selection": dict(selection),
        "at": at.isoformat(),
        "usage": dict(member.usage),
    }
