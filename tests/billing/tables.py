"""A table's case: what is held, on which terms, and step by step what comes out of it."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from tests.billing.quoting import DATA, KINDS, SHORT, loaded
from tests.billing.test_quotes import instant, mismatch, plain

from crossgrade import Engine, InvalidFacts, Quote

HELD = {"plan": "small", "price": "monthly", "paid": "30.00"}
NOVEMBER = {"start": "2026-11-01T00:00:00Z", "end": "2026-12-01T00:00:00Z"}
KEYS = {
    "name",
    "terms",
    "policy",
    "membership",
    "at",
    "selection",
    "customer",
    "apply",
    "renew",
    "expect",
    "error",
    "then",
}


def cases(name: str) -> list[Any]:
    """Return the cases of a table, each with its name."""
    found = plain(yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8")))
    return [pytest.param(case, id=case["name"]) for case in found]


def play(case: dict[str, Any]) -> None:
    """Ask step by step, each about the membership that came out, and compare what is expected."""
    member: Any = {**HELD, "period": NOVEMBER, **case.get("membership", {})}
    before = {key: value for key, value in case.items() if key != "then"}
    for given in (before, *case.get("then", [])):
        assert set(given) <= KEYS
        before = {**before, **{key: given[key] for key in ("terms", "at") if key in given}}
        engine = engine_of(before.get("terms", "RF"), case.get("policy", {}))
        step = {**given, "at": before.get("at", "2026-11-16")}
        if "error" in step:
            with pytest.raises(InvalidFacts) as problem:
                answered(engine, member, step)
            assert problem.value.code == step["error"]
            continue
        shown = answered(engine, member, step)
        found = mismatch(step["expect"], shown)
        assert found is None, found
        member = shown["membership"]


def engine_of(terms: Any, more: dict[str, Any]) -> Engine:
    rule = {"id": "all", "change": KINDS, "terms": SHORT[terms] if isinstance(terms, str) else terms}
    return loaded((DATA / "tables.yaml").read_text("utf-8") + yaml.safe_dump({"transitions": [rule], **more}))


def answered(engine: Engine, member: Any, step: dict[str, Any]) -> dict[str, Any]:
    if "renew" in step:
        return engine.renew(member, at=instant(step["renew"])).to_dict()
    if "apply" in step:
        return engine.apply_pending(member, at=instant(step["apply"])).to_dict()
    selection, at = step.get("selection", {"plan": "large", "price": "monthly"}), instant(step["at"])
    quote = engine.decide(member, selection, at=at, customer=step.get("customer"))
    assert isinstance(quote, Quote), quote
    shown = quote.to_dict()
    owed = Decimal(shown["membership"].get("owed") or 0) - Decimal(member.get("owed") or 0)
    later = owed if owed > 0 else Decimal(0)
    assert sum(Decimal(line["amount"]) for line in shown["lines"]) == Decimal(shown["due_now"]) + later
    return shown
