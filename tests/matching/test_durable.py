# ruff: noqa: SLF001 - what must not happen inside is looked at inside
import gc
import os
import subprocess
import sys
import threading
import warnings
import weakref
from pathlib import Path
from typing import Any

import pytest
from tests.matching import storm

from crossgrade.errors import InvalidFacts
from crossgrade.matching import durable
from crossgrade.matching.durable import DurableMatcher, RulesEngineFailed
from crossgrade.matching.normal_form import normal_form
from crossgrade.model.condition import ALWAYS, NEVER, AllOf, AnyOf, Comparison, Condition


def of(*conditions: Condition) -> DurableMatcher:
    return DurableMatcher([(index, normal_form(each)) for index, each in enumerate(conditions)])


def x(number: int) -> Comparison:
    return Comparison("x", "at_least", (number,))


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def test_the_extension_is_here() -> None:
    assert durable.available()


def test_a_missing_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    assert not durable.available()


def test_always_and_never_do_not_reach_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    assert of(NEVER, ALWAYS).hits({}) == 0b10


def test_no_rules() -> None:
    assert of().hits({}) == 0


def test_a_rule_of_several_cases_and_rules_that_share_them() -> None:
    either = AnyOf((x(5), Comparison("y", "in", (True,))))
    matcher = of(either, x(5), either)
    assert matcher.hits({"x": 5, "y": True}) == 0b111
    assert matcher.hits({"x": 4, "y": True}) == 0b101
    assert matcher.hits({"x": 4, "y": False}) == 0


def test_more_rules_that_hold_than_the_engine_can_bear_in_one_ruleset() -> None:
    assert of(*map(x, range(500))).hits({"x": 499}) == 2**500 - 1


def test_more_attributes_than_the_engine_can_bear_in_one_ruleset() -> None:
    wide = [AllOf(tuple(Comparison(f"{n}.{m}", "in", (1,)) for m in range(190))) for n in range(4)]
    matcher = of(*wide)
    facts = {f"{n}.{m}": 1 for n in range(4) for m in range(190)}
    assert matcher.hits(facts) == 0b1111
    assert matcher.hits({**facts, "2.100": 0}) == 0b1011


def test_wrong_facts_leave_the_matcher_usable() -> None:
    matcher = of(x(3))
    with pytest.raises(InvalidFacts):
        matcher.hits({"x": "3"})
    assert matcher.hits({"x": 3}) == 1


def test_closed() -> None:
    matcher = of(x(3))
    matcher.close()
    matcher.close()
    with pytest.raises(RulesEngineFailed, match="closed"):
        matcher.hits({"x": 3})


class Broken:
    """The extension, with one answer that is none of the known ones."""

    def __init__(self, name: str, answer: Any) -> None:
        self._name, self._answer = name, answer

    def __getattr__(self, name: str) -> Any:
        import durable_rules_engine

        return (lambda *_: self._answer) if name == self._name else getattr(durable_rules_engine, name)


@pytest.mark.parametrize(
    ("name", "answer", "status"),
    [
        ("assert_fact", (1, 0), 1),
        ("start_action_for_state", None, None),
        ("complete_and_start_action", '{"w":{}}', '{"w":{}}'),
    ],
)
def test_a_warm_up_that_fails(monkeypatch: pytest.MonkeyPatch, name: str, answer: object, status: object) -> None:
    monkeypatch.setattr(durable, "_extension", lambda: Broken(name, answer))
    with pytest.raises(RulesEngineFailed, match="warm-up") as raised:
        of(x(3))
    assert raised.value.status == status


