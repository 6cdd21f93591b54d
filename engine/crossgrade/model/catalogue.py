"""The catalogue: plans, prices, add-ons, families, and what they grant."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from crossgrade.model.calendar import Interval
from crossgrade.model.money import Amounts
from crossgrade.model.text import Text

Grant = bool | int | Literal["unlimited"]


class Entitlement(Struct, frozen=True):
    """Something plans and add-ons grant: integers add up and `unlimited` wins; booleans: any."""

    id: str
    title: Text
    type: Literal["integer", "boolean"]


class Price(Struct, frozen=True):
    """What one unit costs for one interval, in minor units by currency; `every` is None for `free`.

    `former` says that only an older version of the policy has it.
    """

    id: str
    amounts: Mapping[str, int]
    every: Interval | None
    retired: bool = False
    former: bool = False

    def in_currency(self, code: str) -> int | None:
        """Return the amount in a currency, None where there is none; `free` is 0 in every currency."""
        return 0 if self.every is None else self.amounts.get(code)


class QuantityRange(Struct, frozen=True):
    """How many units can be held; None is no upper limit."""

    at_least: int = 1
    at_most: int | None = None


class Plan(Struct, frozen=True):
    """Something a membership holds exactly one of; `former` as in Price."""

    id: str
    title: Text
    prices: Mapping[str, Price]
    setup_fee: Amounts | None
    quantity: QuantityRange
    entitlements: Mapping[str, Grant]
    retired: bool = False
    trial: Interval | None = None
    former: bool = False


class AddOn(Struct, frozen=True):
    """Something held beside a plan; `available_on` None is every plan, `former` as in Price."""

    id: str
    title: Text
    kind: str
    prices: Mapping[str, Price]
    setup_fee: Amounts | None
    available_on: frozenset[str] | None
    included_in: frozenset[str]
    quantity: QuantityRange
    entitlements: Mapping[str, Grant]
    retired: bool = False
    former: bool = False


class Family(Struct, frozen=True):
    """Plans that belong together, lowest to highest; plans of one inner tuple share a rank."""

    id: str
    title: Text
    ranks: tuple[tuple[str, ...], ...]
