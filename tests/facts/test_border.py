"""The border: what is wrong with facts, by code, path and text; and that typed, dict and JSON forms agree."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP, engine_for, loaded

from crossgrade import Engine, HeldAddOn, InvalidFacts, Membership, Money, Period, Quote, SelectedAddOn, Selection
from crossgrade.errors import FACTS_ERROR_CODES
from crossgrade.facts.border import from_json
from crossgrade.model.membership import Discount
from crossgrade.model.money import currency

AT = "2026-11-16T00:00:00Z"
FACTS = {
    "customer.country": {"type": "string", "one_of": ["US", "DE"], "default": "US"},
    "customer.staff": {"type": "boolean", "default": False},
    "customer.since": {"type": "date", "default": date(2020, 1, 1)},
    "customer.spent": {"type": "amount", "default": 0},
    "customer.score": {"type": "number", "default": 0},
    "request.seats": {"type": "integer", "default": 1},
}
GOLD = """
policy: gold
effective: 2020-01-01
currency: USD
plans:
  gold: {title: Gold, prices: {monthly: {USD: 10.00, EUR: 9.00}}}
  silver: {title: Silver, prices: {monthly: 5.00}}
families: {all: [silver, gold]}
transitions: [{id: all, change: [plan_change, reactivation], terms: now}]
terms: {now: {billing_date: restart, charge: full, credit: unused}}
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_for("RF", {"facts": FACTS})


def problem(engine: Engine, **given: Any) -> InvalidFacts:
    member = given.pop("membership", MEMBERSHIP)
    with pytest.raises(InvalidFacts) as raised:
        engine.decide(member, given.pop("selection", {"plan": "large"}), at=given.pop("at", AT), **given)
    return raised.value


def held(**more: Any) -> dict[str, Any]:
    return {"membership": {**MEMBERSHIP, **more}}


def chosen(**selection: Any) -> dict[str, Any]:
    return {"selection": selection}


YEAR = {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}

