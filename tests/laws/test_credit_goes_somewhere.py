"""What credit is earned goes somewhere, and all of it is told: in sums, in lines and in the account."""

from decimal import Decimal

from hypothesis import given
from tests.laws.strategies import Quoted, quotes

PLACES = {"to_account": "to_account", "to_refund": "to_refund", "to_time": "to_time", "forfeited": "forfeited"}


@given(quotes())
def test_earned_is_the_sum_of_where_it_goes(drawn: Quoted) -> None:
    _, quote = drawn
    shown = quote.to_dict()
    credit = {name: Decimal(value) for name, value in shown["credit"].items() if name != "days"}
    assert all(value >= 0 for value in credit.values())
    assert credit["earned"] == sum(credit.values()) - credit["earned"]
    for kind, name in PLACES.items():
        assert sum(Decimal(line["amount"]) for line in shown["lines"] if line["kind"] == kind) == credit[name]
    account = {name: Decimal(value) for name, value in shown["account_credit"].items()}
    assert account["after"] == account["before"] - account["used"] + credit["to_account"]
    assert account["after"] == Decimal(shown["membership"].get("account_credit") or 0)
    assert (shown["credit"]["days"] > 0) <= (credit["to_time"] > 0 or credit["earned"] > 0)
