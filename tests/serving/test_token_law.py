"""Any quote can be signed and holds, and with any other fact it does not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.strategies import OWN, Quoted, quotes
from tests.serving.tokens import KEYS

from crossgrade.serving.token import SignedQuote, sign, verify
from crossgrade.serving.token_error import TokenError

often = settings(
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
)


def held(text: str, question: Any, after: timedelta, **other: Any) -> SignedQuote:
    asked = {**question.asked, **other}
    own = {name: asked.get(name) for name in OWN}
    at = datetime.fromisoformat(question.asked["at"]) + after
    return verify(text, KEYS, question.engine, asked["membership"], asked["selection"], at=at, **own)


@often
@given(quotes(), st.integers(1, 366 * 86400 - 1))
def test_what_was_quoted_holds(quoted: Quoted, seconds: int) -> None:
    token = sign(quoted.quote, KEYS, timedelta(days=366))
    found = held(token, quoted.question, timedelta(seconds=seconds))
    assert found.quote.to_dict() == quoted.quote.to_dict()


@often
@given(quotes(), st.sampled_from(("paid", "quantity", "owed", "account_credit", "changes_this_period")))
def test_another_amount_is_named(quoted: Quoted, field: str) -> None:
    shown = quoted.quote.grounds.make_facts()["membership"]
    other = {**shown, field: 123 if shown[field] != 123 else 124}
    token = sign(quoted.quote, KEYS, timedelta(hours=1))
    with pytest.raises(TokenError) as caught:
        held(token, quoted.question, timedelta(0), membership=other)
    assert (caught.value.code, caught.value.changed) == ("facts_changed", (f"membership.{field}",))


@often
@given(quotes())
def test_what_came_out_of_it_is_not_charged_again(quoted: Quoted) -> None:
    token = sign(quoted.quote, KEYS, timedelta(hours=1))
    after = quoted.quote.to_dict()["membership"]
    with pytest.raises(TokenError) as caught:
        held(token, quoted.question, timedelta(0), membership=after)
    assert caught.value.code == "facts_changed"
