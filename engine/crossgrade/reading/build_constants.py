"""A constant is what a fact is compared with: of the fact's type, and among its values where they are known."""

from datetime import date
from decimal import Decimal

from crossgrade.facts.vocabulary import Fact
from crossgrade.model.calendar import NAMED_INTERVALS, interval
from crossgrade.model.condition import Constant
from crossgrade.model.declaration import FactType
from crossgrade.reading.build_amounts import Currencies, amounts_everywhere
from crossgrade.reading.build_names import nearest, proposal
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar

_INTERVALS = "`day`, `week`, `month`, `year`, `N days|weeks|months|years`, `once` or `none`"

TYPES: dict[str, str] = {
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "number": "a number",
    "amount": "an amount",
    "string": "a text",
    "date": "a date such as `2026-01-31`",
}
"""The types of facts, with what is expected of a constant."""

_MEANT = {
    **dict.fromkeys(("yes", "on", "y", "1"), "true"),
    **dict.fromkeys(("no", "off", "n", "0"), "false"),
}


def constant_of(node: Node, fact: Fact, currencies: Currencies, report: Report) -> Constant | None:
    """Return a constant, None after reporting why it is none."""
    if fact.type == "amount":
        return _amount(node, fact.name, currencies, report)
    if not isinstance(node, Scalar):
        _report_type(node, fact.name, fact.type, report)
        return None
    if fact.name in ("membership.interval", "target.interval"):
        return _interval(node, fact.name, report)
    found = scalar_constant(node, fact.type, fact.name, report)
    if fact.values is None or found is None or found in fact.values:
        return found
    report.error(
        node, "unknown-constant", f"`{fact.name}` is never `{node.written}`", proposal(node.written, fact.values)
    )
    return nearest(node.written, fact.values)


def _amount(node: Node, fact: str, currencies: Currencies, report: Report) -> Constant | None:
    by_currency = isinstance(node, Entries) and bool(node.entries)
    if by_currency or (isinstance(node, Scalar) and type(node.value) in (int, Decimal)):
        return amounts_everywhere(node, currencies, report)
    _report_type(node, fact, "amount", report)
    return None


def _interval(node: Scalar, fact: str, report: Report) -> str | None:
    """Return the canonical text of an interval, `none` for that of free."""
    if report.spoilt(node):
        return None
    if node.value == "none":
        return "none"
    found = interval(node.value) if isinstance(node.value, str) else None
    if found is None:
        meant = NAMED_INTERVALS.get(node.written) or nearest(
            node.written, ("day", "week", "month", "year", "once", "none")
        )
        remedy = f"did you mean `{meant}`?" if meant else None
        message = f"`{fact}` is an interval, expected {_INTERVALS}, found `{node.written}`"
        report.error(node, "unknown-constant", message, remedy)
        return None
    return str(found)


def scalar_constant(
    node: Scalar, wanted: FactType, subject: str, report: Report
) -> bool | int | Decimal | str | date | None:
    """Return a constant of any type but `amount`; None after reporting that it is of another."""
    if report.spoilt(node):
        return None
    found = _of_type(node, wanted)
    if found is None:
        _report_type(node, subject, wanted, report)
    return found


def _of_type(node: Scalar, wanted: FactType) -> bool | int | Decimal | str | date | None:
    value = node.value
    if wanted == "date":
        return day_of(value)
    if wanted == "boolean":
        return value if isinstance(value, bool) else None
    if wanted == "integer":
        return value if type(value) is int else None
    if wanted == "number":
        return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    return value if isinstance(value, str) else None


def day_of(value: object) -> date | None:
    """Return the date that a text such as `2026-01-31` is, None where it is none."""
    if not isinstance(value, str) or len(value) != len("2026-01-31"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _report_type(node: Node, subject: str, wanted: FactType, report: Report) -> None:
    shown = "brackets" if not isinstance(node, Scalar) else f"`{node.written}`" if node.written else "nothing"
    message = f"`{subject}` takes {TYPES[wanted]}, found {shown}"
    report.error(node, "constant-of-wrong-type", message, _remedy(node, wanted))


def _remedy(node: Node, wanted: FactType) -> str:
    if not isinstance(node, Scalar):
        return f"write {TYPES[wanted]}"
    if wanted == "boolean" and node.written.lower() in _MEANT:
        return f"did you mean `{_MEANT[node.written.lower()]}`?"
    if wanted == "string" and not isinstance(node.value, str) and node.written:
        return f'put it in quotes: `"{node.written}"`'
    if node.quoted and _of_type(_unquoted(node), wanted) is not None:
        return f"write it without quotes: `{node.written}`"
    return f"write {TYPES[wanted]}"


def _unquoted(node: Scalar) -> Scalar:
    from crossgrade.reading.scalars import NumberError, value_of

    try:
        value = value_of(node.written)
    except NumberError:
        value = node.written
    return Scalar(value, node.place, node.written, quoted=False)
