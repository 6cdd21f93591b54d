"""Measure crossgrade: `python benchmarks/run.py [--markdown] [--memory 1000000] [part ...]`; see README.md."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from time import perf_counter

from inside import Asked
from measuring import Task, Timing, quantile, rounds, singles
from peers import nested, python_loop, zen_table
from report import Report, micro, times

import crossgrade
import policies
from crossgrade import Engine, Offer, Quote
from crossgrade.deciding.compiled import MatcherKind
from crossgrade.loading import check
from policies import Question, Questions, Rule

SIZES = (10, 40, 100, 1_000)
QUESTIONS = 64
ROOT = Path(__file__).resolve().parent.parent

TYPED = "`decide`, typed, everything of the quote read"
SETTLED = "`decide`, typed membership"
DICT = "`decide`, a dict, everything of the quote read"
DERIVED = "rules that hold, facts derived and matched"
MATCHED = "rules that hold, facts given: durable-rules"
PLAIN = "rules that hold, facts given: plain matcher"
ZEN = "rules that hold, facts given: zen-engine, a column a fact"
ZEN_EXPRESSIONS = "rules that hold, facts given: zen-engine, a rule an expression"
LOOP = "rules that hold, facts given: plain Python, unchecked loop"


@dataclass(frozen=True)
class Arguments:
    """What to measure and how."""

    parts: list[str]
    rounds: int
    memory: int
    markdown: bool


@dataclass(frozen=True)
class Subject:
    """A policy ready to be asked, with questions that it answers by a quote."""

    rules: list[Rule]
    engine: Engine
    plain: Engine
    questions: list[Question]


@contextmanager
def subject(count: int, *, spread: bool = False) -> Iterator[Subject]:
    """Give a policy of so many rules and what it is asked; its engines are closed afterwards."""
    rules = policies.rules(count, spread=spread)
    with tempfile.TemporaryDirectory() as folder:
        file = policies.write(Path(folder), rules)
        engine, plain = crossgrade.load(file, matcher="durable"), crossgrade.load(file, matcher="plain")
    supply = Questions()
    found: list[Question] = []
    while len(found) < QUESTIONS:
        question = supply.next()
        if isinstance(decide(engine, question), Quote):
            found.append(question)
    try:
        yield Subject(rules, engine, plain, found)
    finally:
        engine.close()


def decide(engine: Engine, question: Question) -> object:
    """Ask with a typed membership; what a quote makes when it is asked for is left."""
    return engine.decide(question.typed, question.selection, at=question.at, **question.own)


def decide_all(engine: Engine, question: Question) -> object:
    """Ask with a typed membership and read everything that a quote says."""
    return _read(decide(engine, question))


def decide_dict(engine: Engine, question: Question) -> object:
    """Ask with the membership as it comes out of JSON and read everything that a quote says."""
    return _read(engine.decide(question.plain, question.selection, at=question.at.isoformat(), **question.own))


def _read(decision: object) -> object:
    if isinstance(decision, Quote):
        _ = (decision.lines, decision.membership, decision.upcoming, decision.entitlements, decision.addons)
    return decision


def contenders(of: Subject) -> tuple[dict[str, list[Task]], float]:
    """Return what is compared, after checking that all say the same; and how many rules hold on average."""
    durable = [Asked(of.engine, question) for question in of.questions]
    plain = [Asked(of.plain, question) for question in of.questions]
    given = [nested(asked.facts) for asked in durable]
    loop, zen = python_loop(of.rules), zen_table(of.rules, "columns")
    zen_expressions = zen_table(of.rules, "expressions")
    found: dict[str, list[Task]] = {
        TYPED: [partial(decide_all, of.engine, question) for question in of.questions],
        SETTLED: [partial(decide, of.engine, question) for question in of.questions],
        DICT: [partial(decide_dict, of.engine, question) for question in of.questions],
        DERIVED: [asked.from_situation for asked in durable],
        MATCHED: [asked.from_values for asked in durable],
        PLAIN: [asked.from_values for asked in plain],
        ZEN: [partial(zen, facts) for facts in given],
        ZEN_EXPRESSIONS: [partial(zen_expressions, facts) for facts in given],
        LOOP: [partial(loop, asked.facts) for asked in durable],
    }
    return found, _agreed(found)


def _agreed(found: dict[str, list[Task]]) -> float:
    """Check that every contender finds the same rules, and both whole decisions the same quote."""
    for typed, plain in zip(found[TYPED], found[DICT], strict=True):
        first, second = typed(), plain()
        if not isinstance(first, Quote) or not isinstance(second, Quote) or first.to_dict() != second.to_dict():
            raise AssertionError((first, second))
    expected = [task() for task in found[LOOP]]
    for name in (DERIVED, MATCHED, PLAIN, ZEN, ZEN_EXPRESSIONS):
        if [task() for task in found[name]] != expected:
            raise AssertionError(name)
    return sum(len(ids) for ids in expected if isinstance(ids, list)) / len(expected)


def measure_rules(report: Report, arguments: Arguments) -> None:
    """Measure decisions and matching for policies of several sizes."""
    found: dict[int, dict[str, Timing]] = {}
    holding: list[str] = []
    alone: list[float] = []
    for count in SIZES:
        with subject(count) as of:
            compared, hits = contenders(of)
            found[count] = rounds(compared, arguments.rounds)
            holding.append(f"{hits:.1f}")
            if count == 40:
                alone = singles(compared[SETTLED], 100)
    report.title("By number of rules (µs: median of the rounds; last column: best round to zen-engine's best)")
    peers = found[40]
    rows = [
        (name, *(micro(found[count][name].typical) for count in SIZES), times(peers[name].against(peers[ZEN])))
        for name in peers
    ]
    rows.append(("rules that hold, on average", *holding, ""))
    report.table(("", *(f"{count:,} rules" for count in SIZES), "at 40, to zen"), rows)
    _aims(report, peers[SETTLED].against(peers[ZEN]), peers[TYPED].against(peers[ZEN]), alone)


def _aims(report: Report, ratio: float, read: float, alone: list[float]) -> None:
    p50, p99 = quantile(alone, 0.5), quantile(alone, 0.99)
    report.say(f"\nsingle decisions, 40 rules, typed membership: p50 {micro(p50)} µs, p99 {micro(p99)} µs")
    report.aim("`decide` to zen-engine's matching alone, 40 rules", ratio, 0.7, "×")
    report.aim("the same, everything of the quote read", read, 0.7, "×")
    report.aim("`decide`, 40 rules, p50", p50, 60, " µs")


def measure_spread(report: Report, arguments: Arguments) -> None:
    """Measure 1,000 rules spread over 20 current plans against 10 rules."""
    with subject(10) as small, subject(1_000, spread=True) as large:
        few, many = contenders(small)[0], contenders(large)[0]
        both = {f"{name}/few": tasks for name, tasks in few.items()}
        both |= {f"{name}/many": tasks for name, tasks in many.items()}
        found = rounds(both, arguments.rounds)
    ratios = {name: found[f"{name}/many"].against(found[f"{name}/few"]) for name in few}
    report.title("1,000 rules spread over 20 current plans, to 10 rules (µs: medians; ratio of best rounds)")
    rows = [
        (name, micro(found[f"{name}/few"].typical), micro(found[f"{name}/many"].typical), times(ratio))
        for name, ratio in ratios.items()
    ]
    report.table(("", "10 rules", "1,000 spread", "ratio"), rows)
    for name in (MATCHED, DERIVED):
        report.aim(f"1,000 spread to 10: {name}", ratios[name], 3, "×")


def measure_offers(report: Report, arguments: Arguments) -> None:
    """Measure offers over 20 plans against one decision."""
    with subject(40) as of:
        some = of.questions[:16]
        tasks: dict[str, list[Task]] = {
            "decide": [partial(decide, of.engine, question) for question in of.questions],
            "offers": [partial(_offers, of.engine, question) for question in some],
            "singly": [partial(_singly, of.engine, question) for question in some],
        }
        targets = len(_offers(of.engine, some[0]))
        found = rounds(tasks, arguments.rounds)
    report.title("Offers, 40 rules, 20 plans with two prices each (µs)")
    one = found["decide"]
    rows = [("one `decide`", micro(one.typical), "1", "1")]
    for name, what in (("offers", f"`offers`, {targets} targets"), ("singly", f"`decide` for each of the {targets}")):
        ratio = found[name].against(one)
        rows.append((what, micro(found[name].typical), f"{ratio:.1f}", f"{ratio / targets:.2f}"))
    report.table(("", "µs", "in decides", "a target"), rows)
    report.aim("`offers`, for each target", found["offers"].against(one) / targets, 1, " × `decide`")


def _offers(engine: Engine, question: Question) -> tuple[Offer, ...]:
    return engine.offers(question.typed, at=question.at, **question.own)


def _singly(engine: Engine, question: Question) -> None:
    for plan, price in product(engine.policy.plans, ("monthly", "yearly")):
        engine.decide(question.typed, {"plan": plan, "price": price}, at=question.at, **question.own)


def measure_load(report: Report, arguments: Arguments) -> None:
    """Measure loading, and the command from a cold start."""
    with tempfile.TemporaryDirectory() as folder:
        file = policies.write(Path(folder), policies.rules(200, plans=50), plans=50)
        size = file.stat().st_size // 1_000
        loads: dict[str, list[Task]] = {
            "`load`": [partial(_load, file, "durable")],
            "`load` with the plain matcher": [partial(_load, file, "plain")],
            "`check` alone, nothing compiled": [partial(_check, file)],
        }
        found = rounds(loads, min(arguments.rounds, 7))
        starts: dict[str, list[Task]] = {
            "cold: `crossgrade check policies/wc-affiliate`": [
                partial(_check_cold, ROOT / "policies" / "wc-affiliate")
            ],
            "cold: `crossgrade check` of the 50 plans": [partial(_check_cold, file)],
            "cold: `crossgrade --help`": [partial(_run, "-m", "crossgrade", "--help")],
            "cold: `python -c pass`": [partial(_run, "-c", "pass")],
        }
        cold = rounds(starts, min(arguments.rounds, 7))
    report.title(f"Loading 50 plans and 200 rules ({size} kB of YAML), and cold starts (ms)")
    report.table(("", "ms"), [(name, f"{each.typical / 1_000:.0f}") for name, each in (found | cold).items()])
    report.aim("`load` of 50 plans and 200 rules", found["`load`"].typical / 1_000, 250, " ms")
    report.aim("`check` from a cold start", next(iter(cold.values())).typical / 1_000, 500, " ms")


def _load(file: Path, matcher: MatcherKind) -> None:
    crossgrade.load(file, matcher=matcher).close()


def _check(file: Path) -> None:
    policy, findings = check(file)
    if policy is None:
        raise AssertionError(findings)


def _check_cold(path: Path) -> None:
    _run("-m", "crossgrade", "check", str(path))


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def measure_memory(report: Report, arguments: Arguments) -> None:
    """Measure memory over many different decisions."""
    step = max(arguments.memory // 10, QUESTIONS)
    with subject(40) as of:
        _ask_many(of, max(step // 5, 10 * QUESTIONS))
        start, curve = perf_counter(), [_resident()]
        for _ in range(10):
            _ask_many(of, step)
            curve.append(_resident())
        spent = perf_counter() - start
    report.title(f"Resident memory over {10 * step:,} decisions, 40 rules ({spent:.0f} s)")
    report.table(("decisions", "MB"), [(f"{tenth * step:,}", f"{each:.1f}") for tenth, each in enumerate(curve)])
    report.aim(f"growth of memory over {10 * step:,} decisions", curve[-1] - curve[0], 1, " MB")


def _ask_many(of: Subject, count: int) -> None:
    """Ask `count` questions, those of one kind each at another instant."""
    shift = timedelta(seconds=1)
    for number in range(count):
        question = of.questions[number % QUESTIONS]
        of.engine.decide(
            question.typed, question.selection, at=question.at + shift * (number // QUESTIONS % 3_600), **question.own
        )


def measure_peers(report: Report, arguments: Arguments) -> None:
    """Measure whole decisions against others, whose packages only this part needs."""
    import compared

    compared.measure_peers(report, arguments.rounds)


def measure_whole(report: Report, arguments: Arguments) -> None:
    """Measure decisions from body to bytes, and offers, against their aims."""
    import compared

    compared.measure_whole(report, arguments.rounds)


def measure_diff(report: Report, _: Arguments) -> None:
    """Measure the exact diff of two policies against z3, which only this part needs."""
    import diffs

    diffs.measure(report)


def _resident() -> float:
    """Return the resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


