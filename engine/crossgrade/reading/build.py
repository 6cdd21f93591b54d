"""A policy is built from nodes: names resolved, types checked, every mistake found in one pass."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, cast

from msgspec import Struct, structs

from crossgrade.diagnostics import Finding, ordered
from crossgrade.facts.vocabulary import Fact, vocabulary
from crossgrade.model.policy import (
    AddOn,
    CreditRule,
    Direction,
    Entitlement,
    FactDeclaration,
    Family,
    NoChangeRule,
    Plan,
    Policy,
    Restriction,
    Rounding,
    Terms,
    Text,
    Transition,
)
from crossgrade.reading.build_amounts import Currencies, currencies_of
from crossgrade.reading.build_catalogue import Setting, addons_of, entitlements_of, plans_of, with_adopted
from crossgrade.reading.build_conditions import Language
from crossgrade.reading.build_coverage import warn_currencies, warn_usage_by_default
from crossgrade.reading.build_credits import credits_of
from crossgrade.reading.build_digest import digest_of
from crossgrade.reading.build_facts import declarations_of
from crossgrade.reading.build_families import families_of, warn_without_family
from crossgrade.reading.build_header import effective_day, zone_of
from crossgrade.reading.build_ids import check_catalogue_ids, check_rule_ids
from crossgrade.reading.build_nodes import pairs_of, value_of, word_of
from crossgrade.reading.build_proration import check_daily_rate, merged, rounding_of, written_proration
from crossgrade.reading.build_report import Report
from crossgrade.reading.build_rules import Names, no_change_rules, restrictions_of, rule_ids, transitions_of
from crossgrade.reading.build_terms import TermsReader, warn_unused_credits
from crossgrade.reading.build_texts import placeholders, text_of, title_of
from crossgrade.reading.located import Entries, Items, compose
from crossgrade.reading.schema import check

_SECTIONS = ("entitlements", "plans", "addons", "families", "facts", "terms", "credits")

_BEGIN = "begin with `policy:` and an id"

Held = Mapping[str, frozenset[str]]
"""Plans that only older versions know, with their price ids: `from` and `membership.plan` may name them."""


def read(path: str, text: bytes, *, held: Held | None = None) -> tuple[Policy | None, list[Finding]]:
    """Read one policy file; the policy is None where a finding is an error."""
    root, findings = compose(text, path)
    if root is None:
        return None, ordered(findings)
    if any(finding.code == "several-documents" for finding in findings):
        # Whatever misses in the first document may stand in the second.
        return None, ordered(findings)
    if not isinstance(root, Entries):
        found = "a list" if isinstance(root, Items) else "text"
        wrong = Finding(root.place, "wrong-type", f"a policy is a mapping of keys, found {found}", help=_BEGIN)
        return None, ordered([*findings, wrong])
    report = Report([*findings, *check(root, "policy")])
    policy = _policy(root, held or {}, report)
    complete = ordered(report.findings)
    return (None if any(finding.severity == "error" for finding in complete) else policy), complete


class _Catalogue(Struct, frozen=True):
    """What is sold, in which currencies, and what rules can test of it."""

    currencies: Currencies
    entitlements: Mapping[str, Entitlement]
    plans: Mapping[str, Plan]
    families: Mapping[str, Family]
    addons: Mapping[str, AddOn]
    declared: Mapping[str, FactDeclaration]
    facts: Mapping[str, Fact]


class _Rules(Struct, frozen=True):
    """What is decided, and on which terms."""

    no_change: tuple[NoChangeRule, ...]
    restrictions: tuple[Restriction, ...]
    transitions: tuple[Transition, ...]
    terms: Mapping[str, Terms]
    credits: Mapping[str, CreditRule]
    rounding: Rounding


def _policy(root: Entries, held: Held, report: Report) -> Policy:
    """Build the policy as far as the file allows, section by section in the order they name each other."""
    _lose_sections(root, report)
    check_catalogue_ids(root, report)
    locale = word_of(value_of(root, "locale", report), report, "en")
    catalogue = _catalogue(root, locale, held, report)
    names = _names(catalogue, locale, held, report)
    rules = _rules(root, names, report)
    id = word_of(value_of(root, "policy", report), report, "")
    return Policy(
        id=id,
        title=title_of(value_of(root, "title", report), id, locale, report),
        effective=effective_day(root, report),
        zone=zone_of(root, report),
        currency=catalogue.currencies.own,
        currencies=catalogue.currencies.known,
        locale=locale,
        entitlements=catalogue.entitlements,
        plans=catalogue.plans,
        addons=catalogue.addons,
        families=catalogue.families,
        direction=cast(Direction, word_of(value_of(root, "direction", report), report, "rank")),
        facts=catalogue.declared,
        no_change=rules.no_change,
        restrictions=rules.restrictions,
        transitions=rules.transitions,
        otherwise=text_of(value_of(root, "otherwise", report), names.placeholders, locale, report),
        messages=_messages(root, names, report),
        terms=rules.terms,
        credits=rules.credits,
        rounding=rules.rounding,
        account_credit=cast(Literal["use", "keep"], word_of(value_of(root, "account_credit", report), report, "use")),
        digest=digest_of(root),
    )


def _lose_sections(root: Entries, report: Report) -> None:
    """Remember the sections that are no mapping: what they were meant to hold is not known."""
    for section in _SECTIONS:
        node = value_of(root, section, report)
        if (node is None and section == "plans") or (node is not None and not pairs_of(node)):
            report.lose(section)


def _catalogue(root: Entries, locale: str, held: Held, report: Report) -> _Catalogue:
    currencies = currencies_of(root, report)
    entitlements = entitlements_of(value_of(root, "entitlements", report), locale, report)
    setting = Setting(entitlements, currencies, locale)
    plans = plans_of(value_of(root, "plans", report), setting, report)
    families = families_of(value_of(root, "families", report), plans, locale, report)
    warn_without_family(value_of(root, "plans", report), plans, families, report)
    addons = addons_of(value_of(root, "addons", report), plans, families, setting, report)
    warn_currencies(root, currencies, report)
    entitlements = with_adopted(entitlements, report)
    vocabulary_of = partial(vocabulary, plans=plans, addons=addons, families=families, entitlements=entitlements)
    built_in = vocabulary_of(declared={})
    declared = declarations_of(value_of(root, "facts", report), entitlements, built_in, currencies, report)
    facts = _with_held(vocabulary_of(declared=declared), held)
    warn_usage_by_default(root, facts, declared, report)
    return _Catalogue(currencies, entitlements, plans, families, addons, declared, facts)


def _with_held(facts: dict[str, Fact], held: Held) -> dict[str, Fact]:
    """Return the vocabulary with what a membership may hold from an older version."""
    older = {"membership.plan": tuple(held), "membership.price": tuple(id for prices in held.values() for id in prices)}
    for name, more in older.items():
        known = (*(facts[name].values or ()), *sorted(more))
        facts[name] = structs.replace(facts[name], values=tuple(dict.fromkeys(known)))
    return facts


def _names(catalogue: _Catalogue, locale: str, held: Held, report: Report) -> Names:
    offered = {id: frozenset(plan.prices) for id, plan in catalogue.plans.items()}
    return Names(
        {**held, **offered},
        offered,
        catalogue.families,
        Language(catalogue.facts, catalogue.currencies),
        placeholders([*catalogue.facts, *report.adopted("facts")], catalogue.entitlements),
        locale,
    )


def _rules(root: Entries, names: Names, report: Report) -> _Rules:
    check_rule_ids(rule_ids(root, report), report)
    credits = credits_of(value_of(root, "credits", report), names.language, report)
    proration = written_proration(value_of(root, "proration", report), report)
    reader = TermsReader(value_of(root, "terms", report), credits, proration, report)
    transitions = transitions_of(value_of(root, "transitions", report), names, reader, report)
    rounding = rounding_of(value_of(root, "rounding", report), report)
    reader.warn_unused()
    warn_unused_credits(value_of(root, "credits", report), credits, reader.credits_used, report)
    check_daily_rate(root, rounding, [merged(proration), *reader.prorations], report)
    return _Rules(
        no_change_rules(value_of(root, "no_change", report), names, report),
        restrictions_of(value_of(root, "restrictions", report), names, report),
        transitions,
        reader.named,
        credits,
        rounding,
    )


def _messages(root: Entries, names: Names, report: Report) -> dict[str, Text]:
    """Return the policy's own texts of built-in rules."""
    own = {
        str(key.value): text_of(node, names.placeholders, names.locale, report)
        for key, node in pairs_of(value_of(root, "messages", report))
    }
    return {id: text for id, text in own.items() if text is not None}
