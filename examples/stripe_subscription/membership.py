"""A membership from Stripe: what a subscription there says, in the words that a policy is asked with.

The prices at Stripe name what they are in their metadata: `plan: basic`, or `addon: extra-disk`, and `price: monthly`.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import stripe

EXPAND = ["customer", "discounts.source.coupon", "items.data.discounts.source.coupon", "latest_invoice"]
"""What to ask Stripe for: `stripe.Subscription.retrieve(id, expand=EXPAND)`."""

STATUS = {
    "trialing": "trialing",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "on_hold",
    "incomplete": "on_hold",
    "paused": "paused",
    "canceled": "expired",
    "incomplete_expired": "expired",
}
"""At Stripe `canceled` is over; what was cancelled and still runs is `active` there, with an end."""

WHOLE = {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
THOUSANDTHS = {"BHD", "JOD", "KWD", "OMR", "TND"}
"""Currencies that Stripe does not count in hundredths; ISK and UGX have no decimals and are counted so all the same."""


class NotRepresentableError(ValueError):
    """A subscription says what a membership cannot, or not enough; the text says what to do."""


def membership_from_stripe(subscription: stripe.Subscription) -> dict[str, Any]:
    """Return the membership of a subscription that was retrieved with `EXPAND`.

    `paid` is what the latest invoice took for the item up to the period's end, less its discounts, and nothing while it
    is open; where that invoice is about other items, `paid` is left out, and a credit that needs it is refused by the
    error `missing_paid`. What Stripe does not know, such as `pending_change`, `changes_this_period` and
    `setup_fee_paid`, comes from the last order: `{**membership_from_stripe(found), **ours}`. Raises
    NotRepresentableError.
    """
    items = list(subscription.items.auto_paging_iter())
    plans = {_named(item, "plan"): item for item in items if "plan" in item.price.metadata}
    if len(plans) != 1:
        raise NotRepresentableError(f"{subscription.id}: expected one item with a plan, found {len(plans)}")
    ((plan, held),) = plans.items()
    addons = {_named(item, "addon"): item for item in items if item is not held}
    if len(addons) < len(items) - 1:
        raise NotRepresentableError(f"{subscription.id}: an add-on is in two items; a membership holds it once")
    return {
        "id": subscription.id,
        "status": _status(subscription),
        "plan": plan,
        **_item(held, subscription),
        "addons": {id: _item(item, subscription) for id, item in addons.items()},
        "currency": subscription.currency.upper(),
        "period": {"start": _instant(held.current_period_start), "end": _instant(held.current_period_end)},
        "started": _instant(subscription.start_date),
        "payment_pending": _pending(subscription),
        **_trial(subscription),
        **_balance(subscription),
        **_discount(subscription, {**plans, **addons}),
    }


def _named(item: stripe.SubscriptionItem, key: str) -> str:
    if key not in item.price.metadata:
        raise NotRepresentableError(f"{item.price.id}: the metadata of the price has no `{key}`")
    return str(item.price.metadata[key])


def _item(item: stripe.SubscriptionItem, subscription: stripe.Subscription) -> dict[str, Any]:
    """Return what is held of a plan or an add-on."""
    unit, quantity = item.price.unit_amount, item.quantity
    if unit is None or quantity is None:
        raise NotRepresentableError(f"{item.price.id}: a price in tiers, by use or below a cent has no unit amount")
    return {
        "price": _named(item, "price"),
        "quantity": quantity,
        "unit_amount": _amount(unit, subscription.currency),
        **_paid(item, _invoice(subscription)),
    }


def _paid(item: stripe.SubscriptionItem, invoice: stripe.Invoice | None) -> dict[str, str]:
    lines = [line for line in invoice.lines.auto_paging_iter() if _pays_for(line, item)] if invoice else []
    if invoice is None or not lines:
        return {}
    latest = max(lines, key=lambda line: line.period.start)  # what came before it was credited by a line below 0
    off = sum(discount.amount for discount in latest.discount_amounts or ())
    taken = latest.amount - off if invoice.status == "paid" else 0
    return {"paid": _amount(taken, latest.currency), "paid_from": _instant(latest.period.start)}


def _pays_for(line: stripe.InvoiceLineItem, item: stripe.SubscriptionItem) -> bool:
    details = line.pricing.price_details if line.pricing else None
    same = details is not None and details.price == item.price.id
    return same and line.amount >= 0 and line.period.end == item.current_period_end


def _invoice(subscription: stripe.Subscription) -> stripe.Invoice | None:
    found = subscription.latest_invoice
    if isinstance(found, str):
        raise NotRepresentableError(f"{subscription.id}: `latest_invoice` is not expanded; retrieve it with EXPAND")
    return found


def _status(subscription: stripe.Subscription) -> str:
    ends = subscription.cancel_at_period_end or subscription.cancel_at is not None
    known = STATUS.get(subscription.status)
    if known is None:
        raise NotRepresentableError(f"{subscription.id}: there is no status for `{subscription.status}`")
    return "cancelled" if ends and known in ("trialing", "active") else known


def _pending(subscription: stripe.Subscription) -> bool:
    invoice = _invoice(subscription)
    unpaid = invoice is not None and invoice.status in ("draft", "open")
    return unpaid or subscription.pending_update is not None


def _trial(subscription: stripe.Subscription) -> dict[str, str]:
    end = subscription.trial_end
    return {"trial_ends": _instant(end)} if subscription.status == "trialing" and end is not None else {}


def _balance(subscription: stripe.Subscription) -> dict[str, str]:
    """Return what the customer has at Stripe: below 0 it is credit, above 0 the next invoice collects it."""
    customer = subscription.customer
    if isinstance(customer, str):
        raise NotRepresentableError(f"{subscription.id}: `customer` is not expanded; retrieve it with EXPAND")
    balance = customer.balance or 0
    name = "account_credit" if balance < 0 else "owed"
    return {name: _amount(abs(balance), customer.currency or subscription.currency)} if balance else {}


def _discount(subscription: stripe.Subscription, items: dict[str, stripe.SubscriptionItem]) -> dict[str, Any]:
    """Return the running discount, limited to an item where it is the item's."""
    found = [_of_discount(discount) for discount in subscription.discounts]
    found += [{**_of_discount(discount), "on": [id]} for id, item in items.items() for discount in item.discounts]
    if len(found) > 1:
        raise NotRepresentableError(f"{subscription.id}: a membership has one discount, found {len(found)}")
    return {"discount": found[0]} if found else {}


def _of_discount(discount: stripe.Discount | str) -> dict[str, Any]:
    coupon = None if isinstance(discount, str) else discount.source.coupon
    if isinstance(discount, str) or coupon is None or isinstance(coupon, str):
        raise NotRepresentableError("a discount is not expanded to its coupon; retrieve the subscription with EXPAND")
    if coupon.duration == "once":
        raise NotRepresentableError(f"{coupon.id}: a coupon for one invoice is no running discount")
    until = {} if discount.end is None else {"until": _day(discount.end).isoformat()}
    if coupon.percent_off is not None:
        return {"percent": str(Decimal(str(coupon.percent_off))), **until}
    if coupon.amount_off is None or coupon.currency is None:
        raise NotRepresentableError(f"{coupon.id}: a coupon has a percentage or an amount")
    return {"amount": _amount(coupon.amount_off, coupon.currency), **until}


def _amount(minor: int, currency: str) -> str:
    code = currency.upper()
    decimals = 0 if code in WHOLE else 3 if code in THOUSANDTHS else 2
    return str(Decimal(minor).scaleb(-decimals))


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
