"""With a store, a quote holds over a reload: its policy is found again by the digest that the token names."""

from pathlib import Path

from tests.serving.tokens import AT, KEYS, MEMBER, POLICY, QUARTER, WANTED, error_of, held

from crossgrade import Quote
from crossgrade.serving import PolicyStore
from crossgrade.serving.token import sign


def test_a_quote_holds_over_a_reload(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    store = PolicyStore(tmp_path, keep=1, matcher="plain")
    shown = store.engine().decide(MEMBER, WANTED, at=AT)
    assert isinstance(shown, Quote)
    token = sign(shown, KEYS, QUARTER)

    file.write_text(POLICY.replace("monthly: 90.00", "monthly: 99.00"))
    assert store.reload().outcome == "taken"
    assert error_of(token, engine=store.engine()).changed == ("policy",)
    assert held(token, engine=store.engine(), earlier=store.by_digest).quote.due_now == shown.due_now

    file.write_text(POLICY.replace("monthly: 90.00", "monthly: 98.00"))
    assert store.reload().outcome == "taken"
    assert error_of(token, engine=store.engine(), earlier=store.by_digest).changed == ("policy",)
