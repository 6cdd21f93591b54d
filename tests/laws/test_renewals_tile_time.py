"""Renewals tile time: each period begins where the last one ended, on the billing day, at the same time of day."""

from datetime import timedelta

from hypothesis import given
from tests.laws.strategies import Span, last_of_month, loaded, spans, two_plans
from tests.oracle.evaluator_calendar import interval

TERMS = {"effective": "period_end"}
TIMES = 14


@given(spans())
def test_periods_follow_each_other_on_the_billing_day(span: Span) -> None:
    engine = loaded(two_plans(span.zone, span.every, TERMS))
    every = interval(span.every)
    member = engine.renew(
        {"plan": "one", "paid": 10, "period": span.period, "billing_day": span.billing_day}, at=span.end
    ).membership
    assert member.period is not None
    assert member.period.start == span.end
    first = member.period.start.astimezone(span.zone).date()
    for times in range(1, TIMES):
        last = member
        assert last.period is not None
        member = engine.renew(last, at=last.period.end).membership
        assert member.period is not None
        assert member.period.start == last.period.end < member.period.end
        start = member.period.start.astimezone(span.zone)
        if every.kind == "days":
            assert start.date() - first == timedelta(days=every.count * times)
        else:
            assert start.day == min(span.billing_day, last_of_month(start.date()).day)
            assert (start.year - first.year) * 12 + start.month - first.month == every.count * times
