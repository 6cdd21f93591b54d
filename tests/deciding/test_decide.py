"""The order of the decision: withdrawal, no change, every refusal, then the first transition that holds."""

from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP, loaded

from crossgrade import Decision, Engine, NoChange, Quote, Refusal

AT = "2026-11-16T00:00:00Z"
POLICY = """
policy: rules
effective: 2020-01-01
currency: USD
entitlements: {disk: {title: Disk, type: integer}}
plans:
  basic: {title: Basic, prices: {monthly: 10.00, yearly: 100.00}, entitlements: {disk: 1}}
  plus:
    title: Plus
    prices: {monthly: 20.00, loyal: {amount: 15.00, every: month, retired: true}}
    quantity: {at_least: 1, at_most: 3}
    entitlements: {disk: 5}
  twin: {title: Twin, prices: {monthly: 20.00}, entitlements: {disk: 5}}
  old: {title: Old, prices: {monthly: 5.00}, retired: true, entitlements: {disk: 1}}
  other: {title: Other, prices: {monthly: 7.00}}
  lone: {title: Lone, prices: {monthly: 8.00}}
  closed: {title: Closed, prices: {monthly: 9.00}}
addons:
  extra:
    title: Extra
    prices: {monthly: 2.00}
    available_on: [basic, twin]
    quantity: {at_least: 2, at_most: 4}
    entitlements: {disk: 1}
  care: {title: Care, prices: {monthly: 3.00}, included_in: [plus]}
  past: {title: Past, prices: {monthly: 1.00}, retired: true}
families:
  main: [basic, old, [plus, twin]]
  second: [other]
  third: [closed]
facts:
  customer.staff: {type: boolean, default: false}
no_change:
  - {id: same-worth, same: [entitlements, amount], change: plan_change, message: "{target.title} is worth as much."}
  - {id: staff-rest, change: quantity_change, when: {customer.staff: true}}
restrictions:
  - {id: unpaid, when: {membership.payment_pending: true}, message: Please pay first.}
  - id: too-full
    change: [plan_change, addon_change]
    when: {exceeds.disk: true}
    message: "{usage.disk} of {target.entitlements.disk}, {excess.disk} too many"
  - {id: not-from-twin, from: twin, to: basic, change: downgrade, message: Stay.}
  - {id: not-back, change: reactivation, to: twin, message: Not that one.}
transitions:
  - {id: no-yearly, change: any, to: basic/yearly, refuse: Please call us.}
  - {id: staff-anywhere, change: plan_change, to: any_family, when: {customer.staff: true}, terms: now}
  - {id: to-other, change: crossgrade, to: other, when: {membership.days_left: {at_least: 10}}, terms: now}
  - {id: never-closed, change: any, to: closed, refuse: Closed is closed.}
  - {id: up, change: upgrade, terms: now}
  - {id: down, change: downgrade, terms: later}
  - {id: units, change: quantity_change, terms: now}
  - {id: addons, change: addons_added, terms: now}
  - {id: addons-later, change: [addons_removed, addons_swapped], terms: later}
  - {id: back, change: reactivation, from: [basic, plus], terms: now}
otherwise: {en: "Not on {current.title}.", de: "Nicht mit {current.title}."}
messages:
  same-selection: "{current.title} it is."
terms:
  now: {billing_date: restart, charge: full, credit: unused}
  later: {effective: period_end}
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return loaded(POLICY)


def member(**more: Any) -> dict[str, Any]:
    return {**MEMBERSHIP, "plan": "basic", "paid": "10.00", **more}


def answer(decision: Decision) -> str:
    """Return `quote rule`, `no_change rule` or `refusal rule, rule`."""
    match decision:
        case Quote(rule=rule) | NoChange(rule=rule):
            return f"{decision.outcome} {rule}"
        case Refusal(reasons=reasons):
            return f"refusal {', '.join(reason.rule for reason in reasons)}"


LATER = {"plan": "basic", "price": "monthly", "at": "2026-12-01T00:00:00Z", "rule": "down"}
LATER_PLUS = {**LATER, "plan": "plus"}
ENDS_SOON = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-20T00:00:00Z"}
STAFF = {"customer": {"staff": True}}
UNPAID = {"payment_pending": True}

DECISIONS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    # no change
    ({}, {}, {}, "no_change same-selection"),
    ({}, {"plan": "basic", "price": "monthly", "addons": {}}, {}, "no_change same-selection"),
    (UNPAID, {}, {}, "no_change same-selection"),
    ({"plan": "plus"}, {"plan": "twin"}, {}, "no_change same-worth"),
    ({"plan": "plus", **UNPAID}, {"plan": "twin"}, {}, "no_change same-worth"),
    ({"plan": "plus", "unit_amount": "18.00"}, {"plan": "twin"}, {}, "refusal otherwise"),
    ({"plan": "plus"}, {"quantity": 2}, STAFF, "no_change staff-rest"),
    ({"plan": "plus"}, {"quantity": 2}, {}, "quote units"),
    ({"plan": "plus"}, {"add_addons": {"care": 1}}, {}, "no_change included"),
    ({"plan": "plus", "pending_change": LATER}, {"add_addons": {"care": 1}}, {}, "no_change included"),
    ({}, {"plan": "plus", "add_addons": {"care": 1}}, {}, "quote up"),
    # pending changes
    ({"plan": "plus", "pending_change": LATER}, {}, {}, "quote withdrawal"),
    ({"plan": "plus", "pending_change": LATER, **UNPAID}, {"plan": "plus"}, {}, "quote withdrawal"),
    ({"plan": "plus", "pending_change": LATER}, {"plan": "basic", "price": "monthly"}, {}, "no_change already-pending"),
    ({"plan": "plus", "pending_change": LATER}, {"plan": "basic", "price": "monthly"}, STAFF, "quote staff-anywhere"),
    ({"pending_change": LATER_PLUS}, {"plan": "plus"}, {}, "quote up"),
    ({"plan": "twin", "pending_change": LATER}, {"plan": "basic", "price": "monthly"}, {}, "no_change already-pending"),
    (
        {"plan": "plus", "pending_change": {**LATER, "quantity": 2}},
        {"plan": "basic", "price": "monthly"},
        {},
        "quote down",
    ),
    ({"plan": "lone", "pending_change": {**LATER, "plan": "other"}}, {"plan": "other"}, {}, "quote to-other"),
    (
        {"plan": "lone", "pending_change": LATER_PLUS},
        {"plan": "plus", "price": "monthly"},
        {},
        "no_change already-pending",
    ),
    # refusals, all of them
    (UNPAID, {"plan": "plus"}, {}, "refusal unpaid"),
    (UNPAID, {"plan": "old"}, {"usage": {"disk": 2}}, "refusal unpaid, too-full, retired"),
    (UNPAID, {"plan": "lone", "add_addons": {"extra": 9}}, {}, "refusal unpaid, outside-family, addon-not-available"),
    ({"plan": "twin"}, {"plan": "basic", "price": "monthly"}, {}, "refusal not-from-twin"),
    ({"plan": "plus"}, {"plan": "basic", "price": "monthly"}, {}, "quote down"),
    ({}, {"plan": "plus", "quantity": 4}, {}, "refusal quantity-out-of-range"),
    ({"plan": "plus", "quantity": 4}, {"add_addons": {"past": 1}}, {}, "refusal retired"),
    ({"plan": "plus", "quantity": 4}, {"quantity": 5}, {}, "refusal quantity-out-of-range"),
    ({"plan": "plus", "quantity": 9}, {"quantity": 3}, {}, "quote units"),
    ({}, {"add_addons": {"extra": 1}}, {}, "refusal quantity-out-of-range"),
    ({}, {"add_addons": {"extra": 5}}, {}, "refusal quantity-out-of-range"),
    ({}, {"add_addons": {"extra": 2}}, {}, "quote addons"),
    ({"plan": "plus"}, {"add_addons": {"extra": 2}}, {}, "refusal addon-not-available"),
    ({"addons": {"extra": {"quantity": 2, "paid": 4}}}, {"plan": "plus"}, {}, "quote up"),
    (
        {"addons": {"extra": {"quantity": 2, "paid": 4}}},
        {"plan": "plus", "addons": {"extra": 2}},
        {},
        "refusal addon-not-available",
    ),
    ({"addons": {"extra": {"quantity": 9, "paid": 4}}}, {"plan": "twin"}, {}, "quote up"),
    # retired is kept by those who have it
    ({}, {"plan": "old"}, {}, "refusal retired"),
    ({}, {"plan": "plus", "price": "loyal"}, {}, "refusal retired"),
    ({"plan": "plus", "price": "loyal"}, {"quantity": 2}, {}, "quote units"),
    ({"plan": "plus"}, {"price": "loyal"}, {}, "refusal retired"),
    ({"plan": "old"}, {"quantity": 2}, {}, "quote units"),
    ({"plan": "old"}, {"plan": "plus"}, {}, "quote up"),
    ({"addons": {"past": {"paid": 1}}}, {"add_addons": {"extra": 2}}, {}, "quote addons"),
    # outside the family, `when` included
    ({}, {"plan": "lone"}, {}, "refusal outside-family"),
    ({}, {"plan": "lone"}, STAFF, "quote staff-anywhere"),
    ({}, {"plan": "other"}, {}, "quote to-other"),
    (
        {"period": ENDS_SOON},
        {"plan": "other"},
        {},
        "refusal outside-family",
    ),
    ({}, {"plan": "closed"}, {}, "refusal never-closed"),
    ({"plan": "lone"}, {"plan": "plus", "price": "monthly"}, {}, "refusal outside-family"),
    ({"plan": "lone"}, {"quantity": 2}, {}, "quote units"),
    # the first transition that holds
    ({}, {"price": "yearly"}, {}, "refusal no-yearly"),
    ({"plan": "plus"}, {"plan": "basic", "price": "yearly"}, STAFF, "refusal no-yearly"),
    ({"plan": "twin"}, {"plan": "plus", "price": "monthly", "quantity": 2}, {}, "refusal otherwise"),
    ({}, {"plan": "plus"}, STAFF, "quote staff-anywhere"),
    ({"addons": {"extra": {"quantity": 2, "paid": 4}}}, {"addons": {}}, {}, "quote addons-later"),
    # reactivation: never no change, only by rules that name it
    ({"status": "cancelled"}, {}, {}, "quote back"),
    ({"status": "expired"}, {"plan": "plus"}, {}, "quote back"),
    ({"status": "cancelled"}, {"plan": "twin"}, {}, "refusal not-back"),
    ({"status": "cancelled", "plan": "twin"}, {"plan": "plus", "price": "monthly"}, {}, "refusal otherwise"),
    ({"status": "cancelled", **UNPAID}, {}, {}, "refusal unpaid"),
    ({"status": "cancelled"}, {"plan": "lone"}, {}, "refusal outside-family"),
    ({"status": "cancelled", "plan": "plus"}, {"plan": "twin"}, {}, "refusal not-back"),
    ({"status": "cancelled", "pending_change": LATER_PLUS}, {"plan": "plus"}, {}, "quote back"),
    ({"status": "paused"}, {}, {}, "no_change same-selection"),
]


@pytest.mark.parametrize(("more", "selection", "own", "expected"), DECISIONS)
def test_decide(
    engine: Engine, more: dict[str, Any], selection: dict[str, Any], own: dict[str, Any], expected: str
) -> None:
    decision = engine.decide(member(**more), selection, at=AT, **own)
    assert answer(decision) == expected
    shown = decision.to_dict()
    assert shown["outcome"] == expected.partition(" ")[0]
    assert shown == engine.decide(member(**more), selection, at=AT, **own).to_dict()
    held = {entry["rule"] for entry in shown["trace"] if entry["held"]}
    named = set(expected.partition(" ")[2].split(", "))
    assert named - {"otherwise"} <= held


TEXTS: list[tuple[dict[str, Any], dict[str, Any], str, str, str]] = [
    ({}, {}, "en", "Basic it is.", ""),
    ({"plan": "plus"}, {"plan": "twin"}, "en", "Twin is worth as much.", ""),
    ({}, {"plan": "old"}, "de", "2 of 1, 1 too many", "Old wird nicht mehr angeboten."),
    ({}, {"plan": "lone"}, "de", "2 of 0, 2 too many", "Lone wird Mitgliedern mit Basic nicht angeboten."),
    ({"plan": "twin"}, {"plan": "plus", "price": "monthly", "quantity": 2}, "de", "Nicht mit Twin.", ""),
    ({"plan": "twin"}, {"plan": "plus", "price": "monthly", "quantity": 2}, "fr", "Not on Twin.", ""),
    ({"plan": "plus"}, {"add_addons": {"extra": 2}}, "en", "Not available with Plus: Extra.", ""),
    ({}, {"add_addons": {"extra": 5}}, "en", "This quantity is not available: Extra.", ""),
]


@pytest.mark.parametrize(("more", "selection", "locale", "first", "second"), TEXTS)
def test_messages(
    engine: Engine, more: dict[str, Any], selection: dict[str, Any], locale: str, first: str, second: str
) -> None:
    decision = engine.decide(member(**more), selection, at=AT, usage={"disk": 2}, locale=locale)
    found = [reason.message for reason in decision.reasons] if isinstance(decision, Refusal) else [decision.message]
    assert found == [text for text in (first, second) if text]


def test_the_id_rests_on_the_facts(engine: Engine) -> None:
    first = engine.decide(member(), {"plan": "plus"}, at=AT)
    assert first.id == engine.decide(member(), {"plan": "plus"}, at="2026-11-16T01:00:00+01:00").id
    others = [
        engine.decide(member(), {"plan": "plus"}, at="2026-11-16T00:00:01Z"),
        engine.decide(member(paid="9.99"), {"plan": "plus"}, at=AT),
        engine.decide(member(), {"plan": "plus", "quantity": 2}, at=AT),
        engine.decide(member(), {"plan": "plus"}, at=AT, customer={"staff": True}),
        engine.decide(member(), {"plan": "plus"}, at=AT, usage={"disk": 1}),
    ]
    assert len({first.id, *(other.id for other in others)}) == 6
