"""The kind of a change, the comparisons that rules can test, and what makes a change of plan an upgrade."""

from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP, engine_for, loaded

from crossgrade import Engine
from crossgrade.facts import border
from crossgrade.facts.own_facts import own_facts
from crossgrade.facts.situation import held, situation
from crossgrade.facts.vocabulary import Fact, vocabulary

AT = "2026-11-16T00:00:00Z"


def facts_at(
    engine: Engine, member: dict[str, Any], selection: dict[str, Any], at: str = AT, **own: Any
) -> dict[str, Any]:
    """Return every fact of a situation that can be derived."""
    policy, member = engine.policy, {"paid": "0.00", **member}
    setting = border.setting_for(member, policy)
    given = own_facts(own, policy, setting)
    found = held(policy, border.membership(member, setting), setting.currency, border.at(at, setting), given)
    whole = situation(found, border.selection(selection, setting))
    known: dict[str, Fact] = vocabulary(
        plans=policy.plans,
        addons=policy.addons,
        families=policy.families,
        entitlements=policy.entitlements,
        declared=policy.facts,
    )
    return {name: fact.derive(whole) for name, fact in known.items()}


def held_(**more: Any) -> dict[str, Any]:
    return {**MEMBERSHIP, **more}


FREE = held_(plan="free", price="free", paid=None, period=None)
LIFETIME = held_(plan="large", price="lifetime", paid="1000.00", period=None)
YEARLY = held_(price="yearly", paid="360.00", period={"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"})
SEATS = held_(plan="seats", quantity=3)
WAITS = {"pending_change": {"plan": "large", "price": "monthly", "at": "2026-12-01T00:00:00Z", "rule": "all"}}
DISK = {"addons": {"disk": {"quantity": 2, "paid": "12.00"}}}
SUPPORT = {"addons": {"support": {"quantity": 1, "paid": "9.00"}}}

# member, selection, kind, and change.plan, interval, quantity, addons, price_per_day
CHANGES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    (held_(), {}, "none", "same same same same equal"),
    (held_(), {"plan": "small", "price": "monthly", "quantity": 1, "addons": {}}, "none", "same same same same equal"),
    (held_(), {"plan": "large"}, "upgrade", "upgrade same same same higher"),
    (held_(plan="large"), {"plan": "small"}, "downgrade", "downgrade same same same lower"),
    (held_(), {"plan": "large", "price": "yearly", "quantity": 2}, "upgrade", "upgrade longer more same higher"),
    (held_(), {"price": "yearly"}, "longer_interval", "same longer same same equal"),
    (YEARLY, {"price": "monthly"}, "shorter_interval", "same shorter same same equal"),
    (FREE, {"plan": "small", "price": "monthly"}, "upgrade", "upgrade longer same same higher"),
    (held_(), {"plan": "free"}, "downgrade", "downgrade shorter same same lower"),
    (held_(), {"plan": "large", "price": "lifetime"}, "upgrade", "upgrade longer same same higher"),
    (held_(plan="large"), {"price": "lifetime"}, "longer_interval", "same longer same same higher"),
    (LIFETIME, {"price": "monthly"}, "shorter_interval", "same shorter same same lower"),
    (SEATS, {"quantity": 5}, "more_units", "same same more same equal"),
    (SEATS, {"quantity": 1}, "fewer_units", "same same fewer same equal"),
    (SEATS, {"quantity": 5, "add_addons": {"disk": 1}}, "more_units", "same same more added equal"),
    (held_(), {"add_addons": {"disk": 1}}, "addons_added", "same same same added equal"),
    (held_(**DISK), {"add_addons": {"disk": 1}}, "addons_added", "same same same added equal"),
    (held_(**DISK), {"addons": {"disk": 3}}, "addons_added", "same same same added equal"),
    (held_(**DISK), {"addons": {"disk": 1}}, "addons_removed", "same same same removed equal"),
    (held_(**DISK), {"remove_addons": ["disk"]}, "addons_removed", "same same same removed equal"),
    (held_(**DISK), {"addons": {}}, "addons_removed", "same same same removed equal"),
    (held_(**DISK), {"addons": {"backup": 1}}, "addons_swapped", "same same same swapped equal"),
    (held_(**DISK), {"addons": {"disk": 1, "backup": 1}}, "addons_swapped", "same same same swapped equal"),
    (held_(**SUPPORT), {"plan": "large"}, "upgrade", "upgrade same same same higher"),
    (held_(**SUPPORT), {"plan": "grand", "price": "monthly"}, "upgrade", "upgrade same same removed higher"),
    (held_(plan="large"), {"add_addons": {"support": 1}}, "none", "same same same same equal"),
    (held_(plan="large"), {"add_addons": {"support": 1, "disk": 1}}, "addons_added", "same same same added equal"),
    (held_(plan="grand"), {"add_addons": {"support": 1}}, "addons_added", "same same same added equal"),
    (held_(plan="grand", **SUPPORT), {}, "none", "same same same same equal"),
    (held_(plan="grand", **SUPPORT), {"add_addons": {"support": 1}}, "addons_swapped", "same same same swapped equal"),
    (
        {**FREE, "period": MEMBERSHIP["period"], "addons": {"backup": {"price": "monthly", "paid": "3.00"}}},
        {"addons": {"backup": {"price": "yearly"}}},
        "addons_swapped",
        "same same same swapped equal",
    ),
    (held_(**WAITS), {}, "withdrawal", "same same same same equal"),
    (held_(**WAITS), {"plan": "grand", "price": "monthly"}, "upgrade", "upgrade same same same higher"),
    (held_(plan="large", **WAITS), {"add_addons": {"support": 1}}, "none", "same same same same equal"),
    (held_(status="cancelled"), {}, "reactivation", "same same same same equal"),
    (held_(status="expired"), {"plan": "large"}, "reactivation", "upgrade same same same higher"),
    (held_(status="cancelled", **WAITS), {}, "withdrawal", "same same same same equal"),
    (held_(status="past_due"), {"plan": "large"}, "upgrade", "upgrade same same same higher"),
]


