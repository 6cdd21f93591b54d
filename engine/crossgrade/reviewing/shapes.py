"""A shape: what is held and what is selected of the catalogue, by which both policies settle most of their facts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from msgspec import Struct, structs

from crossgrade.model.calendar import Period, instant, midnight
from crossgrade.model.membership import (
    Discount,
    HeldAddOn,
    Membership,
    PendingChange,
    SelectedAddOn,
    Selection,
    Status,
)
from crossgrade.model.money import Currency, Money

Pending = Literal["none", "other", "same"]


class Units(Struct, frozen=True):
    """Units of an add-on that are held: at a price of its own where the plan has no interval, and what was paid."""

    quantity: int
    price: str | None = None
    paid: int | None = None


class Shape(Struct, frozen=True):
    """A membership and a selection, but for time, payment, usage and the caller's own facts.

    `unit_amount` is the agreed amount, None where the membership does not record one; `ended` says that the
    membership is cancelled or expired; `interval_days` is how long a period of the held price is, 0 without one.
    """

    plan: str
    price: str
    currency: Currency
    selection: Selection
    quantity: int = 1
    unit_amount: int | None = None
    paid: int = 0
    addons: Mapping[str, Units] = {}
    ended: bool = False
    pending: Pending = "none"
    interval_days: int = 0
    pending_change: PendingChange | None = None


class Moment(Struct, frozen=True):
    """Where a membership stands: the day of the decision, the days of its period, its status and its counts.

    `unrecorded` says that the membership does not record what was paid; `minutes` are those since midnight.
    """

    day: date
    used: int = 0
    left: int = 0
    late: bool = False
    status: Status = "active"
    trial_runs: bool = False
    age_days: int | None = None
    days_since_change: int | None = None
    changes_this_period: int = 0
    payment_pending: bool = False
    paid: int | None = None
    unrecorded: bool = False
    minutes: int = 0
    account_credit: int = 0
    discount: Discount | None = None
    setup_fee_paid: int = 0
    owed: int = 0


class Question(Struct, frozen=True):
    """All that an engine is asked: a membership, a selection, the instant and the caller's own facts by name."""

    membership: Membership
    selection: Selection
    at: datetime
    own: Mapping[str, Any]
    locale: str | None = None


def membership_of(shape: Shape, moment: Moment, zone: Any) -> Membership:
    """Return the membership of a shape at a moment; its days begin at midnight in the zone."""
    money = shape.currency
    return Membership(
        shape.plan,
        status=moment.status,
        price=shape.price,
        quantity=shape.quantity,
        unit_amount=None if shape.unit_amount is None else Money(shape.unit_amount, money),
        paid=None if moment.unrecorded else Money(shape.paid if moment.paid is None else moment.paid, money),
        addons={id: _held(units, money) for id, units in shape.addons.items()},
        setup_fee_paid=Money(moment.setup_fee_paid, money) if moment.setup_fee_paid else None,
        currency=money.code,
        period=_period(moment, zone) if shape.interval_days else None,
        started=None if moment.age_days is None else moment.day - timedelta(days=moment.age_days),
        trial_ends=midnight(moment.day + timedelta(days=7), zone) if moment.trial_runs else None,
        changes_this_period=moment.changes_this_period,
        last_changed=_last_changed(moment, zone),
        payment_pending=moment.payment_pending,
        pending_change=_pending(shape, moment, zone),
        account_credit=Money(moment.account_credit, money) if moment.account_credit else None,
        owed=Money(moment.owed, money) if moment.owed else None,
        discount=moment.discount,
    )


def _held(units: Units, money: Currency) -> HeldAddOn:
    return HeldAddOn(units.quantity, units.price, None, None if units.paid is None else Money(units.paid, money))


def _period(moment: Moment, zone: Any) -> Period:
    start = midnight(moment.day - timedelta(days=moment.used), zone)
    if moment.left or (moment.late and moment.used):
        return Period(start, midnight(moment.day + timedelta(days=moment.left), zone))
    return Period(start, _at(moment.day, 6 if moment.late else 18, zone))


def instant_of(moment: Moment, zone: Any) -> datetime:
    """Return the instant of the decision: noon where that is after a period that ends the same day."""
    if moment.late:
        return _at(moment.day, 12, zone)
    return (
        _at(moment.day, moment.minutes // 60, zone, moment.minutes % 60)
        if moment.minutes
        else midnight(moment.day, zone)
    )


def _at(day: date, hour: int, zone: Any, minute: int = 0) -> datetime:
    return instant(datetime.combine(day, time(hour, minute), tzinfo=zone), zone)


def _last_changed(moment: Moment, zone: Any) -> datetime | None:
    since = moment.days_since_change
    return None if since is None else midnight(moment.day - timedelta(days=since), zone)


def _pending(shape: Shape, moment: Moment, zone: Any) -> PendingChange | None:
    if shape.pending_change is None:
        return None
    return structs.replace(shape.pending_change, at=midnight(moment.day + timedelta(days=moment.left), zone))


_NOT_YET = datetime(1970, 1, 1, tzinfo=UTC)


def pending_to(plan: str, price: str, quantity: int, addons: Mapping[str, int]) -> PendingChange:
    """Return a pending change to a plan; its instant is set with the moment."""
    units = {id: SelectedAddOn(count) for id, count in addons.items()}
    return PendingChange(plan, price, quantity, units, {}, _NOT_YET, "earlier-change")
