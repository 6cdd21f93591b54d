"""The command `diff`: what a change of policies changes, for whom, and how much money moves."""

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossgrade.cli.exits import CHANGED, CLEAN, FAILED, UnusableError

if TYPE_CHECKING:
    from crossgrade.reviewing.reviewed import Reviewed
    from crossgrade.reviewing.revisions import Compared
    from crossgrade.reviewing.settings import Settings

EXAMPLES = (
    "crossgrade diff examples/before.yaml examples/after.yaml",
    "crossgrade diff examples/before.yaml examples/after.yaml --format markdown",
)

DASHES = "--"


class Report(StrEnum):
    """What the review is for: people, programs, a pull request, code scanning, or a browser."""

    text = "text"
    markdown = "markdown"
    json = "json"
    github = "github"
    sarif = "sarif"
    html = "html"


class Severity(StrEnum):
    """How severe a finding is."""

    error = "error"
    warning = "warning"
    info = "info"


Words = Annotated[
    list[str],
    typer.Argument(
        metavar="OLD [NEW] [-- PATH...]",
        help="Files or folders; or revisions of git with the paths of policies after two dashes, where NEW may be left"
        " out for the files as they are.",
        show_default=False,
    ),
]
Shown = Annotated[
    Report,
    typer.Option("--format", metavar="text|markdown|json|github|sarif|html", help="How the review is shown."),
]
WrittenCases = Annotated[
    Path | None,
    typer.Option("--write-cases", metavar="FILE", help="Write the examples as cases of NEW.", show_default=False),
]
FailOn = Annotated[
    Severity | None,
    typer.Option(
        "--fail-on",
        metavar="error|warning|info",
        help="Exit with 1 where a finding is at least that severe and not waived.",
        show_default=False,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Severities and waivers; default: the nearest crossgrade.toml at or above each policy.",
        show_default=False,
    ),
]
GitDriver = Annotated[
    bool,
    typer.Option("--git-driver", help="Say in words what changes in one file, with the arguments git gives a driver."),
]


def diff(  # noqa: PLR0913 - one parameter an option
    words: Words,
    *,
    output: Shown = Report.text,
    write_cases: WrittenCases = None,
    fail_on: FailOn = None,
    config: Config = None,
    git_driver: GitDriver = False,
) -> int:
    """Review a change of policies.

    Says in words what changed, for which members anything changes, each with an example that was decided by both
    policies, and how much money moves. Exits with 0 where nothing changes for anyone, and with 2 where something does.

    Revisions of git: crossgrade diff main HEAD -- policies
    """
    from crossgrade.reviewing.repository import CannotCompareError

    try:
        if git_driver:
            return _driven(words)
        found = [_reviewed(one, config) for one in _usable(_compared(words))]
    except CannotCompareError as problem:
        raise UnusableError(f"error: {problem}") from problem
    if write_cases is not None:
        _write(write_cases, found)
    _SHOW[output](found)
    return _exit_code(found, fail_on)


def _exit_code(found: Sequence["Reviewed"], fail_on: Severity | None) -> int:
    if fail_on is not None and any(one.is_as_severe_as(fail_on.value) for one in found):
        return FAILED
    return CHANGED if any(one.changed for one in found) else CLEAN


def _compared(words: Sequence[str]) -> "list[Compared]":
    """Find both sides of what the words before and after two dashes name."""
    from crossgrade.reviewing.revisions import compared

    sides = list(words[: words.index(DASHES)]) if DASHES in words else list(words)
    paths = list(words[len(sides) + 1 :])
    if not 1 <= len(sides) <= 2:
        raise UnusableError(f"error: expected OLD and NEW, found {len(sides)} words\n{_USAGE}")
    if DASHES in words and not paths:
        raise UnusableError(f"error: there is no path after the two dashes\n{_USAGE}")
    return compared(sides[0], sides[1] if len(sides) > 1 else None, paths)


_USAGE = "help: write `crossgrade diff OLD NEW`, or `crossgrade diff OLD NEW -- PATH...` for revisions of git"


def _usable(pairs: "Sequence[Compared]") -> "Sequence[Compared]":
    """Return the pairs as they are; raises InvalidPolicy with every error where a side cannot be used."""
    from crossgrade.errors import InvalidPolicy

    sides = [side for one in pairs for side in (one.old, one.new) if side is not None]
    broken = [finding for side in sides if side.versions is None for finding in side.findings]
    if broken:
        raise InvalidPolicy(tuple(finding for finding in broken if finding.severity == "error"))
    return pairs


