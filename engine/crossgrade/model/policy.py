"""A policy: the plans a company sells and the rules of moving between them, names resolved."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.model.calendar import Interval
from crossgrade.model.condition import ALWAYS, Condition, Value
from crossgrade.model.money import Amounts, Currency, Money, RoundingMode

Grant = bool | int | Literal["unlimited"]
FactType = Literal["boolean", "integer", "number", "amount", "string", "date"]
Direction = Literal["rank", "price_per_day", "price"]

ChangeKind = Literal[
    "withdrawal",
    "reactivation",
    "upgrade",
    "downgrade",
    "crossgrade",
    "longer_interval",
    "shorter_interval",
    "price_change",
    "more_units",
    "fewer_units",
    "addons_added",
    "addons_removed",
    "addons_swapped",
]

CHANGE_GROUPS: dict[str, tuple[ChangeKind, ...]] = {
    "plan_change": ("upgrade", "downgrade", "crossgrade"),
    "interval_change": ("longer_interval", "shorter_interval"),
    "quantity_change": ("more_units", "fewer_units"),
    "addon_change": ("addons_added", "addons_removed", "addons_swapped"),
}

RULED_KINDS: tuple[ChangeKind, ...] = (
    "reactivation",
    *CHANGE_GROUPS["plan_change"],
    *CHANGE_GROUPS["interval_change"],
    "price_change",
    *CHANGE_GROUPS["quantity_change"],
    *CHANGE_GROUPS["addon_change"],
)
"""The kinds a rule can name; a withdrawal is quoted before any rule is asked."""

Same = Literal["plan", "price", "quantity", "addons", "entitlements", "amount"]


class Text(Struct, frozen=True):
    """What people read: a template by locale, with placeholders such as `{usage.disk_gb}`."""

    by_locale: Mapping[str, str]

    def in_locale(self, locale: str, default: str) -> str:
        """Return the template for the locale, its language, the default locale, or the first there is."""
        texts = self.by_locale
        for wanted in (locale, locale.partition("-")[0].partition("_")[0], default):
            if wanted in texts:
                return texts[wanted]
        return next(iter(texts.values()))


class Entitlement(Struct, frozen=True):
    """Something plans and add-ons grant: integers add up and `unlimited` wins; booleans: any."""

    id: str
    title: Text
    type: Literal["integer", "boolean"]


class Price(Struct, frozen=True):
    """What one unit costs for one interval, in minor units by currency; `every` is None for `free`.

    `former` says that only an older version of the policy has it.
    """

    id: str
    amounts: Mapping[str, int]
    every: Interval | None
    retired: bool = False
    former: bool = False

    def in_currency(self, code: str) -> int | None:
        """Return the amount in a currency, None where there is none; `free` is 0 in every currency."""
        return 0 if self.every is None else self.amounts.get(code)


class QuantityRange(Struct, frozen=True):
    """How many units can be held; None is no upper limit."""

    at_least: int = 1
    at_most: int | None = None


class Plan(Struct, frozen=True):
    """Something a membership holds exactly one of; `former` as in Price."""

    id: str
    title: Text
    prices: Mapping[str, Price]
    setup_fee: Amounts | None
    quantity: QuantityRange
    entitlements: Mapping[str, Grant]
    retired: bool = False
    trial: Interval | None = None
    former: bool = False


class AddOn(Struct, frozen=True):
    """Something held beside a plan; `available_on` None is every plan, `former` as in Price."""

    id: str
    title: Text
    kind: str
    prices: Mapping[str, Price]
    setup_fee: Amounts | None
    available_on: frozenset[str] | None
    included_in: frozenset[str]
    quantity: QuantityRange
    entitlements: Mapping[str, Grant]
    retired: bool = False
    former: bool = False


class Family(Struct, frozen=True):
    """Plans that belong together, lowest to highest; plans of one inner tuple share a rank."""

    id: str
    title: Text
    ranks: tuple[tuple[str, ...], ...]


class FactDeclaration(Struct, frozen=True):
    """A fact of the policy's own, under `customer.`, `usage.` or `request.`; without default it is required."""

    name: str
    type: FactType
    one_of: tuple[Value, ...] | None = None
    default: Value | None = None
    required: bool = True


class Reach(Struct, frozen=True):
    """What `from` or `to` names, resolved: whole plans and single prices; None is every plan.

    `leaves_family` says whether a transition with this `to` may reach plans of another family.
    """

    plans: frozenset[str] | None = None
    prices: frozenset[tuple[str, str]] = frozenset()
    leaves_family: bool = False

    def admits(self, plan: str, price: str) -> bool:
        """Say whether a plan at a price is among what is named."""
        return self.plans is None or plan in self.plans or (plan, price) in self.prices


ANYWHERE = Reach()


