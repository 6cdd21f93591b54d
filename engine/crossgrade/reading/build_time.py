"""Time that credit buys: in whole units, rounded, up to a limit; refused where no credit becomes time."""

from typing import Literal, cast

from crossgrade.model.calendar import Interval
from crossgrade.model.terms import Terms, TimeRule
from crossgrade.reading.build_nodes import number_of, value_of, word_of
from crossgrade.reading.build_prices import interval_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node

_RESTS = ("account", "refund", "forfeit")


def time_rule(terms: Node, report: Report) -> TimeRule:
    """Return how the credit of some terms becomes time; less than one unit goes where `excess` says."""
    node = value_of(terms, "time", report)
    excess = word_of(value_of(value_of(terms, "credit", report), "excess", report), report, "forfeit")
    return TimeRule(
        cast(Literal["day", "period"], word_of(value_of(node, "whole", report), report, "day")),
        cast(Literal["down", "up"], word_of(value_of(node, "round", report), report, "down")),
        _at_most(value_of(node, "at_most", report), report),
        cast(Literal["account", "refund", "forfeit"], excess if excess in _RESTS else "forfeit"),
    )


def _at_most(node: Node | None, report: Report) -> int | Interval | None:
    return interval_of(node, report) or number_of(node, report)


def check_time_is_used(node: Node, terms: Terms, report: Report) -> None:
    """Refuse `time` where no credit becomes time."""
    time = value_of(node, "time", report)
    used = terms.billing_date == "when_credit_ends" or "time" in (terms.credit.to, terms.credit.excess)
    if time is None or used or _may_be_meant(node, report) or not isinstance(node, Entries):
        return
    message = "`time` says how credit becomes time, and none does in these terms"
    remedy = "write `to: time` under `credit`, or remove `time`"
    report.error(node.key("time") or time, "key-without-meaning", message, remedy)


def _may_be_meant(node: Node, report: Report) -> bool:
    """Say whether a word that could not be read may have been the one that makes time of credit."""
    credit = value_of(node, "credit", report)
    words = [credit, value_of(credit, "to", report), value_of(credit, "excess", report)]
    words.append(value_of(node, "billing_date", report))
    return any(word is not None and report.spoilt(word) for word in words)
