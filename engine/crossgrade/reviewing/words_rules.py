"""Rules in words: what is no change, what is forbidden and what is permitted, and in which order they are asked."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from crossgrade.model.condition import Condition
from crossgrade.model.rules import CHANGE_GROUPS, RULED_KINDS, ChangeKind, NoChangeRule, Reach, Restriction, Transition
from crossgrade.model.terms import Terms
from crossgrade.reviewing.condition_words import condition_changes, in_words
from crossgrade.reviewing.words_order import moves
from crossgrade.reviewing.words_said import Both, Side, Word, changes, ids, text_changes, text_said
from crossgrade.reviewing.words_terms import terms_changes, terms_said

Rule = TypeVar("Rule", NoChangeRule, Restriction, Transition)

_NOT_REACTIVATED = tuple(kind for kind in RULED_KINDS if kind != "reactivation")
"""What `any` is outside restrictions, where it is every kind."""

_SAME = ("plan", "price", "quantity", "addons", "entitlements", "amount")


def no_change_words(pair: Both) -> Iterator[Word]:
    """Say how the rules differ by which a selection counts as no change."""
    old, new = _by_id(pair.old.policy.no_change), _by_id(pair.new.policy.no_change)
    yield from _words("no_change", "no-change rule", old, new, no_change_changes, _no_change_said, pair)
    yield from _order_words("no_change", "now comes", [*old], [*new])


def restriction_words(pair: Both) -> Iterator[Word]:
    """Say how the rules differ that forbid; every one that holds is reported, in the order they are written."""
    old, new = _by_id(pair.old.policy.restrictions), _by_id(pair.new.policy.restrictions)
    yield from _words("restrictions", "restriction", old, new, restriction_changes, _restriction_said, pair)
    yield from _order_words("restrictions", "is now reported", [*old], [*new])


def transition_words(pair: Both) -> Iterator[Word]:
    """Say how the rules differ that permit or refuse; the first one that holds decides."""
    old, new = _by_id(pair.old.policy.transitions), _by_id(pair.new.policy.transitions)
    yield from _words("transitions", "transition", old, new, transition_changes, _transition_said, pair)
    yield from _order_words("transitions", "now comes", [*old], [*new])


def _by_id(rules: Sequence[Rule]) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules}


def _words(  # noqa: PLR0913 - a section, its rules, and how they are said
    section: str,
    kind: str,
    old: Mapping[str, Rule],
    new: Mapping[str, Rule],
    differ: Callable[[str, Rule, Rule, Both], Iterator[str]],
    describe: Callable[[Rule, Side], Iterator[str]],
    pair: Both,
) -> Iterator[Word]:
    for id, rule in new.items():
        if id in old:
            yield from (Word(section, id, sentence) for sentence in differ(f"`{id}`", old[id], rule, pair))
        else:
            said = "; ".join(describe(rule, pair.new))
            yield Word(section, id, f"{kind} `{id}` added{_place(id, [*new], section)}: {said}")
    yield from (Word(section, id, f"{kind} `{id}` removed") for id in old if id not in new)


def _place(id: str, order: list[str], section: str) -> str:
    """Return where a new rule stands; the first one that holds decides, but for restrictions."""
    if section == "restrictions" or len(order) == 1:
        return ""
    following = order[order.index(id) + 1 :]
    return f" before `{following[0]}`" if following else " as the last"


def _order_words(section: str, verb: str, old: list[str], new: list[str]) -> Iterator[Word]:
    for move in moves(old, new):
        yield Word(section, move.id, f"`{move.id}` {verb} {move.where} `{move.other}`")


def no_change_changes(name: str, old: NoChangeRule, new: NoChangeRule, pair: Both) -> Iterator[str]:
    """Say how a rule of no change differs in what it says, whatever it is called."""
    yield from changes(name, {"same": _same_said(old)}, {"same": _same_said(new)})
    yield from _kind_changes(name, old.change, new.change, _NOT_REACTIVATED)
    yield from condition_changes(name, old.when, new.when, pair)
    yield from text_changes(f"{name}: message", old.message, new.message, pair)


def restriction_changes(name: str, old: Restriction, new: Restriction, pair: Both) -> Iterator[str]:
    """Say how a restriction differs in what it says, whatever it is called."""
    yield from _kind_changes(name, old.change, new.change, RULED_KINDS)
    yield from _reach_changes(name, old, new, pair)
    yield from condition_changes(name, old.when, new.when, pair)
    yield from text_changes(f"{name}: message", old.message, new.message, pair)


def transition_changes(name: str, old: Transition, new: Transition, pair: Both) -> Iterator[str]:
    """Say how a transition differs in what it says, whatever it is called."""
    yield from _kind_changes(name, old.change, new.change, _NOT_REACTIVATED)
    yield from _reach_changes(name, old, new, pair)
    yield from condition_changes(name, old.when, new.when, pair)
    if old.terms is not None and new.terms is not None:
        yield from _other_terms(name, old.terms, new.terms, pair)
    elif new.terms is not None:
        yield f"{name} no longer refuses: now {_on_terms(new.terms, pair.new)}"
    elif old.terms is not None:
        yield f"{name} now refuses: {text_said(new.refuse)}"
    else:
        yield from text_changes(f"{name}: refusal", old.refuse, new.refuse, pair)


def _other_terms(name: str, old: Terms, new: Terms, pair: Both) -> Iterator[str]:
    """Say which terms a transition has now; how terms differ that keep their id is said of these."""
    if old.id is not None and old.id == new.id:
        return
    differences = [*terms_changes(name, old, new, pair)]
    if old.id is not None or new.id is not None:
        yield f"{name}{_renaming(old.id, new.id)}{'' if differences else ' (same content)'}"
    yield from differences


def _renaming(old: str | None, new: str | None) -> str:
    if old is None:
        return f": its terms are now named `{new}`"
    return f": its terms are now written in place, no longer `{old}`" if new is None else f": terms `{old}` → `{new}`"


def _on_terms(terms: Terms, side: Side) -> str:
    return f"terms ({terms_said(terms, side)})" if terms.id is None else f"terms `{terms.id}`"


def _kind_changes(
    name: str, old: frozenset[ChangeKind], new: frozenset[ChangeKind], every: tuple[ChangeKind, ...]
) -> Iterator[str]:
    yield from changes(name, {"change": _kinds_said(old, every)}, {"change": _kinds_said(new, every)})


def _kinds_said(kinds: frozenset[ChangeKind], every: tuple[ChangeKind, ...]) -> str:
    """Return kinds of change with whole groups by their name; `every` is what `any` means."""
    left = [kind for kind in RULED_KINDS if kind in kinds]
    said = []
    groups: dict[str, tuple[ChangeKind, ...]] = {"any": every, **CHANGE_GROUPS}
    for group, members in groups.items():
        if set(members) <= set(left):
            said.append(group)
            left = [kind for kind in left if kind not in members]
    return ", ".join([*said, *left])


def _same_said(rule: NoChangeRule) -> str:
    return ", ".join(name for name in _SAME if name in rule.same) or "none"


def _reach_changes(
    name: str, old: Restriction | Transition, new: Restriction | Transition, pair: Both
) -> Iterator[str]:
    known = pair.new.policy.plans.keys()
    yield from _one_reach(name, "from", (old.source, new.source), _from_said, known)
    said = _from_said if isinstance(new, Restriction) else _to_said
    yield from _one_reach(name, "to", (old.target, new.target), said, known)


def _one_reach(
    name: str, word: str, reach: tuple[Reach, Reach], said: Callable[[Reach], str], known: Collection[str]
) -> Iterator[str]:
    """Say what is named more and no longer; that a plan which was removed is no longer named goes without saying."""
    old, new = reach
    if old.plans is None or new.plans is None:
        yield from changes(name, {word: said(old)}, {word: said(new)})
        return
    before, after = _named(old), _named(new)
    if after - before:
        yield f"{name} now also {word} {ids(sorted(after - before))}"
    gone = [id for id in sorted(before - after) if id.partition("/")[0] in known]
    if gone:
        yield f"{name} no longer {word} {ids(gone)}"


def _named(reach: Reach) -> set[str]:
    """Return the plans and single prices; a price of a plan that is named as a whole says nothing more."""
    plans = reach.plans or frozenset[str]()
    return {*plans, *(f"{plan}/{price}" for plan, price in reach.prices if plan not in plans)}


def _from_said(reach: Reach) -> str:
    return "any plan" if reach.plans is None else ids(sorted(_named(reach)))


def _to_said(reach: Reach) -> str:
    """Return the targets of a transition, which stays in the family unless it says otherwise."""
    if reach.plans is not None:
        return ids(sorted(_named(reach)))
    return "any plan of any family" if reach.leaves_family else "any plan of the family"


def _no_change_said(rule: NoChangeRule, _: Side) -> Iterator[str]:
    if rule.same:
        yield f"same {_same_said(rule)}"
    yield f"change {_kinds_said(rule.change, _NOT_REACTIVATED)}"
    yield from _when_said(rule.when)
    if rule.message is not None:
        yield f"message {text_said(rule.message)}"


def _restriction_said(rule: Restriction, _: Side) -> Iterator[str]:
    yield f"change {_kinds_said(rule.change, RULED_KINDS)}"
    yield from _reach_said(rule.source, rule.target)
    yield from _when_said(rule.when)
    yield f"message {text_said(rule.message)}"


def _transition_said(rule: Transition, side: Side) -> Iterator[str]:
    yield f"change {_kinds_said(rule.change, _NOT_REACTIVATED)}"
    yield from _reach_said(rule.source, rule.target)
    if rule.target.plans is None and rule.target.leaves_family:
        yield "to any plan of any family"
    yield from _when_said(rule.when)
    yield f"refuses: {text_said(rule.refuse)}" if rule.terms is None else _on_terms(rule.terms, side)


def _reach_said(source: Reach, target: Reach) -> Iterator[str]:
    for word, reach in (("from", source), ("to", target)):
        if reach.plans is not None:
            yield f"{word} {_from_said(reach)}"


def _when_said(when: Condition) -> Iterator[str]:
    said = in_words(when)
    if said != "always":
        yield f"when {said}"
