"""Writing: memberships and instants as JSON, money as text, instants in the policy's zone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crossgrade.model.calendar import Period
from crossgrade.model.membership import Discount, HeldAddOn, Membership, PendingChange, SelectedAddOn


def instant_json(moment: datetime, zone: ZoneInfo) -> str:
    """Return an instant in the zone; UTC is written Z."""
    written_ = moment.astimezone(zone).isoformat()
    return f"{written_.removesuffix('+00:00')}Z" if zone.key == "UTC" else written_


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


def _json(value: object, zone: ZoneInfo) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {key: _json(item, zone) for key, item in value.items()}
    if isinstance(value, HeldAddOn | SelectedAddOn | PendingChange | Discount):
        shown = {name: _json(getattr(value, name), zone) for name in value.__struct_fields__}
        return {name: item for name, item in shown.items() if item is not None}
    return period_json(value, zone) if isinstance(value, Period) else _scalar_json(value, zone)


def _scalar_json(value: object, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return instant_json(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else str(value)
