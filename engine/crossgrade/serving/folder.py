"""A folder of policies: where each of them is, and the stamps by which a change is known."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from crossgrade.loading import holds_cases

Stamps = Mapping[Path, str]
"""The stamp of each policy's folder: another one as soon as a YAML file in it was written, or came, or went."""


def stamps(root: Path) -> Stamps:
    """Return the folders that hold a policy, `root` itself or those in it, with their stamps."""
    inner = [entry for entry in _entries(root) if entry.is_dir() and not entry.name.startswith(".")]
    return {folder: _stamp(folder) for folder in (root, *inner) if _holds_policy(folder)}


def cases_in(folder: Path) -> list[Path]:
    """Return the cases files of a policy's folder."""
    return [file for file in _files(folder) if holds_cases(file)]


def _holds_policy(folder: Path) -> bool:
    return any(not holds_cases(file) for file in _files(folder))


def _files(folder: Path) -> list[Path]:
    return [entry for entry in _entries(folder) if entry.suffix in (".yaml", ".yml") and entry.is_file()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        # What is no folder, or cannot be listed, holds no policy; whoever reads the root finds that it is missing.
        return []


def _stamp(folder: Path) -> str:
    return sha256(repr([_written(file) for file in _files(folder)]).encode()).hexdigest()


def _written(file: Path) -> tuple[object, ...]:
    """Return what tells a file from what it was before.

    Its text alone would miss that it was another for a moment; its time alone, two writes within a tick of the clock.
    """
    try:
        said = file.stat()
        return file.name, said.st_ino, said.st_mtime_ns, sha256(file.read_bytes()).digest()
    except OSError as problem:
        # Loading reports it.
        return file.name, problem.errno
