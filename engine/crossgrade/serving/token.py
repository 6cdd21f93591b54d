"""A token: a signed quote, by which checkout charges what was shown while all that the quote rested on is unchanged."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Struct

from crossgrade.deciding.engine import Engine, MembershipIn, Own, SelectionIn
from crossgrade.deciding.grounds import grounds_json
from crossgrade.facts import border
from crossgrade.facts.own_facts import own_facts
from crossgrade.facts.readers import Setting
from crossgrade.model.calendar import local_day
from crossgrade.model.decision import Decision, Quote
from crossgrade.model.policy import Policy
from crossgrade.serving.keys import Keys
from crossgrade.serving.seal import base64url, mark, opened, sealed
from crossgrade.serving.store import UnknownPolicy
from crossgrade.serving.token_error import TokenError

LONGEST = timedelta(days=366)
"""No quote holds for longer."""
SKEW = timedelta(minutes=1)
"""By so much may the clock of the server that verifies be behind that of the one that quoted."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Claims(Struct, frozen=True, forbid_unknown_fields=True):
    """What a token says. Of the facts it holds short keyed hashes, so it gives none of them away.

    `quote` is the keyed hash of the quote's id; `facts` are those of the single facts, one after the other.
    """

    at: Instant
    until: Instant
    due_now: str
    currency: str
    policy: str
    quote: str
    facts: str


class SignedQuote(Struct, frozen=True):
    """A quote whose token holds: `quote.due_now` may be charged, as it was shown at `at`; it holds until `until`."""

    quote: Quote
    at: datetime
    until: datetime


def sign(quote: Quote, keys: Keys, valid_for: timedelta) -> str:
    """Return a token that holds the quote from its instant on for a time, such as `timedelta(minutes=15)`.

    It is text that is safe in a URL, a form or a session, below 1,000 characters for a policy with a dozen facts of its
    own. It says the amount, the instants and the digest of the policy to whoever reads it, and no fact. It can be shown
    twice: the second time the facts have changed, if the first one was carried out and `membership` stored.

    Raises TokenError `bad_duration` for a time that is not above 0 and at most 366 days, `too_long` beyond 8,192
    characters (several hundred facts).
    """
    facts = quote.grounds.make_facts()
    at = datetime.fromisoformat(facts["at"]).astimezone(UTC)
    secret = keys.secrets[keys.current]
    id, due_now, currency = _shown(secret, quote)
    marks = "".join(_mark_of_fact(secret, id, *fact) for fact in _named(facts))
    digest = quote.grounds.policy.digest
    claims = Claims(at, _until(at, valid_for), due_now, currency, digest, id, marks)
    return sealed(msgspec.json.encode(claims), keys)


def verify(  # noqa: PLR0913 - what a decision rests on
    token: str,
    keys: Keys,
    engine: Engine,
    membership: MembershipIn,
    selection: SelectionIn = None,
    *,
    at: datetime | str,
    usage: Own | None = None,
    customer: Own | None = None,
    request: Own | None = None,
    locale: str | None = None,
    earlier: Callable[[str], Engine] | None = None,
) -> SignedQuote:
    """Return the quote that was signed, decided again at its own instant, if it still holds at `at`.

    Pass the facts as they are now, read afresh, as to `decide`. The amounts are those that were shown, also where a
    day has begun since. A policy that was replaced since is `facts_changed`, unless `earlier` finds the engine of its
    digest or raises UnknownPolicy: `store.by_digest` of a PolicyStore keeps the prices that were shown.

    Raises TokenError, whose `code` says why the token does not hold and whose `changed` names what has changed, and
    InvalidFacts where the facts cannot be read.

    Store with each order, in one transaction with the membership: the token; `quote.id` (the idempotency key of the
    payment); `at`; `quote.grounds.policy` (id, day, digest); `quote.lines`; `quote.due_now` with its currency; and the
    facts that were passed here. With them the same engine decides the very same quote at any later time. Give every
    membership its `id`: else two customers with the same facts have the same quotes.

    >>> import crossgrade
    >>> engine = crossgrade.load("policies/netflix")
    >>> keys = Keys(current="2026-06", secrets={"2026-06": bytes(range(32))})
    >>> held = {
    ...     "id": "m-1", "plan": "standard", "paid": "15.49",
    ...     "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-07-01T00:00:00Z"},
    ... }
    >>> wanted = {"plan": "premium"}
    >>> shown = engine.decide(held, wanted, at="2026-06-30T23:55:00Z")
    >>> token = sign(shown, keys, timedelta(minutes=15))
    >>> verify(token, keys, engine, held, wanted, at="2026-07-01T00:05:00Z").quote.id == shown.id
    True
    >>> verify(token, keys, engine, {**held, "paid": "0.00"}, wanted, at="2026-07-01T00:05:00Z")
    Traceback (most recent call last):
    ...
    crossgrade.serving.token_error.TokenError: changed since the quote: `membership.paid`; show a new one
    """
    body, secret = opened(token, keys)
    claims = _claims(body)
    _check_time(claims, border.at(at, Setting(engine.policy.zone, engine.policy.currency)))
    own = {"usage": usage, "customer": customer, "request": request}
    deciding, policy = _version(claims, engine, earlier)
    changed = _changed(claims, secret, _facts(policy, membership, selection, claims.at, own))
    if changed:
        raise _facts_changed(*changed)
    decision = deciding.decide(membership, selection, at=claims.at, locale=locale, **own)
    return SignedQuote(_the_same(decision, claims, secret), claims.at, claims.until)


