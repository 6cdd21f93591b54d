"""A Stripe subscription becomes the membership it is, and what a membership cannot say is refused."""

from pathlib import Path
from typing import Any

import pytest
from tests.examples.subscriptions import (
    START,
    coupon,
    discount,
    invoice,
    item,
    line,
    price,
    seconds,
    subscription,
)

from checkout.opening import POLICIES
from crossgrade import Engine, InvalidFacts, Quote, load
from stripe_subscription.membership import NotRepresentableError, membership_from_stripe

AT = "2026-06-11T00:00:00Z"
DISK = price("price_disk", unit_amount=600, addon="extra-disk", price="monthly")
LATER = seconds("2026-06-11")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load(POLICIES / "shop")


def test_a_whole_subscription() -> None:
    found = subscription(
        item(quantity=2),
        item(DISK, quantity=3),
        latest_invoice=invoice(line(6000, off=1200), line(1800, "price_disk")),
        customer={"object": "customer", "id": "cus_1", "balance": -500, "currency": "usd"},
        discounts=[discount(coupon(percent_off=20.0), seconds("2026-09-01"))],
    )
    assert membership_from_stripe(found) == {
        "id": "sub_1",
        "status": "active",
        "plan": "basic",
        "price": "monthly",
        "quantity": 2,
        "unit_amount": "30.00",
        "paid": "48.00",
        "paid_from": "2026-06-01T00:00:00+00:00",
        "addons": {
            "extra-disk": {
                "price": "monthly",
                "quantity": 3,
                "unit_amount": "6.00",
                "paid": "18.00",
                "paid_from": "2026-06-01T00:00:00+00:00",
            }
        },
        "currency": "USD",
        "period": {"start": "2026-06-01T00:00:00+00:00", "end": "2026-07-01T00:00:00+00:00"},
        "started": "2025-06-01T00:00:00+00:00",
        "payment_pending": False,
        "account_credit": "5.00",
        "discount": {"percent": "20.0", "until": "2026-09-01"},
    }


def test_it_is_decided_on(engine: Engine) -> None:
    decision = engine.decide(membership_from_stripe(subscription()), {"plan": "premium"}, at=AT)
    assert isinstance(decision, Quote)
    assert str(decision.due_now) == "70.00"


PAID: list[tuple[str, Any, dict[str, str]]] = [
    ("a whole period", invoice(line(3000)), {"paid": "30.00", "paid_from": "2026-06-01T00:00:00+00:00"}),
    (
        "what an upgrade within the period charged, beside its credit",
        invoice(line(-333, "price_free"), line(2000, start=LATER)),
        {"paid": "20.00", "paid_from": "2026-06-11T00:00:00+00:00"},
    ),
    (
        "more units twice, of which the first was credited",
        invoice(line(-3000), line(6000, start=LATER - 86400), line(-6000, start=LATER), line(8000, start=LATER)),
        {"paid": "80.00", "paid_from": "2026-06-11T00:00:00+00:00"},
    ),
    (
        "the period that ended is not this one",
        invoice(line(1000, start=LATER, end=START), line(3000)),
        {"paid": "30.00", "paid_from": "2026-06-01T00:00:00+00:00"},
    ),
    ("nothing yet", invoice(line(3000), status="open"), {"paid": "0.00", "paid_from": "2026-06-01T00:00:00+00:00"}),
    ("unknown: the invoice is about something else", invoice(line(600, "price_disk")), {}),
    ("unknown: there is no invoice", None, {}),
]


@pytest.mark.parametrize(("name", "latest", "paid"), PAID, ids=[name for name, _, _ in PAID])
def test_what_was_paid(name: str, latest: Any, paid: dict[str, str]) -> None:
    found = membership_from_stripe(subscription(latest_invoice=latest))
    assert {key: found[key] for key in ("paid", "paid_from") if key in found} == paid


def test_what_is_unknown_is_never_guessed(engine: Engine) -> None:
    held = membership_from_stripe(subscription(latest_invoice=None))
    with pytest.raises(InvalidFacts) as problem:
        engine.decide(held, {"plan": "premium"}, at=AT)
    assert problem.value.code == "missing_paid"


@pytest.mark.parametrize(
    ("said", "status", "pending"),
    [
        ({"status": "trialing"}, "trialing", False),
        ({"status": "active"}, "active", False),
        ({"status": "active", "cancel_at_period_end": True}, "cancelled", False),
        ({"status": "active", "cancel_at": START}, "cancelled", False),
        ({"status": "active", "pending_update": {"expires_at": START}}, "active", True),
        ({"status": "past_due", "latest_invoice": invoice(line(3000), status="open")}, "past_due", True),
        ({"status": "past_due", "cancel_at_period_end": True}, "past_due", False),
        ({"status": "unpaid"}, "on_hold", False),
        ({"status": "incomplete", "latest_invoice": invoice(line(3000), status="open")}, "on_hold", True),
        ({"status": "paused"}, "paused", False),
        ({"status": "canceled", "cancel_at_period_end": True}, "expired", False),
        ({"status": "incomplete_expired"}, "expired", False),
    ],
)
def test_the_status(said: dict[str, Any], status: str, *, pending: bool, engine: Engine) -> None:
    found = membership_from_stripe(subscription(**said))
    assert (found["status"], found["payment_pending"]) == (status, pending)
    engine.offers(found, at=AT)


