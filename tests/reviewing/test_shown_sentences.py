"""A witness is one sentence that names what is unusual of the member, and what differs of the answers; no more."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from crossgrade.loading import load
from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.membership import Discount, Membership, SelectedAddOn, Selection
from crossgrade.model.money import Money, currency
from crossgrade.reviewing.consequence import Consequence, ConsequenceKind, Largest, Witness
from crossgrade.reviewing.contrast_words import told_apart
from crossgrade.reviewing.sentences import example, largest, member
from crossgrade.reviewing.shapes import Moment, Question, Shape, Units, pending_to
from crossgrade.reviewing.shown.page import whom
from crossgrade.reviewing.titles import Titles
from crossgrade.reviewing.witness import Chosen

NETWORK = load(Path(__file__).resolve().parents[1] / "cli/network/policy.yaml", matcher="plain").policy
TITLES = Titles(NETWORK, NETWORK)
USD = currency("USD")
SHAPE = Shape("basic", "monthly", USD, Selection("premium", "monthly"), paid=1500, interval_days=30)
MOMENT = Moment(date(2026, 4, 17), 16, 14)
USUAL = "Basic monthly member in USD, day 17 of 30, paid 15.00, selects Premium monthly"


def witness(shape: dict[str, Any], moment: dict[str, Any], own: dict[str, Any] | None = None) -> Witness:
    asked = Question(Membership("basic"), Selection(), datetime(2026, 4, 17, tzinfo=UTC), own or {})
    chosen = Chosen(structs.replace(MOMENT, **moment), own or {})
    before, after = {"outcome": "refusal", "reasons": ["No."]}, {"outcome": "error", "error": "missing_fact"}
    return Witness(structs.replace(SHAPE, **shape), chosen, asked, asked, before, after)


MEMBERS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, USUAL),
    ({"quantity": 3}, {}, USUAL.replace("Basic", "3 × Basic")),
    ({}, {"status": "past_due"}, f"past-due {USUAL}"),
    ({}, {"status": "cancelled"}, f"cancelled {USUAL}"),
    ({}, {"trial_runs": True}, USUAL.replace("day", "in a trial, day")),
    ({}, {"used": 30, "left": 0}, USUAL.replace("day 17 of 30", "in the last hours of 30 days")),
    ({}, {"used": 30, "left": 0, "late": True}, USUAL.replace("day 17 of 30", "after the period's end")),
    ({}, {"paid": 1}, USUAL.replace("15.00", "0.01")),
    ({"interval_days": 0}, {}, USUAL.replace("day 17 of 30, ", "")),
    ({"interval_days": 0, "paid": 0}, {}, USUAL.replace("day 17 of 30, paid 15.00, ", "")),
    ({"unit_amount": 1200}, {}, USUAL.replace("15.00", "15.00, at an agreed 12.00")),
    ({}, {"discount": Discount(percent=Decimal(50))}, USUAL.replace("15.00", "15.00, a discount of 50 %")),
    ({}, {"discount": Discount(amount=Money(333, USD))}, USUAL.replace("15.00", "15.00, a discount of 3.33")),
    ({}, {"account_credit": 777}, USUAL.replace("15.00", "15.00, account credit 7.77")),
    ({}, {"setup_fee_paid": 2500}, USUAL.replace("15.00", "15.00, setup fee paid 25.00")),
    ({}, {"owed": 501}, USUAL.replace("15.00", "15.00, owes 5.01")),
    ({}, {"payment_pending": True}, USUAL.replace("15.00", "15.00, a payment pending")),
    ({}, {"age_days": 29}, USUAL.replace("15.00", "15.00, a member for 29 days")),
    ({}, {"age_days": 400, "days_since_change": 400}, USUAL),
    ({}, {"days_since_change": 1}, USUAL.replace("15.00", "15.00, last changed 1 day ago")),
    ({}, {"changes_this_period": 2}, USUAL.replace("15.00", "15.00, 2 changes this period")),
    ({"addons": {"extra-disk": Units(2)}}, {}, USUAL.replace("15.00", "15.00, with 2 × 50 GB more disk")),
    (
        {"pending_change": pending_to("studio", "monthly", 1, {})},
        {},
        USUAL.replace("15.00", "15.00, a change to Studio monthly pending"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "moment", "said"), MEMBERS)
def test_a_member(shape: dict[str, Any], moment: dict[str, Any], said: str) -> None:
    assert member(witness(shape, moment), TITLES) == said


SELECTIONS = [
    (Selection("basic", "monthly"), "selects Basic monthly again"),
    (Selection("basic", "yearly"), "selects Basic yearly"),
    (Selection("free", "free"), "selects Free"),
    (Selection("premium", "monthly", 3), "selects 3 × Premium monthly"),
    (Selection("basic", "monthly", 1), "selects 1 unit"),
    (Selection("basic", "monthly", add_addons={"extra-disk": SelectedAddOn(2)}), "adds 2 × 50 GB more disk"),
    (Selection("basic", "monthly", remove_addons=("priority-support",)), "drops Priority support"),
    (Selection("basic", "monthly", addons={}), "has no add-ons as add-ons"),
    (
        Selection("premium", "monthly", None, None, {"extra-disk": SelectedAddOn()}, ("priority-support",)),
        "selects Premium monthly and adds 50 GB more disk and drops Priority support",
    ),
    (Selection("unknown", "monthly"), "selects unknown/monthly"),
]


@pytest.mark.parametrize(("selection", "said"), SELECTIONS)
def test_what_is_selected(selection: Selection, said: str) -> None:
    assert member(witness({"selection": selection}, {}), TITLES).rpartition(", ")[2] == said


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"usage.disk_gb": 0}, ""),
        ({"usage.disk_gb": 11}, ", `usage.disk_gb` 11"),
        ({"customer.staff": True, "request.channel": "web"}, ", `customer.staff` true"),
    ],
)
def test_facts_are_named_that_are_not_what_they_are_by_default(own: dict[str, Any], said: str) -> None:
    assert member(witness({}, {}, own), TITLES) == USUAL.replace("15.00", f"15.00{said}")


def test_a_masked_fact_is_not_shown() -> None:
    facts = {"customer.score": FactDeclaration("customer.score", "integer", mask=True)}
    masked = structs.replace(NETWORK, facts=facts)
    said = member(witness({}, {}, {"customer.score": 7}), Titles(masked, masked))
    assert "`customer.score` ***" in said
    assert "7," not in said.replace("17", "")


def test_the_same_title_twice_is_told_apart_by_the_id() -> None:
    plans = {**NETWORK.plans, "studio": structs.replace(NETWORK.plans["studio"], title=NETWORK.plans["basic"].title)}
    twice = structs.replace(NETWORK, plans=plans)
    titles = Titles(twice, twice)
    assert titles.price(("studio", "monthly")) == "Basic (`studio`) monthly"
    assert titles.price(("premium", "monthly")) == "Premium monthly"


def consequence(**more: Any) -> Consequence:
    pair = (("basic", "monthly"), ("premium", "monthly"))
    found = Consequence(
        "path-lost", "error", "0" * 12, "upgrade", ("unpaid", None), (pair,), (), witness({}, {}), date(2026, 1, 1)
    )
    return structs.replace(found, **more)


def test_the_day_is_named_where_the_calendar_is_tested() -> None:
    said = example(consequence(when=("`at.weekday` is friday",)), TITLES)
    assert said.startswith("Basic monthly member in USD, on 2026-04-17, day 17 of 30")


@pytest.mark.parametrize(
    ("change", "pairs", "said"),
    [
        ("upgrade", 1, "upgrade: Basic monthly → Premium monthly"),
        ("longer_interval", 2, "longer interval: Basic monthly → Premium monthly, and 1 pair alike"),
        ("addons_added", 13, "add-ons added: Basic monthly → Premium monthly, and 12 pairs alike"),
        ("none", 1, "Basic monthly → Premium monthly"),
    ],
)
def test_whom_it_is_about(change: str, pairs: int, said: str) -> None:
    pair = (("basic", "monthly"), ("premium", "monthly"))
    assert whom(consequence(change=change, pairs=(pair,) * pairs), TITLES) == said


def test_the_largest_difference() -> None:
    found = Largest("credit", Money(-250, USD), witness({}, {"used": 0, "left": 30}))
    assert largest(found, TITLES) == "credit -2.50 USD (Basic monthly → Premium monthly, day 1 of 30)"
    gained = structs.replace(found, what="due now", difference=Money(250, USD))
    assert largest(gained, TITLES).startswith("charge now +2.50 USD (")


QUOTE: dict[str, Any] = {
    "outcome": "quote",
    "effective": "immediately",
    "effective_at": "2026-04-17T00:00:00+02:00",
    "lines": [{"kind": "charge", "title": "Premium", "amount": "12.40", "how": "a"}],
    "due_now": "12.40",
    "credit": {"earned": "7.00", "to_charge": "7.00", "to_refund": "0.00", "forfeited": "0.00", "days": 0},
    "account_credit": {"before": "0.00", "used": "0.00", "after": "0.00"},
    "next_charge": {"at": "2026-05-17T00:00:00+02:00", "amount": "45.00"},
    "entitlements": {"before": {}, "after": {"sites": 3, "own_domain": False}},
    "addons": {"kept": [], "added": [], "ended": []},
    "membership": {"owed": None},
    "message": None,
}
REFUSAL: dict[str, Any] = {"outcome": "refusal", "reasons": ["One.", "Two."]}
NO_CHANGE: dict[str, Any] = {"outcome": "no_change", "message": "Nothing."}
ERROR: dict[str, Any] = {"outcome": "error", "error": "missing_fact"}
LATER = {"effective": "period_end", "effective_at": "2026-05-01T00:00:00+02:00"}

CONTRASTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (REFUSAL, QUOTE, "before refused (`old`), now allowed, due now 12.40"),
    (QUOTE, REFUSAL, "before allowed, due now 12.40, now refused (`new`)"),
    (REFUSAL, QUOTE | LATER, "before refused (`old`), now allowed, at the end of the period, next charge 45.00"),
    (
        REFUSAL,
        QUOTE | LATER | {"next_charge": None},
        "before refused (`old`), now allowed, at the end of the period",
    ),
    (NO_CHANGE, ERROR, "before no change (`old`), now an error (`missing_fact`)"),
    (ERROR, {**ERROR, "error": "unknown_fact"}, "error `missing_fact` → `unknown_fact`"),
    (NO_CHANGE, {**NO_CHANGE, "message": "Same."}, "no change, “Nothing.” → “Same.”"),
    (REFUSAL, {**REFUSAL, "reasons": ["One."]}, "refused as before, no longer for “Two.”"),
    ({**REFUSAL, "reasons": ["One."]}, REFUSAL, "refused as before, now also for “Two.”"),
    (REFUSAL, {**REFUSAL, "reasons": ["One.", "Three."]}, "refused “Two.” → “Three.”"),
    (QUOTE, QUOTE | {"due_now": "13.40"}, "due now 12.40 → 13.40"),
    (
        QUOTE,
        QUOTE | {"due_now": "19.40", "credit": QUOTE["credit"] | {"earned": "0.00", "to_charge": "0.00"}},
        "due now 12.40 → 19.40, credit 7.00 → 0.00",
    ),
    (
        QUOTE,
        QUOTE | {"due_now": "22.40", "credit": QUOTE["credit"] | {"earned": "0.00", "to_charge": "0.00"}},
        "charge 19.40 → 22.40, due now 12.40 → 22.40, credit 7.00 → 0.00",
    ),
    (QUOTE, QUOTE | LATER, "takes effect at once → at the end of the period"),
    (QUOTE, QUOTE | {"effective_at": "2026-04-18T00:00:00+02:00"}, "takes effect 2026-04-17 → 2026-04-18"),
    (QUOTE, QUOTE | {"next_charge": None}, "next charge 45.00 → none"),
    (
        QUOTE,
        QUOTE | {"next_charge": {"at": "2026-06-01T00:00:00+02:00", "amount": "45.00"}},
        "next charge 45.00 on 2026-05-17 → 45.00 on 2026-06-01",
    ),
    (
        QUOTE,
        QUOTE | {"entitlements": {"before": {}, "after": {"sites": 1, "own_domain": True}}},
        "`sites` 3 → 1, `own_domain` no → yes",
    ),
    (QUOTE, QUOTE | {"entitlements": {"before": {}, "after": {"sites": 3}}}, "`own_domain` no → not granted"),
    (QUOTE, QUOTE | {"message": "Hi"}, "message none → “Hi”"),
    (
        QUOTE,
        QUOTE | {"addons": QUOTE["addons"] | {"ended": [{"id": "disk", "reason": "dropped"}]}},
        "add-ons that end none → `disk`",
    ),
    (QUOTE, QUOTE | {"lines": [QUOTE["lines"][0] | {"how": "b"}]}, "the same is due, `lines.0.how` a → b"),
    (QUOTE, QUOTE | {"membership": {"owed": "0.01"}}, "the same is due, `membership.owed` none → “0.01”"),
    (QUOTE, QUOTE | {"lines": []}, "the same is due, `lines` some → none"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), CONTRASTS)
def test_what_differs(before: dict[str, Any], after: dict[str, Any], said: str) -> None:
    assert told_apart(before, after, ("old", "new")) == said


def test_many_differences_are_counted() -> None:
    after = {f"e{number}": number for number in range(8)}
    said = told_apart(QUOTE, QUOTE | {"entitlements": {"before": {}, "after": after}}, (None, None))
    assert said.endswith(", and 5 more")
    assert len(said.split(", ")) == 6


EVERYTHING = (
    "charge 19.40 → 0.00, due now 12.40 → 0.00, takes effect at once → at the end of the period, credit 7.00 → 0.00"
)
ALL = QUOTE | LATER | {"due_now": "0.00", "credit": QUOTE["credit"] | {"earned": "0.00", "to_charge": "0.00"}}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pays-less", "charge 19.40 → 0.00, due now 12.40 → 0.00"),
        ("credit-lost", "due now 12.40 → 0.00, credit 7.00 → 0.00"),
        ("later", "takes effect at once → at the end of the period"),
        ("entitlement-lost", EVERYTHING),
    ],
)
def test_an_example_shows_what_its_kind_is_about(kind: ConsequenceKind, said: str) -> None:
    assert told_apart(QUOTE, ALL, (None, None), kind) == said
