"""A space: the axes that two policies' rules cut what comes in by, in one currency and a stretch of days."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from msgspec import Struct

from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact, vocabulary_of
from crossgrade.model.condition import Comparison, Condition, Value, facts_of
from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.membership import Status
from crossgrade.model.money import Currency, Money
from crossgrade.model.policy import Policy
from crossgrade.model.rules import Restriction, Transition
from crossgrade.reviewing import cells
from crossgrade.reviewing.cells import DATE, DAY_OF_MONTH, LEFT, USED, WEEKDAY, WHOLE, Axis, Cell, Side

ENDED: tuple[Status, ...] = ("cancelled", "expired")
TYPICAL_AGE = 400
"""Days since the start of a typical membership: above a year."""

_STANDING = ("membership.status", "membership.trialing")
_DAYS = (USED, LEFT, WHOLE)
_AT = (DATE, WEEKDAY, DAY_OF_MONTH)
_COUNTS = {
    "membership.changes_this_period": 0,
    "membership.age_days": TYPICAL_AGE,
    "membership.days_since_change": TYPICAL_AGE,
}


class Sided(Struct, frozen=True):
    """One of the two policies, with every fact that its rules can test."""

    side: Side
    policy: Policy
    facts: Mapping[str, Fact]


def sided(side: Side, policy: Policy) -> Sided:
    """Return a policy as one of two."""
    facts = vocabulary_of(policy)
    return Sided(side, policy, facts)


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    """Return every comparison of a condition."""
    if isinstance(condition, Comparison):
        yield condition
        return
    for part in condition.parts:
        yield from comparisons_of(part)


def conditions_of(policy: Policy) -> Iterator[Condition]:
    """Return every condition of a policy."""
    yield from (rule.when for rule in policy.no_change)
    yield from (rule.when for rule in policy.restrictions)
    yield from (rule.when for rule in policy.transitions)
    yield from (rule.when for rule in policy.credits.values())


class Space:
    """The axes of two policies. Each is made when a rule that is looked at tests a fact of it, and kept."""

    def __init__(self, old: Sided, new: Sided, currency: Currency, first: date, until: date | None) -> None:
        self.old, self.new = old, new
        self.currency, self.first, self.until = currency, first, until
        self._tested: dict[str, list[Comparison]] = {}
        self._axes: dict[object, Axis] = {}
        policies = (old.policy, new.policy)
        rules: list[Restriction | Transition] = [rule for policy in policies for rule in policy.restrictions]
        rules += [rule for policy in policies for rule in policy.transitions]
        self._rules = [(rule, frozenset(facts_of(rule.when))) for rule in rules]
        general = [rule.when for policy in policies for rule in policy.no_change]
        general += [credit.when for policy in policies for credit in policy.credits.values()]
        self._everywhere = frozenset(fact for condition in general for fact in facts_of(condition))
        for policy in policies:
            for condition in conditions_of(policy):
                for comparison in comparisons_of(condition):
                    self._tested.setdefault(comparison.fact, []).append(comparison)

    def tests(self, fact: str) -> bool:
        """Say whether any rule of either policy tests a fact."""
        return fact in self._tested

    def tested_on(self, held: tuple[str, str], target: tuple[str, str]) -> frozenset[str]:
        """Return the facts that rules which fit a pair of prices test, and those of no-change rules and credits."""
        return self._everywhere.union(
            *(facts for rule, facts in self._rules if rule.source.admits(*held) and rule.target.admits(*target))
        )

    def numbers(self, *facts: str) -> list[int]:
        """Return the whole numbers that some facts are compared with."""
        return [each for fact in facts for each in self._numbers(fact)]

    def tested(self, *facts: str) -> list[Comparison]:
        """Return the comparisons of some facts."""
        return [each for fact in facts for each in self._tested.get(fact, ())]

    def is_open(self, fact: str, situation: Situation) -> bool:
        """Say whether a fact is left open by what is held and selected."""
        if fact in _DAYS:
            return situation.membership.period is not None
        section = fact.partition(".")[0]
        return fact in _OPEN or section in ("customer", "request", "usage", "exceeds")

    def axis(self, fact: str, old: Situation, new: Situation) -> Axis:
        """Return the axis that a fact is on, for a shape as both policies see it."""
        name, extra = self._place(fact, old, new)
        found = self._axes.get((name, extra))
        if found is None:
            found = self._axes[name, extra] = self._made(name, extra)
        return found

    def standing(self, *, ended: bool) -> Axis:
        """Return the axis of status and trial, for memberships that ended or for those that did not."""
        key = ("standing", ended)
        if key not in self._axes:
            self._axes[key] = _standing(ended=ended)
        return self._axes[key]

    def days(self) -> Axis:
        """Return the axis of the days of a period."""
        if "days" not in self._axes:
            self._axes["days"] = cells.of_days({fact: self._numbers(fact) for fact in _DAYS})
        return self._axes["days"]

    def day(self) -> Axis:
        """Return the axis of the day of the decision."""
        if "at" not in self._axes:
            self._axes["at"] = cells.of_the_day(self.tested(*_AT), self.first, self.until)
        return self._axes["at"]

    def _place(self, fact: str, old: Situation, new: Situation) -> tuple[str, object]:
        if fact in _STANDING:
            return "standing", old.membership.status in ENDED
        if fact in _DAYS:
            return "days", None
        if fact in _AT:
            return "at", None
        if fact == "membership.paid":
            return fact, 0 if old.held.plan.paid is None else old.held.plan.paid
        section, _, name = fact.partition(".")
        if section == "exceeds" or (section == "usage" and self._grants(name, old, new) is not None):
            return f"usage.{name}", self._grants(name, old, new)
        return fact, None

    def _grants(self, name: str, old: Situation, new: Situation) -> tuple[Any, Any] | None:
        """Return what both policies would grant of a numeric entitlement; None where neither knows it as one."""
        numeric = [
            (isinstance(grant, int) and not isinstance(grant, bool)) or grant == "unlimited"
            for grant in (old.granted_then.get(name), new.granted_then.get(name))
        ]
        return (old.granted_then.get(name), new.granted_then.get(name)) if any(numeric) else None

    def _made(self, name: str, extra: Any) -> Axis:
        if name in ("standing", "days", "at"):
            return self.standing(ended=extra) if name == "standing" else self.days() if name == "days" else self.day()
        if name in _COUNTS:
            return cells.counted(name, self._numbers(name), typical=_COUNTS[name])
        if name == "membership.payment_pending":
            return cells.of_choices(name, (False, True), typical=False)
        if name in ("membership.paid", "membership.account_credit"):
            constants = [each for one in self.tested(name) for each in one.constants]
            return cells.of_amounts(name, constants, self.currency, extra or 0)
        if extra is not None:
            return self._usage(name, extra)
        return self._own(name)

    def _numbers(self, fact: str) -> list[int]:
        return cells.constants_of(self.tested(fact), fact, lambda each: isinstance(each, int))

    def _usage(self, name: str, grants: tuple[Any, Any]) -> Axis:
        """Return the axis of a usage, cut where it exceeds what either policy would grant."""
        limits = [grant for grant in grants if isinstance(grant, int)]
        numbers = [*self._numbers(name), *limits, *self._defaults(name)]
        exceeds = f"exceeds.{name.removeprefix('usage.')}"
        made = []
        for cell in cells.counted(name, numbers).cells:
            used = cell.values[name]
            old, new = ({name: used, exceeds: _above(used, grant)} for grant in grants)
            made.append(Cell(old, cell.unusual, cell.spans, new_values=new))
        return Axis(name, tuple(made))

    def _defaults(self, name: str) -> list[int]:
        found = [one.policy.given_facts.get(name) for one in (self.old, self.new)]
        return [fact.default for fact in found if fact is not None and isinstance(fact.default, int)]

    def _own(self, name: str) -> Axis:
        """Return the axis of a fact of the caller's own, with a cell for leaving it out where that differs."""
        facts = [one.policy.given_facts.get(name) for one in (self.old, self.new)]
        declared = [fact for fact in facts if fact is not None]
        axis = self._own_values(name, declared)
        defaults = [None if fact is None or fact.required else fact.default for fact in facts]
        if None in defaults or defaults[0] == defaults[1]:
            return axis
        old, new = ({name: default} for default in defaults if default is not None)
        return Axis(name, (*axis.cells, Cell(old, 0, given=cells.OMITTED, new_values=new)))

    def _own_values(self, name: str, declared: list[FactDeclaration]) -> Axis:
        constants = [each for one in self.tested(name) for each in one.constants]
        typical = next((fact.default for fact in declared if not fact.required), None)
        allowed = [fact.one_of for fact in declared if fact.one_of is not None]
        kind = declared[0].type
        if allowed:
            both = [value for value in allowed[0] if all(value in values for values in allowed)]
            return cells.of_choices(name, both or allowed[0], typical if typical is not None else allowed[0][0])
        if kind == "boolean":
            return cells.of_choices(name, (False, True), typical or False)
        if kind == "integer":
            numbers = [each for each in constants if isinstance(each, int)]
            low = 0 if name.startswith("usage.") and self._is_counted(name) else None
            return cells.counted(name, numbers, low=low, typical=typical if isinstance(typical, int) else 1)
        return self._open_values(name, kind, constants, typical)

    def _is_counted(self, name: str) -> bool:
        return any(name.removeprefix("usage.") in one.policy.entitlements for one in (self.old, self.new))

    def _open_values(self, name: str, kind: str, constants: list[Any], typical: Value | None) -> Axis:
        if kind == "amount":
            start = typical.minor if isinstance(typical, Money) else 0
            return cells.of_amounts(name, constants, self.currency, start)
        if kind == "number":
            return cells.of_numbers(name, [each for each in constants if isinstance(each, int | Decimal)])
        if kind == "date":
            return cells.of_dates(name, [each for each in constants if isinstance(each, date)])
        texts = [each for each in constants if isinstance(each, str)]
        known = [typical] if typical is not None else []
        return cells.of_choices(name, [*known, *texts, _other_than(texts)], typical)


_OPEN = frozenset(
    (*_STANDING, *_AT, *_COUNTS, "membership.payment_pending", "membership.paid", "membership.account_credit")
)


def _above(used: Value, grant: object) -> bool:
    return isinstance(grant, int) and isinstance(used, int) and used > grant


def _standing(*, ended: bool) -> Axis:
    found = []
    for status in get_args(Status):
        if (status in ENDED) is not ended:
            continue
        for runs in (False, True):
            trialing = runs or status == "trialing"
            unusual = {"active": 0, "cancelled": 0, "trialing": 1}.get(status, 2) + 2 * runs
            found.append(Cell({"membership.status": status, "membership.trialing": trialing}, unusual, given=runs))
    return Axis("standing", tuple(found))


def _other_than(texts: list[str]) -> str:
    """Return a text that is none of some."""
    other = "other"
    while other in texts:
        other += "-"
    return other
