"""Whole decisions, JSON in and JSON out: crossgrade against the same policy written for others, and its aims."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import rivals
from inside import Asked
from measuring import Task, Timing, quantile, rounds, singles
from report import Report, micro, times

import crossgrade
import policies
from checkout import checkout, matching_alone
from crossgrade import Engine
from policies import Question, Questions, Rule

RULES = 40
TIMED = 64
CHECKED = 3_000
"""Random questions that all contenders must answer alike before anything is timed."""

WHOLE, BY_HAND = "crossgrade, `decide_json`", "Python by hand, for this policy alone"
ALL = "checks types, derives facts, matches, prices, renders lines, explains"


@dataclass(frozen=True)
class Contender:
    """Whoever answers a body; `does` says how much of the work it does, `takes` what body it is given."""

    name: str
    does: str
    decide: Callable[[bytes], bytes]
    takes: Callable[[Engine, Question], bytes]


def question(_engine: Engine, asked: Question) -> bytes:
    """Return the body that crossgrade takes."""
    whole = {"membership": asked.plain, "selection": asked.selection, "at": asked.at.isoformat(), **asked.own}
    return json.dumps(whole).encode()


def derived(engine: Engine, asked: Question, *, flat: bool) -> bytes:
    """Return the facts that crossgrade derives, for those who cannot."""
    return rivals.body(dict(Asked(engine, asked).facts), flat=flat)


def _contenders(engine: Engine, rules: Sequence[Rule]) -> list[Contender]:
    flat, nested = partial(derived, flat=True), partial(derived, flat=False)
    alone = "matches; facts are derived for it, it cannot price"
    return [
        Contender(WHOLE, ALL, engine.decide_json, question),
        Contender(BY_HAND, "derives facts, matches, prices", checkout(rules), question),
        Contender("Python by hand, matching alone", "matches; facts are derived for it", matching_alone(rules), flat),
        Contender("CEL", alone, rivals.cel(rules), nested),
        Contender("cedarpy", alone, rivals.cedar(rules), flat),
        Contender("zen-engine", alone, rivals.zen_engine(rules), nested),
        Contender("rule-engine", f"checks types, {alone}", rivals.rule_engine(rules), nested),
    ]


@contextmanager
def _engine(rules: Sequence[Rule], plans: int) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = crossgrade.load(policies.write(Path(folder), rules, plans=plans))
    try:
        yield engine
    finally:
        engine.close()


def measure_peers(report: Report, count: int) -> None:
    """Measure whole decisions against the same policy written for others."""
    rules = policies.rules(RULES)
    with _engine(rules, 20) as engine:
        contenders = _contenders(engine, rules)
        refused = _checked(engine, contenders)
        supply = Questions()
        asked = [supply.next() for _ in range(TIMED)]
        tasks: dict[str, list[Task]] = {
            each.name: [partial(each.decide, each.takes(engine, one)) for one in asked] for each in contenders
        }
        found = rounds(tasks, count)
        alone = {name: _alone(some, found[name]) for name, some in tasks.items()}
    report.title(f"Whole decisions, {RULES} rules, JSON in and JSON out (µs)")
    rows = [
        (
            f"{each.name}: {each.does}",
            micro(found[each.name].typical),
            micro(quantile(alone[each.name], 0.5)),
            micro(quantile(alone[each.name], 0.99)),
            times(found[each.name].against(found[WHOLE])),
        )
        for each in contenders
    ]
    report.table(("", "median round", "p50", "p99", "to crossgrade"), rows)
    report.say(f"\n{CHECKED:,} random questions were answered alike by all before, {refused} of them by a refusal")


def _alone(tasks: Sequence[Task], timing: Timing) -> list[float]:
    """Return the times of single tasks, about a second of them."""
    return singles(tasks, max(3, round(1_000_000 / (timing.typical * len(tasks)))))


def _checked(engine: Engine, contenders: Sequence[Contender]) -> int:
    """Ask all contenders the same and return how often the answer was a refusal; AssertionError where two differ."""
    supply, refused = Questions(), 0
    for _ in range(CHECKED):
        asked = supply.next()
        expected = json.loads(engine.decide_json(question(engine, asked)))
        refused += expected["outcome"] == "refusal"
        for each in contenders:
            answer = json.loads(each.decide(each.takes(engine, asked)))
            if _essence(answer, expected) != _essence(expected, answer):
                raise AssertionError((each.name, answer, expected))
    return refused


def _essence(answer: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the outcome with its rules, and what is due where both answers say it."""
    reasons = [reason["rule"] if isinstance(reason, dict) else reason for reason in answer.get("reasons", ())]
    due = answer.get("due_now") if "due_now" in other else None
    return {"outcome": answer["outcome"], "reasons": reasons, "rule": answer.get("rule"), "due_now": due}


def measure_whole(report: Report, count: int) -> None:
    """Measure a decision from a JSON body to JSON bytes, and offers over twenty targets, against their aims."""
    rules = policies.rules(RULES, plans=10)
    with _engine(rules, 10) as engine:
        supply = Questions(plans=10)
        asked = [supply.next() for _ in range(TIMED)]
        bodies = [question(engine, one) for one in asked]
        tasks: dict[str, list[Task]] = {
            "body to bytes": [partial(engine.decide_json, body) for body in bodies],
            "`decide`, typed": [partial(_decide, engine, one) for one in asked],
            "`offers`, typed, 20 targets": [partial(_offers, engine, one) for one in asked[:16]],
            "`decide`, all of it as JSON": [partial(_decide_shown, engine, one) for one in asked],
            "`offers`, all of them as JSON": [partial(_offers_shown, engine, one) for one in asked[:16]],
        }
        targets = len(_offers(engine, asked[0]))
        found = rounds(tasks, count)
        alone = singles(tasks["body to bytes"], 100)
    _say_whole(report, found, alone, targets)


def _say_whole(report: Report, found: dict[str, Timing], alone: list[float], targets: int) -> None:
    p50, p99 = quantile(alone, 0.5), quantile(alone, 0.99)
    report.title(f"From a JSON body to JSON bytes, and offers over {targets} targets, {RULES} rules (µs)")
    report.table(("", "median round", "best round"), [(k, micro(t.typical), micro(t.best)) for k, t in found.items()])
    report.say(f"\nsingle decisions, body to bytes: p50 {micro(p50)} µs, p99 {micro(p99)} µs")
    _, one, offers, shown, offers_shown = found.values()
    report.aim("body to bytes, 40 rules, p50", p50, 100, " µs")
    report.aim("the same, p99 to p50", p99 / p50, 4, "×")
    report.aim(f"`offers` over {targets} targets", offers.against(one), 12, " × `decide`")
    report.aim("the same, all of it as JSON", offers_shown.against(shown), 12, " × `decide`")


def _decide(engine: Engine, one: Question) -> crossgrade.Decision:
    return engine.decide(one.typed, one.selection, at=one.at, **one.own)


def _offers(engine: Engine, one: Question) -> tuple[crossgrade.Offer, ...]:
    return engine.offers(one.typed, at=one.at, **one.own)


def _decide_shown(engine: Engine, one: Question) -> dict[str, Any]:
    return _decide(engine, one).to_dict()


def _offers_shown(engine: Engine, one: Question) -> list[dict[str, Any]]:
    return [offer.to_dict() for offer in _offers(engine, one)]
