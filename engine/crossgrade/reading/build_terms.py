"""Terms: how a change is carried out and charged, read by name and in place."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, cast

from crossgrade.model.rules import CHANGE_GROUPS, ChangeKind
from crossgrade.model.terms import CreditRule, CreditUse, Promotion, Proration, Terms
from crossgrade.reading.build_amounts import Currencies, amounts_everywhere
from crossgrade.reading.build_credits import credit_use
from crossgrade.reading.build_harmony import (
    check_immediately,
    check_period_end,
    is_spoilt,
    warn_harsh,
    warn_on_plan_change,
)
from crossgrade.reading.build_ids import check_reserved
from crossgrade.reading.build_nodes import pairs_of, value_of, word_of
from crossgrade.reading.build_proration import merged, written_proration
from crossgrade.reading.build_report import Report
from crossgrade.reading.build_time import check_time_is_used, time_rule
from crossgrade.reading.located import Entries, Node, Scalar

_PLAN_CHANGES = frozenset(CHANGE_GROUPS["plan_change"])


class TermsReader:
    """Reads terms by name and in place, and remembers what transitions use."""

    def __init__(
        self,
        node: Node | None,
        credits: Mapping[str, CreditRule],
        proration: Mapping[str, object],
        currencies: Currencies,
        report: Report,
    ) -> None:
        self._credits = credits
        self._proration = proration
        self._currencies = currencies
        self._report = report
        self._bodies = {str(key.value): body for key, body in pairs_of(node)}
        self._keys = [key for key, _ in pairs_of(node)]
        for key in self._keys:
            check_reserved(key, "terms", report)
        self._used: set[str] = set()
        self._for_plan_changes: set[str] = set()
        self.credits_used: set[str] = set()
        self.prorations: list[Proration] = []
        self.named = {id: self._read(body, id) for id, body in self._bodies.items()}

    def inline(self, node: Node, change: frozenset[ChangeKind]) -> Terms:
        """Return the terms that a transition writes out itself."""
        terms = self._read(node, None)
        if change & _PLAN_CHANGES:
            warn_on_plan_change(node, terms, None, self._report)
        return terms

    def use(self, id: str, change: frozenset[ChangeKind], name: Scalar) -> Terms:
        """Return the terms that a transition names."""
        self._used.add(id)
        if id not in self._for_plan_changes and change & _PLAN_CHANGES:
            self._for_plan_changes.add(id)
            warn_on_plan_change(self._bodies[id], self.named[id], name, self._report)
        return self.named[id]

    def warn_unused(self) -> None:
        """Warn of terms that no transition names, unless one names what is not known."""
        if self._report.lost("answers"):
            return
        for key in self._keys:
            if key.value not in self._used and not self._report.spoilt(key):
                message = f"no transition names the terms `{key.value}`"
                self._report.warning(key, "unused-terms", message, "name them in a transition, or remove them")

    def _read(self, node: Node, id: str | None) -> Terms:
        if not isinstance(node, Entries):
            self._report.lose("uses")
        own = written_proration(value_of(node, "proration", self._report), self._report)
        self.prorations.append(merged(self._proration, own))
        use = value_of(node, "credit", self._report)
        credit = credit_use(use, self._credits, (self._proration, own), self._report)
        self.prorations.extend(credit.prorations)
        self.credits_used.update(rule.id for rule in credit.rules)
        terms = self._terms(node, id, credit, merged(self._proration, own))
        self._check(node, terms)
        return terms

    def _terms(self, node: Node, id: str | None, credit: CreditUse, proration: Proration) -> Terms:
        billing_date = self._word(node, "billing_date", "restart")
        usual = "none" if billing_date == "when_credit_ends" else "full"
        currencies, report = self._currencies, self._report
        return Terms(
            id,
            cast(Literal["immediately", "period_end"], self._word(node, "effective", "immediately")),
            cast(Literal["restart", "keep", "align", "when_credit_ends"], billing_date),
            cast(Literal["full", "prorated", "full_difference", "none"], self._word(node, "charge", usual)),
            credit,
            proration,
            cast(Literal["waive", "charge", "difference"], self._word(node, "setup_fee", "waive")),
            time_rule(node, report),
            cast(Literal["now", "next_charge"], self._word(node, "collect", "now")),
            amounts_everywhere(value_of(node, "fee", report), currencies, report),
            _promotion(value_of(node, "promotion", report), currencies, report),
            cast(Literal["none", "grant", "carry", "rest"], self._word(node, "trial", "none")),
            cast(Literal["keep", "drop"], self._word(node, "discount", "keep")),
            cast(Literal["keep", "drop"], self._word(node, "addons", "keep")),
            amounts_everywhere(value_of(node, "waive_below", report), currencies, report),
            amounts_everywhere(value_of(node, "minimum_due", report), currencies, report),
        )

    def _word(self, node: Node, key: str, default: str) -> str:
        return word_of(value_of(node, key, self._report), self._report, default)

    def _check(self, node: Node, terms: Terms) -> None:
        if terms.effective == "period_end":
            check_period_end(node, self._report)
        elif not is_spoilt(node, "effective", self._report):
            check_immediately(node, terms, self._report)
            check_time_is_used(node, terms, self._report)
            warn_harsh(node, terms, self._report)


def _promotion(node: Node | None, currencies: Currencies, report: Report) -> Promotion | None:
    if not isinstance(node, Entries):
        return None
    amount, percent = value_of(node, "amount", report), value_of(node, "percent", report)
    if amount is not None and percent is not None:
        message = "a promotion is an amount or a percentage, found both"
        places = sorted(found.place for found in (node.key("amount"), node.key("percent")) if found)
        others = tuple((place, "the other is here") for place in places[:-1])
        report.error(places[-1] if places else node.place, "terms-contradict", message, "remove one of the two", others)
    return Promotion(amounts_everywhere(amount, currencies, report), _percentage(percent, report))


def _percentage(node: Node | None, report: Report) -> Decimal | None:
    value = node.value if isinstance(node, Scalar) and not report.spoilt(node) else None
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def warn_unused_credits(node: Node | None, credits: Mapping[str, CreditRule], used: set[str], report: Report) -> None:
    """Warn of credit rules that no terms name."""
    if report.lost("answers") or report.lost("uses") or report.lost("terms"):
        return
    for key, _ in pairs_of(node):
        if key.value in credits and key.value not in used and not report.spoilt(key):
            message = f"no terms name the credit rule `{key.value}`"
            report.warning(key, "unused-credit", message, "name it as `credit` of some terms, or remove it")
