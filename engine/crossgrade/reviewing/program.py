"""A program: what one policy does with a shape of membership and selection, as rules over what is still open."""

from collections.abc import Hashable, Iterator

from msgspec import Struct

from crossgrade.reviewing.formula import Atom, Formula, any_of, first_atom, within

Rule = tuple[Formula, Hashable]
"""Where a rule holds, and what comes out: a Key, `("refuse", Key)` where a transition refuses, `("error", code)`."""


class Program(Struct, frozen=True, gc=False):
    """The rules in order: the first no-change that holds, else every restriction, else the first transition.

    The last transition holds always.
    """

    no_change: tuple[Rule, ...]
    restrictions: tuple[Rule, ...]
    transitions: tuple[Rule, ...]


class Outcome(Struct, frozen=True, gc=False):
    """What comes out in a box: the keys that do, and for a refusal those that may come beside them."""

    kind: str
    keys: frozenset[Hashable]
    possible: frozenset[Hashable] = frozenset()


def settled(no_change: tuple[Rule, ...], restrictions: tuple[Rule, ...], transitions: tuple[Rule, ...]) -> Program:
    """Return the program without what cannot come to hold."""
    first = _first_match(no_change)
    if first and first[0][0] is True:
        return Program(first[:1], (), ())
    forbidding = _merged(restrictions)
    if any(formula is True for formula, _ in forbidding):
        return Program(first, forbidding, ())
    return Program(first, forbidding, _first_match(transitions))


def _first_match(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules of which the first that holds decides, without those that never decide."""
    kept: list[Rule] = []
    for formula, key in rules:
        if formula is False:
            continue
        if kept and kept[-1][1] == key:
            kept[-1] = (any_of(kept[-1][0], formula), key)
        else:
            kept.append((formula, key))
        if kept[-1][0] is True:
            break
    return tuple(kept)


def _merged(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return one rule for each key, in an order of their own: every one that holds counts."""
    found: dict[Hashable, Formula] = {}
    for formula, key in rules:
        found[key] = any_of(found.get(key, False), formula)
    return tuple(sorted(((each, key) for key, each in found.items() if each is not False), key=_by_formula))


def _by_formula(rule: Rule) -> int:
    return -1 if isinstance(rule[0], bool) else rule[0].number


def narrowed(program: Program, axis: str, mask: int) -> Program:
    """Return what is left of a program where only some cells of an axis are."""
    parts = [
        tuple(
            [
                rule if rule[0] is True or axis not in rule[0].axes else (within(rule[0], axis, mask), rule[1])  # type: ignore[union-attr]
                for rule in rules
            ]
        )
        for rules in (program.no_change, program.restrictions, program.transitions)
    ]
    if parts == [program.no_change, program.restrictions, program.transitions]:
        return program
    return settled(*parts)


def outcome(program: Program) -> Outcome | Atom:
    """Return what comes out, or what must be known first."""
    for formula, key in program.no_change:
        if formula is True:
            return Outcome("no_change", frozenset((key,)))
        return _open(formula)
    holding = frozenset(key for formula, key in program.restrictions if formula is True)
    if holding:
        return Outcome("refusal", holding, frozenset(key for _, key in program.restrictions))
    for formula, _ in program.restrictions:
        return _open(formula)
    formula, key = program.transitions[0]
    return _by_transition(key) if formula is True else _open(formula)


def _open(formula: Formula) -> Atom:
    found = first_atom(formula)
    if found is None:
        raise AssertionError("a settled formula is open")
    return found


def _by_transition(key: Hashable) -> Outcome:
    if isinstance(key, tuple):
        kind = "refusal" if key[0] == "refuse" else "error"
        return Outcome(kind, frozenset((key[1],)), frozenset((key[1],)))
    return Outcome("quote", frozenset((key,)))


def first_difference(old: Program, new: Program) -> Atom | None:
    """Return something open in the first rule by which two programs differ, None where nothing there is."""
    for one, other in ((old.no_change, new.no_change), (old.restrictions, new.restrictions)):
        for formula in _differing(one, other):
            return first_atom(formula)
    for formula in _differing(old.transitions, new.transitions):
        return first_atom(formula)
    return None


def _differing(old: tuple[Rule, ...], new: tuple[Rule, ...]) -> Iterator[Formula]:
    """Return the open formulas of the first rules that differ."""
    for one, other in zip(old, new, strict=False):
        if one != other:
            yield from (formula for formula, _ in (one, other) if not isinstance(formula, bool))
            return
    longer = old if len(old) > len(new) else new
    yield from (formula for formula, _ in longer[min(len(old), len(new)) :][:1] if not isinstance(formula, bool))
