"""Watching: a thread that looks after a folder whenever something in it has changed."""

import atexit
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from crossgrade.errors import CrossgradeError

_TICKS = 10
"""How many times a second the thread wakes up; it looks after the folder far less often."""


class Watching:
    """Calls `look` in a thread when a folder may have changed, and every so many seconds, until it is stopped.

    Each look has a thread of its own, so that what it raises goes to `threading.excepthook`, as from any thread, and
    watching goes on.
    """

    def __init__(self, folder: Path, look: Callable[[], None], *, every: int) -> None:
        self._look = look
        self._stopped = threading.Event()
        self._every = every * _TICKS
        self._changes = _changes(folder, self._stopped)
        next(self._changes)  # now, so that what the system refuses is raised here
        self._thread = threading.Thread(target=self._run, name="crossgrade-watch", daemon=True)
        self._thread.start()
        # Where a thread is still inside watchfiles when the interpreter ends, some releases of it abort the process.
        atexit.register(self.stop)

    @property
    def alive(self) -> bool:
        """Whether the thread runs; in a forked process the parent's does not."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the thread; a look that is under way ends by itself."""
        atexit.unregister(self.stop)
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        for tick, changes in enumerate(self._changes):
            # The first time, as something may have changed before the system was asked to announce it.
            if changes or tick % self._every == 0:
                self._have_a_look()

    def _have_a_look(self) -> None:
        look = threading.Thread(target=self._look, name="crossgrade-reload", daemon=True)
        look.start()
        # It may itself stop the watching, or never end.
        while look.is_alive() and not self._stopped.is_set():
            look.join(1)


def _changes(folder: Path, stopped: threading.Event) -> Iterator[Collection[object]]:
    """Yield what the system says has changed, as it does and a few times a second, then mostly nothing."""
    try:
        from watchfiles import watch
    except ImportError as problem:
        raise CrossgradeError("watching needs watchfiles; help: pip install 'crossgrade[watch]'") from problem
    # Unfiltered: a folder of policies may be exchanged by a link whose name is no YAML file's.
    return watch(folder, watch_filter=None, stop_event=stopped, rust_timeout=1000 // _TICKS, yield_on_timeout=True)
