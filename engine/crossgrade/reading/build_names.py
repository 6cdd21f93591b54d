"""Names: which known one is written, and which one a misspelt one most likely means."""

from collections.abc import Collection, Iterable

from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Scalar

MOST_LISTED = 12
"""So many known words are listed where none is near to a misspelt one."""


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the known word that a misspelt one most likely means, None where none is near."""
    from difflib import get_close_matches

    by_lower = {item.lower(): item for item in known}
    near = get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def nearest_dotted(word: str, known: Collection[str]) -> str | None:
    """Return the known dotted name that is most likely meant: its last part counts where the others are right."""
    section, dot, last = word.rpartition(".")
    inside = {name.rpartition(".")[2]: name for name in known if name.rpartition(".")[0] == section and dot}
    if not inside:
        return nearest(word, known)
    longer = [name for name in inside if name.startswith(last) and last]
    near = nearest(last, inside) or (longer[0] if longer else None)
    return inside[near] if near else None


def proposal(word: str, known: Collection[str]) -> str | None:
    """Return a help line: the nearest known word, or the known words where they are few."""
    near = nearest(word, known)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"known here: {listed(known)}" if 0 < len(known) <= MOST_LISTED else None


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words in backticks as a sentence lists them.

    >>> listed(["a", "b", "c"])
    '`a`, `b` and `c`'
    """
    *some, final = [f"`{word}`" for word in words]
    return f"{', '.join(some)} {last} {final}" if some else final


def resolved(name: Scalar, known: Collection[str], kind: str, section: str, report: Report) -> str | None:
    """Return the known name that is written.

    A misspelt one is reported and read as the nearest, so that one mistake has no consequences.
    """
    word = name.value
    if not isinstance(word, str) or report.spoilt(name):
        return None
    if word in known:
        return word
    near = nearest(word, known)
    if not report.lost(section):
        verb = "are" if kind == "terms" else "is"
        remedy = proposal(word, known) or (None if known else f"write `{word}` under `{section}`")
        code = kind.partition(" or ")[0].replace(" ", "-")
        report.unknown(name, code, word, f"there {verb} no {kind} `{word}`", remedy)
    if near is None:
        report.adopt(section, word)
    return near