def test_a_trial(engine: Engine) -> None:
    running = subscription(status="trialing", trial_end=LATER, latest_invoice=invoice(line(0)))
    found = membership_from_stripe(running)
    assert (found["trial_ends"], found["paid"]) == ("2026-06-11T00:00:00+00:00", "0.00")
    assert engine.decide(found, {"plan": "basic"}, at="2026-06-05T00:00:00Z").outcome == "no_change"
    assert "trial_ends" not in membership_from_stripe(subscription(trial_end=START))


@pytest.mark.parametrize(
    ("currency", "minor", "amount"),
    [("usd", 3000, "30.00"), ("jpy", 3000, "3000"), ("kwd", 30500, "30.500"), ("isk", 300000, "3000.00")],
)
def test_amounts_are_counted_as_stripe_counts_them(currency: str, minor: int, amount: str) -> None:
    sold = {**price(unit_amount=minor), "currency": currency}
    paid = {**line(minor), "currency": currency}
    held = membership_from_stripe(subscription(item(sold), currency=currency, latest_invoice=invoice(paid)))
    assert (held["unit_amount"], held["paid"], held["currency"]) == (amount, amount, currency.upper())


def test_kronur_in_hundredths_are_whole_kronur(tmp_path: Path) -> None:
    text = (POLICIES / "shop" / "policy.yaml").read_text(encoding="utf-8").replace("currency: USD", "currency: ISK")
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    sold = item({**price(unit_amount=3000), "currency": "isk"})
    paid = invoice({**line(3000), "currency": "isk"})
    held = membership_from_stripe(subscription(sold, currency="isk", latest_invoice=paid))
    decision = load(tmp_path).decide(held, {"plan": "premium"}, at=AT)
    assert isinstance(decision, Quote)
    assert (str(decision.due_now), decision.currency.code) == ("70", "ISK")


def test_a_balance_that_is_owed() -> None:
    customer = {"object": "customer", "id": "cus_1", "balance": 500, "currency": "usd"}
    assert membership_from_stripe(subscription(customer=customer))["owed"] == "5.00"
    assert {"owed", "account_credit"}.isdisjoint(membership_from_stripe(subscription()))


@pytest.mark.parametrize(
    ("of", "end", "expected"),
    [
        (coupon(percent_off=12.5), seconds("2026-09-01"), {"percent": "12.5", "until": "2026-09-01"}),
        (coupon(percent_off=10.0, duration="forever"), None, {"percent": "10.0"}),
        (coupon(amount_off=500, currency="usd", duration="forever"), None, {"amount": "5.00"}),
    ],
)
def test_a_discount(of: dict[str, Any], end: int | None, expected: dict[str, Any], engine: Engine) -> None:
    whole = membership_from_stripe(subscription(discounts=[discount(of, end)]))
    assert whole["discount"] == expected
    one = membership_from_stripe(subscription(item(discounts=[discount(of, end)])))
    assert one["discount"] == {**expected, "on": ["basic"]}
    assert {offer.choosable for offer in engine.offers(one, at=AT)} == {True, False}


HALF = discount(coupon(percent_off=50.0))
REFUSED: list[tuple[Any, str]] = [
    (subscription(item(DISK)), "sub_1: expected one item with a plan, found 0"),
    (subscription(item(), item(price("p", plan="premium", price="monthly"))), "expected one item with a plan, found 2"),
    (subscription(item(), item(price("p", colour="red"))), "p: the metadata of the price has no `addon`"),
    (subscription(item(), item(DISK), item(DISK)), "sub_1: an add-on is in two items; a membership holds it once"),
    (subscription(item(price("p", plan="basic"))), "p: the metadata of the price has no `price`"),
    (subscription(item(price(unit_amount=None))), "price_basic: a price in tiers, by use or below a cent"),
    (subscription(item(quantity=None)), "price_basic: a price in tiers, by use or below a cent"),
    (subscription(latest_invoice="in_1"), "sub_1: `latest_invoice` is not expanded; retrieve it with EXPAND"),
    (subscription(customer="cus_1"), "sub_1: `customer` is not expanded; retrieve it with EXPAND"),
    (subscription(discounts=["di_1"]), "a discount is not expanded to its coupon"),
    (subscription(discounts=[discount("SUMMER")]), "a discount is not expanded to its coupon"),
    (subscription(discounts=[HALF, HALF]), "sub_1: a membership has one discount, found 2"),
    (subscription(item(discounts=[HALF]), discounts=[HALF]), "sub_1: a membership has one discount, found 2"),
    (subscription(discounts=[discount(coupon(percent_off=5.0, duration="once"))]), "SUMMER: a coupon for one invoice"),
    (subscription(discounts=[discount(coupon())]), "SUMMER: a coupon has a percentage or an amount"),
    (subscription(status="dormant"), "sub_1: there is no status for `dormant`"),
]


@pytest.mark.parametrize(("found", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_a_membership_cannot_say(found: Any, message: str) -> None:
    with pytest.raises(NotRepresentableError) as problem:
        membership_from_stripe(found)
    assert message in str(problem.value)
