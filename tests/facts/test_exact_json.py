"""JSON that is read the quick way and the slow way is the same, and no key that is there twice slips through."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossgrade import InvalidFacts
from crossgrade.facts.border import from_json

TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.text(':"\\,{}é', max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.decimals(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.lists(st.tuples(TEXTS, inner), max_size=4).map(tuple),
)
"""JSON values; an object is a tuple of pairs, so that a key can be there twice."""


def written(value: object, *, escaped: bool) -> str:
    if isinstance(value, tuple):
        return "{" + ", ".join(f"{json.dumps(key)} : {written(item, escaped=escaped)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item, escaped=escaped) for item in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:E}" if value.as_tuple().exponent else f"{value}.0"
    return json.dumps(value, ensure_ascii=escaped)


def answer(text: str | bytes) -> object:
    try:
        return repr(from_json(text))
    except InvalidFacts as problem:
        return problem.code, problem.message


@given(VALUES, st.booleans())
def test_bytes_and_text_are_read_alike(value: object, escaped: bool) -> None:  # noqa: FBT001 - drawn
    text = written(value, escaped=escaped)
    # A text is always read the slow way.
    assert answer(text.encode()) == answer(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "a": {"b:": "::"}}',
        b'{"a": {"b": 1, "b": 1}}',
        b'[{"x": {}}, {"x": {}, "x": {}}]',
        b'{"a": ":", "b": ":", "a": ""}',
        b'{"a": 1, "b": "\\u003a", "a": 2}',
        b'{"a\\u003a": 1, "b": 1, "b": 2}',
        b'{"a": 1, "\\u0061": 2}',
    ],
)
def test_a_key_that_is_there_twice(text: bytes) -> None:
    with pytest.raises(InvalidFacts, match="is there twice"):
        from_json(text)


@pytest.mark.parametrize("text", [b"1e99999999999999999999", b'{"paid": 1e-99999999999999999999}'])
def test_an_exponent_out_of_range(text: bytes) -> None:
    with pytest.raises(InvalidFacts) as raised:
        from_json(text)
    assert raised.value.code == "wrong_value"


def test_deep_nesting() -> None:
    for depth in (100, 500, 100_000):
        text = "[" * depth + "]" * depth
        assert answer(text.encode()) == answer(text)
