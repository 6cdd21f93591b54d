"""A quote: terms applied to a situation; lines, due now, next charge and the membership afterwards."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from msgspec import Struct, structs

from crossgrade.billing.bought_time import Bought, Market, bought_with
from crossgrade.billing.charging import ItemCharge, item_charge
from crossgrade.billing.course import Course, course, from_nothing
from crossgrade.billing.credit import ChosenCredit
from crossgrade.billing.crediting import credited
from crossgrade.billing.discount import NO_REDUCTION, reductions
from crossgrade.billing.fees import fee_lines, fees_returned, promoted, promotion_lines
from crossgrade.billing.lines import Writer
from crossgrade.billing.moves import Move, moves
from crossgrade.billing.outlook import addons, entitlements, upcoming
from crossgrade.billing.proration import first_instant_paid
from crossgrade.billing.settlement import Account, Settled, settle
from crossgrade.billing.worth import Exchange, membership_after, membership_pending
from crossgrade.facts.situation import Situation
from crossgrade.model.calendar import Period, local_day
from crossgrade.model.decision import Grounds, Outlook, Quote
from crossgrade.model.membership import Membership
from crossgrade.model.money import Money
from crossgrade.model.terms import CreditUse, Terms

NO_CREDIT = CreditUse()


class Offered(Struct, frozen=True):
    """What a quote is made of: the rule that decided, its terms, and the credit rule that holds."""

    rule: str
    terms: Terms
    credit: ChosenCredit | None
    message: str | None = None


def quoted(situation: Situation, offered: Offered, locale: str, grounds: Grounds) -> Quote:
    """Return the quote for a situation on terms."""
    way = course(offered.terms, situation)
    writer = Writer(situation.policy, situation.currency, locale)
    if way.pending:
        settled = _nothing_due(offered.terms, situation, writer)
        after = partial(membership_pending, situation, way, offered.rule, offered.terms)
        return _quote(situation, offered, way, settled, after, writer, grounds)
    moved = moves(situation.held, situation.target, situation.policy)
    if offered.terms.billing_date == "when_credit_ends" and not from_nothing(situation):
        offered, way = _until_credit_ends(moved, situation, offered, way, writer)
    settled, exchange = _settled(moved, situation, offered, way, writer)
    way = _lengthened(way, settled.bought, situation)
    after = partial(membership_after, situation, offered.terms, way, exchange, settled)
    return _quote(situation, offered, way, settled, after, writer, grounds)


def _until_credit_ends(
    moved: tuple[Move, ...], situation: Situation, offered: Offered, way: Course, writer: Writer
) -> tuple[Offered, Course]:
    """Make the first period as long as the credit pays for; a credit that buys nothing is taken off a full charge."""
    terms = offered.terms
    earned = credited(moved, offered.credit, way, situation, writer, None).earned
    bought = _bought(earned, situation, terms, way)
    if way.trial_ends is None and bought.days > 0:
        timed = structs.replace(terms, credit=structs.replace(terms.credit, to="time"))
        period = Period(situation.at, bought.ends)
        return structs.replace(offered, terms=timed), structs.replace(way, charge="none", period=period)
    use = structs.replace(terms.credit, to="charge")
    full = structs.replace(terms, billing_date="restart", charge="full", credit=use)
    return structs.replace(offered, terms=full), course(full, situation)


def _bought(credit: int, situation: Situation, terms: Terms, way: Course) -> Bought:
    """Return the time a credit buys: from the change, or lengthening what comes out, unless that is a trial."""
    policy = situation.policy
    if way.trial_ends is not None:
        return Bought(way.trial_ends, 0, 0, 0, credit)
    day = way.billing_day.day if isinstance(way.billing_day, date) else way.billing_day or situation.today.day
    market = Market(terms.time, situation.target, situation.at, policy.zone, policy.rounding.mode, day)
    return bought_with(credit, market, _time_begins(situation, terms, way))


def _time_begins(situation: Situation, terms: Terms, way: Course) -> datetime:
    if terms.billing_date != "when_credit_ends":
        return way.period.end if way.period else situation.at
    if terms.proration.change_unit == "new_plan" or way.running is None:
        return situation.at
    running, zone = way.running, situation.policy.zone
    ends_unit = structs.replace(terms.proration, first_day=None)
    return first_instant_paid(ends_unit, running.whole, situation.at, zone, running.start)


def _settled(
    moved: tuple[Move, ...], situation: Situation, offered: Offered, way: Course, writer: Writer
) -> tuple[Settled, Exchange]:
    """Settle what is charged for and credited of each move."""
    terms, mode = offered.terms, situation.policy.rounding.mode
    charges = _charges(moved, situation, terms, way)
    lines = [draft for charge in charges.values() for draft in writer.charge(charge)]
    promotion = promotion_lines(charges, terms, situation, writer)
    lines += fee_lines(situation, terms, writer) + promotion
    lines += fees_returned(situation, terms, lines, writer)
    limit = sum(line.amount.rounded(mode) for line in lines)
    until_credit_ends = terms.billing_date == "when_credit_ends"
    credit = credited(moved, offered.credit, way, situation, writer, None if until_credit_ends else limit)
    use = terms.credit if terms.effective == "immediately" else NO_CREDIT
    last = way.period is None
    account = Account(lines, credit.lines, use, lambda amount: _bought(amount, situation, terms, way), last)
    settled = settle(account, terms, situation, writer)
    off = promoted(charges, promotion, mode)
    return settled, Exchange(moved, charges, credit.by_item, credit.fee, off)


def _lengthened(way: Course, bought: Bought | None, situation: Situation) -> Course:
    """Lengthen the period by the time bought; the billing day becomes the day that time ends."""
    if bought is None or way.period is None or not bought.days:
        return way
    period = structs.replace(way.period, end=bought.ends)
    return structs.replace(way, period=period, billing_day=local_day(bought.ends, situation.policy.zone).day)


def _charges(moved: tuple[Move, ...], situation: Situation, terms: Terms, way: Course) -> dict[str, ItemCharge]:
    discount = None if terms.discount == "drop" else situation.membership.discount
    off = reductions(discount, situation.target, way.moment, situation.policy.zone)
    found = {}
    for move in moved:
        reduction = off.get(move.after.id, NO_REDUCTION) if move.after else NO_REDUCTION
        charge = item_charge(move, terms, way, situation, reduction)
        if charge is not None:
            found[charge.item.id] = charge
    return found


def _nothing_due(terms: Terms, situation: Situation, writer: Writer) -> Settled:
    """Return the settlement of a change that costs nothing now."""
    nothing = Bought(situation.at, 0, 0, 0, 0)
    account = Account([], [], NO_CREDIT, lambda _: nothing, last=False)
    return settle(account, terms, situation, writer)


def _quote(  # noqa: PLR0913 - what a quote is put together from
    situation: Situation,
    offered: Offered,
    way: Course,
    settled: Settled,
    after: Callable[[], Membership],
    writer: Writer,
    grounds: Grounds,
) -> Quote:
    return Quote(
        offered.rule,
        "period_end" if way.pending else "immediately",
        (way.moment if way.pending else situation.at).astimezone(situation.policy.zone),
        situation.currency,
        Money(settled.due_now, situation.currency),
        settled.credit,
        settled.account_credit,
        offered.message,
        grounds,
        Outlook(
            partial(writer.lines, settled.entries),
            after,
            partial(upcoming, situation, offered.terms, way),
            partial(entitlements, situation),
            partial(addons, situation),
        ),
    )


def withdrawn(situation: Situation, message: str, grounds: Grounds, locale: str) -> Quote:
    """Return the quote that calls a pending change off: nothing is due, and what is held goes on."""
    terms = Terms("withdrawal", "immediately", "keep", "none", NO_CREDIT, situation.policy.proration)
    period = situation.membership.period
    ends = period.end if period is not None and situation.trialing else None
    way = Course(situation.at, "none", False, None, None, period, None, trial_ends=ends, then="prorated")
    writer = Writer(situation.policy, situation.currency, locale)
    settled = _nothing_due(terms, situation, writer)
    after = partial(structs.replace, situation.membership, pending_change=None)
    return _quote(situation, Offered("withdrawal", terms, None, message), way, settled, after, writer, grounds)
