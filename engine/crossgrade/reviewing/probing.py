"""Probing: members of a region looked at one by one, for those who show a difference, and the largest."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from msgspec import Struct, structs

from crossgrade.deciding.engine import Engine
from crossgrade.model.membership import Discount
from crossgrade.model.money import Money
from crossgrade.reviewing.consequence import Witness
from crossgrade.reviewing.contrast import Contrast, contrasts
from crossgrade.reviewing.keys import texts_of
from crossgrade.reviewing.search import Found
from crossgrade.reviewing.shapes import Question, Shape
from crossgrade.reviewing.space import TYPICAL_AGE, Space
from crossgrade.reviewing.witness import Answer, Chosen, asked, at_another, chosen, question, seen


class Shown(Struct, frozen=True):
    """A member, what both engines answer, and what differs; `locale` is the one they were asked in."""

    member: Chosen
    answers: tuple[Answer, Answer]
    contrasts: tuple[Contrast, ...]
    locale: str | None = None


class Probe:
    """Asks both engines about members of a region."""

    def __init__(self, old: Engine, new: Engine, space: Space, found: Found) -> None:
        self._engines = old, new
        self._space, self._found = space, found
        self._shape: Shape = found.shape
        self.typical = chosen(found.shape, found.region.box, found.axes, space)

    def shown(self, member: Chosen, locale: str | None = None) -> Shown:
        """Ask both engines about a member."""
        questions = self._questions(member, locale)
        old, new = (asked(engine, each) for engine, each in zip(self._engines, questions, strict=True))
        return Shown(member, (old, new), tuple(contrasts(old, new, self._found.possible)), locale)

    def first(self) -> Shown | None:
        """Return the most typical member who shows a difference, None where none of those looked at does."""
        for member in chain((self.typical,), self._days((1, 2)), self._standing(), self._own(), self._others()):
            found = self.shown(member)
            if found.contrasts:
                return found
        for locale in self._locales():
            found = self.shown(self.typical, locale)
            if found.contrasts:
                return found
        return None

    def few(self) -> Iterator[Shown]:
        """Return the typical member on the first, a middle and the last day of the period."""
        return (self.shown(member) for member in (self.typical, *self._days((1, 2))))

    def unrecorded(self) -> Shown | None:
        """Return the typical member without what was paid, where that is an error under the new policy alone."""
        found = self.shown(at_another(self.typical, unrecorded=True))
        return found if any(contrast.kind == "new-required-fact" for contrast in found.contrasts) else None

    def every_day(self) -> Iterator[Shown]:
        """Return the typical member on every day of the period that is in the region."""
        return (self.shown(member) for member in self._days(None))

    def witness(self, shown: Shown) -> Witness:
        """Return what a member was asked and answered as a witness."""
        old, new = self._questions(shown.member, shown.locale)
        return Witness(self._shape, shown.member, old, new, *(seen(answer) for answer in shown.answers))

    def _questions(self, member: Chosen, locale: str | None) -> tuple[Question, Question]:
        zone = self._space.old.policy.zone
        old, new = (question(self._shape, member, one, zone) for one in (self._space.old, self._space.new))
        return structs.replace(old, locale=locale), structs.replace(new, locale=locale)

    def _days(self, parts: tuple[int, ...] | None) -> Iterator[Chosen]:
        length = self._shape.interval_days
        if not length or self.typical.moment.late:
            return
        wanted = range(length) if parts is None else [0, *(length * part // 2 - part // 2 for part in parts)]
        for used in dict.fromkeys(wanted):
            if self._may_be(used, length - used) and used != self.typical.moment.used:
                yield at_another(self.typical, used=used, left=length - used)

    def _may_be(self, used: int, left: int) -> bool:
        """Say whether so many days used and left are in the region."""
        axis = self._found.axes.get("days")
        if axis is None:
            return True
        numbers = {"membership.days_used": used, "membership.days_left": left, "membership.period_days": used + left}
        cells = axis.cells_of(self._found.region.box.get("days", axis.whole))
        return any(
            not cell.given and all(span.holds(numbers[fact]) for fact, span in cell.spans.items()) for cell in cells
        )

    def _standing(self) -> Iterator[Chosen]:
        """Return the member in each standing of the region: a trial may be what makes the difference."""
        axis = self._found.axes.get("standing")
        if axis is None:
            return
        for cell in axis.cells_of(self._found.region.box.get("standing", axis.whole)):
            yield at_another(self.typical, status=cell.values["membership.status"], trial_runs=bool(cell.given))

    def _own(self) -> Iterator[Chosen]:
        """Return the member with each value of the caller's own facts in the region, since texts may show them."""
        for name, axis in self._found.axes.items():
            if name not in self.typical.own:
                continue
            for cell in axis.cells_of(self._found.region.box.get(name, axis.whole)):
                values = [cell.values[name]]
                span = cell.spans.get(name)
                if span is not None and span.high is None and not isinstance(values[0], Money):
                    values.append((span.low or 0) + 7)
                for value in values:
                    yield structs.replace(self.typical, own={**self.typical.own, name: value})

    def _others(self) -> Iterator[Chosen]:
        """Return members with what seldom matters: odd amounts paid, a discount, a fee paid, credit, debts."""
        paid = self._shape.paid
        changes: list[dict[str, Any]] = [
            {"discount": Discount(percent=Decimal(percent))} for percent in ("33.3", "50", "12.345")
        ]
        changes += [{"discount": Discount(amount=Money(333, self._shape.currency))}]
        changes += [{"minutes": 817}, {"setup_fee_paid": 2500}, {"account_credit": 777}, {"owed": 501}]
        if "membership.age_days" not in self._found.axes:
            # A trial may be counted from the membership's start.
            changes += [{"age_days": TYPICAL_AGE}, {"age_days": 2}]
        if "membership.paid" not in self._found.axes:
            changes += [{"paid": amount} for amount in (paid + 1, paid + 2, max(paid - 1, 0), paid // 2, 1, 3 * paid)]
        for change in changes:
            for member in (self.typical, *self._days((1,)), *self._middle()):
                yield at_another(member, **change)

    def _middle(self) -> Iterator[Chosen]:
        half = self._shape.interval_days // 2
        if half and self._may_be(half, self._shape.interval_days - half):
            yield at_another(self.typical, used=half, left=self._shape.interval_days - half)

    def _locales(self) -> list[str]:
        texts = [text for one in (self._space.old, self._space.new) for text in texts_of(one.policy)]
        return sorted({locale for text in texts if text is not None for locale in text.by_locale} | {"en", "de"})
