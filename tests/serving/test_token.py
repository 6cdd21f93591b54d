"""Tokens: what was shown is charged while all that it rested on is unchanged; else the error names what changed."""

import doctest
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from tests.serving.tokens import AT, KEYS, MEMBER, POLICY, QUARTER, WANTED, engine, error_of, held, quoted, token

import crossgrade
from crossgrade import CrossgradeError, Currency, Engine, HeldAddOn, InvalidFacts, Membership, Money, Quote, Selection
from crossgrade.model.versions import Versions
from crossgrade.serving import UnknownPolicy
from crossgrade.serving import token as module
from crossgrade.serving.seal import opened
from crossgrade.serving.token import sign
from crossgrade.serving.token_error import TOKEN_ERROR_CODES, TokenError

ROOT = Path(__file__).resolve().parents[2]
TWELVE = Money(1200, Currency("USD", 2))
LATER = POLICY.replace("monthly: 90.00", "monthly: 99.00")


def test_what_was_shown_is_charged() -> None:
    shown = quoted()
    found = held(token())
    assert found.quote.id == shown.id
    assert (str(found.quote.due_now), found.quote.currency.code) == ("70.00", "USD")
    assert (found.at, found.until) == (AT, AT + QUARTER)
    assert found.quote.to_dict() == shown.to_dict()


def test_it_is_charged_also_where_a_day_has_begun_since() -> None:
    late = datetime(2026, 6, 10, 21, 59, 59, tzinfo=UTC)
    shown = engine().decide(MEMBER, WANTED, at=late)
    assert isinstance(shown, Quote)
    after = late + timedelta(minutes=14)
    assert held(sign(shown, KEYS, QUARTER), at=after).quote.due_now == shown.due_now
    assert engine().decide(MEMBER, WANTED, at=after).due_now != shown.due_now  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (timedelta(minutes=-1, microseconds=-1), "not_yet_valid"),
        (timedelta(minutes=-1), None),
        (timedelta(0), None),
        (QUARTER - timedelta(seconds=1), None),
        (QUARTER - timedelta(microseconds=1), None),
        (QUARTER, "expired"),
        (QUARTER + timedelta(seconds=1), "expired"),
        (timedelta(days=4000), "expired"),
    ],
)
def test_it_holds_for_its_time_to_the_second(after: timedelta, code: str | None) -> None:
    if code is None:
        assert held(token(), at=AT + after).quote.id == quoted().id
    else:
        assert error_of(token(), at=AT + after).code == code


@pytest.mark.parametrize(("year", "code"), [(1000, "not_yet_valid"), (8998, "expired")])
def test_extreme_instants_are_answers(year: int, code: str) -> None:
    assert error_of(token(), at=datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)).code == code


def test_an_instant_needs_an_offset() -> None:
    with pytest.raises(InvalidFacts) as caught:
        held(token(), at=AT.replace(tzinfo=None))
    assert caught.value.code == "naive_time"
    assert held(token(), at="2026-06-11T00:05:00+02:00").quote.id == quoted().id


MEMBERSHIP_CHANGES: dict[str, Any] = {
    "id": "m-2",
    "status": "past_due",
    "plan": "large",
    "price": "yearly",
    "quantity": 2,
    "unit_amount": "29.00",
    "paid": "0.00",
    "paid_from": "2026-06-05T00:00:00Z",
    "addons": {"disk": 1},
    "setup_fee_paid": "5.00",
    "currency": "USD",
    "period": {"start": "2026-07-01T00:00:00+02:00", "end": "2026-08-01T00:00:00+02:00"},
    "billing_day": 3,
    "started": "2026-01-01",
    "trial_ends": "2026-06-20T00:00:00Z",
    "changes_this_period": 1,
    "last_changed": "2026-06-05T00:00:00Z",
    "payment_pending": True,
    "pending_change": {"plan": "large", "price": "monthly", "at": "2026-07-01T00:00:00+02:00", "rule": "all"},
    "account_credit": "1.00",
    "owed": "2.00",
    "discount": {"percent": 10},
}
SELECTION_CHANGES: dict[str, Any] = {
    "plan": "small",
    "price": "yearly",
    "quantity": 2,
    "addons": {},
    "add_addons": {"disk": 1},
    "remove_addons": ["disk"],
}
OWN_CHANGES: dict[str, dict[str, Any]] = {
    "customer.staff": {"customer": {"staff": True}},
    "customer.had_trial": {"customer": {"had_trial": True}},
    "usage.seats": {"usage": {"seats": 3}},
    "request.channel": {"request": {"channel": "phone"}},
}


