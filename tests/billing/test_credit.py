"""Credit, as laws over many days: within its basis, never growing, and nothing gained by going there and back."""

from decimal import Decimal
from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP, check_quote, engine_for

from crossgrade import Quote

PRORATIONS: list[dict[str, Any]] = [
    {},
    {"change_unit": "old_plan"},
    {"by": "hour"},
    {"by": "second", "change_unit": "old_plan"},
    {"by": "month"},
    {"period_length": "average", "first_day": "whole"},
    {"period_length": 30},
    {"period_length": "30/360"},
    {"ratio_decimals": 5},
]
INSTANTS = [f"2026-11-{day:02}T{hour:02}:20:30Z" for day in (1, 2, 15, 29, 30) for hour in (0, 23)]


def quoted(terms: Any, proration: dict[str, Any], member: dict[str, Any], at: str, **selection: Any) -> Quote:
    engine = engine_for(terms, {"proration": proration} if proration else {})
    found = engine.decide(member, selection, at=at)
    assert isinstance(found, Quote)
    check_quote(found)
    return found


@pytest.mark.parametrize("proration", PRORATIONS, ids=str)
@pytest.mark.parametrize("rule", ["unused", "paid", "recurring", "list_price"])
def test_a_credit_is_within_its_basis_and_never_grows(proration: dict[str, Any], rule: str) -> None:
    terms = {"billing_date": "restart", "charge": "full", "credit": {"rule": rule, "to": "refund"}}
    before = 3000
    for at in INSTANTS:
        earned = quoted(terms, proration, MEMBERSHIP, at, plan="large").credit.earned.minor
        assert 0 <= earned <= before
        before = earned


@pytest.mark.parametrize("proration", PRORATIONS, ids=str)
@pytest.mark.parametrize("at", INSTANTS)
@pytest.mark.parametrize(
    "way", [{"plan": "large"}, {"plan": "large", "price": "yearly"}, {"plan": "grand", "price": "monthly"}]
)
def test_there_and_back_within_an_instant_costs_nothing(
    proration: dict[str, Any], at: str, way: dict[str, Any]
) -> None:
    terms = {"billing_date": "keep", "charge": "prorated", "credit": "paid"}
    there = quoted(terms, proration, {**MEMBERSHIP, "account_credit": "500.00"}, at, **way)
    back = quoted(terms, proration, there.to_dict()["membership"], at, plan="small", price="monthly")
    assert there.due_now.minor == back.due_now.minor == 0
    assert str(back.account_credit.after) == "500.00"


@pytest.mark.parametrize("proration", PRORATIONS, ids=str)
@pytest.mark.parametrize("at", INSTANTS)
def test_units_there_and_back_within_an_instant_cost_nothing(proration: dict[str, Any], at: str) -> None:
    terms = {"billing_date": "keep", "charge": "prorated", "credit": "paid"}
    member = {**MEMBERSHIP, "plan": "seats", "quantity": 2, "paid": "20.00", "account_credit": "500.00"}
    there = quoted(terms, proration, member, at, quantity=4)
    back = quoted(terms, proration, there.to_dict()["membership"], at, quantity=2)
    # Halves of what was paid for four units; the cent comes from rounding the share of two.
    assert abs(back.account_credit.after.minor - 50000) <= 1


@pytest.mark.parametrize("at", INSTANTS)
def test_many_changes_in_one_instant_never_earn(at: str) -> None:
    terms = {"billing_date": "restart", "charge": "full", "credit": {"rule": "unused", "excess": "account"}}
    member: dict[str, Any] = {**MEMBERSHIP, "account_credit": "0.00"}
    value = Decimal("30.00")
    for plan in ("large", "small", "grand", "small", "large", "small"):
        found = quoted(terms, {}, member, at, plan=plan, price="monthly")
        member = found.to_dict()["membership"]
        value += Decimal(str(found.due_now))
        assert Decimal(member["paid"]) + Decimal(member["account_credit"]) <= value
