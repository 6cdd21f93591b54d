"""Terms: how a change is carried out and charged, refused where the keys contradict each other."""

from collections.abc import Mapping
from typing import Literal, cast

from crossgrade.model.policy import CHANGE_GROUPS, ChangeKind, CreditRule, CreditUse, Proration, Terms
from crossgrade.reading.build_credits import credit_use
from crossgrade.reading.build_ids import check_reserved
from crossgrade.reading.build_names import listed
from crossgrade.reading.build_nodes import pairs_of, value_of, word_of
from crossgrade.reading.build_proration import merged, written_proration
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar

_NEEDED = ("billing_date", "charge", "credit")
_AT_PERIOD_END = ("effective", "billing_date")

_REFUSED: dict[tuple[str, str], tuple[str, str]] = {
    ("restart", "prorated"): (
        "a period that restarts is charged whole, so that `charge: prorated` has no share to take",
        "write `charge: full`, or `billing_date: keep` to charge the share of what is left",
    ),
    ("restart", "full_difference"): (
        "a period that restarts is paid anew, and `charge: full_difference` pays only what the old one lacks",
        "write `charge: full` with a `credit`, or `billing_date: keep`",
    ),
    ("restart", "none"): (
        "a period that restarts would be free with `charge: none`",
        "write `charge: full`, or `billing_date: keep` to charge nothing until the next charge",
    ),
}
"""What does not go together, with why and what to write (language, section 6)."""

_PLAN_CHANGES = frozenset(CHANGE_GROUPS["plan_change"])


class TermsReader:
    """Reads terms by name and in place, and remembers what transitions use."""

    def __init__(
        self, node: Node | None, credits: Mapping[str, CreditRule], proration: Mapping[str, object], report: Report
    ) -> None:
        self._credits = credits
        self._proration = proration
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
            _warn_on_plan_change(node, terms, None, self._report)
        return terms

    def use(self, id: str, change: frozenset[ChangeKind], name: Scalar) -> Terms:
        """Return the terms that a transition names."""
        self._used.add(id)
        if id not in self._for_plan_changes and change & _PLAN_CHANGES:
            self._for_plan_changes.add(id)
            _warn_on_plan_change(self._bodies[id], self.named[id], name, self._report)
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
        report = self._report
        if not isinstance(node, Entries):
            report.lose("uses")
        own = written_proration(value_of(node, "proration", report), report)
        self.prorations.append(merged(self._proration, own))
        effective = word_of(value_of(node, "effective", report), report, "immediately")
        billing_date = word_of(value_of(node, "billing_date", report), report, "restart")
        charge = word_of(value_of(node, "charge", report), report, "full")
        credit = credit_use(value_of(node, "credit", report), self._credits, (self._proration, own), report)
        self.prorations.extend(credit.prorations)
        self.credits_used.update(rule.id for rule in credit.rules)
        if effective == "period_end":
            _check_period_end(node, report)
        elif not _is_spoilt(node, "effective", report):
            _check_immediately(node, charge, credit, report)
        return Terms(
            id,
            cast(Literal["immediately", "period_end"], effective),
            cast(Literal["restart", "keep"], billing_date),
            cast(Literal["full", "prorated", "full_difference", "none"], charge),
            credit,
            merged(self._proration, own),
            cast(
                Literal["waive", "charge", "difference"], word_of(value_of(node, "setup_fee", report), report, "waive")
            ),
        )


def _is_spoilt(node: Node, key: str, report: Report) -> bool:
    value = value_of(node, key, report)
    return value is not None and report.spoilt(value)