class NoChangeRule(Struct, frozen=True):
    """A rule by which a selection counts as no change at all."""

    id: str
    same: tuple[Same, ...]
    change: frozenset[ChangeKind]
    when: Condition
    message: Text | None


class Restriction(Struct, frozen=True):
    """A rule that forbids; each one that holds is reported."""

    id: str
    change: frozenset[ChangeKind]
    source: Reach
    target: Reach
    when: Condition
    message: Text


class Transition(Struct, frozen=True):
    """A rule that permits on terms, or refuses; the first that holds decides."""

    id: str
    change: frozenset[ChangeKind]
    source: Reach
    target: Reach
    when: Condition
    terms: "Terms | None"
    refuse: Text | None


class Proration(Struct, frozen=True):
    """How the unused share of a period is measured (language, section 7)."""

    by: Literal["second", "minute", "hour", "day", "month", "period"] = "day"
    change_unit: Literal["new_plan", "old_plan"] = "new_plan"
    period_length: Literal["actual", "average", "30/360"] | int = "actual"
    first_day: Literal["whole"] | None = None
    ratio_decimals: int | None = None
    normalise: Literal["months", "days"] = "months"


class Rounding(Struct, frozen=True):
    """How exact amounts become payable ones."""

    mode: RoundingMode = "half_up"
    per: Literal["line", "net"] = "line"
    daily_rate: bool = False


class CreditRule(Struct, frozen=True):
    """What unused time is worth: basis x unused / length, at most a limit."""

    id: str
    basis: Literal["paid", "recurring", "list_price"]
    proration: Mapping[str, object] = {}
    setup_fee: Literal["none", "whole", "lesser"] = "none"
    at_most: Literal["paid", "charge"] | Amounts | None = None
    when: Condition = ALWAYS


BUILT_IN_CREDITS: dict[str, CreditRule] = {
    "unused": CreditRule("unused", "recurring", at_most="paid"),
    "paid": CreditRule("paid", "paid"),
    "recurring": CreditRule("recurring", "recurring"),
    "list_price": CreditRule("list_price", "list_price"),
}


class CreditUse(Struct, frozen=True):
    """The credit of some terms: the first rule whose `when` holds, and where its amount goes.

    No rules is `none`. `prorations` holds each rule's proration with the wider ones filled in.
    """

    rules: tuple[CreditRule, ...] = ()
    prorations: tuple[Proration, ...] = ()
    to: Literal["charge", "time", "refund", "account"] = "charge"
    excess: Literal["account", "time", "refund", "forfeit"] = "account"


class TimeRule(Struct, frozen=True):
    """How credit becomes time: in whole days or periods, rounded, at most so many units or so long.

    `rest` is where less than one unit goes.
    """

    whole: Literal["day", "period"] = "day"
    round: Literal["down", "up"] = "down"
    at_most: int | Interval | None = None
    rest: Literal["account", "refund", "forfeit"] = "forfeit"


class Promotion(Struct, frozen=True):
    """What comes off the charges of one change: an amount or a percentage."""

    amount: Amounts | None = None
    percent: Decimal | None = None


class Terms(Struct, frozen=True):
    """How a change is carried out and charged; `id` is None for terms written in a transition."""

    id: str | None
    effective: Literal["immediately", "period_end"]
    billing_date: Literal["restart", "keep", "align", "when_credit_ends"]
    charge: Literal["full", "prorated", "full_difference", "none"]
    credit: CreditUse
    proration: Proration
    setup_fee: Literal["waive", "charge", "difference"] = "waive"
    time: TimeRule = TimeRule()
    collect: Literal["now", "next_charge"] = "now"
    fee: Amounts | None = None
    promotion: Promotion | None = None
    trial: Literal["none", "grant", "carry", "rest"] = "none"
    discount: Literal["keep", "drop"] = "keep"
    addons: Literal["keep", "drop"] = "keep"
    waive_below: Amounts | None = None
    minimum_due: Amounts | None = None


class GivenFact(Struct, frozen=True):
    """A fact that a caller can give: the type whose values are taken as they are, those allowed, whether it counts."""

    fact: FactDeclaration
    plain: type | None
    one_of: frozenset[Value] | None
    counted: bool

    def takes(self, value: object) -> bool:
        """Say whether a value is plainly right, so that no reader need look at it."""
        if type(value) is not self.plain or (self.one_of is not None and value not in self.one_of):
            return False
        return not self.counted or (isinstance(value, int) and value >= 0)


_PLAIN: dict[str, type] = {"boolean": bool, "integer": int, "string": str}


