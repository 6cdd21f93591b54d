"""A policy with hostile texts is reviewed as text: in HTML and Markdown it brings in no tag, no link and no script."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

PACKAGE = Path(__file__).resolve().parents[2] / "engine"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</p></article></body><svg onload=alert(1)>",
    "[pay here](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "`</code><script>alert(1)</script>`",
    "--><script>alert(1)</script><!--",
    "https://evil.example @everyone #1",
    "<https://evil.example>",
    "a\n\n# heading\n\n```\n<script>",
    "&lt;script&gt; &#60;script&#62; &amp;",
    '" onmouseover="alert(1)',
    "\u202egnp.exe",
    "\x1b[2J\x07",
    "x | y | z",
)
TITLES = [" ".join(HOSTILE[place::3]) for place in range(3)]
POLICY = """
policy: shop
title: {title}
effective: 2026-01-01
currency: USD
plans:
{plans}
families: {{shop: {{title: {title}, plans: [plan-0, plan-1]}}}}
restrictions:
  - {{id: big, message: {title}, when: {{membership.quantity: {{more_than: {most}}}}}}}
transitions:
{transitions}
otherwise: {title}
"""


class Tags(HTMLParser):
    """The tags of a page, with those of their attributes that can do something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.acting: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.acting |= {name for name, _ in attrs if name.startswith("on") or name in ("href", "src", "style")}


def policy(texts: Sequence[str], *, dearer: int) -> str:
    """Return a policy that says each text as a title and as a refusal."""
    quoted = ['"' + "".join(f"\\u{ord(char):04x}" for char in text) + '"' for text in texts]
    plans = (
        f"  plan-{number}: {{title: {text}, prices: {{monthly: {number + dearer}}}}}"
        for number, text in enumerate(quoted)
    )
    refusals = (
        f"  - {{id: no-{number}, change: upgrade, to: plan-{number}, "
        f"when: {{membership.quantity: {number + dearer}}}, refuse: {text}}}"
        for number, text in enumerate(quoted)
    )
    allowed = "  - {id: up, change: upgrade, terms: {billing_date: restart, charge: full, credit: unused}}"
    return POLICY.format(
        title=quoted[0], plans="\n".join(plans), transitions="\n".join([*refusals, allowed]), most=20 + dearer
    )


def reviewed(folder: Path, texts: Sequence[str], output: str) -> str:
    for name, dearer in (("old", 1), ("new", 2)):
        (folder / f"{name}.yaml").write_text(policy(texts, dearer=dearer), encoding="utf-8")
    command = [sys.executable, "-m", "crossgrade", "diff", "old.yaml", "new.yaml", "--format", output]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 2, done.stderr.decode()
    return done.stdout.decode()


def tags_of(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def in_html(page: str) -> str:
    return page


def in_markdown(comment: str) -> str:
    render = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render
    return str(render(comment))


@pytest.mark.parametrize(("output", "rendered"), [("html", in_html), ("markdown", in_markdown)])
def test_a_review_has_no_tag_of_a_policy(output: str, rendered: Callable[[str], str], tmp_path: Path) -> None:
    hostile, harmless = (
        tags_of(rendered(reviewed(tmp_path, texts, output))) for texts in (TITLES, ["Basic"] * len(TITLES))
    )
    assert (hostile.found - harmless.found, hostile.acting) == (set(), set())


@pytest.mark.parametrize("output", ["text", "markdown", "html", "github"])
def test_no_sign_moves_a_terminal_or_turns_a_text(output: str, tmp_path: Path) -> None:
    shown = reviewed(tmp_path, ["\x1b[2J\u202e\x07\r", "\x1b]0;x\x07"], output)
    assert not {"\x1b", "\u202e", "\x07", "\r"} & set(shown)
