"""Strategies: random valid policies and memberships of the whole language, and periods in awkward places."""

import os
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from hypothesis import note
from hypothesis import strategies as st
from tests.oracle import policies
from tests.oracle.evaluator_calendar import at_time_of, interval, plus

import crossgrade
from crossgrade import Decision, Engine, InvalidFacts, Quote

Document = dict[str, Any]
OWN = ("usage", "customer", "request")
POLICIES = 10_000 if os.environ.get("CROSSGRADE_SOAK") else 120
"""So many policies are drawn from; each is asked about many memberships."""

ZONES = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
INTERVALS = ("day", "week", "28 days", "month", "3 months", "6 months", "year", "2 years")


@dataclass(frozen=True, repr=False)
class Question:
    """A policy, and what is asked of it."""

    document: Document
    asked: dict[str, Any]

    def __repr__(self) -> str:
        return f"Question({self.asked})"

    @property
    def engine(self) -> Engine:
        return loaded(policies.to_yaml(self.document))

    def decide(self, engine: Engine | None = None, **other: Any) -> Decision:
        asked = {**self.asked, **other}
        own = {name: asked.get(name) for name in OWN}
        return (engine or self.engine).decide(asked["membership"], asked["selection"], at=asked["at"], **own)


class Quoted(NamedTuple):
    """A question and the quote that answers it."""

    question: Question
    quote: Quote

    def __repr__(self) -> str:
        return f"Quoted({self.question})"


@lru_cache(maxsize=256)
def loaded(text: str, matcher: Any = "plain") -> Engine:
    """Return the engine of a policy's text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policy.yaml"
        file.write_text(text, "utf-8")
        return crossgrade.load(file, matcher=matcher)


@lru_cache(maxsize=256)
def document(seed: int) -> Document:
    return policies.policy(Random(seed), supported=False)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw a policy, a membership, a selection and an instant."""
    found = document(draw(st.integers(0, POLICIES - 1)))
    asked = policies.facts(Random(draw(st.integers(0, 2**32))), found)
    note(f"{policies.to_yaml(found)}\n{asked}")
    return Question(found, asked)


@st.composite
def quotes(draw: st.DrawFn) -> Quoted:
    """Draw a question that is answered by a quote, perhaps one about what came out of another quote."""
    question = draw(questions())
    found = quote_of(question)
    for step in range(draw(st.integers(0, 2))):
        later = onward(question, found, Random(draw(st.integers(0, 2**32)) + step)) if found else None
        after = quote_of(later) if later else None
        question, found = (later, after) if later and after else (question, found)
    if found is None:
        found = quote_of(question := fallback(question))
    if found is None:
        draw(st.nothing())
    assert found is not None
    note(f"{question.asked}")
    return Quoted(question, found)


def quote_of(question: Question) -> Quote | None:
    try:
        found = question.decide()
    except InvalidFacts:
        return None
    return found if isinstance(found, Quote) else None


def fallback(question: Question) -> Question:
    """Return the first of some other questions about the same policy that is answered by a quote."""
    for seed in range(40):
        other = Question(question.document, policies.facts(Random(seed), question.document))
        if quote_of(other):
            return other
    return question


def onward(question: Question, quote: Quote, random: Random) -> Question:
    """Return a question about what came out of a quote, a while later."""
    shown = quote.to_dict()["membership"]
    start = datetime.fromisoformat(shown["period"]["start"]) if shown["period"] else quote.effective_at
    moment = max(datetime.fromisoformat(question.asked["at"]), start)
    moment += timedelta(seconds=random.choice((0, 60, 86400, 86400 * 5, 86400 * 20, 86400 * 60)))
    asked = {**question.asked, "membership": shown, "at": moment.isoformat()}
    asked["selection"] = policies.selection(random, question.document, shown)
    return Question(question.document, asked)


@dataclass(frozen=True)
class Span:
    """A period of a membership, in a zone."""

    zone: ZoneInfo
    every: str
    start: datetime
    end: datetime
    billing_day: int

    @property
    def period(self) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Draw a period of one interval: around clock changes, leap days and the ends of months, in far zones."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    every = draw(st.sampled_from(INTERVALS))
    day = draw(st.one_of(st.dates(date(2026, 1, 1), date(2032, 12, 31)), st.sampled_from(policies.DAYS).map(on)))
    clock = draw(st.one_of(st.just(time()), st.times().map(lambda each: each.replace(microsecond=0))))
    start = at_time_of(day, datetime.combine(date(2026, 6, 15), clock, tzinfo=zone), zone)
    billing = draw(st.sampled_from((29, 30, 31))) if day == last_of_month(day) and draw(st.booleans()) else day.day
    billing = max(billing, day.day)
    end = at_time_of(plus(day, interval(every), 1, billing), start, zone)
    return Span(zone, every, start, end, billing)


def on(text: str) -> date:
    return date.fromisoformat(text)


def last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@st.composite
def instants(draw: st.DrawFn, span: Span) -> datetime:
    """Draw an instant in a period."""
    seconds = int((span.end - span.start).total_seconds()) - 1
    return (span.start + timedelta(seconds=draw(st.integers(0, max(seconds, 0))))).astimezone(span.zone)


def two_plans(
    zone: object, every: str, terms: Document, more: Document | None = None, costs: tuple[int, int] = (10, 20)
) -> str:
    """Return a policy of two plans at one interval, where every change is made on the same terms."""
    groups = ["plan_change", "interval_change", "price_change", "quantity_change", "addon_change", "reactivation"]
    amounts = zip(("one", "two"), costs, strict=True)
    prices = {plan: {"price": {"amount": cost, "every": every}} for plan, cost in amounts}
    return yaml.safe_dump(
        {
            "policy": "two-plans",
            "effective": "2020-01-01",
            "timezone": str(zone),
            "currency": "USD",
            "plans": {plan: {"prices": price} for plan, price in prices.items()},
            "families": {"all": ["one", "two"]},
            "transitions": [{"id": "all", "change": groups, "to": "any", "terms": terms}],
            **(more or {}),
        }
    )
