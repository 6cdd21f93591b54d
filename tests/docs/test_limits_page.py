"""The page on limits says the limits there are."""

import re

import pytest
from tests.docs.blocks import DOCS

from crossgrade import diagnostics
from crossgrade.cases import written
from crossgrade.facts import border, readers
from crossgrade.matching.normal_form import LIMIT
from crossgrade.model import declaration, money
from crossgrade.reading import anchors, opening, scalars, source

PAGE = (DOCS / "limits.md").read_text(encoding="utf-8")
POLICIES, FACTS = PAGE.split("## Facts")

LIMITS = [
    (POLICIES, "a file, in bytes", f"{source.LARGEST_FILE:,}"),
    (POLICIES, "levels of nesting, aliases written out", f"{anchors.DEEPEST}"),
    (POLICIES, "keys and values of a file", f"{anchors.MOST_NODES:,}"),
    (POLICIES, "values that the aliases of a file stand for", f"{anchors.MOST_THROUGH_ALIASES:,}"),
    (POLICIES, "entries of a list or mapping", f"{anchors.MOST_ENTRIES:,}"),
    (
        POLICIES,
        "entries of a section, such as plans or restrictions, included files counted",
        f"{opening.MOST_OF_A_SECTION:,}",
    ),
    (POLICIES, "plans times rules", f"{opening.MOST_PAIRS:,}"),
    (POLICIES, "characters of a key or value", f"{anchors.LONGEST_TEXT:,}"),
    (POLICIES, "digits of a number, and its exponent", f"{scalars.MOST_DIGITS}"),
    (POLICIES, "cases of the conditions of one rule, in disjunctive normal form", f"{LIMIT}"),
    (POLICIES, "cases of a cases file, those of `each` counted", f"{written.MOST_CASES:,}"),
    (FACTS, "a body of JSON, in bytes", f"{border.LARGEST_BODY:,}"),
    (FACTS, "entries of a mapping or list", f"{readers.MOST_ENTRIES:,}"),
    (FACTS, "characters of a text, or of a key", f"{readers.LONGEST_TEXT:,}"),
    (FACTS, "digits of a number, and its exponent", f"{readers.MOST_DIGITS}"),
    (FACTS, "the years of an instant", f"{readers.FIRST_YEAR} to {readers.LAST_YEAR}"),
]


@pytest.mark.parametrize(("section", "what", "limit"), LIMITS, ids=lambda value: str(value)[:40])
def test_a_limit_is_the_one_there_is(section: str, what: str, limit: str) -> None:
    assert re.search(rf"^\| {re.escape(what)} \| {re.escape(limit)} \|", section, re.MULTILINE)


def test_powers_of_ten_are_those_there_are() -> None:
    assert (money.LARGEST, declaration.TOO_LARGE) == (10**15, 10**18)
    assert PAGE.count("below 10^15") == 2
    assert f"at most {diagnostics.LONGEST_MESSAGE:,} characters" in PAGE
