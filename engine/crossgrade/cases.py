"""Cases: a policy's own tests, what they expect of its decisions, and which rules they reach."""

import os.path
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import product
from pathlib import Path
from typing import Any

from msgspec import Struct

from crossgrade.deciding.compiled import MatcherKind
from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import Finding, Place, ordered
from crossgrade.errors import CrossgradeError, InvalidFacts, InvalidPolicy
from crossgrade.loading import CASES_FILE, holds_cases, load
from crossgrade.model.calendar import midnight
from crossgrade.model.decision import Decision, NoChange, Offer, Quote
from crossgrade.model.policy import Policy
from crossgrade.reading.located import Entries, Items, Node, compose, plain
from crossgrade.reading.schema import check

SECTIONS = ("membership", "usage", "customer", "request")


class Mismatch(Struct, frozen=True):
    """Something a decision was expected to say, by its path, and what it says."""

    path: str
    expected: str
    found: str


class Result(Struct, frozen=True):
    """A case that was run."""

    file: str
    line: int
    name: str
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.mismatches


class Coverage(Struct, frozen=True):
    """The rules, terms and credits of a policy, how many there are and which no case reached, as (section, id)."""

    policy: str
    total: int
    never: tuple[tuple[str, str], ...]


class Report(Struct, frozen=True):
    """What a run of cases came to; `findings` are mistakes in the cases files and their policies."""

    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> int:
        """How many cases failed."""
        return len(self.results) - self.passed


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


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the cases files that paths name; a file is itself, a folder every file of cases below it."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*.y*ml")) if not _hidden(file, path) and holds_cases(file))
        else:
            yield path


def _hidden(file: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(below).parts)


class Case(Struct, frozen=True):
    """One case, with what it shares with others filled in, for one choice of its `each` values."""

    place: Place
    name: str
    facts: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


class CasesFile(Struct, frozen=True):
    """The cases of a file and the policy they are for, relative to it."""

    policy: str
    cases: tuple[Case, ...]


def read_cases(file: Path) -> tuple[CasesFile | None, list[Finding]]:
    """Read a cases file; None where a finding is an error."""
    name = file.as_posix()
    try:
        root, findings = compose(file.read_bytes(), name)
    except OSError as problem:
        return None, [Finding(Place(name), "missing-file", f"`{name}` cannot be read: {problem.strerror}")]
    if root is not None:
        findings = [*findings, *check(root, "cases")]
    if not isinstance(root, Entries) or findings:
        return None, findings
    listed = root.get("cases")
    items = listed.items if isinstance(listed, Items) else ()
    shared = plain(root)
    if not items:
        return None, [Finding(root.place, "empty", "there are no cases", help="write at least one under `cases:`")]
    policy = shared.get("policy", "policy.yaml") if isinstance(shared, dict) else "policy.yaml"
    return CasesFile(policy, tuple(case for item in items for case in _cases(item, shared))), []


def _cases(node: Node, shared: Any) -> Iterator[Case]:
    written: Any = plain(node)
    facts = {name: merged(shared.get(name, {}), written.get(name, {})) for name in SECTIONS}
    first = {key: written[key] for key in _STEP if key in written}
    steps = (first, *written.get("then", ()))
    for choice in product(*(_choices(path, values) for path, values in written.get("each", {}).items())):
        chosen = {**facts, "steps": steps}
        for path, value in choice:
            chosen = replaced(chosen, _keys(path), value)
        suffix = ", ".join(f"{path}: {value}" for path, value in choice)
        name = f"{written['name']} ({suffix})" if suffix else written["name"]
        yield Case(_name_place(node), name, {key: chosen[key] for key in SECTIONS}, chosen["steps"])


_STEP = ("at", "selection", "apply_pending", "renew", "locale", "expect")
"""What a case says of its first step, as those under `then` say it of theirs."""


def _keys(path: str) -> list[str]:
    """Return the keys of a path; the name of a fact is one key, whatever dots it has."""
    return path.split(".", 1) if path.partition(".")[0] in SECTIONS[1:] else path.split(".")


def _choices(path: str, values: list[Any]) -> list[tuple[str, Any]]:
    return [(path, value) for value in values]


def _name_place(node: Node) -> Place:
    name = node.get("name") if isinstance(node, Entries) else None
    return name.place if name is not None else node.place


def merged(shared: Any, own: Any) -> Any:
    """Merge a case's value over the shared one, deeply; null takes a shared value away."""
    if not isinstance(shared, Mapping) or not isinstance(own, Mapping):
        return own
    both = {**shared, **{key: merged(shared.get(key, {}), value) for key, value in own.items()}}
    return {key: value for key, value in both.items() if value is not None}


