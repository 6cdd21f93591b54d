"""Nothing is below zero: what is due, what comes next, what is paid, owed and kept."""

from decimal import Decimal

from hypothesis import given
from tests.laws.strategies import Quoted, quotes


@given(quotes())
def test_nothing_is_negative(drawn: Quoted) -> None:
    _, quote = drawn
    shown = quote.to_dict()
    member = shown["membership"]
    found = [shown["due_now"], *shown["account_credit"].values(), member.get("owed"), member.get("account_credit")]
    found += [charge["amount"] for charge in shown["upcoming"]]
    found += [item.get("paid") for item in (member, *member["addons"].values())]
    assert all(Decimal(each) >= 0 for each in found if each is not None)
    assert shown["next_charge"] == (shown["upcoming"] or [None])[0]
