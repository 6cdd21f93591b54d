"""What is served: one valid state of a folder, and what was served before it, as far as it is kept."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import Finding, Place
from crossgrade.model.policy import Policy
from crossgrade.model.versions import Versions
from crossgrade.serving.candidate import Candidate


class Served(Struct, frozen=True):
    """The engine of each policy, by its id; of what was served before only the policies, since engines are large.

    `past` are the replaced versions of each policy, the latest first. `by_digest` are all of them and those served.
    `alone` fills up, as they are asked for, with engines that decide by one version; they are at most as many.
    """

    source: Candidate
    at: datetime
    engines: Mapping[str, Engine]
    past: Mapping[str, tuple[Versions, ...]]
    by_digest: Mapping[str, Policy]
    alone: dict[str, Engine]

    def deciding_alone(self, policy: Policy) -> Engine:
        """Return the engine that decides by one version whatever came after it."""
        found = self.alone.get(policy.digest)
        if found is None:
            matcher = self.engines[policy.id].matcher
            # Two threads may both compile it; both then use the first.
            found = self.alone.setdefault(policy.digest, Engine(Versions((policy,)), matcher=matcher))
        return found


def succeeding(before: Served | None, source: Candidate, keep: int, at: datetime) -> Served:
    """Return what is served from a candidate without faults; a policy that means the same keeps its engine."""
    old = before.engines if before else {}
    past = before.past if before else {}
    engines = {engine.policy.id: _kept(old, engine) for engine in source.engines.values()}
    past = {id: _past(past.get(id, ()), old.get(id), engine, keep) for id, engine in engines.items()}
    served = [versions for id, engine in engines.items() for versions in (*reversed(past[id]), engine.versions)]
    by_digest = {policy.digest: policy for versions in served for policy in versions.policies}  # the latest wins
    alone = {engine.policy.digest: engine for engine in engines.values() if len(engine.versions.policies) == 1}
    path_of = {engine.policy.id: path for path, engine in source.engines.items()}
    source = Candidate({path: engines[id] for id, path in path_of.items()}, source.stamps, source.faults)
    return Served(source, at, engines, past, by_digest, alone)


def gone(before: Served, source: Candidate) -> tuple[Finding, ...]:
    """Return a finding for each policy that is served and that the folder no longer holds."""
    left = {engine.policy.id for engine in source.engines.values()}
    remedy = "put it back; to stop serving a policy, make a new store"
    return tuple(
        Finding(Place(path.as_posix()), "missing-file", f"the policy `{engine.policy.id}` is gone", help=remedy)
        for path, engine in before.source.engines.items()
        if engine.policy.id not in left
    )


def _kept(old: Mapping[str, Engine], new: Engine) -> Engine:
    served = old.get(new.policy.id)
    return served if served is not None and served.versions == new.versions else new


def _past(past: tuple[Versions, ...], old: Engine | None, new: Engine, keep: int) -> tuple[Versions, ...]:
    return past if old is None or old is new else (old.versions, *past)[:keep]
