"""Small random policies, and small edits of them, whose constants are few enough that inputs can be enumerated."""

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

Document = dict[str, Any]
Condition = dict[str, Any]

AMOUNTS = (5, 10, 15, 20, 30)
DAYS = (0, 1, 5, 10, 15, 29)
PLANS = ("alpha", "beta", "gamma", "delta")
STATUSES = ("trialing", "active", "past_due", "on_hold", "paused", "cancelled", "expired")
KINDS = (
    "any", "any", "upgrade", "downgrade", "crossgrade", "plan_change", "plan_change", "interval_change",
    "price_change", "more_units", "quantity_change", "addons_added", "addon_change", "reactivation",
)  # fmt: skip
GRANTS = (0, 3, 5, 8, "unlimited")
TEXTS = (
    "No.", "Not now.", "Ask {target.title}.", "You use {usage.seats}.", {"en": "No.", "de": "Nein."},
    {"en": "No.", "de": "Niemals."}, "{excess.seats} too many.", "Not {change.kind}.", "{membership.days_left} left.",
)  # fmt: skip
TERMS: tuple[Document, ...] = (
    {"billing_date": "restart", "charge": "full", "credit": "unused"},
    {"billing_date": "restart", "charge": "full", "credit": "none"},
    {"billing_date": "keep", "charge": "prorated", "credit": "unused"},
    {"billing_date": "keep", "charge": "full_difference"},
    {"billing_date": "keep", "charge": "none", "credit": "none"},
    {"effective": "period_end"},
    {"billing_date": "restart", "charge": "full", "credit": "seldom"},
    {"billing_date": "restart", "charge": "full", "credit": {"rule": ["seldom", "unused"], "excess": "forfeit"}},
    {"billing_date": "restart", "charge": "full", "credit": "paid", "setup_fee": "charge"},
    {"billing_date": "restart", "charge": "full", "credit": "unused", "addons": "drop"},
    {"effective": "period_end", "addons": "drop"},
    {"billing_date": "restart", "charge": "full", "credit": "unused", "trial": "grant"},
    {"billing_date": "align", "charge": "prorated", "credit": "unused"},
    {"billing_date": "when_credit_ends", "credit": "unused"},
)


def chance(random: Random, percent: int) -> bool:
    """Say yes in so many of a hundred cases."""
    return random.randrange(100) < percent


def number(random: Random, values: tuple[int, ...]) -> Any:
    """Return a test of a number against one or two of some constants."""
    one, other = sorted(random.sample(values, 2))
    return random.choice((
        {"at_least": one}, {"at_most": one}, {"more_than": one}, {"less_than": other}, {"between": [one, other]},
        one, [one, other], {"not": [other]},
    ))  # fmt: skip


def standing(random: Random) -> Condition:
    some = random.sample(STATUSES, 2)
    return random.choice((
        {"membership.status": some[0]}, {"membership.status": {"not": some}},
        {"membership.trialing": chance(random, 50)},
    ))  # fmt: skip


def days(random: Random) -> Condition:
    fact = random.choice(("days_used", "days_left", "period_days"))
    return {f"membership.{fact}": number(random, (28, 30, 31) if fact == "period_days" else DAYS)}


def counts(random: Random) -> Condition:
    fact = random.choice(("age_days", "days_since_change", "changes_this_period"))
    return {f"membership.{fact}": number(random, (0, 1, 2) if fact == "changes_this_period" else (0, 3, 4))}


def payment(random: Random) -> Condition:
    return random.choice((
        {"membership.payment_pending": chance(random, 70)},
        {"membership.paid": {random.choice(("at_least", "more_than")): random.choice((0, 5, 10))}},
        {"membership.account_credit": {random.choice(("at_least", "less_than")): random.choice((5, 10))}},
    ))  # fmt: skip


def pending(random: Random) -> Condition:
    return {"membership.has_pending_change": chance(random, 60)}


def amounts(random: Random) -> Condition:
    fact = random.choice(("membership.recurring_amount", "target.recurring_amount", "change.amount_difference"))
    operator = random.choice(("at_least", "at_most", "more_than", "less_than"))
    return random.choice((
        {fact: {operator: random.choice(AMOUNTS)}},
        {"change.price_per_day": random.choice(("lower", "equal", "higher", ["equal", "lower"]))},
    ))  # fmt: skip


