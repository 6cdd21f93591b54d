"""The search: every region in which two policies decide differently, pair by pair and shape by shape."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from crossgrade.errors import InvalidFacts
from crossgrade.facts.situation import Situation, held, situation
from crossgrade.model.calendar import midnight
from crossgrade.model.money import Currency
from crossgrade.model.policy import Policy
from crossgrade.model.rules import CHANGE_GROUPS, ChangeKind
from crossgrade.reviewing.abstraction import Abstraction
from crossgrade.reviewing.behaviour import Behaviour, ruled
from crossgrade.reviewing.catalogue import Shapes, held_prices, selectable
from crossgrade.reviewing.cells import Axis
from crossgrade.reviewing.dimensions import Ends, Rests, relevant_addons
from crossgrade.reviewing.formula import Box
from crossgrade.reviewing.keys import Keys, differing
from crossgrade.reviewing.program import Program, narrowed
from crossgrade.reviewing.regions import Budget, BudgetSpentError, Region, filled, outlined, regions_of
from crossgrade.reviewing.shapes import Moment, Shape, membership_of
from crossgrade.reviewing.space import Sided, Space, sided
from crossgrade.reviewing.touched import touched
from crossgrade.reviewing.waiting import with_pending

BOXES = 50_000
"""How many boxes may be looked at for a shape."""

PROOF_BOXES = 2_000
"""How many boxes may be looked at for a proof that rests on no shape, before shapes are looked at one by one."""

PATIENCE = 100
"""How many boxes are looked at after the last new difference between two programs."""

MOST_WAITING = 20
"""In how many regions where a pending change makes a difference it is looked at what difference it makes."""

SHAPE_PATIENCE = 100
"""How many shapes of a pair are looked at after the last that showed a new difference."""

ALL_BOXES = 2_000_000
"""How many boxes may be looked at in all."""


class Stretch(Struct, frozen=True):
    """Days in which the same two versions decide; `until` is the first day after, None where there is none."""

    first: date
    until: date | None
    old: Policy
    new: Policy


class Found(Struct, frozen=True, gc=False):
    """A region of a shape in which two policies decide differently, with the axes of its box."""

    stretch: Stretch
    shape: Shape
    region: Region
    axes: Mapping[str, Axis]
    rules: tuple[Mapping[Hashable, str], Mapping[Hashable, str]]
    possible: tuple[bool, bool]
    """Whether a quote is possible at all for the shape, by the old and by the new policy."""


class Pair(Struct, frozen=True):
    """A held and a wanted price, in a stretch of days."""

    stretch: Stretch
    held: Ends
    target: Ends

    @property
    def ends(self) -> tuple[Ends, Ends]:
        """The held and the wanted price."""
        return self.held, self.target


class Search:
    """The search in one stretch of days."""

    def __init__(self, stretch: Stretch, budget: Budget) -> None:
        self.stretch, self._budget = stretch, budget
        self.old, self.new = sided("old", stretch.old), sided("new", stretch.new)
        self._keys = Keys()
        self._ruled = ruled(self.old, self._keys), ruled(self.new, self._keys)
        self._touched = touched(stretch.old, stretch.new)
        self._proved: dict[object, bool] = {}
        self._abstractions: dict[str, Abstraction] = {}
        self._spaces: dict[str, tuple[Space, Shapes]] = {}
        self._outlines: dict[object, tuple[Region, ...]] = {}
        self.undecided: list[tuple[Pair, str]] = []
        self.cut_short = 0
        self.counts = {"pairs": 0, "text": 0, "regions": 0}

    @property
    def varied_together(self) -> bool:
        """Whether shapes were looked at of more than two add-ons, of which two at most are varied together."""
        looked = self.counts["text"] < self.counts["pairs"]
        return looked and len({*self.stretch.old.addons, *self.stretch.new.addons}) > 2

    def run(self) -> Iterator[Found]:
        """Return every region in which the two versions differ."""
        for one in held_prices(self.stretch.old):
            for other in selectable(self.stretch.old, self.stretch.new):
                self.counts["pairs"] += 1
                kinds = self._touched.kinds(one, other)
                if kinds is not None and not kinds & self._possible_kinds(one, other):
                    self.counts["text"] += 1
                    continue
                found, open_ = False, len(self.undecided)
                for each in self._pair(Pair(self.stretch, one, other), kinds):
                    found = True
                    yield each
                self.counts["regions"] += not found and len(self.undecided) == open_

    def _possible_kinds(self, held: Ends, target: Ends) -> frozenset[ChangeKind]:
        """Return the kinds of change that there can be between two prices."""
        if held == target:
            within = (*CHANGE_GROUPS["quantity_change"], *CHANGE_GROUPS["addon_change"])
        elif held[0] == target[0]:
            within = (*CHANGE_GROUPS["interval_change"], "price_change")
        else:
            within = _plan_changes(self.stretch, held[0], target[0])
        return frozenset((*within, "reactivation"))

    def _pair(self, pair: Pair, kinds: frozenset[ChangeKind] | None) -> Iterator[Found]:
        possible = self._possible_kinds(pair.held, pair.target)
        for currency in self._currencies(pair):
            left = kinds
            if self._touched.only_rules(*pair.ends) and self._has_many_shapes(pair, currency):
                left = self._not_proved(pair, kinds or possible, currency)
            if left is None or left:
                yield from self._in_currency(pair, currency, left, possible)

    def _in_currency(
        self, pair: Pair, currency: Currency, kinds: frozenset[ChangeKind] | None, possible: frozenset[ChangeKind]
    ) -> Iterator[Found]:
        """Return the regions of a pair, shape by shape; where many shapes in a row show nothing new, not of all."""
        _, shapes = self.space(currency)
        told: set[object] = set()
        idle = 0
        for shape in shapes.of(pair.held, pair.target, currency):
            if kinds is not None and not kinds & (_ENDED if shape.ended else possible - _ENDED):
                continue
            idle += 1
            if told and idle > SHAPE_PATIENCE:
                self.cut_short += 1
                return
            try:
                for found in self._shape(shape, currency, kinds):
                    if (what := _what(found)) not in told:
                        told.add(what)
                        idle = 0
                    yield found
            except BudgetSpentError:
                self.undecided.append((pair, "more cases than the budget allows"))
        if pair.ends in shapes.capped and told:
            self.cut_short += 1
        elif pair.ends in shapes.capped:
            self.undecided.append((pair, "more combinations of units, add-ons and amounts than are looked at"))

    def _has_many_shapes(self, pair: Pair, currency: Currency) -> bool:
        """Say whether it pays to prove what rests on no shape before shapes are looked at."""
        rests = Rests(self.space(currency)[0], *pair.ends)
        return rests.on_units or rests.on_amounts or bool(relevant_addons(rests))

    def _not_proved(self, pair: Pair, kinds: frozenset[ChangeKind], currency: Currency) -> frozenset[ChangeKind]:
        """Return the kinds of change that are not proved equal whatever units, add-ons and amounts are."""
        space, _ = self.space(currency)
        abstraction = self._abstractions.setdefault(currency.code, Abstraction(space, self._keys))
        return frozenset(kind for kind in kinds if not self._is_proved(abstraction, pair, kind))

    def _is_proved(self, abstraction: Abstraction, pair: Pair, kind: ChangeKind) -> bool:
        (old, axes), (new, others) = (abstraction.program(one, *pair.ends, kind) for one in self._ruled)
        if old == new:
            return True
        outline, _ = outlined((old, new))
        wholes = {name: axis.whole for name, axis in {**axes, **others}.items()}
        about = (*outline, tuple(sorted(wholes.items())))
        if about not in self._proved:
            self._proved[about] = self._never_differ(outline[0], outline[1], wholes)
        return self._proved[about]

    def _never_differ(self, old: Program, new: Program, wholes: Box) -> bool:
        try:
            return next(regions_of(old, new, {}, wholes, Budget(PROOF_BOXES)), None) is None
        except BudgetSpentError:
            return False

    def space(self, currency: Currency) -> tuple[Space, Shapes]:
        """Return the axes and shapes of a currency."""
        found = self._spaces.get(currency.code)
        if found is None:
            space = Space(self.old, self.new, currency, self.stretch.first, self.stretch.until)
            found = self._spaces[currency.code] = (space, Shapes(space))
        return found

    def _currencies(self, pair: Pair) -> list[Currency]:
        """Return the currencies that the held price is sold in."""
        old = self.stretch.old
        price = old.plans[pair.held[0]].prices[pair.held[1]]
        return [one for one in old.currencies.values() if price.in_currency(one.code) is not None]

    def _shape(self, shape: Shape, currency: Currency, kinds: frozenset[ChangeKind] | None) -> Iterator[Found]:
        space, _ = self.space(currency)
        old, new = (self._situation(one, shape, space) for one in (self.old, self.new))
        known = [each for each in (old, new) if not isinstance(each, InvalidFacts)]
        if not known or (len(known) == 2 and kinds is not None and not kinds & {each.change.kind for each in known}):
            return
        axes: dict[str, Axis] = {"standing": space.standing(ended=shape.ended)}
        before, after = (Behaviour(one, space, known[0], known[-1], axes) for one in self._ruled)
        programs = _program(before, old), _program(after, new)
        if shape.pending == "none" and not shape.ended:
            waits_alike = len(known) == 2 and before.permits == after.permits
            tested = space.tests("membership.has_pending_change")
            for waiting_shape in with_pending(shape, known, tested=tested, waits_alike=waits_alike):
                yield from self._shape(waiting_shape, currency, kinds)
        if programs[0] == programs[1]:
            return
        waiting = (before.waiting(), after.waiting()) if len(known) == 2 else (None, None)
        names, possible = (before.names, after.names), (_may_quote(programs[0]), _may_quote(programs[1]))
        for region in self._regions(programs, [each for each in waiting if each is not None], axes):
            yield Found(self.stretch, shape, region, axes, names, possible)

    def _regions(
        self, programs: tuple[Program, Program], waiting: Sequence[Program], axes: Mapping[str, Axis]
    ) -> Iterator[Region]:
        """Return the regions in which two programs differ; those of the same outline are looked for once."""
        outline, keys = outlined((*programs, *waiting))
        wholes = {name: axis.whole for name, axis in axes.items()}
        about = (*outline, tuple(sorted(wholes.items())))
        found = self._outlines.get(about)
        if found is None:
            found = self._outlines[about] = tuple(self._of_outline(outline, wholes))
        return (filled(region, keys) for region in found)

    def _of_outline(self, outline: tuple[Program, ...], wholes: Box) -> Iterator[Region]:
        """Return the regions of two programs; where a change is pending only those that it makes differ."""
        old, new, *waiting = outline
        if len(waiting) < 2:
            yield from self._differing(old, new, {}, wholes)
            return
        for number, region in enumerate(self._differing(waiting[0], waiting[1], {}, wholes)):
            if number == MOST_WAITING:
                self.cut_short += 1
                return
            one, other = old, new
            for axis, mask in region.box.items():
                one, other = narrowed(one, axis, mask), narrowed(other, axis, mask)
            yield from self._differing(one, other, region.box, wholes)

    def _differing(self, old: Program, new: Program, box: Box, wholes: Box) -> tuple[Region, ...]:
        granted = min(BOXES, self._budget.left)
        budget = Budget(granted, PATIENCE)
        try:
            return tuple(regions_of(old, new, box, wholes, budget))
        finally:
            self._budget.left -= granted - max(budget.left, 0)
            self.cut_short += budget.cut_short

    def _situation(self, one: Sided, shape: Shape, space: Space) -> Situation | InvalidFacts:
        """Return the situation of a typical member, or the error by which the policy does not know it."""
        zone = self.old.policy.zone
        used = shape.interval_days * 16 // 30
        day = space.day().cells[0].values["at.date"]
        status = "cancelled" if shape.ended else "active"
        moment = Moment(day, used, shape.interval_days - used, status=status)  # type: ignore[arg-type]
        try:
            member = held(one.policy, membership_of(shape, moment, zone), shape.currency, midnight(day, zone), {})  # type: ignore[arg-type]
            return situation(member, shape.selection)
        except InvalidFacts as problem:
            return problem


_ENDED: frozenset[ChangeKind] = frozenset(("reactivation",))


def _plan_changes(stretch: Stretch, held: str, target: str) -> tuple[ChangeKind, ...]:
    """Return the kinds a change between two plans can be of; where ranks make it, the one that they make it."""
    if "rank" not in {stretch.old.direction} & {stretch.new.direction}:
        return CHANGE_GROUPS["plan_change"]
    places = [policy.ranks(held, target) for policy in (stretch.old, stretch.new)]
    return tuple(_by_ranks(*place) if place else "crossgrade" for place in places)


def _by_ranks(held: int, target: int) -> ChangeKind:
    return "crossgrade" if held == target else "upgrade" if held < target else "downgrade"


def _what(found: Found) -> object:
    """Return what tells a difference from others of its pair: outcomes, the rules they come by, and what differs."""
    old, new = found.region.old, found.region.new
    rules = [
        frozenset(names.get(key) for key in outcome.keys)
        for names, outcome in zip(found.rules, (old, new), strict=True)
    ]
    parts = differing(*old.keys, *new.keys) if (old.kind, new.kind) == ("quote", "quote") else None
    return (found.shape.ended, old.kind, new.kind, *rules, parts)


def _program(behaviour: Behaviour, situation: Situation | InvalidFacts) -> Program:
    """Return what a policy does with a shape; where it does not know what is held or selected, that is an error."""
    if isinstance(situation, InvalidFacts):
        return Program((), (), ((True, ("error", situation.code)),))
    return behaviour.program()


def _may_quote(program: Program) -> bool:
    return any(not isinstance(key, tuple) for _, key in program.transitions)
