"""Proration: how the unused share is measured, written at three widths of which the narrower prevails."""

from collections.abc import Iterable, Mapping

import msgspec

from crossgrade.model.terms import Proration, Rounding
from crossgrade.reading.build_nodes import pairs_of, value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Node, Scalar


def written_proration(node: Node | None, report: Report) -> dict[str, object]:
    """Return the keys of a proration that are written and sound."""
    return {
        str(key.value): value.value
        for key, value in pairs_of(node)
        if isinstance(value, Scalar) and not report.spoilt(key) and not report.spoilt(value)
    }


def merged(*widths: Mapping[str, object]) -> Proration:
    """Return the proration of keys from the widest to the narrowest, with defaults where none has one."""
    keys: dict[str, object] = {}
    for width in widths:
        keys.update(width)
    return msgspec.convert(keys, Proration)


def rounding_of(node: Node | None, report: Report) -> Rounding:
    """Return how exact amounts become payable ones."""
    return msgspec.convert(written_proration(node, report), Rounding)


def check_daily_rate(root: Node, rounding: Rounding, used: Iterable[Proration], report: Report) -> None:
    """Refuse to round the price of a day where no proration counts days."""
    if not rounding.daily_rate or any(proration.by == "day" for proration in used):
        return
    rate = value_of(value_of(root, "rounding", report), "daily_rate", report)
    if rate is not None:
        message = "`daily_rate` rounds the price of a day, and no `proration` is by day"
        report.error(rate, "daily-rate-without-days", message, "write `proration: {by: day}`, or remove `daily_rate`")