@pytest.mark.parametrize(("member", "selection", "kind", "parts"), CHANGES)
def test_the_kind_and_the_comparisons(member: dict[str, Any], selection: dict[str, Any], kind: str, parts: str) -> None:
    found = facts_at(engine_for("RF", {}), member, selection)
    shown = [found[f"change.{name}"] for name in ("plan", "interval", "quantity", "addons", "price_per_day")]
    assert (found["change.kind"], " ".join(shown)) == (kind, parts)


PRICED = """
policy: priced
effective: 2020-01-01
currency: USD
direction: {direction}
plans:
  a: {{title: A, prices: {{monthly: 30.00, yearly: 365.00, fortnight: {{amount: 14.00, every: 14 days}}}}}}
  b: {{title: B, prices: {{monthly: 31.00, yearly: 360.00, lifetime: {{amount: 10.00, every: once}}}}}}
  c: {{title: C, prices: {{yearly: 366.00, four-weeks: {{amount: 28.00, every: 4 weeks}}, daily: 1.00}}}}
  d: {{title: D, prices: {{lifetime: {{amount: 20.00, every: once}}}}}}
  e: {{title: E, prices: {{daily: 1.00}}}}
families: {{one: [[c, a], b, d]}}
transitions: [{{id: all, change: any, to: any_family, terms: {{effective: period_end}}}}]
"""

# held, target, and the direction by rank, price_per_day, price; the kind of an interval's change stays
DIRECTIONS = [
    ("a/monthly", "b/monthly", "upgrade upgrade upgrade"),
    ("b/monthly", "a/monthly", "downgrade downgrade downgrade"),
    ("a/monthly", "c/daily", "crossgrade upgrade downgrade"),  # a shared rank; 30.00 of 30.4375 days is 0.9856 a day
    ("a/yearly", "b/yearly", "upgrade downgrade downgrade"),
    ("a/fortnight", "c/four-weeks", "crossgrade crossgrade upgrade"),  # both 1.00 a day
    ("a/fortnight", "c/daily", "crossgrade crossgrade downgrade"),
    ("a/yearly", "c/yearly", "crossgrade upgrade upgrade"),
    ("a/monthly", "b/lifetime", "upgrade upgrade downgrade"),  # once is above every interval
    ("b/lifetime", "a/monthly", "downgrade downgrade upgrade"),
    ("b/lifetime", "d/lifetime", "upgrade upgrade upgrade"),
    ("a/monthly", "e/daily", "crossgrade upgrade downgrade"),  # e is in no family
    ("e/daily", "a/fortnight", "crossgrade crossgrade upgrade"),
]


@pytest.mark.parametrize(("before", "after", "expected"), DIRECTIONS)
def test_directions(before: str, after: str, expected: str) -> None:
    plan, price = before.split("/")
    period = None if price == "lifetime" else MEMBERSHIP["period"]
    target = dict(zip(("plan", "price"), after.split("/"), strict=True))
    found = [
        facts_at(loaded(PRICED.format(direction=way)), {"plan": plan, "price": price, "period": period}, target)[
            "change.plan"
        ]
        for way in ("rank", "price_per_day", "price")
    ]
    assert " ".join(found) == expected


def test_an_agreed_price_is_compared_with_the_list_price() -> None:
    engine = loaded(PRICED.format(direction="price_per_day"))
    member = {"plan": "a", "price": "monthly", "unit_amount": "40.00", "period": MEMBERSHIP["period"]}
    assert facts_at(engine, member, {"plan": "b"})["change.plan"] == "downgrade"


def test_another_price_of_the_same_interval_is_a_change_of_price() -> None:
    text = PRICED.format(direction="rank").replace(
        "monthly: 30.00", "monthly: 30.00, loyal: {amount: 25.00, every: month}"
    )
    found = facts_at(
        loaded(text), {"plan": "a", "price": "monthly", "period": MEMBERSHIP["period"]}, {"price": "loyal"}
    )
    assert (found["change.kind"], found["change.interval"], found["change.price_per_day"]) == (
        "price_change",
        "same",
        "lower",
    )


