"""What terms mean once they are read, and that a policy may use every key there is."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.reading.test_build import built

from crossgrade.bundled import schema
from crossgrade.diagnostics import as_text
from crossgrade.model.calendar import Interval
from crossgrade.model.money import Amounts
from crossgrade.model.terms import Promotion, Terms, TimeRule
from crossgrade.reading.build import read

DATA = Path(__file__).parent / "data"
EVERY_KEY = (DATA / "every-key.yaml").read_text(encoding="utf-8")
OTHER_FORMS = {"all", "any", "none", "amount", "include", "one_of", "default"}
"""Keys that are written in another of their forms, or in a test of their own."""


def terms(written: str) -> Terms:
    found = built(("{billing_date: keep, charge: prorated, credit: unused}", f"{{{written}}}")).transitions[-1].terms
    assert found is not None
    return found


def keys(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield str(key)
            yield from keys(value)
    if isinstance(part, list):
        for item in part:
            yield from keys(item)


def properties(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        known: Any = part.get("properties")
        yield from known if isinstance(known, dict) and "description" in part else ()
        for inner in part.values():
            yield from properties(inner)


def test_a_policy_with_every_key_has_no_findings() -> None:
    policy, findings = read("every-key.yaml", EVERY_KEY.encode())
    assert [as_text(finding) for finding in findings] == []
    assert policy is not None


def test_a_whole_policy_has_no_findings_but_what_it_lacks_in_euros() -> None:
    _, findings = read("whole.yaml", (DATA / "whole.yaml").read_bytes())
    assert {(finding.severity, finding.code) for finding in findings} <= {
        ("warning", "currency-without-prices"),
        ("warning", "currency-without-amount"),
        ("warning", "usage-by-default"),
    }


def test_the_policy_with_every_key_leaves_out_none() -> None:
    written = set(keys(yaml.safe_load(EVERY_KEY)))
    assert (
        set(properties(schema("policy")))
        - written
        - OTHER_FORMS
        - set(schema("policy")["$defs"]["messages"]["properties"])
        == set()
    )


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("credit: {rule: unused, to: time}", TimeRule()),
        ("credit: {rule: unused, to: time, excess: refund}", TimeRule(rest="refund")),
        ("credit: {rule: unused, excess: time}", TimeRule()),
        ("credit: {rule: unused, to: time}, time: {at_most: 3, round: up}", TimeRule(round="up", at_most=3)),
        (
            "credit: {rule: unused, to: time, excess: account}, time: {whole: period, at_most: 365 days}",
            TimeRule("period", at_most=Interval("day", 365), rest="account"),
        ),
    ],
)
def test_time(written: str, rule: TimeRule) -> None:
    assert terms(f"billing_date: restart, charge: full, {written}").time == rule


@pytest.mark.parametrize("charge", ["", ", charge: none"])
def test_where_the_credit_pays_nothing_is_charged(charge: str) -> None:
    found = terms(f"billing_date: when_credit_ends{charge}, credit: {{rule: unused, excess: account}}")
    assert (found.billing_date, found.charge, found.time.rest) == ("when_credit_ends", "none", "account")


def test_amounts_of_terms() -> None:
    usual = "billing_date: keep, charge: prorated, credit: unused"
    found = terms(f"{usual}, fee: 2.50, promotion: {{percent: 12.5}}, waive_below: 1, minimum_due: 1")
    assert found.promotion == Promotion(percent=Decimal("12.5"))
    one = Amounts({"USD": 100})
    assert (found.fee, found.waive_below, found.minimum_due) == (Amounts({"USD": 250}), one, one)
    assert terms(f"{usual}, promotion: {{amount: 5}}").promotion == Promotion(Amounts({"USD": 500}))


def test_what_is_left_out_has_a_default() -> None:
    found = terms("billing_date: keep, charge: prorated, credit: unused")
    assert (found.collect, found.trial, found.discount, found.addons) == ("now", "none", "keep", "keep")
    assert (found.fee, found.promotion, found.waive_below, found.minimum_due) == (None, None, None, None)


def test_what_counts_at_the_period_end_is_kept() -> None:
    found = terms("effective: period_end, billing_date: align, discount: drop, addons: drop")
    assert (found.effective, found.billing_date, found.discount, found.addons) == (
        "period_end",
        "align",
        "drop",
        "drop",
    )


ALLOWED = """
restart full
keep full
keep prorated
keep full_difference
keep none
align full
align prorated
align none
when_credit_ends none
"""
WARNED = {("keep", "full"), ("align", "full"), ("keep", "prorated")}


@pytest.mark.parametrize("charge", ["full", "prorated", "full_difference", "none"])
@pytest.mark.parametrize("billing_date", ["restart", "keep", "align", "when_credit_ends"])
def test_what_goes_together(billing_date: str, charge: str) -> None:
    credit = "" if charge == "full_difference" else ", credit: none"
    credit = ", credit: unused" if billing_date == "when_credit_ends" else credit
    written = f"{{billing_date: {billing_date}, charge: {charge}{credit}}}"
    text = built_text().replace("change: addon_change", "change: plan_change")
    _, findings = read(
        "p.yaml", text.replace("{billing_date: keep, charge: prorated, credit: unused}", written).encode()
    )
    allowed = f"\n{billing_date} {charge}\n" in ALLOWED
    expected = "error" if not allowed else "warning" if (billing_date, charge) in WARNED else None
    assert [finding.severity for finding in findings] == ([expected] if expected else [])


def built_text() -> str:
    return (DATA / "example.yaml").read_text(encoding="utf-8")
