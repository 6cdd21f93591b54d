"""A review as one page of HTML that needs nothing beside it."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from crossgrade.reviewing.reviewed import ORDER
from crossgrade.reviewing.shown.marks import marked, plain
from crossgrade.reviewing.shown.page import GROUPS, Item, Page, capital

_STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; }
code { font: 0.9em ui-monospace, monospace; background: #f0f1f3; padding: 0 0.25em; border-radius: 3px; }
article { border-left: 4px solid #d0d7de; padding-left: 1rem; margin: 1rem 0; }
article.error { border-color: #cf222e; }
article.warning { border-color: #bf8700; }
article p { margin: 0.2rem 0; }
.small { color: #59636e; font-size: 0.875em; }"""


def as_html(pages: Sequence[Page]) -> str:
    """Return the whole page."""
    body = "\n".join(line for page in pages for line in _policy(page))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Policies reviewed</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n{body}\n</body>\n</html>"
    )


def _policy(page: Page) -> Iterator[str]:
    yield f"<h1>{_shown(page.policy)}: {_shown(page.headline)}</h1>"
    yield from _list("In words", page.words)
    for severity in ORDER:
        yield from _group(GROUPS[severity][2], page.of(severity))
    yield from _group("Waived", page.waived)
    yield from _list("Not decided", page.undecided)
    yield from _list("Not covered", page.notes)
    if page.proof:
        yield f'<p class="small">{_shown(page.proof)}</p>'


def _list(title: str, sentences: Iterable[str]) -> Iterator[str]:
    lines = [f"<li>{_shown(sentence)}</li>" for sentence in sentences]
    if lines:
        yield "\n".join([f"<h2>{title}</h2>", "<ul>", *lines, "</ul>"])


def _group(title: str, items: Sequence[Item]) -> Iterator[str]:
    if items:
        yield f"<h2>{title}</h2>"
    for item in items:
        yield f'<article class="{item.severity}">'
        yield f"<p><strong>{_shown(capital(item.what))}</strong>: {_shown(item.whom)}</p>"
        if item.example:
            yield f"<p>{_shown(item.example)}</p>"
        small = (
            ("largest difference: ", item.largest),
            ("when ", item.when),
            ("waived: ", item.waived or ""),
            ("", f"`{item.kind}` `{item.fingerprint}`"),
        )
        yield from (f'<p class="small">{label}{_shown(text)}</p>' for label, text in small if text)
        yield "</article>"


def _shown(sentence: str) -> str:
    return marked(sentence, escape, lambda code: f"<code>{escape(plain(code))}</code>")