# Memory comes first: what other parts have freed would hide what it takes.
PARTS: dict[str, Callable[[Report, Arguments], None]] = {
    "memory": measure_memory,
    "rules": measure_rules,
    "spread": measure_spread,
    "offers": measure_offers,
    "load": measure_load,
    "whole": measure_whole,
    "peers": measure_peers,
    "diff": measure_diff,
}


def _arguments() -> Arguments:
    parser = argparse.ArgumentParser(description="Measure crossgrade against its peers, in one run.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"what to measure: {', '.join(PARTS)}; default: all")
    parser.add_argument("--rounds", type=int, default=15, help="rounds in which the contenders take turns (default 15)")
    parser.add_argument("--memory", type=int, default=100_000, help="decisions of the part `memory` (default 100,000)")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    given = parser.parse_args()
    if unknown := [part for part in given.parts if part not in PARTS]:
        parser.error(f"unknown part {unknown[0]}; there are {', '.join(PARTS)}")
    return Arguments(given.parts or list(PARTS), given.rounds, given.memory, given.markdown)


def main() -> None:
    """Run the parts asked for."""
    arguments = _arguments()
    report = Report(markdown=arguments.markdown)
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    cores, system = os.cpu_count(), platform.machine()
    report.say(f"Python {platform.python_version()}, {cores} cores, {system}, load {load} (1, 5, 15 minutes)")
    start = perf_counter()
    for part, measure in PARTS.items():
        if part in arguments.parts:
            measure(report, arguments)
    report.finish()
    report.say(f"\n{perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