def test_every_field_is_changed_below() -> None:
    assert set(MEMBERSHIP_CHANGES) == set(Membership.__struct_fields__)
    assert set(SELECTION_CHANGES) == set(Selection.__struct_fields__)
    assert set(OWN_CHANGES) == set(engine().policy.given_facts)


@pytest.mark.parametrize("field", MEMBERSHIP_CHANGES)
def test_a_changed_membership_is_named(field: str) -> None:
    problem = error_of(token(), {**MEMBER, field: MEMBERSHIP_CHANGES[field]})
    assert (problem.code, problem.changed) == ("facts_changed", (f"membership.{field}",))


@pytest.mark.parametrize("field", SELECTION_CHANGES)
def test_a_changed_selection_is_named(field: str) -> None:
    problem = error_of(token(), selection={**WANTED, field: SELECTION_CHANGES[field]})
    assert (problem.code, problem.changed) == ("facts_changed", (f"selection.{field}",))


@pytest.mark.parametrize("name", OWN_CHANGES)
def test_a_changed_own_fact_is_named(name: str) -> None:
    problem = error_of(token(), **OWN_CHANGES[name])
    assert (problem.code, problem.changed) == ("facts_changed", (name,))
    back = error_of(token(**OWN_CHANGES[name]))
    assert (back.code, back.changed) == ("facts_changed", (name,))


def test_what_is_taken_away_is_named() -> None:
    without = {key: value for key, value in MEMBER.items() if key != "paid"}
    assert error_of(token(), without).changed == ("membership.paid",)
    assert error_of(token(), selection=None).changed == ("selection.plan", "selection.price")


def test_several_changes_are_all_named_and_no_value_is() -> None:
    problem = error_of(token(), {**MEMBER, "paid": "12.34", "owed": "5.00"}, usage={"seats": 77})
    assert problem.changed == ("membership.paid", "membership.owed", "usage.seats")
    expected = "changed since the quote: `membership.paid`, `membership.owed`, `usage.seats`; show a new one"
    assert str(problem) == problem.message == expected


def test_the_same_facts_written_otherwise_hold() -> None:
    typed = Membership(**{**MEMBER, "paid": Decimal("30.0"), "addons": {}})
    assert held(token(), typed, Selection(**WANTED)).quote.id == quoted().id
    period = {"start": "2026-05-31T22:00:00Z", "end": "2026-06-30T22:00:00Z"}
    defaults: dict[str, Any] = {"customer": {"staff": False}, "usage": {}, "request": None}
    assert held(token(), {**MEMBER, "period": period, "quantity": 1}, **defaults).quote.id == quoted().id


def test_once_it_was_carried_out_it_holds_no_more() -> None:
    carried_out = held(token()).quote.membership
    problem = error_of(token(), carried_out)
    assert problem.code == "facts_changed"
    assert {"membership.plan", "membership.paid", "membership.period"} <= set(problem.changed)


def test_a_membership_of_any_add_ons_holds() -> None:
    member = Membership(**{**MEMBER, "addons": {"disk": HeldAddOn(2, paid=TWELVE)}})
    shown = engine().decide(member, WANTED, at=AT)
    assert isinstance(shown, Quote)
    signed = sign(shown, KEYS, QUARTER)
    assert held(signed, member).quote.id == shown.id
    assert error_of(signed, Membership(**{**MEMBER, "addons": {"disk": HeldAddOn(3, paid=TWELVE)}})).changed == (
        "membership.addons",
    )


def test_a_policy_that_was_replaced_is_named() -> None:
    problem = error_of(token(), engine=engine(LATER))
    assert (problem.code, problem.changed) == ("facts_changed", ("policy",))


def test_a_policy_that_was_rewritten_in_the_same_sense_holds() -> None:
    assert held(token(), engine=engine(POLICY + "# a comment\n")).quote.id == quoted().id


def earlier(digest: str) -> Engine:
    if digest == engine().policy.digest:
        return engine()
    raise UnknownPolicy("no such policy", digest)


def test_a_policy_that_is_found_again_holds() -> None:
    found = held(token(), engine=engine(LATER), earlier=earlier)
    assert str(found.quote.due_now) == "70.00"
    assert error_of(token(), {**MEMBER, "paid": "0.00"}, engine=engine(LATER), earlier=earlier).changed == (
        "membership.paid",
    )


def test_a_policy_that_is_found_no_more_is_named() -> None:
    other = engine(POLICY.replace("small: {title: Small", "small: {title: Little")).decide(MEMBER, WANTED, at=AT)
    assert isinstance(other, Quote)
    problem = error_of(sign(other, KEYS, QUARTER), engine=engine(LATER), earlier=earlier)
    assert (problem.code, problem.changed) == ("facts_changed", ("policy",))
    assert isinstance(problem.__cause__, UnknownPolicy)


