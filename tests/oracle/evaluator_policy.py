"""The oracle's reading of a policy: the plain dict of its YAML, looked up the obvious way. Standard library only."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle.evaluator_calendar import FREE, IDS_THAT_SAY_THEIR_INTERVAL, ONCE, Interval, calendar_ratio, interval

DECIMALS = {"OMR": 3, "JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "BHD": 3, "TND": 3}


class InvalidFactsError(Exception):
    """A clear error with a `code`, never a guess."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


class Price(NamedTuple):
    id: str
    every: Interval
    amounts: Any  # a number in the policy's currency, or a map by currency; None: free
    retired: bool


class Offered(NamedTuple):
    """An add-on as it is sold on a plan: which of its prices, for one unit, each interval."""

    price: str
    every: Interval
    unit: Fraction


def number(value: Any) -> Fraction:
    """Numbers are exact: the digits as written, never a float."""
    assert not isinstance(value, float)
    return Fraction(Decimal(str(value)))


class Policy:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.zone = ZoneInfo(document.get("timezone", "UTC"))
        self.currency: str = document["currency"]
        self.plans: dict[str, Any] = document["plans"]
        self.addons: dict[str, Any] = document.get("addons", {})
        self.entitlements: dict[str, Any] = document.get("entitlements", {})
        self.direction: str = document.get("direction", "rank")
        self.ranks: dict[str, tuple[str, int]] = {}
        for family, body in document.get("families", {}).items():
            """lowest to highest; a nested list shares a rank"""
            for rank, entry in enumerate(body["plans"] if isinstance(body, dict) else body, start=1):
                for plan in entry if isinstance(entry, list) else [entry]:
                    self.ranks[plan] = (family, rank)

    def family(self, plan: str) -> str:
        """without a family `family` is `none` and `rank` 0"""
        return self.ranks.get(plan, ("none", 0))[0]

    def rank(self, plan: str) -> int:
        return self.ranks.get(plan, ("none", 0))[1]

    def prices(self, item: str) -> dict[str, Price]:
        body = self.plans.get(item) or self.addons[item]
        if body["prices"] == "free":
            """`prices: free` is one price `free`, without interval and next charge."""
            return {"free": Price("free", FREE, None, retired=False)}
        found = {}
        for id, value in body["prices"].items():
            if isinstance(value, dict) and ("every" in value or "amount" in value or "retired" in value):
                every = value.get("every") or IDS_THAT_SAY_THEIR_INTERVAL[id]
                found[id] = Price(id, interval(every), value["amount"], bool(value.get("retired", False)))
            else:
                found[id] = Price(id, interval(IDS_THAT_SAY_THEIR_INTERVAL[id]), value, retired=False)
        return found

    def amount(self, value: Any, currency: str) -> Fraction:
        """Every amount written as a bare number is in the policy's currency; other currencies need the map."""
        if value is None:
            return Fraction(0)
        if isinstance(value, dict):
            if currency in value:
                return number(value[currency])
        elif currency == self.currency:
            return number(value)
        raise InvalidFactsError("no_amount_in_currency", currency)

    def list_amount(self, item: str, price: str, currency: str) -> Fraction:
        return self.amount(self.prices(item)[price].amounts, currency)

    def names(self, listed: list[str], plan: str) -> bool:
        """Plans or families."""
        return plan in listed or self.family(plan) in listed

    def includes(self, plan: str, addon: str) -> bool:
        return self.names(self.addons[addon].get("included_in", []), plan)

    def available(self, plan: str, addon: str) -> bool:
        """`available_on`: plans or families; left out: every plan"""
        listed = self.addons[addon].get("available_on")
        return listed is None or self.names(listed, plan)

    def sold(self, plan: str, every: Interval, addon: str, price: str | None, currency: str) -> Offered | None:
        """How an add-on is sold on a plan at an interval; None where it is not available."""
        if not self.available(plan, addon):
            return None
        return self.priced(every, addon, price, currency)

    def priced(self, every: Interval, addon: str, price: str | None, currency: str) -> Offered | None:
        prices = self.prices(addon)
        if price is not None and price not in prices:
            raise InvalidFactsError("unknown_price", f"{addon}/{price}")
        open_ = [each for each in prices.values() if not each.retired] or list(prices.values())
        if not every.recurs:
            """On a plan without an interval an add-on is sold at its own (price, where it has several)."""
            if price is None and len(open_) > 1:
                raise InvalidFactsError("ambiguous_price", addon)
            one = prices[price] if price is not None else open_[0]
            return Offered(one.id, one.every, self.amount(one.amounts, currency))
        """An add-on is priced at the plan's interval: its price with that interval,"""
        for each in prices.values():
            if each.every == every and (each in open_ or each.id == price):
                return Offered(each.id, every, self.amount(each.amounts, currency))
        """else its only price times the calendar ratio where that is whole, `once` as it stands;"""
        if len(prices) == 1:
            (only,) = prices.values()
            if only.every in {ONCE, FREE}:
                return Offered(only.id, only.every, self.amount(only.amounts, currency))
            ratio = calendar_ratio(only.every, every)
            if ratio.denominator == 1 and only.every.kind == every.kind:
                return Offered(only.id, every, ratio * self.amount(only.amounts, currency))
        """otherwise it is not available there."""
        return None

    def setup_fee(self, item: str, currency: str) -> Fraction:
        body = self.plans.get(item) or self.addons[item]
        return self.amount(body["setup_fee"], currency) if "setup_fee" in body else Fraction(0)

    def terms(self, rule: dict[str, Any]) -> dict[str, Any]:
        named = rule["terms"]
        found: dict[str, Any] = named if isinstance(named, dict) else self.document["terms"][named]
        return found

    def decimals(self, currency: str) -> int:
        """Amounts have the currency's own decimals."""
        return DECIMALS.get(currency, 2)
