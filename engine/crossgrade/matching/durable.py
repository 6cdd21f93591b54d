"""Which rules hold, through durable-rules: the only file that knows it.

Only a narrow part of durable-rules is sound, and only that is used here: its C extension (its Python layer starts
threads that steal results), one fact of integer codes, conjunctions of comparisons with constants. Joins,
arithmetic, texts and numbers with a fraction crash the process or match wrongly.
"""

import json
import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from crossgrade.errors import CrossgradeError
from crossgrade.matching.coding import CodedLiteral, Coding
from crossgrade.matching.normal_form import Conjunction
from crossgrade.model.condition import Operator, Value

SHARD_SIZE = 60
"""Conjunctions in one ruleset: with 65 that match one fact the engine's stack overflows."""

SHARD_WIDTH = 240
"""Attributes in one ruleset: the engine takes 252, its own included."""

_SESSION = "0"  # one session for ever: each new one costs 1.2 MB for 100 rules, and the 1,025th is an error
_RETRACTED = '{"id":"0"}'
_WARM_UP = '{"id":"0","w":1}'
_MATCHED, _UNMATCHED = 0, 1
_OPERATORS: dict[Operator, str] = {
    "in": "$eq",
    "not_in": "$neq",
    "at_least": "$gte",
    "at_most": "$lte",
    "more_than": "$gt",
    "less_than": "$lt",
}


class RulesEngineFailed(CrossgradeError):  # noqa: N818 - the name says what happened
    """durable-rules did what it never should, or was asked after it was closed; `status` is what it answered."""

    def __init__(self, message: str, status: object = None) -> None:
        super().__init__(message if status is None else f"{message}: {status!r}")
        self.status = status


def available() -> bool:
    """Return whether the extension can be imported; built without its flag for Python 3.13 it cannot."""
    try:
        _extension()
    except ImportError:
        return False
    return True


def _extension() -> Any:
    import durable_rules_engine  # may be absent, or fail on an undefined symbol

    return durable_rules_engine


class DurableMatcher:
    """Says which of some rules hold, given the normal forms of their conditions.

    Threads may share it, and a forked process may use it. Dropping the last reference gives its memory back as
    `close` does.
    """

    def __init__(self, rules: Sequence[tuple[int, tuple[Conjunction, ...]]]) -> None:
        self._always = 0
        masks: dict[Conjunction, int] = {}  # rules that share a conjunction share one rule of the engine
        for index, conjunctions in rules:
            if () in conjunctions:
                self._always |= 1 << index
                continue
            for conjunction in conjunctions:
                masks[conjunction] = masks.get(conjunction, 0) | 1 << index
        coding = Coding(masks)
        coded = [(tuple(map(coding.coded, each)), mask) for each, mask in masks.items()]
        self._encode = coding.encode
        self._shards = [_Shard(part, coding.sizes) for part in _parts(coded)]

    def hits(self, values: Mapping[str, Value]) -> int:
        """Return the rules that hold: bit `i` is set when the rule of index `i` does."""
        codes = self._encode(values)
        found = self._always
        for shard in self._shards:
            found |= shard.hits(codes)
        return found

    def close(self) -> None:
        """Give the engine's memory back; asking afterwards is RulesEngineFailed."""
        for shard in self._shards:
            shard.close()


_Rule = tuple[tuple[CodedLiteral, ...], int]
"""A conjunction in codes, and the rules it makes hold."""


def _parts(rules: Iterable[_Rule]) -> Iterator[list[_Rule]]:
    """Yield the rules in parts that fit into one ruleset of the engine."""
    part: list[_Rule] = []
    names: set[_Name] = set()
    for rule in rules:
        own = {_name(literal) for literal in rule[0]}
        if part and (len(part) == SHARD_SIZE or len(names | own) > SHARD_WIDTH):
            yield part
            part, names = [], set()
        part.append(rule)
        names |= own
    if part:
        yield part


_Name = tuple[int, tuple[int, ...]]
"""What an attribute of the engine stands for: the code of an attribute, or its being one of several codes."""


def _name(literal: CodedLiteral) -> _Name:
    return literal.attribute, literal.codes if len(literal.codes) > 1 else ()


class _Wording:
    """How one ruleset writes its rules and facts.

    A list of codes is an attribute of its own, 1 for a code in it and 0 otherwise, since the engine has no lists.
    A fact leaves out the attributes of which no test of the ruleset holds: to the engine every comparison with an
    absent attribute is false, and reading attributes is most of its work.
    """

    def __init__(self, conjunctions: list[tuple[CodedLiteral, ...]], sizes: tuple[int, ...]) -> None:
        literals = sorted({literal for each in conjunctions for literal in each}, key=_name)
        self._sizes = sizes
        self._names = {name: f"a{place}" for place, name in enumerate(dict.fromkeys(map(_name, literals)))}
        self._tests: dict[int, dict[_Name, list[CodedLiteral]]] = {}
        for literal in literals:
            self._tests.setdefault(literal.attribute, {}).setdefault(_name(literal), []).append(literal)

    def rule(self, conjunction: tuple[CodedLiteral, ...]) -> dict[str, Any]:
        """Return the rule that matches a fact of which the conjunction holds, the rarest test first.

        At every test that holds, the engine reads the whole fact again to see which of the next ones do.
        """
        ordered = sorted(conjunction, key=self._per_mille)
        tests = [{_OPERATORS[each.operator]: {self._names[_name(each)]: _code(each)}} for each in ordered]
        return {"all": [{"m": {"$and": tests}}]}

    def members(self) -> list[tuple[int, list[str]]]:
        """Return, for each attribute, what a fact says of it for each of its codes."""
        return [(each, [self._said(each, code) for code in range(self._sizes[each])]) for each in self._tests]

    def _per_mille(self, literal: CodedLiteral) -> int:
        size = self._sizes[literal.attribute]
        return sum(map(literal.holds, range(size))) * 1000 // size

    def _said(self, attribute: int, code: int) -> str:
        said = ""
        for name, literals in self._tests[attribute].items():
            if any(literal.holds(code) for literal in literals):
                said += f',"{self._names[name]}":{int(code in name[1]) if name[1] else code}'
        return said


