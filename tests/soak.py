"""The long run: everything that can be looked at for longer, each part with a share of the time.

`python -m tests.soak --minutes 30` compares the engine with the oracle and the matchers with each other, tries the laws
and hostile input with new examples, and decides under threads, forks and reloads; it ends with a summary, and with
code 1 where anything was wrong. `--only laws` runs one part for all of the time.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from random import Random
from subprocess import STDOUT, Popen
from time import monotonic, sleep

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = 300
"""Examples of each law, or of hostile input, in one run; the next run has others."""

BOTH = 30
"""Every so many policies are matched by both matchers."""

GROWTH = 64
"""Megabytes that a part may take beyond what it took after a tenth of its time."""


@dataclass
class Part:
    """What one part did. Memory is in megabytes: once it had warmed up, and at its end, or at its highest."""

    name: str
    runs: int = 0
    cases: int = 0
    what: str = ""
    faults: list[str] = field(default_factory=list)
    before: int = 0
    after: int = 0
    seconds: float = 0

    def note_memory(self, *, warm: bool) -> None:
        self.after = resident()
        if warm or not self.before:
            self.before = self.after


def resident() -> int:
    """Return the resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def oracle(part: Part, seconds: float) -> None:
    """Compare the engine with the oracle, policy by policy; each has a few dozen answers."""
    from tests.oracle import comparing, policies, test_oracle

    part.what = "answers of the engine and the oracle"
    with tempfile.TemporaryDirectory() as folder:
        for seed in numbers(part, seconds, SEED):
            random = Random(seed)
            document = policies.policy(random, supported=False)
            engine = comparing.build(document, Path(folder), matcher="plain" if seed % BOTH else "both")
            counted = Counted(engine)
            reports = test_oracle.compared(random, counted, document, set())  # type: ignore[arg-type]
            part.faults += [f"seed {seed}\n{report}" for report in reports]
            engine.close()
            part.cases += counted.asked


class Counted:
    """An engine that counts what it is asked."""

    def __init__(self, engine: object) -> None:
        self.engine, self.asked = engine, 0

    def __getattr__(self, name: str) -> object:
        self.asked += 1
        return getattr(self.engine, name)


def matchers(part: Part, seconds: float) -> None:
    """Compare durable-rules, the plain matcher and the tree on random rules and values."""
    from tests.matching.test_differential import SIZES, compared

    part.what = "pairs of a rule and facts, matched three ways"
    for seed in numbers(part, seconds, SEED):
        try:
            part.cases += compared(seed, SIZES[seed % len(SIZES) :][:1], 60)[0]
        except AssertionError as difference:
            part.faults.append(f"matchers, seed {seed}: {difference}")


def numbers(part: Part, seconds: float, first: int) -> Iterator[int]:
    """Count until the time is over or five faults are found, with an eye on memory."""
    began = monotonic()
    while (passed := monotonic() - began) < seconds and len(part.faults) < 5:
        yield first + part.runs
        part.runs += 1
        part.note_memory(warm=passed < seconds / 10)
        progress(f"{part.name}: {part.cases:,} {part.what}")
    if part.after - part.before > GROWTH:
        part.faults.append(f"{part.name}: memory grew from {part.before} to {part.after} MB")


def laws(part: Part, seconds: float) -> None:
    """Try every law with new examples, again and again."""
    part.what = "examples of laws"
    files = sorted((ROOT / "tests" / "laws").glob("test_*.py"))
    tried(part, seconds, [[str(file)] for file in files], EXAMPLES)


def fuzz(part: Part, seconds: float) -> None:
    """Feed hostile policies, cases and facts, made by hypothesis."""
    part.what = "hostile inputs"
    tried(part, seconds, [["tests/fuzz"]], EXAMPLES)


def concurrency(part: Part, seconds: float) -> None:
    """Decide under threads, forks, signals and reloads."""
    part.what = "tests under load"
    found = sorted({*ROOT.glob("tests/serving/test_concurrency*.py"), *ROOT.glob("tests/serving/test_fork*.py")})
    tried(part, seconds, [[str(file)] for file in found], 1, at_least_once=True)


