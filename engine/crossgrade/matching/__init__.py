"""Which rules hold for some facts: through durable-rules, in plain Python, or both."""

from crossgrade.matching.durable import DurableMatcher, available
from crossgrade.matching.matcher import CrossCheckedMatcher, Matcher, MatchersDisagree, build
from crossgrade.matching.normal_form import TooManyCases, assume, normal_form
from crossgrade.matching.plain import PlainMatcher, Seen, failures, holds

__all__ = [
    "CrossCheckedMatcher",
    "DurableMatcher",
    "Matcher",
    "MatchersDisagree",
    "PlainMatcher",
    "Seen",
    "TooManyCases",
    "assume",
    "available",
    "build",
    "failures",
    "holds",
    "normal_form",
]
