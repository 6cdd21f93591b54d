from collections.abc import Mapping

import pytest

from crossgrade.errors import CrossgradeError
from crossgrade.matching import CrossCheckedMatcher, DurableMatcher, MatchersDisagree, PlainMatcher, build
from crossgrade.matching.normal_form import TooManyCases
from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, Value

RULES: list[tuple[int, Condition]] = [(0, Comparison("x", "at_least", (3,))), (4, Comparison("x", "in", (1, 3)))]
BRANCHING = AllOf(
    tuple(AnyOf(tuple(Comparison(f"{n}{each}", "in", (True,)) for each in "ab")) for n in range(7)),
)


class Fixed:
    """Always gives the same answer."""

    def __init__(self, answer: int) -> None:
        self.answer = answer
        self.closed = False

    def hits(self, values: Mapping[str, Value]) -> int:
        return self.answer

    def close(self) -> None:
        self.closed = True


def test_build() -> None:
    durable, plain, both = (
        build(RULES, matcher="durable"),
        build(RULES, matcher="plain"),
        build(RULES, matcher="both"),
    )
    assert isinstance(durable, DurableMatcher)
    assert isinstance(plain, PlainMatcher)
    assert isinstance(both, CrossCheckedMatcher)
    for number, expected in [(0, 0), (1, 0b10000), (3, 0b10001), (4, 1)]:
        assert [each.hits({"x": number}) for each in (durable, plain, both)] == [expected] * 3
    for each in (durable, plain, both):
        each.close()


def test_a_rule_that_branches_too_often() -> None:
    build([(0, BRANCHING)], matcher="plain")
    with pytest.raises(TooManyCases):
        build([(0, BRANCHING)], matcher="durable")


def test_matchers_that_disagree() -> None:
    first, second = Fixed(0b1011), Fixed(0b0010)
    checked = CrossCheckedMatcher(first, second)
    with pytest.raises(MatchersDisagree, match=r"rules of index \[0, 3\]") as raised:
        checked.hits({"x": 1})
    assert isinstance(raised.value, CrossgradeError)
    assert (raised.value.rules, raised.value.first, raised.value.second) == ((0, 3), 0b1011, 0b0010)
    assert raised.value.values == {"x": 1}
    checked.close()
    assert (first.closed, second.closed) == (True, True)
