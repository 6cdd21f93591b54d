"""Cells: what comes in, cut by the constants of both policies into finitely many parts that no rule can tell apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from crossgrade.facts.vocabulary import WEEKDAYS
from crossgrade.matching.plain import compare
from crossgrade.model.condition import Comparison, Constant, Value
from crossgrade.model.money import Amounts, Currency, Money

Side = Literal["old", "new"]

OMITTED = "omitted"
"""An own fact that the caller does not give, so that each policy takes its own default."""


class Span(Struct, frozen=True):
    """Whole numbers from `low` to `high`, both included; None is no limit."""

    low: int | None
    high: int | None

    def nearest(self, wanted: int) -> int:
        """Return the number of the span that is nearest to the one wanted."""
        if self.low is not None and wanted < self.low:
            return self.low
        return self.high if self.high is not None and wanted > self.high else wanted

    def holds(self, number: int) -> bool:
        """Say whether a number is in the span."""
        return self.nearest(number) == number


class Cell(Struct, frozen=True):
    """A part of an axis: one value of each of its facts stands for all; by side only where a default differs.

    `spans` are the numbers that its inputs may be, `unusual` how far it is from what members are like: 0 is typical.
    """

    values: Mapping[str, Value]
    unusual: int = 0
    spans: Mapping[str, Span] = {}
    given: Any = None
    new_values: Mapping[str, Value] | None = None

    def value(self, fact: str, side: Side) -> Value:
        """Return the value of a fact on one side."""
        values = self.new_values if side == "new" and self.new_values is not None else self.values
        return values[fact]


class Axis(Struct, frozen=True, dict=True):
    """Inputs that vary by themselves, in cells; a set of cells is the bits of a number."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def whole(self) -> int:
        """The bits of all cells."""
        return (1 << len(self.cells)) - 1

    @cached_property
    def _masks(self) -> dict[tuple[Comparison, Side], int]:
        return {}

    def where(self, comparison: Comparison, side: Side) -> int:
        """Return the cells in which a comparison holds."""
        found = self._masks.get((comparison, side))
        if found is None:
            found = self._masks[comparison, side] = sum(
                1 << number
                for number, cell in enumerate(self.cells)
                if compare(comparison, cell.value(comparison.fact, side))
            )
        return found

    @cached_property
    def _chosen(self) -> dict[int, Cell]:
        return {}

    def chosen(self, mask: int) -> Cell:
        """Return the most typical cell of some."""
        found = self._chosen.get(mask)
        if found is None:
            found = self._chosen[mask] = min(self.cells_of(mask), key=lambda cell: cell.unusual)
        return found

    def cells_of(self, mask: int) -> Iterator[Cell]:
        """Return the cells of a mask, in order."""
        return (cell for number, cell in enumerate(self.cells) if mask >> number & 1)


def spans(constants: Iterable[int], low: int | None, high: int | None = None) -> list[Span]:
    """Cut the whole numbers from `low` to `high` so that no comparison with the constants tells a span apart.

    >>> [(span.low, span.high) for span in spans([3], 0)]
    [(0, 2), (3, 3), (4, None)]
    """
    found, start = [], low
    for constant in sorted(set(constants)):
        if (low is not None and constant < low) or (high is not None and constant > high):
            continue
        if start is None or start < constant:
            found.append(Span(start, constant - 1))
        found.append(Span(constant, constant))
        start = constant + 1
    if high is None or start is None or start <= high:
        found.append(Span(start, high))
    return found


def counted(fact: str, constants: Iterable[int], *, low: int | None = 0, typical: int = 0) -> Axis:
    """Return the axis of a fact that is a whole number."""
    cells = (
        Cell({fact: span.nearest(typical)}, _distance(span, typical), {fact: span}) for span in spans(constants, low)
    )
    return Axis(fact, tuple(cells))


def _distance(span: Span, typical: int) -> int:
    return 0 if span.holds(typical) else 2


def of_amounts(
    fact: str, constants: Iterable[Constant], currency: Currency, typical: int, *, low: int | None = 0
) -> Axis:
    """Return the axis of an amount in one currency; constants without that currency are left out."""
    amounts = [each for each in constants if isinstance(each, Amounts)]
    minor = [each.by_currency[currency.code] for each in amounts if currency.code in each.by_currency]
    cells = (
        Cell({fact: Money(span.nearest(typical), currency)}, _distance(span, typical), {fact: span})
        for span in spans(minor, low)
    )
    return Axis(fact, tuple(cells))


def of_choices(fact: str, values: Iterable[Value], typical: Value | None = None) -> Axis:
    """Return the axis of a fact that is one of some values, the typical one the least unusual."""
    cells = (Cell({fact: value}, 0 if value == typical else 1) for value in dict.fromkeys(values))
    return Axis(fact, tuple(cells))


def of_numbers(fact: str, constants: Iterable[int | Decimal], typical: int = 0) -> Axis:
    """Return the axis of an exact number: each constant, and a number in each gap."""
    cuts = sorted({Decimal(each) for each in constants})
    values = [cuts[0] - 1, *_with_gaps(cuts), cuts[-1] + 1] if cuts else [Decimal(typical)]
    return of_choices(fact, values, values[-1])


