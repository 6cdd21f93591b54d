"""The law `gap`, asked on request: every change between two prices is said to be allowed or refused by some rule.

A gap is a kind of change between two prices for which some member falls to `otherwise`: nobody wrote what happens.
"""

from collections.abc import Iterator

from msgspec import Struct

from crossgrade.model.decision import Refusal
from crossgrade.model.rules import ChangeKind
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.laws.law import Broken
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import answered, named, told
from crossgrade.reviewing.laws.ways import ask, decided, member_in
from crossgrade.reviewing.shapes import Shape
from crossgrade.reviewing.witness import Chosen


class _Gap(Struct, frozen=True):
    """A member who falls to `otherwise`."""

    pair: tuple[Ends, Ends]
    shape: Shape
    member: Chosen
    answer: Refusal


def gaps(subject: Subject) -> Iterator[Broken]:
    """Return the gaps of a policy, those of one kind of change as one."""
    found: dict[ChangeKind, list[_Gap]] = {}
    for held, target in subject.pairs():
        if held != target:
            kind, gap = _between(subject, held, target)
            if kind is not None and gap is not None:
                found.setdefault(kind, []).append(gap)
    for kind, alike in found.items():
        yield _broken(subject, kind, alike)


def _between(subject: Subject, held: Ends, target: Ends) -> tuple[ChangeKind | None, _Gap | None]:
    for currency in subject.currencies:
        shape = subject.base(held, target, currency)
        found = None if shape is None else decided(subject, shape)
        if shape is None or found is None:
            continue
        member = member_in(shape, found.open, found.otherwise)
        answer = None if member is None else ask(subject, shape, member)
        if member is None or not isinstance(answer, Refusal):
            return None, None
        falls = [reason.rule for reason in answer.reasons] == ["otherwise"]
        return answer.change.kind, _Gap((held, target), shape, member, answer) if falls else None
    return None, None


def _broken(subject: Subject, kind: ChangeKind, alike: list[_Gap]) -> Broken:
    first = alike[0]
    pair = f"{named(first.pair[0])} to {named(first.pair[1])}"
    more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
    message = f"no rule says whether `{kind}` is allowed for some members: {pair}{more}"
    shown = (f"{told(subject, first.shape, first.member)}: {answered(first.answer)}",)
    remedy = "write a transition with terms or `refuse` for them"
    pairs = tuple(sorted(each.pair for each in alike))
    return Broken("gap", "transitions", "", message, remedy, shown, (kind, pairs))
