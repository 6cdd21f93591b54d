"""What a change of policy touches: the pairs of prices that any textual difference can concern."""

from collections.abc import Hashable, Sequence

from msgspec import Struct, structs

from crossgrade.deciding.rulebook import stays
from crossgrade.model.condition import facts_of
from crossgrade.model.policy import Policy
from crossgrade.model.rules import ChangeKind, NoChangeRule, Restriction, Transition
from crossgrade.model.terms import Terms
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.keys import canonical, facts_in, texts_of
from crossgrade.reviewing.space import conditions_of

Rule = NoChangeRule | Restriction | Transition

_EVERYWHERE = (
    "zone",
    "currency",
    "locale",
    "entitlements",
    "direction",
    "otherwise",
    "messages",
    "rounding",
    "account_credit",
)
"""What every decision may rest on."""


class Touched(Struct, frozen=True):
    """What differs in the texts of two policies; pairs that none of it concerns are equal."""

    old: Policy
    new: Policy
    everything: bool
    no_change: bool
    plans: frozenset[str]
    fees: frozenset[str]
    """Plans whose setup fee differs."""

    prices: frozenset[Ends]
    rules: tuple[Restriction | Transition, ...]
    families_named: bool
    """Whether a rule or a text names a family by its id, not only its plans."""

    def only_rules(self, held: Ends, target: Ends) -> bool:
        """Say whether nothing that concerns a pair of prices differs but rules."""
        if self.everything or {held[0], target[0]} & self.plans or {held, target} & self.prices:
            return False
        if {held[0], target[0]} & self.fees and self._looks_at_fees(held, target):
            return False
        return self._places(self.old, held, target) == self._places(self.new, held, target)

    def kinds(self, held: Ends, target: Ends) -> frozenset[ChangeKind] | None:
        """Return the kinds of change between two prices that a rule which differs can concern; None is every kind."""
        if self.no_change or not self.only_rules(held, target):
            return None
        fitting = (rule for rule in self.rules if rule.source.admits(*held) and rule.target.admits(*target))
        return frozenset(kind for rule in fitting for kind in rule.change)

    def _looks_at_fees(self, held: Ends, target: Ends) -> bool:
        """Say whether terms that a transition between two prices can have make anything of setup fees."""
        fitting = [
            rule.terms
            for policy in (self.old, self.new)
            for rule in policy.transitions
            if rule.terms is not None and rule.source.admits(*held) and rule.target.admits(*target)
        ]
        return any(_uses_fees(terms) for terms in fitting)

    def _places(self, policy: Policy, held: Ends, target: Ends) -> Hashable:
        families = [policy.family_of(plan) for plan in (held[0], target[0])]
        return (
            stays(policy, held[0], target[0]),
            policy.ranks(held[0], target[0]),
            tuple(
                (family and self.families_named and family.id, policy.rank_of(plan))
                for family, plan in zip(families, (held[0], target[0]), strict=True)
            ),
        )


def touched(old: Policy, new: Policy) -> Touched:
    """Compare the texts of two policies."""
    everything = any(canonical(getattr(old, name)) != canonical(getattr(new, name)) for name in _EVERYWHERE)
    everything = everything or canonical(old.addons) != canonical(new.addons) or _own_facts(old, new)
    idle = _idle(old) & _idle(new)
    rules = [
        # Every restriction that holds is a reason, in whatever order they stand.
        *moved(sorted(old.restrictions, key=_place), sorted(new.restrictions, key=_place)),
        *moved(old.transitions, new.transitions),
    ]
    return Touched(
        old,
        new,
        everything,
        bool(moved(old.no_change, new.no_change)),
        frozenset(id for id in {*old.plans, *new.plans} if _plan(old, id, idle) != _plan(new, id, idle)),
        frozenset(id for id in old.plans if id in new.plans and _fee(old, id) != _fee(new, id)),
        frozenset(_different_prices(old, new)),
        tuple(rule for rule in rules if not isinstance(rule, NoChangeRule)),
        any(_names_families(policy) for policy in (old, new)),
    )


def _place(rule: Rule) -> str:
    return str(_content(rule))


def _names_families(policy: Policy) -> bool:
    """Say whether a rule tests a family's id; texts may show any fact, so that each counts."""
    return any(fact.endswith(".family") for fact in _used_facts(policy))


