"""Evidence: the comparisons that kept a rule from holding, or made it hold, with the values they met, as JSON."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact
from crossgrade.matching import Explanation, Kind, check_type, explanation
from crossgrade.model.condition import Comparison, Condition, Constant, Operator, Value
from crossgrade.model.declaration import MASKED, FactDeclaration
from crossgrade.model.money import Amounts, Currency, written
from crossgrade.model.trace import opened
from crossgrade.model.writing import json_text

_OPPOSITE: dict[Operator, Operator] = {
    "in": "not_in",
    "not_in": "in",
    "at_least": "less_than",
    "less_than": "at_least",
    "at_most": "more_than",
    "more_than": "at_most",
}


class Observed(Struct, frozen=True):
    """What a trace has looked at of a situation so far: values of facts, and their JSON with the brace behind it."""

    situation: Situation
    values: dict[str, Value]
    found: dict[str, str]


class Tested(Struct, frozen=True):
    """A fact that a rule tests; the value of one that is `masked` is not shown."""

    fact: Fact
    kind: Kind
    masked: bool

    def look(self, observed: Observed) -> None:
        """Derive the fact, unless it was for matching, and write it."""
        name = self.fact.name
        if name not in observed.values:
            value = observed.values[name] = self.fact.derive(observed.situation)
            check_type(name, self.kind, value)
        observed.found[name] = f"{json_text(MASKED if self.masked else _plain(observed.values[name]))}}}"


Said = tuple[str, str]
"""A comparison as a trace writes it: its JSON up to the value found, and the fact of which that is the value."""


class Evidence(Struct, frozen=True):
    """What explains the condition of a rule.

    `said` fills up with the comparisons by currency, after them their opposites from the last on.
    """

    explanation: Explanation
    tested: Mapping[str, Tested]
    said: dict[str, tuple[Said, ...]]

    def against(self, observed: Observed) -> list[str]:
        """Return the comparisons that keep the condition from holding."""
        for name, tested in self.tested.items():
            if name not in observed.found:
                tested.look(observed)
        if self.explanation.amounts:
            self.explanation.check_amounts(observed.values)
        return self._written(self.explanation.unmet(observed.values) or (), observed)

    def in_favour(self, observed: Observed) -> list[str]:
        """Return the comparisons that make the condition hold; none is against it."""
        return self._written(self.explanation.met(observed.values) or (), observed)

    def _written(self, numbers: Sequence[int], observed: Observed) -> list[str]:
        currency = observed.situation.currency
        said = self.said.get(currency.code)
        if said is None:
            said = self.said[currency.code] = self._said(currency)
        found = observed.found
        return [said[number][0] + found[said[number][1]] for number in numbers]

    def _said(self, currency: Currency) -> tuple[Said, ...]:
        comparisons = self.explanation.comparisons
        said = [self._opening(each, each.operator, currency) for each in comparisons]
        opposites = [self._opening(each, _OPPOSITE[each.operator], currency) for each in reversed(comparisons)]
        return (*said, *opposites)

    def _opening(self, comparison: Comparison, operator: Operator, currency: Currency) -> Said:
        fact = comparison.fact
        # Constants are masked with the value: of a rule that held, the one after `in` is the value.
        masked = self.tested[fact].masked
        constants = [MASKED] if masked else [_in_currency(each, currency) for each in comparison.constants]
        return opened(fact, operator, constants if operator in ("in", "not_in") else constants[0]), fact


def evidence(condition: Condition, facts: Mapping[str, Fact], declared: Mapping[str, FactDeclaration]) -> Evidence:
    """Make a condition ready to be traced."""
    found = explanation(condition)
    masked = {name for name, fact in declared.items() if fact.mask}
    return Evidence(found, {name: Tested(facts[name], kind, name in masked) for name, kind in found.kinds}, {})


def _in_currency(constant: Constant, currency: Currency) -> object:
    return written(constant.by_currency[currency.code], currency) if isinstance(constant, Amounts) else _plain(constant)


def _plain(value: Value | Constant) -> object:
    """Return a value as JSON has it."""
    return value if isinstance(value, _PLAIN) else str(value)


_PLAIN = (bool, int, str)
