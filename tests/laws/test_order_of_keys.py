"""The order of keys means nothing where the language gives it no meaning: the decision is the same."""

import json
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.laws.strategies import Document, Question, loaded, questions
from tests.oracle.policies import to_yaml

from crossgrade import Engine, InvalidFacts

ORDERED = {"addons", "entitlements", "plans", "prices", "facts"}
"""Lines, offers and what is granted come in the order of these sections; what is in them is shuffled none the less."""

DIGESTS = ("policy", "id")
"""The digest is of what is written, in the order it is written; so are the comparisons that a trace tells."""


def shuffled(value: Any, random: Random, key: str = "") -> Any:
    if isinstance(value, list):
        return [shuffled(each, random) for each in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if key not in ORDERED:
        random.shuffle(keys)
    return {each: shuffled(value[each], random, each) for each in keys}


def answer(question: Question, engine: Engine) -> str:
    try:
        found = question.decide(engine).to_dict()
        for entry in found["trace"]:
            for why in ("failed", "because"):
                entry.get(why, []).sort(key=str)
        return json.dumps({key: value for key, value in found.items() if key not in DIGESTS})
    except InvalidFacts as error:
        return f"{error.code} {error}"


@given(questions(), st.integers(0, 2**32))
def test_a_shuffled_policy_decides_the_same(question: Question, seed: int) -> None:
    other: Document = shuffled(question.document, Random(seed))
    assert answer(question, loaded(to_yaml(other))) == answer(question, question.engine)
