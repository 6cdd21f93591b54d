"""Harmony: which keys of terms go together, refused or warned of where they do not (language, section 6)."""

from crossgrade.model.money import Amounts
from crossgrade.model.terms import Terms
from crossgrade.reading.build_names import listed
from crossgrade.reading.build_nodes import pairs_of, value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Node, Scalar

_AT_PERIOD_END = ("effective", "billing_date", "discount", "addons")

_WITHOUT_PERIOD = {
    "keep": "at the period's end a new period begins, so that `billing_date: keep` has nothing to keep",
    "when_credit_ends": (
        "at the period's end nothing is unused, so that `billing_date: when_credit_ends` has no credit to follow"
    ),
}

_PAID_BY_CREDIT = (
    "with `billing_date: when_credit_ends` the credit pays for the first period, so that nothing is charged"
)

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
    ("align", "full_difference"): (
        "`charge: full_difference` compares whole periods, and `billing_date: align` begins a shorter one",
        "write `charge: prorated` with a `credit`, or `billing_date: keep`",
    ),
    ("when_credit_ends", "full"): (_PAID_BY_CREDIT, "remove `charge`, or write `billing_date: restart`"),
    ("when_credit_ends", "prorated"): (_PAID_BY_CREDIT, "remove `charge`, or write `billing_date: keep`"),
    ("when_credit_ends", "full_difference"): (_PAID_BY_CREDIT, "remove `charge`, or write `billing_date: keep`"),
}
"""What does not go together, with why and what to write."""

_SAID_BY_BILLING_DATE = {
    "restart": "the period restarts here",
    "align": "the shorter period begins here",
    "when_credit_ends": "the credit pays here",
}


def is_spoilt(node: Node, key: str, report: Report) -> bool:
    """Say whether a key has a value that was found wrong already."""
    value = value_of(node, key, report)
    return value is not None and report.spoilt(value)


def check_period_end(node: Node, report: Report) -> None:
    """Refuse keys that mean nothing where nothing is due now."""
    keys = [key for key, _ in pairs_of(node) if key.value not in _AT_PERIOD_END and not report.spoilt(key)]
    if keys:
        without = listed(str(key.value) for key in keys)
        verb = "has" if len(keys) == 1 else "have"
        message = f"with `effective: period_end` nothing is due now, so that {without} {verb} no meaning"
        report.error(keys[0], "key-without-meaning", message, f"remove {without}, or write `effective: immediately`")
    billing_date = value_of(node, "billing_date", report)
    if isinstance(billing_date, Scalar) and billing_date.value in _WITHOUT_PERIOD:
        message = _WITHOUT_PERIOD[str(billing_date.value)]
        report.error(
            billing_date, "terms-contradict", message, "remove it, or write `billing_date: restart` or `align`"
        )


def check_immediately(node: Node, terms: Terms, report: Report) -> None:
    """Refuse terms that leave out what has to be said, or that contradict themselves."""
    _check_needed(node, terms, report)
    _check_minimum(node, terms, report)
    billing_date, charge = value_of(node, "billing_date", report), value_of(node, "charge", report)
    refused = _REFUSED.get((terms.billing_date, terms.charge))
    if is_spoilt(node, "billing_date", report) or is_spoilt(node, "charge", report):
        return
    if refused and billing_date is not None and charge is not None:
        others = ((billing_date.place, _SAID_BY_BILLING_DATE[terms.billing_date]),)
        report.error(charge, "terms-contradict", *refused, others=others)
    elif terms.billing_date == "when_credit_ends":
        _check_paying_credit(node, terms, report)
    else:
        _check_credit(node, terms, report)


def _check_credit(node: Node, terms: Terms, report: Report) -> None:
    if terms.charge == "full_difference" and terms.credit.rules:
        message = "`charge: full_difference` sets the old price off already, so that a credit would count it twice"
        remedy = "remove `credit`, or write `charge: prorated`"
        report.error(_key(node, "credit"), "terms-contradict", message, remedy)
    if terms.credit.to == terms.credit.excess == "time":
        _refuse_excess(value_of(node, "credit", report), "`to: time`", report)


