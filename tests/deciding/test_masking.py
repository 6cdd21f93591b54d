"""Masked facts: tested like any other, and shown nowhere."""

import enum
import json
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.pretty import pretty_repr
from tests.billing.quoting import MEMBERSHIP

import crossgrade
from crossgrade import Decision, Engine, InvalidFacts, NoChange, Quote, Refusal
from crossgrade.cli import main
from crossgrade.deciding.explain import explain

AT = "2026-11-16T00:00:00Z"
POLICY = """
policy: masked
effective: 2020-01-01
currency: USD
entitlements: {disk: {title: Disk, type: integer}}
plans:
  small: {title: Small, prices: {monthly: 30.00}, entitlements: {disk: 1}}
  large: {title: Large, prices: {monthly: 60.00}, entitlements: {disk: 9}}
  twin: {title: Twin, prices: {monthly: 30.00}, entitlements: {disk: 1}}
families: {all: [[small, twin], large]}
facts:
  customer.tax_id: {type: string, mask: true, default: none}
  customer.grade: {type: string, one_of: [gold-7301, iron-7301], mask: true, default: iron-7301}
  customer.income: {type: amount, mask: true, default: 0}
  customer.score: {type: number, mask: true, default: 0}
  customer.born: {type: date, mask: true, default: 2000-01-01}
  customer.visits: {type: integer, mask: true, default: 0}
  customer.banned: {type: boolean, mask: true, default: false}
  usage.disk: {type: integer, mask: true, default: 0}
  customer.plain: {type: string, default: none}
no_change:
  - {id: same, same: [entitlements], when: {customer.grade: gold-7301}, message: The same.}
restrictions:
  - {id: poor, when: {customer.income: {at_least: 730100.00}, customer.score: {more_than: 7301}}, message: No.}
  - {id: too-full, when: {exceeds.disk: true, usage.disk: {at_least: 7301}}, message: Too full.}
  - {id: young, when: {customer.born: {at_least: 2026-07-01}, customer.plain: open-7302}, message: Wait.}
transitions:
  - {id: known, change: upgrade, when: {customer.tax_id: [DE-7301, FR-7301]}, terms: now}
  - {id: other, change: upgrade, when: {none: [customer.tax_id: US-7301]}, terms: now}
terms:
  now: {billing_date: restart, charge: full, credit: unused}
"""
SECRETS: tuple[dict[str, Any], ...] = (
    {"customer": {"tax_id": "DE-7301"}},
    {"customer": {"tax_id": "AT-7301"}},
    {"customer": {"grade": "gold-7301"}},
    {"customer": {"income": "730101.00", "score": Decimal("7301.5")}},
    {"customer": {"income": "7301.00", "score": 7301}},
    {"customer": {"born": "2026-07-31", "tax_id": "US-7301"}},
    {"usage": {"disk": 7301}},
    {"customer": {"visits": 7301, "banned": True}},
)


