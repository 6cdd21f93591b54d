"""Dimensions: what can vary in a shape, and the values that stand for all where a rule rests on it."""

from collections.abc import Hashable, Iterator
from itertools import product

from msgspec import Struct

from crossgrade.model.calendar import Interval
from crossgrade.model.catalogue import AddOn, Plan, Price, QuantityRange
from crossgrade.model.money import Amounts
from crossgrade.reviewing.cells import Span, spans
from crossgrade.reviewing.shapes import Shape
from crossgrade.reviewing.space import Space

Ends = tuple[str, str]
"""A plan and a price."""

_QUANTITIES = ("membership.quantity", "target.quantity")
_ADDONS = ("membership.addon", "target.addon", "change.addons", "loses", "exceeds")
_AMOUNTS = ("membership.recurring_amount", "target.recurring_amount", "change.amount_difference")


class Rests:
    """What the rules of both policies for a pair of prices rest on."""

    def __init__(self, space: Space, held: Ends, target: Ends) -> None:
        self.space, self.held, self.target = space, held, target
        self.facts = space.tested_on(held, target)
        policies = (space.old.policy, space.new.policy)
        self.same = frozenset(aspect for policy in policies for rule in policy.no_change for aspect in rule.same)
        self.plans = [policy.plans[id] for policy in policies for id in (held[0], target[0]) if id in policy.plans]
        self.on_amounts = self.tests(*_AMOUNTS, "change.price_per_day") or "amount" in self.same or not self._by_rank
        self.on_units = self.tests(*_QUANTITIES, "change.quantity", *_AMOUNTS) or bool(
            {"quantity", "amount"} & self.same
        )
        self.on_addons = self.tests(*_ADDONS, *_AMOUNTS) or bool({"addons", "entitlements", "amount"} & self.same)

        ranged = any(plan.quantity != QuantityRange() for plan in self.plans)
        units = ranged or self.tests(*_QUANTITIES, "change.quantity") or "quantity" in self.same
        addons = self.tests(*_ADDONS) or bool({"addons", "entitlements"} & self.same)
        # Where the price stays, units that change hide by the kind of change add-ons that do.
        either = self.stays or self.tests(*_AMOUNTS)
        self.on_units_and_addons = (units and addons) or (either and (units or addons))

    @property
    def _by_rank(self) -> bool:
        return {self.space.old.policy.direction, self.space.new.policy.direction} == {"rank"}

    def tests(self, *names: str) -> bool:
        """Say whether a rule tests a fact of one of these names, or one below it, such as `loses.sites`."""
        return any(fact == name or fact.startswith(f"{name}.") for fact in self.facts for name in names)

    @property
    def ranges_differ(self) -> bool:
        """Whether a plan is sold in other numbers by one policy than by the other."""
        old, new = (one.policy.plans for one in (self.space.old, self.space.new))
        ids = [id for id in (self.held[0], self.target[0]) if id in old and id in new]
        return any(old[id].quantity != new[id].quantity for id in ids)

    @property
    def stays(self) -> bool:
        """Whether the wanted price is the held one."""
        return self.held == self.target

    @property
    def typical_units(self) -> tuple[int, int]:
        """The units held and wanted of a typical member: one, or as many as the ranges ask for."""
        held, wanted = (
            max((plan.quantity.at_least for plan in self.plans if plan.id == id), default=1)
            for id in (self.held[0], self.target[0])
        )
        return max(held, 1), max(wanted, 1)


class Config(Struct, frozen=True):
    """What is held of an add-on, and how the selection changes that; `named` are units in a selected whole set."""

    held: int = 0
    add: int = 0
    removed: bool = False
    named: int = 0


def units_of(rests: Rests) -> list[tuple[int, int]]:
    """Return units held and wanted that stand for all, but for the typical ones."""
    first, last = rests.typical_units
    if not rests.on_units and not rests.ranges_differ:
        beyond = [plan.quantity.at_most + 1 for plan in rests.plans if plan.quantity.at_most is not None]
        beyond += [plan.quantity.at_least - 1 for plan in rests.plans if plan.quantity.at_least > 1]
        more = [(first, last + 1), (first + 1, last)] if rests.stays else []
        return list(dict.fromkeys((*more, *((first, units) for units in beyond if units != last))))
    cuts = rests.space.numbers(*_QUANTITIES)
    for plan in rests.plans:
        cuts += _range_cuts(plan)
    numbers = sorted({number for span in spans(cuts, 1) for number in _two_of(span)})
    return [pair for pair in product(numbers, numbers) if pair != (first, last)]


def relevant_addons(rests: Rests) -> list[str]:
    """Return the add-ons that can make a difference: those that differ, or that some rule rests on."""
    old, new = rests.space.old.policy, rests.space.new.policy
    ids = list(dict.fromkeys((*old.addons, *new.addons)))
    drops = any(
        rule.terms is not None and rule.terms.addons == "drop" for policy in (old, new) for rule in policy.transitions
    )
    # Beside a plan without an interval, a recurring add-on opens a period.
    price = old.plans[rests.held[0]].prices[rests.held[1]]
    if rests.stays or drops or rests.on_addons or not days_of(price.every):
        return list({_told_by(id, rests): id for id in reversed(ids)}.values())[::-1]
    return [id for id in ids if old.addons.get(id) != new.addons.get(id)]


