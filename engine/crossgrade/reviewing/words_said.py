"""A word is one difference of two policies, as a sentence; and how such sentences write values."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

from crossgrade.model.calendar import Interval
from crossgrade.model.catalogue import AddOn, Plan
from crossgrade.model.money import Amounts, Money, currency, written
from crossgrade.model.policy import Policy
from crossgrade.model.text import Text


class Word(Struct, frozen=True):
    """One difference: the section of the policy it is in, what it is about there, and the sentence that says it."""

    section: str
    subject: str
    sentence: str


class Side(Struct, frozen=True):
    """One of the two policies: the currencies it sells in, and the names of its plans and add-ons by id."""

    policy: Policy
    codes: frozenset[str]
    names: Mapping[str, str]


class Both(Struct, frozen=True):
    """The two policies that are compared."""

    old: Side
    new: Side

    def name(self, id: str) -> str:
        """Return the name of a plan or add-on: that of the new policy, where it still has it."""
        return self.new.names.get(id) or self.old.names[id]


Aspect = str | Amounts
"""What a policy says about one thing; an amount is kept by currency, since it changes in each by itself."""

Aspects = Mapping[str, Aspect]


def both(old: Policy, new: Policy) -> Both:
    """Return two policies ready to be compared."""
    return Both(_side(old), _side(new))


def _side(policy: Policy) -> Side:
    held: list[Plan | AddOn] = [*policy.plans.values(), *policy.addons.values()]
    products = [item for item in held if not item.former]
    prices = [price for item in products for price in item.prices.values() if not price.former]
    codes = {policy.currency.code, *(code for price in prices for code in price.amounts)}
    return Side(policy, frozenset(codes), _names(products, policy.locale))


def _names(products: Iterable[Plan | AddOn], locale: str) -> dict[str, str]:
    """Return titles by id; where two have the same title, the id says which is meant."""
    titles = {item.id: item.title.in_locale(locale, locale) for item in products}
    several = list(titles.values())
    return {id: title if several.count(title) == 1 else f"{title} (`{id}`)" for id, title in titles.items()}


def changes(name: str, old: Aspects, new: Aspects) -> Iterator[str]:
    """Say each aspect that differs: `name: label old → new`. What one of the two lacks is `none` there."""
    for label in dict.fromkeys((*new, *old)):
        yield from amount_changes(f"{name}: {label}", old.get(label, "none"), new.get(label, "none"))


def amount_changes(label: str, old: Aspect, new: Aspect) -> Iterator[str]:
    """Say how one aspect differs; an amount for each currency, unless the two have none in common."""
    if isinstance(old, Amounts) and isinstance(new, Amounts) and old.by_currency.keys() & new.by_currency.keys():
        for code in dict.fromkeys((*new.by_currency, *old.by_currency)):
            yield from _in_currency(label, code, old.by_currency.get(code), new.by_currency.get(code))
    elif said(old) != said(new):
        yield f"{label} {said(old)} → {said(new)}"


def _in_currency(label: str, code: str, old: int | None, new: int | None) -> Iterator[str]:
    of = currency(code)
    if old is None and new is not None:
        yield f"{label} now also {written(new, of)} {code}"
    elif old is not None and new is None:
        yield f"{label} no longer {written(old, of)} {code}"
    elif old is not None and new is not None and old != new:
        yield f"{label} {written(old, of)} → {written(new, of)} {code}"


def described(aspects: Aspects, usual: Aspects) -> str:
    """Return what is said beyond the usual: `effective period_end, addons drop`."""
    return ", ".join(f"{label} {said(value)}" for label, value in aspects.items() if usual.get(label) != value)


def said(value: Aspect) -> str:
    """Return an aspect in words: `45.00 USD or 41.00 EUR`."""
    if isinstance(value, str):
        return value
    return " or ".join(f"{written(minor, currency(code))} {code}" for code, minor in value.by_currency.items())


def amount(found: Amounts | None, side: Side) -> Aspect:
    """Return an amount to be compared: `none` without one, `0` where it is zero in every currency."""
    if found is None:
        return "none"
    return "0" if is_zero(found, side.codes) else found


def is_zero(amounts: Amounts, codes: frozenset[str]) -> bool:
    """Say whether an amount is zero in every currency there is, so that one more currency changes nothing."""
    return codes <= amounts.by_currency.keys() and not any(amounts.by_currency.values())


def duration_said(time: Interval) -> str:
    """Return a stretch of time with its number: `1 month`, `14 days`."""
    text = str(time)
    return text if time.unit == "once" or text[0].isdigit() else f"1 {text}"


def value_said(value: object) -> str:
    """Return a value of a fact or a key in words; a text in quotes unless it is one plain word."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, Amounts):
        return said(value)
    if isinstance(value, Money):
        return f"{value} {value.currency.code}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    plain = str(value)
    return plain if isinstance(value, int) or _is_word(plain) else quoted(plain)


def _is_word(text: str) -> bool:
    letters = text.translate(dict.fromkeys(map(ord, "-_./")))
    return letters.isalnum() and not text[0].isdigit() and text not in ("true", "false")


def quoted(text: str) -> str:
    """Return a text in quotes, on one line."""
    line = text.replace("\n", "\\n")
    return f"“{line}”"


def ids(found: Iterable[str]) -> str:
    """Return ids as a list in backticks."""
    return ", ".join(f"`{id}`" for id in found)


def text_said(text: Text | None) -> str:
    """Return a text in all its locales; None is the one that comes with the package."""
    if text is None:
        return "the built-in text"
    texts = text.by_locale
    several = len(texts) > 1
    return ", ".join(f"{quoted(words)} ({locale})" if several else quoted(words) for locale, words in texts.items())


def text_changes(label: str, old: Text | None, new: Text | None, pair: Both) -> Iterator[str]:
    """Say how a text differs, by locale."""
    if old is None or new is None:
        if old is not new:
            yield f"{label}: {text_said(old)} → {text_said(new)}"
        return
    before, after = _by_place(old, pair.old), _by_place(new, pair.new)
    if before.keys() == after.keys() == {""}:
        yield from _in_locale(label, before[""], after[""])
    elif before != after:
        yield from _by_locale(label, old.by_locale, new.by_locale)
    elif old.by_locale == new.by_locale and pair.old.policy.locale == pair.new.policy.locale:
        yield from _in_locale(f"{label} in other locales", _elsewhere(old, pair.old), _elsewhere(new, pair.new))


def _by_place(text: Text, side: Side) -> dict[str, str]:
    """Return texts by locale; a bare text has the policy's locale by its place, so that may become another."""
    return {"" if locale == side.policy.locale else locale: words for locale, words in text.by_locale.items()}


def _by_locale(label: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    locales = dict.fromkeys((*new, *old))
    for locale in locales:
        shown = f"{label} ({locale})" if len(locales) > 1 else label
        yield from _in_locale(shown, old.get(locale), new.get(locale))


def _elsewhere(text: Text, side: Side) -> str:
    """Return what is read in a locale without a text: that of the policy's locale, else the first there is."""
    return text.in_locale(side.policy.locale, side.policy.locale)


def _in_locale(label: str, old: str | None, new: str | None) -> Iterator[str]:
    if old is None and new is not None:
        yield f"{label} added: {quoted(new)}"
    elif old is not None and new is None:
        yield f"{label} removed: {quoted(old)}"
    elif old is not None and new is not None and old != new:
        yield f"{label}: {quoted(old)} → {quoted(new)}"