def _check_period_end(node: Node, report: Report) -> None:
    """Refuse keys that mean nothing where nothing is due now."""
    keys = [key for key, _ in pairs_of(node) if key.value not in _AT_PERIOD_END and not report.spoilt(key)]
    if keys:
        without = listed(str(key.value) for key in keys)
        verb = "has" if len(keys) == 1 else "have"
        message = f"with `effective: period_end` nothing is due now, so that {without} {verb} no meaning"
        report.error(keys[0], "key-without-meaning", message, f"remove {without}, or write `effective: immediately`")
    billing_date = value_of(node, "billing_date", report)
    if isinstance(billing_date, Scalar) and billing_date.value == "keep":
        message = "at the period's end a new period begins, so that `billing_date: keep` has nothing to keep"
        report.error(billing_date, "terms-contradict", message, "remove it, or write `billing_date: restart`")


def _check_immediately(node: Node, charge: str, credit: CreditUse, report: Report) -> None:
    _check_needed(node, charge, report)
    billing_date, written = value_of(node, "billing_date", report), value_of(node, "charge", report)
    if not isinstance(billing_date, Scalar) or not isinstance(written, Scalar):
        return
    refused = _REFUSED.get((str(billing_date.value), str(written.value)))
    if refused:
        others = ((billing_date.place, "the period restarts here"),)
        report.error(written, "terms-contradict", *refused, others=others)
    elif charge == "full_difference" and credit.rules:
        message = "`charge: full_difference` sets the old price off already, so that a credit would count it twice"
        report.error(
            _credit_place(node, report), "terms-contradict", message, "remove `credit`, or write `charge: prorated`"
        )


def _credit_place(node: Node, report: Report) -> Node:
    key = node.key("credit") if isinstance(node, Entries) else None
    return key or value_of(node, "credit", report) or node


def _check_needed(node: Node, charge: str, report: Report) -> None:
    if not isinstance(node, Entries):
        return
    needed = [key for key in _NEEDED if not (key == "credit" and charge == "full_difference")]
    missing = [key for key in needed if value_of(node, key, report) is None]
    if "credit" in missing:
        report.lose("uses")
    # A misspelt charge may have been the one that takes no credit.
    if missing and not (missing == ["credit"] and _is_spoilt(node, "charge", report)):
        message = f"terms that take effect immediately need {listed(needed)}, found no {listed(missing, 'or')}"
        report.error(_head(node), "incomplete-terms", message, _completion(missing))


def _head(node: Entries) -> Node:
    return node.entries[0][0] if node.entries else node


def _completion(missing: list[str]) -> str:
    usual = {
        "billing_date": "`billing_date: restart` or `keep`",
        "charge": "`charge: full`, `prorated`, `full_difference` or `none`",
        "credit": "`credit: unused`, or `credit: none` where unused time is worth nothing",
    }
    return "write " + "; ".join(usual[key] for key in missing)


def _warn_on_plan_change(node: Node, terms: Terms, name: Scalar | None, report: Report) -> None:
    """Warn of terms that make a change of plan cost more than it is worth."""
    if terms.effective == "period_end" or terms.billing_date != "keep":
        return
    charge, credit = value_of(node, "charge", report), value_of(node, "credit", report)
    others = ((name.place, "a change of plan is made on these terms here"),) if name is not None else ()
    if terms.charge == "full" and charge is not None:
        message = "`charge: full` with `billing_date: keep` charges a whole period for what is left of it"
        report.warning(charge, "harsh-terms", message, "write `charge: prorated`, or `billing_date: restart`", others)
    elif terms.charge == "prorated" and isinstance(credit, Scalar) and credit.value == "none":
        message = "with `credit: none` what is left of the period is paid twice, on the old plan and on the new one"
        report.warning(credit, "harsh-terms", message, "write `credit: unused`", others)


def warn_unused_credits(node: Node | None, credits: Mapping[str, CreditRule], used: set[str], report: Report) -> None:
    """Warn of credit rules that no terms name."""
    if report.lost("answers") or report.lost("uses") or report.lost("terms"):
        return
    for key, _ in pairs_of(node):
        if key.value in credits and key.value not in used and not report.spoilt(key):
            message = f"no terms name the credit rule `{key.value}`"
            report.warning(key, "unused-credit", message, "name it as `credit` of some terms, or remove it")