PERIOD = {"start": "2026-10-31T23:00:00Z", "end": "2026-11-30T23:00:00Z"}


@pytest.mark.parametrize(
    ("zone", "at", "used", "left"),
    [
        ("UTC", "2026-11-01T00:00:00Z", 0, 30),
        ("UTC", "2026-11-16T23:59:59Z", 15, 15),
        ("UTC", "2026-12-01T00:00:00Z", 30, 0),
        ("UTC", "2027-12-01T00:00:00Z", 30, 0),
        ("Europe/Berlin", "2026-11-15T23:00:00Z", 15, 15),
        ("Europe/Berlin", "2026-11-15T22:59:59Z", 14, 16),
    ],
)
def test_days_are_the_zones(zone: str, at: str, used: int, left: int) -> None:
    engine = engine_for("RF", {} if zone == "UTC" else {"timezone": zone})
    member = held_() if zone == "UTC" else held_(period=PERIOD)
    found = facts_at(engine, member, {"plan": "large"}, at)
    assert [found[f"membership.{name}"] for name in ("days_used", "days_left", "period_days")] == [used, left, 30]


FULL = held_(
    started="2026-01-01",
    last_changed="2026-11-10T12:00:00Z",
    changes_this_period=2,
    payment_pending=True,
    account_credit="7.00",
    status="trialing",
    addons={"disk": {"quantity": 2, "paid": "12.00"}},
)
VALUES = {
    "membership.status": "trialing",
    "membership.plan": "small",
    "membership.price": "monthly",
    "membership.family": "all",
    "membership.rank": 2,
    "membership.interval": "month",
    "membership.quantity": 1,
    "membership.recurring_amount": "42.00",
    "membership.paid": "30.00",
    "membership.trialing": True,
    "membership.payment_pending": True,
    "membership.has_pending_change": False,
    "membership.changes_this_period": 2,
    "membership.age_days": 319,
    "membership.days_since_change": 6,
    "membership.account_credit": "7.00",
    "membership.addon.disk": 2,
    "membership.addon.backup": 0,
    "target.plan": "large",
    "target.rank": 3,
    "target.interval": "month",
    "target.recurring_amount": "72.00",
    "target.trial_days": 0,
    "target.addon.disk": 2,
    "change.amount_difference": "30.00",
    "usage.disk": 41,
    "exceeds.disk": True,
    "exceeds.any": True,
    "loses.disk": False,
    "loses.support": False,
    "loses.any": False,
    "customer.had_trial": False,
    "at.date": "2026-11-16",
    "at.weekday": "monday",
    "at.day_of_month": 16,
}


@pytest.mark.parametrize("name", VALUES)
def test_a_fact(name: str) -> None:
    found = facts_at(engine_for("RF", {}), FULL, {"plan": "large"}, usage={"disk": 41})[name]
    assert (found if isinstance(found, bool | int) else str(found)) == VALUES[name]


@pytest.mark.parametrize(
    ("member", "selection", "usage", "expected"),
    [
        (held_(plan="large"), {"plan": "small"}, 5, (False, True, True)),  # 20 -> 5: not exceeded, less
        (held_(plan="large"), {"plan": "small"}, 6, (True, True, True)),
        (held_(), {"plan": "large"}, 20, (False, False, False)),
        (held_(**DISK), {"addons": {"disk": 1}}, 15, (False, True, False)),
        (held_(**DISK), {"addons": {"disk": 1}}, 16, (True, True, False)),
        (held_(plan="grand"), {}, 1, (True, False, False)),  # grants nothing
        (held_(**SUPPORT), {"plan": "large"}, 0, (False, False, False)),
        (held_(**SUPPORT), {"remove_addons": ["support"]}, 0, (False, False, True)),
    ],
)
def test_exceeds_and_loses(
    member: dict[str, Any], selection: dict[str, Any], usage: int, expected: tuple[bool, ...]
) -> None:
    found = facts_at(engine_for("RF", {}), member, selection, usage={"disk": usage})
    assert (found["exceeds.disk"], found["loses.disk"], found["loses.support"]) == expected


@pytest.mark.parametrize(
    ("status", "ends", "expected"),
    [
        ("active", None, False),
        ("active", "2026-11-16T00:00:00Z", False),
        ("active", "2026-11-16T00:00:01Z", True),
        ("trialing", None, True),
    ],
)
def test_trialing(status: str, ends: str | None, *, expected: bool) -> None:
    found = facts_at(engine_for("RF", {}), held_(status=status, trial_ends=ends), {"plan": "large"})
    assert found["membership.trialing"] is expected


def test_without_a_period_days_are_0_and_without_a_family_there_is_no_rank() -> None:
    engine = loaded(PRICED.format(direction="rank"))
    found = facts_at(engine, {"plan": "d", "price": "lifetime"}, {"plan": "e", "price": "daily"})
    assert [found[f"membership.{name}"] for name in ("days_used", "days_left", "period_days", "age_days")] == [
        0,
        0,
        0,
        0,
    ]
    assert (found["target.family"], found["target.rank"], found["membership.interval"]) == ("none", 0, "once")
