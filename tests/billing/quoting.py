"""Policies for tables: the base policy with some terms, and what every quote must satisfy."""

import tempfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import crossgrade
from crossgrade import Engine, Quote

DATA = Path(__file__).parent / "data"
SHORT: dict[str, dict[str, Any]] = {
    "KP": {"billing_date": "keep", "charge": "prorated", "credit": "unused"},
    "RF": {"billing_date": "restart", "charge": "full", "credit": "unused"},
    "PE": {"effective": "period_end"},
}
KINDS = ["plan_change", "interval_change", "price_change", "quantity_change", "addon_change", "reactivation"]
MEMBERSHIP = {
    "plan": "small",
    "price": "monthly",
    "paid": "30.00",
    "period": {"start": "2026-11-01T00:00:00Z", "end": "2026-12-01T00:00:00Z"},
}


def engine_for(terms: Any, more: dict[str, Any]) -> Engine:
    """Return the engine of the base policy where every change is made on these terms."""
    rule = {
        "id": "all",
        "change": KINDS,
        "terms": SHORT[terms] if isinstance(terms, str) else terms,
    }
    return loaded((DATA / "base.yaml").read_text("utf-8") + yaml.safe_dump({"transitions": [rule], **more}))


@cache
def loaded(text: str) -> Engine:
    """Return the engine of a policy's text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policy.yaml"
        file.write_text(text, "utf-8")
        return crossgrade.load(file, matcher="plain")


def check_quote(quote: Quote) -> None:
    """Assert what holds of every quote: it adds up, nothing is below 0, and the membership can be decided again."""
    shown = quote.to_dict()
    lines = sum((Decimal(line["amount"]) for line in shown["lines"]), Decimal(0))
    assert lines == Decimal(shown["due_now"]) >= 0
    assert all(Decimal(line["amount"]) for line in shown["lines"])
    credit = {name: Decimal(value) for name, value in shown["credit"].items()}
    assert credit.pop("days") == 0
    assert all(value >= 0 for value in credit.values())
    assert credit.pop("earned") == sum(credit.values())
    account = {name: Decimal(value) for name, value in shown["account_credit"].items()}
    assert account["after"] == account["before"] - account["used"] + credit["to_account"]
    assert account["used"] >= 0
    member = shown["membership"]
    for item in (member, *member["addons"].values()):
        assert Decimal(item.get("paid") or 0) >= 0
    assert shown["next_charge"] == (shown["upcoming"] or [None])[0]
