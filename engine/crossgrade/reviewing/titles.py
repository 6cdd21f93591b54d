"""Titles: plans, prices and add-ons of two policies as people read them."""

from collections.abc import Iterable

from msgspec import Struct

from crossgrade.model.catalogue import AddOn, Plan
from crossgrade.model.policy import Policy
from crossgrade.reviewing.dimensions import Ends


class Titles(Struct, frozen=True):
    """The two policies of a review; where the new one no longer has something, the old one's title is read."""

    old: Policy
    new: Policy

    def price(self, ends: Ends) -> str:
        """Return a plan at a price: `Premium monthly`; the plan alone where it is not charged by time."""
        plan, price = ends
        found = self._plan(plan)
        if found is None:
            return "/".join(ends)
        known = found.prices.get(price)
        return self.title(plan) if known is not None and known.every is None else f"{self.title(plan)} {price}"

    def title(self, id: str) -> str:
        """Return the title of a plan or an add-on; with its id where another one has the same title."""
        for policy in (self.new, self.old):
            product = policy.plans.get(id) or policy.addons.get(id)
            if product is not None:
                title = _title(product, policy.locale)
                return f"{title} (`{id}`)" if self._is_shared(title, policy) else title
        return f"`{id}`"

    def pair(self, held: Ends, target: Ends) -> str:
        """Return what changes to what; once where both ends are the same."""
        return self.price(held) if held == target else f"{self.price(held)} → {self.price(target)}"

    def _plan(self, id: str) -> Plan | None:
        return self.new.plans.get(id) or self.old.plans.get(id)

    def _is_shared(self, title: str, policy: Policy) -> bool:
        products: Iterable[Plan | AddOn] = (*policy.plans.values(), *policy.addons.values())
        return sum(_title(product, policy.locale) == title for product in products) > 1


def _title(product: Plan | AddOn, locale: str) -> str:
    return product.title.in_locale(locale, locale)
