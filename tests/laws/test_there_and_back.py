"""There and back within one instant nets to zero: keep, prorated and credited, where the price was paid in full."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.strategies import Span, instants, loaded, spans, two_plans

from crossgrade import Quote

BY = ("second", "minute", "hour", "day", "month", "period")
MODES = ("half_up", "half_even", "up", "down")


@st.composite
def prorations(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {
        "by": draw(st.sampled_from(BY)),
        "change_unit": draw(st.sampled_from(("new_plan", "old_plan"))),
    }
    if found["by"] == "day":
        found["period_length"] = draw(st.sampled_from(("actual", "average", "30/360", 30)))
    if draw(st.booleans()):
        found["ratio_decimals"] = draw(st.integers(1, 9))
    return found


def balance(quote: Quote) -> int:
    """Return what the member gives: what is due, less what the account gains."""
    account = quote.account_credit
    return quote.due_now.minor + account.before.minor - account.after.minor


@given(spans(), prorations(), st.sampled_from(MODES), st.sampled_from(("use", "keep")), st.data())
def test_there_and_back(span: Span, proration: dict[str, Any], mode: str, account: str, data: st.DataObject) -> None:
    costs = data.draw(st.tuples(st.integers(1, 997), st.integers(1, 997)))
    terms = {"billing_date": "keep", "charge": "prorated", "credit": "unused"}
    more = {"proration": proration, "rounding": {"mode": mode}, "account_credit": account}
    engine = loaded(two_plans(span.zone, span.every, terms, more, costs))
    member = {"plan": "one", "paid": costs[0], "period": span.period, "billing_day": span.billing_day}
    at = data.draw(instants(span))
    there = engine.decide(member, {"plan": "two"}, at=at)
    assert isinstance(there, Quote)
    back = engine.decide(there.membership, {"plan": "one"}, at=at)
    assert isinstance(back, Quote)
    assert balance(there) + balance(back) == 0
    assert back.membership.plan == "one"