class Policy(Struct, frozen=True, dict=True):
    """One version of one policy.

    Its plans, prices and add-ons include those that only an older version has, marked `former` and `retired`:
    they can be held, and are never selected anew. `older` is the version before this one.
    """

    id: str
    title: Text
    effective: date
    zone: ZoneInfo
    currency: Currency
    currencies: Mapping[str, Currency]
    locale: str
    entitlements: Mapping[str, Entitlement]
    plans: Mapping[str, Plan]
    addons: Mapping[str, AddOn]
    families: Mapping[str, Family]
    direction: Direction
    facts: Mapping[str, FactDeclaration]
    no_change: tuple[NoChangeRule, ...]
    restrictions: tuple[Restriction, ...]
    transitions: tuple[Transition, ...]
    otherwise: Text | None
    messages: Mapping[str, Text]
    terms: Mapping[str, Terms]
    credits: Mapping[str, CreditRule]
    proration: Proration
    rounding: Rounding
    account_credit: Literal["use", "keep"]
    digest: str
    older: "Policy | None" = None

    def family_of(self, plan: str) -> Family | None:
        """Return the family of a plan, None where it is in none; that of a former plan is the one it was in."""
        if self.older is not None and self._is_former(plan):
            family = self.older.family_of(plan)
            return family and self.families.get(family.id, family)
        place = self._places.get(plan)
        return None if place is None else place[0]

    def rank_of(self, plan: str) -> int:
        """Return the position of a plan in its family, from 1; 0 where it is in none."""
        if self.older is not None and self._is_former(plan):
            return self.older.rank_of(plan)
        place = self._places.get(plan)
        return 0 if place is None else place[1]

    def ranks(self, held: str, target: str) -> tuple[int, int] | None:
        """Return the ranks of two plans in the newest version, up to this one, that holds both.

        None where they are in different families there, in none, or where no version holds both.
        """
        if self.older is not None and (self._is_former(held) or self._is_former(target)):
            return self.older.ranks(held, target)
        family = self.family_of(held)
        same = family is not None and self.family_of(target) is family
        return (self.rank_of(held), self.rank_of(target)) if same else None

    def _is_former(self, plan: str) -> bool:
        found = self.plans.get(plan)
        return found is None or found.former

    @cached_property
    def _places(self) -> dict[str, tuple[Family, int]]:
        return {
            plan: (family, number)
            for family in self.families.values()
            for number, rank in enumerate(family.ranks, 1)
            for plan in rank
        }

    @cached_property
    def plan_grants(self) -> dict[str, dict[str, Grant]]:
        """What each plan grants, with the add-ons it includes once, by entitlement."""
        return {
            plan.id: self.sum_of_grants(
                [(plan.entitlements, 1)]
                + [(addon.entitlements, 1) for addon in self.addons.values() if plan.id in addon.included_in]
            )
            for plan in self.plans.values()
        }

    def sum_of_grants(self, parts: list[tuple[Mapping[str, Grant], int]]) -> dict[str, Grant]:
        """Return grants by entitlement, each part so many times: integers add up, `unlimited` wins; booleans: any."""
        return {name: _sum(name, entitlement.type, parts) for name, entitlement in self.entitlements.items()}

    @cached_property
    def given_by_section(self) -> dict[str, dict[str, "GivenFact"]]:
        """Every fact that a caller can give, by its section and its name there."""
        sections: dict[str, dict[str, GivenFact]] = {}
        for name, fact in self.given_facts.items():
            section, _, key = name.partition(".")
            counted = section == "usage" and key in self.entitlements
            one_of = None if fact.one_of is None else frozenset(fact.one_of)
            sections.setdefault(section, {})[key] = GivenFact(fact, _PLAIN.get(fact.type), one_of, counted)
        return sections

    @cached_property
    def given_defaults(self) -> dict[str, Value]:
        """The defaults of facts that have one in every currency."""
        return {
            name: fact.default
            for name, fact in self.given_facts.items()
            if not fact.required and fact.default is not None and not isinstance(fact.default, Money)
        }

    @cached_property
    def given_facts(self) -> dict[str, FactDeclaration]:
        """Every fact that a caller can give: those built in, then the policy's own."""
        built_in = [FactDeclaration("customer.had_trial", "boolean", default=False, required=False)]
        built_in += [
            FactDeclaration(f"usage.{name}", "integer", default=0, required=False)
            for name, entitlement in self.entitlements.items()
            if entitlement.type == "integer"
        ]
        return {fact.name: fact for fact in built_in} | dict(self.facts)


def _sum(name: str, type_: str, parts: list[tuple[Mapping[str, Grant], int]]) -> Grant:
    grants = [(part[name], times) for part, times in parts if name in part]
    if type_ == "boolean":
        return any(grant for grant, _ in grants)
    if any(grant == "unlimited" for grant, _ in grants):
        return "unlimited"
    return sum(int(grant) * times for grant, times in grants)