WRONG: list[tuple[dict[str, Any], str, str, str]] = [
    # unknown names
    (held(plan="smal"), "unknown_plan", "membership.plan", "did you mean `small`?"),
    (chosen(plan="larg"), "unknown_plan", "selection.plan", "did you mean `large`?"),
    (held(price="month"), "unknown_price", "membership.price", "did you mean `monthly`?"),
    (chosen(plan="large", price="weekly"), "unknown_price", "selection.price", "unknown price `weekly`"),
    (held(addons={"disc": 1}), "unknown_addon", "membership.addons.disc", "did you mean `disk`?"),
    (chosen(add_addons={"disc": 1}), "unknown_addon", "selection.addons.disc", "unknown add-on `disc`"),
    (chosen(addons={"disc": 1}), "unknown_addon", "selection.addons.disc", "unknown add-on `disc`"),
    (chosen(add_addons={"disk": {"price": "yearli"}}), "unknown_price", "selection.addons.disk", "unknown price"),
    ({"customer": {"contry": "DE"}}, "unknown_fact", "customer.contry", "did you mean `customer.country`?"),
    ({"usage": {"support": 1}}, "unknown_fact", "usage.support", "the policy knows no such fact"),
    ({"request": {"disk": 1}}, "unknown_fact", "request.disk", "the policy knows no such fact"),
    (held(pan="x"), "unknown_key", "membership", "unknown key `pan`, did you mean `plan`?"),
    (held(period={**YEAR, "ends": 1}), "unknown_key", "membership.period", "did you mean `end`?"),
    (held(discount={"percentage": 20}), "unknown_key", "membership.discount", "did you mean `percent`?"),
    (chosen(plann="large"), "unknown_key", "selection", "did you mean `plan`?"),
    (chosen(add_addons={"disk": {"paid": 1}}), "unknown_key", "selection.add_addons.disk", "unknown key `paid`"),
    # what is missing
    ({"membership": {"price": "monthly"}}, "missing_fact", "membership.plan", "the membership's plan is missing"),
    ({"membership": {"plan": None}}, "missing_fact", "membership.plan", "the membership's plan is missing"),
    (
        held(pending_change={"plan": "large", "price": "monthly", "at": AT}),
        "missing_fact",
        "membership.pending_change.rule",
        "rule is missing",
    ),
    (held(paid=None), "missing_paid", "membership.paid", "the credit for `small` rests on what was paid for it"),
    (held(addons={"disk": 1}), "missing_paid", "membership.addons.disk.paid", "the credit for `disk`"),
    (held(period=None), "missing_period", "membership.period", "`small` is charged every month"),
    (held(period={"start": AT}), "missing_period", "membership.period.end", "the period's end is missing"),
    # wrong types
    ({"membership": "small"}, "wrong_type", "membership", 'expected a mapping, found "small"'),
    ({"membership": {1: "small"}}, "wrong_type", "membership", "expected keys that are text, found 1"),
    (held(plan=7), "wrong_type", "membership.plan", "expected text, found 7"),
    (held(quantity="3"), "wrong_type", "membership.quantity", 'expected a whole number, found "3"'),
    (held(quantity=True), "wrong_type", "membership.quantity", "expected a whole number, found true"),
    (held(paid=15.0), "wrong_type", "membership.paid", "expected an exact number"),
    (held(paid="fifteen"), "wrong_type", "membership.paid", 'expected a number, found "fifteen"'),
    (held(paid="NaN"), "wrong_type", "membership.paid", "expected a number"),
    (held(payment_pending="no"), "wrong_type", "membership.payment_pending", 'expected true or false, found "no"'),
    (held(period=[1, 2]), "wrong_type", "membership.period", "expected a mapping"),
    (held(started="yesterday"), "wrong_type", "membership.started", "expected a date such as"),
    (held(trial_ends="soon"), "wrong_type", "membership.trial_ends", "expected an instant such as"),
    (held(addons=["disk"]), "wrong_type", "membership.addons", "expected a mapping"),
    (chosen(remove_addons="disk"), "wrong_type", "selection.remove_addons", "expected a list of ids"),
    ({"customer": {"staff": 1}}, "wrong_type", "customer.staff", "expected true or false, found 1"),
    ({"usage": {"disk": "12"}}, "wrong_type", "usage.disk", 'expected a whole number, found "12"'),
    ({"usage": [12]}, "wrong_type", "usage", "expected a mapping"),
    ({"at": 20261116}, "wrong_type", "at", "expected text, found 20261116"),
    # wrong values
    (held(status="activ"), "wrong_value", "membership.status", "unknown value `activ`, did you mean `active`?"),
    (held(quantity=0), "wrong_value", "membership.quantity", "must be at least 1"),
    (held(paid="15.001"), "wrong_value", "membership.paid", "15.001 has more decimals than USD has (2)"),
    (held(paid="-1"), "wrong_value", "membership.paid", "must be at least 0, is -1"),
    (held(paid="1e30"), "wrong_value", "membership.paid", "too large"),
    (held(billing_day=32), "wrong_value", "membership.billing_day", "must be from 1 to 31, is 32"),
    (held(changes_this_period=-1), "wrong_value", "membership.changes_this_period", "must be at least 0"),
    (held(currency="XXQ"), "wrong_value", "membership.currency", "`XXQ` is no ISO 4217 currency"),
    (held(discount={}), "wrong_value", "membership.discount", "either `percent` or `amount`"),
    (held(discount={"percent": 20, "amount": 5}), "wrong_value", "membership.discount", "either `percent` or `amount`"),
    (held(discount={"percent": 101}), "wrong_value", "membership.discount.percent", "must be from 0 to 100"),
    (held(discount={"percent": 20, "on": ["disc"]}), "wrong_value", "membership.discount.on", "did you mean `disk`?"),
    (held(period={**YEAR, "every": "once"}), "wrong_value", "membership.period.every", "is no interval"),
    (held(plan="free", price="free"), "wrong_value", "membership.period", "`free` is not charged again"),
    (chosen(quantity=0), "wrong_value", "selection.quantity", "must be at least 1"),
    (chosen(add_addons={"disk": 0}), "wrong_value", "selection.add_addons.disk", "must be at least 1"),
    (chosen(remove_addons=["disk"]), "wrong_value", "selection.remove_addons", "`disk` is not held"),
    (chosen(addons={}, add_addons={"disk": 1}), "wrong_value", "selection", "`addons` is the whole set"),
    ({"customer": {"country": "FR"}}, "wrong_value", "customer.country", "`FR` is none of US, DE"),
    ({"usage": {"disk": -1}}, "wrong_value", "usage.disk", "must be at least 0, is -1"),
    # currencies
    (held(currency="EUR", unit_amount="9.00"), "no_amount_in_currency", "customer.spent", "no amount in EUR"),
    # time
    (
        held(period={"start": "2026-11-01T00:00:00", "end": AT}),
        "naive_time",
        "membership.period.start",
        "has no offset",
    ),
    ({"at": "2026-11-16T00:00:00"}, "naive_time", "at", "has no offset; write +00:00 or Z behind it"),
    ({"at": "2026-11-16"}, "naive_time", "at", "has no time and offset"),
    ({"at": datetime(2026, 11, 16)}, "naive_time", "at", "has no offset"),  # noqa: DTZ001
    (
        held(period={"start": YEAR["end"], "end": YEAR["start"]}),
        "period_reversed",
        "membership.period",
        "ends before it starts",
    ),
    (held(period={"start": AT, "end": AT}), "period_reversed", "membership.period", "ends before it starts"),
    ({"at": "2026-10-31T23:59:59Z"}, "before_period", "at", "before the period's start"),
    (
        {"at": "2019-12-31T23:59:59Z", **held(period={**YEAR, "start": "2019-01-01T00:00:00Z"})},
        "no_version",
        "at",
        "`base` decides from 2020-01-01 on",
    ),
    # which price
    (held(price=None), "ambiguous_price", "membership.price", "`small` has the prices monthly, yearly; say which"),
    (
        held(plan="free", price=None, period=None, paid=None),
        "ambiguous_price",
        "selection.price",
        "monthly, yearly, lifetime",
    ),
    (
        {
            **held(plan="free", price="free", period=None, paid=None),
            **chosen(add_addons={"disk": 1, "backup": {"price": "yearly"}}),
        },
        "interval_mismatch",
        "selection.addons",
        "`disk` (month) and `backup` (year) are charged at different intervals",
    ),
    (
        {**held(plan="free", price="free", period=None, paid=None), **chosen(add_addons={"backup": 1})},
        "ambiguous_price",
        "selection.addons.backup",
        "monthly, yearly",
    ),
]


