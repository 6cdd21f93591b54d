"""A review as JSON: everything that was found, with what each engine was asked, for programs."""

from collections.abc import Sequence
from typing import Any

from crossgrade.reviewing.consequence import Consequence, Largest, Witness
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.reviewed import Reviewed, unused_waivers
from crossgrade.reviewing.sentences import example
from crossgrade.reviewing.sheets import sheet
from crossgrade.reviewing.shown.page import WHAT, page_of


def as_json(found: Sequence[Reviewed]) -> dict[str, Any]:
    """Return all policies, and the waivers that cover nothing in them; every key is always there."""
    unused = [
        {"fingerprint": one.fingerprint, "file": one.place.file, "line": one.place.line}
        for one in unused_waivers(found)
    ]
    return {"policies": [_policy(one) for one in found], "unused_waivers": unused}


def _policy(found: Reviewed) -> dict[str, Any]:
    report, page = found.report, page_of(found)
    return {
        "policy": report.policy,
        "path": found.name,
        "file": found.file,
        "verdict": page.verdict,
        "headline": page.headline,
        "words": [{"section": one.section, "subject": one.subject, "sentence": one.sentence} for one in report.words],
        "presence": _presence(found),
        "consequences": [_consequence(one, found) for one in report.consequences],
        "undecided": [{"what": one.what, "reason": one.reason} for one in report.undecided],
        "notes": list(report.notes),
        "effort": {name: getattr(report.effort, name) for name in ("pairs", "same_text", "same_regions", "boxes")},
    }


def _presence(found: Reviewed) -> dict[str, Any] | None:
    one = found.presence
    if one is None:
        return None
    return {
        "kind": one.kind,
        "severity": one.severity,
        "fingerprint": one.fingerprint,
        "what": WHAT[one.kind],
        "waived": one.waived,
    }


def _consequence(one: Consequence, found: Reviewed) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "severity": one.severity,
        "fingerprint": one.fingerprint,
        "what": WHAT[one.kind],
        "change": one.change,
        "rules": {"before": one.rules[0], "after": one.rules[1]},
        "pairs": [{"from": _ends(held), "to": _ends(target)} for held, target in one.pairs],
        "when": list(one.when),
        "first": one.first.isoformat(),
        "until": None if one.until is None else one.until.isoformat(),
        "example": example(one, found.titles),
        "witness": _witness(one.witness, found),
        "largest": None if one.largest is None else _largest(one.largest, found),
        "waived": one.waived,
    }


def _ends(ends: Ends) -> dict[str, str]:
    return {"plan": ends[0], "price": ends[1]}


def _largest(largest: Largest, found: Reviewed) -> dict[str, Any]:
    return {
        "what": largest.what,
        "difference": str(largest.difference),
        "currency": largest.difference.currency.code,
        "witness": _witness(largest.witness, found),
    }


def _witness(witness: Witness, found: Reviewed) -> dict[str, Any]:
    """Return what the new policy was asked, what the old one was where that differs, and what callers see of both."""
    old, new = (
        sheet(question, policy.zone)
        for question, policy in ((witness.old, found.titles.old), (witness.new, found.titles.new))
    )
    return {
        "facts": new,
        "facts_before": None if old == new else old,
        "before": dict(witness.before),
        "after": dict(witness.after),
    }
