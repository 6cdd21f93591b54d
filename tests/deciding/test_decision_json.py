"""The JSON of a decision as bytes: the same as that of the object, and what `crossgrade decide` prints."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP

import crossgrade
from crossgrade import Engine, InvalidFacts
from crossgrade.cli import main

AT = "2026-11-16T00:00:00Z"
POLICY = """
policy: spoken
effective: 2020-01-01
timezone: Europe/Berlin
currency: USD
locale: de
entitlements: {disk: {title: Platte, type: integer}}
plans:
  small: {title: Klein “é”, prices: {monthly: 30.00}, entitlements: {disk: 1}}
  large: {title: "Gro\\u00df\\t\\\\ \\"x\\"", prices: {monthly: 60.00}, entitlements: {disk: 9}}
families: {all: [small, large]}
facts:
  customer.name: {type: string, default: none}
  customer.score: {type: number, default: 0}
no_change:
  - {id: same, same: [entitlements], message: Nichts.}
restrictions:
  - {id: named, when: {customer.name: ["Zoë \\"Z\\"", x]}, message: "Nein, {target.title}."}
  - {id: full, when: {exceeds.disk: true, usage.disk: {at_least: 7}}, message: Voll.}
transitions:
  - {id: scored, change: upgrade, when: {customer.score: {more_than: 7.5}}, terms: now}
  - {id: up, change: upgrade, terms: now}
terms:
  now: {effective: immediately, billing_date: keep, charge: prorated, credit: unused}
"""
QUESTIONS: list[dict[str, Any]] = [
    {"selection": {"plan": "large"}},
    {"selection": {"plan": "large"}, "customer": {"name": 'Zoë "Z"'}},
    {"selection": {"plan": "large"}, "customer": {"name": "a\tb\x7f\u2028", "score": "7.50"}},
    {"selection": {"plan": "large"}, "customer": {"score": 8}, "locale": "en"},
    {"selection": {"plan": "large"}, "usage": {"disk": 10}},
    {"selection": {}},
    {},
]
MISTAKES = [
    b'{"membership": 1,}',
    b'{"membership": 1, "membership": 2}',
    b"[1]",
    b'{"members": 1}',
    b"{}",
    b'{"membership": {}, "locale": 1, "at": "2026-11-16"}',
    b'{"membership": {"plan": "small"}}',
    b'{"membership": {"plan": "smal"}, "at": "2026-11-16T00:00:00Z"}',
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("spoken") / "policy.yaml"
    found.write_text(POLICY, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def engine(file: Path) -> Iterator[Engine]:
    found = crossgrade.load(file)
    yield found
    found.close()


def body(question: dict[str, Any]) -> dict[str, Any]:
    return {"membership": {**MEMBERSHIP, "paid": "30.00"}, "at": AT, **question}


def printed(file: Path, line: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> str:
    facts = tmp_path / "facts.jsonl"
    facts.write_bytes(line)
    main(["decide", str(file), "--facts", str(facts)])
    return capsys.readouterr().out.rstrip("\n")


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_bytes_of_the_object(engine: Engine, question: dict[str, Any]) -> None:
    decision = engine.decide(**body(question))
    assert decision.to_json().decode() == json.dumps(decision.to_dict(), ensure_ascii=False)
    assert [entry.to_dict() for entry in decision.trace] == decision.to_dict()["trace"]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_what_the_command_prints(
    file: Path, engine: Engine, question: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = json.dumps(body(question)).encode()
    assert engine.decide_json(line).decode() == printed(file, line, capsys, tmp_path)


@pytest.mark.parametrize("line", MISTAKES, ids=bytes.decode)
def test_the_errors_of_the_command(
    file: Path, engine: Engine, line: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(InvalidFacts) as raised:
        engine.decide_json(line)
    told = json.loads(printed(file, line, capsys, tmp_path))
    assert told == {"outcome": "error", "error": raised.value.code, "message": str(raised.value)}


def test_a_text_and_a_number_of_a_subclass(engine: Engine) -> None:
    class Text(str):
        __slots__ = ()

    class Number(int):
        pass

    member = {**MEMBERSHIP, "paid": "30.00", "id": Text("é"), "changes_this_period": Number(2)}
    decision = engine.decide(member, {"plan": "large"}, at=AT)
    assert decision.to_json().decode() == json.dumps(decision.to_dict(), ensure_ascii=False)
