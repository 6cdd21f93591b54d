"""A store: the policies of a folder, served while they are reloaded."""

import logging
import os
import threading
import weakref
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct, structs

from crossgrade.deciding.compiled import MatcherKind
from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import CrossgradeError
from crossgrade.model.decision import PolicyRef
from crossgrade.model.policy import Policy
from crossgrade.serving.candidate import candidate
from crossgrade.serving.folder import Stamps, stamps
from crossgrade.serving.served import Served, gone, succeeding
from crossgrade.serving.status import Faults, Reload, Status
from crossgrade.serving.watching import Watching

log = logging.getLogger("crossgrade.serving")


class UnknownPolicy(CrossgradeError):  # noqa: N818 - the name says what is unknown
    """A store holds no policy of this id, or none of this digest any more; `asked` is what it was asked for."""

    def __init__(self, message: str, asked: str) -> None:
        super().__init__(message)
        self.asked = asked


class _State(Struct, frozen=True):
    """All that changes in a store, exchanged in one step: readers take no lock and never see half of it."""

    served: Served
    tried_at: datetime
    faults: Faults
    seen: Stamps


class PolicyStore:
    """Holds the policies of a folder and the engine of each, and takes new ones when they are valid.

    The folder holds one policy, or folders with one policy each. It is taken as a whole or not at all: every policy
    is checked and passes its own cases (`cases.yaml`), or everything stays as it was, `status` and the callback
    `on_reload` say why, and the last good policies are served on. A policy that is gone counts as a fault.

    A decision ends on the engine it began with: ask for the engine once for each request. A replaced engine is freed
    with its last reference; never `close` one that a store gave out.

    Threads and tasks may share a store. `reload` takes some milliseconds a policy; in an event loop, call it by
    `asyncio.to_thread`. A store that is made before a fork serves on in every worker, yet threads do not survive a
    fork: call `watch` in each worker, in gunicorn with `preload_app` by `def post_fork(server, worker):
    store.watch()`, in uWSGI by `@postfork`.

    One event is logged for each reload, by the logger `crossgrade.serving`, with the fields `folder`, `outcome`,
    `changed`, `digests` and `faults`; decisions log nothing.

    `keep` is how many replaced states of each policy can be found again by `policy` and `by_digest`. Raises
    InvalidPolicy or CasesFailed where the folder cannot be served.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        keep: int = 8,
        matcher: MatcherKind | None = None,
        on_reload: Callable[[Reload], object] | None = None,
    ) -> None:
        if keep < 0:
            raise ValueError(f"keep: expected 0 or more, found {keep}")
        self._folder = Path(folder).absolute()  # a server may change its directory
        self._keep = keep
        self._on_reload = on_reload
        self._watching: Watching | None = None
        self._reloading = threading.Lock()
        _stores.add(self)
        now = datetime.now(UTC)
        found = candidate(self._folder, None, matcher)
        if found.faults:
            raise found.faults.error()
        served = succeeding(None, found, keep, now)
        self._matcher = next(iter(served.engines.values())).matcher
        self._state = _State(served, now, Faults(), found.stamps)
        self._tell(Reload(now, "taken", tuple(served.engines)))

    def engine(self, policy: str | None = None) -> Engine:
        """Return the engine that decides by a policy now; the id may be left out where there is one policy only.

        Raises UnknownPolicy.
        """
        engines = self._state.served.engines
        if policy is None and len(engines) == 1:
            return next(iter(engines.values()))
        found = engines.get(policy or "")
        if found is None:
            raise _no_such_policy(policy, engines)
        return found

    def policy(self, digest: str) -> Policy:
        """Return the version that a decision names by its digest, served now or one of those kept.

        Raises UnknownPolicy.
        """
        return _by_digest(self._state.served, digest)

    def by_digest(self, digest: str) -> Engine:
        """Return an engine that decides by this version alone, as when it was served, whatever replaced it since.

        It is compiled when it is first asked for and kept until the next reload. Raises UnknownPolicy.
        """
        served = self._state.served
        return served.deciding_alone(_by_digest(served, digest))

    @property
    def status(self) -> Status:
        """What is served, and how the last reload went."""
        state = self._state
        served = [each for engine in state.served.engines.values() for each in engine.versions.policies]
        policies = tuple(PolicyRef(each.id, each.effective, each.digest) for each in served)
        return Status(policies, state.served.at, state.tried_at, state.faults, self._is_watching())

    def reload(self) -> Reload:
        """Read what has changed in the folder and serve it if the whole of it is valid; say how it went.

        What the callback raises comes out of here, after the exchange.
        """
        with self._reloading:
            reload = self._reloaded()
        self._tell(reload)
        # Last and without the lock: it may ask for another reload, and may fail, and the store is whole.
        if self._on_reload is not None:
            self._on_reload(reload)
        return reload

    def watch(self, *, every: int = 5) -> None:
        """Reload in a thread whenever the folder changes; where this process already does so, do nothing.

        Needs watchfiles (`crossgrade[watch]`). What the system does not announce, such as a change on a network disk
        or a link that now leads elsewhere, is seen within `every` seconds. What the callback raises goes to
        `threading.excepthook`, and watching goes on. Raises OSError where the system cannot watch any more folders.
        """
        if every < 1:
            raise ValueError(f"every: expected 1 second or more, found {every}")
        if not self._is_watching():
            self._watching = Watching(self._folder, self._look, every=every)

    def stop(self) -> None:
        """Watch no longer; the policies are served on."""
        if self._watching is not None:
            self._watching.stop()

    def __enter__(self) -> Self:
        self.watch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _is_watching(self) -> bool:
        return self._watching is not None and self._watching.alive

    def _look(self) -> None:
        if stamps(self._folder) != self._state.seen:
            self.reload()

    def _reloaded(self) -> Reload:
        """Exchange the state; what is served stays where there are faults."""
        now = datetime.now(UTC)
        served = self._state.served
        found = candidate(self._folder, served.source, self._matcher)
        faults = found.faults or Faults(gone(served, found))
        if faults:
            self._state = _State(served, now, faults, found.stamps)
            return Reload(now, "kept", faults=faults)
        following = succeeding(served, found, self._keep, now)
        changed = tuple(id for id, engine in following.engines.items() if engine is not served.engines.get(id))
        if not changed:
            following = structs.replace(following, at=served.at)
        self._state = _State(following, now, Faults(), found.stamps)
        return Reload(now, "taken" if changed else "unchanged", changed)

    def _tell(self, reload: Reload) -> None:
        """Log a reload."""
        digests = {id: engine.policy.digest for id, engine in self._state.served.engines.items()}
        fields = {
            "folder": self._folder.as_posix(),
            "outcome": reload.outcome,
            "changed": list(reload.changed),
            "digests": digests,
            "faults": reload.faults.text,
        }
        if reload.faults:
            log.error("the last good policies are kept:\n%s", reload.faults.text, extra=fields)
        else:
            log.info("policies %s: %s", reload.outcome, ", ".join(reload.changed) or "none changed", extra=fields)


def _no_such_policy(asked: str | None, known: Iterable[str]) -> UnknownPolicy:
    ids = ", ".join(f"`{id}`" for id in sorted(known))
    if asked is None:
        return UnknownPolicy(f"the store holds several policies; help: name one of {ids}", "")
    near = did_you_mean(asked, known)
    return UnknownPolicy(f"there is no policy `{asked}`; help: {near or f'the store holds {ids}'}", asked)


def _by_digest(served: Served, digest: str) -> Policy:
    found = served.by_digest.get(digest)
    if found is None:
        message = f"no policy of the digest `{digest}` is served or kept; help: keep more, by `keep`, or load it"
        raise UnknownPolicy(message, digest)
    return found


_stores: "weakref.WeakSet[PolicyStore]" = weakref.WeakSet()


def _renew_locks() -> None:
    """Give every store a new lock: after a fork, a thread that was reloading no longer exists."""
    for store in _stores:
        store._reloading = threading.Lock()  # noqa: SLF001 - it is of this file


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_renew_locks)
