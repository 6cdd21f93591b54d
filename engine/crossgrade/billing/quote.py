"""A quote: terms applied to a situation; lines, due now, next charge and the membership afterwards."""

from datetime import datetime

from msgspec import Struct, structs

from crossgrade.billing.bought_time import Bought, Market, bought_with
from crossgrade.billing.charging import ItemCharge, item_charge
from crossgrade.billing.course import Course, course, from_nothing
from crossgrade.billing.credit import ChosenCredit
from crossgrade.billing.crediting import credited
from crossgrade.billing.discount import NO_REDUCTION, reductions
from crossgrade.billing.fees import fee_lines, promoted, promotion_lines
from crossgrade.billing.lines import Writer
from crossgrade.billing.moves import Move, moves, once_amount
from crossgrade.billing.proration import first_instant_paid
from crossgrade.billing.settlement import Account, Settled, settle
from crossgrade.billing.upcoming import Opening, aligned_opening, charges_from, whole_opening
from crossgrade.billing.worth import Exchange, membership_after, membership_pending
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import more
from crossgrade.model.calendar import Interval, Period, local_day
from crossgrade.model.decision import AddOnChange, Charge, EntitlementChange, Grounds, Quote
from crossgrade.model.membership import Membership
from crossgrade.model.money import Money
from crossgrade.model.policy import CreditUse, Terms

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
        after = membership_pending(situation, way, offered.rule, offered.terms)
        return _quote(situation, offered, way, settled, after, grounds)
    moved = moves(situation.held, situation.target, situation.policy)
    if offered.terms.billing_date == "when_credit_ends" and not from_nothing(situation):
        offered, way = _until_credit_ends(moved, situation, offered, way, writer)
    settled, after, way = _settled(moved, situation, offered, way, writer)
    return _quote(situation, offered, way, settled, after, grounds)


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
    """Return the time a credit buys: from the change, or lengthening the period that comes out."""
    market = Market(terms.time, situation.target, situation.at, situation.policy.zone)
    return bought_with(credit, market, _time_begins(situation, terms, way))


def _time_begins(situation: Situation, terms: Terms, way: Course) -> datetime:
    if terms.billing_date != "when_credit_ends":
        return way.period.end if way.period else situation.at
    if terms.proration.change_unit == "new_plan" or way.running is None:
        return situation.at
    running, zone = way.running, situation.policy.zone
    return first_instant_paid(terms.proration, running.whole, situation.at, zone, running.start)


def _settled(
    moved: tuple[Move, ...], situation: Situation, offered: Offered, way: Course, writer: Writer
) -> tuple[Settled, Membership, Course]:
    terms, mode = offered.terms, situation.policy.rounding.mode
    charges = _charges(moved, situation, terms, way)
    lines = [draft for charge in charges.values() for draft in writer.charge(charge)]
    promotion = promotion_lines(charges, terms, situation, writer)
    lines += fee_lines(situation, terms, [*lines, *promotion], writer) + promotion
    limit = sum(line.amount.rounded(mode) for line in lines)
    until_credit_ends = terms.billing_date == "when_credit_ends"
    credit = credited(moved, offered.credit, way, situation, writer, None if until_credit_ends else limit)
    use = terms.credit if terms.effective == "immediately" else NO_CREDIT
    last = way.period is None
    account = Account(lines, credit.lines, use, lambda amount: _bought(amount, situation, terms, way), last)
    settled = settle(account, terms, situation, writer)
    lengthened = _lengthened(way, settled.bought, situation)
    off = promoted(charges, promotion, mode)
    exchange = Exchange(moved, charges, credit.by_item, credit.fee, off)
    return settled, membership_after(situation, terms, lengthened, exchange, settled), lengthened


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
    situation: Situation, offered: Offered, way: Course, settled: Settled, after: Membership, grounds: Grounds
) -> Quote:
    upcoming = _upcoming(situation, offered.terms, way, after)
    zone = situation.policy.zone
    return Quote(
        offered.rule,
        "period_end" if way.pending else "immediately",
        (way.moment if way.pending else situation.at).astimezone(zone),
        situation.currency,
        settled.lines,
        Money(settled.due_now, situation.currency),
        settled.credit,
        settled.account_credit,
        upcoming[0] if upcoming else None,
        upcoming,
        _entitlements(situation),
        _addons(situation),
        after,
        offered.message,
        grounds,
    )


def _upcoming(situation: Situation, terms: Terms, way: Course, after: Membership) -> tuple[Charge, ...]:
    policy, target = situation.policy, situation.target
    if way.period is None and not way.pending:
        return ()
    extra = after.owed.minor if after.owed else 0
    if way.pending:
        extra += once_amount(moves(situation.held, target, policy))
        after = structs.replace(after, discount=None) if terms.discount == "drop" else after
    opening = _opening(situation, terms, way, after)
    return charges_from(opening, target, after, policy, situation.currency, extra=extra)


def _opening(situation: Situation, terms: Terms, way: Course, after: Membership) -> Opening:
    """Return how the next period opens: the pending one, the one after a trial, or the one after this."""
    every, zone = situation.target.every, situation.policy.zone
    if every is None or way.period is None:
        return Opening(Period(way.moment, way.moment))
    if way.pending:
        aligned = way.measure is not None
        return aligned_opening(way.moment, every, after, terms.proration, zone) if aligned else Opening(way.period)
    if way.trial_ends is not None:
        return _after_trial(situation, terms, way, after, every)
    return whole_opening(way.period.end, every, after, zone)


def _after_trial(
    situation: Situation, terms: Terms, way: Course, after: Membership, every: Interval
) -> Opening:
    """Return the period after a trial: to the billing date, charged as the terms say."""
    zone = situation.policy.zone
    opening = aligned_opening(way.trial_ends or way.moment, every, after, terms.proration, zone)
    if way.then == "none" and opening.share is not None:
        return whole_opening(opening.period.end, every, after, zone)
    return Opening(opening.period) if way.then == "full" else opening


def _entitlements(situation: Situation) -> EntitlementChange:
    before, after = situation.granted_now, situation.granted_then
    changed = [name for name in after if after[name] != before[name]]
    gained = tuple([name for name in changed if more(after[name], before[name])])
    lost = tuple([name for name in changed if name not in gained])
    return EntitlementChange(before, after, gained, lost)


def _addons(situation: Situation) -> AddOnChange:
    held, target = situation.held.addons, situation.target.addons
    added = tuple(id for id, item in target.items() if id not in held or item.quantity > held[id].quantity)
    kept = tuple(id for id in target if id not in added)
    return AddOnChange(kept, added, tuple(situation.wanted.ended.items()))


def withdrawn(situation: Situation, message: str, grounds: Grounds, locale: str) -> Quote:
    """Return the quote that calls a pending change off: nothing is due, and what is held goes on."""
    terms = Terms("withdrawal", "immediately", "keep", "none", NO_CREDIT, situation.policy.proration)
    period = situation.membership.period
    ends = period.end if period is not None and situation.trialing else None
    way = Course(situation.at, "none", False, None, None, period, None, trial_ends=ends, then="prorated")
    after = structs.replace(situation.membership, pending_change=None)
    settled = _nothing_due(terms, situation, Writer(situation.policy, situation.currency, locale))
    return _quote(situation, Offered("withdrawal", terms, None, message), way, settled, after, grounds)