def test_a_version_that_took_over_within_the_day_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("2020.yaml").write_text(POLICY)
    signed = token()
    tmp_path.joinpath("2026.yaml").write_text(LATER.replace("2020-01-01", "2026-06-11"))
    both = crossgrade.load(tmp_path, matcher="plain")
    assert error_of(signed, engine=both).changed == ("policy",)
    assert held(signed, engine=both, earlier=earlier).quote.id == quoted().id


def test_a_version_that_takes_over_before_the_charge_leaves_the_quote(tmp_path: Path) -> None:
    tmp_path.joinpath("2020.yaml").write_text(POLICY)
    tmp_path.joinpath("2026.yaml").write_text(LATER.replace("2020-01-01", "2026-06-12"))
    both = crossgrade.load(tmp_path, matcher="plain")
    eve = datetime(2026, 6, 11, 21, 55, tzinfo=UTC)
    shown = both.decide(MEMBER, WANTED, at=eve)
    assert isinstance(shown, Quote)
    found = held(sign(shown, KEYS, QUARTER), engine=both, at=eve + timedelta(minutes=10))
    assert found.quote.due_now == shown.due_now


def test_a_release_that_decides_otherwise_is_named() -> None:
    """An engine that finds another amount by the same policy stands for another release of this package."""
    dear = structs.replace(engine(LATER).policy, digest=engine().policy.digest)
    other = Engine(Versions((dear,)), matcher="plain")
    problem = error_of(token(), engine=other)
    assert (problem.code, problem.changed) == ("facts_changed", ("policy",))


def test_facts_that_cannot_be_read_are_errors_of_facts() -> None:
    with pytest.raises(InvalidFacts) as caught:
        held(token(), {**MEMBER, "pade": 1})
    assert caught.value.code == "unknown_key"


def test_the_text_of_a_quote_is_in_the_locale_asked_for() -> None:
    titles = [held(token(), locale=locale).quote.lines[0].title for locale in ("de", "en")]
    assert titles == ["Large, ein Monat", "Large, one month"]


@pytest.mark.parametrize(
    "valid_for",
    [timedelta(0), timedelta(seconds=-1), timedelta(days=366, microseconds=1), timedelta.max, timedelta.min],
)
def test_a_quote_holds_for_a_sensible_time(valid_for: timedelta) -> None:
    with pytest.raises(TokenError) as caught:
        sign(quoted(), KEYS, valid_for)
    assert caught.value.code == "bad_duration"
    assert sign(quoted(), KEYS, timedelta(days=366))


def test_the_end_of_time_is_no_crash() -> None:
    member = {**MEMBER, "period": {"start": "8998-01-01T00:00:00Z", "end": "8998-02-01T00:00:00Z"}}
    shown = engine().decide(member, WANTED, at="8998-12-31T22:00:00Z")
    assert isinstance(shown, Quote)
    with pytest.raises(TokenError) as caught:
        sign(shown, KEYS, timedelta(days=366 * 1_002))
    assert caught.value.code == "bad_duration"


def test_a_token_gives_no_fact_away_and_is_compact() -> None:
    signed = token(request={"channel": "secret-channel"})
    assert len(signed) < 800
    body, _ = opened(signed, KEYS)
    for fact in (b"secret-channel", b"m-1", b"30.00", b"small", quoted().id.encode()):
        assert fact not in body
    assert b'"due_now":"70.00"' in body


def test_two_quotes_do_not_tell_that_they_share_a_fact() -> None:
    def marks(customer: dict[str, Any]) -> set[str]:
        facts = json.loads(opened(token(customer=customer), KEYS)[0])["facts"]
        return {facts[start : start + 8] for start in range(0, len(facts), 8)}

    assert len(marks({})) == len(MEMBERSHIP_CHANGES) + len(SELECTION_CHANGES) + len(OWN_CHANGES)
    assert not marks({"staff": True}) & marks({"staff": False})


def test_errors_are_of_the_family_and_of_the_list() -> None:
    assert issubclass(TokenError, CrossgradeError)
    assert len(set(TOKEN_ERROR_CODES)) == 8


STABLE = """
from tests.serving.tokens import token
print(token(customer={"staff": True}, usage={"seats": 2}, request={"channel": "ü"}))
"""


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_bytes_are_the_same_in_every_process(seed: str) -> None:
    own: dict[str, Any] = {"request": {"channel": "ü"}, "usage": {"seats": 2}, "customer": {"staff": True}}
    paths = os.pathsep.join([str(ROOT), str(Path(crossgrade.__file__).parents[1])])
    names = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
    made = subprocess.run([sys.executable, "-c", STABLE], env=names, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == token(**own)


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = doctest.testmod(module, verbose=False)
    assert found.attempted > 8
    assert not found.failed