@pytest.fixture(scope="module", params=["plain", "durable"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    file = tmp_path_factory.mktemp("masked") / "policy.yaml"
    file.write_text(POLICY)
    loaded = crossgrade.load(file, matcher=request.param)
    yield loaded
    loaded.close()


def everything(decision: Decision) -> str:
    """Return all that a decision shows, in any form."""
    told = [json.dumps(decision.to_dict()), repr(decision), str(decision), pretty_repr(decision), repr(decision.trace)]
    return "\n".join([*told, *explain(decision, locale="en"), *explain(decision, locale="de")])


def decided(engine: Engine, plan: str = "large", **own: Any) -> Decision:
    return engine.decide(MEMBERSHIP, {"plan": plan}, at=AT, **own)


def test_the_facts_that_are_masked_decide(engine: Engine) -> None:
    outcomes = {type(decided(engine, plan, **own)) for own in SECRETS for plan in ("large", "twin")}
    assert outcomes == {Quote, NoChange, Refusal}
    known, other = decided(engine, **SECRETS[0]), decided(engine, **SECRETS[1])
    assert isinstance(known, Quote)
    assert isinstance(other, Quote)
    assert (known.rule, other.rule) == ("known", "other")


@pytest.mark.parametrize("own", SECRETS, ids=str)
@pytest.mark.parametrize("plan", ["large", "twin", "small"])
def test_no_decision_shows_them(engine: Engine, own: dict[str, Any], plan: str) -> None:
    shown = everything(decided(engine, plan, **own))
    assert "7301" not in shown
    assert "2026-07-31" not in shown


def test_offers_show_none_either(engine: Engine) -> None:
    offers = engine.offers(MEMBERSHIP, at=AT, customer={"tax_id": "DE-7301", "income": "7301.00"})
    assert "7301" not in json.dumps([offer.to_dict() for offer in offers])


def test_other_facts_are_shown(engine: Engine) -> None:
    shown = everything(decided(engine, "twin", customer={"plain": "seen-7301"}))
    assert "seen-7301" in shown
    assert "open-7302" in shown


def test_a_trace_shows_stars(engine: Engine) -> None:
    trace = decided(engine, **SECRETS[0]).to_dict()["trace"]
    (known,) = (entry for entry in trace if entry["rule"] == "known")
    assert known["because"] == [{"fact": "customer.tax_id", "operator": "in", "expected": ["***"], "found": "***"}]
    (poor,) = (entry for entry in trace if entry["rule"] == "poor")
    assert poor["failed"] == [
        {"fact": "customer.income", "operator": "at_least", "expected": "***", "found": "***"},
        {"fact": "customer.score", "operator": "more_than", "expected": "***", "found": "***"},
    ]


def test_an_explanation_shows_stars(engine: Engine) -> None:
    assert any("`customer.tax_id` is `***`" in sentence for sentence in explain(decided(engine), locale="en"))


def test_the_id_rests_on_them(engine: Engine) -> None:
    ids = [decided(engine, customer={"visits": visits}).id for visits in (7301, 7302, 7301)]
    assert ids[0] == ids[2] != ids[1]


class Word(enum.StrEnum):
    secret = "US-7301"


BAD: tuple[tuple[str, str, Any, str, str], ...] = (
    ("customer", "tax_id", 7301, "wrong_type", "text"),
    ("customer", "tax_id", Word.secret, "wrong_type", "text"),
    ("customer", "tax_id", ["7301"], "wrong_type", "text"),
    ("customer", "tax_id", {"7301": 7301}, "wrong_type", "text"),
    ("customer", "grade", "lead-7301-x", "wrong_value", "one of gold-7301, iron-7301"),
    ("customer", "income", "-7301", "wrong_value", "an exact amount in USD of at least 0"),
    ("customer", "income", "7301.001", "wrong_value", "an exact amount in USD of at least 0"),
    ("customer", "income", "a 7301", "wrong_type", "an exact amount in USD of at least 0"),
    ("customer", "score", "7301x", "wrong_type", "an exact number"),
    ("customer", "born", "7301-31-12", "wrong_type", "a date such as 2026-01-31"),
    ("customer", "born", datetime(2026, 7, 31, 7, 30, 1, tzinfo=UTC), "wrong_type", "a date such as 2026-01-31"),
    ("customer", "visits", "7301", "wrong_type", "a whole number"),
    ("customer", "banned", "7301", "wrong_type", "true or false"),
    ("usage", "disk", -7301, "wrong_value", "a whole number of at least 0"),
)


@pytest.mark.parametrize(("section", "key", "value", "code", "expected"), BAD, ids=lambda each: str(each)[:20])
def test_an_error_shows_none(engine: Engine, section: str, key: str, value: Any, code: str, expected: str) -> None:
    own: dict[str, Any] = {section: {key: value}}
    with pytest.raises(InvalidFacts) as caught:
        decided(engine, **own)
    problem = caught.value
    assert (problem.code, problem.path) == (code, f"{section}.{key}")
    assert problem.message == f"expected {expected}, found ***"
    assert problem.__cause__ is None
    assert problem.__context__ is None
    last_line = traceback.format_exception_only(problem)[-1]
    assert last_line.endswith(f"{section}.{key}: expected {expected}, found ***\n")


def test_what_is_right_is_taken(engine: Engine) -> None:
    right: dict[str, Any] = {"tax_id": "", "income": 730100, "score": "7301.5", "born": date(2026, 7, 31), "visits": -1}
    assert isinstance(decided(engine, customer=right), Refusal)
    assert isinstance(decided(engine, customer={**dict.fromkeys(right), "grade": None}), Quote)


def test_the_pipe_for_machines_shows_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy, lines = tmp_path / "policy.yaml", tmp_path / "lines.jsonl"
    policy.write_text(POLICY)
    wrong: tuple[dict[str, Any], ...] = tuple({section: {key: value}} for section, key, value, *_ in BAD if section)
    asked = [{"membership": MEMBERSHIP, "selection": {"plan": "large"}, "at": AT, **own} for own in (*SECRETS, *wrong)]
    lines.write_text("\n".join(json.dumps(each, default=str) for each in asked))
    assert main(["decide", str(policy), "--facts", str(lines), "--matcher", "plain"]) == 0
    shown = capsys.readouterr()
    outcomes = [json.loads(line)["outcome"] for line in shown.out.splitlines()]
    assert (outcomes.count("error"), len(outcomes)) == (len(BAD) - 1, len(asked))
    assert "7301" not in shown.out.replace("gold-7301, iron-7301", "") + shown.err


@pytest.mark.parametrize("sheet", ["customer: {visits: '7301'}", "customer:\n  visits: '7301'", "usage: {disk: -7301}"])
def test_a_facts_sheet_is_not_quoted(sheet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy, facts = tmp_path / "policy.yaml", tmp_path / "facts.yaml"
    policy.write_text(POLICY)
    facts.write_text(f"membership: {json.dumps(MEMBERSHIP)}\nat: {AT}\nselection: {{plan: large}}\n{sheet}\n")
    assert main(["explain", str(policy), "--facts", str(facts), "--matcher", "plain"]) == 3
    shown = capsys.readouterr()
    assert "found ***" in shown.err
    assert "7301" not in shown.out + shown.err
