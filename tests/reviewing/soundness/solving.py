"""Solving: whether two large policies can decide a pair of plans differently, asked of z3 in its own words.

Nothing here knows the analysis: the rules are read from the documents, and their order, kinds and places are applied
as the language says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import z3
from tests.reviewing.soundness import large_policies
from tests.reviewing.soundness.large_policies import AT_ONCE, FLAGS, NUMBERS, WORDS, Document, Rule

Pair = tuple[str, str]
Term = Any
"""A term of z3, which comes without types."""

ENDED = ("cancelled", "expired")
GROUPS = {"plan_change": ("upgrade", "downgrade", "crossgrade")}


@dataclass(frozen=True)
class Member:
    """What can be given of a member, as constants of z3, and what is true of them whatever they are."""

    facts: dict[str, Term]
    pending: Term
    late: Term
    laws: list[Term]


@dataclass(frozen=True)
class Outcome:
    """What a policy decides: no change at all, the messages of restrictions, and how the first transition ends."""

    nothing: Term
    reasons: dict[str, Term]
    ends: dict[str, Term]


def differing(old: Document, new: Document) -> set[Pair]:
    """Return the pairs of plans that some member sees a difference of."""
    pairs = permutations(old["plans"], 2)
    return {pair for pair in pairs if can_differ(old, new, pair)}


def can_differ(old: Document, new: Document, pair: Pair) -> bool:
    """Say whether a member of one plan who selects another can be decided differently."""
    for ended in (False, True):
        who = member(pair, ended=ended)
        before, after = (outcome(document, pair, who, ended=ended) for document in (old, new))
        solver = z3.Solver()
        solver.add(*who.laws, _differ(before, after))
        if solver.check() == z3.sat:
            return True
    return False


def member(pair: Pair, *, ended: bool) -> Member:
    """Return a member who may be anyone: days add up, usage exceeds what is granted, a trial runs in trialing."""
    facts: dict[str, Term] = {name: z3.Int(name) for name in (*NUMBERS, *WORDS)}
    facts |= {name: z3.Bool(name) for name in FLAGS}
    pending, late = z3.Bool("pending"), z3.Bool("late")
    used, left = facts["membership.days_used"], facts["membership.days_left"]
    grant = large_policies.grant(int(pair[1].rpartition("-")[2]))
    status = facts["membership.status"]
    laws = [
        used >= 0,
        left >= 0,
        facts["membership.period_days"] == used + left,
        facts["membership.changes_this_period"] >= 0,
        facts["membership.age_days"] >= 0,
        facts["usage.sites"] >= 0,
        facts["exceeds.sites"] == (facts["usage.sites"] > grant),
        z3.Implies(status == WORDS["membership.status"].index("trialing"), facts["membership.trialing"]),
        z3.Implies(late, left == 0),
        z3.Or(*(status == index for index, word in enumerate(WORDS["membership.status"]) if (word in ENDED) is ended)),
        *(z3.And(facts[name] >= 0, facts[name] < len(words)) for name, words in WORDS.items()),
    ]
    return Member(facts, pending, late, laws)


def outcome(document: Document, pair: Pair, who: Member, *, ended: bool) -> Outcome:
    """Return what a policy decides, as terms over a member."""
    kind = "reactivation" if ended else "upgrade" if pair[0] < pair[1] else "downgrade"
    ends: dict[str, list[Term]] = {}
    before: list[Term] = []
    for rule in _fitting(document["transitions"], pair, kind, ()):
        holds = holding(rule.get("when", {}), who)
        ends.setdefault(rule.get("terms") or rule["refuse"], []).append(z3.And(holds, *(z3.Not(one) for one in before)))
        before.append(holds)
    ends["otherwise"] = [z3.Not(z3.Or(*before))]
    first = {name: z3.Or(*found) for name, found in ends.items()}
    at_once = [first[name] for name in AT_ONCE if name in first]
    if "later" in first:
        at_once.append(z3.And(first["later"], who.late))
    nothing = z3.BoolVal(val=False) if ended else z3.And(who.pending, z3.Not(z3.Or(*at_once)))
    reasons: dict[str, list[Term]] = {}
    for rule in _fitting(document["restrictions"], pair, kind, ("reactivation",)):
        reasons.setdefault(rule["message"], []).append(holding(rule["when"], who))
    return Outcome(nothing, {name: z3.Or(*found) for name, found in reasons.items()}, first)


def _fitting(rules: list[Rule], pair: Pair, kind: str, within_any: tuple[str, ...]) -> Iterator[Rule]:
    """Return the rules for a pair and a kind; `any` is every kind, of a transition all but a reactivation."""
    for rule in rules:
        change = rule.get("change", "any")
        fits = (
            kind != "reactivation" or "reactivation" in within_any
            if change == "any"
            else kind in GROUPS.get(change, (change,))
        )
        if fits and pair[0] in rule.get("from", pair) and pair[1] in rule.get("to", pair):
            yield rule


def holding(condition: Rule, who: Member) -> Term:
    """Return a condition as a term."""
    parts = []
    for key, value in condition.items():
        if key in ("all", "any", "none"):
            inner = [holding(part, who) for part in value]
            parts.append(z3.And(*inner) if key == "all" else z3.Or(*inner) if key == "any" else z3.Not(z3.Or(*inner)))
        else:
            parts.append(_test(key, value, who.facts[key]))
    return z3.And(*parts)


def _test(name: str, value: Any, fact: Term) -> Term:
    if isinstance(value, bool):
        return fact if value else z3.Not(fact)
    if name in WORDS:
        some, turned = (value["not"], True) if isinstance(value, dict) else (value, False)
        one_of = z3.Or(*(fact == WORDS[name].index(word) for word in some))
        return z3.Not(one_of) if turned else one_of
    ((operator, constant),) = value.items()
    if operator == "between":
        return z3.And(fact >= constant[0], fact <= constant[1])
    return {"at_least": fact >= constant, "at_most": fact <= constant, "less_than": fact < constant}[operator]


def _differ(old: Outcome, new: Outcome) -> Term:
    """Return where two outcomes are not the same."""
    none = z3.BoolVal(val=False)
    reasons = {*old.reasons, *new.reasons}
    other_reasons = [old.reasons.get(name, none) != new.reasons.get(name, none) for name in reasons]
    refused = z3.Or(*old.reasons.values())
    other_ends = [old.ends.get(name, none) != new.ends.get(name, none) for name in {*old.ends, *new.ends}]
    decided = z3.Or(*other_reasons, z3.And(z3.Not(refused), z3.Or(*other_ends)))
    return z3.Or(old.nothing != new.nothing, z3.And(z3.Not(old.nothing), decided))
