"""Facts that no honest caller sends: each is refused with a code, at once, in a text that can be written."""

import json
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from tests.billing.quoting import MEMBERSHIP, engine_for

from crossgrade import Engine, InvalidFacts
from crossgrade.facts.border import LARGEST_BODY, from_json

AT = "2026-11-16T00:00:00Z"
FACTS = {
    "customer.name": {"type": "string", "default": ""},
    "customer.score": {"type": "number", "default": 0},
    "request.seats": {"type": "integer", "default": 1},
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_for("RF", {"facts": FACTS})


HALF = json.loads('"\\ud800"')
MANY = {f"a{number}": 1 for number in range(1_000_000)}
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "half a pair in an id": ({"membership": {**MEMBERSHIP, "id": HALF}}, "wrong_value"),
    "half a pair in a status": ({"membership": {**MEMBERSHIP, "status": HALF}}, "wrong_value"),
    "half a pair in a fact": ({"customer": {"name": HALF}}, "wrong_value"),
    "half a pair in a key": ({"customer": {HALF: "x"}}, "wrong_value"),
    "half a pair for a number": ({"customer": {"score": HALF}}, "wrong_type"),
    "half a pair for an add-on": ({"selection": {"add_addons": {HALF: 1}}}, "wrong_value"),
    "half a pair for a plan": ({"selection": {"plan": HALF}}, "wrong_value"),
    "half a pair for a list": ({"selection": {"remove_addons": HALF}}, "wrong_type"),
    "half a pair for an id of a list": ({"selection": {"remove_addons": [HALF]}}, "wrong_value"),
    "half a pair for an instant": ({"at": HALF}, "wrong_value"),
    "a text of four megabytes": ({"customer": {"name": "x" * 4_000_000}}, "wrong_value"),
    "a key of four megabytes": ({"customer": {"x" * 4_000_000: 1}}, "wrong_value"),
    "a plan of four megabytes": ({"selection": {"plan": "x" * 4_000_000}}, "wrong_value"),
    "a plan of nearly ten thousand": ({"selection": {"plan": "x" * 9_999}}, "unknown_plan"),
    "a number of four megabytes": ({"customer": {"score": "9" * 4_000_000}}, "wrong_type"),
    "a million add-ons": ({"membership": {**MEMBERSHIP, "addons": MANY}}, "wrong_value"),
    "a million keys": ({"membership": {**MEMBERSHIP, **MANY}}, "wrong_value"),
    "a million facts": ({"usage": MANY}, "wrong_value"),
    "a million ids": ({"selection": {"remove_addons": [*MANY]}}, "wrong_value"),
    "an integer of five thousand digits": ({"request": {"seats": 10**5_000}}, "wrong_value"),
    "units of five thousand digits": ({"selection": {"quantity": 10**5_000}}, "wrong_value"),
    "a billing day of five thousand digits": ({"membership": {**MEMBERSHIP, "billing_day": 10**5_000}}, "wrong_value"),
    "an amount of five thousand digits": ({"membership": {**MEMBERSHIP, "paid": 10**5_000}}, "wrong_value"),
    "an endless exponent": ({"customer": {"score": Decimal("1e999999")}}, "wrong_value"),
    "an endless exponent as text": ({"customer": {"score": "1e999999999999999999999"}}, "wrong_type"),
    "an endless exponent below one": ({"membership": {**MEMBERSHIP, "paid": Decimal("1e-999999")}}, "wrong_value"),
    "digits of another script": ({"customer": {"score": "٣"}}, "wrong_type"),
    "underscores": ({"customer": {"score": "1_000"}}, "wrong_type"),
    "text where a number is": ({"request": {"seats": "x" * 4_000_000}}, "wrong_type"),
    "the first instant": ({"at": "0001-01-01T00:00:00+00:00"}, "wrong_value"),
    "the last instant": ({"at": "9999-12-31T23:59:59+00:00"}, "wrong_value"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_at_once(engine: Engine, name: str) -> None:
    given, code = HOSTILE[name]
    asked: dict[str, Any] = {"membership": MEMBERSHIP, "selection": {"plan": "large"}, "at": AT, **given}
    began = monotonic()
    with pytest.raises(InvalidFacts) as raised:
        engine.decide(asked.pop("membership"), asked.pop("selection"), **asked)
    assert (raised.value.code, monotonic() - began < 2) == (code, True), raised.value
    assert 0 < len(str(raised.value).encode()) < 2_100


def test_characters_beyond_ascii_are_welcome(engine: Engine) -> None:
    decision = engine.decide(MEMBERSHIP, {"plan": "large"}, at=AT, customer={"name": "Zoë 🦊\u202e"})
    assert json.dumps(decision.to_dict(), ensure_ascii=False).encode()


BODIES: dict[str, tuple[bytes, str]] = {
    "larger than is read": (b" " * (LARGEST_BODY + 1), "wrong_value"),
    "nested without end": (b"[" * 500_000, "wrong_value"),
    "a key twice among many": (
        b"{" + b"".join(b'"k%d":1,' % number for number in range(80_000)) + b'"k79999":1}',
        "wrong_value",
    ),
    "digits without end": (b"9" * 500_000, "wrong_type"),
    "no JSON": (b"\xff", "wrong_type"),
    "nothing": (b"", "wrong_type"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_refused_at_once(name: str) -> None:
    body, code = BODIES[name]
    began = monotonic()
    with pytest.raises(InvalidFacts) as raised:
        from_json(body)
    assert (raised.value.code, monotonic() - began < 2) == (code, True), raised.value
    assert len(str(raised.value)) < 1_500


def test_a_hostile_key_of_the_body_is_named_in_a_text_that_can_be_written(engine: Engine) -> None:
    with pytest.raises(InvalidFacts) as raised:
        engine.decide_json(b'{"\\ud800engine": 0}')
    assert (raised.value.code, "\\ud800engine" in str(raised.value)) == ("unknown_key", True)
    assert str(raised.value).encode()


def test_a_locale_is_text(engine: Engine) -> None:
    wrong: Any = 5
    for ask in (engine.decide, engine.offers):
        with pytest.raises(InvalidFacts) as caught:
            ask(MEMBERSHIP, at=AT, locale=wrong)
        assert (caught.value.code, caught.value.path) == ("wrong_type", "locale")
