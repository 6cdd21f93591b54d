"""A policy, a membership and a signed quote, for the tests of tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.billing.quoting import loaded

from crossgrade import Engine, Quote
from crossgrade.serving.keys import Keys
from crossgrade.serving.token import SignedQuote, sign, verify
from crossgrade.serving.token_error import TokenError

POLICY = """
policy: held
effective: 2020-01-01
timezone: Europe/Berlin
currency: USD
plans:
  small: {title: Small, prices: {monthly: 30.00, yearly: 300.00}}
  large: {title: Large, prices: {monthly: 90.00, yearly: 900.00}}
addons:
  disk: {title: Disk, prices: {monthly: 6.00}}
families: {all: [small, large]}
facts:
  customer.staff: {type: boolean, default: false}
  usage.seats: {type: integer, default: 0}
  request.channel: {type: string, default: web}
restrictions:
  - {id: unpaid, when: {membership.payment_pending: true}, message: Please pay first.}
transitions:
  - {id: all, change: [plan_change, addon_change, quantity_change], terms: now}
terms:
  now: {billing_date: restart, charge: full, credit: unused}
"""
MEMBER: dict[str, Any] = {
    "id": "m-1",
    "plan": "small",
    "price": "monthly",
    "paid": "30.00",
    "period": {"start": "2026-06-01T00:00:00+02:00", "end": "2026-07-01T00:00:00+02:00"},
}
WANTED: dict[str, Any] = {"plan": "large", "price": "monthly"}
AT = datetime(2026, 6, 10, 22, 0, 0, 250_000, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
KEYS = Keys("june", {"june": bytes(range(32)), "may": bytes(range(32, 64))})


def engine(text: str = POLICY) -> Engine:
    return loaded(text)


def quoted(**own: Any) -> Quote:
    found = engine().decide(MEMBER, WANTED, at=AT, **own)
    assert isinstance(found, Quote)
    return found


def token(keys: Keys = KEYS, **own: Any) -> str:
    return sign(quoted(**own), keys, QUARTER)


def held(text: str, membership: Any = MEMBER, selection: Any = WANTED, keys: Keys = KEYS, **more: Any) -> SignedQuote:
    asked = {"at": AT + timedelta(minutes=1), **more}
    return verify(text, keys, asked.pop("engine", engine()), membership, selection, **asked)


def error_of(text: Any, *args: Any, **more: Any) -> TokenError:
    """Return the error of a token that does not hold."""
    try:
        held(text, *args, **more)
    except TokenError as problem:
        return problem
    raise AssertionError("the token holds")
