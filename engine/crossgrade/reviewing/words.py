"""The differences of two policies in words: what was added, removed, renamed or changed, in the policy's own terms."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from msgspec import structs

from crossgrade.model.policy import Policy
from crossgrade.model.versions import Versions
from crossgrade.reviewing.words_catalogue import addon_words, entitlement_words, plan_words
from crossgrade.reviewing.words_families import family_words
from crossgrade.reviewing.words_renamed import pairs_of, with_new_names
from crossgrade.reviewing.words_rules import no_change_words, restriction_words, transition_words
from crossgrade.reviewing.words_said import Both, Word, both
from crossgrade.reviewing.words_settings import fact_words, message_words, setting_words
from crossgrade.reviewing.words_terms import credit_words, terms_words

__all__ = ["Word", "words"]

_SECTIONS: dict[str, Callable[[Both], Iterable[Word]]] = {
    "settings": setting_words,
    "entitlements": entitlement_words,
    "plans": plan_words,
    "add-ons": addon_words,
    "families": family_words,
    "facts": fact_words,
    "no_change": no_change_words,
    "restrictions": restriction_words,
    "transitions": transition_words,
    "messages": message_words,
    "terms": terms_words,
    "credits": credit_words,
}
"""The sections of a policy in the order they are told."""


def words(old: Versions, new: Versions) -> tuple[Word, ...]:
    """Return how two policies differ, a word for each difference; none where there is no change in meaning.

    Layout, comments, quotes, defaults written out, and the order of entries and of values make no difference. Versions
    that begin on the same day are compared with each other; one that was added with the one that would decide then, and
    one that was removed with the one that decides now. Where both have one version only, its day is one more setting.
    """
    if len(old.policies) == len(new.policies) == 1:
        return (*_beginning(old.newest, new.newest), *_policy_words(old.newest, new.newest))
    return tuple(_version_words(old, new))


def _beginning(old: Policy, new: Policy) -> Iterator[Word]:
    if old.effective != new.effective:
        yield Word("settings", "effective", f"effective {old.effective} → {new.effective}")


def _policy_words(old: Policy, new: Policy) -> list[Word]:
    """Return how two versions differ, but for the day they begin."""
    renamed, said = with_new_names(old, new)
    pair = both(renamed, new)
    found = []
    for section, tell in _SECTIONS.items():
        found += [word for word in said if word.section == section]
        found += tell(pair)
    return found


def _version_words(old: Versions, new: Versions) -> Iterator[Word]:
    before = {str(policy.effective): policy for policy in old.policies}
    after = {str(policy.effective): policy for policy in new.policies}
    moved = pairs_of(before, after, _policy_words)
    for was, now in moved.items():
        yield Word("versions", now, f"version {was} now begins on {now}")
    for day in sorted({*before, *after} - {*moved, *moved.values()}):
        yield from _day_words(date.fromisoformat(day), before.get(day), after.get(day), old, new)


def _day_words(day: date, before: Policy | None, after: Policy | None, old: Versions, new: Versions) -> Iterator[Word]:
    """Say what is otherwise from a day on, on which a version begins in one of the two or in both."""
    if before is None or after is None:
        yield Word("versions", str(day), f"version {day} {'added' if before is None else 'removed'}")
    before, after = before or old.in_force(day), after or new.in_force(day)
    if before is not None and after is not None:
        for word in _policy_words(before, after):
            yield structs.replace(word, sentence=f"from {day}: {word.sentence}")
    else:
        undecided = "until now" if before is None else "from now on"
        yield Word("versions", str(day), f"from {day}: {undecided} nothing is decided on that day")
