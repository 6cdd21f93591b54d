"""Random valid policies and facts, biased to boundaries. `supported` keeps to what the engine can do today."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.evaluator_calendar import Interval, at_time_of, midnight, plus
from tests.oracle.evaluator_policy import DECIMALS, Policy

ZONES = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "America/New_York")
CURRENCIES = ("USD", "EUR", "USD", "JPY", "KWD")
SHORT = ("daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly")
LONG = {"two-years": "2 years", "four-weeks": "28 days", "ten-days": "10 days", "other-month": "month", "ever": "once"}
DAYS = (
    "2026-01-31", "2026-02-28", "2026-03-01", "2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31", "2026-04-30",
    "2026-07-01", "2026-10-25", "2026-11-01", "2026-12-31", "2027-01-01", "2027-01-29", "2027-01-30", "2027-02-28",
    "2027-12-31", "2028-01-31", "2028-02-28", "2028-02-29", "2028-03-01", "2028-03-08", "2026-03-08", "2026-05-15",
)  # fmt: skip
KINDS = (
    "upgrade", "downgrade", "crossgrade", "plan_change", "longer_interval", "shorter_interval", "interval_change",
    "price_change", "more_units", "fewer_units", "quantity_change", "addons_added", "addons_removed", "addons_swapped",
    "addon_change",
)  # fmt: skip
GOES_TOGETHER = (
    ("restart", "full"), ("restart", "full"), ("keep", "prorated"), ("keep", "prorated"), ("keep", "full"),
    ("keep", "full_difference"), ("keep", "none"),
)  # fmt: skip
AND_LATER = (("align", "full"), ("align", "prorated"), ("align", "none"), ("when_credit_ends", "none"))


def chance(random: Random, percent: int) -> bool:
    return random.randrange(100) < percent


def money(random: Random, currency: str) -> Decimal:
    """An amount with the currency's own decimals, now and then an awkward one."""
    places = DECIMALS.get(currency, 2)
    units = random.choice((random.randrange(1, 100), random.randrange(100, 10_000), random.choice((1, 100, 999, 1000))))
    if chance(random, 60):
        units = units * 10**places // 100 * 10
    return Decimal(max(1, units)).scaleb(-places)


# Policies


def policy(random: Random, *, supported: bool = True) -> dict[str, Any]:  # noqa: C901
    currency = random.choice(CURRENCIES)
    found: dict[str, Any] = {
        "policy": "oracle",
        "effective": "2025-06-01",
        "timezone": random.choice(ZONES),
        "currency": currency,
        "entitlements": {
            "sites": {"type": "integer"},
            "disk_gb": {"type": "integer"},
            "domain": {"type": "boolean"},
        },
    }
    names = ["basic", "plus", "pro", "premium"][: random.randrange(2, 5)]
    plans: dict[str, Any] = {}
    if chance(random, 40):
        plans["free"] = {"prices": "free"}
    for name in names:
        plans[name] = {"prices": prices(random, currency)}
    plans["studio"] = {"prices": prices(random, currency)}
    if chance(random, 20):
        plans["loner"] = {"prices": prices(random, currency)}
    for name, body in plans.items():
        if chance(random, 35):
            body["setup_fee"] = money(random, currency)
        if chance(random, 15) and name != "free":
            body["quantity"] = {"at_least": random.choice((1, 2)), "at_most": random.choice((2, 3, 5))}
        if name not in ("basic", "free") and chance(random, 6):
            body["retired"] = True
        if chance(random, 25) and name != "free":
            body["trial"] = random.choice(("14 days", "1 month", "3 days"))
        body["entitlements"] = {
            "sites": random.choice((1, 3, 3, 10, "unlimited")),
            "disk_gb": random.choice((1, 10, 10, 100)),
            "domain": chance(random, 50),
        }
    found["plans"] = plans
    ranked: list[Any] = (["free"] if "free" in plans else []) + list(names)
    if chance(random, 25) and len(names) > 2:
        ranked = [*ranked[:-2], ranked[-2:]]
    found["addons"] = addons(random, currency, list(plans))
    found["families"] = {"main": ranked, "agencies": ["studio"]}
    if chance(random, 40):
        found["direction"] = random.choice(("rank", "price_per_day", "price"))
    if chance(random, 30):
        found["facts"] = {
            "customer.staff": {"type": "boolean", "default": False},
            "request.channel": {"type": "string", "default": "web"},
        }
    if chance(random, 25):
        found["account_credit"] = random.choice(("use", "keep"))
    if chance(random, 35):
        found["no_change"] = [no_change(random, index) for index in range(random.randrange(1, 3))]
    if chance(random, 40):
        found["restrictions"] = [restriction(random, found, index) for index in range(random.randrange(1, 3))]
    found["credits"] = credits(random, currency)
    found["terms"] = {}
    found["transitions"] = transitions(random, found, supported=supported)
    if not found["terms"]:
        del found["terms"]
    used = repr(found["transitions"]) + repr(found.get("terms"))
    found["credits"] = {name: body for name, body in found["credits"].items() if name in used}
    if not found["credits"]:
        del found["credits"]
    if chance(random, 50):
        found["proration"] = proration(random)
    if chance(random, 50):
        found["rounding"] = {"mode": random.choice(("half_up", "half_even", "up", "down"))}
        if chance(random, 25):
            found["rounding"]["per"] = random.choice(("line", "net"))
            for body in found.get("credits", {}).values():
                if body.get("at_most") not in (None, "paid"):
                    del body["at_most"]  # the cap of exact lines is not told
        if chance(random, 15):
            found["rounding"]["daily_rate"] = True
            found["proration"] = {**found.get("proration", {}), "by": "day"}
            without_ratio_decimals(found)
    return found


