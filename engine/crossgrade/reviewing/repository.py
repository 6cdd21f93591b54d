"""A repository as git shows it: what files a revision holds, read without touching the work tree."""

import os
import posixpath
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from msgspec import Struct

from crossgrade.diagnostics import did_you_mean
from crossgrade.errors import CrossgradeError

_ENDINGS = (".yaml", ".yml")
_WHOLE = "`git fsck` says whether the repository is whole"

# Git's words are quoted, so they are asked for in one language; a path is a path, never a pattern.
_SETTINGS = {"LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0"}


class CannotCompareError(CrossgradeError):
    """What is to be compared is not there; `message` says what, `help` how it can be named."""

    def __init__(self, message: str, help: str) -> None:  # noqa: A002 - as a finding calls it
        super().__init__(f"{message}\nhelp: {help}")
        self.message = message
        self.help = help


class Repository(Struct, frozen=True):
    """The repository that the current folder is in; `prefix` is that folder as seen from the top, such as `shop/`."""

    git: str
    prefix: str


class Revision(Struct, frozen=True):
    """A revision as it was written, and the id of the tree of files that it names."""

    name: str
    tree: str


class _Entry(Struct, frozen=True):
    """A line of a tree: `kind` is blob, tree or commit (a submodule), `path` is seen from the top."""

    kind: str
    object: str
    path: str


def repository() -> Repository:
    """Return the repository of the current folder; raises CannotCompareError where there is none, or no git."""
    git = shutil.which("git")
    if git is None:
        help_ = "install git, or compare two files or folders: `crossgrade diff OLD NEW`"
        raise CannotCompareError("git is not installed, so that no revision can be read", help_)
    done = _asked(git, "rev-parse", "--show-prefix")
    if done.returncode:
        message = f"git reads no repository here: {_first_words(done.stderr)}"
        raise CannotCompareError(message, "go to a folder of the repository, or compare two files or folders")
    return Repository(git, os.fsdecode(done.stdout).rstrip("\n"))


def revision(within: Repository, name: str) -> Revision:
    """Look up a branch, tag, commit or whatever else git calls a revision; raises CannotCompareError."""
    done = _asked(within.git, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{tree}}")
    if not done.returncode:
        return Revision(name, done.stdout.decode().strip())
    raise CannotCompareError(f"there is no revision `{name}`", _nearest(within, name))


def _nearest(within: Repository, name: str) -> str:
    if _asked(within.git, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        return f"this clone holds the latest commits only; get this one by `git fetch --depth=1 origin {name}`"
    known = _asked(within.git, "for-each-ref", "--format=%(refname:short)").stdout
    return did_you_mean(name, os.fsdecode(known).split()) or "`git branch --all` and `git log` show what there is"


def from_top(within: Repository, path: str) -> str:
    """Return a path of the current folder as seen from the top of the repository, where `` is the top itself.

    Raises CannotCompareError for a path outside the repository.
    """
    relative = os.path.relpath(path) if Path(path).is_absolute() else path
    seen = posixpath.normpath(posixpath.join(within.prefix, Path(relative).as_posix()))
    if seen == ".." or seen.startswith("../"):
        raise CannotCompareError(f"`{path}` is outside the repository", "name a file or folder inside it")
    return "" if seen == "." else seen


def unpack(within: Repository, wanted: Revision, path: str, into: Path) -> None:
    """Write the YAML files of a path, seen from the top, into a folder, at their places; none where none are there.

    A file comes with those beside it, as it may include them. A symbolic link becomes a file that holds its target,
    which no policy can be read from: it is told, and not followed.
    """
    entries = _listed(within, wanted, path, deep=True)
    if any(entry.path == path for entry in entries):
        entries = _beside(within, wanted, path)
    files = [entry for entry in entries if _is_wanted(entry, path)]
    for entry, content in zip(files, _contents(within, files), strict=True):
        _write(_inside(into, wanted, entry.path), content)


def siblings(within: Repository, wanted: Revision, path: str) -> list[str]:
    """Return the names of what stands in the folder of a path, which is seen from the top."""
    return [posixpath.basename(entry.path) for entry in _beside(within, wanted, path)]


def _beside(within: Repository, wanted: Revision, path: str) -> list[_Entry]:
    folder = posixpath.dirname(path)
    return _listed(within, wanted, f"{folder}/" if folder else "", deep=False)


def _listed(within: Repository, wanted: Revision, path: str, *, deep: bool) -> list[_Entry]:
    """Return the files at or below a path; where not `deep`, what a folder itself holds."""
    options = ["-r"] if deep else []
    paths = ["--", path] if path else []
    done = _asked(within.git, "ls-tree", "-z", "--full-tree", *options, wanted.tree, *paths)
    if done.returncode:
        message = f"git cannot list the files of `{wanted.name}`: {_first_words(done.stderr)}"
        raise CannotCompareError(message, _WHOLE)
    return [_entry(line) for line in done.stdout.split(b"\0") if line]


def _entry(line: bytes) -> _Entry:
    about, _, path = line.partition(b"\t")
    _, kind, object_ = about.decode().split()
    return _Entry(kind, object_, os.fsdecode(path))


def _is_wanted(entry: _Entry, path: str) -> bool:
    """Say whether a file is the one that was named, or may be part of a policy."""
    return entry.kind == "blob" and (entry.path == path or entry.path.endswith(_ENDINGS))


def _contents(within: Repository, files: Sequence[_Entry]) -> Iterator[bytes]:
    """Return what files hold, byte by byte as it was committed, in their order."""
    asked = "".join(f"{file.object}\n" for file in files).encode()
    done = _asked(within.git, "cat-file", "--batch", given=asked)
    stream = BytesIO(done.stdout)
    for file in files:
        head = stream.readline().split()
        # `<id> blob <size>`, or `<id> missing` where a clone is incomplete.
        if done.returncode or len(head) != 3:
            message = f"git cannot read `{file.path}`: {_first_words(done.stderr) or 'it is missing'}"
            raise CannotCompareError(message, _WHOLE)
        yield stream.read(int(head[2]))
        stream.read(1)


def _inside(into: Path, wanted: Revision, path: str) -> Path:
    """Return where a file is written; raises CannotCompareError for one that points out of the folder."""
    target = Path(os.path.normpath(into.joinpath(path)))
    if not target.is_relative_to(into) or ".." in Path(path).parts:
        message = f"`{wanted.name}` holds a file `{path}`, which points out of its own folder"
        raise CannotCompareError(message, "no honest tool writes that: look at where the revision comes from")
    return target


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _first_words(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else ""


def _asked(git: str, *arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    settings = {**os.environ, **_SETTINGS}
    return subprocess.run([git, *arguments], input=given, capture_output=True, env=settings, check=False)  # noqa: S603 - no shell, and no word of a caller's is an option