def replaced(value: Any, path: list[str], new: Any) -> Any:
    """Return the mapping with the value at a path replaced; `at` and `selection` are those of the first step."""
    if path[0] in ("at", "selection") and "steps" in value:
        first, *rest = value["steps"]
        return {**value, "steps": (replaced(first, path, new), *rest)}
    if len(path) == 1:
        return {**value, path[0]: new}
    return {**value, path[0]: replaced(value.get(path[0]) or {}, path[1:], new)}


class Reached:
    """An engine, and which rules, terms and credits its decisions rested on so far."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._seen: set[tuple[str, str]] = set()

    def note(self, decision: Decision) -> None:
        """Note what a decision rested on."""
        if isinstance(decision, Quote):
            self._note_rule(decision.rule)
            self._note_terms(decision)
            self._seen |= {("credits", entry.rule) for entry in decision.trace if entry.section == "credits"}
        elif isinstance(decision, NoChange):
            self._note_rule(decision.rule)
        else:
            for reason in decision.reasons:
                self._note_rule(reason.rule)

    def _note_rule(self, rule: str) -> None:
        self._seen |= {(section, rule) for section in ("no_change", "restrictions", "transitions")}

    def _note_terms(self, quote: Quote) -> None:
        """Note the terms of the transition, in the version that decided."""
        for policy in self.engine.versions.policies:
            if policy.effective == quote.grounds.policy.effective:
                terms = {rule.id: rule.terms for rule in policy.transitions}.get(quote.rule)
                self._seen |= {("terms", terms.id)} if terms is not None and terms.id else set()

    def coverage(self, policy: str) -> Coverage:
        """Return what was never reached; rules of several versions with the same id count once."""
        everything = dict.fromkeys(item for version in self.engine.versions.policies for item in _reachable(version))
        return Coverage(policy, len(everything), tuple(item for item in everything if item not in self._seen))


def _reachable(policy: Policy) -> Iterator[tuple[str, str]]:
    """Return the rules, terms and credits of a version, as (section, id)."""
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("no_change", (rule.id for rule in policy.no_change)),
        ("restrictions", (rule.id for rule in policy.restrictions)),
        ("transitions", (rule.id for rule in policy.transitions)),
        ("terms", policy.terms),
        ("credits", policy.credits),
    )
    return ((section, id) for section, ids in sections for id in ids)


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


_NOTHING_IF_LEFT_OUT = ("account_credit", "owed", "setup_fee_paid")


def differences(expected: Any, found: Any, path: str) -> Iterator[Mismatch]:
    """Compare what is expected with what is found: mappings in part, lists item by item, amounts as exact money."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield _mismatch(path, expected, found)
            return
        for key, value in expected.items():
            yield from differences(value, _told(key, value, found), f"{path}.{key}" if path else key)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield _mismatch(path, expected, found)
            return
        for number, (value, item) in enumerate(zip(expected, found, strict=True)):
            yield from differences(value, item, f"{path}[{number}]")
    elif not _equal(expected, found):
        yield _mismatch(path, expected, found)


def _told(key: str, expected: Any, found: Mapping[str, Any]) -> Any:
    """Return what is found under a key; amounts of a membership that are left out are 0."""
    left_out = key in _NOTHING_IF_LEFT_OUT and found.get(key) is None and expected is not None
    return "0.00" if left_out else found.get(key)


def compared(expected: Mapping[str, Any], outcome: Mapping[str, Any]) -> list[Mismatch]:
    """Compare what a step expects with its outcome; an error that is not expected is said by itself."""
    if outcome.get("outcome") == "error" and expected.get("outcome") != "error" and "error" not in expected:
        return [Mismatch("error", "nothing", f"{outcome['error']} ({outcome['message']})")]
    return list(differences(expected, outcome, ""))


def _mismatch(path: str, expected: Any, found: Any) -> Mismatch:
    return Mismatch(path or "decision", _shown(expected), _shown(found))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)


def _equal(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found
    if isinstance(expected, int | Decimal):
        return _number(found) == expected
    if isinstance(expected, str) and isinstance(found, str):
        return expected == found or _same_moment(expected, found) or _same_amount(expected, found)
    return bool(expected == found)


def _number(found: Any) -> Decimal | int | None:
    if isinstance(found, int):
        return found
    try:
        return Decimal(found)
    except (InvalidOperation, TypeError, ValueError):
        return None


def _same_amount(expected: str, found: str) -> bool:
    number = _number(expected)
    return number is not None and _number(found) == number


def _same_moment(expected: str, found: str) -> bool:
    """Compare instants; a plain date matches that day in the policy's zone, in which instants are written."""
    try:
        moment = datetime.fromisoformat(found)
        if len(expected) == 10:
            return date.fromisoformat(expected) == moment.date()
        return len(found) > 10 and datetime.fromisoformat(expected) == moment
    except (ValueError, TypeError):
        return False