def _with_gaps(cuts: list[Decimal]) -> Iterator[Decimal]:
    for number, cut in enumerate(cuts):
        if number:
            yield (cuts[number - 1] + cut) * Decimal("0.5")
        yield cut


def of_dates(fact: str, constants: Iterable[date]) -> Axis:
    """Return the axis of a date of the caller's own: each constant, and a day in each gap."""
    found = spans((day.toordinal() for day in constants), None)
    cells = (Cell({fact: date.fromordinal(span.nearest(_TYPICAL_DAY))}, 0, {}) for span in found)
    return Axis(fact, tuple(cells))


_TYPICAL_DAY = date(2026, 1, 17).toordinal()

USED, LEFT, WHOLE = "membership.days_used", "membership.days_left", "membership.period_days"


def of_days(cuts: Mapping[str, Iterable[int]]) -> Axis:
    """Return the axis of the days of a period: those used and left, which sum to its length, in joint cells.

    `given` says whether the change comes after the period's end.
    """
    cells: list[Cell] = []
    for used in spans(cuts.get(USED, ()), 0):
        for left in spans([0, *cuts.get(LEFT, ())], 0):
            for whole in spans(cuts.get(WHOLE, ()), 0):
                days = days_within(used, left, whole, (30, 31, 365, 28, 7))
                if days is not None:
                    cells += [_days_cell(used, left, whole, days, late=late) for late in _late(left)]
    return Axis("days", tuple(cells))


def _late(left: Span) -> tuple[bool, ...]:
    return (False, True) if left.high == 0 else (False,)


def _days_cell(used: Span, left: Span, whole: Span, days: tuple[int, int], *, late: bool) -> Cell:
    natural = sum(days) in (30, 31, 365) and left.high != 0
    unusual = 3 if late else 0 if days == (16, 14) else 1 if natural else 2
    values: dict[str, Value] = {USED: days[0], LEFT: days[1], WHOLE: sum(days)}
    return Cell(values, unusual, {USED: used, LEFT: left, WHOLE: whole}, late)


def days_within(used: Span, left: Span, whole: Span, lengths: Iterable[int]) -> tuple[int, int] | None:
    """Return days used and left within the spans, of one of the lengths where that can be; None where none can be."""
    for length in lengths:
        start = Span(
            max(used.low or 0, length - left.high if left.high is not None else 0),
            min(length - (left.low or 0), length if used.high is None else used.high),
        )
        if whole.holds(length) and start.low is not None and start.high is not None and start.low <= start.high:
            gone = start.nearest(length * 16 // 30)
            return gone, length - gone
    total = max(whole.low or 0, (used.low or 0) + (left.low or 0))
    after = max(left.low or 0, total - used.high if used.high is not None else 0)
    gone = total - after
    fits = used.holds(gone) and left.holds(after) and whole.holds(total)
    return (gone, after) if fits else None


DATE, WEEKDAY, DAY_OF_MONTH = "at.date", "at.weekday", "at.day_of_month"

_SEARCHED = 12 * 366
"""In twelve years every weekday falls on every day of a month."""


def of_the_day(comparisons: Iterable[Comparison], first: date, until: date | None) -> Axis:
    """Return the axis of the day of the decision, from `first` until before `until`: what the calendar can show."""
    tested = list(comparisons)
    dates = [day for each in tested if each.fact == DATE for day in each.constants if isinstance(day, date)]
    last = None if until is None else until.toordinal() - 1
    cells: list[Cell] = []
    for span in spans((day.toordinal() for day in dates), first.toordinal(), last):
        cells += _days_told_apart([each for each in tested if each.fact != DATE], span)
    return Axis("at", tuple(cells))


def _days_told_apart(tested: list[Comparison], span: Span) -> Iterator[Cell]:
    found: dict[tuple[bool, ...], date] = {}
    keys: dict[tuple[int, int], tuple[bool, ...]] = {}
    start = span.low or 1
    end = min(start + _SEARCHED, date.max.toordinal() if span.high is None else span.high)
    for ordinal in range(start, end + 1):
        day = date.fromordinal(ordinal)
        alike = (day.weekday(), day.day)
        key = keys.get(alike)
        if key is None:
            key = keys[alike] = tuple(compare(each, day_facts(day)[each.fact]) for each in tested)
        if key not in found or (not _typical(found[key]) and _typical(day)):
            found[key] = day
        if not tested and ordinal - start > 366:
            break
    for day in found.values():
        yield Cell(day_facts(day), 0 if _typical(day) else 1, {DATE: span})


def day_facts(day: date) -> dict[str, Value]:
    """Return the facts of a day."""
    return {DATE: day, WEEKDAY: WEEKDAYS[day.weekday()], DAY_OF_MONTH: day.day}


def _typical(day: date) -> bool:
    """Say whether a day is the 17th of a month of thirty days."""
    return day.day == 17 and (day + timedelta(days=14)).day == 1


def constants_of(comparisons: Iterable[Comparison], fact: str, admitted: Callable[[object], bool]) -> list[Any]:
    """Return the constants that a fact is compared with, of the type asked for."""
    return [each for one in comparisons if one.fact == fact for each in one.constants if admitted(each)]
