"""The same facts, policy and instant give the same bytes: in every engine, by every matcher."""

import json

from hypothesis import given
from tests.laws.strategies import Question, loaded, questions
from tests.oracle.policies import to_yaml

from crossgrade import Engine, InvalidFacts


def answer(question: Question, engine: Engine) -> str:
    try:
        return json.dumps(question.decide(engine).to_dict())
    except InvalidFacts as error:
        return f"{error.code} {error}"


@given(questions())
def test_the_bytes_are_the_same(question: Question) -> None:
    text = to_yaml(question.document)
    first = answer(question, loaded(text))
    assert answer(question, loaded(text)) == first
    assert answer(question, loaded(text + "# another engine\n")) == first
    assert answer(question, loaded(text, "durable")) == first
