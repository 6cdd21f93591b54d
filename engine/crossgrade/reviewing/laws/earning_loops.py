"""The law `earning-loop`: no changes lead back to the same plan and price with more than was there and was paid.

Looked at are members who paid the policy's price, on the first, the middle and the last day of their period, and loops
of two changes, on one day or three days apart, or of three on one day, each by any request of theirs. Such a member has
the unused days of what was paid. The loop earns where what is unused afterwards, with account credit and refunds and
less what is owed, is more than that and all that was paid on the way, by more than a day of the plan and the rounding
of each step. Days that are used up on the way are not counted.

Credits bounded by what was paid, for time measured by days or shorter, cannot earn, so that loops are only looked for
where something else is among the terms: a credit by the price that what was paid does not bound, or that it bounds
where another change takes effect for nothing, a whole period or month, a setup fee that is credited or below 0, a sum
that is waived, or nothing charged for days that are credited. Units and add-ons are not looked at.
"""

from collections.abc import Hashable, Iterator

from msgspec import Struct

from crossgrade.model.terms import CreditRule, Terms
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.laws.law import Broken, Section
from crossgrade.reviewing.laws.steps import Stand, step
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import amount, named
from crossgrade.reviewing.laws.ways import Way, Ways, quoted
from crossgrade.reviewing.regions import Budget
from crossgrade.reviewing.shapes import Question

DECISIONS = 1_000
"""How many decisions may be asked for."""

PATHS = 20_000
"""How many sequences of ways may be looked at."""


class _Loop(Struct, frozen=True):
    """A loop that earns: where it begins and ends, what was unused before, and by how much more there is."""

    start: Stand
    end: Stand
    began: int
    gain: int


class _Cause(Struct, frozen=True):
    """What gives too much, a credit rule or a transition, and where that is to be told."""

    key: str
    section: Section
    id: str
    credits: bool


class _Course(Struct, frozen=True):
    """How many changes a loop has, how many days apart, and how many loops by the same rules are looked at."""

    changes: int
    apart: int
    most: int


COURSES = (_Course(2, 0, 3), _Course(2, 3, 1), _Course(3, 0, 1))


def earning_loops(subject: Subject, ways: Ways) -> Iterator[Broken]:
    """Return a loop that earns for each credit rule or transition that gives more than was paid."""
    if not any(_may_earn(subject, rule.terms) for rule in subject.policy.transitions if rule.terms is not None):
        return
    search = _Search(subject, ways)
    for course in COURSES:
        for path in search.paths(course):
            loop = search.loop(path, course)
            if loop is not None:
                cause = search.cause(path)
                search.told.add(cause.key)
                yield _broken(loop, cause)


def _may_earn(subject: Subject, terms: Terms) -> bool:
    """Say whether terms can give back more than what was paid for the days to come."""
    return _gives(subject, terms) or any(_exceeds(subject, terms, rule) for rule in terms.credit.rules)


def _exceeds(subject: Subject, terms: Terms, credit: CreditRule) -> bool:
    """Say whether a credit rule of some terms can come to more than what was paid for the days to come."""
    proration = terms.credit.prorations[terms.credit.rules.index(credit)]
    # What was paid for the whole period bounds too little once a dearer plan is held without having been paid.
    unbounded = credit.at_most != "paid" or any(_is_free(rule.terms) for rule in subject.policy.transitions)
    beyond = credit.basis != "paid" and unbounded
    return beyond or credit.setup_fee != "none" or proration.by in ("period", "month")


def _gives(subject: Subject, terms: Terms) -> bool:
    """Say whether terms give something beside the credit: time, a sum that is waived, or a setup fee that is a gift."""
    free = _is_free(terms) and (terms.billing_date == "align" or bool(terms.credit.rules))
    return free or terms.waive_below is not None or _gives_setup_fees(subject, terms)


def _is_free(terms: Terms | None) -> bool:
    """Say whether a change takes effect at once and costs nothing until the next charge."""
    if terms is None or terms.effective != "immediately":
        return False
    return terms.charge == "none" and terms.billing_date in ("keep", "align")


def _gives_setup_fees(subject: Subject, terms: Terms) -> bool:
    """Say whether a setup fee can be a gift: below 0, or less than the one before."""
    fees = [plan.setup_fee for plan in subject.policy.plans.values() if plan.setup_fee is not None]
    below = any(minor < 0 for fee in fees for minor in fee.by_currency.values())
    return (terms.setup_fee == "charge" and below) or (terms.setup_fee == "difference" and bool(fees))