def _until(at: datetime, valid_for: timedelta) -> datetime:
    try:
        if timedelta(0) < valid_for <= LONGEST:
            return at + valid_for
    except OverflowError as problem:
        raise TokenError("bad_duration", f"there is no instant {valid_for} after {at.isoformat()}") from problem
    raise TokenError("bad_duration", f"a quote holds for more than 0 and at most {LONGEST.days} days, not {valid_for}")


def _claims(body: bytes) -> Claims:
    try:
        claims = msgspec.json.decode(body, type=Claims)
    except msgspec.DecodeError as problem:
        raise TokenError("malformed", f"the token does not say what a quote's says: {problem}") from problem
    if msgspec.json.encode(claims) != body:
        raise TokenError("malformed", "the token is not written as `sign` writes it")
    return claims


def _check_time(claims: Claims, at: datetime) -> None:
    if claims.at - at > SKEW:
        raise TokenError("not_yet_valid", f"the quote is of {claims.at.isoformat()}, and it is {at.isoformat()}")
    if at >= claims.until:
        raise TokenError("expired", f"the quote held until {claims.until.isoformat()}; show a new one")


def _version(claims: Claims, engine: Engine, earlier: Callable[[str], Engine] | None) -> tuple[Engine, Policy]:
    """Return an engine and its version that decide at the instant of the quote by the policy it was made by."""
    policy = _in_force(engine, claims.at)
    if policy is not None and policy.digest == claims.policy:
        return engine, policy
    if earlier is None:
        raise _facts_changed("policy")
    try:
        older = earlier(claims.policy)
    except UnknownPolicy as problem:
        raise _facts_changed("policy") from problem
    return older, older.policy


def _in_force(engine: Engine, at: datetime) -> Policy | None:
    newest_first = reversed(engine.versions.policies)
    return next((policy for policy in newest_first if policy.effective <= local_day(at, policy.zone)), None)


def _facts(
    policy: Policy, membership: MembershipIn, selection: SelectionIn, at: datetime, own: Mapping[str, Own | None]
) -> dict[str, Any]:
    """Return the facts as they are now, in the form of those that were quoted."""
    setting = border.setting_for(membership, policy)
    given = own_facts({name: values for name, values in own.items() if values is not None}, policy, setting)
    found = border.membership(membership, setting)
    return grounds_json(policy, found, border.selection(selection, setting), at, given)


def _named(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the single facts by the names that a caller knows."""
    for section in ("membership", "selection"):
        yield from ((f"{section}.{key}", value) for key, value in facts[section].items())
    yield from facts["facts"].items()


def _changed(claims: Claims, secret: bytes, facts: Mapping[str, Any]) -> tuple[str, ...]:
    quoted = {claims.facts[start : start + _MARK] for start in range(0, len(claims.facts), _MARK)}
    return tuple(
        name for name, value in _named(facts) if _mark_of_fact(secret, claims.quote, name, value) not in quoted
    )


_MARK = 8
"""The characters of the hash of a single fact. It only names what has changed; whether, the hash of the id says."""


_written = json.JSONEncoder(sort_keys=True).encode


def _mark_of_fact(secret: bytes, quote: str, name: str, value: object) -> str:
    # The quote is hashed with it, so that two tokens do not tell whether they rest on the same fact.
    return base64url(mark(secret, "fact", quote, name, _written(value)))[:_MARK]


def _shown(secret: bytes, quote: Quote) -> tuple[str, str, str]:
    """Return what a token says of the quote itself: the hash of its id, the amount and the currency."""
    return base64url(mark(secret, "quote", quote.id)), str(quote.due_now), quote.currency.code


def _the_same(decision: Decision, claims: Claims, secret: bytes) -> Quote:
    """Return the decision if it is the quote that was signed."""
    shown = (claims.quote, claims.due_now, claims.currency)
    if isinstance(decision, Quote) and shown == _shown(secret, decision):
        return decision
    # The facts and the policy are the same: another release of this package decides otherwise.
    raise _facts_changed("policy")


def _facts_changed(*names: str) -> TokenError:
    listed = ", ".join(f"`{name}`" for name in names)
    return TokenError("facts_changed", f"changed since the quote: {listed}; show a new one", names)
