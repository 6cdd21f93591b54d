"""Inputs: memberships, selections, instants and own facts, enumerated from two small policies' own words.

Nothing here knows the analysis: what is enumerated are the values that callers can give, not cells of facts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

from msgspec import structs
from tests.reviewing.soundness.small_policies import STATUSES

from crossgrade import Membership, Money, Period, Selection
from crossgrade.model.calendar import Interval
from crossgrade.model.membership import Discount, HeldAddOn, PendingChange, SelectedAddOn
from crossgrade.model.policy import Policy

Ends = tuple[str, str]
Choice = Mapping[str, Any]

DAY = date(2026, 6, 17)


@dataclass(frozen=True)
class Input:
    """One question; `pair` is the held and the wanted price."""

    pair: tuple[Ends, Ends]
    membership: Membership
    selection: Selection
    at: datetime
    own: Mapping[str, Mapping[str, Any]]
    locale: str | None = None


USUAL: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    # What varies: the values where no rule tests it, and those where one may.
    "status": (("active", "active", "active", "past_due", "cancelled"), STATUSES),
    "trial": ((False, False, False, True), (False, True)),
    "length": ((0, 0, 0, 31), (0, 7, 28, 30, 31)),
    "used": ((0, 5, 16), (0, 1, 2, 4, 5, 6, 9, 10, 11, 14, 15, 16, 18, 19, 20, 21, 24, 25, 26, 28, 29, 30, 31)),
    "clock": ((0, 0, 0, "late"), (0, 12, "ends today", "late", "long over")),
    "age": ((400,), (0, 1, 2, 3, 4, 5, 30)),
    "since": ((None, None, 3), (None, 0, 2, 3, 4, 5)),
    "changes": ((0,), (0, 1, 2, 3)),
    "open": ((False, False, True), (False, True)),
    "paid": (("list", "list", "agreed", 7), ("list", "agreed", 0, 1, 499, 500, 501, 999, 1000, 1001)),
    "account": ((0, 0, 700), (0, 499, 500, 501, 999, 1000)),
    "unit_amount": (
        (None, None, "list", 1234),
        (None, "list", 0, 499, 500, 501, 750, 999, 1000, 1001, 1499, 1500, 1501, 2000, 2001, 2500, 3000, 3001),
    ),
    "addon_amount": ((None, None, 300), (None, 0, 1, 300, 500, 501, 1000)),
    "held_units": ((1, 1, 2), (1, 2, 3, 4)),
    "wanted_units": ((None, None, None, 1, 2), (None, 1, 2, 3, 4)),
    "held_addon": ((0, 0, 1), (0, 1, 2, 3)),
    "addon": (("leave", "leave", "add", "remove"), ("leave", "add", "add two", "remove", "none", "one")),
    "pending": (("none", "none", "none", "same", "other"), ("none", "same", "other")),
    "seats": ((None, 4), (None, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12)),
    "level": ((None, 1), (None, -1, 0, 1, 2, 3)),
    "channel": ((None, "web"), (None, "web", "app", "phone", "fax")),
    "staff": ((None,), (None, False, True)),
    "day": (
        (DAY, DAY, date(2026, 8, 1)),
        (*(DAY + timedelta(days=each) for each in range(-3, 5)), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 28),
         date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 31), date(2026, 6, 1), date(2026, 6, 29), date(2027, 2, 28)),
    ),
    "locale": ((None, None, None, "de"), (None, "en", "de")),
    "discount": ((None, None, None, "percent", "amount"), (None, None, "percent", "amount")),
}  # fmt: skip
"""Facts that callers give, each with the values that are tried."""

OF_THEME: dict[str, tuple[str, ...]] = {
    "standing": ("status", "trial"),
    "days": ("length", "used", "clock"),
    "counts": ("age", "since", "changes"),
    "payment": ("open", "paid", "account"),
    "pending": ("pending", "clock"),
    "amounts": ("unit_amount", "addon_amount", "held_units", "wanted_units", "held_addon", "addon"),
    "units": ("held_units", "wanted_units"),
    "addons": ("held_addon", "addon"),
    "usage": ("seats", "held_addon", "addon"),
    "own": ("level", "channel", "staff"),
    "calendar": ("day",),
    "change": ("status", "unit_amount", "addon"),
}
"""What is enumerated densely where rules test the facts of a theme."""


def pairs(old: Policy, new: Policy) -> list[tuple[Ends, Ends]]:
    """Return every price held by the old policy with every price that can be named in a selection."""
    held = [(plan.id, price) for plan in old.plans.values() for price in plan.prices]
    wanted = [(plan.id, price) for each in (old, new) for plan in each.plans.values() for price in plan.prices]
    return list(product(held, dict.fromkeys(wanted)))


def inputs(
    random: Random, policies: tuple[Policy, Policy], themes: tuple[str, ...], pair: Any, count: int
) -> Iterator[Input]:
    """Return inputs of a pair: all combinations of what the themes vary where they are few, else so many of them."""
    dense = dict.fromkeys(name for theme in themes for name in OF_THEME[theme])
    values = {name: USUAL[name][1] if name in dense else USUAL[name][0] for name in USUAL}
    whole = 1
    for name in dense:
        whole *= len(values[name])
    if whole <= count:
        for combination in product(*(values[name] for name in dense)):
            usual = {name: random.choice(values[name]) for name in values}
            yield from made(policies, pair, {**usual, **dict(zip(dense, combination, strict=True))})
        return
    for _ in range(count):
        yield from made(policies, pair, {name: random.choice(values[name]) for name in values})


def made(policies: tuple[Policy, Policy], pair: tuple[Ends, Ends], chosen: Choice) -> Iterator[Input]:
    """Return the input of some choices, nothing where no member can be so."""
    old = policies[0]
    (plan, price), target = pair
    found = old.plans[plan].prices[price]
    listed = found.in_currency("USD") or 0
    recurs = found.every is not None and found.every.unit != "once"
    addons = _addons(old, chosen, recurs=recurs)
    if addons is None:
        return
    period, at = _period(chosen, recurs=recurs or bool(addons), yearly=recurs and found.every == _YEAR)
    unit: int | None = listed if chosen["unit_amount"] == "list" else chosen["unit_amount"]
    agreed: int = listed if unit is None else unit
    units = chosen["held_units"]
    each = {"list": listed, "agreed": agreed}.get(chosen["paid"])
    paid: int = chosen["paid"] if each is None else each * units
    selection = _selection(old, target, chosen, addons, recurs=_recurs(policies, target))
    if selection is None:
        return
    membership = Membership(
        plan,
        status=chosen["status"],
        price=price,
        quantity=units,
        unit_amount=None if unit is None else _money(unit, old),
        paid=_money(paid, old),
        addons=addons,
        currency="USD",
        period=period,
        started=None if chosen["age"] is None else chosen["day"] - timedelta(days=chosen["age"]),
        trial_ends=at + timedelta(days=3) if chosen["trial"] else None,
        changes_this_period=chosen["changes"],
        last_changed=None if chosen["since"] is None else _midnight(chosen["day"] - timedelta(days=chosen["since"])),
        payment_pending=chosen["open"],
        account_credit=_money(chosen["account"], old) if chosen["account"] else None,
        discount=_discount(chosen["discount"], old),
    )
    membership = _pending(membership, chosen["pending"], target, selection, period)
    yield Input(pair, membership, selection, at, _own(chosen), chosen["locale"])


_YEAR = Interval("month", 12)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC)


def _money(minor: int, policy: Policy) -> Money:
    return Money(minor, policy.currency)


def _recurs(policies: tuple[Policy, Policy], target: Ends) -> bool:
    for policy in policies:
        plan = policy.plans.get(target[0])
        price = plan.prices.get(target[1]) if plan else None
        if price is not None:
            return price.every is not None and price.every.unit != "once"
    return False


def _addons(old: Policy, chosen: Choice, *, recurs: bool) -> dict[str, HeldAddOn] | None:
    if not chosen["held_addon"]:
        return {}
    if "extra" not in old.addons:
        return None
    amount = chosen["addon_amount"]
    unit = None if amount is None else _money(amount, old)
    return {"extra": HeldAddOn(chosen["held_addon"], None if recurs else "monthly", unit, _money(500, old))}


def _period(chosen: Choice, *, recurs: bool, yearly: bool) -> tuple[Period | None, datetime]:
    """Return the period, None where nothing recurs, and the instant of the question."""
    start_of_day = _midnight(chosen["day"])
    clock = chosen["clock"]
    at = start_of_day + timedelta(hours=clock if isinstance(clock, int) else 12)
    if not recurs:
        return None, at
    length = chosen["length"] or (365 if yearly else 30)
    used = min(chosen["used"], length) if not isinstance(clock, str) else length
    start = start_of_day - timedelta(days=used)
    end = start + timedelta(days=length)
    if clock == "ends today":
        end = start_of_day + timedelta(hours=18)
    elif clock == "long over":
        start, end = start - timedelta(days=3), end - timedelta(days=3)
    elif end <= start_of_day and clock == 0:
        end = start_of_day + timedelta(hours=6)
    return Period(start, end), at


def _selection(
    old: Policy, target: Ends, chosen: Choice, held: Mapping[str, HeldAddOn], *, recurs: bool
) -> Selection | None:
    plain = Selection(*target, quantity=chosen["wanted_units"])
    price = None if recurs else "monthly"
    how = chosen["addon"]
    if how == "leave" or (how != "none" and "extra" not in old.addons):
        return plain
    if how in ("add", "add two"):
        units = 1 if how == "add" else 2
        return structs.replace(plain, add_addons={"extra": SelectedAddOn(units, price)})
    if how == "remove":
        return structs.replace(plain, remove_addons=("extra",)) if held else None
    return structs.replace(plain, addons={} if how == "none" else {"extra": SelectedAddOn(1, price)})


def _pending(member: Membership, how: str, target: Ends, selection: Selection, period: Period | None) -> Membership:
    if how == "none" or period is None:
        return member
    units = selection.quantity or member.quantity
    plan, price, quantity = (
        (*target, units) if how == "same" else (member.plan, member.price or "", member.quantity + 1)
    )
    addons = _afterwards(member, selection) if how == "same" else {}
    change = PendingChange(plan, price, quantity, addons, {}, period.end, "earlier")
    return structs.replace(member, pending_change=change)


def _afterwards(member: Membership, selection: Selection) -> dict[str, SelectedAddOn]:
    if selection.addons is not None:
        return dict(selection.addons)
    units = {id: held.quantity for id, held in member.addons.items() if id not in selection.remove_addons}
    for id, more in selection.add_addons.items():
        units[id] = units.get(id, 0) + more.quantity
    return {id: SelectedAddOn(count) for id, count in units.items()}


def _discount(how: str | None, policy: Policy) -> Discount | None:
    if how is None:
        return None
    return Discount(percent=Decimal("33.3")) if how == "percent" else Discount(amount=_money(333, policy))


def _own(chosen: Choice) -> dict[str, dict[str, Any]]:
    given = {
        ("usage", "seats"): chosen["seats"],
        ("customer", "level"): chosen["level"],
        ("customer", "staff"): chosen["staff"],
        ("request", "channel"): chosen["channel"],
    }
    found: dict[str, dict[str, Any]] = {"usage": {}, "customer": {}, "request": {}}
    for (section, key), value in given.items():
        if value is not None:
            found[section][key] = value
    return found
