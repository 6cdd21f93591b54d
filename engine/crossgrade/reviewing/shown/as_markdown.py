"""A review as Markdown: one comment on a pull request, read in a minute, and put in the place of the one before."""

import re
from collections.abc import Iterator, Sequence

from crossgrade.reviewing.reviewed import ORDER
from crossgrade.reviewing.shown.marks import marked
from crossgrade.reviewing.shown.page import GROUPS, NOTHING, Item, Page, capital

MARKER = "<!-- crossgrade -->"
"""The first line, which nobody sees: by it the comment is found again."""

MOST_SHOWN = 12
"""How many findings of a policy are shown before the others are folded away."""

MOST_FOLDED = 60
"""How many are folded away before the rest is only counted: a comment can hold no more."""

MOST_WORDS = 15

_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_LEADING = re.compile(r"^(\s*)([-+>=#]|\d+[.)])")
_WAIVE = """\
<details><summary>How to accept a finding</summary>

Name it in `crossgrade.toml`, which is reviewed like any other file:

```toml
[[waive]]
fingerprint = "{fingerprint}"
reason = "why this is agreed, and with whom"
```

</details>"""


def as_markdown(pages: Sequence[Page]) -> str:
    """Return the comment. Whatever a policy says is shown as text: it is no markup, mentions nobody, links nowhere."""
    still = [page for page in pages if _is_still(page)]
    told = [page for page in pages if not _is_still(page)]
    blocks = [MARKER, *("\n\n".join(_policy(page)) for page in told)]
    if not told:
        blocks.append(f"### Policies: {NOTHING}\n\n{_equal(still)}")
    elif still:
        blocks.append(_equal(still))
    waivable = next((item for page in told for item in page.items if item.waived is None), None)
    if waivable is not None:
        blocks.append(_WAIVE.format(fingerprint=waivable.fingerprint))
    return "\n\n".join(blocks)


def _is_still(page: Page) -> bool:
    """Say whether a policy changes nothing, and not even in words."""
    return page.verdict == "proved equal" and not page.words


def _equal(pages: Sequence[Page]) -> str:
    names = ", ".join(f"`{page.policy}`" for page in pages)
    return f"No change in meaning: {names}." if pages else "There is nothing to compare."


def _policy(page: Page) -> Iterator[str]:
    joint = ":" if page.verdict == "not decided" else ""
    yield f"### {shown(f'`{page.policy}`')}{joint} {shown(page.headline)}"
    if page.words:
        yield _words(page.words)
    room = MOST_SHOWN
    for severity in ORDER:
        items = page.of(severity)
        if items[:room]:
            yield f"**{GROUPS[severity][2]}**"
            yield "\n".join(_item(item) for item in items[:room])
        room = max(0, room - len(items))
    yield from _folded([item for severity in ORDER for item in page.of(severity)][MOST_SHOWN:])
    for title, sentences in (("Not decided", page.undecided), ("Not covered", page.notes)):
        if sentences:
            yield f"**{title}**"
            yield _bullets(sentences)
    yield from _waived(page.waived)
    if page.proof:
        yield f"<sub>{shown(page.proof)}</sub>"


def _words(words: Sequence[str]) -> str:
    first, rest = words[:MOST_WORDS], words[MOST_WORDS:]
    lines = f"**In words**\n\n{_bullets(first)}"
    return f"{lines}\n\n{_details(f'{len(rest)} more in words', _bullets(rest))}" if rest else lines


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {shown(sentence)}" for sentence in sentences)


def _item(item: Item) -> str:
    small = [
        f"largest difference: {shown(item.largest)}" if item.largest else "",
        f"when {shown(item.when)}" if item.when else "",
        f"`{item.kind}` `{item.fingerprint}`",
    ]
    lines = [f"- **{shown(capital(item.what))}**: {shown(item.whom)}", shown(item.example)]
    lines.append(f"<sub>{' · '.join(part for part in small if part)}</sub>")
    return "<br>\n  ".join(line for line in lines if line)


def _folded(items: Sequence[Item]) -> Iterator[str]:
    if not items:
        return
    lines = [_item(item) for item in items[:MOST_FOLDED]]
    more = len(items) - len(lines)
    lines += [f"- and {more} more, which `crossgrade diff` shows"] if more else []
    yield _details(f"{len(items)} more", "\n".join(lines))


def _waived(items: Sequence[Item]) -> Iterator[str]:
    if items:
        lines = [f"{_item(item)}<br>\n  waived: {shown(item.waived or '')}" for item in items]
        yield _details(f"{len(items)} waived", "\n".join(lines))


def _details(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def shown(sentence: str) -> str:
    """Return a sentence in Markdown, with code as code and everything else as it is written."""
    return marked(_without_leading(sentence), _escaped, lambda code: f"`{code}`")


def _without_leading(sentence: str) -> str:
    """Keep what would begin a list, a heading or a quotation from doing so."""
    return _LEADING.sub(lambda found: f"{found[1]}\u200b{found[2]}", sentence)


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    # An empty comment parts what GitHub would turn into a mention, a reference or a link.
    for sign in ("@", "#", "://"):
        text = text.replace(sign, f"{sign[0]}<!-- -->{sign[1:]}")
    return re.sub(r"(?i)\bwww\.", "www<!-- -->.", text)