def test_an_unexpected_status(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = of(x(3))
    (shard,) = matcher._shards
    monkeypatch.setattr(shard, "_assert_fact", lambda *_: (3, 0))
    with pytest.raises(RulesEngineFailed, match="unexpected status: 3") as raised:
        matcher.hits({"x": 3})
    assert raised.value.status == 3
    monkeypatch.undo()
    assert matcher.hits({"x": 3}) == 1


def test_an_error_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = of(x(3))
    (shard,) = matcher._shards
    monkeypatch.setattr(shard, "_members", [(0, ["", "nonsense", "nonsense"])])
    with pytest.raises(RulesEngineFailed, match="error code") as raised:
        matcher.hits({"x": 3})
    assert raised.value.__cause__ is not None


def test_threads_share_a_matcher() -> None:
    assert storm.wrong_answers(storm.matcher()) == 0


def stormed(*options: str) -> int:
    """Return the exit code of a storm over handles that hesitate; in its own process, which it may well end."""
    root = Path(durable.__file__).parents[2]
    search = os.pathsep.join((str(root), str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        [sys.executable, "-m", "tests.matching.storm", *options],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 3) or done.returncode < 0, done.stderr.decode()
    return done.returncode


def test_threads_would_go_wrong_without_the_lock() -> None:
    assert stormed() != 0
    assert stormed("--locked") == 0


def test_interruptions_do_not_show_in_later_decisions() -> None:
    matcher, interrupted, broken_in = storm.matcher(), 0, 0
    for turn in range(3000):
        number = turn % 11 - 1
        try:
            with storm.alarm((turn % 50 + 1) / 1_000_000):
                for _ in range(20):
                    assert matcher.hits(storm.facts(number)) == storm.expected(number)
        except storm.Interrupted:
            interrupted += 1
        broken_in += matcher._shards[0]._handle.dirty
        assert matcher.hits(storm.facts(10 - number)) == storm.expected(10 - number)
        if broken_in == 300:
            break
    assert interrupted >= broken_in >= 100


@pytest.mark.parametrize("call", ["_assert_fact", "_start", "_complete", "_retract"])
def test_an_interruption_after_each_call(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    matcher = storm.matcher()
    (shard,) = matcher._shards
    original = getattr(shard, call)

    def interrupted(*arguments: object) -> None:
        original(*arguments)
        raise storm.Interrupted

    monkeypatch.setattr(shard, call, interrupted)
    with pytest.raises(storm.Interrupted):
        matcher.hits(storm.facts(5))
    monkeypatch.undo()
    assert shard._handle.dirty
    for number in (3, 9, -1):
        assert matcher.hits(storm.facts(number)) == storm.expected(number)


def test_a_matcher_that_is_dropped_or_closed_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    for close in (True, False):
        matcher = storm.matcher()
        matcher._shards[0]._handle.dirty = True
        if close:
            matcher.close()
    del matcher
    gc.collect()
    assert storm.matcher().hits(storm.facts(5)) == storm.expected(5)


def test_a_decision_within_a_decision() -> None:
    """A signal handler may decide while the thread it interrupts does."""
    matcher = storm.matcher()
    (shard,) = matcher._shards
    start = shard._start
    inner: list[int | None] = []

    def nested(*arguments: object) -> object:
        if not inner:
            inner.append(None)
            inner.append(matcher.hits(storm.facts(2)))
        return start(*arguments)

    shard._start = nested
    assert matcher.hits(storm.facts(7)) == storm.expected(7)
    assert inner[1] == storm.expected(2)
    assert matcher.hits(storm.facts(4)) == storm.expected(4)


def test_a_fork_while_another_thread_decides() -> None:
    matcher = storm.matcher()
    (shard,) = matcher._shards
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with shard.lock:
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from 3.12 on, forking with threads is frowned upon
        child = os.fork()
    if child == 0:
        right = all(matcher.hits(storm.facts(number)) == storm.expected(number) for number in range(11))
        os._exit(0 if right else 1)
    done.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    assert matcher.hits(storm.facts(5)) == storm.expected(5)


@pytest.mark.parametrize("close", [True, False], ids=["closed", "dropped"])
@pytest.mark.parametrize("decide", [True, False], ids=["asked", "never asked"])
def test_memory_comes_back(*, close: bool, decide: bool) -> None:
    def once() -> None:
        matcher = of(*map(x, range(60)))
        if decide:
            assert matcher.hits({"x": 3}) == 0b1111
        if close:
            matcher.close()

    for _ in range(30):
        once()
    before = resident_kb()
    for _ in range(200):  # some 250 MB if they stayed
        once()
    assert resident_kb() - before < 8_000


def test_memory_stays_flat_over_decisions() -> None:
    matcher = storm.matcher()
    for turn in range(2000):
        matcher.hits(storm.facts(turn % 11))
    before = resident_kb()
    for turn in range(20_000):
        matcher.hits(storm.facts(turn % 11))
    assert resident_kb() - before < 2_000


def test_a_dropped_matcher_is_collected() -> None:
    matcher = of(x(1))
    shard = weakref.ref(matcher._shards[0])
    del matcher
    gc.collect()
    assert shard() is None
