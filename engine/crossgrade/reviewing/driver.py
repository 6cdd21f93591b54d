"""A diff driver: what git hands over when it asks for the difference of one file."""

from collections.abc import Sequence
from pathlib import Path
from posixpath import dirname

from crossgrade.reading.located import Entries, compose
from crossgrade.reviewing.repository import CannotCompareError
from crossgrade.reviewing.revisions import Compared, Side, read_side

_ABSENT = "/dev/null"


def driver_files(arguments: Sequence[str]) -> tuple[str, Path | None, Path | None]:
    """Return the path in the repository, and the file that holds it before and after; None where there is none.

    Git hands over `path old-file old-hex old-mode new-file new-hex new-mode`, two more words where the file was
    renamed, and the path alone where a merge left it open. Raises CannotCompareError for anything else.
    """
    match arguments:
        case [path]:
            return path, None, None
        case [path, old, _, _, new, _, _] | [path, old, _, _, new, _, _, _, _]:
            return path, _file(old), _file(new)
    message = f"git calls a diff driver with 7 words, found {len(arguments)}"
    help_ = 'let git call it: `git config diff.crossgrade.command "crossgrade diff --git-driver"`'
    raise CannotCompareError(message, help_)


def driver_compared(arguments: Sequence[str]) -> Compared | str:
    """Return the two sides of the file that git hands over, or a sentence where that file alone does not tell."""
    path, old, new = driver_files(arguments)
    if old is None and new is None:
        return f"`{path}` is not merged yet"
    reason = next((found for file in (new, old) if file is not None and (found := _why_not_alone(file))), None)
    if reason is not None:
        return f"`{path}` {reason}; `crossgrade diff HEAD -- {dirname(path) or '.'}` shows what changes"
    return Compared(path, _side(old, f"a/{path}"), _side(new, f"b/{path}"))


def _file(word: str) -> Path | None:
    return None if word == _ABSENT else Path(word)


def _side(file: Path | None, label: str) -> Side | None:
    return None if file is None else read_side(file, label, lambda text: text.replace(file.as_posix(), label))


def _why_not_alone(file: Path) -> str | None:
    """Return what a file misses that git hands over without those beside it; None where it is a policy by itself."""
    root, _ = compose(file.read_bytes(), file.as_posix())
    if not isinstance(root, Entries):
        return None
    if root.get("include") is not None:
        return "includes other files, which git does not hand to a diff driver"
    if root.get("cases") is not None:
        return "holds cases, and no policy"
    return None if root.get("policy") is not None else "is a part of a policy that other files include"
