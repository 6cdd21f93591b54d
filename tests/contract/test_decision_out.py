"""What comes out: the keys of each answer in order, instants in the zone, the same bytes for the same question."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import crossgrade

FOLDER = Path(__file__).parent / "decision-out"
YEAR = {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}
HELD = {"plan": "personal", "price": "yearly", "paid": "79.00", "period": YEAR}
AT = "2026-07-01T00:00:00Z"
GROUNDS = "trace policy id"
KEYS = {
    "quote": (
        "outcome change rule effective effective_at currency lines due_now credit account_credit next_charge upcoming"
        f" entitlements addons membership message {GROUNDS}"
    ),
    "no_change": f"outcome change rule message {GROUNDS}",
    "refusal": f"outcome change reasons {GROUNDS}",
}


@pytest.fixture(scope="module")
def engine() -> crossgrade.Engine:
    return crossgrade.load(FOLDER, matcher="plain")


def answer(engine: crossgrade.Engine, selection: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    chosen = {"plan": "professional"} if selection is None else selection
    return engine.decide(HELD, chosen, at=AT, **more).to_dict()


@pytest.mark.parametrize(
    ("outcome", "customer"), [("quote", {}), ("no_change", {"vip": True}), ("refusal", {"blocked": True})]
)
def test_the_keys_of_each_outcome_in_their_order(
    engine: crossgrade.Engine, outcome: str, customer: dict[str, bool]
) -> None:
    found = answer(engine, customer=customer)
    assert (found["outcome"], " ".join(found)) == (outcome, KEYS[outcome])
    assert list(found["policy"]) == ["id", "effective", "digest"]
    assert found["policy"]["digest"].startswith("sha256:")
    assert json.dumps(found) == json.dumps(answer(engine, customer=customer))


def test_the_keys_within_a_quote(engine: crossgrade.Engine) -> None:
    found = answer(engine)
    assert list(found["change"]) == ["kind", "from", "to"]
    assert list(found["change"]["to"]) == ["plan", "price", "quantity"]
    assert [list(line) for line in found["lines"]] == [
        ["kind", "item", "title", "amount", "period"],
        ["kind", "item", "title", "amount", "how"],
    ]
    assert " ".join(found["credit"]) == "earned to_charge to_account to_refund to_time forfeited days"
    assert found["effective_at"] == "2026-07-01T00:00:00Z"
    assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal(found["due_now"]) == Decimal("139.50")


def test_the_membership_that_comes_out_goes_in_again(engine: crossgrade.Engine) -> None:
    found = answer(engine)
    again = engine.decide(json.loads(json.dumps(found["membership"])), {}, at=AT)
    assert again.to_dict()["rule"] == "same-selection"


def test_each_offer_has_its_decision_and_the_current_one_is_marked(engine: crossgrade.Engine) -> None:
    shown = [offer.to_dict() for offer in engine.offers(HELD, at=AT)]
    assert [(offer["id"], offer["current"], offer["choosable"]) for offer in shown] == [
        ("personal/yearly", True, False),
        ("professional/yearly", False, True),
        ("support", False, True),
        ("more", False, True),
        ("pins", False, True),
    ]
    assert shown[1]["decision"] == answer(engine, {"plan": "professional", "price": "yearly"})


def test_the_locale_changes_texts_and_nothing_that_is_counted(engine: crossgrade.Engine) -> None:
    english, german = answer(engine), answer(engine, locale="de")
    assert [line["title"] for line in english["lines"]] != [line["title"] for line in german["lines"]]
    assert english["id"] == german["id"]
    assert [line["amount"] for line in english["lines"]] == [line["amount"] for line in german["lines"]]
    assert answer(engine, {}, locale="de")["message"] != answer(engine, {})["message"]


def test_the_trace_tells_what_failed_with_the_values_seen(engine: crossgrade.Engine) -> None:
    trace = {entry["rule"]: entry for entry in answer(engine, customer={"blocked": True})["trace"]}
    assert trace["blocked"]["held"] is True
    rest = trace["vip-rests"]
    assert rest["held"] is False
    assert [(failure["fact"], failure["found"]) for failure in rest["failed"]] == [("customer.vip", False)]
