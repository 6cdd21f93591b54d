"""Terms and credits in words: how a change is carried out and charged, and what unused time is worth."""

from collections.abc import Iterator, Mapping

import msgspec

from crossgrade.model.money import Amounts
from crossgrade.model.terms import CreditRule, CreditUse, Promotion, Proration, Terms, TimeRule
from crossgrade.reviewing.condition_words import condition_changes, in_words
from crossgrade.reviewing.words_said import (
    Aspect,
    Aspects,
    Both,
    Side,
    Word,
    amount,
    changes,
    described,
    duration_said,
    value_said,
)

_LEFT_OUT = "as terms and policy say"
"""The proration of a credit rule that leaves it to what is wider."""


def terms_words(pair: Both) -> Iterator[Word]:
    """Say how the terms differ that have an id."""
    old, new = pair.old.policy.terms, pair.new.policy.terms
    for id in dict.fromkeys((*new, *old)):
        for sentence in _terms_sentences(id, old.get(id), new.get(id), pair):
            yield Word("terms", id, sentence)


def _terms_sentences(id: str, old: Terms | None, new: Terms | None, pair: Both) -> Iterator[str]:
    if old is not None and new is not None:
        yield from terms_changes(f"`{id}`", old, new, pair)
    elif new is not None:
        yield f"terms `{id}` added: {terms_said(new, pair.new)}"
    else:
        yield f"terms `{id}` removed"


def terms_changes(name: str, old: Terms, new: Terms, pair: Both) -> Iterator[str]:
    """Say how terms differ in what they say, whatever they are called.

    Where they measure shares as the policy does, only the policy's own word says that it does so otherwise now.
    """
    yield from changes(name, _terms(old, pair.old), _terms(new, pair.new))
    before, after = prorations(old.proration), prorations(new.proration)
    wider = prorations(pair.old.policy.proration), prorations(pair.new.policy.proration)
    yield from changes(name, *_without_inherited(before, after, *wider))


def _without_inherited(old: Aspects, new: Aspects, wider_old: Aspects, wider_new: Aspects) -> tuple[Aspects, Aspects]:
    said = [label for label in new if (old[label], new[label]) != (wider_old[label], wider_new[label])]
    return {label: old[label] for label in said}, {label: new[label] for label in said}


def terms_said(terms: Terms, side: Side) -> str:
    """Return what terms say beyond the defaults, with what has none."""
    usual = _terms(Terms(None, "immediately", "keep", "full", CreditUse(), Proration()), side)
    always = ("effective", "billing_date", "charge", "credit")
    found = {**_terms(terms, side), **prorations(terms.proration)}
    wider = prorations(side.policy.proration)
    return described(found, {**{label: value for label, value in usual.items() if label not in always}, **wider})


def _terms(terms: Terms, side: Side) -> dict[str, Aspect]:
    return {
        "effective": terms.effective,
        "billing_date": terms.billing_date,
        "charge": terms.charge,
        **_credit_use(terms.credit),
        "setup_fee": terms.setup_fee,
        **_time(terms.time),
        "collect": terms.collect,
        "fee": amount(terms.fee, side),
        "promotion": _promotion(terms.promotion, side),
        "trial": terms.trial,
        "discount": terms.discount,
        "addons": terms.addons,
        "waive_below": amount(terms.waive_below, side),
        "minimum_due": amount(terms.minimum_due, side),
    }


def _credit_use(use: CreditUse) -> dict[str, Aspect]:
    rules = ", else ".join(f"`{rule.id}`" for rule in use.rules) or "none"
    return {"credit": rules, "credit goes to": use.to, "excess": use.excess}


def _time(time: TimeRule) -> dict[str, Aspect]:
    most = time.at_most
    limit = "no limit" if most is None else str(most) if isinstance(most, int) else duration_said(most)
    return {"time whole": time.whole, "time round": time.round, "time at_most": limit, "time rest": time.rest}


def _promotion(promotion: Promotion | None, side: Side) -> Aspect:
    if promotion is None:
        return "none"
    return amount(promotion.amount, side) if promotion.percent is None else f"{value_said(promotion.percent)} %"


def prorations(proration: Proration) -> dict[str, Aspect]:
    """Return how shares are measured, by key."""
    return _written(msgspec.structs.asdict(proration))


def credit_words(pair: Both) -> Iterator[Word]:
    """Say how the policy's own credit rules differ."""
    old, new = pair.old.policy.credits, pair.new.policy.credits
    for id in dict.fromkeys((*new, *old)):
        for sentence in _credit_sentences(id, old.get(id), new.get(id), pair):
            yield Word("credits", id, sentence)


def _credit_sentences(id: str, old: CreditRule | None, new: CreditRule | None, pair: Both) -> Iterator[str]:
    if old is not None and new is not None:
        yield from credit_changes(f"`{id}`", old, new, pair)
    elif new is not None:
        yield f"credit rule `{id}` added: {_credit_said(new, pair.new)}"
    else:
        yield f"credit rule `{id}` removed"


def credit_changes(name: str, old: CreditRule, new: CreditRule, pair: Both) -> Iterator[str]:
    """Say how a credit rule differs in what it says, whatever it is called."""
    before, after = _credit(old, pair.old), _credit(new, pair.new)
    keys = dict.fromkeys((*_written(new.proration), *_written(old.proration)), _LEFT_OUT)
    yield from changes(
        name, {**before, **keys, **_written(old.proration)}, {**after, **keys, **_written(new.proration)}
    )
    yield from condition_changes(name, old.when, new.when, pair)


def _credit(rule: CreditRule, side: Side) -> dict[str, Aspect]:
    limit = rule.at_most
    at_most = amount(limit, side) if isinstance(limit, Amounts) else value_said(limit)
    return {"basis": rule.basis, "setup_fee": rule.setup_fee, "at_most": at_most}


def _written(proration: Mapping[str, object]) -> dict[str, Aspect]:
    return {f"proration {key}": "none" if value is None else str(value) for key, value in proration.items()}


def _credit_said(rule: CreditRule, side: Side) -> str:
    found = {**_credit(rule, side), **_written(rule.proration)}
    said = described(found, {"setup_fee": "none", "at_most": "none"})
    when = in_words(rule.when)
    return said if when == "always" else f"{said}, when {when}"
