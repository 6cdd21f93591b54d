"""Rules: what counts as no change, what is forbidden, and what is permitted on which terms."""

from collections.abc import Iterator
from typing import cast

from msgspec import Struct

from crossgrade.model.rules import CHANGE_GROUPS, RULED_KINDS, ChangeKind, NoChangeRule, Restriction, Same, Transition
from crossgrade.model.terms import Terms
from crossgrade.model.text import Text
from crossgrade.reading.build_conditions import Language, condition_of
from crossgrade.reading.build_names import resolved
from crossgrade.reading.build_nodes import items_of, names_in, value_of, word_of
from crossgrade.reading.build_reach import Named, reach_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.build_terms import TermsReader
from crossgrade.reading.build_texts import Placeholders, text_of
from crossgrade.reading.located import Entries, Items, Node, Scalar

_RULED = frozenset(RULED_KINDS)
_WITHOUT_REACTIVATION = _RULED - {"reactivation"}


class Names(Struct, frozen=True):
    """What rules can name: `held` is what a membership can have, `offered` what this version has.

    `locale` is that of texts written without one.
    """

    held: Named
    offered: Named
    language: Language
    placeholders: Placeholders
    locale: str


def rule_ids(root: Node, report: Report) -> Iterator[Scalar]:
    """Yield the ids of all rules, in the order the sections are asked."""
    for section in ("no_change", "restrictions", "transitions"):
        for rule in items_of(value_of(root, section, report)):
            id = value_of(rule, "id", report)
            if isinstance(id, Scalar) and not report.spoilt(id):
                yield id


def no_change_rules(node: Node | None, names: Names, report: Report) -> tuple[NoChangeRule, ...]:
    """Return the rules by which a selection counts as no change, none of them for a reactivation."""
    found = []
    for rule in items_of(node):
        same = names_in(value_of(rule, "same", report))
        when = value_of(rule, "when", report)
        _check_no_change(rule, when, report)
        found.append(
            NoChangeRule(
                _id(rule, report),
                tuple(cast(Same, name.value) for name in same),
                _change(value_of(rule, "change", report), _WITHOUT_REACTIVATION, report),
                condition_of(when, names.language, report),
                _text(value_of(rule, "message", report), names, report),
            )
        )
    return tuple(found)


def _check_no_change(rule: Node, when: Node | None, report: Report) -> None:
    if isinstance(rule, Entries) and value_of(rule, "same", report) is None and when is None:
        id = value_of(rule, "id", report)
        remedy = "write `same: [plan, price, quantity, addons]` or what else has to stay the same"
        report.error(id or rule, "rule-without-condition", "this rule would make every selection no change", remedy)
    for name in names_in(value_of(rule, "change", report)):
        if name.value == "reactivation":
            message = "a reactivation is never no change"
            report.error(name, "change-does-not-fit", message, "remove `reactivation`")


def restrictions_of(node: Node | None, names: Names, report: Report) -> tuple[Restriction, ...]:
    """Return the rules that forbid."""
    return tuple(
        Restriction(
            _id(rule, report),
            _change(value_of(rule, "change", report), _RULED, report),
            reach_of(value_of(rule, "from", report), names.held, report),
            reach_of(value_of(rule, "to", report), names.offered, report),
            condition_of(value_of(rule, "when", report), names.language, report),
            _text(value_of(rule, "message", report), names, report) or Text({}),
        )
        for rule in items_of(node)
    )


def transitions_of(node: Node | None, names: Names, reader: TermsReader, report: Report) -> tuple[Transition, ...]:
    """Return the rules that permit on terms or refuse, in the order they are asked."""
    found = []
    if not items_of(node):
        report.lose("answers")
    for rule in items_of(node):
        terms = value_of(rule, "terms", report)
        refuse = value_of(rule, "refuse", report)
        change = _change(value_of(rule, "change", report), _WITHOUT_REACTIVATION, report)
        _check_answer(rule, terms, refuse, report)
        found.append(
            Transition(
                _id(rule, report),
                change,
                reach_of(value_of(rule, "from", report), names.held, report),
                reach_of(value_of(rule, "to", report), names.offered, report),
                condition_of(value_of(rule, "when", report), names.language, report),
                _terms(terms, change, reader, report),
                _text(refuse, names, report),
            )
        )
    return tuple(found)


def _check_answer(rule: Node, terms: Node | None, refuse: Node | None, report: Report) -> None:
    if not isinstance(rule, Entries) or any(report.spoilt(key) for key, _ in rule.entries):
        if terms is None and refuse is None:
            # Which terms were meant is not known, so that no terms can be said to be unused.
            report.lose("answers")
        return
    id = value_of(rule, "id", report) or rule
    if terms is None and refuse is None:
        report.lose("answers")
        message = "this transition neither permits nor refuses, expected `terms` or `refuse`"
        report.error(
            id,
            "transition-without-answer",
            message,
            "write `terms:` with the terms of the change, or `refuse:` with a text",
        )
    elif terms is not None and refuse is not None:
        place = (rule.key("terms") or terms).place
        message = "this transition both permits and refuses, expected `terms` or `refuse`"
        report.error(
            rule.key("refuse") or refuse,
            "transition-with-two-answers",
            message,
            "remove one of the two",
            ((place, "`terms` is here"),),
        )


def _terms(node: Node | None, change: frozenset[ChangeKind], reader: TermsReader, report: Report) -> Terms | None:
    if isinstance(node, Items):
        report.lose("answers")
    if not isinstance(node, Scalar):
        return None if node is None else reader.inline(node, change)
    id = resolved(node, reader.named, "terms", "terms", report)
    if id is None:
        report.lose("answers")
        return None
    return reader.use(id, change, node)


def _id(rule: Node, report: Report) -> str:
    return word_of(value_of(rule, "id", report), report, "")


def _text(node: Node | None, names: Names, report: Report) -> Text | None:
    return text_of(node, names.placeholders, names.locale, report)


def _change(node: Node | None, any_kind: frozenset[ChangeKind], report: Report) -> frozenset[ChangeKind]:
    """Return the kinds that are named; `any`, or no name, is every kind such a rule can decide."""
    words = [str(name.value) for name in names_in(node) if not report.spoilt(name)]
    kinds: set[ChangeKind] = set() if words else set(any_kind)
    for word in words:
        kinds.update(any_kind if word == "any" else CHANGE_GROUPS.get(word, (cast(ChangeKind, word),)))
    return frozenset(kinds)
