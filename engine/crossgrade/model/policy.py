"""A policy: the plans a company sells and the rules of moving between them, names resolved."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.model.catalogue import AddOn, Entitlement, Family, Grant, Plan
from crossgrade.model.condition import Value
from crossgrade.model.declaration import PLAIN_TYPES, FactDeclaration, GivenFact
from crossgrade.model.money import Currency, Money
from crossgrade.model.rules import NoChangeRule, Restriction, Transition
from crossgrade.model.terms import CreditRule, Proration, Rounding, Terms
from crossgrade.model.text import Text

Direction = Literal["rank", "price_per_day", "price"]


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
            sections.setdefault(section, {})[key] = GivenFact(fact, PLAIN_TYPES.get(fact.type), one_of, counted)
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
