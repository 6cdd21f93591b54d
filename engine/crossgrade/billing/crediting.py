"""Crediting: the credits of a change as lines, each at most what its rule leaves."""

from msgspec import Struct, structs

from crossgrade.billing.charging import fee_of, setup_fee_paid
from crossgrade.billing.course import Course
from crossgrade.billing.credit import ChosenCredit, ItemCredit, item_credit
from crossgrade.billing.discount import NO_REDUCTION, Reduction, reductions
from crossgrade.billing.exact import Exact
from crossgrade.billing.lines import Draft, Writer
from crossgrade.billing.moves import Move, given_up
from crossgrade.facts.holding import Item
from crossgrade.facts.situation import Situation
from crossgrade.model.money import Amounts, RoundingMode


class Credited(Struct, frozen=True):
    """The credit lines of a change: those of items first, then the setup fee that comes back."""

    lines: list[Draft]
    by_item: dict[str, int]
    fee: int

    @property
    def earned(self) -> int:
        """Minor units of all credits."""
        return sum(self.by_item.values()) + self.fee


def credited(  # noqa: PLR0913 - what credits depend on
    moved: tuple[Move, ...],
    chosen: ChosenCredit | None,
    way: Course,
    situation: Situation,
    writer: Writer,
    charged: int | None,
) -> Credited:
    """Return the credits of a change; `charged` is what a credit at most `charge` is held to, None without limit."""
    if chosen is None or way.charge == "full_difference":
        return Credited([], {}, 0)
    mode = situation.policy.rounding.mode
    credits = _item_credits(moved, chosen, way, situation)
    lines = [writer.credit(credit, mode) for credit in credits]
    lines += _fee_credit(situation, chosen, lines, writer)
    most = charged if chosen.rule.at_most == "charge" else _at_most(situation, chosen)
    lines = lines if most is None else _capped(lines, most, mode)
    amounts = [-line.amount.rounded(mode) for line in lines]
    by_item = {credit.item.id: amount for credit, amount in zip(credits, amounts, strict=False)}
    return Credited(lines, by_item, sum(amounts[len(credits) :]))


def _item_credits(moved: tuple[Move, ...], chosen: ChosenCredit, way: Course, situation: Situation) -> list[ItemCredit]:
    found = []
    for move in moved:
        units = given_up(move, everything=way.renews)
        # After the period's end nothing is unused.
        if units is not None and not (way.late and units.item.recurring):
            reduction = _charged_with(units.item, situation, way)
            found.append(item_credit(units, chosen, way.running, situation.at, situation.policy.rounding, reduction))
    return [credit for credit in found if credit is not None]


def _charged_with(item: Item, situation: Situation, way: Course) -> Reduction:
    """Return the reduction an item was last charged with, which its credit is after."""
    discount = situation.membership.discount
    if discount is None or way.running is None:
        return NO_REDUCTION
    since = item.paid_from or way.running.start
    return reductions(discount, situation.held, since, situation.policy.zone).get(item.id, NO_REDUCTION)


def _capped(lines: list[Draft], most: int, mode: RoundingMode) -> list[Draft]:
    capped = []
    for line in lines:
        whole = -line.amount.rounded(mode)
        amount = min(whole, most)
        most -= amount
        capped.append(line if amount == whole else structs.replace(line, amount=Exact(-amount)))
    return capped


def _at_most(situation: Situation, chosen: ChosenCredit) -> int | None:
    limit = chosen.rule.at_most
    return situation.in_currency(limit, f"{chosen.rule.id}.at_most") if isinstance(limit, Amounts) else None


def _fee_credit(situation: Situation, chosen: ChosenCredit, lines: list[Draft], writer: Writer) -> list[Draft]:
    """Return the setup fee that is credited: only with a credit above 0."""
    mode = situation.policy.rounding.mode
    if chosen.rule.setup_fee == "none" or not any(line.amount.rounded(mode) for line in lines):
        return []
    paid = setup_fee_paid(situation)
    amount = paid if chosen.rule.setup_fee == "whole" else min(paid, max(fee_of(situation.target.plan, situation), 0))
    return [writer.setup_fee_credit(situation.held.plan, amount)] if amount else []
