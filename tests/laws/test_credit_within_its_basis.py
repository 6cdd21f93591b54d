"""A credit that rests on what was paid, or is capped by it, is never more than was paid."""

from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from tests.laws.strategies import Question, Quoted, quotes
from tests.oracle.evaluator_policy import Policy

from crossgrade import Quote

BUILT_IN: dict[str, Any] = {"unused": {"at_most": "paid"}, "paid": {"basis": "paid"}, "recurring": {}, "list_price": {}}


def rests_on_paid(question: Question, quote: Quote) -> bool:
    rule = next((each for each in question.document["transitions"] if each["id"] == quote.rule), None)
    if rule is None:
        return False
    credit = Policy(question.document).terms(rule).get("credit", "none")
    names = credit.get("rule", []) if isinstance(credit, dict) else credit
    rules = {**BUILT_IN, **(question.document.get("credits") or {})}
    bodies = [rules[name] for name in ([names] if isinstance(names, str) else names) if name != "none"]
    return all(body.get("basis") == "paid" or body.get("at_most") == "paid" for body in bodies)


@given(quotes())
def test_credit_is_at_most_what_was_paid(drawn: Quoted) -> None:
    question, quote = drawn
    assume(rests_on_paid(question, quote))
    member = question.asked["membership"]
    fee = Decimal(member.get("setup_fee_paid") or 0)
    addons = member.get("addons") or {}
    shown = quote.to_dict()
    fees = sum(Decimal(line["amount"]) for line in shown["lines"] if line["kind"] == "setup_fee")
    for item in (member["plan"], *addons):
        body = member if item == member["plan"] else addons[item]
        paid = Decimal((body.get("paid") if isinstance(body, dict) else None) or 0)
        credits = [
            Decimal(line["amount"]) for line in shown["lines"] if (line["kind"], line["item"]) == ("credit", item)
        ]
        assert -sum(credits) <= paid + (fee if item == member["plan"] else 0) + max(fees, 0)
