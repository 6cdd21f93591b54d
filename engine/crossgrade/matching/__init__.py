"""Which rules hold for some facts: through durable-rules, in plain Python, or both."""

from crossgrade.matching.durable import DurableMatcher, available
from crossgrade.matching.explanation import Explanation, explanation
from crossgrade.matching.matcher import CrossCheckedMatcher, Matcher, MatchersDisagree, build
from crossgrade.matching.normal_form import TooManyCases, assume, normal_form
from crossgrade.matching.plain import Kind, PlainMatcher, Seen, check_type, failures, holds

__all__ = [
    "CrossCheckedMatcher",
    "DurableMatcher",
    "Explanation",
    "Kind",
    "Matcher",
    "MatchersDisagree",
    "PlainMatcher",
    "Seen",
    "TooManyCases",
    "assume",
    "available",
    "build",
    "check_type",
    "explanation",
    "failures",
    "holds",
    "normal_form",
]