def units(random: Random) -> Condition:
    return random.choice((
        {"membership.quantity": number(random, (1, 2, 3))},
        {"target.quantity": number(random, (1, 2, 3))},
        {"change.quantity": random.choice(("same", "more", "fewer"))},
    ))  # fmt: skip


def addons(random: Random) -> Condition:
    return random.choice((
        {"membership.addon.extra": number(random, (0, 1, 2))},
        {"target.addon.extra": number(random, (0, 1, 2))},
        {"change.addons": random.choice(("same", "added", "removed", ["added", "swapped"]))},
        {"loses.domain": chance(random, 60)},
        {"loses.any": chance(random, 60)},
    ))  # fmt: skip


def usage(random: Random) -> Condition:
    return random.choice((
        {"usage.seats": number(random, (0, 3, 5))},
        {"exceeds.seats": chance(random, 60)},
        {"exceeds.any": chance(random, 60)},
        {"loses.seats": chance(random, 60)},
    ))  # fmt: skip


def own(random: Random) -> Condition:
    return random.choice((
        {"customer.level": number(random, (0, 1, 2))},
        {"request.channel": random.choice(("web", "app", ["app", "phone"], {"not": ["web"]}))},
        {"customer.staff": chance(random, 60)},
    ))  # fmt: skip


def calendar(random: Random) -> Condition:
    return random.choice((
        {"at.weekday": random.choice(("monday", ["friday", "monday"], {"not": ["sunday"]}))},
        {"at.day_of_month": number(random, (1, 15, 28, 31))},
        {"at.date": {random.choice(("at_least", "less_than")): random.choice(("2026-03-01", "2026-06-15"))}},
    ))  # fmt: skip


def change(random: Random) -> Condition:
    return random.choice((
        {"change.kind": random.choice(("upgrade", ["upgrade", "addons_added"], {"not": ["downgrade"]}))},
        {"change.plan": random.choice(("same", "upgrade", ["downgrade", "crossgrade"]))},
        {"change.interval": random.choice(("same", "longer", "shorter"))},
        {"target.rank": number(random, (0, 1, 2))},
        {"membership.interval": random.choice(("month", "year", ["none", "once"]))},
        {"target.trial_days": {"at_least": random.choice((1, 7))}},
    ))  # fmt: skip


THEMES: dict[str, Callable[[Random], Condition]] = {
    "standing": standing, "days": days, "counts": counts, "payment": payment, "pending": pending, "amounts": amounts,
    "units": units, "addons": addons, "usage": usage, "own": own, "calendar": calendar, "change": change,
}  # fmt: skip


def condition(random: Random, themes: tuple[str, ...], depth: int = 0) -> Condition:
    """Return a condition over the facts of some themes."""
    pick = random.randrange(10)
    if pick < 6 or depth == 2:
        return THEMES[random.choice(themes)](random)
    parts = [condition(random, themes, depth + 1) for _ in range(2)]
    return {random.choice(("all", "any", "none")): parts}


def policy(random: Random, themes: tuple[str, ...]) -> Document:
    """Return a whole small policy whose rules test the facts of the themes."""
    ids = list(PLANS[: random.randrange(2, 5)])
    found: Document = {
        "policy": "small",
        "effective": "2026-01-01",
        "currency": "USD",
        "entitlements": {"seats": {"type": "integer"}, "domain": {"type": "boolean"}},
        "plans": {id: plan(random) for id in ids},
        "addons": {"extra": addon(random, ids)} if "addons" in themes or chance(random, 40) else {},
        "families": families(random, ids),
        "direction": random.choice(("rank", "rank", "price", "price_per_day")),
        "facts": {
            "customer.level": {"type": "integer", "default": random.choice((0, 1))},
            "customer.staff": {"type": "boolean", "default": False},
            "request.channel": {"type": "string", "default": "web"},
        },
        "no_change": [no_change(random, themes, name) for name in range(random.choice((0, 0, 1, 2)))],
        "restrictions": [restriction(random, themes, ids, name) for name in range(random.randrange(4))],
        "transitions": [transition(random, themes, ids, name) for name in range(random.randrange(1, 6))],
        "credits": {"seldom": {"basis": "recurring", "when": condition(random, themes)}},
    }
    if not found["addons"]:
        _without_addons(found)
    return found


