"""A matcher says which of a list of rules hold for some facts."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from crossgrade.errors import CrossgradeError
from crossgrade.matching.durable import DurableMatcher
from crossgrade.matching.normal_form import normal_form
from crossgrade.matching.plain import PlainMatcher
from crossgrade.model.condition import Condition, Value


class Matcher(Protocol):
    """Says which rules hold: bit `i` of `hits` is set when the rule of index `i` does."""

    def hits(self, values: Mapping[str, Value]) -> int:
        """Return the rules that hold, as bits."""
        ...

    def close(self) -> None:
        """Give back what the matcher holds; it is not asked again."""
        ...


class MatchersDisagree(CrossgradeError):  # noqa: N818 - the name says what happened
    """Two matchers answered differently, so at least one is wrong and neither answer is given."""

    def __init__(self, first: int, second: int, values: Mapping[str, Value]) -> None:
        different = [index for index in range((first | second).bit_length()) if (first ^ second) >> index & 1]
        super().__init__(f"the matchers disagree about the rules of index {different}")
        self.first = first
        self.second = second
        self.rules = tuple(different)
        self.values = dict(values)


class CrossCheckedMatcher:
    """Asks two matchers and answers only what both say."""

    def __init__(self, first: Matcher, second: Matcher) -> None:
        self._first = first
        self._second = second

    def hits(self, values: Mapping[str, Value]) -> int:
        """Return the rules that hold, as bits; MatchersDisagree when the matchers do."""
        first, second = self._first.hits(values), self._second.hits(values)
        if first != second:
            raise MatchersDisagree(first, second, values)
        return first

    def close(self) -> None:
        """Close both matchers."""
        self._first.close()
        self._second.close()


def build(rules: Sequence[tuple[int, Condition]], *, matcher: Literal["durable", "plain", "both"]) -> Matcher:
    """Return a matcher for the rules; TooManyCases when one branches too often for durable-rules."""
    if matcher == "plain":
        return PlainMatcher(rules)
    durable = DurableMatcher([(index, normal_form(condition)) for index, condition in rules])
    return durable if matcher == "durable" else CrossCheckedMatcher(PlainMatcher(rules), durable)
