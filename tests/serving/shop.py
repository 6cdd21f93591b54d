"""A shop whose price is its points: every decision shows whether it is right for the policy that it names."""

import os
from pathlib import Path
from random import Random
from threading import get_ident

from crossgrade import Decision, Engine, InvalidFacts, Quote, Refusal, load

SIZE = 30 if os.environ.get("CROSSGRADE_SOAK") else 1
"""How many times longer the tests of load take in a soak run."""

AT = "2026-06-11T00:00:00Z"
MEMBERSHIP = {
    "plan": "basic",
    "price": "monthly",
    "paid": "5.00",
    "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-07-01T00:00:00Z"},
}
POLICY = """
policy: {id}
effective: {day}
currency: USD
plans:
  basic: {{prices: {{monthly: 5}}}}
  premium: {{prices: {{monthly: {price}}}}}
families: {{all: [basic, premium]}}
facts: {{customer.points: {{type: integer, default: 0}}}}
restrictions:
  - {{id: too-few, when: {{customer.points: {{less_than: {price}}}}}, message: Too few.}}
  - {{id: too-many, when: {{customer.points: {{more_than: {top}}}}}, message: Too many.}}
transitions:
  - {{id: move, change: any, terms: {{effective: immediately, billing_date: restart, charge: full, credit: none}}}}
"""
CASES = """
membership: {{plan: basic, paid: 5.00, period: {{start: 2026-06-01, end: 2026-07-01}}}}
cases:
  - name: the price of the day
    at: 2026-06-11
    customer: {{points: {price}}}
    selection: {{plan: premium}}
    expect: {{outcome: quote, due_now: {price}}}
"""


def policy(price: int, *, id: str = "shop", day: str = "2025-01-01") -> str:
    return POLICY.format(id=id, day=day, price=price, top=price + 10)


def cases(price: int) -> str:
    return CASES.format(price=price)


def write(folder: Path, text: str, name: str = "policy.yaml") -> None:
    """Put a file in its place in one step, as a careful deployment does."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{name}.{os.getpid()}.{get_ident()}.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / name)


def by_digest(folder: Path, *prices: int) -> dict[str, int]:
    """Return the price of each policy by its digest; `folder` is for scratch."""
    found = {}
    for price in prices:
        write(folder, policy(price))
        found[load(folder, matcher="plain").policy.digest] = price
    return found


def ask(engine: Engine, points: int) -> Decision:
    return engine.decide(MEMBERSHIP, {"plan": "premium"}, at=AT, customer={"points": points})


def due(engine: Engine) -> str:
    """Return what premium costs, by an engine that never refuses somebody with as many points as it costs."""
    cents = engine.policy.plans["premium"].prices["monthly"].amounts["USD"]
    decision = ask(engine, cents // 100)
    assert isinstance(decision, Quote)
    return str(decision.due_now)


def is_right(decision: Decision, points: int, price: int) -> bool:
    """Say whether a decision is the one of the policy with that price."""
    if price <= points <= price + 10:
        return isinstance(decision, Quote) and decision.due_now.minor == price * 100
    rule = "too-few" if points < price else "too-many"
    return isinstance(decision, Refusal) and [reason.rule for reason in decision.reasons] == [rule]


def wrong_decisions(engine: Engine, prices: dict[str, int], turns: int, seed: int) -> list[str]:
    """Decide for many customers, some with facts that are none, and return what is wrong for the digest it names."""
    random, wrong = Random(seed), []
    for turn in range(turns):
        points = random.randrange(60)
        if turn % 50 == 49:
            try:
                ask(engine, str(points))  # type: ignore[arg-type]
                wrong.append("a text passed for points")
            except InvalidFacts:
                continue
        decision = ask(engine, points)
        price = prices[decision.grounds.policy.digest]
        if not is_right(decision, points, price):
            wrong.append(f"{points} points at a price of {price}: {decision.to_dict()}")
    return wrong


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
