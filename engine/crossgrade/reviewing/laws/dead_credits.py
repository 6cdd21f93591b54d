"""The law `dead-rule` for credit rules: every one that is named is the first that holds for somebody."""

from collections.abc import Iterator

from crossgrade.model.condition import Condition
from crossgrade.model.rules import Transition
from crossgrade.reviewing.formula import all_of, any_of, none_of
from crossgrade.reviewing.laws.changes import Change
from crossgrade.reviewing.laws.law import Broken
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.regions import BudgetSpentError


def dead_credits(subject: Subject, known: list[Change], dead: frozenset[str]) -> Iterator[Broken]:
    """Return each credit rule that is named, but never first among those that hold."""
    left = {id: frozenset[str]() for id in subject.policy.credits}
    uses = [rule for rule in subject.policy.transitions if rule.terms is not None and rule.id not in dead]
    named = {credit.id for rule in uses if rule.terms is not None for credit in rule.terms.credit.rules}
    for change in known:
        for _, rule in change.route.transitions:
            if rule.terms is None or rule.id in dead:
                continue
            before: list[Condition] = []
            for credit in rule.terms.credit.rules:
                if credit.id in left and _may_apply(change, rule, credit.when, before):
                    del left[credit.id]
                before.append(credit.when)
                if credit.id in left:
                    left[credit.id] |= {one.id for one in rule.terms.credit.rules[: len(before) - 1]}
        if not left:
            return
    for id, earlier in left.items():
        if id in named:
            yield _dead_credit(id, sorted(earlier))


def _may_apply(change: Change, rule: Transition, when: Condition, before: list[Condition]) -> bool:
    holding = any_of(*(change.free.formula(one) for one in before))
    try:
        return change.somewhere(all_of(change.decides(rule), change.free.formula(when), none_of(holding)))
    except BudgetSpentError:
        return True


def _dead_credit(id: str, earlier: list[str]) -> Broken:
    names = ", ".join(f"`{one}`" for one in earlier)
    first = f", or {names} {'comes' if len(earlier) == 1 else 'come'} first" if earlier else ""
    message = f"the credit rule `{id}` can never apply: where it is named, it does not hold{first}"
    return Broken("dead-rule", "credits", id, message, "write it before them, or remove it")
