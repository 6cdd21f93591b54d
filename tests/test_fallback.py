"""Without the C extension the plain matcher serves, with one warning; what needs the extension says so."""

import sys
import warnings
from pathlib import Path

import pytest

from crossgrade import load
from crossgrade.loading import SlowMatcherWarning

POLICY = Path(__file__).resolve().parents[1].joinpath("policies", "wc-affiliate")
MEMBERSHIP = {
    "plan": "personal",
    "paid": "79.00",
    "period": {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"},
}


@pytest.fixture(autouse=True)
def _without_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)


def test_the_plain_matcher_serves_with_a_warning() -> None:
    with pytest.warns(SlowMatcherWarning, match="durable-rules cannot be imported") as warned:
        engine = load(POLICY)
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert engine.matcher == "plain"
    decision = engine.decide(MEMBERSHIP, {"plan": "professional"}, at="2026-07-01T00:00:00Z")
    assert decision.to_dict()["due_now"] == "139.50"


def test_what_is_asked_for_by_name_is_not_replaced() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load(POLICY, matcher="plain").matcher == "plain"
    with pytest.raises(ImportError):
        load(POLICY.parent.joinpath("wp-ultimo"), matcher="durable")
