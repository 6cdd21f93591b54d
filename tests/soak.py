"""The long run: the engine against the oracle, and the laws with many examples, for as long as it is given.

`python -m tests.soak --minutes 60` goes through a million decisions and more; it stops at the first difference.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
DECISIONS = 1_000_000
EXAMPLES = 2_000
BOTH = 30
"""Every so many policies are matched by both matchers."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long it may take (default 30)")
    parser.add_argument("--seed", type=int, default=1_000, help="the first policy (default 1000)")
    given = parser.parse_args()
    until = monotonic() + given.minutes * 60
    return compare(given.seed, monotonic() + given.minutes * 40) or laws(until)


def compare(seed: int, until: float) -> int:
    """Compare the engine with the oracle, policy by policy; return 1 at the first difference."""
    sys.path.insert(0, str(ROOT))
    from tests.oracle import comparing, policies, test_oracle

    decided, first = 0, seed
    with tempfile.TemporaryDirectory() as folder:
        while decided < DECISIONS and monotonic() < until:
            random = Random(seed)
            document = policies.policy(random, supported=False)
            matcher = "plain" if seed % BOTH else "both"
            engine = comparing.build(document, Path(folder), matcher=matcher)
            counted = Counted(engine)
            for report in test_oracle.compared(random, counted, document, set()):  # type: ignore[arg-type]
                sys.stdout.write(f"\nseed {seed}\n{report}\n")
                return 1
            engine.close()
            decided += counted.asked
            seed += 1
            progress(f"oracle: {decided:,} answers of {seed - first:,} policies agree")
    sys.stdout.write("\n")
    return 0


class Counted:
    """An engine that counts what it is asked."""

    def __init__(self, engine: object) -> None:
        self.engine, self.asked = engine, 0

    def __getattr__(self, name: str) -> object:
        self.asked += 1
        return getattr(self.engine, name)


def laws(until: float) -> int:
    """Run the laws, file by file, with many new examples each, as long as there is time."""
    files = sorted((ROOT / "tests" / "laws").glob("test_*.py"))
    for number, file in enumerate(files, 1):
        left = until - monotonic()
        if left <= 0:
            sys.stdout.write(f"\nno time left for {len(files) - number + 1} laws\n")
            return 0
        progress(f"laws: {number} of {len(files)}, {file.stem}")
        environment = {**os.environ, "CROSSGRADE_SOAK": os.environ.get("CROSSGRADE_SOAK", str(EXAMPLES))}
        command = [sys.executable, "-m", "pytest", "-q", str(file)]
        try:
            found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=left, check=False)
        except subprocess.TimeoutExpired:
            continue
        if found.returncode:
            sys.stdout.write(f"\n{found.stdout.decode()}")
            return 1
    sys.stdout.write("\n")
    return 0


def progress(text: str) -> None:
    sys.stdout.write(f"\r{text:<78}")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
