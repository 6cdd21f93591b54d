"""The command `check`: every mistake in policies and their cases files, and the laws that policies break."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from crossgrade.cli.exits import CLEAN, FAILED, UNUSABLE
from crossgrade.diagnostics import Finding

EXAMPLES = ("crossgrade check policies/wc-affiliate", "crossgrade check policies --format github")

UNREADABLE = ("missing-file", "unreadable-file")
"""The codes that say there was nothing to check."""


SETTLED_FIRST = "no-family"
"""The warning to settle before laws are asked: a plan in no family breaks many of them, all for that one reason."""


class Report(StrEnum):
    """What the findings are for: people, machines, or the annotations of a pull request."""

    text = "text"
    json = "json"
    github = "github"


class Checked(Struct, frozen=True):
    """A path that was checked, what was found there, and the laws that its budget did not decide.

    `fingerprints` are the names by which broken laws can be waived.
    """

    path: Path
    findings: tuple[Finding, ...]
    fingerprints: Mapping[Finding, str] = {}
    undecided: tuple[str, ...] = ()


class Laws(Struct, frozen=True):
    """Whether laws are asked, and whether gaps are, too."""

    asked: bool
    gaps: bool


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Policy files, cases files, or folders of them.", show_default=False),
]
Strict = Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")]
Shown = Annotated[Report, typer.Option("--format", metavar="text|json|github", help="How findings are shown.")]
NoLaws = Annotated[bool, typer.Option("--no-laws", help="Look for mistakes only, not for broken laws.")]
Gaps = Annotated[bool, typer.Option("--gaps", help="Report changes that no rule allows or refuses, too.")]


def check(
    paths: Paths, *, output: Shown = Report.text, strict: Strict = False, no_laws: NoLaws = False, gaps: Gaps = False
) -> int:
    """Check policies and their cases files.

    Every mistake is reported with its place and a remedy, all of them in one run. Policies without errors are asked
    whether they break a law: a rule that never decides, a credit above what was paid, changes that earn money.
    """
    laws = Laws(asked=not no_laws, gaps=gaps)
    checked = [found for path in paths for found in _checked(path, laws)]
    # What is wrong with the settings is found for each policy that they are for.
    findings = list(dict.fromkeys(finding for one in checked for finding in one.findings))
    _SHOW[output](checked, findings)
    if any(finding.code in UNREADABLE for finding in findings):
        return UNUSABLE
    wrong = any(strict or finding.severity == "error" for finding in findings)
    return FAILED if wrong else CLEAN


def _checked(path: Path, laws: Laws) -> Iterator[Checked]:
    """Return the policies and cases files of a path: a file, a policy's folder, or a folder of those."""
    from crossgrade.loading import holds_cases

    if not path.is_dir():
        yield Checked(path, tuple(_cases(path))) if holds_cases(path) else _policy(path, laws)
        return
    files = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml"))
    cases = [file for file in files if holds_cases(file)]
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir() and _holds_yaml(folder))
    if len(files) > len(cases) or not (cases or folders):
        yield _policy(path, laws)
    yield from (Checked(file, tuple(_cases(file))) for file in cases)
    for folder in folders:
        yield from _checked(folder, laws)


def _policy(path: Path, laws: Laws) -> Checked:
    """Return the mistakes in a policy, and where it loads, the laws that it breaks."""
    from crossgrade.loading import check as check_policy

    versions, findings = check_policy(path)
    unsettled = any(finding.code == SETTLED_FIRST for finding in findings)
    if versions is None or unsettled or not laws.asked:
        return Checked(path, tuple(findings))
    from crossgrade.reviewing.laws.findings import law_findings

    found = law_findings(path, versions, with_gaps=laws.gaps)
    return Checked(path, (*findings, *found.findings), found.fingerprints, found.undecided)


def _holds_yaml(folder: Path) -> bool:
    return not folder.name.startswith(".") and any(True for kind in ("*.yaml", "*.yml") for _ in folder.rglob(kind))


def _cases(file: Path) -> list[Finding]:
    from crossgrade.reading.located import compose
    from crossgrade.reading.schema import check as check_schema

    root, findings = compose(file.read_bytes(), file.as_posix())
    return findings if root is None else [*findings, *check_schema(root, "cases")]


def _show_text(checked: list[Checked], findings: list[Finding]) -> None:
    from crossgrade.cli.output import put
    from crossgrade.diagnostics import as_text

    for finding in findings:
        put(f"{as_text(finding)}\n")
    if findings:
        put(summary(findings))
    else:
        for one in checked:
            put(f"{one.path.as_posix()}: no findings")


def summary(findings: Iterable[Finding]) -> str:
    """Return how many there are of what: `2 errors, 1 warning in 1 file`."""
    found = list(findings)
    counts = [(sum(finding.severity == kind for finding in found), kind) for kind in ("error", "warning")]
    parts = [_counted(number, kind) for number, kind in counts if number]
    return f"{', '.join(parts)} in {_counted(len({finding.place.file for finding in found}), 'file')}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _show_json(checked: list[Checked], findings: list[Finding]) -> None:
    from crossgrade.cli.output import put_json
    from crossgrade.diagnostics import as_json

    names = {finding: name for one in checked for finding, name in one.fingerprints.items()}
    shown: dict[str, object] = {
        "findings": [
            as_json(finding) | ({"fingerprint": names[finding]} if finding in names else {}) for finding in findings
        ]
    }
    undecided = [{"path": one.path.as_posix(), "laws": list(one.undecided)} for one in checked if one.undecided]
    put_json(shown | ({"undecided": undecided} if undecided else {}))


def _show_github(_: list[Checked], findings: list[Finding]) -> None:
    from crossgrade.cli.output import put
    from crossgrade.diagnostics import as_github

    for finding in findings:
        put(as_github(finding))


_SHOW = {Report.text: _show_text, Report.json: _show_json, Report.github: _show_github}
