"""Writing: memberships and instants as JSON, money as text, instants in the policy's zone."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from crossgrade.model.calendar import Period
from crossgrade.model.membership import Discount, HeldAddOn, Membership, PendingChange, SelectedAddOn
from crossgrade.model.money import Money


def instant_json(moment: datetime, zone: ZoneInfo) -> str:
    """Return an instant in the zone; UTC is written Z."""
    written = moment.astimezone(zone).isoformat()
    return f"{written.removesuffix('+00:00')}Z" if zone.key == "UTC" else written


def period_json(period: Period, zone: ZoneInfo) -> dict[str, Any]:
    """Return a period as JSON; `every` only where it is not the price's own."""
    shown = {"start": instant_json(period.start, zone), "end": instant_json(period.end, zone)}
    return shown if period.every is None else {**shown, "every": str(period.every)}


def membership_json(membership: Membership, zone: ZoneInfo) -> dict[str, Any]:
    """Return a membership as JSON that can be decided on again; every key is there, unset ones are null."""
    return {name: _json(getattr(membership, name), zone) for name in _MEMBERSHIP_KEYS}


_MEMBERSHIP_KEYS = (
    "id",
    *(name for name in Membership.__struct_fields__ if name != "id"),
)


_AS_IT_IS = (bool, int, str)
_OBJECTS = (HeldAddOn, SelectedAddOn, PendingChange, Discount)


def _json(value: object, zone: ZoneInfo) -> Any:
    if value is None or isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, datetime):
        return instant_json(value, zone)
    if isinstance(value, Mapping):
        return {key: _json(item, zone) for key, item in value.items()}
    if isinstance(value, _OBJECTS):
        shown = {name: _json(getattr(value, name), zone) for name in value.__struct_fields__}
        return {name: item for name, item in shown.items() if item is not None}
    return period_json(value, zone) if isinstance(value, Period) else _scalar_json(value)


def _scalar_json(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else str(value)


def json_text(value: object) -> str:
    """Return a value as JSON, as `json.dumps(value, ensure_ascii=False)` writes it."""
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if type(value) is int else _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False)


def json_bytes(value: object) -> bytes:
    """Return the bytes that `json.dumps(value, ensure_ascii=False)` writes, in UTF-8."""
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_exact), indent=0)


def canonical_bytes(value: object) -> bytes:
    """Return the one JSON there is for a value: keys sorted, no blanks, in UTF-8."""
    return msgspec.json.encode(value, enc_hook=_exact, order="sorted")


def _exact(value: object) -> object:
    """Return a value of a subclass of text or integers, which callers may give, as the text or integer it is."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
