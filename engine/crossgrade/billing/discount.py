"""A discount: what it takes off each recurring item of a holding, exactly."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.facts.holding import Holding, Item
from crossgrade.model.calendar import local_day
from crossgrade.model.membership import Discount
from crossgrade.model.money import split


class Reduction(Struct, frozen=True):
    """What comes off an item's amount: a ratio of it (`percent` in millionths of a whole), or fixed minor units."""

    millionths: int = 0
    fixed: int = 0

    def of(self, amount: int) -> tuple[int, int]:
        """Return what comes off an amount for a whole interval, as (numerator, denominator) in minor units."""
        if self.millionths:
            return amount * self.millionths, 10**8
        return min(self.fixed, amount), 1


NO_REDUCTION = Reduction()


def runs(discount: Discount | None, moment: datetime, zone: ZoneInfo) -> bool:
    """Say whether a discount still runs at an instant; `until` is the first day without it."""
    return discount is not None and (discount.until is None or local_day(moment, zone) < discount.until)


def reductions(discount: Discount | None, holding: Holding, moment: datetime, zone: ZoneInfo) -> dict[str, Reduction]:
    """Return the reduction of each recurring item of a holding that is charged at an instant.

    A fixed amount is split over the items in proportion to their amounts, the rest on the last.
    """
    if discount is None or not runs(discount, moment, zone):
        return {}
    items = [item for item in holding.items if item.recurring and (discount.on is None or item.id in discount.on)]
    if discount.percent is not None:
        return dict.fromkeys((item.id for item in items), Reduction(millionths=_millionths(discount.percent)))
    return _fixed(discount.amount.minor if discount.amount else 0, items)


def _millionths(percent: Decimal) -> int:
    return int(percent.scaleb(6))


def _fixed(amount: int, items: list[Item]) -> dict[str, Reduction]:
    whole = sum(item.amount for item in items)
    parts = split(min(amount, whole), [item.amount for item in items]) if items else []
    return {item.id: Reduction(fixed=part) for item, part in zip(items, parts, strict=True)}


def ends_after(discount: Discount | None, zone: ZoneInfo, moment: datetime) -> date | None:
    """Return the day a running discount ends, None where none runs or it never ends."""
    return discount.until if discount is not None and runs(discount, moment, zone) else None
