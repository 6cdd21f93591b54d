"""The command `test`: runs a policy's own cases."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossgrade.cli.exits import CLEAN, FAILED, UnusableError
from crossgrade.cli.options import Format, Matcher, Shown

if TYPE_CHECKING:
    from crossgrade.cases import Coverage, Report, Result

EXAMPLES = ("crossgrade test policies/wc-affiliate", "crossgrade test policies --coverage")

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Cases files, or folders that are searched for them.", show_default=False),
]
OtherPolicy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="POLICY", help="Run the cases against this policy.", show_default=False),
]
WithCoverage = Annotated[bool, typer.Option("--coverage", help="List the rules, terms and credits no case reached.")]
JUnit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML.", show_default=False),
]


def run_cases(  # noqa: PLR0913 - one parameter an option
    paths: Paths,
    *,
    policy: OtherPolicy = None,
    coverage: WithCoverage = False,
    junit: JUnit = None,
    output: Shown = Format.text,
    matcher: Matcher = None,
) -> int:
    """Run a policy's own cases.

    Each decision is compared with what its case expects; the last line is `N passed, M failed`.
    """
    from crossgrade.cases import NoCasesError, run

    for path in (*paths, *([policy] if policy is not None else ())):
        if not path.exists():
            raise UnusableError(f"error: there is no file or folder `{path.as_posix()}`")
    try:
        report = run(paths, policy=policy, matcher=None if matcher is None else matcher.value)
    except NoCasesError as problem:
        raise UnusableError(f"error: {problem}") from problem
    _SHOW[output](report, coverage=coverage)
    if junit is not None:
        _write_junit(report, junit)
    wrong = report.failed or any(finding.severity == "error" for finding in report.findings)
    return FAILED if wrong else CLEAN


def _show_text(report: "Report", *, coverage: bool) -> None:
    from crossgrade.cli.output import put
    from crossgrade.diagnostics import as_text

    for finding in report.findings:
        put(f"{as_text(finding)}\n")
    for result in report.results:
        if not result.passed:
            put("\n".join([f"{result.file}:{result.line}: {result.name}", *_failures(result), ""]))
    if coverage:
        for covered in report.coverage:
            put("\n".join([*_covered(covered), ""]))
    put(f"{report.passed} passed, {report.failed} failed")


def _failures(result: "Result") -> Iterator[str]:
    for mismatch in result.mismatches:
        yield f"  {mismatch.path}: expected {mismatch.expected}, found {mismatch.found}"


def _covered(covered: "Coverage") -> Iterator[str]:
    reached = covered.total - len(covered.never)
    yield f"{covered.policy}: {reached} of {covered.total} rules, terms and credits reached"
    yield from (f"  never reached: {section} {id}" for section, id in covered.never)


def _show_json(report: "Report", *, coverage: bool) -> None:
    from crossgrade.cli.output import put_json
    from crossgrade.diagnostics import as_json

    found: dict[str, object] = {
        "passed": report.passed,
        "failed": report.failed,
        "results": [_result_json(result) for result in report.results],
        "findings": [as_json(finding) for finding in report.findings],
    }
    if coverage:
        found["coverage"] = [_coverage_json(covered) for covered in report.coverage]
    put_json(found)


def _result_json(result: "Result") -> dict[str, object]:
    return {
        "file": result.file,
        "line": result.line,
        "name": result.name,
        "passed": result.passed,
        "mismatches": [
            {"path": mismatch.path, "expected": mismatch.expected, "found": mismatch.found}
            for mismatch in result.mismatches
        ],
    }


def _coverage_json(covered: "Coverage") -> dict[str, object]:
    never = [{"section": section, "id": id} for section, id in covered.never]
    return {"policy": covered.policy, "total": covered.total, "never": never}


def _write_junit(report: "Report", file: Path) -> None:
    """Write what most build servers read: one suite, a test for each case, an error for each finding."""
    import xml.etree.ElementTree as ET

    from crossgrade.diagnostics import as_text

    counts = {"tests": len(report.results), "failures": report.failed, "errors": len(report.findings)}
    suite = ET.Element("testsuite", {"name": "crossgrade", **{key: str(value) for key, value in counts.items()}})
    for result in report.results:
        named = {"classname": result.file, "name": result.name, "line": str(result.line)}
        case = ET.SubElement(suite, "testcase", named)
        if not result.passed:
            told = [line.strip() for line in _failures(result)]
            ET.SubElement(case, "failure", {"message": told[0]}).text = "\n".join(told)
    for finding in report.findings:
        case = ET.SubElement(suite, "testcase", {"classname": finding.place.file, "name": finding.code})
        ET.SubElement(case, "error", {"message": finding.message}).text = as_text(finding)
    ET.indent(suite)
    try:
        ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as problem:
        raise UnusableError(f"error: --junit {file.as_posix()}: {problem.strerror}") from problem


_SHOW = {Format.text: _show_text, Format.json: _show_json}
