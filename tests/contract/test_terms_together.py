"""What goes together in terms (language, section 6): which combinations load, are warned of, or are refused."""

from pathlib import Path

import pytest

from crossgrade.loading import check

POLICY = """\
policy: together
effective: 2026-01-01
currency: USD
plans:
  basic: {{title: Basic, prices: {{monthly: 30.00}}}}
  pro: {{title: Pro, prices: {{monthly: 60.00}}}}
families: {{all: [basic, pro]}}
transitions:
  - {{id: change, change: {change}, terms: {terms}}}
"""

UNUSED = "credit: unused"
FINE = (
    ("any", f"{{billing_date: restart, charge: full, {UNUSED}}}"),
    ("any", f"{{billing_date: keep, charge: prorated, {UNUSED}}}"),
    ("any", "{billing_date: keep, charge: full_difference}"),
    ("any", "{billing_date: keep, charge: none, credit: none}"),
    ("any", f"{{billing_date: align, charge: prorated, {UNUSED}}}"),
    ("any", "{billing_date: align, charge: none, credit: none}"),
    ("any", f"{{billing_date: when_credit_ends, {UNUSED}}}"),
    ("any", f"{{billing_date: when_credit_ends, charge: none, {UNUSED}}}"),
    ("any", "{billing_date: when_credit_ends, credit: {rule: unused, excess: refund}}"),
    ("any", "{effective: period_end}"),
    ("any", "{effective: period_end, billing_date: restart, discount: drop, addons: drop}"),
    ("any", "{effective: period_end, billing_date: align}"),
    ("addons_added", "{billing_date: keep, charge: prorated, credit: none}"),
    ("quantity_change", f"{{billing_date: keep, charge: full, {UNUSED}}}"),
    (
        "any",
        "{billing_date: restart, charge: full, credit: {rule: paid, to: time}, time: {whole: period, round: up}}",
    ),
    ("any", "{billing_date: restart, charge: full, credit: {rule: unused, excess: time}, time: {at_most: 30 days}}"),
    ("any", f"{{billing_date: keep, charge: prorated, {UNUSED}, waive_below: 0.50, minimum_due: 0.50}}"),
)
WARNED = (
    ("any", f"{{billing_date: keep, charge: full, {UNUSED}}}"),
    ("any", "{billing_date: keep, charge: prorated, credit: none}"),
    ("any", f"{{billing_date: align, charge: full, {UNUSED}}}"),
)
REFUSED = (
    f"{{billing_date: restart, charge: prorated, {UNUSED}}}",
    "{billing_date: restart, charge: full_difference}",
    f"{{billing_date: restart, charge: none, {UNUSED}}}",
    "{billing_date: align, charge: full_difference}",
    f"{{billing_date: when_credit_ends, charge: full, {UNUSED}}}",
    f"{{billing_date: when_credit_ends, charge: prorated, {UNUSED}}}",
    "{billing_date: when_credit_ends, charge: full_difference}",
    "{billing_date: when_credit_ends, credit: none}",
    "{billing_date: when_credit_ends, credit: {rule: unused, to: charge}}",
    "{billing_date: restart, charge: full}",
    "{billing_date: keep, charge: full_difference, credit: unused}",
    "{billing_date: restart, charge: full, credit: {rule: unused, to: refund, excess: forfeit}}",
    "{billing_date: restart, charge: full, credit: {rule: unused, to: account, excess: refund}}",
    f"{{billing_date: restart, charge: full, {UNUSED}, time: {{round: up}}}}",
    f"{{billing_date: keep, charge: prorated, {UNUSED}, waive_below: 2.00, minimum_due: 1.00}}",
    "{effective: period_end, charge: full}",
    "{effective: period_end, credit: none}",
    "{effective: period_end, trial: grant}",
    "{effective: period_end, setup_fee: charge}",
    "{effective: period_end, proration: {by: second}}",
    "{effective: period_end, billing_date: keep}",
    "{effective: period_end, billing_date: when_credit_ends}",
    "{billing_date: restart, charge: full, credit: unused, promotion: {amount: 1.00, percent: 5}}",
)
TERMS = "{billing_date: restart, charge: full, credit: unused}"


def severities(tmp_path: Path, change: str, terms: str, more: str = "") -> set[str]:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.format(change=change, terms=terms) + more)
    return {finding.severity for finding in check(file)[1]}


@pytest.mark.parametrize(("change", "terms"), FINE)
def test_goes_together(tmp_path: Path, change: str, terms: str) -> None:
    assert severities(tmp_path, change, terms) == set()


@pytest.mark.parametrize(("change", "terms"), WARNED)
def test_is_warned_of(tmp_path: Path, change: str, terms: str) -> None:
    assert severities(tmp_path, change, terms) == {"warning"}


@pytest.mark.parametrize("terms", REFUSED)
def test_is_refused(tmp_path: Path, terms: str) -> None:
    assert "error" in severities(tmp_path, "any", terms)


@pytest.mark.parametrize("id", ["none", "unused", "paid", "recurring", "list_price"])
def test_credits_that_are_built_in_are_not_defined_again(tmp_path: Path, id: str) -> None:
    assert "error" in severities(tmp_path, "any", TERMS, f"credits: {{{id}: {{basis: paid}}}}\n")


@pytest.mark.parametrize(
    "proration",
    [
        *(f"by: {unit}" for unit in ("second", "minute", "hour", "day", "month", "period")),
        "change_unit: old_plan",
        "change_unit: new_plan",
        *(f"period_length: {length}" for length in ("actual", "average", "30", "365", "30/360")),
        "first_day: whole",
        "ratio_decimals: 9",
        "normalise: days",
        "normalise: months",
    ],
)
@pytest.mark.parametrize("where", ["policy", "terms", "credit"])
def test_every_value_of_proration_is_read_everywhere(tmp_path: Path, proration: str, where: str) -> None:
    body = f"proration: {{{proration}}}"
    terms = {
        "terms": f"{{billing_date: keep, charge: prorated, credit: unused, {body}}}",
        "credit": TERMS[:-7] + "own}",
    }
    more = {"policy": body + "\n", "credit": f"credits: {{own: {{basis: paid, {body}}}}}\n"}
    assert "error" not in severities(tmp_path, "any", terms.get(where, TERMS), more.get(where, ""))
