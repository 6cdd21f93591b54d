"""A store and forked workers: one that is made before the fork serves on, and each worker watches for itself."""

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from time import monotonic, sleep
from traceback import print_exc

import pytest
from tests.serving.shop import SIZE, ask, by_digest, due, policy, write, wrong_decisions

from crossgrade.serving import PolicyStore

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(autouse=True)
def forking() -> Iterator[None]:
    """Let a process with threads fork, which from 3.12 on is frowned upon: servers do it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def forked(job: Callable[[], None]) -> int:
    """Run a job in a forked process; return its id."""
    child = os.fork()
    if child:
        return child
    signal.alarm(60)  # a worker that hangs is a worker that failed
    try:
        job()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the parent sees that it failed
        print_exc(file=sys.__stderr__)
        os._exit(1)


def ended_well(*children: int) -> bool:
    return [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)


def wait_until(condition: Callable[[], bool]) -> None:
    end = monotonic() + 20
    while not condition():
        assert monotonic() < end, "it did not come"
        sleep(0.01)


@pytest.fixture
def store(tmp_path: Path) -> PolicyStore:
    write(tmp_path / "live", policy(20))
    return PolicyStore(tmp_path / "live")


def prices(store: PolicyStore) -> dict[str, int]:
    return {store.engine().policy.digest: 20}


@pytest.mark.parametrize("used", [False, True], ids=["before first use", "after first use"])
def test_workers_serve_what_was_loaded_before_the_fork(store: PolicyStore, *, used: bool) -> None:
    if used:
        assert wrong_decisions(store.engine(), prices(store), 100, seed=0) == []

    def work() -> None:
        assert wrong_decisions(store.engine(), prices(store), 300 * SIZE, os.getpid()) == []

    workers = [forked(work) for _ in range(4)]
    work()
    assert ended_well(*workers)
    work()


def test_workers_of_multiprocessing(store: PolicyStore) -> None:
    context = multiprocessing.get_context("fork")

    def work() -> None:
        assert wrong_decisions(store.engine(), prices(store), 300 * SIZE, os.getpid()) == []
        threads = [threading.Thread(target=due, args=(store.engine(),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    workers = [context.Process(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    work()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4


def test_workers_reload_by_themselves(store: PolicyStore, tmp_path: Path) -> None:
    write(tmp_path / "live", policy(30))

    def work() -> None:
        assert due(store.engine()) == "20.00"
        assert store.reload().outcome == "taken"
        assert due(store.engine()) == "30.00"

    assert ended_well(forked(work), forked(work))
    assert due(store.engine()) == "20.00"
    work()


def test_a_fork_while_a_thread_reloads(store: PolicyStore, tmp_path: Path) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store._reloading:  # noqa: SLF001 - the moment cannot be met from outside
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    write(tmp_path / "live", policy(30))

    def work() -> None:
        assert store.reload().outcome == "taken"

    worker = forked(work)
    assert ended_well(worker)
    done.set()
    thread.join()
    work()


def test_a_watcher_does_not_live_in_a_worker_until_it_watches(store: PolicyStore, tmp_path: Path) -> None:
    """With gunicorn, `post_fork` calls `watch`."""
    store.watch()
    assert store.status.watching

    def work() -> None:
        assert not store.status.watching
        assert due(store.engine()) == "20.00"
        store.watch(every=1)
        assert store.status.watching
        wait_until(lambda: due(store.engine()) == "30.00")
        store.stop()

    workers = [forked(work) for _ in range(3)]
    sleep(0.5)
    write(tmp_path / "live", policy(30))
    assert ended_well(*workers)
    wait_until(lambda: due(store.engine()) == "30.00")
    assert store.status.watching
    store.stop()


def test_forks_under_load(store: PolicyStore, tmp_path: Path) -> None:
    """Workers are made, as after a crash, while threads of their parent decide, reload and look things up."""
    known = by_digest(tmp_path / "known", 20, 30, 40)
    done = threading.Event()

    def load() -> None:
        for price in cycle((30, 40)):
            write(tmp_path / "live", policy(price))
            store.reload()
            if done.is_set():
                return

    def decide() -> None:
        while not done.is_set():
            ask(store.engine(), 35)

    def work() -> None:
        assert wrong_decisions(store.engine(), known, 50, os.getpid()) == []
        store.reload()
        assert wrong_decisions(store.engine(), known, 50, os.getpid()) == []

    threads = [threading.Thread(target=job) for job in (load, decide, decide)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(12 * SIZE):
            assert ended_well(forked(work))
    finally:
        done.set()
        for thread in threads:
            thread.join()