def _told_by(id: str, rests: Rests) -> Hashable:
    """Return what tells an add-on from others for a pair of prices: its id only where it differs or is tested."""
    old, new = (one.policy.addons.get(id) for one in (rests.space.old, rests.space.new))
    if old is None or old != new or rests.tests(f"membership.addon.{id}", f"target.addon.{id}"):
        return id
    plans = (rests.held[0], rests.target[0])
    sold = tuple((old.available_on is None or plan in old.available_on, plan in old.included_in) for plan in plans)
    grants = tuple(sorted(old.entitlements.items()))
    return (sold, grants, old.quantity, old.retired, tuple(price.every for price in old.prices.values()))


def configs_of(id: str, rests: Rests) -> list[Config]:
    """Return what can be held of an add-on and selected; several units only where they are told apart."""
    old, new = (one.policy.addons.get(id) for one in (rests.space.old, rests.space.new))
    known = [addon for addon in (old, new) if addon is not None]
    least = max(addon.quantity.at_least for addon in known)
    numbers = {least}
    if rests.tests(f"membership.addon.{id}", f"target.addon.{id}") or old != new:
        cuts = rests.space.numbers(f"membership.addon.{id}", f"target.addon.{id}")
        cuts += [cut for addon in known for cut in _range_cuts(addon)]
        numbers |= {span.low for span in spans(cuts, 1) if span.low is not None}
    found = [Config(0, units) for units in sorted(numbers)]
    if old is not None:
        found += [Config(units) for units in sorted(numbers)]
        found += [Config(least, removed=True)]
        # What is named and cannot be had is refused, what is not named ends.
        found += [] if rests.stays else [Config(least, named=least)]
        found += [Config(units + 1, named=units) for units in sorted(numbers)]
        found += [Config(units, 1) for units in sorted(numbers)]
    return found


def _range_cuts(product_: Plan | AddOn) -> list[int]:
    """Return the units at which a range begins and ends."""
    most = product_.quantity.at_most
    cuts = [product_.quantity.at_least - 1, product_.quantity.at_least]
    cuts += [] if most is None else [most, most + 1]
    return [cut for cut in cuts if cut > 0] if product_.quantity.at_least > 1 or most is not None else []


def _two_of(span: Span) -> Iterator[int]:
    low = span.low or 1
    yield low
    if span.high is None or span.high > low:
        yield low + 1


def agreed_amounts(shape: Shape, rests: Rests) -> Iterator[int]:
    """Return agreed amounts for one unit of the plan at, below and above each that a rule can tell apart."""
    amounts = set(_told_apart(shape, rests))
    yield from sorted(amount for amount in amounts if amount >= 0)


def _told_apart(shape: Shape, rests: Rests) -> Iterator[int]:
    code, units, wanted = shape.currency.code, shape.quantity, shape.selection.quantity or shape.quantity
    prices = [price.in_currency(code) or 0 for price in _target_prices(rests)]
    kept, then = _addons_before(shape), _addons_after(shape, rests)
    for constant in _constants(rests, "membership.recurring_amount", code):
        yield from _around((constant - kept) // units)
    for constant in _constants(rests, "target.recurring_amount", code) if rests.stays else ():
        yield from _around((constant - then) // wanted)
    for constant in _constants(rests, "change.amount_difference", code):
        for price in prices:
            yield from _around((price * wanted + then - kept - constant) // units)
    if "amount" in rests.same:
        yield from ((price * wanted + then - kept) // units for price in prices)
    directions = {rests.space.old.policy.direction, rests.space.new.policy.direction}
    if rests.tests("change.price_per_day") or "price_per_day" in directions:
        for listed in _target_prices(rests):
            yield from _around(_same_per_day(shape, listed, rests))
    if "price" in directions:
        for amount in prices:
            yield from _around(amount)


def _around(cut: int) -> tuple[int, int, int]:
    return cut - 1, cut, cut + 1


def _constants(rests: Rests, fact: str, code: str) -> list[int]:
    if not rests.tests(fact):
        return []
    amounts = [each for one in rests.space.tested(fact) for each in one.constants if isinstance(each, Amounts)]
    return [each.by_currency[code] for each in amounts if code in each.by_currency]


def _target_prices(rests: Rests) -> list[Price]:
    plan, price = rests.target
    found = [one.prices.get(price) for one in rests.plans if one.id == plan]
    return [each for each in found if each is not None]


def _addons_before(shape: Shape) -> int:
    return sum(units.paid or 0 for units in shape.addons.values())


def _addons_after(shape: Shape, rests: Rests) -> int:
    """Return what the add-ons cost that are left or added."""
    kept = sum(units.paid or 0 for id, units in shape.addons.items() if id not in shape.selection.remove_addons)
    added = 0
    for id, asked in shape.selection.add_addons.items():
        addon = rests.space.old.policy.addons.get(id) or rests.space.new.policy.addons[id]
        added += asked.quantity * (next(iter(addon.prices.values())).in_currency(shape.currency.code) or 0)
    return kept + added


def _same_per_day(shape: Shape, price: Price, rests: Rests) -> int:
    """Return the agreed amount at which the target costs the same each day."""
    own = rests.space.old.policy.plans[shape.plan].prices[shape.price].every
    if own is None or price.every is None or "once" in (own.unit, price.every.unit):
        return 0
    (days, parts), (over, shares) = own.average_days, price.every.average_days
    return (price.in_currency(shape.currency.code) or 0) * days * shares // (over * parts)


def days_of(every: Interval | None) -> int:
    """Return the days of a typical period of an interval, 0 where nothing recurs."""
    if every is None or every.unit == "once":
        return 0
    if every.unit == "day":
        return every.count
    years, months = divmod(every.count, 12)
    return 365 * years + {0: 0, 1: 30, 3: 91, 6: 182}.get(months, 30 * months)
