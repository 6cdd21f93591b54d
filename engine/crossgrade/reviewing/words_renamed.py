"""Renamed: what was removed under one id and added under another with the same content, so that it is the same thing.

The old policy is written anew with the new ids, so that everything that names them is compared as it is meant.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import structs

from crossgrade.model.catalogue import AddOn, Family, Plan
from crossgrade.model.condition import Comparison, Condition
from crossgrade.model.policy import Policy
from crossgrade.model.rules import NoChangeRule, Reach, Restriction, Transition
from crossgrade.model.terms import CreditUse, Terms
from crossgrade.model.text import Text
from crossgrade.reviewing.words_catalogue import product_words
from crossgrade.reviewing.words_families import family_changes
from crossgrade.reviewing.words_rules import no_change_changes, restriction_changes, transition_changes
from crossgrade.reviewing.words_said import Both, Word, both
from crossgrade.reviewing.words_terms import credit_changes, terms_changes

Item = TypeVar("Item")
Product = TypeVar("Product", Plan, AddOn)
Rule = TypeVar("Rule", NoChangeRule, Restriction, Transition)

Names = Mapping[str, str]
"""New ids by old ones."""


def with_new_names(old: Policy, new: Policy) -> tuple[Policy, tuple[Word, ...]]:
    """Return the old policy with the ids of the new one, and a word for each that changed.

    What is named comes before what names it: rules name terms, terms name credit rules, and all name plans.
    """
    said: list[Word] = []
    for section, kind, pairs, rewritten in _STEPS:
        names = pairs(both(old, new))
        said += (Word(section, now, f"{kind} `{was}` renamed to `{now}`") for was, now in names.items())
        old = rewritten(old, names) if names else old
    return old, tuple(said)


def pairs_of(
    old: Mapping[str, Item], new: Mapping[str, Item], differ: Callable[[Item, Item], Iterable[object]]
) -> dict[str, str]:
    """Pair what is gone with what has come where they do not differ; each is paired once, in the old order."""
    found: dict[str, str] = {}
    for id in (id for id in old if id not in new):
        come = (other for other in new if other not in old and other not in found.values())
        same = next((other for other in come if next(iter(differ(old[id], new[other])), None) is None), None)
        if same is not None:
            found[id] = same
    return found


def _plan_pairs(pair: Both) -> dict[str, str]:
    return _product_pairs(pair.old.policy.plans, pair.new.policy.plans, pair)


def _addon_pairs(pair: Both) -> dict[str, str]:
    return _product_pairs(pair.old.policy.addons, pair.new.policy.addons, pair)


def _product_pairs(old: Mapping[str, Product], new: Mapping[str, Product], pair: Both) -> dict[str, str]:
    """Pair what versions have themselves; an id that an older version had is not free for another plan."""
    was = {id: item for id, item in old.items() if not item.former}
    now = {id: item for id, item in new.items() if not item.former and (id in was or id not in old)}
    return pairs_of(was, now, lambda item, other: product_words("", "", _retitled(item, other.id), other, pair))


def _retitled(item: Product, id: str) -> Product:
    """Return a plan or add-on under another id; a title that is only its id goes with it."""
    bare = {locale: id if title == item.id else title for locale, title in item.title.by_locale.items()}
    return structs.replace(item, id=id, title=Text(bare))


def _family_pairs(pair: Both) -> dict[str, str]:
    def differ(was: Family, now: Family) -> Iterator[object]:
        if {plan for rank in was.ranks for plan in rank} != {plan for rank in now.ranks for plan in rank}:
            yield "plans"
        yield from family_changes(_named(was, now.id), now, pair)

    return pairs_of(pair.old.policy.families, pair.new.policy.families, differ)


def _named(family: Family, id: str) -> Family:
    bare = {locale: id if title == family.id else title for locale, title in family.title.by_locale.items()}
    return structs.replace(family, id=id, title=Text(bare))


def _credit_pairs(pair: Both) -> dict[str, str]:
    old, new = pair.old.policy.credits, pair.new.policy.credits
    return pairs_of(old, new, lambda was, now: credit_changes("", was, now, pair))


def _terms_pairs(pair: Both) -> dict[str, str]:
    old, new = pair.old.policy.terms, pair.new.policy.terms
    return pairs_of(old, new, lambda was, now: terms_changes("", was, now, pair))


def _no_change_pairs(pair: Both) -> dict[str, str]:
    old, new = ({rule.id: rule for rule in side.policy.no_change} for side in (pair.old, pair.new))
    return pairs_of(old, new, lambda was, now: no_change_changes("", was, now, pair))


def _restriction_pairs(pair: Both) -> dict[str, str]:
    old, new = ({rule.id: rule for rule in side.policy.restrictions} for side in (pair.old, pair.new))
    return pairs_of(old, new, lambda was, now: restriction_changes("", was, now, pair))


def _transition_pairs(pair: Both) -> dict[str, str]:
    old, new = ({rule.id: rule for rule in side.policy.transitions} for side in (pair.old, pair.new))
    return pairs_of(old, new, lambda was, now: transition_changes("", was, now, pair))


def _with_plans(policy: Policy, names: Names) -> Policy:
    policy = _with_conditions(policy, lambda test: _with_constants(test, ("membership.plan", "target.plan"), names))
    return structs.replace(
        policy,
        plans={names.get(id, id): _retitled(plan, names.get(id, id)) for id, plan in policy.plans.items()},
        addons={id: _on_plans(addon, names) for id, addon in policy.addons.items()},
        families={id: structs.replace(item, ranks=_ranks(item, names)) for id, item in policy.families.items()},
        restrictions=tuple(_reaching(rule, names) for rule in policy.restrictions),
        transitions=tuple(_reaching(rule, names) for rule in policy.transitions),
    )


def _on_plans(addon: AddOn, names: Names) -> AddOn:
    offered = addon.available_on
    return structs.replace(
        addon,
        available_on=None if offered is None else frozenset(names.get(id, id) for id in offered),
        included_in=frozenset(names.get(id, id) for id in addon.included_in),
    )


def _ranks(family: Family, names: Names) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names.get(plan, plan) for plan in rank) for rank in family.ranks)


def _reaching(rule: Rule, names: Names) -> Rule:
    if isinstance(rule, NoChangeRule):
        return rule
    return structs.replace(rule, source=_reach(rule.source, names), target=_reach(rule.target, names))


def _reach(reach: Reach, names: Names) -> Reach:
    plans = None if reach.plans is None else frozenset(names.get(id, id) for id in reach.plans)
    prices = frozenset((names.get(plan, plan), price) for plan, price in reach.prices)
    return structs.replace(reach, plans=plans, prices=prices)


def _with_addons(policy: Policy, names: Names) -> Policy:
    facts = {
        f"{side}.addon.{was}": f"{side}.addon.{now}" for side in ("membership", "target") for was, now in names.items()
    }
    policy = _with_conditions(policy, lambda test: structs.replace(test, fact=facts.get(test.fact, test.fact)))
    addons = {names.get(id, id): _retitled(addon, names.get(id, id)) for id, addon in policy.addons.items()}
    return structs.replace(policy, addons=addons)


def _with_families(policy: Policy, names: Names) -> Policy:
    policy = _with_conditions(policy, lambda test: _with_constants(test, ("membership.family", "target.family"), names))
    families = {names.get(id, id): _named(item, names.get(id, id)) for id, item in policy.families.items()}
    return structs.replace(policy, families=families)


def _with_conditions(policy: Policy, change: Callable[[Comparison], Comparison]) -> Policy:
    """Return a policy with every comparison changed; terms keep what their credit rules were, only named by id."""

    def changed(rule: Rule) -> Rule:
        return structs.replace(rule, when=_rewritten(rule.when, change))

    return structs.replace(
        policy,
        no_change=tuple(map(changed, policy.no_change)),
        restrictions=tuple(map(changed, policy.restrictions)),
        transitions=tuple(map(changed, policy.transitions)),
        credits={id: structs.replace(rule, when=_rewritten(rule.when, change)) for id, rule in policy.credits.items()},
    )


def _rewritten(condition: Condition, change: Callable[[Comparison], Comparison]) -> Condition:
    if isinstance(condition, Comparison):
        return change(condition)
    return structs.replace(condition, parts=tuple(_rewritten(part, change) for part in condition.parts))


def _with_constants(test: Comparison, facts: tuple[str, ...], names: Names) -> Comparison:
    if test.fact not in facts:
        return test
    constants = tuple(names.get(item, item) if isinstance(item, str) else item for item in test.constants)
    return structs.replace(test, constants=constants)


def _with_credits(policy: Policy, names: Names) -> Policy:
    def giving(terms: Terms) -> Terms:
        return structs.replace(terms, credit=_use(terms.credit, names))

    credits = {names.get(id, id): structs.replace(rule, id=names.get(id, id)) for id, rule in policy.credits.items()}
    terms = {id: giving(terms) for id, terms in policy.terms.items()}
    return structs.replace(policy, credits=credits, terms=terms, transitions=_with_answers(policy, giving))


def _use(use: CreditUse, names: Names) -> CreditUse:
    return structs.replace(
        use, rules=tuple(structs.replace(rule, id=names.get(rule.id, rule.id)) for rule in use.rules)
    )


def _with_terms(policy: Policy, names: Names) -> Policy:
    def called(terms: Terms) -> Terms:
        return structs.replace(terms, id=terms.id and names.get(terms.id, terms.id))

    terms = {names.get(id, id): called(terms) for id, terms in policy.terms.items()}
    return structs.replace(policy, terms=terms, transitions=_with_answers(policy, called))


def _with_answers(policy: Policy, change: Callable[[Terms], Terms]) -> tuple[Transition, ...]:
    return tuple(structs.replace(rule, terms=rule.terms and change(rule.terms)) for rule in policy.transitions)


def _with_no_change(policy: Policy, names: Names) -> Policy:
    return structs.replace(policy, no_change=_called(policy.no_change, names))


def _with_restrictions(policy: Policy, names: Names) -> Policy:
    return structs.replace(policy, restrictions=_called(policy.restrictions, names))


def _with_transitions(policy: Policy, names: Names) -> Policy:
    return structs.replace(policy, transitions=_called(policy.transitions, names))


def _called(rules: tuple[Rule, ...], names: Names) -> tuple[Rule, ...]:
    return tuple(structs.replace(rule, id=names.get(rule.id, rule.id)) for rule in rules)


_STEPS: tuple[tuple[str, str, Callable[[Both], dict[str, str]], Callable[[Policy, Names], Policy]], ...] = (
    ("plans", "plan", _plan_pairs, _with_plans),
    ("add-ons", "add-on", _addon_pairs, _with_addons),
    ("families", "family", _family_pairs, _with_families),
    ("credits", "credit rule", _credit_pairs, _with_credits),
    ("terms", "terms", _terms_pairs, _with_terms),
    ("no_change", "no-change rule", _no_change_pairs, _with_no_change),
    ("restrictions", "restriction", _restriction_pairs, _with_restrictions),
    ("transitions", "transition", _transition_pairs, _with_transitions),
)
"""Section, kind, what was renamed of it, and how a policy is written with the new ids."""
