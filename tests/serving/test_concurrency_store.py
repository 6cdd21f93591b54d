"""A store under threads, tasks and signals, and while it reloads: no wrong decision, no crash, flat memory."""

import asyncio
import gc
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.matching.storm import Interrupted, alarm
from tests.serving.shop import SIZE, ask, by_digest, cases, is_right, policy, resident_kb, write, wrong_decisions

from crossgrade.serving import PolicyStore

PRICES = range(10, 50)


@contextmanager
def restless() -> Iterator[None]:
    """Let threads take turns every 10 µs."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs in a thread each and return what they return; what one raises is raised."""
    found: list[Any] = [None] * len(jobs)

    def run(place: int) -> None:
        try:
            found[place] = jobs[place]()
        except BaseException as error:  # noqa: BLE001 - it is raised below
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return found


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The price of each policy, by its digest."""
    return by_digest(tmp_path_factory.mktemp("prices"), *PRICES)


def test_the_measure_of_right_and_wrong_can_fail(tmp_path: Path, prices: dict[str, int]) -> None:
    write(tmp_path, policy(20))
    engine = PolicyStore(tmp_path).engine()
    assert wrong_decisions(engine, prices, 200, seed=1) == []
    assert wrong_decisions(engine, dict.fromkeys(prices, 21), 200, seed=1) != []


@pytest.mark.parametrize("matcher", ["durable", "plain", "both"])
def test_threads_share_an_engine(tmp_path: Path, prices: dict[str, int], matcher: Any) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path, matcher=matcher)

    def decide(seed: int) -> list[str]:
        return wrong_decisions(store.engine(), prices, 250 * SIZE, seed)

    with restless():
        wrong = together(*(lambda seed=seed: decide(seed) for seed in range(8)))
    assert wrong == [[]] * 8


def test_tasks_share_an_engine(tmp_path: Path, prices: dict[str, int]) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)

    async def directly(seed: int) -> list[str]:
        wrong = []
        for turn in range(10 * SIZE):
            wrong += wrong_decisions(store.engine(), prices, 5, seed * 1000 + turn)
            await asyncio.sleep(0)
        return wrong

    async def in_a_thread(seed: int) -> list[str]:
        return await asyncio.to_thread(wrong_decisions, store.engine(), prices, 50 * SIZE, seed)

    async def reloading() -> list[str]:
        for price in (30, 40, 20):
            write(tmp_path, policy(price))
            reload = await asyncio.to_thread(store.reload)
            assert reload.outcome == "taken"
        return []

    async def everything() -> list[list[str]]:
        tasks = [job(seed) for seed in range(8) for job in (directly, in_a_thread)]
        return await asyncio.gather(*tasks, reloading())

    with restless():
        assert asyncio.run(everything()) == [[]] * 17


@pytest.mark.parametrize("watch", [False, True], ids=["called", "watched"])
def test_reloads_under_load(tmp_path: Path, prices: dict[str, int], *, watch: bool) -> None:
    """A writer exchanges policy and cases; each decision is right for the digest it names, and can be made again."""
    write(tmp_path, policy(10))
    store = PolicyStore(tmp_path, keep=1000)
    done = threading.Event()
    named: set[str] = set()

    def decide(seed: int) -> int:
        decided = 0
        while not done.is_set():
            engine = store.engine()
            assert wrong_decisions(engine, prices, 20, seed + decided) == []
            digest = engine.policy.digest
            named.add(digest)
            assert store.policy(digest).digest == digest
            decided += 20
        return decided

    def change() -> set[str]:
        outcomes: set[str] = set()
        try:
            for turn in range((9 if watch else 25) * SIZE):
                price = PRICES[turn % len(PRICES)]
                write(tmp_path, policy(price) if turn % 5 else policy(price).replace("USD", "XYZ"))
                write(tmp_path, cases(price if turn % 7 else 99), "cases.yaml")
                outcomes |= {store.reload().outcome} if not watch else set()
                done.wait(0.12 if watch else 0)  # what changes within 50 ms is seen as one change
        finally:
            done.set()
        return outcomes

    if watch:
        store.watch(every=1)
    with restless():
        *decided, outcomes = together(*(lambda seed=seed: decide(seed) for seed in range(8)), change)
    store.stop()
    assert min(decided) > 0
    assert watch or outcomes >= {"taken", "kept"}
    assert len(named) > 1, "the engines were not exchanged"
    for digest in named:
        assert is_right(ask(store.by_digest(digest), 30), 30, prices[digest])


def test_a_decision_ends_on_the_engine_it_began_with(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    engine = store.engine()
    write(tmp_path, policy(30))
    store.reload()
    gc.collect()
    assert is_right(ask(engine, 25), 25, 20)
    assert is_right(ask(store.engine(), 25), 25, 30)


def test_a_replaced_engine_is_freed_with_its_last_reference(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    engine = store.engine()
    freed = weakref.ref(engine._compiled[0].books["basic"].groups[0].matcher)  # noqa: SLF001
    write(tmp_path, policy(30))
    store.reload()
    gc.disable()  # nothing waits for the collector of cycles
    try:
        assert freed() is not None
        del engine
        assert freed() is None
    finally:
        gc.enable()


def test_threads_that_ask_for_a_former_version_get_one_engine(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    digest = store.engine().policy.digest
    write(tmp_path, policy(30))
    store.reload()
    with restless():
        engines = together(*[lambda: store.by_digest(digest)] * 8)
    assert len({id(engine) for engine in engines}) == 1


def test_threads_that_reload_at_once(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    write(tmp_path, policy(30))
    with restless():
        outcomes = [reload.outcome for reload in together(*[store.reload] * 8)]
    assert sorted(outcomes) == ["taken"] + ["unchanged"] * 7


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a signal within a finalizer
def test_interrupted_decisions_and_reloads(tmp_path: Path, prices: dict[str, int]) -> None:
    """A signal may raise anywhere, as a worker's timeout does; what comes after is as if nothing had been."""
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    interrupted, broken = 0, 0
    for turn in range(2000 * SIZE):
        try:
            with alarm((turn % 60 + 1) / 100_000):
                wrong_decisions(store.engine(), prices, 20, turn)
        except Interrupted:
            interrupted += 1
        assert wrong_decisions(store.engine(), prices, 2, turn) == []
    for turn in range(100 * SIZE):
        before = store.engine()
        write(tmp_path, policy(PRICES[turn % len(PRICES)]))
        try:
            with alarm((turn % 25 + 1) / 4_000):
                store.reload()
        except Interrupted:
            broken += 1
            assert store.engine() is before or store.status.tried_at == store.status.taken_at
        assert wrong_decisions(store.engine(), prices, 2, turn) == []
    assert interrupted > 1000
    assert broken > 10
    assert store.reload().outcome in ("taken", "unchanged")


def test_memory_is_flat_over_reloads(tmp_path: Path) -> None:
    """Neither the rules engine's memory, which a ruleset takes 3 MB of, nor Python's grows with the reloads."""
    write(tmp_path, cases(10), "cases.yaml")

    def reloads(turns: int) -> None:
        for turn in range(turns):
            price = PRICES[turn % 10]
            write(tmp_path, policy(price))
            write(tmp_path, cases(price if turn % 3 else 99), "cases.yaml")
            store.reload()
            ask(store.engine(), 30)
            ask(store.by_digest(store.status.policies[0].digest), 30)

    write(tmp_path, policy(10))
    store = PolicyStore(tmp_path, keep=3)
    reloads(30)
    gc.collect()
    before = resident_kb()
    reloads(50 * SIZE)
    gc.collect()
    assert resident_kb() - before < 3_000
    tracemalloc.start()
    try:
        reloads(10)
        gc.collect()
        traced = tracemalloc.get_traced_memory()[0]
        reloads(20)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - traced < 100_000
    finally:
        tracemalloc.stop()
