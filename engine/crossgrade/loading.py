"""Loading: a path becomes an Engine; the one place where reading meets deciding."""

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from crossgrade.deciding.compiled import MatcherKind
from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import Finding, Place, ordered
from crossgrade.errors import InvalidPolicy
from crossgrade.matching import TooManyCases, available, normal_form
from crossgrade.model.policy import Policy
from crossgrade.model.versions import Versions

if TYPE_CHECKING:
    from crossgrade.reading.opening import Folder
    from crossgrade.reading.versions import Version

CASES_FILE = "cases.yaml"


def holds_cases(file: Path) -> bool:
    """Say whether a file holds cases and no policy: by its name, or as it has a key `cases`."""
    try:
        return file.name == CASES_FILE or re.search(rb"^cases:", file.read_bytes(), re.MULTILINE) is not None
    except OSError:
        # Whatever keeps it from being read is reported where it is read as a policy.
        return False


class SlowMatcherWarning(RuntimeWarning):
    """The rules engine's C extension cannot be imported, so plain Python matches the rules."""


def load(path: str | Path, *, matcher: MatcherKind | None = None) -> Engine:
    """Load a policy from a file or a folder and return the engine that decides by it.

    `matcher` is `durable` (durable-rules), `plain` (Python) or `both`, which cross-checks every decision; left out,
    it is `durable` where that can be imported, else `plain` with one warning. Raises InvalidPolicy, which carries
    every finding; nothing is half loaded.
    """
    versions, findings = check(path)
    if versions is None:
        raise InvalidPolicy(tuple(finding for finding in findings if finding.severity == "error"))
    return Engine(versions, matcher=matcher or _matcher())


def _matcher() -> MatcherKind:
    if available():
        return "durable"
    warnings.warn(
        "durable-rules cannot be imported; rules are matched in plain Python (see docs/embedding.md)",
        SlowMatcherWarning,
        stacklevel=3,
    )
    return "plain"


def check(path: str | Path) -> tuple[Versions | None, list[Finding]]:
    """Read a policy, a file as one version and a folder as all of them, and return it with every finding.

    The versions are None where a finding is an error.
    """
    found, findings = _read(Path(path))
    findings += [problem for version in found for problem in _too_wide(version.policy, version.path)]
    if not found or any(finding.severity == "error" for finding in findings):
        return None, ordered(findings)
    return Versions(tuple(version.policy for version in found)), ordered(findings)


def _read(path: Path) -> "tuple[tuple[Version, ...], list[Finding]]":
    from crossgrade.reading.build import read
    from crossgrade.reading.versions import Version, read_versions

    if path.is_dir():
        return read_versions(_shown(path), _folder(path))
    try:
        text = path.read_bytes()
    except OSError as error:
        return (), [_unreadable(path, error)]
    policy, findings = read(_shown(path), text, folder=_folder(path.parent))
    return () if policy is None else (Version(_shown(path), policy),), findings


def _folder(path: Path) -> "Folder":
    """Return the policy files of a folder."""
    from crossgrade.reading.opening import Folder

    files = (file for file in path.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())
    return Folder(frozenset(file.name for file in files if file.name != CASES_FILE), lambda name: _bytes(path, name))


def _bytes(folder: Path, name: str) -> bytes | None:
    try:
        return folder.joinpath(name).read_bytes()
    except OSError:
        return None


def _shown(path: Path) -> str:
    return path.as_posix()


def _unreadable(file: Path, error: OSError) -> Finding:
    if isinstance(error, FileNotFoundError):
        return Finding(Place(_shown(file)), "missing-file", f"there is no file `{_shown(file)}`", help=_nearby(file))
    return Finding(Place(_shown(file)), "unreadable-file", f"`{_shown(file)}` cannot be read: {error.strerror}")


def _nearby(file: Path) -> str | None:
    from crossgrade.diagnostics import did_you_mean

    siblings = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
    return did_you_mean(file.name, siblings)


def _too_wide(policy: Policy, file: str) -> list[Finding]:
    """Return a finding for each rule whose conditions make too many cases for the rules engine."""
    found = []
    conditions = [(rule.id, rule.when) for rule in policy.no_change]
    conditions += [(rule.id, rule.when) for rule in policy.restrictions]
    conditions += [(rule.id, rule.when) for rule in policy.transitions]
    conditions += [(rule.id, rule.when) for rule in policy.credits.values()]
    for id, condition in conditions:
        try:
            normal_form(condition)
        except TooManyCases as problem:
            message = f"the conditions of `{id}` make more than {problem.limit} cases"
            help_ = "write several values of one fact as a list, or split the rule in two"
            found.append(Finding(Place(file), "too-many-cases", message, help=help_))
    return found
