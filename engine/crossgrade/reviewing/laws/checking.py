"""Checking: every law asked of a policy, one after the other, each within its budget."""

from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from crossgrade.deciding.engine import Engine
from crossgrade.model.versions import Versions
from crossgrade.reviewing.laws.changes import changes
from crossgrade.reviewing.laws.credit_above_paid import credits_above_paid
from crossgrade.reviewing.laws.dead_ends import dead_ends
from crossgrade.reviewing.laws.dead_rules import dead_rules
from crossgrade.reviewing.laws.earning_loops import earning_loops
from crossgrade.reviewing.laws.gaps import gaps
from crossgrade.reviewing.laws.late_upgrades import late_upgrades
from crossgrade.reviewing.laws.law import Broken
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.trial_restarts import trial_restarts
from crossgrade.reviewing.laws.ways import Ways
from crossgrade.reviewing.regions import BudgetSpentError

MOST_CHANGES = 20_000
"""How many changes a policy may have for its rules and plans to be asked about; beyond, nothing is said of them."""

MOST_PAIRS = 400
"""Between how many pairs of prices members are looked for."""


class Asked(Struct, frozen=True):
    """The laws that are broken, and the names of the parts that the budget ended in."""

    broken: tuple[Broken, ...]
    undecided: tuple[str, ...] = ()


def broken_laws(versions: Versions, *, with_gaps: bool = False) -> Asked:
    """Return what breaks a law in the newest version of a policy; gaps only on request."""
    subject = Subject(Engine(versions, matcher="plain"))
    found: list[Broken] = []
    undecided: list[str] = []
    for name, ask in _parts(subject, with_gaps=with_gaps).items():
        try:
            # One by one, as what was found stays found where the budget ends later.
            for each in ask():
                found.append(each)  # noqa: PERF402
        except BudgetSpentError:
            undecided.append(name)
    return Asked(tuple(found), tuple(undecided))


def _parts(subject: Subject, *, with_gaps: bool) -> dict[str, Callable[[], Iterator[Broken]]]:
    ways = Ways(subject, MOST_PAIRS)
    parts: dict[str, Callable[[], Iterator[Broken]]] = {
        "rules and plans": lambda: _of_rules_and_plans(subject),
        "credits": lambda: credits_above_paid(subject, ways),
        "upgrades": lambda: late_upgrades(subject, ways),
        "trials": lambda: trial_restarts(subject, ways),
        "loops": lambda: earning_loops(subject, ways),
    }
    return parts | ({"gaps": lambda: gaps(subject)} if with_gaps else {})


def _of_rules_and_plans(subject: Subject) -> Iterator[Broken]:
    known = list(islice(changes(subject), MOST_CHANGES + 1))
    if len(known) > MOST_CHANGES:
        raise BudgetSpentError
    yield from dead_rules(subject, known)
    yield from dead_ends(subject, known)
