"""What comes out as JSON goes in again and means the same; typed values, mappings and JSON are one."""

import json
from datetime import datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.strategies import Question, Quoted, onward, quotes

from crossgrade import InvalidFacts


def answer(question: Question, membership: object) -> str:
    try:
        return json.dumps(question.decide(membership=membership).to_dict())
    except InvalidFacts as error:
        return f"{error.code} {error}"


@given(quotes(), st.integers(0, 2**32))
def test_a_membership_goes_through_json(drawn: Quoted, seed: int) -> None:
    question, quote = drawn
    later = onward(question, quote, Random(seed))
    as_mapping = quote.to_dict()["membership"]
    as_json = json.loads(json.dumps(as_mapping))
    first = answer(later, quote.membership)
    assert answer(later, as_mapping) == first
    assert answer(later, as_json) == first
    assert datetime.fromisoformat(later.asked["at"])


@given(quotes())
def test_a_typed_instant_is_the_text(drawn: Quoted) -> None:
    question, quote = drawn
    at = datetime.fromisoformat(question.asked["at"])
    assert json.dumps(question.decide(at=at).to_dict()) == json.dumps(quote.to_dict())
