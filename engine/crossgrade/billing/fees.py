"""Fees and promotions: what is added to, and comes off, the charges of one change."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import structs

from crossgrade.billing.charging import ItemCharge, setup_fees
from crossgrade.billing.exact import Exact
from crossgrade.billing.lines import Draft, Writer
from crossgrade.facts.situation import Situation
from crossgrade.model.money import RoundingMode, split
from crossgrade.model.terms import Terms


def fee_lines(situation: Situation, terms: Terms, writer: Writer) -> list[Draft]:
    """Return the lines of setup fees, and of the fee for the change."""
    lines = [writer.setup_fee(fee) for fee in setup_fees(terms, situation) if fee.amount > 0]
    fee = situation.in_currency(terms.fee, "fee")
    return [*lines, writer.whole("fee", Exact(fee))] if fee else lines


def fees_returned(situation: Situation, terms: Terms, charged: list[Draft], writer: Writer) -> list[Draft]:
    """Return the credit lines of setup fees below 0: together at most what is due before credits."""
    mode = situation.policy.rounding.mode
    due = sum(draft.amount.rounded(mode) for draft in charged)
    lines = []
    for fee in setup_fees(terms, situation):
        if fee.amount < 0 < due:
            amount = max(fee.amount, -due)
            due += amount
            lines.append(structs.replace(writer.setup_fee(fee), kind="credit", amount=Exact(amount)))
    return lines


def promotion_lines(
    charges: Mapping[str, ItemCharge], terms: Terms, situation: Situation, writer: Writer
) -> list[Draft]:
    """Return the line of what comes off the charges after discount, not below 0; none without promotion."""
    promotion = terms.promotion
    if promotion is None:
        return []
    if promotion.percent is None:
        base = sum(charged(charge, situation.policy.rounding.mode) for charge in charges.values())
        off = Exact(min(situation.in_currency(promotion.amount, "promotion.amount"), base))
    else:
        whole = sum((charge.amount.fraction() - charge.discount.fraction() for charge in charges.values()), Fraction(0))
        off = Exact(whole.numerator, whole.denominator).times(int(promotion.percent.scaleb(6)), 10**8)
    return [writer.whole("promotion", off.times(-1, 1))] if off.numerator else []


def charged(charge: ItemCharge, mode: RoundingMode) -> int:
    """Return minor units charged for an item, after discount."""
    return charge.amount.rounded(mode) - charge.discount.rounded(mode)


def promoted(charges: Mapping[str, ItemCharge], promotion: list[Draft], mode: RoundingMode) -> dict[str, int]:
    """Return what of a promotion comes off each item, in proportion to what is charged for it."""
    if not promotion:
        return {}
    parts = split(-promotion[0].amount.rounded(mode), [charged(charge, mode) for charge in charges.values()], mode)
    return dict(zip(charges, parts, strict=True))
