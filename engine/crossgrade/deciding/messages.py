"""Messages: the policy's texts and ours, their placeholders filled for a situation."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from crossgrade import wording
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact, excess
from crossgrade.model.catalogue import AddOn, Plan
from crossgrade.model.money import Money, written
from crossgrade.model.text import Text

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def message(text: Text | None, key: str, situation: Situation, facts: Mapping[str, Fact], locale: str) -> str:
    """Return the policy's text, or ours with this key, for a situation."""
    template = wording.template(key, locale) if text is None else text.in_locale(locale, situation.policy.locale)
    return PLACEHOLDER.sub(lambda found: filled(found[1].strip(), situation, facts, locale), template)


def filled(name: str, situation: Situation, facts: Mapping[str, Fact], locale: str) -> str:
    """Return what a placeholder stands for in a situation."""
    if name in facts:
        return shown(facts[name].derive(situation), locale)
    if name in ("addons", "items"):
        return ", ".join(_titles(_named(name, situation), situation, locale))
    side, _, rest = name.partition(".")
    if side == "excess":
        return shown(excess(situation, rest), locale)
    if rest == "title":
        holding = situation.held if side == "current" else situation.target
        return holding.plan.product.title.in_locale(locale, situation.policy.locale)
    grants = situation.granted_now if side == "current" else situation.granted_then
    return shown(grants[rest.removeprefix("entitlements.")], locale)


def _named(name: str, situation: Situation) -> list[str]:
    return list(situation.wanted.unavailable) if name == "addons" else out_of_range(situation)


def _titles(ids: list[str], situation: Situation, locale: str) -> list[str]:
    policy = situation.policy
    products: dict[str, Plan | AddOn] = {**policy.plans, **policy.addons}
    return [products[id].title.in_locale(locale, policy.locale) for id in ids]


def out_of_range(situation: Situation) -> list[str]:
    """Return the ids of the plan and add-ons that are wanted in units outside their range."""
    held = {item.id: (item.price.id, item.quantity) for item in situation.held.items}
    return [
        item.id
        for item in situation.target.items
        if held.get(item.id) != (item.price.id, item.quantity)
        and not _in_range(item.quantity, item.product.quantity.at_least, item.product.quantity.at_most)
    ]


def _in_range(units: int, at_least: int, at_most: int | None) -> bool:
    return at_least <= units and (at_most is None or units <= at_most)


def shown(value: object, locale: str) -> str:
    """Return a value as people read it in a locale."""
    if isinstance(value, bool):
        return wording.text("yes" if value else "no", locale)
    if value == "unlimited":
        return wording.text("unlimited", locale)
    if isinstance(value, Money):
        return amount(value, locale)
    if isinstance(value, date):
        return day(value, locale)
    if isinstance(value, int | Decimal):
        return _number(value, locale)
    return str(value)


def amount(value: Money, locale: str) -> str:
    """Return money in the locale, such as $139.50 or 139,50 €, with the currency's own decimals."""
    from babel.numbers import format_currency

    digits = Decimal(written(value.minor, value.currency))
    return format_currency(
        digits, value.currency.code, locale=_babel(locale), currency_digits=False, decimal_quantization=False
    )


def day(value: date, locale: str) -> str:
    """Return a date in words of the locale."""
    from babel.dates import format_date

    return format_date(value, format="long", locale=_babel(locale))


def _number(value: int | Decimal, locale: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_babel(locale), decimal_quantization=False)


@lru_cache(maxsize=64)
def _babel(locale: str) -> str:
    """Return a locale babel knows: the one given, its language, or English."""
    from babel import Locale, UnknownLocaleError

    wanted = locale.replace("-", "_")
    for name in (wanted, wanted.partition("_")[0]):
        try:
            return str(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return "en"
