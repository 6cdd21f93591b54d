"""Freedom: a rule's conditions where only the two prices and the kind of change are settled, every other fact free.

Facts that go together in truth are free of each other here, so that what holds nowhere here holds nowhere at all.
"""

from collections.abc import Callable, Mapping

from crossgrade.facts.situation import Situation
from crossgrade.matching.plain import compare
from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, Value
from crossgrade.model.money import Amounts, Currency, Money
from crossgrade.model.policy import Policy
from crossgrade.model.rules import ChangeKind
from crossgrade.reviewing.cells import LEFT, USED, WHOLE, Axis, Cell, counted, of_choices, spans
from crossgrade.reviewing.formula import Formula, all_of, any_of, atom, none_of
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.space import Space

_BY_THE_PAIR = (
    *(
        f"{side}.{name}"
        for side in ("membership", "target")
        for name in ("plan", "price", "family", "rank", "interval")
    ),
    "change.interval",
)
_STANDING = ("membership.status", "membership.trialing")
_DAYS = (USED, LEFT, WHOLE)
_UNITS: dict[ChangeKind, str] = {"more_units": "more", "fewer_units": "fewer"}
_ADDONS: dict[ChangeKind, str] = {"addons_added": "added", "addons_removed": "removed", "addons_swapped": "swapped"}


def formula_of(condition: Condition, of: Callable[[Comparison], Formula]) -> Formula:
    """Return the formula of a condition; `of` gives that of a comparison."""
    if isinstance(condition, Comparison):
        return of(condition)
    parts = [formula_of(part, of) for part in condition.parts]
    if isinstance(condition, AllOf):
        return all_of(*parts)
    return any_of(*parts) if isinstance(condition, AnyOf) else none_of(*parts)


class Freedom:
    """The facts of one kind of change between two prices in one currency."""

    def __init__(self, subject: Subject, there: Situation, kind: ChangeKind) -> None:
        self._subject, self._there, self._kind = subject, there, kind
        self._space: Space = subject.space(there.currency)
        self.axes: dict[str, Axis] = {}
        self._formulas: dict[int, tuple[Condition, Formula]] = {}

    def formula(self, condition: Condition) -> Formula:
        """Return where a condition holds."""
        found = self._formulas.get(id(condition))
        if found is None:
            # The condition is kept beside its formula, so that no other one gets its identity.
            found = self._formulas[id(condition)] = (condition, formula_of(condition, self._comparison))
        return found[1]

    def _comparison(self, comparison: Comparison) -> Formula:
        settled = self._settled(comparison.fact)
        if settled is not None:
            return compare(comparison, settled)
        axis = self._axis(comparison.fact)
        self.axes[axis.name] = axis
        return atom(axis.name, axis.where(comparison, "old"), axis.whole)

    def _settled(self, fact: str) -> Value | None:
        """Return the value of a fact that the prices and the kind of change settle, None where they do not."""
        if fact == "change.kind":
            return self._kind
        if fact in ("change.plan", "change.quantity", "change.addons"):
            return self._compared(fact)
        if fact in _BY_THE_PAIR or self._by_the_plans(fact):
            return self._subject.one.facts[fact].derive(self._there)
        return None

    def _by_the_plans(self, fact: str) -> bool:
        section, _, name = fact.partition(".")
        if fact in _DAYS:
            return not (self._there.membership.period or self._subject.policy.addons)
        if fact == "target.trial_days":
            trial = self._subject.policy.plans[self._there.target.plan.id].trial
            return trial is None or trial.unit == "day"
        return section == "loses" and not grants_by_addon(self._subject.policy, name)

    def _compared(self, fact: str) -> Value | None:
        kind = self._kind
        if fact == "change.plan":
            if self._there.change.plan == "same" or self._subject.policy.direction == "rank":
                return self._there.change.plan
            return None if kind == "reactivation" else kind
        if fact == "change.quantity":
            return "same" if kind in _ADDONS else _UNITS.get(kind)
        return _ADDONS.get(kind) if self._subject.policy.addons else "same"

    def _axis(self, fact: str) -> Axis:
        section = fact.partition(".")[0]
        if fact in _STANDING:
            return self._space.standing(ended=self._kind == "reactivation")
        if fact in _DAYS:
            return self._space.days()
        if section == "at":
            return self._space.day()
        if section in ("customer", "request", "usage") and not self._counts(fact):
            return self._space.axis(fact, self._there, self._there)
        return self._free(fact)

    def _counts(self, fact: str) -> bool:
        return fact.startswith("usage.") and self._subject.one.facts[fact].type == "integer"

    def _free(self, name: str) -> Axis:
        fact = self._subject.one.facts[name]
        if fact.type == "boolean":
            return of_choices(name, (False, True), typical=False)
        if fact.type == "integer":
            return counted(name, self._space.numbers(name), low=None if name.startswith("usage.") else 0)
        if fact.type == "amount":
            return _of_amounts(name, self._space, self._there.currency)
        return of_choices(name, fact.values or ())


def _of_amounts(name: str, space: Space, currency: Currency) -> Axis:
    """Return the axis of an amount that may be below 0, as a difference may."""
    constants = [each for one in space.tested(name) for each in one.constants if isinstance(each, Amounts)]
    cuts = spans((each.by_currency[currency.code] for each in constants), None)
    return Axis(name, tuple(Cell({name: Money(span.nearest(0), currency)}) for span in cuts))


def grants_by_addon(policy: Policy, name: str) -> bool:
    """Say whether some add-on grants an entitlement, or anything for `any`."""
    grants: list[Mapping[str, object]] = [addon.entitlements for addon in policy.addons.values()]
    return any(grants) if name == "any" else any(name in each for each in grants)
