"""Comparing: what a case expects with what a decision says."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crossgrade.cases.report import Mismatch

_NOTHING_IF_LEFT_OUT = ("account_credit", "owed", "setup_fee_paid")


def differences(expected: Any, found: Any, path: str) -> Iterator[Mismatch]:
    """Compare what is expected with what is found: mappings in part, lists item by item, amounts as exact money."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield _mismatch(path, expected, found)
            return
        for key, value in expected.items():
            yield from differences(value, _told(key, value, found), f"{path}.{key}" if path else key)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield _mismatch(path, expected, found)
            return
        for number, (value, item) in enumerate(zip(expected, found, strict=True)):
            yield from differences(value, item, f"{path}[{number}]")
    elif not _equal(expected, found):
        yield _mismatch(path, expected, found)


def _told(key: str, expected: Any, found: Mapping[str, Any]) -> Any:
    """Return what is found under a key; amounts of a membership that are left out are 0."""
    left_out = key in _NOTHING_IF_LEFT_OUT and found.get(key) is None and expected is not None
    return "0.00" if left_out else found.get(key)


def compared(expected: Mapping[str, Any], outcome: Mapping[str, Any]) -> list[Mismatch]:
    """Compare what a step expects with its outcome; an error that is not expected is said by itself."""
    if outcome.get("outcome") == "error" and expected.get("outcome") != "error" and "error" not in expected:
        return [Mismatch("error", "nothing", f"{outcome['error']} ({outcome['message']})")]
    return list(differences(expected, outcome, ""))


def _mismatch(path: str, expected: Any, found: Any) -> Mismatch:
    return Mismatch(path or "decision", _shown(expected), _shown(found))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)


def _equal(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found
    if isinstance(expected, int | Decimal):
        return _number(found) == expected
    if isinstance(expected, str) and isinstance(found, str):
        return expected == found or _same_moment(expected, found) or _same_amount(expected, found)
    return bool(expected == found)


def _number(found: Any) -> Decimal | int | None:
    if isinstance(found, int):
        return found
    try:
        return Decimal(found)
    except (InvalidOperation, TypeError, ValueError):
        return None


def _same_amount(expected: str, found: str) -> bool:
    number = _number(expected)
    return number is not None and _number(found) == number


def _same_moment(expected: str, found: str) -> bool:
    """Compare instants; a plain date matches that day in the policy's zone, in which instants are written."""
    try:
        moment = datetime.fromisoformat(found)
        if len(expected) == 10:
            return date.fromisoformat(expected) == moment.date()
        return len(found) > 10 and datetime.fromisoformat(expected) == moment
    except (ValueError, TypeError):
        return False
