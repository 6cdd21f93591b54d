"""Revisions: the two sides of a comparison, found and read, policy by policy."""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, structs

from crossgrade.diagnostics import Finding, Place, did_you_mean
from crossgrade.loading import check, holds_cases
from crossgrade.model.versions import Versions
from crossgrade.reviewing.repository import (
    CannotCompareError,
    Repository,
    Revision,
    from_top,
    repository,
    revision,
    siblings,
    unpack,
)

_AFTER_DASHES = "name its policies after two dashes: `crossgrade diff main -- policies/example`"


class Side(Struct, frozen=True):
    """A policy on one side of a comparison.

    `label` names it to people: `main:policies/example`, or a path. `versions` are None where the policy cannot be used,
    and `findings` say why; there may be warnings beside versions.
    """

    label: str
    versions: Versions | None
    findings: tuple[Finding, ...]


class Compared(Struct, frozen=True):
    """One policy and its two sides; a side is None where there is no such policy, never both.

    `name` is where the policy is now, or was last. The label of the old side tells where it was before it was moved.
    """

    name: str
    old: Side | None
    new: Side | None


def compared(old: str, new: str | None = None, paths: Sequence[str] = ()) -> list[Compared]:
    """Return the policies of two sides in pairs, by the names of their folders.

    Without `paths`, `old` and `new` are files or folders. With them, both are revisions that git knows, and `new` may
    be left out for the files as they stand in the work tree, which is never written to. A policy that is in another
    place under the same id is one that was moved. Raises CannotCompareError where a side cannot be found.
    """
    if paths:
        return _paired(*_of_revisions(old, new, paths))
    if new is None:
        raise CannotCompareError(f"`{old}` is compared with nothing", _AFTER_DASHES)
    before, after = _of_path(old, old, new), _of_path(new, old, new)
    return _paired(*({_joined(new, name): side for name, side in sides.items()} for sides in (before, after)))


def policies_in(path: Path) -> Iterator[Path]:
    """Return the policies of a path, as `crossgrade check` finds them: a file, a policy's folder, or those below it.

    Folders below it that are symbolic links are passed over, as a revision has no files there.
    """
    if not path.is_dir():
        yield from [path] if path.exists() else []
        return
    entries = sorted(path.iterdir())
    if any(entry.suffix in (".yaml", ".yml") and entry.is_file() and not holds_cases(entry) for entry in entries):
        yield path
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            yield from policies_in(entry)


def _of_path(path: str, old: str, new: str) -> dict[str, Side]:
    """Return the policies of a file or folder by their names within it."""
    top = Path(path)
    if not top.exists():
        raise _missing(path, old, new)
    sides = {_within(file, top): read_side(file, file.as_posix(), str) for file in policies_in(top)}
    if not sides:
        raise CannotCompareError(f"there is no policy in `{path}`", "expected a file `policy.yaml` in it, or below it")
    return sides


def _missing(path: str, old: str, new: str) -> CannotCompareError:
    """Return the error for a word that is no file: one that is misspelt, or a revision without its dashes."""
    folder = Path(path).parent
    near = did_you_mean(Path(path).name, [entry.name for entry in folder.iterdir()] if folder.is_dir() else [])
    words = [word for word in (old, new) if not Path(word).exists()]
    named = next((word for word in (old, new) if word not in words), "policies/example")
    dashes = f"if {_are(words)} of git, write `crossgrade diff {' '.join(words)} -- {named}`"
    return CannotCompareError(f"there is no file or folder `{path}`", near or dashes)


def _are(words: Sequence[str]) -> str:
    return "it is a revision" if len(words) == 1 else "they are revisions"


def _of_revisions(old: str, new: str | None, paths: Sequence[str]) -> tuple[dict[str, Side], dict[str, Side]]:
    """Return the policies at and below the paths at two revisions, or at one and in the work tree, by their names."""
    within = repository()
    before, after = revision(within, old), None if new is None else revision(within, new)
    sides: tuple[dict[str, Side], dict[str, Side]] = ({}, {})
    for path in paths:
        earlier = _at(within, before, path)
        later = _in_work_tree(path) if after is None else _at(within, after, path)
        if not earlier and not later:
            raise _nowhere(within, path, before, after)
        sides[0].update(earlier)
        sides[1].update(later)
    return sides


def _at(within: Repository, wanted: Revision, path: str) -> dict[str, Side]:
    """Return the policies of a path as a revision has them; findings name a file the way git does, `main:path`."""
    seen = from_top(within, path)
    with TemporaryDirectory(prefix="crossgrade-") as folder:
        unpack(within, wanted, seen, Path(folder))
        renamed = _renaming(Path(folder).as_posix(), wanted.name)
        top = Path(folder, seen)
        return {
            _joined(path, _within(file, top)): read_side(file, renamed(file.as_posix()), renamed)
            for file in policies_in(top)
        }


def _in_work_tree(path: str) -> dict[str, Side]:
    top = Path(path)
    return {_joined(path, _within(file, top)): read_side(file, file.as_posix(), str) for file in policies_in(top)}


def read_side(file: Path, label: str, renamed: Callable[[str], str]) -> Side:
    """Read a policy as one side; `renamed` turns the places that its findings name into those that people know."""
    versions, findings = check(file)
    return Side(label, versions, tuple(_renamed(finding, renamed) for finding in findings))


def _renaming(folder: str, name: str) -> Callable[[str], str]:
    """Return what turns the places of unpacked files, wherever a text names them, into those of a revision."""
    return lambda text: text.replace(f"{folder}/", f"{name}:").replace(folder, f"{name}:")


def _renamed(finding: Finding, renamed: Callable[[str], str]) -> Finding:
    def place(found: Place) -> Place:
        return structs.replace(found, file=renamed(found.file))

    return structs.replace(
        finding,
        place=place(finding.place),
        message=renamed(finding.message),
        help=None if finding.help is None else renamed(finding.help),
        others=tuple((place(other), label) for other, label in finding.others),
    )


def _within(file: Path, top: Path) -> str:
    return file.relative_to(top).as_posix()


def _joined(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(Path(path).as_posix(), name))


def _nowhere(within: Repository, path: str, old: Revision, new: Revision | None) -> CannotCompareError:
    other = "the work tree" if new is None else f"`{new.name}`"
    seen = from_top(within, path)
    near = did_you_mean(posixpath.basename(seen), siblings(within, new or old, seen))
    message = f"there is no policy at `{path}`, neither in `{old.name}` nor in {other}"
    return CannotCompareError(message, near or "paths are seen from the current folder, and hold a `policy.yaml`")


def _paired(before: Mapping[str, Side], after: Mapping[str, Side]) -> list[Compared]:
    """Return the sides in pairs: those of one name, then those of one id where only the name is another."""
    gone = _by_id({name: side for name, side in before.items() if name not in after})
    come = _by_id({name: side for name, side in after.items() if name not in before})
    moved = {come[id]: gone[id] for id in come if id in gone}
    names = sorted({*before, *after} - set(moved.values()))
    return [Compared(name, before.get(moved.get(name, name)), after.get(name)) for name in names]


def _by_id(sides: Mapping[str, Side]) -> dict[str, str]:
    """Return the names of policies by their ids, of those that have an id for themselves."""
    ids = {name: side.versions.newest.id for name, side in sides.items() if side.versions is not None}
    counts = Counter(ids.values())
    return {id: name for name, id in ids.items() if counts[id] == 1}
