"""Running: cases asked of their policy's engine, step by step."""

import os.path
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from crossgrade.cases.comparing import compared
from crossgrade.cases.coverage import Reached
from crossgrade.cases.report import Mismatch, Report, Result
from crossgrade.cases.written import SECTIONS, Case, files_of, merged, read_cases
from crossgrade.deciding.compiled import MatcherKind
from crossgrade.diagnostics import Finding, ordered
from crossgrade.errors import CrossgradeError, InvalidFacts, InvalidPolicy
from crossgrade.loading import CASES_FILE, load
from crossgrade.model.calendar import midnight
from crossgrade.model.decision import Offer


class NoCasesError(CrossgradeError):
    """The paths hold no cases; an empty test is no test."""


def run(paths: Sequence[Path], *, policy: Path | None = None, matcher: MatcherKind | None = None) -> Report:
    """Run the cases in files, or in every file of cases below folders; `policy` overrides the one they name."""
    files = list(files_of(paths))
    if not files:
        raise NoCasesError(f"there is no `{CASES_FILE}` in {', '.join(path.as_posix() for path in paths)}")
    results: list[Result] = []
    findings: list[Finding] = []
    reached: dict[Path, Reached] = {}
    for file in files:
        cases, wrong = read_cases(file)
        findings += wrong
        if cases is None:
            continue
        chosen = policy or Path(os.path.normpath(file.parent.joinpath(cases.policy)))
        try:
            found = reached.get(chosen) or Reached(load(chosen, matcher=matcher))
        except InvalidPolicy as problem:
            findings += problem.diagnostics
            continue
        reached[chosen] = found
        results += [_run(case, found) for case in cases.cases]
    coverage = tuple(found.coverage(path.as_posix()) for path, found in reached.items())
    return Report(tuple(results), tuple(ordered(findings)), coverage)


def _run(case: Case, reached: Reached) -> Result:
    """Run the steps of a case; each goes on from the membership that came out, or stays where nothing did."""
    facts: Mapping[str, Any] = case.facts
    mismatches: list[Mismatch] = []
    for number, step in enumerate(case.steps):
        prefix = f"then[{number - 1}]." if number else ""
        outcome = _step(step, _by_then(step, facts), reached)
        mismatches += [
            Mismatch(f"{prefix}{wrong.path}", wrong.expected, wrong.found)
            for wrong in compared(step["expect"], outcome)
        ]
        facts = {**facts, "membership": outcome.get("membership") or facts["membership"]}
    return Result(case.place.file, case.place.line, case.name, tuple(mismatches))


def _by_then(step: Mapping[str, Any], facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts of a step: its own `usage`, `customer` and `request` merged over those of the case."""
    return {**facts, **{name: merged(facts[name], step[name]) for name in SECTIONS[1:] if name in step}}


def _step(step: Mapping[str, Any], facts: Mapping[str, Any], reached: Reached) -> dict[str, Any]:
    """Return what a step comes to, as JSON."""
    zone = reached.engine.policy.zone
    at = _instants(step["at"], zone, "at")
    membership = _instants(facts["membership"], zone)
    try:
        if step.get("apply_pending"):
            return reached.engine.apply_pending(membership, at=at).to_dict()
        if step.get("renew"):
            return reached.engine.renew(membership, at=at).to_dict()
        return _decided(step, {**facts, "membership": membership, "at": at}, reached)
    except InvalidFacts as problem:
        return {"outcome": "error", "error": problem.code, "message": str(problem)}


def _decided(step: Mapping[str, Any], facts: Mapping[str, Any], reached: Reached) -> dict[str, Any]:
    given = {"at": facts["at"], "locale": step.get("locale"), **{name: facts[name] for name in SECTIONS[1:]}}
    found: dict[str, Any] = {}
    if "offers" in step["expect"]:
        offers = reached.engine.offers(facts["membership"], **given)
        for offer in offers:
            reached.note(offer.decision)
        found = {"offers": _choosable(offers)}
    if set(step["expect"]) - {"offers"}:
        decision = reached.engine.decide(facts["membership"], step.get("selection"), **given)
        reached.note(decision)
        found = {**decision.to_dict(), **found}
    return found


def _choosable(offers: Sequence[Offer]) -> list[str]:
    """Return the ids of what can be chosen or is current: plans in rank order, then add-ons in the order of ids."""
    chosen = [offer for offer in offers if offer.choosable or offer.current]
    addons = sorted({offer.id for offer in chosen if offer.addon is not None})
    return [*(offer.id for offer in chosen if offer.addon is None), *addons]


_INSTANTS = ("at", "start", "end", "paid_from", "trial_ends", "last_changed")


def _instants(value: Any, zone: Any, key: str = "") -> Any:
    """Turn plain dates into midnights of the policy's zone, where an instant is expected."""
    if isinstance(value, Mapping):
        return {name: _instants(item, zone, name) for name, item in value.items()}
    if key in _INSTANTS and isinstance(value, str) and len(value) == 10:
        try:
            return midnight(date.fromisoformat(value), zone)
        except ValueError:
            return value
    return value
