"""Whole quotes, worked out by hand: charges, credits, what is due now and next, and the membership afterwards."""

from typing import Any

import pytest
import yaml
from tests.billing.quoting import DATA, MEMBERSHIP, check_quote, engine_for

from crossgrade import InvalidFacts, Quote

CASES = [case for name in ("quotes", "credits") for case in yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))]
KEYS = {
    "name",
    "terms",
    "policy",
    "proration",
    "credits",
    "membership",
    "at",
    "selection",
    "expect",
    "error",
    "then",
    "apply",
}


def plain(value: Any) -> Any:
    """Turn the dates YAML finds into texts."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def mismatch(expected: Any, found: Any, path: str = "") -> str | None:
    """Return where a partial expectation differs; lists are as long as expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        pairs = [(f"{path}.{key}", value, found.get(key)) for key, value in expected.items()]
        return next((text for where, value, item in pairs if (text := mismatch(value, item, where))), None)
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(f"{path}[{n}]", value, found[n]) for n, value in enumerate(expected)]
        return next((text for where, value, item in pairs if (text := mismatch(value, item, where))), None)
    return None if expected == found else f"{path}: expected {expected!r}, found {found!r}"


def instant(day: str) -> str:
    return f"{day}T00:00:00Z" if len(day) == 10 else day


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_quote(case: dict[str, Any]) -> None:
    case = plain(case)
    member: Any = {**MEMBERSHIP, **case.get("membership", {})}
    steps = [{key: value for key, value in case.items() if key != "then"}, *case.get("then", [])]
    terms, at = "RF", "2026-11-16"
    for step in steps:
        assert set(step) <= KEYS
        terms, at = step.get("terms", terms), step.get("at", at)
        more: dict[str, Any] = {
            key: {**case[key], **step.get(key, {})} for key in ("proration", "credits") if key in case
        }
        engine = engine_for(terms, {**more, **case.get("policy", {})})
        if "apply" in step:
            shown = engine.apply_pending(member, at=instant(step["apply"])).to_dict()
        elif "error" in step:
            with pytest.raises(InvalidFacts) as problem:
                engine.decide(member, step.get("selection", {"plan": "large"}), at=instant(at))
            assert problem.value.code == step["error"]
            continue
        else:
            quote = engine.decide(member, step.get("selection", {"plan": "large"}), at=instant(at))
            assert isinstance(quote, Quote), quote
            check_quote(quote)
            shown = quote.to_dict()
            assert engine.decide(member, step.get("selection", {"plan": "large"}), at=instant(at)).to_dict() == shown
        assert mismatch(step.get("expect", {}), shown) is None
        member = shown["membership"]