@pytest.mark.parametrize(
    ("given", "code", "path", "text"), WRONG, ids=lambda value: value if isinstance(value, str) else ""
)
def test_wrong_facts(engine: Engine, given: dict[str, Any], code: str, path: str, text: str) -> None:
    found = problem(engine, **given)
    assert (found.code, found.path) == (code, path)
    assert text in found.message
    assert str(found) == f"{path}: {found.message}"


def test_a_required_fact_is_missed() -> None:
    found = problem(engine_for("RF", {"facts": {"customer.country": {"type": "string"}}}))
    assert (found.code, found.path) == ("missing_fact", "customer.country")


def test_pending_changes(engine: Engine) -> None:
    with pytest.raises(InvalidFacts) as raised:
        engine.apply_pending(MEMBERSHIP, at=AT)
    assert raised.value.code == "nothing_pending"
    waits = engine_for("PE", {}).decide(MEMBERSHIP, {"plan": "large"}, at=AT).to_dict()["membership"]
    with pytest.raises(InvalidFacts) as raised:
        engine.apply_pending(waits, at="2026-11-30T23:59:59Z")
    assert raised.value.code == "not_due_yet"
    assert "2026-12-01" in raised.value.message


def test_every_code_is_reached() -> None:
    reached = {code for _, code, _, _ in WRONG} | {"nothing_pending", "not_due_yet"}
    assert reached == set(FACTS_ERROR_CODES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "wrong_value"),
        ('{"a": NaN}', "wrong_type"),
        ('{"a": Infinity}', "wrong_type"),
        ("{", "wrong_type"),
        (b"\xff", "wrong_type"),
        ("[" * 100_000, "wrong_value"),
    ],
)
def test_what_is_no_sound_json(text: str | bytes, code: str) -> None:
    with pytest.raises(InvalidFacts) as raised:
        from_json(text)
    assert raised.value.code == code


def test_json_is_exact() -> None:
    assert from_json('{"paid": 0.1}') == {"paid": Decimal("0.1")}


USD = currency("USD")
TYPED = Membership(
    plan="small",
    price="monthly",
    paid=Money(3000, USD),
    period=Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
    addons={"disk": HeldAddOn(quantity=2, paid=Money(1200, USD))},
    discount=Discount(percent=Decimal(10)),
    billing_day=1,
    started=date(2025, 6, 1),
)
AS_DICT = {
    **MEMBERSHIP,
    "addons": {"disk": {"quantity": 2, "paid": "12.00"}},
    "discount": {"percent": 10},
    "billing_day": 1,
    "started": "2025-06-01",
}


def test_typed_dict_and_json_agree(engine: Engine) -> None:
    wanted = Selection(plan="large", add_addons={"disk": SelectedAddOn(1)})
    plain = {"plan": "large", "add_addons": {"disk": 1}}
    decisions = [
        engine.decide(TYPED, wanted, at=datetime(2026, 11, 16, tzinfo=UTC)),
        engine.decide(AS_DICT, plain, at=AT),
        engine.decide(from_json(json.dumps(AS_DICT)), from_json(json.dumps(plain)), at="2026-11-16T01:00:00+01:00"),
    ]
    assert isinstance(decisions[0], Quote)
    first, second, third = (json.dumps(decision.to_dict()) for decision in decisions)
    assert first == second == third


