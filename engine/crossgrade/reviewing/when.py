"""Where a region is, in words: what its box says of each fact that a rule rests on."""

from collections.abc import Iterator, Mapping
from datetime import date

from crossgrade.model.condition import Value
from crossgrade.model.money import Currency, Money, written
from crossgrade.reviewing.cells import DATE, OMITTED, Axis, Cell, Span
from crossgrade.reviewing.formula import Box


def in_words(box: Box, axes: Mapping[str, Axis]) -> tuple[str, ...]:
    """Return a phrase for each fact that the box narrows, such as "`membership.days_used` at least 10"."""
    return tuple(
        phrase
        for name, axis in axes.items()
        if box.get(name, axis.whole) != axis.whole
        for phrase in _axis(axis, box[name])
    )


def _axis(axis: Axis, mask: int) -> Iterator[str]:
    kept, everything = list(axis.cells_of(mask)), list(axis.cells)
    left_out = [cell for cell in kept if cell.given == OMITTED]
    given = [cell for cell in kept if cell.given != OMITTED]
    for fact in everything[0].values:
        if fact.startswith("exceeds."):
            continue
        if left_out and not given:
            yield f"`{fact}` is left out"
        elif any(fact in cell.spans for cell in everything):
            yield from _spans(fact, given, everything)
        else:
            yield from _values(fact, given, everything)
    if axis.name == "days" and {cell.given for cell in kept} == {True}:
        yield "the period is over"


def _values(fact: str, kept: list[Cell], everything: list[Cell]) -> Iterator[str]:
    values = dict.fromkeys(cell.values[fact] for cell in kept)
    others = [value for value in dict.fromkeys(cell.values[fact] for cell in everything) if value not in values]
    if not others:
        return
    if len(others) < len(values):
        yield f"`{fact}` is not {_listed(others)}"
    else:
        yield f"`{fact}` is {_listed(list(values))}"


def _listed(values: list[Value]) -> str:
    texts = ["yes" if value is True else "no" if value is False else str(value) for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _spans(fact: str, kept: list[Cell], everything: list[Cell]) -> Iterator[str]:
    spans, whole = (_joined([cell.spans[fact] for cell in cells if fact in cell.spans]) for cells in (kept, everything))
    if spans == whole:
        return
    sample = everything[0].values[fact]
    currency = sample.currency if isinstance(sample, Money) else None
    yield f"`{fact}` {' or '.join(_span(span, whole, currency, dated=fact == DATE) for span in spans)}"


def _joined(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that touch as one."""
    found: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.low is not None, span.low or 0)):
        last = found[-1] if found else None
        if last is not None and (last.high is None or (span.low is not None and span.low <= last.high + 1)):
            high = None if last.high is None or span.high is None else max(last.high, span.high)
            found[-1] = Span(last.low, high)
        else:
            found.append(span)
    return found


def _span(span: Span, whole: list[Span], currency: Currency | None, *, dated: bool) -> str:
    low, high = (None if each is None else _number(each, currency, dated=dated) for each in (span.low, span.high))
    if span.low == span.high and low is not None:
        return low
    if span.low is None or span.low == whole[0].low:
        return f"at most {high}"
    return f"at least {low}" if span.high is None or span.high == whole[-1].high else f"from {low} to {high}"


def _number(number: int, currency: Currency | None, *, dated: bool) -> str:
    if dated:
        return date.fromordinal(number).isoformat()
    return str(number) if currency is None else written(number, currency)
