"""The later the change, the less is left: neither credit nor a prorated charge grows while a period runs."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.strategies import Span, instants, loaded, spans, two_plans
from tests.laws.test_there_and_back import prorations

from crossgrade import Quote


@given(spans(), prorations(), st.sampled_from((None, "whole")), st.data())
def test_what_is_left_does_not_grow(
    span: Span, proration: dict[str, Any], first_day: str | None, data: st.DataObject
) -> None:
    keys = {**proration, **({"first_day": first_day} if first_day else {})}
    terms = {"billing_date": "keep", "charge": "prorated", "credit": {"rule": "unused", "to": "account"}}
    engine = loaded(two_plans(span.zone, span.every, terms, {"proration": keys}))
    member = {"plan": "one", "paid": 10, "period": span.period, "billing_day": span.billing_day}
    early, late = sorted((data.draw(instants(span)), data.draw(instants(span))))
    first, second = (engine.decide(member, {"plan": "two"}, at=at) for at in (early, late))
    assert isinstance(first, Quote)
    assert isinstance(second, Quote)
    assert second.credit.earned.minor <= first.credit.earned.minor <= 1000
    assert second.due_now.minor <= first.due_now.minor <= 2000
