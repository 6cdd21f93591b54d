"""What only older versions know can be held, named in `from`, and is never a dead end."""

from datetime import date

import pytest

from crossgrade.model.policy import Policy
from crossgrade.model.versions import Versions
from crossgrade.reading.opening import Folder
from crossgrade.reading.versions import read_versions

FIRST = """
policy: p
effective: 2024-01-01
currency: EUR
entitlements: {seats: {type: integer}, sso: {type: boolean}, gone: {type: integer}}
plans:
  bronze: {prices: {monthly: 9, yearly: 90}, entitlements: {seats: 1, sso: true, gone: 5}}
  silver: {prices: {weekly: 5, monthly: 15}}
  gold: {prices: {monthly: 30}}
  solo: {prices: free}
addons:
  desk: {prices: {monthly: 2}, available_on: [bronze], included_in: [gold]}
  lamp: {prices: {monthly: 1}, included_in: [bronze, gold]}
families: {metal: [bronze, silver, gold], single: [solo]}
transitions: [{id: move, change: any, terms: {effective: period_end}}]
"""
SECOND = """
policy: p
effective: 2025-01-01
currency: EUR
entitlements: {seats: {type: integer}, sso: {type: integer}}
plans:
  gold: {prices: {monthly: 30}}
  silver: {prices: {monthly: {EUR: 15, USD: 16}}, retired: true}
  platinum: {prices: {monthly: {EUR: 50, USD: 55}}}
addons:
  lamp: {prices: {monthly: 1}, available_on: [gold]}
families: {metal: [gold, silver, platinum]}
transitions:
  - id: leave-bronze
    change: plan_change
    from: [bronze, silver/weekly, single]
    to: any_family
    terms: {effective: period_end}
  - id: old-lamp
    change: any
    from: metal
    when: {membership.plan: bronze, membership.family: single, membership.addon.desk: 1}
    refuse: "No."
"""
THIRD = """
policy: p
effective: 2026-01-01
currency: EUR
plans: {platinum: {prices: {monthly: 60}}}
families: {metal: [platinum]}
transitions: [{id: move, change: any, from: [bronze, gold], terms: {effective: period_end}}]
"""


def read_all(*texts: str) -> tuple[Policy, ...]:
    files = {f"v{number}.yaml": text.encode() for number, text in enumerate(texts)}
    versions, findings = read_versions("folder", Folder(frozenset(files), files.get))
    assert [finding for finding in findings if finding.severity == "error"] == []
    return tuple(version.policy for version in versions)


POLICIES = read_all(THIRD, FIRST, SECOND)
NEWEST = POLICIES[-1]
SECOND_ONE = POLICIES[1]


def test_the_oldest_comes_first() -> None:
    assert [policy.effective.year for policy in POLICIES] == [2024, 2025, 2026]


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), 2024),
        (date(2024, 12, 31), 2024),
        (date(2025, 1, 1), 2025),
        (date(2030, 1, 1), 2026),
    ],
)
def test_which_version_is_in_force(day: date, year: int | None) -> None:
    found = Versions(POLICIES).in_force(day)
    assert (found and found.effective.year) == year


def test_the_newest_version() -> None:
    assert Versions(POLICIES).newest is NEWEST


def test_a_former_plan_is_known_and_retired() -> None:
    bronze = NEWEST.plans["bronze"]
    assert (bronze.former, bronze.retired, [*bronze.prices]) == (True, True, ["monthly", "yearly"])
    assert not NEWEST.plans["platinum"].former
    assert not SECOND_ONE.plans["silver"].former
    assert [*POLICIES[0].plans] == ["bronze", "silver", "gold", "solo"]


def test_a_former_price_is_known_and_retired() -> None:
    weekly = SECOND_ONE.plans["silver"].prices["weekly"]
    assert (weekly.former, weekly.retired, weekly.amounts) == (True, True, {"EUR": 500})
    assert not SECOND_ONE.plans["silver"].prices["monthly"].former


def test_a_currency_of_an_older_version_is_known() -> None:
    assert [*NEWEST.currencies] == ["EUR", "USD"]


def test_the_newer_of_two_older_versions_counts() -> None:
    assert NEWEST.plans["gold"].prices["monthly"].in_currency("EUR") == 3000
    assert NEWEST.rank_of("gold") == 1


def test_grants_that_no_longer_fit_are_left_out() -> None:
    assert SECOND_ONE.plans["bronze"].entitlements == {"seats": 1}


def test_a_former_plan_keeps_its_family() -> None:
    for policy in POLICIES:
        family = policy.family_of("bronze")
        assert family is not None
        assert family.id == "metal"
        assert policy.rank_of("bronze") == 1
    assert NEWEST.family_of("bronze") is NEWEST.family_of("platinum")
    single = NEWEST.family_of("solo")
    assert single is not None
    assert single.id == "single"
    assert NEWEST.family_of("nothing") is None


@pytest.mark.parametrize(
    ("held", "target", "ranks"),
    [
        ("gold", "silver", (1, 2)),
        ("bronze", "gold", (1, 3)),
        ("silver", "platinum", (2, 3)),
        ("bronze", "platinum", None),
        ("bronze", "solo", None),
        ("platinum", "platinum", (1, 1)),
    ],
)
def test_ranks_are_those_of_the_newest_version_that_holds_both(
    held: str, target: str, ranks: tuple[int, int] | None
) -> None:
    assert NEWEST.ranks(held, target) == ranks


def test_ranks_of_a_version_do_not_look_ahead() -> None:
    assert POLICIES[0].ranks("gold", "silver") == (3, 2)
    assert SECOND_ONE.ranks("gold", "silver") == (1, 2)


def test_add_ons_stand_to_former_plans_as_they_did() -> None:
    lamp, desk = SECOND_ONE.addons["lamp"], SECOND_ONE.addons["desk"]
    assert (desk.former, desk.retired) == (True, True)
    assert (desk.included_in, desk.available_on) == (frozenset(), frozenset({"bronze"}))
    assert (lamp.included_in, lamp.available_on) == (frozenset({"bronze"}), frozenset({"gold", "bronze", "solo"}))


def test_rules_may_name_what_only_an_older_version_has_in_from() -> None:
    leave, lamp = SECOND_ONE.transitions
    assert leave.source.plans == frozenset({"bronze", "solo"})
    assert leave.source.admits("silver", "weekly")
    assert lamp.source.plans == frozenset({"gold", "silver", "platinum", "bronze"})


def test_a_family_of_this_version_reaches_only_its_own_plans() -> None:
    policies = read_all(FIRST, SECOND.replace("to: any_family", "to: metal"))
    assert policies[1].transitions[0].target.plans == frozenset({"gold", "silver", "platinum"})


def test_the_digest_of_a_version_rests_on_the_one_before_it() -> None:
    alone, third = THIRD.replace("[bronze, gold]", "any"), THIRD.replace("[bronze, gold]", "any")
    digests = {
        read_all(alone)[0].digest,
        read_all(third, FIRST)[1].digest,
        read_all(third, FIRST.replace("bronze", "copper"))[1].digest,
    }
    assert len(digests) == 3
    assert read_all(third, FIRST)[0].digest == read_all(FIRST)[0].digest


def test_a_file_of_cases_is_no_policy() -> None:
    files = {"policy.yaml": FIRST.encode(), "more-cases.yaml": b"cases: []\n"}
    versions, findings = read_versions("folder", Folder(frozenset(files), files.get))
    assert (len(versions), findings) == (1, [])
