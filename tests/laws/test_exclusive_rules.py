"""Rules that cannot both hold can be swapped: who comes first decides only between rules that hold."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.laws.strategies import Document, Question, loaded, questions
from tests.oracle.evaluator_facts import GROUPS
from tests.oracle.policies import to_yaml

from crossgrade import Engine, InvalidFacts

NOT_COMPARED = ("trace", "id", "policy")


def kinds(change: Any) -> set[str]:
    named = change if isinstance(change, list) else [change]
    return {kind for each in named for kind in GROUPS.get(each, {each})}


def swapped(document: Document, index: int) -> Document:
    rules = list(document["transitions"])
    rules[index : index + 2] = reversed(rules[index : index + 2])
    return {**document, "transitions": rules}


def answer(question: Question, engine: Engine) -> Any:
    try:
        return {key: value for key, value in question.decide(engine).to_dict().items() if key not in NOT_COMPARED}
    except InvalidFacts as error:
        return error.code


@given(questions(), st.integers(0, 20))
def test_transitions_for_other_kinds_of_change_can_be_swapped(question: Question, number: int) -> None:
    rules = question.document["transitions"]
    apart = [n for n in range(len(rules) - 1) if not kinds(rules[n]["change"]) & kinds(rules[n + 1]["change"])]
    assume(apart)
    other = swapped(question.document, apart[number % len(apart)])
    assert answer(question, loaded(to_yaml(other))) == answer(question, question.engine)
