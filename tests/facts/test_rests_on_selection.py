"""Offers derive once, for all targets, what does not rest on the selection: so it must not look at one."""

import pytest
from msgspec import structs
from tests.billing.quoting import MEMBERSHIP, engine_for

from crossgrade.facts import border
from crossgrade.facts.own_facts import own_facts
from crossgrade.facts.situation import Situation, held, situation
from crossgrade.facts.vocabulary import Fact, rests_on_selection, vocabulary
from crossgrade.model.membership import Selection

POLICY = engine_for("RF", {}).policy
FACTS = vocabulary(
    plans=POLICY.plans,
    addons=POLICY.addons,
    families=POLICY.families,
    entitlements=POLICY.entitlements,
    declared=POLICY.facts,
)


def without_selection() -> Situation:
    setting = border.setting_for(MEMBERSHIP, POLICY)
    member = border.membership(MEMBERSHIP, setting)
    at = border.at("2026-11-16T00:00:00Z", setting)
    found = held(POLICY, member, setting.currency, at, own_facts({}, POLICY, setting))
    return structs.replace(situation(found, Selection()), wanted=None, change=None)


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_a_fact_looks_at_the_selection_only_where_it_rests_on_it(fact: Fact) -> None:
    bare = without_selection()
    if not rests_on_selection(fact):
        fact.derive(bare)
        return
    with pytest.raises(AttributeError):
        fact.derive(bare)