def _without_addons(found: Document) -> None:
    """Take back what only a policy with add-ons can say."""
    text = repr([found["no_change"], found["restrictions"], found["transitions"], found["credits"]])
    if "addon.extra" in text:
        found["addons"] = {"extra": {"prices": {"monthly": 5}}}
    else:
        del found["addons"]


def plan(random: Random) -> Document:
    monthly, yearly = random.choice(AMOUNTS), random.choice(AMOUNTS) * 10
    prices = random.choice((
        "free", {"monthly": monthly}, {"monthly": monthly}, {"monthly": monthly, "yearly": yearly}, {"yearly": yearly},
        {"monthly": monthly, "lifetime": {"amount": yearly, "every": "once"}},
        {"monthly": monthly, "other": {"amount": random.choice(AMOUNTS), "every": "month"}},
    ))  # fmt: skip
    found: Document = {"prices": prices}
    found["entitlements"] = {"seats": random.choice(GRANTS), "domain": chance(random, 50)}
    if chance(random, 20):
        found["setup_fee"] = random.choice(AMOUNTS)
    if chance(random, 15):
        found["quantity"] = {"at_least": random.choice((1, 2)), "at_most": random.choice((2, 3))}
    if chance(random, 10):
        found["trial"] = "7 days"
    return found


def addon(random: Random, ids: list[str]) -> Document:
    found: Document = {"prices": random.choice(({"monthly": 5}, {"monthly": 5, "yearly": 40}))}
    if chance(random, 50):
        found["entitlements"] = random.choice(({"seats": 3}, {"domain": True}))
    if chance(random, 40):
        found["available_on"] = random.sample(ids, random.randrange(1, len(ids)))
    if chance(random, 25):
        found["included_in"] = [random.choice(ids)]
    if chance(random, 25):
        found["quantity"] = {"at_most": random.choice((1, 2))}
    return found


def families(random: Random, ids: list[str]) -> Document:
    order: list[Any] = random.sample(ids, len(ids))
    if len(ids) > 2 and chance(random, 30):
        return {"one": order[:-1], "two": order[-1:]}
    if len(ids) > 2 and chance(random, 20):
        return {"one": [*order[:-2], order[-2:]]}
    return {"one": order}


def no_change(random: Random, themes: tuple[str, ...], name: int) -> Document:
    aspects = ("plan", "price", "quantity", "addons", "entitlements", "amount")
    found: Document = {"id": f"nothing-{name}", "same": random.sample(aspects, random.randrange(1, 3))}
    if chance(random, 30):
        found["change"] = random.choice(KINDS[2:-1])
    if chance(random, 40):
        found["when"] = condition(random, themes)
    return {**found, "message": random.choice(("Nothing changes.", "As before."))}


def ends(random: Random, ids: list[str]) -> Any:
    return random.choice((*ids, "one", "any", ids[:2]))


def restriction(random: Random, themes: tuple[str, ...], ids: list[str], name: int) -> Document:
    found: Document = {"id": f"forbidden-{name}", "message": random.choice(TEXTS)}
    if chance(random, 50):
        found["change"] = random.choice(KINDS)
    if chance(random, 30):
        found["from"] = ends(random, ids)
    if chance(random, 30):
        found["to"] = ends(random, ids)
    return {**found, "when": condition(random, themes)}


def transition(random: Random, themes: tuple[str, ...], ids: list[str], name: int) -> Document:
    found: Document = {"id": f"way-{name}", "change": random.choice(KINDS)}
    if chance(random, 25):
        found["from"] = ends(random, ids)
    if chance(random, 30):
        found["to"] = random.choice((ends(random, ids), "any_family"))
    if chance(random, 65):
        found["when"] = condition(random, themes)
    if chance(random, 15):
        return {**found, "refuse": random.choice(TEXTS)}
    return {**found, "terms": deepcopy(random.choice(TERMS))}
