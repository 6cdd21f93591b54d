"""Measuring: contenders take turns in rounds of one run, so that a noisy machine is noisy for all of them."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns

Task = Callable[[], object]
BATCH_NS = 10_000_000
"""A turn lasts at least about this long."""


@dataclass(frozen=True)
class Timing:
    """Microseconds for one piece of work, round by round."""

    rounds: tuple[float, ...]

    @property
    def typical(self) -> float:
        """The median round."""
        return median(self.rounds)

    @property
    def best(self) -> float:
        """The round that was disturbed least."""
        return min(self.rounds)

    def against(self, other: "Timing") -> float:
        """Return the ratio of the best rounds: a busy core slows some contenders more than others, medians show it."""
        return self.best / other.best


def rounds(contenders: Mapping[str, Sequence[Task]], count: int) -> dict[str, Timing]:
    """Time every contender's tasks in turn, `count` rounds of it; a timing is for one task."""
    repeats = {name: _repeats(tasks) for name, tasks in contenders.items()}
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(count):
        for name, tasks in contenders.items():
            gc.collect()
            spent = _spent(tasks, repeats[name])
            found[name].append(spent / (1_000 * repeats[name] * len(tasks)))
    return {name: Timing(tuple(times)) for name, times in found.items()}


def _repeats(tasks: Sequence[Task]) -> int:
    _spent(tasks, 1)
    return max(1, round(BATCH_NS / _spent(tasks, 1)))


def _spent(tasks: Sequence[Task], repeats: int) -> int:
    start = perf_counter_ns()
    for _ in range(repeats):
        for task in tasks:
            task()
    return perf_counter_ns() - start


def singles(tasks: Sequence[Task], repeats: int) -> list[float]:
    """Return the microseconds of every single task, sorted."""
    gc.collect()
    found = []
    for _ in range(repeats):
        for task in tasks:
            start = perf_counter_ns()
            task()
            found.append((perf_counter_ns() - start) / 1_000)
    return sorted(found)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value that `share` of the sorted ones are not above."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
