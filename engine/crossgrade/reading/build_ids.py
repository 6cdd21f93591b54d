"""Ids are unique where they could be confused, and none takes a word the language keeps for itself."""

from collections.abc import Iterable

from crossgrade.model.terms import BUILT_IN_CREDITS
from crossgrade.reading.build_nodes import pairs_of, value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Node, Scalar
from crossgrade.wording import BUILT_IN_RULES

_WORDS = {
    "any": "means every plan of the family",
    "any_family": "means every plan of every family",
    "none": "means nothing of the kind",
}


def check_catalogue_ids(root: Node, report: Report) -> None:
    """Report ids that two of the plans, add-ons and families share, so that `from:` can mean one thing only."""
    seen: dict[str, tuple[str, Scalar]] = {}
    for section, kind in (("plans", "plan"), ("addons", "add-on"), ("families", "family")):
        for id, _ in pairs_of(value_of(root, section, report)):
            word = str(id.value)
            check_reserved(id, kind, report)
            if word in seen:
                _report_shared(id, kind, seen[word], report)
            seen.setdefault(word, (kind, id))


def _report_shared(id: Scalar, kind: str, first: tuple[str, Scalar], report: Report) -> None:
    other_kind, other = first
    report.error(
        id,
        "duplicate-id",
        f"the {kind} `{id.value}` has the id of a{'n' if other_kind[0] == 'a' else ''} {other_kind}",
        f"give the {kind} an id of its own; plans, add-ons and families share one set of ids",
        ((other.place, f"the {other_kind} is here"),),
    )


def check_reserved(id: Scalar, kind: str, report: Report) -> None:
    """Report an id that is a word of the language or a built-in rule."""
    word = str(id.value)
    if word in _WORDS:
        report.error(id, "reserved-id", f"`{word}` is reserved, it {_WORDS[word]}", _another(kind))
    elif word in BUILT_IN_RULES:
        report.error(id, "reserved-id", f"`{word}` is reserved, it is a built-in rule", _another(kind))


def check_credit_id(id: Scalar, report: Report) -> None:
    """Report a credit rule that has the name of a built-in one."""
    word = str(id.value)
    if word in BUILT_IN_CREDITS:
        report.error(id, "reserved-id", f"`{word}` is reserved, it is a built-in credit rule", _another("credit rule"))
    else:
        check_reserved(id, "credit rule", report)


def _another(kind: str) -> str:
    return f"give the {kind} another id"


def check_rule_ids(ids: Iterable[Scalar], report: Report) -> None:
    """Report rules that share an id, or have one that is built in."""
    seen: dict[str, Scalar] = {}
    for id in ids:
        word = str(id.value)
        check_reserved(id, "rule", report)
        if word in seen:
            remedy = "give one of the two another id; a decision names its rule"
            first = ((seen[word].place, "first used here"),)
            report.error(id, "duplicate-id", f"two rules have the id `{word}`", remedy, first)
        seen.setdefault(word, id)