def _used_facts(policy: Policy) -> set[str]:
    """Return the facts that a rule tests or a text shows."""
    tested = {fact for condition in conditions_of(policy) for fact in facts_of(condition)}
    return tested | {fact for text in texts_of(policy) for fact in facts_in(text)}


def _own_facts(old: Policy, new: Policy) -> bool:
    """Say whether a declared fact differs that something rests on; usage is what exceeds, too."""
    used = _used_facts(old) | _used_facts(new)
    names = {name.replace("exceeds.", "usage.", 1) for name in used}
    every = "exceeds.any" in used
    return any(
        old.facts.get(name) != new.facts.get(name)
        for name in {*old.facts, *new.facts}
        if name in names or (every and name.startswith("usage."))
    )


def _idle(policy: Policy) -> frozenset[str]:
    """Return what plans have that no terms, rule or text of a policy makes anything of."""
    terms = [rule.terms for rule in policy.transitions if rule.terms is not None]
    trials = any(each.trial != "none" for each in terms) or "target.trial_days" in _used_facts(policy)
    return frozenset() if trials else frozenset(("trial",))


def _uses_fees(terms: Terms) -> bool:
    return terms.setup_fee != "waive" or any(credit.setup_fee != "none" for credit in terms.credit.rules)


def _fee(policy: Policy, id: str) -> Hashable:
    return canonical(policy.plans[id].setup_fee)


def _plan(policy: Policy, id: str, idle: frozenset[str]) -> Hashable:
    """Return all of a plan but its prices, its fee and what is idle, with what the add-ons it includes grant."""
    plan = policy.plans.get(id)
    if plan is None:
        return None
    bare = structs.replace(plan, prices={}, former=False, setup_fee=None, **dict.fromkeys(idle))
    return canonical(bare), canonical(policy.plan_grants[id])


def _different_prices(old: Policy, new: Policy) -> list[Ends]:
    found = {(plan.id, price) for policy in (old, new) for plan in policy.plans.values() for price in plan.prices}
    return [ends for ends in found if _price(old, ends) != _price(new, ends)]


def _price(policy: Policy, ends: Ends) -> Hashable:
    plan = policy.plans.get(ends[0])
    price = plan.prices.get(ends[1]) if plan else None
    return None if price is None else canonical(price)


def moved(old: Sequence[Rule], new: Sequence[Rule]) -> list[Rule]:
    """Return the rules of both lists that are outside their longest common subsequence."""
    before, after = [_content(rule) for rule in old], [_content(rule) for rule in new]
    kept = common(before, after)
    ours, theirs = {one for one, _ in kept}, {other for _, other in kept}
    return [rule for number, rule in enumerate(old) if number not in ours] + [
        rule for number, rule in enumerate(new) if number not in theirs
    ]


def _content(rule: Rule) -> Hashable:
    """Return what a rule says, without its name and those of its terms and credit rules."""
    if not isinstance(rule, Transition) or rule.terms is None:
        return canonical(structs.replace(rule, id=""))
    use = rule.terms.credit
    rules = tuple(structs.replace(credit, id="") for credit in use.rules)
    terms = structs.replace(rule.terms, id=None, credit=structs.replace(use, rules=rules))
    return canonical(structs.replace(rule, id="", terms=terms))


def common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence in both lists."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    kept = [(number, number) for number in range(start)]
    kept += [
        (one + start, other + start)
        for one, other in _longest(old[start : len(old) - end], new[start : len(new) - end])
    ]
    return kept + [(len(old) - number, len(new) - number) for number in range(end, 0, -1)]


def _longest(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one in range(len(old) - 1, -1, -1):
        for other in range(len(new) - 1, -1, -1):
            same = old[one] == new[other]
            lengths[one][other] = (
                lengths[one + 1][other + 1] + 1 if same else max(lengths[one + 1][other], lengths[one][other + 1])
            )
    found, one, other = [], 0, 0
    while one < len(old) and other < len(new):
        if old[one] == new[other]:
            found.append((one, other))
            one, other = one + 1, other + 1
        elif lengths[one + 1][other] >= lengths[one][other + 1]:
            one += 1
        else:
            other += 1
    return found
