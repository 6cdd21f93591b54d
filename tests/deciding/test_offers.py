"""Offers: the family in rank order, what a transition reaches outside it, and the add-ons of the current plan."""

from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP, engine_for, loaded
from tests.deciding.test_decide import POLICY

from crossgrade import Engine

AT = "2026-11-16T00:00:00Z"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return loaded(POLICY)


def listed(engine: Engine, more: dict[str, Any], **own: Any) -> str:
    """Return the ids in order: `*` is current, `+` can be chosen, `-` cannot."""
    found = engine.offers({**MEMBERSHIP, "plan": "basic", "paid": "10.00", **more}, at=AT, **own)
    return " ".join(f"{'*' if offer.current else '+' if offer.choosable else '-'}{offer.id}" for offer in found)


OFFERS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, "*basic/monthly -basic/yearly +plus/monthly +twin/monthly +other/monthly -closed/monthly -extra +care"),
    ({"plan": "plus"}, {}, "+basic/monthly -basic/yearly *plus/monthly -twin/monthly +other/monthly -closed/monthly"),
    (
        {"plan": "old"},
        {},
        "+basic/monthly -basic/yearly *old/monthly +plus/monthly +twin/monthly +other/monthly -closed/monthly +care",
    ),
    (
        {"plan": "plus", "price": "loyal"},
        {},
        "+basic/monthly -basic/yearly -plus/monthly *plus/loyal -twin/monthly +other/monthly -closed/monthly",
    ),
    ({"plan": "lone"}, {}, "*lone/monthly -basic/yearly +other/monthly -closed/monthly +care"),
    (
        {},
        {"customer": {"staff": True}},
        (
            "*basic/monthly -basic/yearly +plus/monthly +twin/monthly +other/monthly +lone/monthly +closed/monthly"
            " -extra +care"
        ),
    ),
    (
        {"addons": {"extra": {"quantity": 2, "paid": 4}, "past": {"paid": 1}}},
        {},
        "*basic/monthly -basic/yearly +plus/monthly +twin/monthly +other/monthly -closed/monthly *extra +care *past",
    ),
    (
        {"payment_pending": True},
        {},
        "*basic/monthly -basic/yearly -plus/monthly -twin/monthly -other/monthly -closed/monthly -extra -care",
    ),
]


@pytest.mark.parametrize(("more", "own", "expected"), OFFERS)
def test_offers(engine: Engine, more: dict[str, Any], own: dict[str, Any], expected: str) -> None:
    assert listed(engine, more, **own) == expected


def test_each_offer_is_the_decision_on_it(engine: Engine) -> None:
    member = {**MEMBERSHIP, "plan": "basic", "paid": "10.00"}
    for offer in engine.offers(member, at=AT):
        selection = {"plan": offer.plan, "price": offer.price} if offer.plan else {"add_addons": {offer.addon: 1}}
        assert offer.decision.to_dict() == engine.decide(member, selection, at=AT).to_dict()
        assert offer.to_dict()["choosable"] is (offer.decision.outcome == "quote")


def test_on_a_free_plan_what_is_charged_at_another_interval_is_no_offer() -> None:
    engine = engine_for("RF", {})
    free = {"plan": "free", "price": "free", "paid": None}
    assert listed(engine, {**free, "period": None}).endswith("+wizard +disk +backup +backup")
    disk = {"disk": {"price": "monthly", "paid": "6.00"}}
    found = engine.offers({**MEMBERSHIP, **free, "addons": disk}, at=AT)
    assert [(offer.addon, offer.price) for offer in found if offer.addon] == [
        ("wizard", "one-time"),
        ("disk", "monthly"),
        ("backup", "monthly"),
    ]
