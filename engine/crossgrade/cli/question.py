"""A question: a policy, a membership and a selection, from a facts sheet and the options that override it."""

import sys
import warnings
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from crossgrade.cli.exits import UnusableError
from crossgrade.cli.options import Format, MatcherName
from crossgrade.cli.sheet import Sheet, read_sheet
from crossgrade.deciding.engine import Engine
from crossgrade.errors import InvalidFacts
from crossgrade.facts import border, readers
from crossgrade.loading import load
from crossgrade.model.decision import Decision, Offer
from crossgrade.model.membership import Membership
from crossgrade.model.money import Money

if TYPE_CHECKING:
    from crossgrade.reviewing.nearest import Proposal


_OWN = ("usage", "customer", "request")


class Overrides(Struct, frozen=True):
    """What the options say in place of the sheet."""

    plan: str | None = None
    price: str | None = None
    quantity: int | None = None
    addons: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    at: str | None = None
    locale: str | None = None


class Question(Struct, frozen=True):
    """What is asked of an engine; every part is checked when it is asked."""

    engine: Engine
    sheet: Sheet
    shown: Format

    @property
    def locale(self) -> str:
        """The locale of the answer."""
        return str(self.sheet.facts.get("locale") or self.engine.policy.locale)

    @property
    def selection(self) -> Mapping[str, Any]:
        """What is selected."""
        found: Mapping[str, Any] = self.sheet.facts.get("selection") or {}
        return found

    def membership(self) -> Membership:
        """Return what is held; a plain date is midnight in the policy's time zone."""
        given = self.sheet.facts["membership"]
        return border.membership(given, border.setting_for(given, self.engine.policy, plain_dates=True))

    def at(self) -> datetime:
        """Return the instant of the decision; a plain date is midnight in the policy's time zone."""
        facts = self.sheet.facts
        if "at" not in facts:
            raise InvalidFacts("missing_fact", "say when, with `at` in the facts or the option --at", "at")
        return border.at(facts["at"], border.setting_for(facts["membership"], self.engine.policy, plain_dates=True))

    def costs(self, offer: Offer) -> Money | None:
        """Return what one unit of an offer costs; for what is held, the amount agreed."""
        policy, member = self.engine.policy, self.membership()
        if offer.current and offer.addon is None and member.unit_amount is not None:
            return member.unit_amount
        product = policy.plans[str(offer.plan)] if offer.addon is None else policy.addons[offer.addon]
        currency = border.setting_for(self.sheet.facts["membership"], policy).currency
        minor = product.prices[offer.price].in_currency(currency.code)
        return None if minor is None else Money(minor, currency)

    def decide(self) -> Decision:
        """Return the decision."""
        with self.sheet.pointing(self.shown):
            return self.engine.decide(self.membership(), self.selection, **self._rest())

    def offers(self) -> tuple[Offer, ...]:
        """Return everything the membership can look at."""
        with self.sheet.pointing(self.shown):
            return self.engine.offers(self.membership(), **self._rest())

    def nearest(self) -> "tuple[Proposal, ...]":
        """Return the nearest changes of facts that would allow what is refused."""
        from crossgrade.reviewing.nearest import Asked, nearest

        policy, member = self.engine.policy, self.membership()
        setting = border.setting_for(self.sheet.facts["membership"], policy)
        own = {f"{part}.{key}": value for part in _OWN for key, value in (self.sheet.facts.get(part) or {}).items()}
        return nearest(self.engine, Asked(member, border.selection(self.selection, setting), self.at(), own))

    def _rest(self) -> dict[str, Any]:
        own = {section: self.sheet.facts.get(section) for section in _OWN}
        return {"at": self.at(), **own, "locale": self.locale}


def ask(policy: Path, facts: str, matcher: MatcherName | None, shown: Format, overrides: Overrides) -> Question:
    """Load the policy and the facts and put the overrides on top."""
    sheet = read_sheet(facts, shown)
    engine = loaded(policy, matcher)
    with sheet.pointing(shown):
        return Question(engine, _overridden(sheet, overrides), shown)


def loaded(policy: Path, matcher: MatcherName | None) -> Engine:
    """Load a policy; what is only worth a warning goes to standard error in one line."""
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        engine = load(policy, matcher=None if matcher is None else matcher.value)
    for note in noted:
        sys.stderr.write(f"warning: {note.message}\n")
    return engine


def _overridden(sheet: Sheet, overrides: Overrides) -> Sheet:
    selection, options = _selected(sheet.facts.get("selection"), overrides)
    facts = {**sheet.facts, "selection": selection}
    for name in ("at", "locale"):
        value = getattr(overrides, name)
        if value is not None:
            facts[name] = value
            options[name] = f"--{name} {value}"
    return Sheet(sheet.name, sheet.text, facts, options)


def _selected(given: object, overrides: Overrides) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the selection with the options put on top, and by path which option says it."""
    selection = {} if given is None else dict(readers.mapping(given, "selection"))
    if overrides.plan is not None and overrides.plan != selection.get("plan"):
        # The price in the sheet is one of the plan in the sheet.
        selection.pop("price", None)
    said = {name: getattr(overrides, name) for name in ("plan", "price", "quantity")}
    said = {name: value for name, value in said.items() if value is not None}
    added, options_of_added = _added(selection.get("add_addons") or {}, overrides.addons)
    removed, options_of_removed = _removed(selection.get("remove_addons") or [], overrides.removed)
    options = {f"selection.{name}": f"--{name} {value}" for name, value in said.items()}
    return {**selection, **said, **added, **removed}, {**options, **options_of_added, **options_of_removed}


def _added(before: object, written: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, str]]:
    if not written:
        return {}, {}
    units = _units(written)
    added = {**readers.mapping(before, "selection.add_addons"), **units}
    return {"add_addons": added}, {f"{path}.{id}": f"--addon {id}" for id in units for path in _ADDON_PATHS}


def _removed(before: object, written: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, str]]:
    if not written:
        return {}, {}
    if not isinstance(before, list):
        raise readers.wrong_type(before, "selection.remove_addons", "a list of ids")
    option = f"--remove-addon {' '.join(written)}"
    return {"remove_addons": [*before, *written]}, {"selection.remove_addons": option}


_ADDON_PATHS = ("addons", "selection.addons", "selection.add_addons")
"""Where a mistake in an added add-on may be reported."""


def _units(written: tuple[str, ...]) -> dict[str, int]:
    """Read `ID` and `ID=N`; the same add-on twice adds up."""
    units: dict[str, int] = {}
    for one in written:
        id, equals, number = one.partition("=")
        if equals and not (number.isascii() and number.isdigit()):
            raise UnusableError(f"error: --addon {one}: expected ID or ID=N, N a whole number")
        units[id] = units.get(id, 0) + (int(number) if equals else 1)
    return units
