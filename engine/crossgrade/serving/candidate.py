"""A candidate: the policies of a folder as they are now, checked as a whole, to be served or refused."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from crossgrade.cases import run
from crossgrade.deciding.compiled import MatcherKind
from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import Finding, Place, ordered
from crossgrade.errors import InvalidPolicy
from crossgrade.loading import load
from crossgrade.serving.folder import Stamps, cases_in, stamps
from crossgrade.serving.status import Faults

ATTEMPTS = 3
"""How often a folder is read that is written to at the same time."""


class Candidate(Struct, frozen=True):
    """The engine of each policy's folder, those without faults, and the stamps of what was read."""

    engines: Mapping[Path, Engine]
    stamps: Stamps
    faults: Faults


def candidate(root: Path, known: Candidate | None, matcher: MatcherKind | None) -> Candidate:
    """Read the policies of a folder and run their own cases.

    What has the same stamp as in `known` is taken from there. A reading counts only where nothing was written
    meanwhile, so that policy, included files and cases are of one state of the folder.
    """
    for _ in range(ATTEMPTS):
        found = _read(root, known, matcher)
        if stamps(root) == found.stamps:
            return found
    message = f"`{root.as_posix()}` was written to while it was read, {ATTEMPTS} times in a row"
    return Candidate({}, found.stamps, Faults((Finding(Place(root.as_posix()), "unreadable-file", message),)))


def _read(root: Path, known: Candidate | None, matcher: MatcherKind | None) -> Candidate:
    found = stamps(root)
    engines: dict[Path, Engine] = {}
    faults = [] if found else [Faults((_nothing(root),))]
    for path, stamp in found.items():
        if known is not None and known.stamps.get(path) == stamp:
            engines[path] = known.engines[path]
            continue
        engine, wrong = _loaded(path, matcher)
        if engine is not None:
            engines[path] = engine
            matcher = engine.matcher  # a missing extension is warned of once
        faults.append(wrong)
    faults.append(Faults(tuple(_named_twice(engines))))
    findings = ordered(finding for each in faults for finding in each.findings)
    return Candidate(engines, found, Faults(tuple(findings), tuple(case for each in faults for case in each.failed)))


def _loaded(path: Path, matcher: MatcherKind | None) -> tuple[Engine | None, Faults]:
    try:
        engine = load(path, matcher=matcher)
        return engine, _failures(path, engine.matcher)
    except InvalidPolicy as problem:
        return None, Faults(problem.diagnostics)
    except OSError as problem:
        message = f"`{path.as_posix()}` cannot be read: {problem.strerror}"
        return None, Faults((Finding(Place(path.as_posix()), "unreadable-file", message),))


def _failures(path: Path, matcher: MatcherKind) -> Faults:
    """Run a policy's own cases, as `crossgrade test` does."""
    files = cases_in(path)
    if not files:
        return Faults()
    report = run(files, matcher=matcher)
    findings = tuple(finding for finding in report.findings if finding.severity == "error")
    return Faults(findings, tuple(result for result in report.results if not result.passed))


def _nothing(root: Path) -> Finding:
    shown = root.as_posix()
    message = f"the folder `{shown}` holds no policy" if root.is_dir() else f"there is no folder `{shown}`"
    return Finding(
        Place(shown), "missing-file", message, help="expected a file `policy.yaml`, or folders with one each"
    )


def _named_twice(engines: Mapping[Path, Engine]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for path, engine in engines.items():
        id = engine.policy.id
        if id in first:
            message = f"the policy `{id}` is in two folders"
            others = ((Place(first[id].as_posix()), "the other is here"),)
            yield Finding(Place(path.as_posix()), "duplicate-id", message, help="rename one of the two", others=others)
        first.setdefault(id, path)
