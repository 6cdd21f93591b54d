"""Steps: a member who goes from change to change, with what was paid and got on the way."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from crossgrade.model.calendar import local_day, midnight
from crossgrade.model.decision import Quote
from crossgrade.model.membership import Membership, Selection
from crossgrade.model.money import Currency
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import amount, named
from crossgrade.reviewing.shapes import Question
from crossgrade.reviewing.witness import asked


class Step(Struct, frozen=True):
    """A change that was made: to what, by which transition, and in words."""

    target: Ends
    rule: str
    told: str


class Stand(Struct, frozen=True):
    """Where a member stands: what is held, when, and what was paid in cash and paid back so far."""

    membership: Membership
    at: datetime
    currency: Currency
    paid: int = 0
    refunded: int = 0
    steps: tuple[Step, ...] = ()

    @property
    def ends(self) -> Ends:
        """The price that is held."""
        return self.membership.plan, self.membership.price or ""

    @property
    def rules(self) -> tuple[str, ...]:
        """The transitions that led here."""
        return tuple(each.rule for each in self.steps)

    def worth(self, zone: ZoneInfo) -> int:
        """Return what was given for days to come, with what is on the account or paid back, less what is owed."""
        member = self.membership
        credit = member.account_credit.minor if member.account_credit else 0
        owed = member.owed.minor if member.owed else 0
        return self._unused(zone) + credit - owed + self.refunded

    def _unused(self, zone: ZoneInfo) -> int:
        """Return the share of what was given for the plan that is for days to come, by whole days, rounded down."""
        member = self.membership
        given = member.paid.minor if member.paid else 0
        if member.period is None:
            return given
        start, end = (local_day(each, zone) for each in (member.paid_from or member.period.start, member.period.end))
        whole = (end - start).days
        left = min(max((end - local_day(self.at, zone)).days, 0), whole)
        return given * left // whole if whole > 0 else given


def step(subject: Subject, stand: Stand, target: Ends, own: dict[str, Any], days: int) -> Stand | None:
    """Return where a member stands after another change some days later, None where it is not quoted at once."""
    zone = subject.policy.zone
    at = midnight(local_day(stand.at, zone) + timedelta(days=days), zone) if days else stand.at
    answer = asked(subject.engine, Question(stand.membership, Selection(*target), at, own))
    if not isinstance(answer, Quote) or answer.effective != "immediately":
        return None
    return structs.replace(
        stand,
        membership=answer.membership,
        at=at,
        paid=stand.paid + answer.due_now.minor,
        refunded=stand.refunded + answer.credit.to_refund.minor,
        steps=(*stand.steps, Step(target, answer.rule, _told(answer, target, days))),
    )


def _told(quote: Quote, target: Ends, days: int) -> str:
    """Say what a change costs and where its credit goes."""
    money, credit = quote.currency, quote.credit
    parts = [f"{f'{days} days later, ' if days else ''}to {named(target)} (`{quote.rule}`)"]
    parts.append(f"credit {credit.earned}, due now {amount(quote.due_now.minor, money)}")
    for sum_, what in ((credit.to_account, "on the account"), (credit.to_refund, "paid back")):
        parts += [f"{sum_} {what}"] if sum_.minor else []
    return ", ".join(parts)
