"""Whatever a policy says is shown as text: it is no markup, moves no terminal, mentions nobody and links nowhere."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from msgspec import structs

from crossgrade.reviewing.reviewed import reviewed
from crossgrade.reviewing.revisions import compared
from crossgrade.reviewing.settings import Settings
from crossgrade.reviewing.shown.as_github import as_github
from crossgrade.reviewing.shown.as_html import as_html
from crossgrade.reviewing.shown.as_markdown import as_markdown
from crossgrade.reviewing.shown.as_sarif import as_sarif
from crossgrade.reviewing.shown.as_text import as_text
from crossgrade.reviewing.shown.marks import parts, plain
from crossgrade.reviewing.shown.page import Item, Page, page_of

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</details><h1>Merged</h1>",
    "<!-- crossgrade -->",
    "**bold** _thin_ ~~gone~~",
    "[here](https://evil.example) ![x](https://evil.example/x.png)",
    "| a | b |",
    "`code` ``more`` ```fence```",
    "`unclosed",
    "back\\slash \\* \\`",
    "&lt;b&gt; &amp;",
    "- a list",
    "1. a list",
    "# a heading",
    "> a quotation",
    "@everyone and @org/team",
    "closes #123",
    "https://evil.example www.evil.example",
    "$\\sqrt{x}$",
    "![[x]][^1]",
    "::error file=x::y",
    "%0A::error::y",
    "a, b: c",
]
MOVING = [
    "\x1b[31mred\x1b[0m",
    "over\rwritten",
    "bell\x07",
    "turned \u202egnihton",
    "hidden\ufeff",
    "line\u2028end",
    "tab\tbed",
]

TAGS = {"br", "sub", "/sub", "details", "/details", "summary", "/summary"}
"""The HTML that the comment is made with."""

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/before.yaml"

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def page(text: str) -> Page:
    """Return a page that says a text wherever a policy has a say."""
    item = Item("pays-more", "error", "0123456789ab", "members pay more", text, text, text, text)
    waived = structs.replace(item, waived=text)
    return Page("shop", "shop/policy.yaml", "changed", (text,), (item, waived), (text,), 1, (text,), "proved")


def inside(markdown: str) -> tuple[str, set[str], set[str]]:
    """Return the words of a Markdown text as a reader sees them, and its kinds of tokens and HTML tags."""
    kinds: set[str] = set()
    tags: set[str] = set()
    words = []
    for token in GFM.parse(markdown):
        kinds.add(token.type)
        if token.type == "html_block":
            tags |= set(re.findall(r"<(?!!--)(/?\w+)", token.content))
        for child in token.children or ():
            kinds.add(child.type)
            if child.type == "html_inline":
                tags |= set(re.findall(r"<(?!!--)(/?\w+)", child.content))
            elif child.type == "code_inline":
                words.append(f"`{child.content}`")
            else:
                words.append(child.content)
    return "".join(words).replace("\u200b", ""), kinds, tags


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown(text: str) -> None:
    shown = as_markdown([page(text)])
    words, kinds, tags = inside(shown)
    assert words.count(text) == 12
    assert tags <= TAGS
    assert not kinds & {"link_open", "image", "em_open", "s_open", "table_open", "blockquote_open", "ordered_list_open"}
    assert {token.tag for token in GFM.parse(shown) if token.type == "heading_open"} == {"h3"}
    assert len(re.findall(r"^<!-- crossgrade -->$", shown, re.MULTILINE)) == 1
    assert not re.search(
        r"(?<![`\w])[@#]\w|\w://\w|\bwww\.\w", shown.replace("https://", "", 0).split("<details><summary>How")[0]
    )


ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "article", "strong", "code"}


class Seen(HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(f"`{data}`" if self.tags[-1:] == ["code"] else data)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")


@pytest.mark.parametrize("text", HOSTILE)
def test_html(text: str) -> None:
    seen = Seen()
    seen.feed(as_html([page(text)]))
    opened = {tag for tag in seen.tags if not tag.startswith("/")}
    assert opened <= ALLOWED
    assert seen.attributes <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    assert "".join(seen.words).count(text) == 12


@pytest.mark.parametrize("text", HOSTILE)
def test_github(text: str) -> None:
    commands = list(as_github(page(text)))
    assert [command.partition(" ")[0] for command in commands] == ["::error", "::warning"]
    assert all(command.count("\n") == 0 for command in commands)
    _, _, message = commands[0].partition(" ")[2].partition("::")
    decoded = message.replace("%0A", "\n").replace("%25", "%")
    assert decoded.split("\n")[0] == f"members pay more: {text}"


@pytest.mark.parametrize("text", [*HOSTILE, *MOVING])
def test_text(text: str) -> None:
    shown = as_text([page(text)])
    assert shown.count(plain(text)) == 12
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert len(shown.splitlines()) == len(shown.split("\n"))


@pytest.mark.parametrize("text", MOVING)
def test_what_moves_a_terminal_is_made_visible_everywhere(text: str) -> None:
    found = [as_markdown([page(text)]), as_html([page(text)]), *as_github(page(text))]
    found += [result["message"]["text"] for result in as_sarif([page(text)])["runs"][0]["results"]]
    for shown in found:
        assert all(char.isprintable() or char in "\n\u200b" for char in shown)


def test_a_policy_cannot_name_itself_into_markup() -> None:
    shown = as_markdown([structs.replace(page("a title"), file="a`b.yaml")])
    assert inside(shown)[2] <= TAGS


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("`storage-fits` now needs", [("storage-fits", True), (" now needs", False)]),
        ("a `fact` at least 3", [("a ", False), ("fact", True), (" at least 3", False)]),
        ("a ` alone", [("a ` alone", False)]),
        ("not ids: `<b>`", [("not ids: `<b>`", False)]),
        ("", []),
    ],
)
def test_only_ids_and_facts_are_code(sentence: str, expected: list[tuple[str, bool]]) -> None:
    assert list(parts(sentence)) == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_and_a_message_of_a_policy(text: str, tmp_path: Path) -> None:
    written = EXAMPLE.read_text(encoding="utf-8")
    hostile = json.dumps(text.replace("{", "(").replace("}", ")"))
    named = written.replace("title: Premium", f"title: {hostile}")
    new = tmp_path / "new.yaml"
    new.write_text(named.replace("45.00", "49.00").replace('message: "You', f'message: {hostile}  # "You'), "utf-8")
    (one,) = compared(str(EXAMPLE), str(new))
    found = page_of(reviewed(one, Settings()))
    assert found.items
    _, kinds, tags = inside(as_markdown([found]))
    assert tags <= TAGS
    assert not kinds & {"link_open", "image", "em_open", "s_open", "table_open", "blockquote_open", "ordered_list_open"}
    seen = Seen()
    seen.feed(as_html([found]))
    assert {tag.removeprefix("/") for tag in seen.tags} <= ALLOWED
