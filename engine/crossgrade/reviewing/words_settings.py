"""Settings in words: a policy's header, how it measures and rounds, its facts and its own texts."""

from collections.abc import Iterator

import msgspec

from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.policy import Policy
from crossgrade.model.text import Text
from crossgrade.reviewing.words_said import Aspect, Both, Side, Word, amount_changes, text_changes, value_said
from crossgrade.reviewing.words_terms import prorations

_OTHERS = "other currencies"
"""The currencies that prices are in, beside the one of bare numbers."""


def setting_words(pair: Both) -> Iterator[Word]:
    """Say how the settings differ that are about the whole policy."""
    old, new = pair.old.policy, pair.new.policy
    for sentence in text_changes("title", old.title, new.title, pair):
        yield Word("settings", "title", sentence)
    before, after = _settings(pair.old), _settings(pair.new)
    for label, value in after.items():
        for sentence in amount_changes(label, before[label], value):
            yield Word("settings", "currencies" if label == _OTHERS else label.partition(" ")[0], sentence)


def _settings(side: Side) -> dict[str, Aspect]:
    policy = side.policy
    return {
        "policy": f"`{policy.id}`",
        "timezone": policy.zone.key,
        "currency": policy.currency.code,
        _OTHERS: ", ".join(sorted(side.codes - {policy.currency.code})) or "none",
        "locale": policy.locale,
        "direction": policy.direction,
        "account_credit": policy.account_credit,
        **prorations(policy.proration),
        **{f"rounding {key}": value_said(value) for key, value in msgspec.structs.asdict(policy.rounding).items()},
    }


def fact_words(pair: Both) -> Iterator[Word]:
    """Say how the facts differ that the policy declares."""
    old, new = pair.old.policy.facts, pair.new.policy.facts
    for name, fact in new.items():
        if name in old:
            yield from (Word("facts", name, sentence) for sentence in _fact_changes(old[name], fact))
        else:
            yield Word("facts", name, f"fact `{name}` declared: {_fact_said(fact)}")
    yield from (Word("facts", name, f"fact `{name}` no longer declared") for name in old if name not in new)


def _fact_changes(old: FactDeclaration, new: FactDeclaration) -> Iterator[str]:
    for before, after in zip(_fact(old), _fact(new), strict=True):
        if before != after:
            yield f"`{new.name}`: {before} → {after}"


def _fact(fact: FactDeclaration) -> tuple[str, str, str, str]:
    """Return a fact's type, its values, which have no order, what it is where a caller gives none, who may see it."""
    values = sorted(map(value_said, fact.one_of or ()))
    answer = "required" if fact.required else f"default {value_said(fact.default)}"
    allowed = f"one of {', '.join(values)}" if values else "any value"
    return f"type {fact.type}", allowed, answer, "masked" if fact.mask else "shown"


def _fact_said(fact: FactDeclaration) -> str:
    return ", ".join(part for part in _fact(fact) if part not in ("any value", "shown"))


def message_words(pair: Both) -> Iterator[Word]:
    """Say how the texts differ that the policy has for the built-in answers and for where no transition holds."""
    old, new = _messages(pair.old.policy), _messages(pair.new.policy)
    for id in dict.fromkeys((*new, *old)):
        label = id if id == "otherwise" else f"message `{id}`"
        for sentence in text_changes(label, old.get(id), new.get(id), pair):
            yield Word("messages", id, sentence)


def _messages(policy: Policy) -> dict[str, Text]:
    return {**policy.messages, **({} if policy.otherwise is None else {"otherwise": policy.otherwise})}
