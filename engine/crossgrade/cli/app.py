"""The application: the commands by name, and how arguments reach them."""

from typing import Any

import typer
from typer.main import get_command

from crossgrade.cli.check import EXAMPLES as CHECK
from crossgrade.cli.check import check
from crossgrade.cli.decide import EXAMPLES as DECIDE
from crossgrade.cli.decide import decide
from crossgrade.cli.diff import DASHES, diff
from crossgrade.cli.diff import EXAMPLES as DIFF
from crossgrade.cli.exits import CLEAN, UNUSABLE
from crossgrade.cli.explain import EXAMPLES as EXPLAIN
from crossgrade.cli.explain import explain
from crossgrade.cli.offers import EXAMPLES as OFFERS
from crossgrade.cli.offers import offers
from crossgrade.cli.options import epilog
from crossgrade.cli.quote import EXAMPLES as QUOTE
from crossgrade.cli.quote import quote
from crossgrade.cli.test import EXAMPLES as TEST
from crossgrade.cli.test import run_cases

EXIT_CODES = (
    "Exit codes: 0 clean (a refusal is a clean answer), 1 errors found or cases failed, 2 differences found,"
    " 3 unusable input, 4 internal error."
)

COMMANDS = (
    ("check", check, CHECK),
    ("test", run_cases, TEST),
    ("offers", offers, OFFERS),
    ("quote", quote, QUOTE),
    ("explain", explain, EXPLAIN),
    ("decide", decide, DECIDE),
    ("diff", diff, DIFF),
)


def application() -> typer.Typer:
    """Return the application; its help is plain text, as loading rich for it would take longer than all the rest."""
    app = typer.Typer(
        help="Plan-change rules as YAML policies: who may move where, what it costs now and next, and why.",
        epilog=EXIT_CODES,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    for name, command, examples in COMMANDS:
        app.command(name, epilog=epilog(*examples))(command)
    app.callback()(_crossgrade)
    return app


def _crossgrade() -> None:
    """Plan-change rules as YAML policies: who may move where, what it costs now and next, and why."""


def run(arguments: list[str]) -> int:
    """Run the command that the arguments name and return its exit code."""
    if not arguments:
        run(["--help"])
        return UNUSABLE
    command: Any = get_command(application())
    code = command.main(args=_with_dashes(arguments), prog_name="crossgrade", standalone_mode=False)
    return code if isinstance(code, int) else CLEAN


def _with_dashes(arguments: list[str]) -> list[str]:
    """Keep the two dashes that part revisions from paths, as git has them: the parser drops the first it meets."""
    if arguments[0] != "diff" or DASHES not in arguments:
        return arguments
    first = arguments.index(DASHES)
    return [*arguments[:first], DASHES, *arguments[first:]]


def refusals() -> type[Exception]:
    """Return the class of errors by which the parser refuses arguments.

    It is reached over a public name, as typer carries a parser of its own from 0.20 on and shared click's before.
    """
    found: type[Exception] = typer.BadParameter.__mro__[2]
    return found
