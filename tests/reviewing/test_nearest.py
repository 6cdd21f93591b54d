"""The nearest changes of facts that would allow what is refused, in sentences, and each of them tried."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import crossgrade
from crossgrade.deciding.engine import Engine
from crossgrade.facts import border
from crossgrade.reviewing.nearest import Asked, in_words, nearest

POLICY = """
policy: shop
effective: 2026-01-01
currency: EUR
entitlements: {disk_gb: {title: Disk, type: integer}}
plans:
  small: {title: Small, prices: {monthly: 10.00}, entitlements: {disk_gb: 10}}
  large: {title: Large, prices: {monthly: 30.00}, entitlements: {disk_gb: 100}}
families: {all: [small, large]}
facts:
  customer.country: {type: string, one_of: [DE, FR, US], default: US}
  request.seats: {type: integer, default: 1}
  customer.tax_id: {type: string, default: none, mask: true}
restrictions:
  - {id: unpaid, when: {membership.payment_pending: true}, message: Pay first.}
  - {id: fits, change: downgrade, when: {exceeds.disk_gb: true}, message: Too much.}
  - {id: frozen, when: {at.date: {less_than: 2026-03-01}, customer.country: DE}, message: Not before March.}
  - {id: untaxed, when: {customer.tax_id: unknown}, message: Your tax number?}
transitions:
  - {id: down, change: downgrade, when: {membership.days_used: {at_least: 10}}, terms: {effective: period_end}}
  - {id: up, change: upgrade, when: {request.seats: {between: [2, 5]}}, terms: now}
terms: {now: {billing_date: restart, charge: full, credit: unused}}
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    file = Path(tmp_path_factory.mktemp("nearest")) / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    return crossgrade.load(file, matcher="plain")


def asked(engine: Engine, plan: str, day: int, month: int = 6, **own: Any) -> Asked:
    held = "small" if plan == "large" else "large"
    period = {"start": f"2026-{month:02}-01T00:00:00Z", "end": f"2026-{month + 1:02}-01T00:00:00Z"}
    pending = own.pop("payment_pending", False)
    facts = {"plan": held, "paid": "10.00", "period": period, "payment_pending": pending}
    setting = border.setting_for(facts, engine.policy)
    chosen = border.selection({"plan": plan}, setting)
    return Asked(border.membership(facts, setting), chosen, datetime(2026, month, day, tzinfo=UTC), own)


CASES = [
    ("large", 5, 6, {}, ["once `request.seats` is from 2 to 5"]),
    ("large", 5, 6, {"request.seats": 9}, ["once `request.seats` is from 2 to 5"]),
    ("small", 15, 6, {"usage.disk_gb": 12}, ["once `usage.disk_gb` is at most 10"]),
    ("small", 15, 6, {"payment_pending": True}, ["once the open payment is made"]),
    ("small", 5, 6, {}, ["from June 11, 2026 to June 30, 2026"]),
    (
        "small",
        15,
        6,
        {"payment_pending": True, "usage.disk_gb": 40},
        ["once the open payment is made and `usage.disk_gb` is at most 10"],
    ),
    (
        "large",
        15,
        1,
        {"customer.country": "DE", "request.seats": 3},
        ["once `customer.country` is one of FR, US", "from March 1, 2026 on"],
    ),
    ("small", 15, 6, {"customer.tax_id": "unknown"}, []),
    ("small", 15, 6, {}, []),
]


@pytest.mark.parametrize(("plan", "day", "month", "own", "expected"), CASES)
def test_what_would_allow_it(
    engine: Engine, plan: str, day: int, month: int, own: dict[str, Any], expected: list[str]
) -> None:
    found = in_words(nearest(engine, asked(engine, plan, day, month, **own)), "en")
    assert found == tuple(f"It would be allowed {how}." for how in expected)


def test_it_is_said_in_german(engine: Engine) -> None:
    found = in_words(nearest(engine, asked(engine, "small", 5)), "de")
    assert found == ("Erlaubt wäre es, und zwar vom 11. Juni 2026 bis zum 30. Juni 2026.",)


def test_each_bound_is_where_the_refusal_ends(engine: Engine) -> None:
    question = asked(engine, "large", 5)
    (proposal,) = nearest(engine, question)
    (bound,) = proposal.bounds
    assert bound.span is not None
    for seats in range(8):
        decision = engine.decide(question.membership, question.selection, at=question.at, request={"seats": seats})
        assert (decision.outcome == "quote") is bound.span.holds(seats)