@pytest.mark.parametrize(
    ("member", "code", "path"),
    [
        (
            Membership(plan="small", addons={"disk": HeldAddOn(quantity=0)}),
            "wrong_value",
            "membership.addons.disk.quantity",
        ),
        (Membership(plan="small", addons={"disk": 0}), "wrong_value", "membership.addons.disk"),  # type: ignore[dict-item]
        (Membership(plan="small", paid=Money(1, currency("EUR"))), "wrong_value", "membership.paid"),
        (Membership(plan="small", paid=Money(-1, USD)), "wrong_value", "membership.paid"),
        (Membership(plan="small", paid=15), "missing_period", "membership.period"),  # type: ignore[arg-type]
        (Membership(plan="small", discount=Discount()), "wrong_value", "membership.discount"),
        (
            Membership(plan="small", discount=Discount(percent=Decimal(200))),
            "wrong_value",
            "membership.discount.percent",
        ),
        (Membership(plan=None), "missing_fact", "membership.plan"),  # type: ignore[arg-type]
    ],
)
def test_typed_values_are_checked_too(engine: Engine, member: Membership, code: str, path: str) -> None:
    from msgspec import structs

    found = problem(engine, membership=structs.replace(member, price="monthly"))
    assert (found.code, found.path) == (code, path)


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (Selection(addons={}, add_addons={"disk": SelectedAddOn(1)}), "selection"),
        (Selection(add_addons={"disk": SelectedAddOn(0)}), "selection.add_addons.disk.quantity"),
        (Selection(quantity=0), "selection.quantity"),
    ],
)
def test_typed_selections_are_checked_too(engine: Engine, wanted: Selection, path: str) -> None:
    found = problem(engine, selection=wanted)
    assert (found.code, found.path) == ("wrong_value", path)


FULL = {
    **MEMBERSHIP,
    "id": "mem_1",
    "status": "past_due",
    "quantity": 1,
    "unit_amount": "28.00",
    "paid_from": "2026-11-05T00:00:00Z",
    "addons": {"disk": {"quantity": 2, "unit_amount": "5.00", "paid": "10.00"}, "wizard": 1},
    "setup_fee_paid": "25.00",
    "currency": "USD",
    "billing_day": "2025-01-31",
    "started": "2025-06-01T12:00:00+02:00",
    "trial_ends": "2025-07-01T00:00:00Z",
    "changes_this_period": 2,
    "last_changed": "2026-11-05T00:00:00Z",
    "payment_pending": True,
    "account_credit": "1.00",
    "owed": "2.00",
    "discount": {"amount": "5.00", "until": "2027-01-01", "on": ["small", "large"]},
}


@pytest.mark.parametrize("terms", ["KP", "PE"])
def test_what_comes_out_goes_in_again(terms: str) -> None:
    engine = engine_for(terms, {})
    once = engine.decide(FULL, {"add_addons": {"disk": 1}}, at=AT).to_dict()["membership"]
    again = engine.decide(once, {"plan": "grand", "price": "monthly"}, at=AT)
    assert isinstance(again, Quote)
    through_json = engine.decide(json.loads(json.dumps(once)), {"plan": "grand", "price": "monthly"}, at=AT)
    assert through_json.to_dict() == again.to_dict()


def test_a_membership_in_another_currency() -> None:
    member = {**MEMBERSHIP, "plan": "gold", "currency": "EUR", "paid": 9, "status": "cancelled"}
    found = loaded(GOLD).decide(member, at=AT)
    assert isinstance(found, Quote)
    assert (found.currency.code, str(found.due_now)) == ("EUR", "4.50")


@pytest.mark.parametrize(
    ("more", "selection", "path"),
    [
        ({"plan": "silver"}, {"plan": "gold"}, "membership.unit_amount"),
        ({"plan": "gold"}, {"plan": "silver"}, "silver/monthly"),
        ({"plan": "gold", "currency": "CHF"}, {"plan": "silver"}, "membership.unit_amount"),
        ({"plan": "gold", "currency": "CHF", "unit_amount": 8}, {"plan": "silver"}, "silver/monthly"),
    ],
)
def test_a_currency_without_an_amount(more: dict[str, Any], selection: dict[str, Any], path: str) -> None:
    found = problem(loaded(GOLD), membership={**MEMBERSHIP, "currency": "EUR", **more}, selection=selection)
    assert (found.code, found.path) == ("no_amount_in_currency", path)


def test_an_agreed_amount_stands_for_one_that_the_policy_lacks() -> None:
    found = loaded(GOLD).decide(
        {**MEMBERSHIP, "plan": "silver", "currency": "EUR", "unit_amount": 4, "paid": 4}, {"plan": "gold"}, at=AT
    )
    assert isinstance(found, Quote)
    assert str(found.due_now) == "7.00"
