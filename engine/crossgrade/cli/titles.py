"""Titles: plans, add-ons, prices and days as people read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from crossgrade import wording
from crossgrade.cli.labels import UNITS, label
from crossgrade.deciding.messages import amount, day
from crossgrade.model.calendar import local_day
from crossgrade.model.catalogue import Price
from crossgrade.model.decision import ChangeSummary, Charge, Held, Quote
from crossgrade.model.money import Money
from crossgrade.model.policy import Policy


class Titles(Struct, frozen=True):
    """The titles of a policy in one locale."""

    policy: Policy
    locale: str

    def held(self, held: Held) -> str:
        """Return a plan at a price: `Personal, one year`, `3 × Team, one month`."""
        plan = self.policy.plans[held.plan]
        title = plan.title.in_locale(self.locale, self.policy.locale)
        if held.quantity > 1:
            title = wording.text("units", self.locale, count=held.quantity, title=title)
        every = plan.prices[held.price].every
        if every is None:
            return title
        if every.unit == "once":
            return label("lifetime", self.locale, title=title)
        return f"{title}, {wording.duration(every, self.locale)}"

    def product(self, id: str) -> str:
        """Return the title of a plan or add-on."""
        known = self.policy.plans.get(id) or self.policy.addons[id]
        return known.title.in_locale(self.locale, self.policy.locale)

    def entitlement(self, id: str) -> str:
        """Return the title of an entitlement."""
        return self.policy.entitlements[id].title.in_locale(self.locale, self.policy.locale)

    def change(self, change: ChangeSummary, selection: Mapping[str, Any]) -> str:
        """Return what changes to what, with the add-ons that are added and dropped."""
        before, after = self.held(change.before), self.held(change.after)
        addons = [*self._added(selection), *(f"− {self._known(id)}" for id in selection.get("remove_addons") or ())]
        line = before if before == after else f"{before} → {after}"
        return "  ".join([line, *addons])

    def _added(self, selection: Mapping[str, Any]) -> list[str]:
        added = {**(selection.get("addons") or {}), **(selection.get("add_addons") or {})}
        return [f"+ {self._several(id, item)}" for id, item in added.items()]

    def _several(self, id: str, item: object) -> str:
        count = item if isinstance(item, int) else item.get("quantity", 1) if isinstance(item, Mapping) else 1
        title = self._known(id)
        return title if count == 1 else wording.text("units", self.locale, count=count, title=title)

    def _known(self, id: str) -> str:
        return self.product(id) if id in self.policy.addons else id

    def day(self, moment: datetime) -> str:
        """Return the day of an instant in the policy's time zone."""
        return day(local_day(moment, self.policy.zone), self.locale)

    def charge(self, charge: Charge | None) -> str:
        """Return a charge: `$179.00 on July 1, 2027`."""
        if charge is None:
            return label("none", self.locale)
        return label("amount-on", self.locale, amount=amount(charge.amount, self.locale), day=self.day(charge.at))

    def price(self, price: Price, money: Money | None) -> str:
        """Return what a price costs: `$15.00 / month`; nothing where it has no amount in the currency."""
        if price.every is None:
            return label("free", self.locale)
        if money is None:
            return ""
        shown = amount(money, self.locale)
        if price.every.unit == "once":
            return label("once", self.locale, amount=shown)
        unit = str(price.every)
        interval = label(unit, self.locale) if unit in UNITS else wording.duration(price.every, self.locale)
        return label("per", self.locale, amount=shown, interval=interval)

    def effective(self, quote: Quote) -> str:
        """Return when a change takes effect."""
        key = "at-once" if quote.effective == "immediately" else "period-end"
        return label(key, self.locale, day=self.day(quote.effective_at))
