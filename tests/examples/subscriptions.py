"""Subscriptions as Stripe returns them, with what `EXPAND` asks for, in the fields that a membership is made from."""

from datetime import UTC, datetime
from typing import Any

import stripe

Json = dict[str, Any]


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


START, END = seconds("2026-06-01"), seconds("2026-07-01")


def listed(*data: Json) -> Json:
    return {"object": "list", "data": list(data), "has_more": False, "url": "/v1/some"}


def price(id: str = "price_basic", *, unit_amount: int | None = 3000, **metadata: str) -> Json:
    named = metadata or {"plan": "basic", "price": "monthly"}
    return {"object": "price", "id": id, "unit_amount": unit_amount, "currency": "usd", "metadata": named}


def item(sold: Json | None = None, **more: Any) -> Json:
    return {
        "object": "subscription_item",
        "id": "si_1",
        "price": sold or price(),
        "quantity": 1,
        "current_period_start": START,
        "current_period_end": END,
        "discounts": [],
        **more,
    }


def line(amount: int, of: str = "price_basic", start: int = START, end: int = END, off: int = 0) -> Json:
    return {
        "object": "line_item",
        "amount": amount,
        "currency": "usd",
        "period": {"start": start, "end": end},
        "pricing": {"type": "price_details", "price_details": {"price": of, "product": "prod_1"}},
        "discount_amounts": [{"amount": off, "discount": "di_1"}] if off else [],
    }


def invoice(*lines: Json, status: str = "paid") -> Json:
    return {"object": "invoice", "id": "in_1", "status": status, "lines": listed(*lines)}


def coupon(**said: Any) -> Json:
    known = {"percent_off": None, "amount_off": None, "currency": None, "duration": "repeating"}
    return {"object": "coupon", "id": "SUMMER", **known, **said}


def discount(of: Json | str, end: int | None = None) -> Json:
    return {"object": "discount", "id": "di_1", "end": end, "source": {"type": "coupon", "coupon": of}}


def subscription(*items: Json, **more: Any) -> stripe.Subscription:
    said: Json = {
        "object": "subscription",
        "id": "sub_1",
        "status": "active",
        "currency": "usd",
        "customer": {"object": "customer", "id": "cus_1", "balance": 0, "currency": "usd"},
        "items": listed(*(items or (item(),))),
        "latest_invoice": invoice(line(3000)),
        "start_date": seconds("2025-06-01"),
        "cancel_at": None,
        "cancel_at_period_end": False,
        "trial_end": None,
        "pending_update": None,
        "discounts": [],
        **more,
    }
    return stripe.Subscription.construct_from(said, None)
