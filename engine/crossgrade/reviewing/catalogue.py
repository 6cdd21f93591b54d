"""What there is to hold and to select in two policies: pairs of prices, and the shapes of a pair."""

from collections.abc import Iterator
from itertools import combinations, islice, product

from msgspec import structs

from crossgrade.model.membership import SelectedAddOn, Selection
from crossgrade.model.money import Currency
from crossgrade.model.policy import Policy
from crossgrade.reviewing.dimensions import (
    Config,
    Ends,
    Rests,
    agreed_amounts,
    configs_of,
    days_of,
    relevant_addons,
    units_of,
)
from crossgrade.reviewing.shapes import Shape, Units
from crossgrade.reviewing.space import Space

MOST_SHAPES = 800
"""How many shapes are looked at for a pair of prices in a currency."""


def held_prices(policy: Policy) -> list[Ends]:
    """Return every price that a member can hold."""
    return [(plan.id, price) for plan in policy.plans.values() for price in plan.prices]


def selectable(old: Policy, new: Policy) -> list[Ends]:
    """Return every price that can be named in a selection under one of the policies."""
    found = [
        (plan.id, price.id)
        for policy in (old, new)
        for plan in policy.plans.values()
        for price in plan.prices.values()
        if not (plan.former or price.former)
    ]
    return list(dict.fromkeys(found))


class Shapes:
    """The shapes of pairs of prices in a space, as the old policy's catalogue has them."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._old, self._new = space.old.policy, space.new.policy
        self.capped: set[tuple[Ends, Ends]] = set()

    def of(self, held: Ends, target: Ends, currency: Currency) -> Iterator[Shape]:
        """Return the shapes of a pair, the simplest first.

        Units, add-ons, agreed amounts and an ended membership vary by themselves and together, as far as the rules for
        the pair rest on them. What is above the bound is noted in `capped`.
        """
        found = self._all(held, target, currency)
        yield from islice(found, MOST_SHAPES)
        if next(found, None) is not None:
            self.capped.add((held, target))

    def _all(self, held: Ends, target: Ends, currency: Currency) -> Iterator[Shape]:
        rests = Rests(self._space, held, target)
        base = self._base(held, target, currency, rests)
        if base is None:
            return
        agreed = list(self._agreed(base, rests))
        simple = [*self._with_units(base, rests), *self._with_addons(base, rests)]
        yield from (base, structs.replace(base, ended=True), *agreed, *simple)
        both = self._with_units(base, rests) if rests.on_units_and_addons else ()
        crossed = [each for one in both for each in self._with_addons(one, rests)]
        if rests.on_amounts:
            crossed += [each for shape in (*simple, *crossed) for each in self._agreed(shape, rests)]
        yield from crossed
        for shape in (*simple, *crossed, *(agreed if rests.on_amounts else ())):
            yield structs.replace(shape, ended=True)

    def _base(self, held: Ends, target: Ends, currency: Currency, rests: Rests) -> Shape | None:
        price = self._old.plans[held[0]].prices[held[1]]
        amount = price.in_currency(currency.code)
        if amount is None:
            return None
        units, wanted = rests.typical_units
        selection = Selection(*target, wanted if wanted != units else None)
        return Shape(*held, currency, selection, units, interval_days=days_of(price.every), paid=amount * units)

    def _with_units(self, base: Shape, rests: Rests) -> Iterator[Shape]:
        for units, wanted in units_of(rests):
            selection = structs.replace(base.selection, quantity=wanted if wanted != units else None)
            yield structs.replace(base, quantity=units, selection=selection, paid=base.paid * units // base.quantity)

    def _with_addons(self, shape: Shape, rests: Rests) -> Iterator[Shape]:
        choices = {id: configs_of(id, rests) for id in relevant_addons(rests)}
        for size in (1, 2) if rests.stays or rests.tests("change.addons") else (1,):
            for ids in combinations(choices, size):
                for configs in product(*(choices[id] for id in ids)):
                    yield self._holding(shape, dict(zip(ids, configs, strict=True)))

    def _holding(self, shape: Shape, configs: dict[str, Config]) -> Shape:
        held = {id: self._held_units(id, config, shape) for id, config in configs.items() if config.held}
        days = shape.interval_days or max((self._days_of_addon(id) for id in held), default=0)
        add = {id: SelectedAddOn(config.add, self._price(id, shape)) for id, config in configs.items() if config.add}
        removed = tuple(id for id, config in configs.items() if config.removed)
        selection = structs.replace(shape.selection, add_addons=add, remove_addons=removed)
        if any(config.named for config in configs.values()):
            selection = structs.replace(shape.selection, addons=self._whole_set(configs, shape))
        return structs.replace(shape, addons=held, selection=selection, interval_days=days)

    def _whole_set(self, configs: dict[str, Config], shape: Shape) -> dict[str, SelectedAddOn]:
        """Return what is selected of add-ons as the whole set, which names what is kept."""
        wanted = {
            id: config.named or config.add + (0 if config.removed else config.held) for id, config in configs.items()
        }
        return {id: SelectedAddOn(units, self._price(id, shape)) for id, units in wanted.items() if units}

    def _days_of_addon(self, id: str) -> int:
        return days_of(next(iter(self._old.addons[id].prices.values())).every)

    def _held_units(self, id: str, config: Config, shape: Shape) -> Units:
        price = next(iter(self._old.addons[id].prices.values()))
        recurring = days_of(self._old.plans[shape.plan].prices[shape.price].every) > 0
        amount = price.in_currency(shape.currency.code) or 0
        return Units(config.held, None if recurring else price.id, amount * config.held)

    def _price(self, id: str, shape: Shape) -> str | None:
        """Return the price to name where the target has no interval, so that an add-on has one of its own."""
        target = self._new.plans.get(shape.selection.plan or "") or self._old.plans.get(shape.selection.plan or "")
        price = target.prices.get(shape.selection.price or "") if target else None
        if price is None or days_of(price.every):
            return None
        addon = self._old.addons.get(id) or self._new.addons[id]
        return next(iter(addon.prices))

    def _agreed(self, shape: Shape, rests: Rests) -> Iterator[Shape]:
        """Return the shape with the old price recorded where the new one differs, and with amounts told apart."""
        old, new = (policy.plans.get(shape.plan) for policy in (self._old, self._new))
        prices = [plan.prices.get(shape.price) if plan else None for plan in (old, new)]
        listed = [price.in_currency(shape.currency.code) if price else None for price in prices]
        amounts = set(agreed_amounts(shape, rests)) if prices[0] is not None and prices[0].every is not None else set()
        if listed[0] is not None and listed[0] != listed[1] and prices[0] is not None and prices[0].every is not None:
            amounts.add(listed[0])
        for amount in sorted(amounts):
            yield structs.replace(shape, unit_amount=amount, paid=amount * shape.quantity)