class _Search:
    """The search for loops: of ways one after the other, a few by each sequence of rules; `told` are those found."""

    def __init__(self, subject: Subject, ways: Ways) -> None:
        self._subject, self._ways = subject, ways
        self._decisions, self._paths = Budget(DECISIONS), Budget(PATHS)
        self._starts: dict[Hashable, Question | None] = {}
        self.told: set[str] = set()

    def paths(self, course: _Course) -> Iterator[tuple[Way, ...]]:
        """Return sequences of ways that end where they begin, with something among their terms that may earn."""
        tried: dict[Hashable, int] = {}
        for way in self._ways.all():
            for path in self._onward((way,), course.changes):
                rules = tuple((one.rule.id, one.credit and one.credit.id) for one in path)
                may_earn = any(self._is_risky(one) for one in path)
                if may_earn and tried.get(rules, 0) < course.most and self.cause(path).key not in self.told:
                    tried[rules] = tried.get(rules, 0) + 1
                    yield path

    def cause(self, path: tuple[Way, ...]) -> _Cause:
        """Return what is to be told of a loop: a transition that gives something, else the last credit that may."""
        gives = next((one for one in path if _gives(self._subject, one.terms)), None)
        if gives is not None:
            return _Cause(gives.rule.id, "transitions", gives.rule.id, credits=False)
        last = next(one for one in reversed(path) if self._is_risky(one))
        id = last.rule.id if last.credit is None else last.credit.id
        own = id in self._subject.policy.credits
        return _Cause(id, "credits" if own else "transitions", id if own else last.rule.id, credits=True)

    def _is_risky(self, way: Way) -> bool:
        return _gives(self._subject, way.terms) or (
            way.credit is not None and _exceeds(self._subject, way.terms, way.credit)
        )

    def _onward(self, path: tuple[Way, ...], changes: int) -> Iterator[tuple[Way, ...]]:
        start, here = path[0].held, path[-1].target
        last = len(path) == changes - 1
        for target in (start,) if last else self._between(start, here):
            for way in self._ways.between(here, target):
                self._paths.spend()
                if last:
                    yield (*path, way)
                else:
                    yield from self._onward((*path, way), changes)

    def _between(self, start: Ends, here: Ends) -> list[Ends]:
        return [target for target in self._subject.sold if target not in (start, here)]

    def loop(self, path: tuple[Way, ...], course: _Course) -> _Loop | None:
        """Return the loop of a path that earns, on the first of the days looked at; None where none does."""
        zone = self._subject.policy.zone
        for used in _days(path[0]):
            start, end = self._walk(path, used, course.apart)
            if start is None or end is None:
                continue
            began = start.worth(zone)
            gain = end.worth(zone) - began - end.paid
            if gain > self._a_day(start) + course.changes:
                return _Loop(start, end, began, gain)
        return None

    def _walk(self, path: tuple[Way, ...], used: int, apart: int) -> tuple[Stand | None, Stand | None]:
        """Return where the member of a path begins and ends, each request that of its way, by the rules of the path."""
        asks = self._asks(path[0], used)
        if asks is None:
            return None, None
        start = end = Stand(asks.membership, asks.at, path[0].shape.currency)
        for number, way in enumerate(path):
            self._decisions.spend()
            wanted = self._subject.question(way.shape, way.member).own
            own = {**asks.own, **{name: value for name, value in wanted.items() if name.startswith("request.")}}
            then = step(self._subject, end, way.target, own, apart if number else 0)
            if then is None or then.rules[-1] != way.rule.id:
                return start, None
            end = then
        return start, end

    def _asks(self, way: Way, used: int) -> Question | None:
        """Return what the member of a way asks on a day, looked for once; None where the way is not theirs."""
        key = (way.rule.id, way.credit and way.credit.id, way.held, way.target, used)
        if key not in self._starts:
            self._decisions.spend()
            found = quoted(self._subject, way, used)
            self._starts[key] = None if found is None else self._subject.question(way.shape, found[0])
        return self._starts[key]

    def _a_day(self, start: Stand) -> int:
        """Return the most that a day of the plan costs: that of a month's price, however long its interval."""
        price = self._subject.policy.plans[start.ends[0]].prices[start.ends[1]]
        amount_ = price.in_currency(start.currency.code) or 0
        return 0 if price.every is None or price.every.unit == "once" else amount_ // 28


def _days(way: Way) -> list[int]:
    length = way.shape.interval_days
    return list(dict.fromkeys((0, length // 2, max(length - 1, 0))))


def _broken(loop: _Loop, cause: _Cause) -> Broken:
    money, start, end = loop.start.currency, loop.start, loop.end
    count = {2: "two", 3: "three"}[len(end.steps)]
    message = f"{count} changes from {named(start.ends)} and back earn {amount(loop.gain, money)}"
    there = loop.began + loop.gain + end.paid
    shown = (
        f"a member on {named(start.ends)} who paid {start.membership.paid} has {amount(loop.began, money)} unused",
        *(f"  {each.told}" for each in end.steps),
        f"  {amount(there, money)} are there in the end, for {amount(loop.began + end.paid, money)}",
    )
    remedy = (
        "credit what was paid, by days (`credit: paid`)"
        if cause.credits
        else "charge for the days to come, and neither waive nor give what one change can get from another"
    )
    return Broken("earning-loop", cause.section, cause.id, message, remedy, shown, (cause.key,))
