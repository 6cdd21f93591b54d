"""The lines of a quote sum to what is due now plus what is added to what is owed."""

from decimal import Decimal

from hypothesis import given, settings
from tests.laws.strategies import Quoted, quotes


@settings(max_examples=2 * settings().max_examples)
@given(quotes())
def test_lines_sum(drawn: Quoted) -> None:
    question, quote = drawn
    shown = quote.to_dict()
    owed = Decimal(shown["membership"].get("owed") or 0) - Decimal(question.asked["membership"].get("owed") or 0)
    kinds = {line["kind"] for line in shown["lines"]}
    if "owed" in kinds:
        owed = Decimal(0)
    amounts = [Decimal(line["amount"]) for line in shown["lines"]]
    assert sum(amounts) == Decimal(shown["due_now"]) + owed
    assert all(amounts)
