"""The command `decide`: a pipe for machines, facts a line in, a decision a line out."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from crossgrade.cli.exits import CLEAN
from crossgrade.cli.options import Format, Locale, Matcher, Policy, Shown
from crossgrade.deciding.engine import Engine
from crossgrade.errors import InvalidFacts
from crossgrade.model.decision import Decision, Quote, Refusal

EXAMPLES = (
    "crossgrade decide policies/wc-affiliate --facts examples/half-year.jsonl",
    "crossgrade decide policies/wc-affiliate < examples/half-year.jsonl",
)

Lines = Annotated[str, typer.Option("--facts", metavar="FILE|-", help="JSON, one object of facts a line.")]


def decide(
    policy: Policy,
    facts: Lines = "-",
    output: Shown = Format.json,
    locale: Locale = None,
    matcher: Matcher = None,
) -> int:
    """Decide facts line by line, for programs.

    One JSON object of facts comes in, one decision goes out, in the same order. A line holds `membership`,
    `selection`, `at`, `usage`, `customer`, `request` and `locale`. Bad facts become {"outcome": "error", "error":
    CODE, "message": TEXT}; blank lines are skipped.
    """
    from crossgrade.cli.output import put
    from crossgrade.cli.question import loaded

    with _opened(facts) as lines:
        engine = loaded(policy, matcher)
        for line in lines:
            if line.strip():
                put(_answer(engine, line, locale, output))
    return CLEAN


@contextmanager
def _opened(where: str) -> Iterator[BinaryIO]:
    from crossgrade.cli.sheet import unreadable

    if where == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(where).open("rb")  # noqa: SIM115 - closed below; only opening may fail here
    except OSError as problem:
        raise unreadable(where, problem) from problem
    with stream:
        yield stream


def _answer(engine: Engine, line: bytes, locale: str | None, output: Format) -> str:
    from crossgrade.cli.output import json_text
    from crossgrade.cli.sheet import error_json
    from crossgrade.facts.border import from_json, question

    try:
        facts = question(from_json(line.strip()))
        wanted = locale or facts.get("locale") or engine.policy.locale
        decision = _decided(engine, facts, wanted)
    except InvalidFacts as problem:
        found = error_json(problem)
        return json_text(found) if output is Format.json else f"error {problem.code}: {problem}"
    return json_text(decision.to_dict()) if output is Format.json else _line(decision, wanted)


def _decided(engine: Engine, facts: Mapping[str, Any], locale: str) -> Decision:
    if "at" not in facts:
        raise InvalidFacts("missing_fact", "the instant of the decision is missing", "at")
    return engine.decide(
        facts["membership"],
        facts.get("selection"),
        at=facts["at"],
        usage=facts.get("usage"),
        customer=facts.get("customer"),
        request=facts.get("request"),
        locale=locale,
    )


def _line(decision: Decision, locale: str) -> str:
    """Return a decision in one line of text."""
    from crossgrade.deciding.messages import amount

    if isinstance(decision, Quote):
        return f"quote {decision.rule}: {amount(decision.due_now, locale)}"
    if isinstance(decision, Refusal):
        return "refusal " + "; ".join(f"{reason.rule}: {reason.message}" for reason in decision.reasons)
    return f"no_change {decision.rule}: {decision.message}"
