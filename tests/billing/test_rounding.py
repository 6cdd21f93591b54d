"""Rounding, below, at and above every boundary; currencies with 0, 2 and 3 decimals; per net; the rate of a day."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from tests.billing.quoting import DATA, MEMBERSHIP, check_quote, engine_for, loaded

from crossgrade import Engine, Quote
from crossgrade.model.money import AmountError, RoundingMode, currency, minor_units, rounded, split, written

MODES: list[RoundingMode] = ["half_up", "half_even", "up", "down"]

# what is rounded, in thousandths, and the results of MODES
TABLE = [
    (0, (0, 0, 0, 0)),
    (1, (0, 0, 1, 0)),
    (499, (0, 0, 1, 0)),
    (500, (1, 0, 1, 0)),
    (501, (1, 1, 1, 0)),
    (999, (1, 1, 1, 0)),
    (1000, (1, 1, 1, 1)),
    (1001, (1, 1, 2, 1)),
    (1499, (1, 1, 2, 1)),
    (1500, (2, 2, 2, 1)),
    (1501, (2, 2, 2, 1)),
    (2499, (2, 2, 3, 2)),
    (2500, (3, 2, 3, 2)),
    (2501, (3, 3, 3, 2)),
]


@pytest.mark.parametrize(("thousandths", "expected"), TABLE)
@pytest.mark.parametrize("sign", [1, -1])
def test_modes_go_by_magnitude(thousandths: int, expected: tuple[int, ...], sign: int) -> None:
    assert tuple(rounded(sign * thousandths, 1000, mode) for mode in MODES) == tuple(sign * part for part in expected)


@pytest.mark.parametrize("mode", MODES)
def test_thirds_are_never_halves(mode: RoundingMode) -> None:
    assert rounded(1, 3, mode) == (mode == "up")
    assert rounded(2, 3, mode) == (mode != "down")


@pytest.mark.parametrize(
    ("number", "code", "minor", "text"),
    [
        ("15", "USD", 1500, "15.00"),
        ("15.5", "USD", 1550, "15.50"),
        ("-0.05", "USD", -5, "-0.05"),
        ("15.50", "JPY", None, ""),
        ("15.00", "JPY", 15, "15"),
        ("1.005", "USD", None, ""),
        ("1.005", "BHD", 1005, "1.005"),
        ("0.1", "BHD", 100, "0.100"),
        ("1E+2", "USD", 10000, "100.00"),
        ("1.00000000000000000000000000001", "USD", None, ""),  # beyond the 28 digits of Decimal's own arithmetic
        ("9999999999999.99", "USD", 10**15 - 1, "9999999999999.99"),
        ("10000000000000.00", "USD", None, ""),
        ("1E+999999", "USD", None, ""),
        ("1E-999999", "USD", None, ""),
        ("0E+999999", "USD", 0, "0.00"),
        ("NaN", "USD", None, ""),
        ("Infinity", "USD", None, ""),
    ],
)
def test_minor_units(number: str, code: str, minor: int | None, text: str) -> None:
    if minor is None:
        with pytest.raises(AmountError):
            minor_units(Decimal(number), currency(code))
    else:
        assert minor_units(Decimal(number), currency(code)) == minor
        assert written(minor, currency(code)) == text


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [100, 100, 100], [33, 33, 34]),
        (500, [6000, 600], [455, 45]),
        (2, [1, 1, 1, 1], [1, 1, 0, 0]),
        (47, [10, 10, 10, 10, 10, 1], [10, 9, 9, 9, 9, 1]),
        (5, [5], [5]),
        (0, [3, 4], [0, 0]),
        (0, [0, 0], [0, 0]),
    ],
)
def test_split(total: int, weights: list[int], parts: list[int]) -> None:
    assert split(total, weights) == parts


def priced(code: str, small: str, large: str, **rounding: Any) -> Engine:
    """Return a policy of two plans, one dearer than the other, kept and prorated both ways."""
    text = (DATA / "base.yaml").read_text("utf-8")
    policy = {
        **{key: value for key, value in yaml.safe_load(text).items() if key == "policy"},
        "effective": "@2020-01-01",
        "currency": code,
        "plans": {
            id: {"title": id, "prices": {"monthly": f"@{amount}"}}
            for id, amount in (("small", small), ("large", large))
        },
        "addons": {"extra": {"title": "Extra", "prices": {"monthly": f"@{small}"}}},
        "families": {"all": ["small", "large"]},
        "rounding": rounding,
        "transitions": [
            {"id": "now", "change": "any", "terms": {"billing_date": "keep", "charge": "prorated", "credit": "unused"}},
        ],
    }
    return loaded(yaml.safe_dump(policy).replace("'@", "").replace("'\n", "\n"))


def quote(engine: Engine, held: str, paid: str, selection: dict[str, Any], **more: Any) -> dict[str, Any]:
    member = {**MEMBERSHIP, "plan": held, "paid": paid, **more}
    found = engine.decide(member, selection, at="2026-11-16T00:00:00Z")
    assert isinstance(found, Quote)
    check_quote(found)
    return found.to_dict()


# half of the charge and half of the credit, in each mode
LINES = [
    ("USD", "10.01", "20.03", "half_up", ["10.02", "-5.01"]),  # 10.015 and 5.005
    ("USD", "10.01", "20.03", "half_even", ["10.02", "-5.00"]),
    ("USD", "10.01", "20.03", "up", ["10.02", "-5.01"]),
    ("USD", "10.01", "20.03", "down", ["10.01", "-5.00"]),
    ("JPY", "1001", "2003", "half_up", ["1002", "-501"]),
    ("JPY", "1001", "2003", "half_even", ["1002", "-500"]),
    ("JPY", "1001", "2003", "down", ["1001", "-500"]),
    ("BHD", "1.001", "2.003", "half_up", ["1.002", "-0.501"]),
    ("BHD", "1.001", "2.003", "half_even", ["1.002", "-0.500"]),
    ("BHD", "1.001", "2.003", "up", ["1.002", "-0.501"]),
]


@pytest.mark.parametrize(("code", "small", "large", "mode", "expected"), LINES)
def test_per_line(code: str, small: str, large: str, mode: str, expected: list[str]) -> None:
    shown = quote(priced(code, small, large, mode=mode), "small", small, {"plan": "large"})
    assert [line["amount"] for line in shown["lines"]] == expected


# exact lines, rounded once: what is due, the rounding line, what goes to the account
NET = [
    ("10.01", "20.02", "small", "half_up", "5.01", "0.01", "0.00"),  # 10.01 - 5.005 = 5.005
    ("10.01", "20.02", "small", "half_even", "5.00", "-0.01", "0.00"),  # the credit is shown as 5.00
    ("10.01", "20.02", "small", "down", "5.00", "-0.01", "0.00"),
    ("10.01", "20.01", "small", "half_up", "5.00", None, "0.00"),  # 10.005 - 5.005
    ("10.01", "20.02", "large", "half_up", "0.00", "-0.01", "5.01"),  # 5.005 - 10.01 = -5.005
    ("10.01", "20.02", "large", "down", "0.00", "0.01", "5.00"),
]


@pytest.mark.parametrize(("small", "large", "held", "mode", "due", "rounding", "account"), NET)
def test_per_net(small: str, large: str, held: str, mode: str, due: str, rounding: str | None, account: str) -> None:
    engine = priced("USD", small, large, mode=mode, per="net")
    paid, target = (small, "large") if held == "small" else (large, "small")
    shown = quote(engine, held, paid, {"plan": target})
    lines = {line["kind"]: line["amount"] for line in shown["lines"]}
    assert (shown["due_now"], lines.get("rounding"), shown["credit"]["to_account"]) == (due, rounding, account)


def test_per_net_never_charges_what_only_credits_round_to() -> None:
    terms = {"billing_date": "keep", "charge": "none", "credit": {"rule": "recurring", "to": "refund"}}
    engine = engine_for(terms, {"rounding": {"per": "net"}})
    member = {
        **MEMBERSHIP,
        "unit_amount": "10.01",
        "paid": "10.01",
        "addons": {"disk": {"unit_amount": "10.01", "paid": "10.01"}},
    }
    found = engine.decide(member, {"plan": "large", "remove_addons": ["disk"]}, at="2026-11-16T00:00:00Z")
    assert isinstance(found, Quote)
    check_quote(found)
    # 5.005 twice is 10.01, though each line shows 5.01
    assert str(found.due_now) == "0.00"
    assert (str(found.credit.earned), str(found.credit.to_refund)) == ("10.01", "10.01")


def test_per_net_a_setup_fee_below_0_takes_off_at_most_what_is_due() -> None:
    terms = {"billing_date": "keep", "charge": "prorated", "credit": "none", "setup_fee": "difference"}
    engine = engine_for(terms, {"rounding": {"per": "net", "mode": "up"}})
    found = engine.decide({**MEMBERSHIP, "setup_fee_paid": "99.00"}, {"plan": "seats"}, at="2026-11-17T00:00:00Z")
    assert isinstance(found, Quote)
    check_quote(found)
    # 14 of 30 days of 10.00 are 4.66 and two thirds of a cent, shown as 4.67
    assert [str(line.amount) for line in found.lines] == ["4.67", "-4.67"]


# the price of a day of thirty is rounded first, then taken fifteen times
DAILY = [
    ("USD", "10.00", "20.00", "half_up", ["10.05", "-4.95"]),  # 0.67 and 0.33
    ("USD", "10.00", "20.00", "down", ["9.90", "-4.95"]),  # 0.66
    ("USD", "10.00", "20.00", "up", ["10.05", "-5.10"]),  # 0.34
    ("JPY", "1000", "2000", "half_up", ["1005", "-495"]),
    ("BHD", "10.000", "20.000", "half_up", ["10.005", "-4.995"]),
    ("USD", "0.16", "20.00", "up", ["10.05", "-0.15"]),
    ("USD", "0.14", "20.00", "up", ["10.05", "-0.14"]),  # fifteen times 0.01 would be more than the whole
]


@pytest.mark.parametrize(("code", "small", "large", "mode", "expected"), DAILY)
def test_the_rate_of_a_day(code: str, small: str, large: str, mode: str, expected: list[str]) -> None:
    shown = quote(priced(code, small, large, mode=mode, daily_rate=True), "small", small, {"plan": "large"})
    assert [line["amount"] for line in shown["lines"]] == expected
