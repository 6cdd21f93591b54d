"""Deciding under threads and signals. Run alone it decides without locks, which may well end the process."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from crossgrade.matching import durable
from crossgrade.matching.normal_form import normal_form
from crossgrade.model.condition import Comparison, Condition, Value

RULES: list[tuple[int, Condition]] = [(n, Comparison("x", "at_least", (n,))) for n in range(10)]


def matcher() -> durable.DurableMatcher:
    return durable.DurableMatcher([(index, normal_form(condition)) for index, condition in RULES])


def facts(number: int) -> dict[str, Value]:
    return {"x": number}


def expected(number: int) -> int:
    return sum(1 << index for index in range(10) if number >= index)


class NoLock:
    """Stands where a lock should."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


def wrong_answers(shared: durable.DurableMatcher, threads: int = 8, decisions: int = 400) -> int:
    """Return how many of the decisions of some threads are wrong or fail."""
    wrong = []

    def decide(thread: int) -> None:
        for turn in range(decisions):
            number = (thread * 7 + turn) % 11 - 1
            try:
                if shared.hits(facts(number)) != expected(number):
                    wrong.append(number)
            except BaseException:  # noqa: BLE001 - whatever goes wrong counts
                wrong.append(number)

    running = [threading.Thread(target=decide, args=(thread,)) for thread in range(threads)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for each in running:
            each.start()
        for each in running:
            each.join()
    finally:
        sys.setswitchinterval(interval)
    return len(wrong)


class Interrupted(Exception):  # noqa: N818
    """What the alarm raises."""


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise Interrupted after some time, wherever the code is then."""

    def ring(_: int, __: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Hesitant(durable._Handle):  # noqa: SLF001
    """A handle that lets another thread in between the look whether it is free and the taking of it."""

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name == "dirty" and not found:
            time.sleep(1e-5)
        return found


def hesitant() -> durable.DurableMatcher:
    """Return a matcher whose handles hesitate: only a lock keeps its answers right."""
    durable._Handle = Hesitant  # type: ignore[misc]  # noqa: SLF001
    return matcher()


if __name__ == "__main__":
    unlocked = hesitant()
    if sys.argv[1:] != ["--locked"]:
        for shard in unlocked._shards:  # noqa: SLF001
            shard.lock = NoLock()  # type: ignore[assignment]
    sys.exit(3 if wrong_answers(unlocked, decisions=100) else 0)