def _reviewed(one: "Compared", config: Path | None) -> "Reviewed":
    from crossgrade.reviewing.reviewed import reviewed

    return reviewed(one, _settings(one.name, config))


def _settings(name: str, config: Path | None) -> "Settings":
    from crossgrade.errors import InvalidPolicy
    from crossgrade.reviewing.laws.law import LAWS
    from crossgrade.reviewing.reviewed import FOUND_BY_DIFF
    from crossgrade.reviewing.settings import Settings, find_settings, read_settings

    file = config if config is not None else find_settings(Path(name))
    if file is None:
        return Settings()
    settings, findings = read_settings(file, (*FOUND_BY_DIFF, *LAWS))
    if findings:
        raise InvalidPolicy(tuple(findings))
    return settings


def _write(file: Path, found: Sequence["Reviewed"]) -> None:
    """Write the cases of the one policy that changes; a file of cases is for one policy."""
    changed = [one for one in found if one.report.consequences]
    if len(changed) > 1:
        named = ", ".join(f"`{one.name}`" for one in changed)
        raise UnusableError(
            f"error: --write-cases is for one policy, and {named} change\nhelp: compare them one by one"
        )
    said = [_written(file, one) for one in changed] or ["no cases written: nothing changes for anyone"]
    # Standard output is the review, which may be JSON.
    sys.stderr.write(f"{said[0]}\n")


def _written(file: Path, one: "Reviewed") -> str:
    from crossgrade.reviewing.case_writing import NotOursError, write_cases

    try:
        number = write_cases(file, one)
    except NotOursError as problem:
        raise UnusableError(f"error: --write-cases: {problem}") from problem
    except OSError as problem:
        raise UnusableError(f"error: --write-cases {file.as_posix()}: {problem.strerror}") from problem
    return f"{file.as_posix()}: {number} case{'s' if number > 1 else ''} written"


def _driven(words: Sequence[str]) -> int:
    """Print what changes in the file that git hands over; whatever it is, git goes on with the next one."""
    from crossgrade.cli.output import put
    from crossgrade.reviewing.driver import driver_compared
    from crossgrade.reviewing.shown.as_text import sides_as_text

    found = driver_compared([word for word in words if word != DASHES])
    put(found if isinstance(found, str) else sides_as_text(found))
    return CLEAN


def _show_text(found: Sequence["Reviewed"]) -> None:
    from crossgrade.cli.output import put
    from crossgrade.reviewing.reviewed import unused_waivers
    from crossgrade.reviewing.shown.as_text import as_text
    from crossgrade.reviewing.shown.page import page_of

    put(as_text([page_of(one) for one in found], unused_waivers(found)))


def _show_markdown(found: Sequence["Reviewed"]) -> None:
    from crossgrade.cli.output import put
    from crossgrade.reviewing.shown.as_markdown import as_markdown
    from crossgrade.reviewing.shown.page import page_of

    put(as_markdown([page_of(one) for one in found]))


def _show_json(found: Sequence["Reviewed"]) -> None:
    from crossgrade.cli.output import put_json
    from crossgrade.reviewing.shown.as_json import as_json

    put_json(as_json(found))


def _show_github(found: Sequence["Reviewed"]) -> None:
    from crossgrade.cli.output import put
    from crossgrade.reviewing.shown.as_github import as_github
    from crossgrade.reviewing.shown.page import page_of

    for one in found:
        for command in as_github(page_of(one)):
            put(command)


def _show_sarif(found: Sequence["Reviewed"]) -> None:
    from crossgrade.cli.output import put_json
    from crossgrade.reviewing.shown.as_sarif import as_sarif
    from crossgrade.reviewing.shown.page import page_of

    put_json(as_sarif([page_of(one) for one in found]))


def _show_html(found: Sequence["Reviewed"]) -> None:
    from crossgrade.cli.output import put
    from crossgrade.reviewing.shown.as_html import as_html
    from crossgrade.reviewing.shown.page import page_of

    put(as_html([page_of(one) for one in found]))


_SHOW: dict[Report, Callable[[Sequence["Reviewed"]], None]] = {
    Report.text: _show_text,
    Report.markdown: _show_markdown,
    Report.json: _show_json,
    Report.github: _show_github,
    Report.sarif: _show_sarif,
    Report.html: _show_html,
}
