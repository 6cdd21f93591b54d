"""The engine taken apart: what it does for one question, stage by stage. The one file that knows its private names."""

from peers import Facts

from crossgrade import Engine, Money
from crossgrade.deciding import rulebook
from crossgrade.deciding.compiled import Compiled
from crossgrade.deciding.rulebook import Route, Rulebook
from crossgrade.facts import border
from crossgrade.facts.situation import Situation, situation
from crossgrade.model.condition import Value
from policies import TESTED, Constant, Question


class Asked:
    """A question to an engine, brought as far as the rules: the situation, the values of its facts, its rules."""

    def __init__(self, engine: Engine, question: Question) -> None:
        own = question.own
        version, member, setting = engine._held(  # noqa: SLF001
            question.typed, question.at, own["usage"], own["customer"], own["request"]
        )
        self.situation: Situation = situation(member, border.selection(question.selection, setting))
        self.book: Rulebook = version.books[self.situation.held.plan.id]
        self.route: Route = version.route(self.situation)
        self.values: dict[str, Value] = {
            fact.name: fact.derive(self.situation) for fact in (*self.book.held, *self.book.aimed)
        }
        self.facts: Facts = self._facts(version)

    def _facts(self, version: Compiled) -> dict[str, Constant]:
        """Return the values for others: amounts as cents, and what a rule's `change`, `from` and `to` look at."""
        names = (*TESTED, "change.kind", "membership.plan", "target.plan")
        return {name: _plain(version.facts[name].derive(self.situation)) for name in names}

    def from_values(self) -> list[str]:
        """Return the ids of the rules that hold, given the values of their facts."""
        return self._ids(self.book.hits(self.values))

    def from_situation(self) -> list[str]:
        """Return the ids of the rules that hold, their facts derived first."""
        return self._ids(rulebook.Asked(self.book, {}, {}).about(self.situation)[1])

    def _ids(self, hits: int) -> list[str]:
        route = self.route
        return [rule.id for number, rule in (*route.restrictions, *route.transitions) if hits >> number & 1]


def _plain(value: Value) -> Constant:
    if isinstance(value, Money):
        return value.minor
    if isinstance(value, bool | int | str):
        return value
    raise TypeError(value)
