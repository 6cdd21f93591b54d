"""What must be true of anything that comes in: an answer or the documented error, and nothing else."""

import json
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.hostile import as_json
from tests.oracle import policies

import crossgrade
from crossgrade import Engine, InvalidFacts
from crossgrade.cases.written import read_cases
from crossgrade.diagnostics import Finding, as_github, as_text
from crossgrade.diagnostics import as_json as finding_as_json
from crossgrade.errors import FACTS_ERROR_CODES
from crossgrade.facts.border import from_json
from crossgrade.loading import check

ASKED = 12
"""So many questions are asked of a policy that is read without an error."""


@cache
def _folder() -> Path:
    """Return a folder in memory where there is one: each text is a file before it is read."""
    fast = Path("/dev/shm")
    kept.append(tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None))
    return Path(kept[-1].name)


kept: list[tempfile.TemporaryDirectory[str]] = []


def reads_policy(content: bytes) -> bool:
    """Read bytes as a policy; say whether it is one. Every finding can be shown."""
    file = _folder() / "policy.yaml"
    file.write_bytes(content)
    found, findings = check(file)
    for finding in findings:
        shown(finding)
    wrong = any(finding.severity == "error" for finding in findings)
    assert (found is None) == wrong
    if found is not None:
        engine = Engine(found, matcher="plain")
        asks_all(engine)
        engine.close()
    return found is not None


def reads_cases(content: bytes) -> bool:
    """Read bytes as cases; say whether they are."""
    file = _folder() / "cases.yaml"
    file.write_bytes(content)
    found, findings = read_cases(file)
    for finding in findings:
        shown(finding)
    assert found is not None or findings
    return found is not None


def shown(finding: Finding) -> None:
    """Show a finding in every form: each is text that can be written, and says no more than can be read."""
    for text in (as_text(finding), as_github(finding), json.dumps(finding_as_json(finding), ensure_ascii=False)):
        text.encode()
    assert len(finding.message) < 2_000, finding.code
    assert len(finding.help or "") < 20_000, finding.code


@cache
def engines() -> tuple[tuple[Engine, dict[str, Any]], ...]:
    """Return engines of random policies, with the documents they are made of."""
    found = []
    for seed in range(6):
        document = policies.policy(Random(seed), supported=False)
        file = _folder() / f"engine-{seed}.yaml"
        file.write_text(policies.to_yaml(document), "utf-8")
        found.append((crossgrade.load(file, matcher="plain"), document))
    return tuple(found)


@cache
def questions() -> tuple[Any, ...]:
    """Return questions to these engines, each with the number of its engine."""
    random = Random(1)
    return tuple(
        {"engine": number, "locale": "de", **policies.facts(random, document)}
        for number, (_, document) in enumerate(engines())
        for _ in range(ASKED)
    )


def decides(body: bytes) -> str:
    """Answer a body of JSON by the engine it names; return the outcome, or the code of the error."""
    try:
        asked = from_json(body)
    except InvalidFacts as problem:
        return code(problem)
    number = asked.pop("engine", 0) if isinstance(asked, dict) else 0
    chosen = number % len(engines()) if isinstance(number, int) else 0
    engine = engines()[chosen][0]
    found = answer(engine, asked)
    try:
        said = json.loads(engine.decide_json(as_json(asked)))
    except InvalidFacts as problem:
        code(problem)
    else:
        assert said["outcome"] == found
    return found


def asks_all(engine: Engine) -> None:
    """Ask what members on the first plans can choose, and read all that is said."""
    for plan in [*engine.policy.plans.values()][:3]:
        for price in [*plan.prices][:2]:
            member = {"plan": plan.id, "price": price, "paid": "1"}
            for given in (member, {**member, "period": {"start": START, "end": END}}):
                try:
                    found = engine.offers(given, at=AT)
                except InvalidFacts as problem:
                    code(problem)
                    continue
                json.dumps([offer.to_dict() for offer in found], ensure_ascii=False).encode()


START, AT, END = (f"{day}T00:00:00+00:00" for day in ("2031-05-31", "2031-06-11", "2031-06-30"))


def answer(engine: Engine, asked: Any) -> str:
    """Decide facts as they came out of JSON, and read all that the answer says."""
    if not isinstance(asked, dict):
        return "wrong_type"
    own = {name: asked.get(name) for name in ("usage", "customer", "request")}
    locale = asked.get("locale") if isinstance(asked.get("locale"), str) else None
    member: Any = asked.get("membership")
    at: Any = asked.get("at")
    found = ""
    for ask in (
        lambda: engine.decide(member, asked.get("selection"), at=at, **own, locale=locale),
        lambda: engine.renew(member, at=at),
        lambda: engine.apply_pending(member, at=at),
    ):
        try:
            decision = ask()
            said = decision.to_dict()
        except InvalidFacts as problem:
            found = found or code(problem)
            continue
        json.dumps(said, ensure_ascii=False).encode()
        found = found or str(said.get("outcome", "applied"))
    return found


def code(problem: InvalidFacts) -> str:
    """Return an error's code, once it is one of the closed list and its text can be written and read."""
    assert problem.code in FACTS_ERROR_CODES
    str(problem).encode()
    assert len(str(problem)) < 2_000
    return problem.code