def _check_paying_credit(node: Node, terms: Terms, report: Report) -> None:
    """Refuse what does not go with a credit that pays for the first period."""
    credit = value_of(node, "credit", report)
    to = value_of(credit, "to", report)
    if isinstance(credit, Scalar) and credit.value == "none":
        message = "`billing_date: when_credit_ends` lasts as long as the credit pays for, and `credit: none` gives none"
        report.error(credit, "terms-contradict", message, "write `credit: unused`, or `billing_date: restart`")
    elif to is not None and credit is not None:
        message = "with `billing_date: when_credit_ends` the credit pays for the first period and goes nowhere else"
        remedy = "remove `to`, or write `billing_date: restart`"
        report.error(_key(credit, "to"), "terms-contradict", message, remedy)
    elif terms.credit.excess == "time":
        _refuse_excess(credit, "`billing_date: when_credit_ends`", report)


def _refuse_excess(credit: Node | None, cause: str, report: Report) -> None:
    excess = value_of(credit, "excess", report)
    if excess is not None:
        message = f"with {cause} what exceeds is less than one unit of time, so that `excess: time` buys nothing"
        report.error(excess, "terms-contradict", message, "write `excess: account`, `refund` or `forfeit`")


def _key(node: Node, key: str) -> Node:
    return (node.key(key) or node) if isinstance(node, Entries) else node


def _check_needed(node: Node, terms: Terms, report: Report) -> None:
    if not isinstance(node, Entries):
        return
    needed = _needed(terms)
    missing = [key for key in needed if value_of(node, key, report) is None]
    if "credit" in missing:
        report.lose("uses")
    # A misspelt charge or billing date may have been the one that takes no credit, or no charge.
    unclear = (missing == ["credit"] and is_spoilt(node, "charge", report)) or (
        missing == ["charge"] and is_spoilt(node, "billing_date", report)
    )
    if missing and not unclear:
        message = f"terms that take effect immediately need {listed(needed)}, found no {listed(missing, 'or')}"
        report.error(
            node.entries[0][0] if node.entries else node, "incomplete-terms", message, _completion(missing, terms)
        )


def _needed(terms: Terms) -> list[str]:
    if terms.billing_date == "when_credit_ends":
        return ["billing_date", "credit"]
    return ["billing_date", "charge"] if terms.charge == "full_difference" else ["billing_date", "charge", "credit"]


def _completion(missing: list[str], terms: Terms) -> str:
    if terms.billing_date == "when_credit_ends":
        return "write `credit: unused`, or the id of another credit rule"
    usual = {
        "billing_date": "`billing_date: restart`, `keep`, `align` or `when_credit_ends`",
        "charge": "`charge: full`, `prorated`, `full_difference` or `none`",
        "credit": "`credit: unused`, or `credit: none` where unused time is worth nothing",
    }
    return "write " + "; ".join(usual[key] for key in missing)


def _check_minimum(node: Node, terms: Terms, report: Report) -> None:
    """Refuse a minimum that nothing reaches, as less than the waiver is not collected at all."""
    least, waived = value_of(node, "minimum_due", report), value_of(node, "waive_below", report)
    if least is not None and waived is not None and _is_below(terms.minimum_due, terms.waive_below):
        message = "`minimum_due` is below `waive_below`, so that it raises nothing: what is less is not collected"
        others = ((waived.place, "less than this is not collected"),)
        report.error(least, "terms-contradict", message, "write the larger amount after `minimum_due`", others)


def _is_below(least: Amounts | None, waived: Amounts | None) -> bool:
    if least is None or waived is None:
        return False
    return any(minor < waived.by_currency.get(code, minor) for code, minor in least.by_currency.items())


def warn_harsh(node: Node, terms: Terms, report: Report) -> None:
    """Warn of a whole charge for the shorter period before the billing day."""
    charge = value_of(node, "charge", report)
    if terms.billing_date == "align" and terms.charge == "full" and charge is not None:
        message = "`charge: full` with `billing_date: align` charges a whole period for the part up to the billing day"
        report.warning(charge, "harsh-terms", message, "write `charge: prorated`, or `billing_date: restart`")


def warn_on_plan_change(node: Node, terms: Terms, name: Scalar | None, report: Report) -> None:
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
