"""An explanation: which comparisons made a condition hold, or kept it from holding; `failures`, compiled."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from crossgrade.matching.plain import (
    Kind,
    Test,
    compared_amounts,
    comparisons_of,
    compiled_comparison,
    kinds,
    no_amount,
)
from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, NoneOf, Value
from crossgrade.model.money import Amounts, Money

Guilty = Callable[[Mapping[str, Value]], list[int] | None]
"""Returns the comparisons because of which a condition came out as it did, None where it came out the other way.

A comparison is its number, or `~number` where it is its opposite that explains.
"""


class Explanation(Struct, frozen=True):
    """A condition's comparisons, each once, and what finds those that kept it from holding, or made it hold.

    Both trust that facts are of their kind, and that `check_amounts` raised nothing.
    """

    comparisons: tuple[Comparison, ...]
    kinds: tuple[tuple[str, Kind], ...]
    amounts: tuple[tuple[str, Amounts], ...]
    unmet: Guilty
    met: Guilty

    def check_amounts(self, values: Mapping[str, Value]) -> None:
        """Raise InvalidFacts where a value is compared in a currency that the policy gives no amount for."""
        for fact, amounts in self.amounts:
            value = values[fact]
            if isinstance(value, Money) and value.currency.code not in amounts.by_currency:
                raise no_amount(fact, value, amounts)


def explanation(condition: Condition) -> Explanation:
    """Make a condition ready to be explained."""
    comparisons = comparisons_of(condition)
    numbers = {each: number for number, each in enumerate(dict.fromkeys(comparisons))}
    opposites = {each: ~number for each, number in numbers.items()}
    unmet = _guilty(condition, {True: numbers, False: opposites}, wanted=True)
    met = _guilty(condition, {True: opposites, False: numbers}, wanted=False)
    if len(numbers) < len(comparisons):
        unmet, met = _once(unmet), _once(met)
    return Explanation(tuple(numbers), tuple(kinds(comparisons)), tuple(compared_amounts(comparisons)), unmet, met)


def _once(guilty: Guilty) -> Guilty:
    """Return each comparison once."""

    def found(values: Mapping[str, Value]) -> list[int] | None:
        numbers = guilty(values)
        return numbers and list(dict.fromkeys(numbers))

    return found


def _guilty(condition: Condition, numbers: Mapping[bool, Mapping[Comparison, int]], *, wanted: bool) -> Guilty:
    """Return what finds why a condition does not come out as wanted; `numbers` by what is wanted of a comparison."""
    if isinstance(condition, Comparison):
        return _itself(compiled_comparison(condition), [numbers[wanted][condition]], wanted=wanted)
    inside = wanted is not isinstance(condition, NoneOf)
    comparisons = [part for part in condition.parts if isinstance(part, Comparison)]
    if wanted and isinstance(condition, AllOf) and len(comparisons) == len(condition.parts):
        return _failing([(compiled_comparison(each), numbers[True][each]) for each in comparisons])
    parts = [_guilty(part, numbers, wanted=inside) for part in condition.parts]
    # Where one part is enough for what is wanted, all are to blame; else each that is not as it must be.
    return _all_guilty(parts) if isinstance(condition, AnyOf) is wanted else _some_guilty(parts)


def _itself(test: Test, found: list[int], *, wanted: bool) -> Guilty:
    return lambda values: None if test(values) is wanted else found


def _failing(tests: list[tuple[Test, int]]) -> Guilty:
    """Return what `_some_guilty` does for comparisons alone, as nearly every condition has them, in half the time."""
    return lambda values: [number for test, number in tests if not test(values)] or None


def _some_guilty(parts: list[Guilty]) -> Guilty:
    def guilty(values: Mapping[str, Value]) -> list[int] | None:
        found = None
        for part in parts:
            more = part(values)
            if more is not None:
                found = more if found is None else found + more
        return found

    return guilty


def _all_guilty(parts: list[Guilty]) -> Guilty:
    def guilty(values: Mapping[str, Value]) -> list[int] | None:
        found: list[int] = []
        for part in parts:
            more = part(values)
            if more is None:
                return None
            found = found + more
        return found

    return guilty
