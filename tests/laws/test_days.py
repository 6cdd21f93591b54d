"""The days of a period are partitioned: used and left are all of them, in every zone, whatever the clocks do."""

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.strategies import Span, instants, loaded, spans, two_plans

from crossgrade import Refusal

MESSAGE = "{membership.days_used} {membership.days_left} {membership.period_days}"
RULES = {"restrictions": [{"id": "days", "message": MESSAGE}]}
TERMS = {"effective": "period_end"}


@given(spans(), st.data())
def test_used_and_left_are_the_days_of_the_period(span: Span, data: st.DataObject) -> None:
    at = data.draw(instants(span))
    engine = loaded(two_plans(span.zone, span.every, TERMS, RULES))
    found = engine.decide({"plan": "one", "paid": 10, "period": span.period}, {"plan": "two"}, at=at)
    assert isinstance(found, Refusal)
    used, left, days = map(int, found.reasons[0].message.split())
    assert days == (span.end.astimezone(span.zone).date() - span.start.astimezone(span.zone).date()).days
    assert used == (at.date() - span.start.astimezone(span.zone).date()).days
    assert used + left == days
    assert left >= (at.date() < span.end.astimezone(span.zone).date())
