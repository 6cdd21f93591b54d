"""Rules: what counts as no change, what forbids, what permits; and the kinds of change they name."""

from typing import Literal

from msgspec import Struct

from crossgrade.model.condition import Condition
from crossgrade.model.terms import Terms
from crossgrade.model.text import Text

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
    terms: Terms | None
    refuse: Text | None
