"""A situation: who holds what, what is selected, and when; all that a decision is about, resolved."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from msgspec import Struct

from crossgrade.errors import InvalidFacts
from crossgrade.facts.change import Change, change_between
from crossgrade.facts.holding import Holding, granted, held_by, no_amount
from crossgrade.facts.selecting import Wanted, wanted
from crossgrade.model.calendar import local_day
from crossgrade.model.catalogue import Grant
from crossgrade.model.condition import Value
from crossgrade.model.membership import Membership, Selection
from crossgrade.model.money import Amounts, Currency
from crossgrade.model.policy import Policy


class Situation(Struct, frozen=True, dict=True):
    """Everything a rule can test and a quote needs. `at` is in UTC, `today` its date in the policy's zone."""

    policy: Policy
    membership: Membership
    currency: Currency
    at: datetime
    today: date
    held: Holding
    wanted: Wanted
    change: Change
    own: Mapping[str, Value]

    @property
    def target(self) -> Holding:
        """What would be held after the change."""
        return self.wanted.holding

    @cached_property
    def granted_now(self) -> Mapping[str, Grant]:
        """What is granted now, by entitlement."""
        return granted(self.held, self.policy)

    @cached_property
    def granted_then(self) -> Mapping[str, Grant]:
        """What would be granted after the change."""
        return granted(self.wanted.holding, self.policy)

    def in_currency(self, amounts: Amounts | None, path: str) -> int:
        """Return an amount of the policy in the membership's currency, in minor units; 0 for None."""
        if amounts is None:
            return 0
        if self.currency.code not in amounts.by_currency:
            raise no_amount(self.currency.code, path)
        return amounts.by_currency[self.currency.code]

    @property
    def trialing(self) -> bool:
        """Whether the membership is in a trial: its status says so, or the trial ends later."""
        member = self.membership
        return member.status == "trialing" or (member.trial_ends is not None and member.trial_ends > self.at)

    @cached_property
    def period_days(self) -> tuple[int, int]:
        """The whole days of the period that are used and left, by dates in the zone; without a period none."""
        period = self.membership.period
        if period is None:
            return 0, 0
        zone = self.policy.zone
        start, end = local_day(period.start, zone), local_day(period.end, zone)
        used = min(max((self.today - start).days, 0), (end - start).days)
        return used, (end - start).days - used

    def days_since(self, day: date | datetime | None) -> int:
        """Return the whole days since a day in the zone; 0 where there is no such day or it is to come."""
        if day is None:
            return 0
        since = local_day(day, self.policy.zone) if isinstance(day, datetime) else day
        return max((self.today - since).days, 0)

    @property
    def started(self) -> date | datetime | None:
        """When the membership began; left out, its period's start."""
        member = self.membership
        return member.started or (member.period.start if member.period else None)


class Held(Struct, frozen=True):
    """A membership looked up in the policy at an instant, before anything is selected."""

    policy: Policy
    membership: Membership
    currency: Currency
    at: datetime
    today: date
    holding: Holding
    own: Mapping[str, Value]


def held(policy: Policy, membership: Membership, currency: Currency, at: datetime, own: Mapping[str, Value]) -> Held:
    """Look a membership up in the policy; errors for what is unknown or cannot be."""
    holding = held_by(membership, policy, currency.code)
    _check_period(membership, holding, at, policy.zone)
    return Held(policy, membership, currency, at, local_day(at, policy.zone), holding, own)


def _check_period(membership: Membership, holding: Holding, at: datetime, zone: ZoneInfo) -> None:
    period = membership.period
    if period is None:
        if holding.every is not None:
            message = f"`{holding.plan.id}` is charged every {holding.every}, so its membership has a period"
            raise InvalidFacts("missing_period", message, "membership.period")
        return
    if holding.every is None:
        raise InvalidFacts(
            "wrong_value", f"`{holding.plan.id}` is not charged again, so it has no period", "membership.period"
        )
    if at < period.start:
        local = [moment.astimezone(zone).isoformat() for moment in (at, period.start)]
        raise InvalidFacts("before_period", f"{local[0]} is before the period's start, {local[1]}", "at")


def situation(member: Held, selection: Selection) -> Situation:
    """Return the situation of a membership and a selection."""
    found = wanted(member.holding, selection, member.policy, member.currency.code)
    return Situation(
        member.policy,
        member.membership,
        member.currency,
        member.at,
        member.today,
        member.holding,
        found,
        change_between(member.membership, member.holding, found, member.policy),
        member.own,
    )
