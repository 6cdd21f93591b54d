"""A subject is a policy whose laws are asked: its newest version, the engine that decides by it, and its axes."""

from collections.abc import Iterator
from functools import cached_property

from crossgrade.deciding.engine import Engine
from crossgrade.deciding.rulebook import numbered
from crossgrade.errors import InvalidFacts
from crossgrade.facts.situation import Situation, held, situation
from crossgrade.model.calendar import midnight
from crossgrade.model.membership import Selection
from crossgrade.model.money import Amounts, Currency
from crossgrade.model.rules import CHANGE_GROUPS, ChangeKind
from crossgrade.reviewing.catalogue import held_prices, selectable
from crossgrade.reviewing.dimensions import Ends, days_of
from crossgrade.reviewing.shapes import Moment, Question, Shape, membership_of
from crossgrade.reviewing.space import Space, comparisons_of, conditions_of, sided
from crossgrade.reviewing.witness import Chosen, question


class Subject:
    """The newest version of a policy, which is what members ask from its first day on."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.policy = engine, engine.policy
        self.one = sided("old", self.policy)
        self.numbers = numbered(self.policy)
        self._spaces: dict[str, Space] = {}

    @property
    def currencies(self) -> list[Currency]:
        """The currencies that every amount a rule tests has, the policy's own first."""
        all_ = dict.fromkeys((self.policy.currency, *self.policy.currencies.values()))
        return [one for one in all_ if all(one.code in each.by_currency for each in self.amounts)]

    @cached_property
    def amounts(self) -> list[Amounts]:
        """The amounts that rules compare facts with."""
        tested = [one for each in conditions_of(self.policy) for one in comparisons_of(each)]
        return [each for one in tested for each in one.constants if isinstance(each, Amounts)]

    def space(self, currency: Currency) -> Space:
        """Return the axes in a currency."""
        found = self._spaces.get(currency.code)
        if found is None:
            found = self._spaces[currency.code] = Space(self.one, self.one, currency, self.policy.effective, None)
        return found

    def pairs(self) -> Iterator[tuple[Ends, Ends]]:
        """Return every price that can be held with every price that can be selected by its members."""
        for one in held_prices(self.policy):
            yield from ((one, other) for other in dict.fromkeys((*self.sold, one)))

    @cached_property
    def sold(self) -> list[Ends]:
        """Every price that can be selected."""
        return selectable(self.policy, self.policy)

    def base(self, held_: Ends, target: Ends, currency: Currency) -> Shape | None:
        """Return one unit without add-ons at the policy's price, None where it is not sold in the currency."""
        price = self.policy.plans[held_[0]].prices[held_[1]]
        amount = price.in_currency(currency.code)
        if amount is None:
            return None
        return Shape(*held_, currency, Selection(*target), paid=amount, interval_days=days_of(price.every))

    def situation(self, shape: Shape) -> Situation | None:
        """Return the situation of a typical member, None where what is held or selected is not sold to them."""
        zone, used = self.policy.zone, shape.interval_days * 16 // 30
        space = self.space(shape.currency)
        day = space.day().cells[0].values["at.date"]
        moment = Moment(day, used, shape.interval_days - used)  # type: ignore[arg-type]
        try:
            membership = membership_of(shape, moment, zone)
            return situation(
                held(self.policy, membership, shape.currency, midnight(day, zone), {}),  # type: ignore[arg-type]
                shape.selection,
            )
        except InvalidFacts:
            # What cannot be held or selected in a currency is nobody's change.
            return None

    def question(self, shape: Shape, member: Chosen) -> Question:
        """Return what a member of a shape asks."""
        return question(shape, member, self.one, self.policy.zone)

    def kinds(self, there: Situation) -> tuple[ChangeKind, ...]:
        """Return the kinds of change there can be between two prices, whatever units, add-ons and agreed amounts."""
        held_, target = there.held.plan, there.target.plan
        if held_.id != target.id:
            ranked = self.policy.direction == "rank" and there.change.kind is not None
            kinds = (there.change.kind,) if ranked else CHANGE_GROUPS["plan_change"]
        elif there.change.kind is not None:
            kinds = (there.change.kind,)
        else:
            kinds = (*CHANGE_GROUPS["quantity_change"], *(CHANGE_GROUPS["addon_change"] if self.policy.addons else ()))
        return (*(kind for kind in kinds if kind is not None), "reactivation")
