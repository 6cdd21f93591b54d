"""A formula: a condition over axes, each atom a set of cells; and what is left of it in a box of cells."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Literal
from weakref import WeakValueDictionary

Atom = tuple[Literal["atom"], str, int]
"""The axis, and the bits of its cells in which it holds."""

Box = Mapping[str, int]
"""The cells of each axis that are left; an axis that is not there is whole."""

_KINDS = Literal["atom", "all", "any", "none"]
_numbers = count()


class Node:
    """A formula that is neither always true nor never: an atom, or parts joined. Equal ones are the same object."""

    __slots__ = ("__weakref__", "axes", "axis", "kind", "left", "mask", "number", "parts")

    def __init__(self, kind: _KINDS, parts: "tuple[Node, ...]", axis: str, mask: int) -> None:
        self.kind, self.parts, self.axis, self.mask = kind, parts, axis, mask
        self.axes: frozenset[str] = frozenset((axis,) if kind == "atom" else ()).union(*(part.axes for part in parts))
        self.left: dict[tuple[str, int], Formula] = {}
        self.number = next(_numbers)


Formula = bool | Node

_known: WeakValueDictionary[tuple[str, tuple[Node, ...], str, int], Node] = WeakValueDictionary()


def _node(kind: _KINDS, parts: tuple[Node, ...] = (), axis: str = "", mask: int = 0) -> Node:
    key = (kind, parts, axis, mask)
    found = _known.get(key)
    if found is None:
        found = _known[key] = Node(kind, parts, axis, mask)
    return found


def atom(axis: str, mask: int, whole: int) -> Formula:
    """Return the formula of a set of cells."""
    if mask == 0:
        return False
    return True if mask == whole else _node("atom", (), axis, mask)


def all_of(*parts: Formula) -> Formula:
    """Return the formula that holds where every part does."""
    return _joined("all", parts, neutral=True)


def any_of(*parts: Formula) -> Formula:
    """Return the formula that holds where some part does."""
    return _joined("any", parts, neutral=False)


def none_of(*parts: Formula) -> Formula:
    """Return the formula that holds where no part does."""
    inner = any_of(*parts)
    if isinstance(inner, bool):
        return not inner
    if inner.kind == "none":
        return any_of(*inner.parts)
    return _node("none", inner.parts if inner.kind == "any" else (inner,))


def _joined(kind: Literal["all", "any"], parts: tuple[Formula, ...], *, neutral: bool) -> Formula:
    """Join the parts; one that is not neutral settles it, and each counts once, in an order of their own."""
    kept: set[Node] = set()
    for part in parts:
        if isinstance(part, bool):
            if part is not neutral:
                return part
        elif part.kind == kind:
            kept.update(part.parts)
        else:
            kept.add(part)
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept.pop()
    return _node(kind, tuple(sorted(kept, key=_number)))


def _number(node: Node) -> int:
    return node.number


def within(formula: Formula, axis: str, mask: int) -> Formula:
    """Return what is left of a formula where only some cells of an axis are."""
    if isinstance(formula, bool) or axis not in formula.axes:
        return formula
    found = formula.left.get((axis, mask))
    if found is None:
        if formula.kind == "atom":
            found = atom(axis, formula.mask & mask, mask)
        else:
            found = _JOINED[formula.kind](*(within(part, axis, mask) for part in formula.parts))
        formula.left[axis, mask] = found
    return found


_JOINED: dict[str, Callable[..., Formula]] = {"all": all_of, "any": any_of, "none": none_of}


def first_atom(formula: Formula) -> Atom | None:
    """Return the first atom of a formula, None where it is settled."""
    while not isinstance(formula, bool):
        if formula.kind == "atom":
            return ("atom", formula.axis, formula.mask)
        formula = formula.parts[0]
    return None