def without_ratio_decimals(node: Any) -> None:
    """A ratio cannot be rounded first where the price of a day is."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        without_ratio_decimals(each)
    if isinstance(node, dict):
        node.pop("ratio_decimals", None)
        if node.get("proration") == {}:
            del node["proration"]


def prices(random: Random, currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    ids = random.sample(SHORT, random.randrange(1, 3)) if chance(random, 50) else ["monthly", "yearly"]
    if chance(random, 30):
        ids = [*ids, random.choice(list(LONG))]
    for id in ids:
        amount = money(random, currency)
        found[id] = {"amount": amount, "every": LONG[id]} if id in LONG else amount
    if len(ids) > 1 and chance(random, 5):
        id = ids[-1]
        every = LONG.get(id)
        found[id] = {"amount": money(random, currency), **({"every": every} if every else {}), "retired": True}
    return found


def addons(random: Random, currency: str, plans: list[str]) -> dict[str, Any]:
    paying = [plan for plan in plans if plan != "free"]
    found: dict[str, Any] = {
        "disk": {"prices": {"monthly": money(random, currency)}, "entitlements": {"disk_gb": random.choice((5, 50))}},
        "support": {"prices": {"monthly": money(random, currency), "yearly": money(random, currency)}},
        "migration": {"prices": {"single": {"amount": money(random, currency), "every": "once"}}},
    }
    found["support"]["included_in"] = [random.choice(paying)]
    found["disk"]["available_on"] = random.choice((["main"], paying[:2], paying))
    if chance(random, 40):
        found["disk"]["quantity"] = {"at_most": 3}
    if chance(random, 50):
        found["support"]["available_on"] = paying
    if chance(random, 50):
        found["support"]["entitlements"] = {"domain": True}
    if chance(random, 30):
        found["disk"]["setup_fee"] = money(random, currency)
    if chance(random, 8):
        found["migration"]["retired"] = True
    return {id: found[id] for id in found if chance(random, 75)} or {"disk": found["disk"]}


def condition(random: Random) -> dict[str, Any]:
    return random.choice((
        {"membership.trialing": chance(random, 30)},
        {"membership.payment_pending": True},
        {"membership.has_pending_change": False},
        {"membership.days_left": {"at_least": random.choice((1, 10, 20))}},
        {"membership.days_used": {"less_than": random.choice((1, 10, 20))}},
        {"membership.period_days": {"between": [28, 31]}},
        {"membership.changes_this_period": {"at_most": random.choice((0, 1))}},
        {"membership.plan": random.choice(("basic", ["basic", "studio"]))},
        {"target.plan": {"not": "basic"}},
        {"membership.family": "main"},
        {"target.rank": {"more_than": 1}},
        {"target.quantity": {"at_most": 2}},
        {"change.plan": random.choice(("same", "upgrade", ["same", "downgrade"]))},
        {"change.interval": random.choice(("same", "longer", "shorter"))},
        {"change.addons": random.choice(("same", "added"))},
        {"change.quantity": {"not": "fewer"}},
        {"exceeds.disk_gb": True},
        {"exceeds.any": True},
        {"loses.any": chance(random, 50)},
        {"loses.disk_gb": True, "usage.disk_gb": {"more_than": 5}},
        {"at.day_of_month": {"at_least": 28}},
        {"any": [{"loses.domain": True}, {"membership.quantity": {"more_than": 1}}]},
        {"none": [{"membership.status": ["past_due", "on_hold"]}]},
        {"all": [{"membership.quantity": 1}, {"target.quantity": 1}]},
    ))  # fmt: skip


def no_change(random: Random, index: int) -> dict[str, Any]:
    aspects = ["plan", "price", "quantity", "addons", "entitlements", "amount"]
    found: dict[str, Any] = {"id": f"nothing-{index}", "same": random.sample(aspects, random.randrange(1, 4))}
    if chance(random, 40):
        found["change"] = random.choice(KINDS)
    if chance(random, 40):
        found["when"] = condition(random)
    found["message"] = "Nothing changes."
    return found


def place(random: Random, document: dict[str, Any]) -> Any:
    plan = random.choice(list(document["plans"]))
    body = document["plans"][plan]["prices"]
    price = "free" if body == "free" else random.choice(list(body))
    return random.choice(("any", "any_family", plan, f"{plan}/{price}", "main", "agencies"))


def restriction(random: Random, document: dict[str, Any], index: int) -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"forbidden-{index}"}
    if chance(random, 50):
        found["change"] = random.choice((*KINDS, "reactivation"))
    if chance(random, 30):
        found["to"] = place(random, document)
    if chance(random, 30):
        found["from"] = place(random, document)
    found["when"] = condition(random)
    found["message"] = "Not like this."
    return found


def transitions(random: Random, document: dict[str, Any], *, supported: bool) -> list[dict[str, Any]]:  # noqa: C901
    found: list[dict[str, Any]] = []
    for index in range(random.randrange(0, 4)):
        rule: dict[str, Any] = {"id": f"special-{index}", "change": random.choice(KINDS)}
        if chance(random, 30):
            rule["change"] = random.sample(KINDS, 2)
        if chance(random, 40):
            rule["from"] = place(random, document)
        if chance(random, 50):
            rule["to"] = place(random, document)
        if chance(random, 50):
            rule["when"] = condition(random)
        if chance(random, 15):
            rule["refuse"] = "No."
        else:
            rule["terms"] = terms(random, document, supported=supported)
        found.append(rule)
    groups = ["plan_change", "interval_change", "price_change", "quantity_change", "addon_change"]
    for index, group in enumerate(groups):
        to = "any_family" if group == "plan_change" and chance(random, 50) else "any"
        rule = {"id": f"rule-{index}", "change": group, "to": to, "terms": terms(random, document, supported=supported)}
        if chance(random, 95):
            found.append(rule)
    if chance(random, 70):
        found.append(
            {
                "id": "back",
                "change": "reactivation",
                "terms": {
                    "billing_date": "restart",
                    "charge": "full",
                    "credit": credit(random, document, supported=True),
                },
            }
        )
        if chance(random, 40):
            found[-1]["terms"]["setup_fee"] = random.choice(("charge", "difference"))
    named = random.choice(found)
    if "terms" in named:
        document["terms"]["named"] = named["terms"]
        named["terms"] = "named"
    return found


def terms(random: Random, document: dict[str, Any], *, supported: bool) -> dict[str, Any]:
    if chance(random, 20):
        return {"effective": "period_end"}
    billing, charge = random.choice(GOES_TOGETHER if supported else GOES_TOGETHER + AND_LATER)
    found: dict[str, Any] = {"billing_date": billing, "charge": charge}
    if chance(random, 20):
        found["effective"] = "immediately"
    if charge != "full_difference":
        found["credit"] = credit(random, document, supported=supported)
    if billing == "when_credit_ends":
        found["credit"] = random.choice(("unused", "paid"))
    if chance(random, 35):
        found["setup_fee"] = random.choice(("waive", "charge", "difference"))
    if chance(random, 25):
        found["proration"] = proration(random)
    if not supported:
        later(random, document, found)
        into_time(random, found)
    return found


def into_time(random: Random, found: dict[str, Any]) -> None:
    """Credit that becomes time, and how."""
    buys = found["billing_date"] == "when_credit_ends"
    if (found["billing_date"], found["charge"]) == ("restart", "full") and found["credit"] != "none":
        credit = found["credit"] if isinstance(found["credit"], dict) else {"rule": found["credit"]}
        if chance(random, 15):
            found["credit"] = {**credit, "to": "time"}
            found["credit"].pop("excess", None)
            buys = True
            if chance(random, 40):
                found["credit"]["excess"] = random.choice(("account", "refund", "forfeit"))
        elif credit.get("to", "charge") == "charge" and chance(random, 15):
            found["credit"] = {**credit, "excess": "time"}
            buys = True
    if buys and chance(random, 50):
        found["time"] = {"whole": random.choice(("day", "period")), "round": random.choice(("down", "up"))}
        if chance(random, 40):
            found["time"]["at_most"] = random.choice((1, 10, "1 month", "1 year"))


def later(random: Random, document: dict[str, Any], found: dict[str, Any]) -> None:
    """The keys that the engine has not learnt yet."""
    currency = document["currency"]
    if chance(random, 20):
        found["fee"] = money(random, currency)
    if chance(random, 20):
        found["promotion"] = random.choice(({"amount": money(random, currency)}, {"percent": 10}))
    if chance(random, 20):
        found["trial"] = random.choice(("grant", "carry", "rest"))
    if chance(random, 20):
        found["discount"] = random.choice(("keep", "drop"))
    if chance(random, 20):
        found["addons"] = random.choice(("keep", "drop"))
    if chance(random, 20):
        found["collect"] = "next_charge"
    if chance(random, 15):
        found["waive_below"] = money(random, currency)
    elif chance(random, 15):
        found["minimum_due"] = money(random, currency)


def credit(random: Random, document: dict[str, Any], *, supported: bool) -> Any:
    rules = [*document["credits"], "unused", "paid", "recurring", "list_price", "unused", "unused"]
    pick = random.randrange(10)
    if pick == 0:
        return "none"
    if pick < 5:
        return random.choice(rules)
    found: dict[str, Any] = {"rule": random.choice(rules)}
    if chance(random, 20):
        found["rule"] = list(dict.fromkeys(random.choice(rules) for _ in range(2)))
    if chance(random, 40):
        found["to"] = random.choice(("charge", "refund", "account"))
    if found.get("to", "charge") == "charge" and chance(random, 50):
        found["excess"] = random.choice(("account", "refund", "forfeit"))
    return found


def credits(random: Random, currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index in range(2):
        body: dict[str, Any] = {"basis": random.choice(("paid", "recurring", "list_price"))}
        if chance(random, 40):
            body["at_most"] = random.choice(("paid", "charge", money(random, currency)))
        if chance(random, 25):
            body["when"] = condition(random)
        if chance(random, 30):
            body["proration"] = proration(random)
        if chance(random, 20):
            body["setup_fee"] = random.choice(("none", "whole", "lesser"))
        found[f"credit-{index}"] = body
    return found


def proration(random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if chance(random, 60):
        found["by"] = random.choice(("second", "minute", "hour", "day", "day", "month", "period"))
    if chance(random, 40):
        found["change_unit"] = random.choice(("new_plan", "old_plan"))
    if chance(random, 25) and found.get("by", "day") == "day":
        found["by"] = "day"
        found["period_length"] = random.choice(("actual", "average", 30, 365, "30/360"))
    if chance(random, 15):
        found["first_day"] = "whole"
    if chance(random, 15):
        found["ratio_decimals"] = random.choice((5, 9, 2))
    if chance(random, 15):
        found["normalise"] = random.choice(("months", "days"))
    return found or {"by": "day"}


# Facts


def clock(random: Random) -> timedelta:
    return random.choice((
        timedelta(), timedelta(), timedelta(hours=10), timedelta(hours=23, minutes=59, seconds=59),
        timedelta(seconds=random.randrange(86400)),
    ))  # fmt: skip


def on(day: date, passed: timedelta, zone: ZoneInfo) -> datetime:
    return at_time_of(day, datetime.combine(date(2026, 6, 15), (datetime.min + passed).time(), tzinfo=zone), zone)  # noqa: DTZ901


def facts(random: Random, document: dict[str, Any]) -> dict[str, Any]:  # noqa: C901
    """One membership, selection and instant."""
    read = Policy(document)
    zone, currency = read.zone, document["currency"]
    plan = random.choice(list(document["plans"]))
    price = random.choice(list(read.prices(plan).values()))
    held: dict[str, Any] = {"plan": plan, "price": price.id}
    if random.randrange(3) == 0:
        held["quantity"] = random.choice((1, 2, 3, 5))
    anchor = date.fromisoformat(random.choice(DAYS))
    moment = on(anchor, clock(random), zone)
    if price.every.recurs:
        moment = period(random, held, price.every, anchor, zone)
    quantity = held.get("quantity", 1)
    unit = read.list_amount(plan, price.id, currency)
    if plan != "free" and chance(random, 20):
        unit = read.amount(money(random, currency), currency)
        held["unit_amount"] = amount_text(unit, currency)
    worth(random, held, unit * quantity, currency, moment)
    addons_held = {}
    for id in document["addons"]:
        if not chance(random, 35) or read.includes(plan, id):
            continue
        sold = read.sold(plan, price.every, id, None, currency) if price.every.recurs else None
        if sold is None:
            continue
        body: dict[str, Any] = {"quantity": random.choice((1, 1, 2, 3)), "price": sold.price}
        worth(random, body, sold.unit * body["quantity"], currency, moment)
        addons_held[id] = body
    if addons_held:
        held["addons"] = addons_held
    extras(random, held, document, moment, zone)
    found: dict[str, Any] = {
        "membership": held,
        "selection": selection(random, document, held),
        "at": moment.isoformat(),
    }
    if chance(random, 50):
        found["usage"] = {"disk_gb": random.choice((0, 5, 12, 60)), "sites": random.choice((0, 2, 5))}
    if "facts" in document and chance(random, 50):
        found["customer"], found["request"] = {"staff": chance(random, 50)}, {"channel": random.choice(("web", "app"))}
    if chance(random, 4):
        spoil(random, found, currency)
    return found


def period(random: Random, held: dict[str, Any], every: Interval, anchor: date, zone: ZoneInfo) -> datetime:
    """Give the membership a period, and return an instant in it or near."""
    billing = anchor.day
    first, last = anchor, plus(anchor, every, 1, billing)
    if every.kind == "months" and chance(random, 60):
        times = random.randrange(0, 4)
        first, last = plus(anchor, every, times, billing), plus(anchor, every, times + 1, billing)
        held["billing_day"] = billing
        if chance(random, 10):
            held["billing_day"] = anchor.isoformat()
    passed = random.choice((timedelta(), timedelta(), timedelta(), clock(random)))
    if not chance(random, 85) and every.kind == "months":
        first = first + timedelta(days=random.randrange(1, 10))
    start, end = on(first, passed, zone), on(last, passed, zone)
    held["period"] = {"start": start.isoformat(), "end": end.isoformat()}
    days = (last - first).days
    if chance(random, 8):
        day = last + timedelta(days=random.choice((0, 1, 3, days + 2)))
    elif chance(random, 25):
        day = random.choice((first, last, last - timedelta(days=1), first + timedelta(days=1)))
    else:
        day = first + timedelta(days=random.randrange(0, days + 1))
    moment = on(day, clock(random), zone)
    return max(moment, start)


def amount_text(amount: Any, currency: str) -> str:
    places = DECIMALS.get(currency, 2)
    return f"{Decimal(amount.numerator) / Decimal(amount.denominator):.{places}f}"


def worth(random: Random, body: dict[str, Any], amount: Any, currency: str, moment: datetime) -> None:
    pick = random.randrange(12)
    if pick == 0:
        return
    paid = amount
    if pick < 3 and amount:  # nothing is paid for what is free
        paid = Policy({"currency": currency, "plans": {}}).amount(money(random, currency), currency)
    if pick == 3:
        paid = amount * 0
    body["paid"] = amount_text(paid, currency)
    if chance(random, 12) and "period" in body:
        start = datetime.fromisoformat(body["period"]["start"])
        body["paid_from"] = (start + (moment - start) / 2).replace(microsecond=0).isoformat()


def extras(random: Random, held: dict[str, Any], document: dict[str, Any], moment: datetime, zone: ZoneInfo) -> None:  # noqa: C901
    currency = document["currency"]
    if chance(random, 8):
        held["status"] = random.choice(("cancelled", "expired", "past_due", "paused", "on_hold"))
    elif chance(random, 6) and "period" in held:
        held["status"] = "trialing"
        held["trial_ends"] = held["period"]["end"]
        for each in (held, *held.get("addons", {}).values()):
            each["paid"] = amount_text(Policy(document).amount(Decimal(0), currency), currency)
    if chance(random, 20):
        held["setup_fee_paid"] = amount_text(Policy(document).amount(money(random, currency), currency), currency)
    for key in ("account_credit", "owed"):
        if chance(random, 15):
            held[key] = amount_text(Policy(document).amount(money(random, currency), currency), currency)
    if chance(random, 15):
        held["payment_pending"] = True
    if chance(random, 25):
        held["started"] = "2025-06-01"
    if chance(random, 20):
        held["changes_this_period"] = random.choice((0, 1, 2))
    if chance(random, 15):
        body: dict[str, Any] = {"percent": random.choice((10, 20, 50))}
        if chance(random, 40):
            body = {"amount": amount_text(Policy(document).amount(money(random, currency), currency), currency)}
        if chance(random, 60):
            day = moment.astimezone(zone).date() + timedelta(days=random.choice((-5, 0, 1, 40, 100, 400)))
            body["until"] = day.isoformat()
        if chance(random, 25):
            body["on"] = [held["plan"]]
        held["discount"] = body


def selection(
    random: Random, document: dict[str, Any], held: dict[str, Any], *, supported: bool = True
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    read = Policy(document)
    mine = held.get("addons") or {}
    pick = random.randrange(10)
    if pick < 5:
        found["plan"] = random.choice(list(document["plans"]))
        if chance(random, 75):
            found["price"] = random.choice(list(read.prices(found["plan"])))
    elif pick < 7:
        found["price"] = random.choice(list(read.prices(held["plan"])))
    if held.get("status") == "trialing" and supported:
        return found
    if chance(random, 20):
        found["quantity"] = random.choice((1, 2, 3, 4))
    if pick >= 6 and chance(random, 80):
        if mine and chance(random, 35):
            found["remove_addons"] = [random.choice(list(mine))]
        elif chance(random, 70):
            found["add_addons"] = {random.choice(list(document["addons"])): random.choice((1, 1, 2))}
        else:
            chosen = random.sample(list(document["addons"]), random.randrange(0, len(document["addons"]) + 1))
            found["addons"] = {id: random.choice((1, 2)) for id in chosen}
    return found


def spoil(random: Random, found: dict[str, Any], currency: str) -> None:
    held = found["membership"]
    pick = random.randrange(7)
    if pick == 0:
        found["selection"]["plan"] = "nowhere"
    elif pick == 1:
        found["selection"] = {"price": "nowhere"}
    elif pick == 2:
        found["selection"] = {"add_addons": {"nowhere": 1}}
    elif pick == 3:
        found["at"] = found["at"][:19]
    elif pick == 4:
        found["at"] = "2025-05-31T12:00:00-11:00" if "period" not in held else found["at"]
    elif pick == 5:
        held.pop("period", None)
    else:
        held["currency"] = "OMR" if currency in DECIMALS else "CHF"


# YAML


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f'"{text}"' if isinstance(value, str) and (" " in text or ":" in text) else text


def to_yaml(document: dict[str, Any]) -> str:
    """The policy's file: a section a block, an entry a line."""
    lines = []
    for key, value in document.items():
        if isinstance(value, dict):
            lines += [f"{key}:", *(f"  {name}: {flow(each)}" for name, each in value.items())]
        elif isinstance(value, list):
            lines += [f"{key}:", *(f"  - {flow(each)}" for each in value)]
        else:
            lines.append(f"{key}: {flow(value)}")
    return "\n".join(lines) + "\n"


__all__ = ["facts", "midnight", "policy", "selection", "to_yaml"]
