"""The law `late-upgrade`: nobody pays less for an upgrade by waiting than the days they do without are worth.

Looked at is a change of plan between two prices of the same interval to the dearer one, of an active member who paid
the policy's price. On a day, the upgrade is worth the target's price for the days until the next charge, less what was
paid for the days given up. What a member pays above that worth (in cash, owed, or account credit spent, less what is
put on the account or paid back) is lost. Waiting pays where less is lost on a later day of the period, or on the day
the next one begins, by more than a tenth of the target's price.

Terms that the finding `harsh-terms` warns of are left to it.
"""

from collections.abc import Iterator

from msgspec import Struct

from crossgrade.model.calendar import later, local_day
from crossgrade.model.decision import Quote
from crossgrade.model.money import Currency, written
from crossgrade.model.terms import Terms
from crossgrade.reviewing.laws.law import Broken
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import amount, counted, told
from crossgrade.reviewing.laws.ways import Way, Ways, quoted
from crossgrade.reviewing.witness import Chosen

MOST_PAIRS = 4
"""How many pairs of prices are looked at for a transition."""


class _Day(Struct, frozen=True):
    """The upgrade on one day: who makes it, days used and left, what is paid, and what that is worth."""

    member: Chosen
    used: int
    left: int
    due: int
    worth: int

    @property
    def lost(self) -> int:
        """What is paid above the worth."""
        return self.due - self.worth


def late_upgrades(subject: Subject, ways: Ways) -> Iterator[Broken]:
    """Return the transitions by which an upgrade is cheaper later, each with both days."""
    tried: dict[str, int] = {}
    told_: set[str] = set()
    for way in ways.all():
        id = way.rule.id
        if id in told_ or tried.get(id, 0) >= MOST_PAIRS or not _is_upgrade(subject, way):
            continue
        tried[id] = tried.get(id, 0) + 1
        found = _waiting(subject, way)
        if found is not None:
            told_.add(id)
            yield _broken(subject, way, *found)


def _is_upgrade(subject: Subject, way: Way) -> bool:
    """Say whether a way leads to another plan, dearer and paid for by the same interval, and costs at once."""
    plans, shape = subject.policy.plans, way.shape
    held, target = (plans[plan].prices[price] for plan, price in (way.held, way.target))
    terms = way.terms
    return (
        shape.plan != shape.selection.plan
        and way.member.moment.status == "active"
        and shape.interval_days > 0
        and held.every == target.every
        and (target.in_currency(shape.currency.code) or 0) > shape.paid > 0
        and terms.effective == "immediately"
        and terms.trial == "none"
        and not _is_harsh(terms)
    )


def _is_harsh(terms: Terms) -> bool:
    """Say whether a warning is given already: the days left are paid whole, or twice."""
    if terms.billing_date == "restart":
        return False
    return terms.charge == "full" or (terms.charge == "prorated" and not terms.credit.rules)


def _waiting(subject: Subject, way: Way) -> tuple[_Day, _Day] | None:
    """Return the two days that waiting from one to the other saves most, None where it saves little."""
    length = way.shape.interval_days
    days = [day for used in (0, length // 2, length - 1, length) if (day := _on(subject, way, used)) is not None]
    pairs = [(one, other) for one in days for other in days if one.used < other.used]
    best = max(pairs, key=lambda pair: pair[0].lost - pair[1].lost, default=None)
    price = _price(subject, way)
    return best if best is not None and 10 * (best[0].lost - best[1].lost) > price else None


def _price(subject: Subject, way: Way) -> int:
    target = subject.policy.plans[way.target[0]].prices[way.target[1]]
    return target.in_currency(way.shape.currency.code) or 0


def _on(subject: Subject, way: Way, used: int) -> _Day | None:
    found = quoted(subject, way, used)
    if found is None:
        return None
    member, quote = found
    length, left = way.shape.interval_days, way.shape.interval_days - used
    worth = (_price(subject, way) * _days_bought(subject, way, quote) - way.shape.paid * left) // length
    return _Day(member, used, left, _cost(quote), worth)


def _cost(quote: Quote) -> int:
    """Return what a change costs: in cash, from the account and owed, less what is got back."""
    owed = quote.membership.owed.minor if quote.membership.owed else 0
    back = quote.credit.to_account.minor + quote.credit.to_refund.minor
    return quote.due_now.minor + quote.account_credit.used.minor + owed - back


def _days_bought(subject: Subject, way: Way, quote: Quote) -> int:
    """Return for how many days the target is had before the next charge; a whole interval counts as the held one."""
    zone = subject.policy.zone
    start = local_day(quote.effective_at, zone)
    end = local_day(quote.next_charge.at, zone) if quote.next_charge else start
    every = subject.policy.plans[way.shape.plan].prices[way.shape.price].every
    whole = every is not None and end == later(start, every, start.day)
    return way.shape.interval_days if whole else (end - start).days


def _broken(subject: Subject, way: Way, soon: _Day, late: _Day) -> Broken:
    shape = way.shape
    saved, waited = amount(soon.lost - late.lost, shape.currency), counted(late.used - soon.used, "day")
    message = f"by `{way.rule.id}` it pays to upgrade later: waiting {waited} saves {saved}"
    when = f"on day {late.used + 1} of {shape.interval_days}" if late.left else "on the day the next period begins"
    shown = (
        f"{told(subject, shape, soon.member)}: {_said(soon, shape.currency)}",
        f"  {when}: {_said(late, shape.currency)}",
    )
    remedy = "charge for the days to come, and credit the unused ones by days (`credit: unused`)"
    return Broken("late-upgrade", "transitions", way.rule.id, message, remedy, shown)


def _said(day: _Day, currency: Currency) -> str:
    return (
        f"{amount(day.due, currency)}, where the days got less those given up are worth {written(day.worth, currency)}"
    )
