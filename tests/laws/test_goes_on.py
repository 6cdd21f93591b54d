"""What comes out of a quote goes in again: it can be decided on, its pending change carried out, and it renews."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.strategies import Quoted, quotes

from crossgrade import NoChange, Quote


@given(quotes(), st.sampled_from((0, 1, 86_400, 86_400 * 45)))
def test_the_membership_after_a_quote_can_be_decided_on(drawn: Quoted, passed: int) -> None:
    question, quote = drawn
    period = quote.membership.period
    at = max(datetime.fromisoformat(question.asked["at"]), period.start if period else quote.effective_at)
    if quote.membership.pending_change:
        at = datetime.fromisoformat(question.asked["at"])
    found = question.decide(membership=quote.membership, selection={}, at=at + timedelta(seconds=passed))
    if found.change.kind != "reactivation":
        assert isinstance(found, Quote if quote.membership.pending_change else NoChange)
    if isinstance(found, Quote) and found.change.kind == "withdrawal":
        assert (found.rule, str(found.due_now.minor)) == ("withdrawal", "0")
        assert found.membership.pending_change is None


@given(quotes())
def test_a_pending_change_is_carried_out_as_quoted(drawn: Quoted) -> None:
    question, quote = drawn
    pending = quote.membership.pending_change
    if pending is None:
        return
    applied = question.engine.apply_pending(quote.membership, at=pending.at)
    assert applied.membership.pending_change is None
    assert (applied.membership.plan, applied.membership.price) == (pending.plan, pending.price)
    assert applied.charge == quote.next_charge
    assert question.decide(membership=applied.membership, selection={}, at=pending.at).outcome != "error"


@given(quotes())
def test_the_next_period_is_charged_as_quoted(drawn: Quoted) -> None:
    question, quote = drawn
    member = quote.membership
    if member.pending_change or member.period is None or member.status in {"cancelled", "expired"}:
        return
    renewed = question.engine.renew(member, at=member.period.end)
    assert renewed.membership.period is not None
    assert renewed.membership.period.start == member.period.end
    if member.status != "trialing":
        assert renewed.charge == quote.next_charge
    assert question.decide(membership=renewed.membership, selection={}, at=member.period.end).outcome == "no_change"
