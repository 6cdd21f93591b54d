"""Offers: everything a membership can look at, in the order it is shown."""

from collections.abc import Iterator

from msgspec import Struct

from crossgrade.deciding.rulebook import stays
from crossgrade.facts.holding import addon_price
from crossgrade.facts.situation import Held
from crossgrade.model.catalogue import AddOn, Plan, Price
from crossgrade.model.decision import Decision, Offer, Refusal
from crossgrade.model.membership import SelectedAddOn, Selection
from crossgrade.model.policy import Policy

NOT_SOLD = ("no_amount_in_currency", "interval_mismatch")
"""Errors by which something is not sold beside what is held, so that it is no offer."""


class Candidate(Struct, frozen=True):
    """Something that may be offered; outside the family only where a transition reaches it."""

    plan: Plan | None
    addon: AddOn | None
    price: Price
    selection: Selection
    current: bool
    inside: bool

    def offered(self, decision: Decision, policy: Policy, locale: str) -> Offer | None:
        """Return the offer, None for a plan outside the family that no transition reaches."""
        product = self.plan or self.addon
        outside = isinstance(decision, Refusal) and any(reason.rule == "outside-family" for reason in decision.reasons)
        if product is None or (not self.inside and outside):
            return None
        title = product.title.in_locale(locale, policy.locale)
        plan, addon = (self.plan.id if self.plan else None), (self.addon.id if self.addon else None)
        return Offer(plan, self.price.id, addon, title, self.current, decision)


def candidates(member: Held) -> Iterator[Candidate]:
    """Return the plans of the family in rank order, other plans, then the current plan's add-ons."""
    yield from (candidate for plan in _plans(member) for candidate in _prices(plan, member))
    yield from _addons(member)


def _plans(member: Held) -> list[Plan]:
    policy, held = member.policy, member.holding.plan.id
    family = policy.family_of(held)
    own = [id for rank in family.ranks for id in rank] if family else [held]
    return [policy.plans[id] for id in (*own, *(id for id in policy.plans if id not in own))]


def _prices(plan: Plan, member: Held) -> Iterator[Candidate]:
    held = member.holding.plan
    inside = stays(member.policy, held.id, plan.id)
    for price in plan.prices.values():
        current = (plan.id, price.id) == (held.id, held.price.id)
        if current or (price.in_currency(member.currency.code) is not None and not (plan.retired or price.retired)):
            yield Candidate(plan, None, price, Selection(plan=plan.id, price=price.id), current, inside)


def _addons(member: Held) -> Iterator[Candidate]:
    plan = member.holding.plan
    for addon in member.policy.addons.values():
        current = addon.id in member.holding.addons
        offered = addon.available_on is None or plan.id in addon.available_on
        if current or (offered and not addon.retired and plan.id not in addon.included_in):
            yield from _addon(addon, member, current=current)


def _addon(addon: AddOn, member: Held, *, current: bool) -> Iterator[Candidate]:
    """Return one more unit of an add-on, at each price that it can have beside the plan."""
    plan = member.holding.plan
    for id in _price_ids(addon, member):
        found = addon_price(addon, id, plan, member.currency.code, f"addons.{addon.id}")
        if found is not None and found[1] is not None:
            wanted = Selection(add_addons={addon.id: SelectedAddOn(1, id)})
            yield Candidate(None, addon, found[0], wanted, current, inside=True)


def _price_ids(addon: AddOn, member: Held) -> list[str | None]:
    """Return the prices to name: each where the plan has no interval or several have it, the held one, else none."""
    plan = member.holding.plan
    if not plan.recurring:
        return list(addon.prices)
    same = [price.id for price in addon.prices.values() if price.every == plan.every and not price.retired]
    if len(same) < 2:
        return [None]
    held = member.holding.addons.get(addon.id)
    return [held.price.id] if held else list(same)
