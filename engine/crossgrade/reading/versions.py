"""A folder is every version of one policy: the files that say `policy:`, and the parts they include."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import basename

from msgspec import Struct

from crossgrade.diagnostics import Finding, Place, ordered
from crossgrade.model.policy import Policy
from crossgrade.reading.build import built
from crossgrade.reading.located import Entries, Scalar
from crossgrade.reading.opening import Folder, Opened, opened

_OF_A_VERSION = ("policy", "effective")
"""Keys by which a file is known to be a version, even where one of them is missing."""


class Version(Struct, frozen=True):
    """A version of a policy and the file that says it."""

    path: str
    policy: Policy


def read_versions(path: str, folder: Folder) -> tuple[tuple[Version, ...], list[Finding]]:
    """Read every version in a folder, the oldest first; no version is returned where a finding is an error.

    Files that hold `cases:` are no policy and passed over.
    """
    files = [
        file for name in sorted(folder.names) for file in _opened(PurePosixPath(path, name).as_posix(), name, folder)
    ]
    parts = {name for file in files for name in file.included}
    found = [file for file in files if _is_version(file) and basename(file.path) not in parts]
    chosen = sorted(found or [file for file in files if basename(file.path) not in parts][:1], key=_beginning)
    versions, findings = _built(chosen)
    findings += [*_other_policies(chosen), *_same_days(chosen), *_unused(files, chosen, parts)]
    if not chosen:
        findings.append(_nothing(path))
    wrong = any(finding.severity == "error" for finding in findings)
    return () if wrong else versions, ordered(findings)


def _opened(path: str, name: str, folder: Folder) -> Iterator[Opened]:
    text = folder.read(name)
    if text is None:
        yield Opened(path, None, (Finding(Place(path), "unreadable-file", f"`{path}` cannot be read"),))
        return
    file = opened(path, text, folder)
    if file.root is None or file.root.get("cases") is None:
        yield file


def _is_version(file: Opened) -> bool:
    return file.root is None or any(file.root.get(key) for key in _OF_A_VERSION)


def _beginning(file: Opened) -> tuple[str, str]:
    day = _value(file.root, "effective")
    return (str(day.value) if day else "", file.path)


def _built(files: list[Opened]) -> tuple[tuple[Version, ...], list[Finding]]:
    """Build the versions, each on what the one before it knows; none where one cannot be read, as all may name it."""
    older: Policy | None = None
    found: list[Version] = []
    findings: list[Finding] = []
    unreadable = [file for file in files if file.root is None]
    for file in unreadable or files:
        policy, wrong = built(file, older)
        findings += wrong
        if policy is not None:
            found.append(Version(file.path, policy))
            older = policy
    return tuple(found), findings


def _value(root: Entries | None, key: str) -> Scalar | None:
    node = root.get(key) if root is not None else None
    return node if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _other_policies(files: list[Opened]) -> Iterator[Finding]:
    """Find files that are versions of another policy than the first."""
    ids = [id for file in files if (id := _value(file.root, "policy"))]
    for id in ids:
        if id.value != ids[0].value:
            message = f"this is the policy `{id.value}`, and another file of the folder is `{ids[0].value}`"
            remedy = "write the same id in all versions of a policy, or move one of the two to a folder of its own"
            others = ((ids[0].place, f"`{ids[0].value}` is here"),)
            yield Finding(id.place, "different-policies", message, help=remedy, others=others)


def _same_days(files: list[Opened]) -> Iterator[Finding]:
    """Find versions that begin on the same day."""
    first: dict[object, Scalar] = {}
    for file in files:
        day = _value(file.root, "effective")
        if day is None:
            continue
        if day.value in first:
            message = f"two versions begin on {day.value}, so that neither decides"
            others = ((first[day.value].place, "the other begins here"),)
            yield Finding(
                day.place, "same-effective-day", message, help="write another day, or remove one", others=others
            )
        first.setdefault(day.value, day)


def _unused(files: list[Opened], chosen: list[Opened], parts: set[str]) -> Iterator[Finding]:
    """Find files that are no version and that none includes, unless one may include them by a misspelt name."""
    if parts - {basename(file.path) for file in files}:
        return
    for file in files:
        if file.root is not None and file.root.entries and file not in chosen and basename(file.path) not in parts:
            message = "no version of the policy includes this file"
            remedy = f"write `include: [{basename(file.path)}]` in a version, or remove the file"
            yield Finding(file.root.entries[0][0].place, "unused-file", message, "warning", remedy)


def _nothing(path: str) -> Finding:
    message = f"the folder `{path}` holds no policy"
    return Finding(Place(path), "missing-file", message, help="expected a file `policy.yaml`")