def _code(literal: CodedLiteral) -> int:
    return literal.codes[0] if len(literal.codes) == 1 else 1


class _Handle:
    """The engine's number for a ruleset; `dirty` from before a decision until all its matches are drained."""

    __slots__ = ("dirty", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.dirty = False


class _Shard:
    """One ruleset of the engine."""

    def __init__(self, rules: list[_Rule], sizes: tuple[int, ...]) -> None:
        wording = _Wording([conjunction for conjunction, _ in rules], sizes)
        named = {f"{number:02}": rule for number, rule in enumerate(rules)}
        self._masks = {name: mask for name, (_, mask) in named.items()}
        self._members = wording.members()
        matched = {name: wording.rule(conjunction) for name, (conjunction, _) in named.items()}
        self._ruleset = json.dumps({"w": {"all": [{"m": {"w": 1}}]}, **matched}, separators=(",", ":"))
        self._engine = engine = _extension()
        self._error: type[Exception] = engine.error
        self._assert_fact, self._start = engine.assert_fact, engine.start_action_for_state
        self._complete, self._retract = engine.complete_and_start_action, engine.retract_fact
        # Reentrant: a signal handler that decides finds the dirty flag set and takes a handle of its own.
        self.lock = threading.RLock()
        self._closed = False
        self._open()
        _shards.add(self)

    def _open(self) -> None:
        """Take a new handle; a dirty one is left behind, since neither using nor freeing it is safe."""
        self._handle = _Handle(_opened(self._engine, self._ruleset))
        self._finalizer = weakref.finalize(self, _dispose, self._engine, self._handle)
        # At exit the process gives everything back, and a daemon thread may still be deciding.
        self._finalizer.atexit = False

    def _reopen(self) -> None:
        if self._closed:
            raise RulesEngineFailed("the matcher is closed")
        self._finalizer.detach()
        self._open()

    def hits(self, codes: list[int]) -> int:
        """Return the rules that hold for the codes, as bits."""
        fact = '{"id":"0"' + "".join([said[codes[place]] for place, said in self._members]) + "}"
        with self.lock:
            if self._handle.dirty:
                self._reopen()
            handle = self._handle
            handle.dirty = True  # stays so when a signal's exception breaks in
            try:
                found = self._drained(handle.number, fact)
            except self._error as error:
                raise RulesEngineFailed("durable-rules could not match a fact", str(error)) from error
            handle.dirty = False
        return found

    def _drained(self, handle: int, fact: str) -> int:
        """Assert the fact, take every match and retract it: a match left behind would show in a later decision."""
        status, state = self._assert_fact(handle, fact)
        if status == _UNMATCHED:
            return 0  # nothing was stored
        if status != _MATCHED:
            raise RulesEngineFailed("durable-rules answered a fact with an unexpected status", status)
        found = 0
        started = self._start(handle, state)
        match = started[1] if started else None
        masks, complete = self._masks, self._complete
        while match:
            found |= masks[match[2:4]]  # a match is `{"07":{"m":{...}}}`
            match = complete(handle, state)
        self._retract(handle, _RETRACTED)
        return found

    def close(self) -> None:
        """Free the handle, once."""
        with self.lock:
            self._closed = True
            self._finalizer()
            self._handle.dirty = True


def _opened(engine: Any, ruleset: str) -> int:
    """Return a new handle that is warmed up."""
    try:
        handle: int = engine.create_ruleset("r", ruleset)
        _warm_up(engine, handle)
    except engine.error as error:
        raise RulesEngineFailed("durable-rules could not take the rules", str(error)) from error
    return handle


def _warm_up(engine: Any, handle: int) -> None:
    """Match a fact of a rule made for it.

    The first decision of a session builds its state, and freeing a session in which no action ever started frees
    an uninitialised pointer. The warm-up takes care of both, so each of its answers is checked.
    """
    status, state = engine.assert_fact(handle, _WARM_UP)
    if status != _MATCHED:
        raise RulesEngineFailed("durable-rules did not take the warm-up fact", status)
    started = engine.start_action_for_state(handle, state)
    if not started or not started[1].startswith('{"w":'):
        raise RulesEngineFailed("durable-rules did not match the warm-up fact", started)
    rest = engine.complete_and_start_action(handle, state)
    if rest is not None:
        raise RulesEngineFailed("durable-rules matched the warm-up fact twice", rest)
    engine.retract_fact(handle, _RETRACTED)


def _dispose(engine: Any, handle: _Handle) -> None:
    """Free a clean handle; without `delete_state` first, its states would stay."""
    if not handle.dirty:
        engine.delete_state(handle.number, _SESSION)
        engine.delete_ruleset(handle.number)


_shards: "weakref.WeakSet[_Shard]" = weakref.WeakSet()


def _renew_locks() -> None:
    """Give every shard a new lock: after a fork, a thread that held the old one no longer exists."""
    for shard in _shards:
        shard.lock = threading.RLock()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_renew_locks)
