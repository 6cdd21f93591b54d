"""Options: what several commands take, each declared once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """What the output is for: `text` for people, `json` for machines."""

    text = "text"
    json = "json"


class MatcherName(StrEnum):
    """What matches the rules."""

    durable = "durable"
    plain = "plain"
    both = "both"


def epilog(*examples: str) -> str:
    """Return the end of a help page with examples; the mark keeps their lines as they are."""
    return "\b\n" + "\n".join(["Example:" if len(examples) == 1 else "Examples:", *(f"  {line}" for line in examples)])


Policy = Annotated[Path, typer.Argument(metavar="POLICY", help="The policy's file or folder.", show_default=False)]
Facts = Annotated[
    str,
    typer.Option(
        metavar="FILE|-",
        help="JSON or YAML with `membership`, `selection`, `at`, `usage`, `customer`, `request`; - is standard input.",
        show_default=False,
    ),
]
Plan = Annotated[str | None, typer.Option(metavar="ID", help="Select this plan.", show_default=False)]
Price = Annotated[str | None, typer.Option(metavar="ID", help="Select this price of the plan.", show_default=False)]
Quantity = Annotated[
    int | None, typer.Option(metavar="N", help="Select this many units of the plan.", show_default=False)
]
AddOns = Annotated[
    list[str] | None,
    typer.Option(
        "--addon",
        metavar="ID[=N]",
        help="Add N units of an add-on, one where N is left out; repeatable.",
        show_default=False,
    ),
]
RemovedAddOns = Annotated[
    list[str] | None,
    typer.Option("--remove-addon", metavar="ID", help="Drop an add-on; repeatable.", show_default=False),
]
At = Annotated[
    str | None,
    typer.Option(
        metavar="DAY|INSTANT",
        help="When: 2026-07-01 is midnight in the policy's time zone; else 2026-07-01T09:00:00+02:00.",
        show_default=False,
    ),
]
Locale = Annotated[
    str | None,
    typer.Option(
        metavar="LOCALE",
        help="The language of texts, amounts and dates, such as de; default: the policy's.",
        show_default=False,
    ),
]
Matcher = Annotated[
    MatcherName | None,
    typer.Option(
        metavar="durable|plain|both",
        help="What matches the rules; both: each decision is cross-checked.",
        show_default=False,
    ),
]
Shown = Annotated[Format, typer.Option("--format", metavar="text|json", help="For people, or for machines.")]