def tried(
    part: Part, seconds: float, arguments: Sequence[list[str]], examples: int, *, at_least_once: bool = False
) -> None:
    """Run tests by turns until the time is over; one that the end interrupts is not counted."""
    until = monotonic() + seconds
    least = len(arguments) if at_least_once else 0
    while (part.runs < least or monotonic() < until) and len(part.faults) < 5:
        files = arguments[part.runs % len(arguments)]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-show-statistics"]
        limit = None if part.runs < least else until
        ended, output = run(part, [*command, *files], {"CROSSGRADE_SOAK": str(examples)}, limit)
        if ended is None:
            return
        part.runs += 1
        part.cases += sum(map(int, re.findall(r"(\d+) passing", output))) or passed(output)
        if ended:
            part.faults.append(f"{' '.join(files)}\n{output}")
        progress(f"{part.name}: {part.cases:,} {part.what}")


def passed(output: str) -> int:
    """Return how many tests passed, counted by their dots."""
    return sum(line.count(".") for line in output.splitlines() if re.match(r"[.sxFE]+ ", line))


def guided(part: Part, seconds: float) -> None:
    """Feed hostile input guided by coverage, with atheris."""
    part.what = "inputs guided by coverage"
    if find_spec("atheris") is None:
        part.what = "skipped: atheris is not installed"
        return
    for name in ("policy", "cases", "facts"):
        limit = max(1, int(seconds // 3))
        command = [sys.executable, "-m", "tests.fuzz.guided", name, f"-max_total_time={limit}", f"-seed={SEED}"]
        with tempfile.TemporaryDirectory() as folder:
            ended, output = run(part, [*command, f"-artifact_prefix={folder}/"], {}, None)
        part.runs += 1
        part.cases += sum(map(int, re.findall(r"number_of_executed_units: (\d+)", output)))
        if ended:
            part.faults.append(f"{name}\n{output[-6_000:]}")
        progress(f"{part.name}: {part.cases:,} {part.what}")


def run(part: Part, command: list[str], more: dict[str, str], until: float | None) -> tuple[int | None, str]:
    """Run a command and return its code, None where the end of the time ended it, and what it printed."""
    with tempfile.TemporaryFile() as output:
        started = Popen(command, cwd=ROOT, env={**os.environ, **more}, stdout=output, stderr=STDOUT)
        while not (ended := os.wait4(started.pid, os.WNOHANG))[0]:
            sleep(0.05)
            if until is not None and monotonic() > until:
                started.terminate()
                os.wait4(started.pid, 0)
                started.returncode = 0
                return None, ""
        started.returncode = os.waitstatus_to_exitcode(ended[1])
        highest = ended[2].ru_maxrss // 1_000
        part.before, part.after = part.before or highest, max(part.after, highest)
        output.seek(0)
        return started.returncode, output.read().decode("utf-8", "replace")


PARTS: dict[str, tuple[Callable[[Part, float], None], int]] = {
    "oracle": (oracle, 25),
    "matchers": (matchers, 10),
    "laws": (laws, 25),
    "concurrency": (concurrency, 15),
    "fuzz": (fuzz, 15),
    "guided": (guided, 10),
}
"""Each part and the percent of the time it has."""

SEED = 1_000


def main() -> int:
    global SEED  # noqa: PLW0603 - said once, before anything runs
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long it may take (default 30)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"the first random policy (default {SEED})")
    parser.add_argument("--only", choices=PARTS, help="one part, for all of the time")
    given = parser.parse_args()
    SEED = given.seed
    began, done = monotonic(), []
    for name, (doing, percent) in PARTS.items():
        if given.only in (None, name):
            part, start = Part(name), monotonic()
            doing(part, given.minutes * 60 * (100 if given.only else percent) / 100)
            part.seconds = monotonic() - start
            done.append(part)
            progress("")
            for fault in part.faults:
                sys.stdout.write(f"\n{fault}\n")
    summary(done, monotonic() - began)
    return int(any(part.faults for part in done))


def summary(done: list[Part], seconds: float) -> None:
    """Print what was done as a table of Markdown."""
    faults = sum(len(part.faults) for part in done)
    sys.stdout.write(f"\n{seconds / 60:.1f} minutes, {faults} faults\n\n")
    sys.stdout.write("| part | s | runs | cases | | faults | MB, start | MB, end |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |\n")
    for part in done:
        cells = (part.name, f"{part.seconds:.0f}", f"{part.runs:,}", f"{part.cases:,}", part.what, len(part.faults))
        sys.stdout.write(f"| {' | '.join(map(str, (*cells, part.before, part.after)))} |\n")


def progress(text: str) -> None:
    """Show how far it is, on one line of a terminal; a file gets the summary alone."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r{text:<78}\r")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
