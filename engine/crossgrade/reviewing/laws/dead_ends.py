"""The laws `no-way-out`, `no-way-in` and `family-of-one`: plans that no change leads away from, or to.

Excused are a plan that is sold for a lifetime only, from leaving; a plan that is retired or free, from being reached
(free is what members begin with, or fall back to when they cancel); the lowest and the highest plan of a family in
which nobody goes down, or nobody goes up; and all plans where none can be changed at all. What cannot be left or
reached is proved with every fact free, and shown by a member who is refused.
"""

from collections.abc import Iterable, Iterator

from crossgrade.model.catalogue import Plan
from crossgrade.model.decision import Refusal
from crossgrade.reviewing.laws.changes import Change
from crossgrade.reviewing.laws.law import Broken
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import answered, told
from crossgrade.reviewing.laws.ways import ask, decided, member_in
from crossgrade.reviewing.regions import BudgetSpentError


def dead_ends(subject: Subject, known: Iterable[Change]) -> Iterator[Broken]:
    """Return the plans that cannot be left, or not be reached, of the changes there can be."""
    moves = [each for each in known if each.held[0] != each.target[0] and each.kind != "reactivation"]
    paths = _paths(moves)
    left, reached = ({path[end] for path in paths} for end in (0, 1))
    for plan in subject.policy.plans.values() if paths else ():
        if plan.id not in left | reached and _is_alone(subject, plan):
            yield _family_of_one(subject, plan)
            continue
        excused = _at_the_end(subject, plan, paths)
        if plan.id not in left and not (excused or _is_lifetime(plan)):
            yield _no_way_out(subject, plan, moves)
        if plan.id not in reached and not (excused or plan.retired or _is_free(plan)):
            yield _no_way_in(subject, plan, moves)


def _paths(moves: list[Change]) -> set[tuple[str, str]]:
    """Return the plans between which some member may change, as far as can be told."""
    found: set[tuple[str, str]] = set()
    for each in moves:
        path = each.held[0], each.target[0]
        if path not in found and _may_quote(each):
            found.add(path)
    return found


def _at_the_end(subject: Subject, plan: Plan, paths: set[tuple[str, str]]) -> bool:
    """Say whether a plan is the lowest or highest of a family in which all changes go the same way."""
    family = subject.policy.family_of(plan.id)
    if family is None or plan.id not in (*family.ranks[0], *family.ranks[-1]):
        return False
    ranks = [subject.policy.ranks(*path) for path in paths]
    inside = [
        pair for pair, path in zip(ranks, paths, strict=True) if pair and subject.policy.family_of(path[0]) is family
    ]
    return not (any(one < other for one, other in inside) and any(one > other for one, other in inside))


def _may_quote(change: Change) -> bool:
    if change.retired:
        return False
    try:
        return change.somewhere(change.quotes())
    except BudgetSpentError:
        return True


def _is_alone(subject: Subject, plan: Plan) -> bool:
    family = subject.policy.family_of(plan.id)
    return family is not None and [plan.id] == [id for rank in family.ranks for id in rank]


def _is_lifetime(plan: Plan) -> bool:
    return all(price.every is not None and price.every.unit == "once" for price in plan.prices.values())


def _is_free(plan: Plan) -> bool:
    return all(price.every is None for price in plan.prices.values())


def _family_of_one(subject: Subject, plan: Plan) -> Broken:
    family = subject.policy.family_of(plan.id)
    id = plan.id if family is None else family.id
    message = f"`{plan.id}` is the only plan of the family `{id}`, and nothing leads to it or away from it"
    return Broken("family-of-one", "families", id, message, "add plans to the family, or a transition `to` it")


def _no_way_out(subject: Subject, plan: Plan, moves: list[Change]) -> Broken:
    shown = _refused(subject, [each for each in moves if each.held[0] == plan.id])
    message = f"nobody can leave `{plan.id}` for another plan"
    return Broken("no-way-out", "plans", plan.id, message, f"write a transition `from` `{plan.id}` with terms", shown)


def _no_way_in(subject: Subject, plan: Plan, moves: list[Change]) -> Broken:
    shown = _refused(subject, [each for each in moves if each.target[0] == plan.id])
    message = f"nobody can change to `{plan.id}` from another plan"
    remedy = f"write a transition `to` `{plan.id}` with terms, or `retired: true` where it is no longer sold"
    return Broken("no-way-in", "plans", plan.id, message, remedy, shown)


def _refused(subject: Subject, moves: list[Change]) -> tuple[str, ...]:
    """Return a member who is refused, one of the same family where there is such a one."""
    for each in sorted(moves, key=lambda move: not move.route.inside):
        shape = subject.base(each.held, each.target, each.there.currency)
        found = None if shape is None else decided(subject, shape)
        if shape is None or found is None:
            continue
        member = member_in(shape, found.open, True)
        answer = None if member is None else ask(subject, shape, member)
        if member is not None and isinstance(answer, Refusal):
            return (f"{told(subject, shape, member)}: {answered(answer)}",)
    return ()
