"""The conformance report: which published examples the policies run, which are left out, and why.

`python -m tests.conformance.report --write` rewrites `docs/conformance.md`; without `--write` it prints the page.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from crossgrade.cases import Result, run
from crossgrade.loading import CASES_FILE

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/conformance.md"
SHIPPED, FIXTURES, LEFT_OUT = ROOT / "policies", ROOT / "tests/policies", ROOT / "tests/conformance/left_out"
CYCLES = ROOT / "tests/billing/data/kill-bill-cycles.yaml"  # a table of calendar figures, run by a test of its own
PUBLISHED = "published-figures-"  # fixtures of a system without a policy of its own, whose figures are published

EVIDENCE = re.compile(r"\b(verified\s+against|modelled\s+on)\b", re.IGNORECASE)
NUMBERED = re.compile(r"(?<!as )\b[A-Z]{3}-[A-Z]?\d+\b")
NAMED = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")

INTRODUCTION = """\
# Conformance

Every policy comes with cases, and this page counts them. It is written by `python -m tests.conformance.report --write`
and a test keeps it current.

*Cases* are what is run, one for each value of `each`. *Examples* are published examples of the system that cases name
in their `source`; the figures are the source's. *Verified against* says that figures of the vendor, or of someone else
who publishes them, back the policy; *modelled on* says that it follows documentation or code, and its figures are
computed. What each policy rests on is said in its README. Examples of Kill Bill without a change in them are a table
of calendar figures, run by `tests/billing/test_kill_bill_cycles.py`.
"""


class System(Struct, frozen=True):
    """What is run and what is left out of one system; `passed` counts cases."""

    name: str
    evidence: str
    cases: int
    passed: int
    examples: frozenset[str]
    left_out: tuple[tuple[str, str], ...]


def examples_in(source: str) -> frozenset[str]:
    """Return the ids of the examples that a source names; what is modelled on one does not run it."""
    if source.startswith("modelled on"):
        return frozenset()
    bracketed = {word for part in re.findall(r"\(([^()]*)\)", source) for word in re.split(r"[,;]\s*", part)}
    return frozenset(NUMBERED.findall(source)) | {word for word in bracketed if NAMED.fullmatch(word)}


def systems() -> list[System]:
    """Run all cases and return every system by name."""
    results: dict[str, list[Result]] = {}
    examples: dict[str, set[str]] = {}
    left_out: dict[str, list[tuple[str, str]]] = {}
    for result in run([SHIPPED, FIXTURES], matcher="plain").results:
        results.setdefault(_system_of(Path(result.file).parent.name), []).append(result)
    for folder, source in _sources():
        examples.setdefault(_system_of(folder), set()).update(examples_in(source))
    examples["kill-bill"].update(re.findall(r"killbill-\d+", CYCLES.read_text(encoding="utf-8")))
    for file in sorted(LEFT_OUT.glob("*.yaml")):
        entries = [(entry["id"], " ".join(entry["reason"].split())) for entry in _read(file) or ()]
        left_out.setdefault(_system_of(file.stem), []).extend(entries)
    return [
        System(
            name,
            _evidence(name),
            len(results.get(name, ())),
            sum(result.passed for result in results.get(name, ())),
            frozenset(examples.get(name, ())),
            tuple(sorted(left_out.get(name, ()))),
        )
        for name in sorted({*results, *left_out})
    ]


def _system_of(folder: str) -> str:
    """Return the system of a folder `<system>` or `<system>-<what>`, by what is shipped and what is left out."""
    name = folder.removeprefix(PUBLISHED)
    known = {path.parent.name for path in SHIPPED.glob(f"*/{CASES_FILE}")} | {path.stem for path in LEFT_OUT.glob("*")}
    return min((system for system in known if f"{name}-".startswith(f"{system}-")), key=len, default=name)


def _sources() -> Iterator[tuple[str, str]]:
    for file in sorted([*SHIPPED.rglob(CASES_FILE), *FIXTURES.rglob(CASES_FILE)]):
        yield from ((file.parent.name, case.get("source", "")) for case in _read(file)["cases"])


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _about(name: str) -> list[Path]:
    """Return what tells about a system: the READMEs of its policies, or else its fixtures."""
    files = (sorted(SHIPPED.glob("*/README.md")), sorted(FIXTURES.glob("*/policy.yaml")))
    shipped, fixtures = ([file for file in each if _system_of(file.parent.name) == name] for each in files)
    return shipped or fixtures


def _evidence(name: str) -> str:
    """Return the better of what its files say first; those of published figures need not say it."""
    said = {_said(file) for file in _about(name)}
    return max(said, default="none")  # invariant: "verified against" sorts behind "modelled on"


def _said(file: Path) -> str:
    found = EVIDENCE.search(file.read_text(encoding="utf-8"))
    default = "verified against" if file.parent.name.startswith(PUBLISHED) else "modelled on"
    return " ".join(found[0].lower().split()) if found else default


def page(found: Iterable[System]) -> str:
    """Return the page as Markdown."""
    listed = list(found)
    rows = [_row(_linked(each.name), each.evidence, [each]) for each in listed]
    reasons = [line for each in listed if each.left_out for line in _reasons(each)]
    head = ["| system | evidence | cases | passed | examples | left out |", "|---|---|--:|--:|--:|--:|"]
    table = [*head, *rows, _row("**all**", "", listed)]
    return "\n".join([INTRODUCTION, *table, "", "## What is left out", *reasons, ""])


def _row(name: str, evidence: str, of: list[System]) -> str:
    examples, left_out = sum(len(each.examples) for each in of), sum(len(each.left_out) for each in of)
    counts = (sum(each.cases for each in of), sum(each.passed for each in of), examples, left_out)
    return f"| {name} | {evidence} | {' | '.join(map(str, counts))} |"


def _linked(name: str) -> str:
    files = _about(name)
    links = ((file.parent.name if files[1:] else name, file.relative_to(ROOT).as_posix()) for file in files)
    return ", ".join(f"[{title}](../{file})" for title, file in links) or name


def _reasons(system: System) -> list[str]:
    return ["", f"### {system.name}", "", *(f"- `{id}`: {reason}" for id, reason in system.left_out)]


if __name__ == "__main__":
    written = page(systems())
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written, encoding="utf-8")
    else:
        sys.stdout.write(written)
