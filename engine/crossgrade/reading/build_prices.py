"""A price is an amount for an interval: its id says the interval, or `every` does."""

from crossgrade.model.calendar import NAMED_INTERVALS, Interval, interval
from crossgrade.model.catalogue import Price
from crossgrade.reading.build_amounts import Currencies, amounts_of
from crossgrade.reading.build_names import nearest
from crossgrade.reading.build_nodes import pairs_of, truth_of, value_of, word_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar

_LONG_FORM = frozenset({"amount", "every", "retired"})


def prices_of(node: Node | None, currencies: Currencies, report: Report) -> dict[str, Price]:
    """Return prices by id; `free` is one price without interval, 0 in every currency."""
    if isinstance(node, Scalar) and node.value != "free":
        return {}
    if isinstance(node, Scalar):
        return {"free": Price("free", dict.fromkeys(currencies.known, 0), None)}
    found = (_price(id, price, currencies, report) for id, price in pairs_of(node))
    return {price.id: price for price in found}


def _price(id: Scalar, node: Node, currencies: Currencies, report: Report) -> Price:
    long_form = isinstance(node, Entries) and not _LONG_FORM.isdisjoint(node.keys())
    amount = value_of(node, "amount", report) if long_form else node
    every = _every(id, value_of(node, "every", report) if long_form else None, node, report)
    return Price(
        _named(id) if every is None else str(id.value),
        amounts_of(amount, currencies, report),
        every,
        long_form and truth_of(value_of(node, "retired", report), report),
    )


def _every(id: Scalar, every: Node | None, price: Node, report: Report) -> Interval | None:
    named = NAMED_INTERVALS.get(str(id.value))
    said = interval(named) if named else None
    if every is None:
        if said is None:
            _report_missing(id, price, report)
        return said
    written = interval_of(every, report)
    if said and written and said != written and isinstance(every, Scalar):
        message = f"`{id.value}` means every {said}, but `every` says `{every.written}`"
        remedy = "leave out `every`, or give the price an id of its own"
        report.error(every, "interval-contradicts-id", message, remedy, ((id.place, f"the id says every {said}"),))
    return written


def _report_missing(id: Scalar, price: Node, report: Report) -> None:
    if report.spoilt(id) or report.spoilt(price):
        return
    amount = price.get("amount") if isinstance(price, Entries) else price
    written = amount.written if isinstance(amount, Scalar) else "..."
    if id.value == "free":
        remedy = "write `prices: free`, without a list of prices"
    elif _named(id) != id.value:
        remedy = f"did you mean `{_named(id)}`?"
    else:
        remedy = f"write `{id.value}: {{amount: {written}, every: ...}}` with an interval such as `month` or `2 years`"
    message = (
        f"the price id `{id.value}` does not say for how long it pays, expected `every`, or an id such as `monthly`"
    )
    report.error(id, "missing-interval", message, remedy)


def _named(id: Scalar) -> str:
    """Return the id that says its interval and is nearest to the one that is written, else the one written."""
    word = str(id.value)
    near = nearest(word, NAMED_INTERVALS)
    # A slip adds or drops a letter; `biweekly` is a word of its own.
    return near if near and abs(len(near) - len(word)) <= 1 else word


def interval_of(node: Node | None, report: Report) -> Interval | None:
    """Return the interval or duration that is written, None where there is none or the schema refused it."""
    word = word_of(node, report, "")
    return interval(word) if word else None
