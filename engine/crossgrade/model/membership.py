"""A membership: what a customer holds, what was paid for it and until when; and what is selected next."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from crossgrade.model.calendar import Period
from crossgrade.model.money import Money

Status = Literal["trialing", "active", "past_due", "on_hold", "paused", "cancelled", "expired"]


class HeldAddOn(Struct, frozen=True):
    """Units of an add-on; `unit_amount` is agreed for one unit and interval, `paid` as in Membership."""

    quantity: int = 1
    price: str | None = None
    unit_amount: Money | None = None
    paid: Money | None = None
    paid_from: datetime | None = None


class SelectedAddOn(Struct, frozen=True):
    """Units of an add-on that are wanted; `price` only where the plan has no interval."""

    quantity: int = 1
    price: str | None = None


class Discount(Struct, frozen=True):
    """A running discount: a percentage or an amount per charge; `until` is the first day without it."""

    percent: Decimal | None = None
    amount: Money | None = None
    until: date | None = None
    on: tuple[str, ...] | None = None


class PendingChange(Struct, frozen=True):
    """A change that takes effect at `at`, with the unit amounts quoted for it by item id."""

    plan: str
    price: str
    quantity: int
    addons: Mapping[str, SelectedAddOn]
    unit_amounts: Mapping[str, Money]
    at: datetime
    rule: str
    billing_date: Literal["restart", "align"] = "restart"
    discount: Literal["keep", "drop"] = "keep"


class Membership(Struct, frozen=True):
    """What a customer holds. Amounts are in one currency; instants are aware.

    `paid` is the value given for the plan, in money or credit, for the time from `paid_from` to the period's
    end, less what was credited or refunded of it since.
    """

    plan: str
    id: str | None = None
    status: Status = "active"
    price: str | None = None
    quantity: int = 1
    unit_amount: Money | None = None
    paid: Money | None = None
    paid_from: datetime | None = None
    addons: Mapping[str, HeldAddOn] = {}
    setup_fee_paid: Money | None = None
    currency: str | None = None
    period: Period | None = None
    billing_day: int | date | None = None
    started: date | datetime | None = None
    trial_ends: datetime | None = None
    changes_this_period: int = 0
    last_changed: datetime | None = None
    payment_pending: bool = False
    pending_change: PendingChange | None = None
    account_credit: Money | None = None
    owed: Money | None = None
    discount: Discount | None = None


class Selection(Struct, frozen=True):
    """What is wanted; what is left out stays. `addons` is the whole set, the other two change what is held."""

    plan: str | None = None
    price: str | None = None
    quantity: int | None = None
    addons: Mapping[str, SelectedAddOn] | None = None
    add_addons: Mapping[str, SelectedAddOn] = {}
    remove_addons: tuple[str, ...] = ()
