"""Credits: what unused time is worth, and where terms send it."""

from collections.abc import Mapping
from typing import Literal, cast

from crossgrade.model.money import Amounts
from crossgrade.model.terms import BUILT_IN_CREDITS, CreditRule, CreditUse
from crossgrade.reading.build_amounts import amounts_everywhere
from crossgrade.reading.build_conditions import Language, condition_of
from crossgrade.reading.build_ids import check_credit_id
from crossgrade.reading.build_names import resolved
from crossgrade.reading.build_nodes import names_in, pairs_of, value_of, word_of
from crossgrade.reading.build_proration import merged, written_proration
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar


def credits_of(node: Node | None, language: Language, report: Report) -> dict[str, CreditRule]:
    """Return the policy's own credit rules by id."""
    found = {}
    for key, body in pairs_of(node):
        check_credit_id(key, report)
        id = str(key.value)
        found[id] = CreditRule(
            id,
            cast(Literal["paid", "recurring", "list_price"], word_of(value_of(body, "basis", report), report, "paid")),
            written_proration(value_of(body, "proration", report), report),
            cast(Literal["none", "whole", "lesser"], word_of(value_of(body, "setup_fee", report), report, "none")),
            _at_most(value_of(body, "at_most", report), language, report),
            condition_of(value_of(body, "when", report), language, report),
        )
    return found


def _at_most(node: Node | None, language: Language, report: Report) -> Literal["paid", "charge"] | Amounts | None:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return cast(Literal["paid", "charge"], node.value)
    return amounts_everywhere(node, language.currencies, report)


def credit_use(
    node: Node | None,
    credits: Mapping[str, CreditRule],
    widths: tuple[Mapping[str, object], ...],
    report: Report,
) -> CreditUse:
    """Return the credit that terms give; `widths` are the prorations of the policy and of the terms."""
    # A list of rules is written under `rule`; the schema reports one without it.
    rule = value_of(node, "rule", report) if not isinstance(node, Scalar) else node
    rules = tuple(_rules(rule, credits, report))
    if node is not None and not names_in(rule):
        _lose_use(report)
    to = word_of(value_of(node, "to", report), report, "charge")
    excess = value_of(node, "excess", report)
    if excess is not None and to in ("refund", "account") and isinstance(node, Entries):
        message = f"`excess` is what a charge cannot take up, and with `to: {to}` the credit lowers no charge"
        report.error(
            node.key("excess") or excess, "excess-without-charge", message, "remove `excess`, or write `to: charge`"
        )
    return CreditUse(
        rules,
        tuple(merged(*widths, found.proration) for found in rules),
        cast(Literal["charge", "time", "refund", "account"], to),
        cast(Literal["account", "time", "refund", "forfeit"], word_of(excess, report, "account")),
    )


def _rules(node: Node | None, credits: Mapping[str, CreditRule], report: Report) -> list[CreditRule]:
    known = {**BUILT_IN_CREDITS, **credits}
    names = names_in(node)
    found = []
    for name in names:
        if name.value == "none":
            if len(names) > 1:
                message = "`none` gives no credit and stands alone, found it in a list"
                report.error(
                    name, "none-among-credits", message, "remove it; where no rule's `when` holds there is no credit"
                )
            continue
        id = resolved(name, [*known, "none"], "credit rule", "credits", report)
        if id in known:
            found.append(known[id])
        elif id is None:
            _lose_use(report)
    return found


def _lose_use(report: Report) -> None:
    """Remember that which credit rule was meant is not known, so that none can be said to be unused."""
    report.lose("uses")
