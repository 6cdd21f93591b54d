"""An engine: the versions of a policy compiled, ready to decide; to be shared by threads, tasks and forked workers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crossgrade.billing.renewal import apply_pending, renew
from crossgrade.deciding.compiled import Compiled, MatcherKind, compiled
from crossgrade.deciding.decide import Case, decided
from crossgrade.deciding.offers import NOT_SOLD, Candidate, candidates
from crossgrade.deciding.rulebook import Asked
from crossgrade.errors import InvalidFacts
from crossgrade.facts import border
from crossgrade.facts.holding import held_by
from crossgrade.facts.own_facts import own_facts
from crossgrade.facts.readers import Setting
from crossgrade.facts.situation import Held, held, situation
from crossgrade.model.calendar import local_day
from crossgrade.model.decision import Applied, Decision, Offer
from crossgrade.model.membership import Membership, Selection
from crossgrade.model.policy import Policy
from crossgrade.model.versions import Versions

MembershipIn = Membership | Mapping[str, Any]
SelectionIn = Selection | Mapping[str, Any] | None
Own = Mapping[str, Any]


class Engine:
    """Decides memberships by the version of a policy that is in force. Make one with `crossgrade.load`."""

    __slots__ = ("_compiled", "matcher", "versions")

    def __init__(self, versions: Versions, *, matcher: MatcherKind = "durable") -> None:
        self.versions = versions
        self.matcher: MatcherKind = matcher
        self._compiled = tuple(compiled(policy, matcher) for policy in reversed(versions.policies))

    @property
    def policy(self) -> Policy:
        """The newest version of the policy."""
        return self.versions.newest

    def decide(  # noqa: PLR0913 - what a decision rests on
        self,
        membership: MembershipIn,
        selection: SelectionIn = None,
        *,
        at: datetime | str,
        usage: Own | None = None,
        customer: Own | None = None,
        request: Own | None = None,
        locale: str | None = None,
    ) -> Decision:
        """Decide a selection: a Quote, NoChange or Refusal.

        `membership` and `selection` are typed values or mappings of the same shape; `at` is an instant with an
        offset. Raises InvalidFacts for anything unknown, missing or of the wrong type.
        """
        border.check_locale(locale)
        version, member, setting = self._held(membership, at, usage, customer, request)
        return _decide(version, member, version.asked(member), border.selection(selection, setting), locale)

    def decide_json(self, body: str | bytes) -> bytes:
        """Decide facts that are JSON, and return the decision as JSON: the line that `crossgrade decide` writes.

        The facts are one object with `membership`, `selection`, `at`, `usage`, `customer`, `request` and `locale`.
        Decimals are read exactly. Raises InvalidFacts as `decide` does, and for what is not JSON or has a key twice.
        """
        facts = border.question(border.from_json(body))
        if "at" not in facts:
            raise InvalidFacts("missing_fact", "the instant of the decision is missing", "at")
        return self.decide(**{**facts, "locale": facts.get("locale") or self.policy.locale}).to_json()

    def offers(  # noqa: PLR0913 - what a decision rests on
        self,
        membership: MembershipIn,
        *,
        at: datetime | str,
        usage: Own | None = None,
        customer: Own | None = None,
        request: Own | None = None,
        locale: str | None = None,
    ) -> tuple[Offer, ...]:
        """Return everything a membership can look at, each with its decision, the current ones marked.

        That is every plan and price of the family in rank order, those outside that a transition reaches, and every
        add-on of the current plan.
        """
        border.check_locale(locale)
        version, member, _ = self._held(membership, at, usage, customer, request)
        asked = version.asked(member)
        found = (_offer(version, member, asked, candidate, locale) for candidate in candidates(member))
        return tuple(offer for offer in found if offer is not None)

    def apply_pending(self, membership: MembershipIn, *, at: datetime | str) -> Applied:
        """Carry out the pending change of a membership whose time has come, at the prices quoted.

        Raises InvalidFacts `nothing_pending` or `not_due_yet`.
        """
        policy, found, setting, moment = self._goes_on(membership, at)
        now = held_by(found, policy, setting.currency.code)
        return apply_pending(policy, found, now, setting.currency, moment)

    def renew(self, membership: MembershipIn, *, at: datetime | str) -> Applied:
        """Begin the next period of a membership that goes on, and say what is charged for it, with what is owed.

        Raises InvalidFacts `not_due_yet`, `missing_period` where nothing is charged again, or `wrong_value` for a
        cancelled or expired membership and where a pending change is to be applied.
        """
        policy, found, setting, moment = self._goes_on(membership, at)
        return renew(policy, found, held_by(found, policy, setting.currency.code), setting.currency, moment)

    def close(self) -> None:
        """Free what the rules engine holds; it is freed as well when the engine is dropped."""
        for version in self._compiled:
            version.close()

    def _goes_on(self, membership: MembershipIn, at: datetime | str) -> tuple[Policy, Membership, Setting, datetime]:
        version, moment = self._in_force(at)
        setting = border.setting_for(membership, version.policy)
        return version.policy, border.membership(membership, setting), setting, moment

    def _held(
        self,
        membership: MembershipIn,
        at: datetime | str,
        usage: Own | None,
        customer: Own | None,
        request: Own | None,
    ) -> tuple[Compiled, Held, Setting]:
        version, moment = self._in_force(at)
        policy = version.policy
        setting = border.setting_for(membership, policy)
        own = {"usage": usage, "customer": customer, "request": request}
        facts = own_facts({name: value for name, value in own.items() if value is not None}, policy, setting)
        member = held(policy, border.membership(membership, setting), setting.currency, moment, facts)
        return version, member, setting

    def _in_force(self, at: datetime | str) -> tuple[Compiled, datetime]:
        """Return the version that decides at an instant, by its own zone, and the instant in UTC."""
        newest = self.policy
        moment = border.at(at, Setting(newest.zone, newest.currency))
        for version in self._compiled:
            if version.policy.effective <= local_day(moment, version.policy.zone):
                return version, moment
        first = self.versions.policies[0]
        raise InvalidFacts("no_version", f"`{first.id}` decides from {first.effective} on", "at")


def _decide(version: Compiled, member: Held, asked: Asked, selection: Selection, locale: str | None) -> Decision:
    found = situation(member, selection)
    values, hits = asked.about(found)
    way, locale = version.route(found), locale or version.policy.locale
    return decided(Case(found, selection, version.numbers, version.facts, version.rules, way, values, hits, locale))


def _offer(version: Compiled, member: Held, asked: Asked, candidate: Candidate, locale: str | None) -> Offer | None:
    try:
        decision = _decide(version, member, asked, candidate.selection, locale)
    except InvalidFacts as problem:
        if problem.code in NOT_SOLD:
            return None
        raise
    return candidate.offered(decision, version.policy, locale or version.policy.locale)
