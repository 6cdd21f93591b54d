"""A review as SARIF 2.1.0, for code scanning: a rule for each kind of finding, a result for each finding."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from crossgrade.reviewing.shown.marks import plain
from crossgrade.reviewing.shown.page import WHAT, Item, Page, told

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_NOT_DECIDED = "not-decided"
_RULES = {**WHAT, _NOT_DECIDED: "whether anything changes was not decided"}


def as_sarif(pages: Sequence[Page]) -> dict[str, Any]:
    """Return a log with one run; findings that are waived are suppressed, with the reason."""
    driver = {
        "name": "crossgrade",
        "version": version("crossgrade"),
        "rules": [{"id": kind, "shortDescription": {"text": text}} for kind, text in _RULES.items()],
    }
    results = [result for page in pages for result in _results(page)]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _results(page: Page) -> Iterator[dict[str, Any]]:
    for item in page.items:
        text = "\n".join(plain(line) for line in told(item))
        found = _result(item.kind, _LEVELS[item.severity], text, page.file)
        found["partialFingerprints"] = {"crossgrade/v1": item.fingerprint}
        yield found | _suppressed(item)
    for sentence in page.undecided:
        yield _result(_NOT_DECIDED, "warning", plain(sentence), page.file)


def _suppressed(item: Item) -> dict[str, Any]:
    if item.waived is None:
        return {}
    return {"suppressions": [{"kind": "external", "justification": plain(item.waived)}]}


def _result(kind: str, level: str, text: str, file: str) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": 1}}
    return {
        "ruleId": kind,
        "ruleIndex": list(_RULES).index(kind),
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
