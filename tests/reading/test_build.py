"""What a policy means once it is read: names resolved, groups expanded, defaults filled in."""

from datetime import date
from pathlib import Path

import pytest

from crossgrade.diagnostics import Finding
from crossgrade.model.calendar import Interval
from crossgrade.model.catalogue import QuantityRange
from crossgrade.model.condition import AllOf, AnyOf, Comparison, Condition, NoneOf
from crossgrade.model.money import Amounts
from crossgrade.model.policy import Policy
from crossgrade.model.rules import Reach
from crossgrade.model.terms import Proration
from crossgrade.reading.build import read

POLICY = (Path(__file__).parent / "data" / "example.yaml").read_text(encoding="utf-8")


def built(*changes: tuple[str, str], text: str = POLICY) -> Policy:
    policy, findings = _read(*changes, text=text)
    assert policy is not None, findings
    return policy


def _read(*changes: tuple[str, str], text: str = POLICY) -> tuple[Policy | None, list[Finding]]:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read("policy.yaml", text.encode())


def test_the_example_has_no_findings() -> None:
    assert _read()[1] == []


def test_amounts_are_minor_units() -> None:
    prices = built().plans["basic"].prices
    assert prices["monthly"].amounts == {"USD": 1500}
    assert prices["yearly"].every == Interval("month", 12)


def test_free_costs_nothing_in_every_currency() -> None:
    price = built().plans["studio"].prices["free"]
    assert (price.amounts, price.every) == ({"USD": 0}, None)


def test_zero_is_zero_in_every_currency() -> None:
    policy = built(("setup_fee: 25.00", "setup_fee: 0"), ("monthly: 15.00", "monthly: {USD: 15.00, EUR: 14.00}"))
    assert policy.plans["basic"].setup_fee == Amounts({"USD": 0, "EUR": 0})


def test_a_nested_list_shares_a_rank() -> None:
    policy = built(("[basic, premium]", "[[basic, premium]]"))
    assert policy.families["high-end"].ranks == (("basic", "premium"),)


def test_a_family_stands_for_its_plans() -> None:
    policy = built(("available_on: [basic]", "available_on: [high-end]"))
    assert policy.addons["extra-sites"].available_on == frozenset({"basic", "premium"})
    assert policy.addons["extra-sites"].quantity == QuantityRange(1, 10)


@pytest.mark.parametrize(
    ("written", "reach"),
    [
        ("any", Reach()),
        ("any_family", Reach(leaves_family=True)),
        ("studio", Reach(frozenset({"studio"}), leaves_family=True)),
        ("high-end", Reach(frozenset({"basic", "premium"}), leaves_family=True)),
        ("[studio, basic/yearly]", Reach(frozenset({"studio"}), frozenset({("basic", "yearly")}), leaves_family=True)),
    ],
)
def test_what_to_reaches(written: str, reach: Reach) -> None:
    policy = built(("to: premium/two-years", f"to: {written}"))
    assert policy.transitions[0].target == reach


def test_any_change_is_every_kind_but_reactivation_in_a_transition() -> None:
    policy = built()
    assert "reactivation" not in policy.transitions[0].change
    assert "reactivation" in policy.restrictions[0].change
    assert "reactivation" not in policy.no_change[0].change


def test_a_group_is_its_kinds() -> None:
    assert built().transitions[3].change == {"addons_added", "addons_removed", "addons_swapped"}


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("{membership.interval: 12 months}", Comparison("membership.interval", "in", ("year",))),
        ("{membership.interval: none}", Comparison("membership.interval", "in", ("none",))),
        ("{customer.country: [DE, FR]}", Comparison("customer.country", "in", ("DE", "FR"))),
        ("{customer.country: {not: DE}}", Comparison("customer.country", "not_in", ("DE",))),
        ("{at.date: {at_least: 2026-07-01}}", Comparison("at.date", "at_least", (date(2026, 7, 1),))),
        ("{request.budget: {more_than: 9.50}}", Comparison("request.budget", "more_than", (Amounts({"USD": 950}),))),
        (
            "{membership.days_left: {between: [1, 5]}}",
            AllOf(
                (
                    Comparison("membership.days_left", "at_least", (1,)),
                    Comparison("membership.days_left", "at_most", (5,)),
                )
            ),
        ),
        (
            "{any: [{exceeds.sites: true}, {none: [{customer.staff: true}]}]}",
            AnyOf((Comparison("exceeds.sites", "in", (True,)), NoneOf((Comparison("customer.staff", "in", (True,)),)))),
        ),
    ],
)
def test_conditions(written: str, condition: Condition) -> None:
    policy = built(("when: {exceeds.sites: true}", f"when: {written}"))
    assert policy.restrictions[0].when == condition


def test_the_narrower_proration_prevails() -> None:
    policy = built(
        ("proration: {by: day}", "proration: {by: month, ratio_decimals: 9}"),
        ("{billing_date: restart,", "{proration: {by: hour}, billing_date: restart,"),
        ("{basis: recurring,", "{basis: recurring, proration: {first_day: whole},"),
    )
    terms = policy.terms["at-once"]
    assert terms.proration == Proration(by="hour", ratio_decimals=9)
    assert terms.credit.prorations == (Proration(by="hour", ratio_decimals=9, first_day="whole"),)


def test_layout_does_not_change_the_digest() -> None:
    same = built(("policy: example", "# a comment\npolicy: 'example'"), ("monthly: 15.00", "monthly: 15.0"))
    other = built(("monthly: 15.00", "monthly: 15.01"))
    assert same.digest == built().digest
    assert other.digest != same.digest


def test_every_mistake_is_found_in_one_pass() -> None:
    mistakes = (("USD", "USS"), ("[basic, premium]", "[basic, premum]"), (", terms: at-once", ", terms: soon"))
    _, findings = _read(*mistakes)
    assert [finding.code for finding in findings] == ["unknown-currency", "unknown-plan", "unknown-terms"]


def test_a_name_that_is_unknown_twice_is_one_finding_with_two_places() -> None:
    _, findings = _read(("{exceeds.sites: true}", "{customer.vip: true}"), ("membership.age_days", "customer.vip"))
    assert [(finding.code, [label for _, label in finding.others]) for finding in findings] == [
        ("unknown-fact", ["also here"])
    ]
