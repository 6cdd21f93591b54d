"""Conditions in words, and what makes two of them differ."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.reviewing.test_words import read

from crossgrade.model.condition import ALWAYS, NEVER, AllOf, AnyOf, Comparison, Condition, NoneOf
from crossgrade.model.money import Amounts
from crossgrade.reviewing.condition_words import condition_changes, in_words
from crossgrade.reviewing.words_said import both

POLICY = read(Path(__file__).parent / "words/price-raised/old").newest

USED = Comparison("days", "at_least", (3,))
PAID = Comparison("open", "in", (False,))
HERE = Comparison("country", "in", ("US", "DE"))
NOTE = Comparison("note", "in", ("phone call", "true", "1st", "a-b", ""))
CHEAP = Comparison("amount", "less_than", (Amounts({"USD": 1050, "JPY": 1000}),))
HALF = Comparison("share", "more_than", (Decimal("0.50"),))
EVE = Comparison("at.date", "at_most", (date(2026, 12, 24),))


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (USED, "`days` at least 3"),
        (PAID, "`open` is false"),
        (HERE, "`country` is one of US, DE"),
        (NOTE, "`note` is one of “phone call”, “true”, “1st”, a-b, “”"),
        (Comparison("country", "not_in", ("US",)), "`country` is not US"),
        (Comparison("country", "not_in", ("US", "DE")), "`country` is none of US, DE"),
        (CHEAP, "`amount` less than 10.50 USD or 1000 JPY"),
        (HALF, "`share` more than 0.50"),
        (EVE, "`at.date` at most 2026-12-24"),
        (AllOf((USED, PAID)), "`days` at least 3 and `open` is false"),
        (AnyOf((AllOf((USED, PAID)), HALF)), "any of (`days` at least 3 and `open` is false; `share` more than 0.50)"),
        (AnyOf((USED,)), "`days` at least 3"),
        (NoneOf((USED,)), "not (`days` at least 3)"),
        (NoneOf((USED, PAID)), "none of (`days` at least 3; `open` is false)"),
        (ALWAYS, "always"),
        (NEVER, "never"),
        (NoneOf(()), "always"),
    ],
)
def test_a_condition_is_said(condition: Condition, sentence: str) -> None:
    assert in_words(condition) == sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (AllOf((USED, PAID)), AllOf((PAID, AllOf((USED,))))),
        (AnyOf((USED, PAID)), AnyOf((PAID, USED))),
        (AnyOf((AllOf((USED, PAID)), HALF)), AnyOf((HALF, AllOf((PAID, USED))))),
        (NoneOf((USED, PAID)), AllOf((NoneOf((PAID,)), NoneOf((USED,))))),
        (NoneOf((HERE,)), Comparison("country", "not_in", ("DE", "US"))),
        (NoneOf((Comparison("country", "not_in", ("US",)),)), Comparison("country", "in", ("US",))),
        (HALF, Comparison("share", "more_than", (Decimal("0.5"),))),
        (AnyOf((USED,)), USED),
    ],
)
def test_another_way_to_write_it_is_no_difference(old: Condition, new: Condition) -> None:
    assert list(condition_changes("r", old, new, both(POLICY, POLICY))) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (ALWAYS, USED, ["r now also needs `days` at least 3"]),
        (USED, PAID, ["r now also needs `open` is false", "r no longer needs `days` at least 3"]),
        (AllOf((USED, PAID)), AnyOf((USED, PAID)), None),
        (AnyOf((USED, PAID)), NoneOf((USED, PAID)), None),
        (NoneOf((AnyOf((USED, PAID)),)), NoneOf((AllOf((USED, PAID)),)), None),
        (USED, Comparison("days", "more_than", (3,)), ["r: `days` at least 3 → more than 3"]),
        (USED, NoneOf((USED,)), ["r now also needs not (`days` at least 3)", "r no longer needs `days` at least 3"]),
        (CHEAP, Comparison("amount", "less_than", (Amounts({"USD": 0, "JPY": 0}),)), None),
    ],
)
def test_a_difference_is_said(old: Condition, new: Condition, said: list[str] | None) -> None:
    found = list(condition_changes("r", old, new, both(POLICY, POLICY)))
    assert found
    assert said is None or found == said
