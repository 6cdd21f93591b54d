"""What was served is found again by the digest that a decision names, and decides as it did."""

from pathlib import Path

import pytest
from tests.serving.shop import AT, MEMBERSHIP, ask, due, policy, write

from crossgrade import InvalidFacts
from crossgrade.serving import PolicyStore, UnknownPolicy


def test_what_was_served_is_found_again(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path, keep=2)
    shown = []
    for price in (20, 21, 22, 23):
        write(tmp_path, policy(price))
        store.reload()
        shown.append(ask(store.engine(), 25))
    for decision in shown[1:]:
        digest = decision.grounds.policy.digest
        assert store.policy(digest).digest == digest
        assert ask(store.by_digest(digest), 25).to_dict() == decision.to_dict()
        assert store.by_digest(digest) is store.by_digest(digest)
    assert store.by_digest(shown[-1].grounds.policy.digest) is store.engine()
    with pytest.raises(UnknownPolicy):
        store.by_digest(shown[0].grounds.policy.digest)


def test_nothing_need_be_kept(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path, keep=0)
    digest = store.engine().policy.digest
    write(tmp_path, policy(30))
    store.reload()
    with pytest.raises(UnknownPolicy):
        store.policy(digest)


def test_a_version_that_came_too_late_does_not_change_what_was_shown(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    shown = ask(store.engine(), 25)
    digest = shown.grounds.policy.digest
    write(tmp_path, policy(30, day="2026-01-01"), "late.yaml")
    assert store.reload().outcome == "taken"
    assert [ref.effective.year for ref in store.status.policies] == [2025, 2026]
    assert ask(store.engine(), 35).grounds.policy.digest != digest
    assert ask(store.by_digest(digest), 25).to_dict() == shown.to_dict()


def test_a_version_alone_does_not_decide_for_the_time_before_it(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    write(tmp_path, policy(30, day="2026-06-12"), "next.yaml")
    store = PolicyStore(tmp_path)
    assert due(store.by_digest(store.status.policies[0].digest)) == "20.00"
    with pytest.raises(InvalidFacts) as raised:
        store.by_digest(store.status.policies[1].digest).decide(MEMBERSHIP, {"plan": "premium"}, at=AT)
    assert raised.value.code == "no_version"
