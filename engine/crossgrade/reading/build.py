"""A policy is built from nodes: names resolved, types checked, every mistake found in one pass."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, cast

from msgspec import Struct, structs

from crossgrade.diagnostics import Finding, ordered
from crossgrade.facts.vocabulary import Fact, vocabulary
from crossgrade.model.catalogue import AddOn, Entitlement, Family, Plan
from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.policy import Direction, Policy
from crossgrade.model.rules import NoChangeRule, Restriction, Transition
from crossgrade.model.terms import CreditRule, Proration, Rounding, Terms
from crossgrade.model.text import Text
from crossgrade.model.versions import completed
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
from crossgrade.reading.build_reach import Named, sources
from crossgrade.reading.build_report import Report
from crossgrade.reading.build_rules import Names, no_change_rules, restrictions_of, rule_ids, transitions_of
from crossgrade.reading.build_terms import TermsReader, warn_unused_credits
from crossgrade.reading.build_texts import placeholders, text_of, title_of
from crossgrade.reading.located import Entries
from crossgrade.reading.opening import EMPTY, Folder, Opened, opened
from crossgrade.reading.schema import check

_SECTIONS = ("entitlements", "plans", "addons", "families", "facts", "terms", "credits")


def read(
    path: str, text: bytes, *, folder: Folder = EMPTY, older: Policy | None = None
) -> tuple[Policy | None, list[Finding]]:
    """Read one version of a policy; the policy is None where a finding is an error.

    `folder` holds the files it may include; `older` is the version before it, of which memberships may still hold
    plans, prices and add-ons.
    """
    policy, findings = built(opened(path, text, folder), older)
    return (None if any(finding.severity == "error" for finding in findings) else policy), findings


def built(file: Opened, older: Policy | None) -> tuple[Policy | None, list[Finding]]:
    """Build a policy as far as its file allows: None only where the file cannot be understood at all."""
    if file.root is None:
        return None, ordered(file.findings)
    report = Report([*file.findings, *check(file.root, "policy")])
    policy = _policy(file.root, older, report)
    return completed(policy, older), ordered(report.findings)


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
    proration: Proration


def _policy(root: Entries, older: Policy | None, report: Report) -> Policy:
    """Build the policy as far as the file allows, section by section in the order they name each other."""
    _lose_sections(root, report)
    check_catalogue_ids(root, report)
    locale = word_of(value_of(root, "locale", report), report, "en")
    catalogue = _catalogue(root, locale, older, report)
    names = _names(catalogue, locale, older, report)
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
        proration=rules.proration,
        rounding=rules.rounding,
        account_credit=cast(Literal["use", "keep"], word_of(value_of(root, "account_credit", report), report, "use")),
        digest=digest_of(root, older),
    )


def _lose_sections(root: Entries, report: Report) -> None:
    """Remember the sections that are no mapping: what they were meant to hold is not known."""
    for section in _SECTIONS:
        node = value_of(root, section, report)
        if (node is None and section == "plans") or (node is not None and not pairs_of(node)):
            report.lose(section)


def _catalogue(root: Entries, locale: str, older: Policy | None, report: Report) -> _Catalogue:
    currencies = currencies_of(root, report)
    entitlements = entitlements_of(value_of(root, "entitlements", report), locale, report)
    setting = Setting(entitlements, currencies, locale)
    plans = plans_of(value_of(root, "plans", report), setting, report)
    families = families_of(value_of(root, "families", report), plans, locale, report)
    warn_without_family(value_of(root, "plans", report), plans, families, report)
    addons = addons_of(value_of(root, "addons", report), plans, families, setting, report)
    warn_currencies(root, currencies, report)
    entitlements = with_adopted(entitlements, report)
    held = {**older.addons, **addons} if older else addons
    vocabulary_of = partial(vocabulary, plans=plans, addons=held, families=families, entitlements=entitlements)
    built_in = vocabulary_of(declared={})
    declared = declarations_of(value_of(root, "facts", report), entitlements, built_in, currencies, report)
    facts = _with_former(vocabulary_of(declared=declared), older)
    warn_usage_by_default(root, facts, declared, report)
    return _Catalogue(currencies, entitlements, plans, families, addons, declared, facts)


def _with_former(facts: dict[str, Fact], older: Policy | None) -> dict[str, Fact]:
    """Return the vocabulary with what a membership may hold from an older version."""
    if older is None:
        return facts
    prices = [id for plan in older.plans.values() for id in plan.prices]
    families = [family.id for plan in older.plans if (family := older.family_of(plan))]
    for part, ids in (("plan", [*older.plans]), ("price", prices), ("family", families)):
        fact = facts[f"membership.{part}"]
        facts[fact.name] = structs.replace(fact, values=tuple(dict.fromkeys((*(fact.values or ()), *ids))))
    return facts


def _names(catalogue: _Catalogue, locale: str, older: Policy | None, report: Report) -> Names:
    offered = {id: frozenset(plan.prices) for id, plan in catalogue.plans.items()}
    named = Named(offered, catalogue.families)
    return Names(
        sources(named, older),
        named,
        Language(catalogue.facts, catalogue.currencies),
        placeholders([*catalogue.facts, *report.adopted("facts")], catalogue.entitlements, catalogue.declared),
        locale,
    )


def _rules(root: Entries, names: Names, report: Report) -> _Rules:
    check_rule_ids(rule_ids(root, report), report)
    credits = credits_of(value_of(root, "credits", report), names.language, report)
    proration = written_proration(value_of(root, "proration", report), report)
    reader = TermsReader(value_of(root, "terms", report), credits, proration, names.language.currencies, report)
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
        merged(proration),
    )


def _messages(root: Entries, names: Names, report: Report) -> dict[str, Text]:
    """Return the policy's own texts of built-in rules."""
    own = {
        str(key.value): text_of(node, names.placeholders, names.locale, report)
        for key, node in pairs_of(value_of(root, "messages", report))
    }
    return {id: text for id, text in own.items() if text is not None}
