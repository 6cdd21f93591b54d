"""Terms: how a change is carried out and charged, and what unused time is worth."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from crossgrade.model.calendar import Interval
from crossgrade.model.condition import ALWAYS, Condition
from crossgrade.model.money import Amounts, RoundingMode


class Proration(Struct, frozen=True):
    """How the unused share of a period is measured (language, section 7)."""

    by: Literal["second", "minute", "hour", "day", "month", "period"] = "day"
    change_unit: Literal["new_plan", "old_plan"] = "new_plan"
    period_length: Literal["actual", "average", "30/360"] | int = "actual"
    first_day: Literal["whole"] | None = None
    ratio_decimals: int | None = None
    normalise: Literal["months", "days"] = "months"


class Rounding(Struct, frozen=True):
    """How exact amounts become payable ones."""

    mode: RoundingMode = "half_up"
    per: Literal["line", "net"] = "line"
    daily_rate: bool = False


class CreditRule(Struct, frozen=True):
    """What unused time is worth: basis x unused / length, at most a limit."""

    id: str
    basis: Literal["paid", "recurring", "list_price"]
    proration: Mapping[str, object] = {}
    setup_fee: Literal["none", "whole", "lesser"] = "none"
    at_most: Literal["paid", "charge"] | Amounts | None = None
    when: Condition = ALWAYS


BUILT_IN_CREDITS: dict[str, CreditRule] = {
    "unused": CreditRule("unused", "recurring", at_most="paid"),
    "paid": CreditRule("paid", "paid"),
    "recurring": CreditRule("recurring", "recurring"),
    "list_price": CreditRule("list_price", "list_price"),
}


class CreditUse(Struct, frozen=True):
    """The credit of some terms: the first rule whose `when` holds, and where its amount goes.

    No rules is `none`. `prorations` holds each rule's proration with the wider ones filled in.
    """

    rules: tuple[CreditRule, ...] = ()
    prorations: tuple[Proration, ...] = ()
    to: Literal["charge", "time", "refund", "account"] = "charge"
    excess: Literal["account", "time", "refund", "forfeit"] = "account"


class TimeRule(Struct, frozen=True):
    """How credit becomes time: in whole days or periods, rounded, at most so many units or so long.

    `rest` is where less than one unit goes.
    """

    whole: Literal["day", "period"] = "day"
    round: Literal["down", "up"] = "down"
    at_most: int | Interval | None = None
    rest: Literal["account", "refund", "forfeit"] = "forfeit"


class Promotion(Struct, frozen=True):
    """What comes off the charges of one change: an amount or a percentage."""

    amount: Amounts | None = None
    percent: Decimal | None = None


class Terms(Struct, frozen=True):
    """How a change is carried out and charged; `id` is None for terms written in a transition."""

    id: str | None
    effective: Literal["immediately", "period_end"]
    billing_date: Literal["restart", "keep", "align", "when_credit_ends"]
    charge: Literal["full", "prorated", "full_difference", "none"]
    credit: CreditUse
    proration: Proration
    setup_fee: Literal["waive", "charge", "difference"] = "waive"
    time: TimeRule = TimeRule()
    collect: Literal["now", "next_charge"] = "now"
    fee: Amounts | None = None
    promotion: Promotion | None = None
    trial: Literal["none", "grant", "carry", "rest"] = "none"
    discount: Literal["keep", "drop"] = "keep"
    addons: Literal["keep", "drop"] = "keep"
    waive_below: Amounts | None = None
    minimum_due: Amounts | None = None
