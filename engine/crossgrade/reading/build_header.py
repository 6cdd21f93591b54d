"""The header says what the policy is called, from when and where it counts, and in which language it speaks."""

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from crossgrade.reading.build_constants import day_of
from crossgrade.reading.build_names import nearest
from crossgrade.reading.build_nodes import value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Node, Scalar

UTC = "UTC"


def effective_day(root: Node, report: Report) -> date:
    """Return the first day on which the policy decides."""
    node = value_of(root, "effective", report)
    found = day_of(node.value) if isinstance(node, Scalar) else None
    return found or date.min


def zone_of(root: Node, report: Report) -> ZoneInfo:
    """Return the time zone in which days begin and end; UTC where none is written."""
    node = value_of(root, "timezone", report)
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or report.spoilt(node):
        return ZoneInfo(UTC)
    try:
        return ZoneInfo(node.value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _report_unknown(node, report)
        return ZoneInfo(UTC)


def _report_unknown(node: Scalar, report: Report) -> None:
    near = nearest(node.written, available_timezones())
    remedy = f"did you mean `{near}`?" if near else "write a name such as `Europe/Berlin`"
    report.error(node, "unknown-timezone", f"there is no time zone `{node.written}`", remedy)
