"""Keys: what comes out of a rule, written so that equal keys mean that customers see the same."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from msgspec import Struct, structs

from crossgrade import wording
from crossgrade.billing.credit import ChosenCredit
from crossgrade.deciding.messages import PLACEHOLDER, filled
from crossgrade.facts.holding import Holding, Item
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact
from crossgrade.model.catalogue import Plan
from crossgrade.model.condition import ALWAYS, AllOf, AnyOf, Comparison, NoneOf
from crossgrade.model.policy import Policy
from crossgrade.model.rules import CHANGE_GROUPS
from crossgrade.model.terms import CreditRule, CreditUse, Proration, Terms, TimeRule
from crossgrade.model.text import Text


class Key:
    """What comes out of a rule; keys with equal contents are the same object, in one table."""

    __slots__ = ("content", "number")

    def __init__(self, content: Hashable, number: int) -> None:
        self.content, self.number = content, number

    def __hash__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"Key({self.content!r})"


class Keys:
    """A table of keys, and of the parts that many of them share."""

    def __init__(self) -> None:
        self._keys: dict[Hashable, Key] = {}
        self._parts: dict[Hashable, tuple[object, Key]] = {}

    def key(self, content: Hashable, kind: str | None = None) -> Key:
        """Return the key with a content, and a kind of change where that differs between the policies."""
        found = self._keys.get((content, kind))
        if found is None:
            found = self._keys[content, kind] = Key(content, len(self._keys))
        return found

    def part(self, of: object, about: Hashable, make: Callable[[], Hashable]) -> Key:
        """Return the key of a part of some object, made once; the object is kept so that no other takes its place."""
        found = self._parts.get((id(of), about))
        if found is None:
            found = self._parts[id(of), about] = (of, self.key(make()))
        return found[1]


Open = Callable[[str], bool]
"""Whether a fact is left open by the shape."""


def text_key(text: Text | None, key: str, situation: Situation, facts: Mapping[str, Fact], is_open: Open) -> Hashable:
    """Return the key of a message: its templates, filled but for the facts that are open."""
    chosen = text or situation.policy.messages.get(key) or ours(key)

    def template(locale: str) -> str:
        return PLACEHOLDER.sub(
            lambda found: _part(found[1].strip(), situation, facts, locale, is_open), chosen.by_locale[locale]
        )

    templates = [(locale, template(locale)) for locale in sorted(chosen.by_locale)]
    return ("text", tuple(templates), situation.policy.locale if len(templates) > 1 else "")


def ours(key: str) -> Text:
    """Return a text of our own, where the policy has none."""
    return Text({locale: wording.template(key, locale) for locale in wording.LOCALES})


def texts_of(policy: Policy) -> Iterator[Text | None]:
    """Return every text of a policy."""
    yield policy.otherwise
    yield from policy.messages.values()
    yield from (rule.message for rule in policy.no_change)
    yield from (rule.message for rule in policy.restrictions)
    yield from (rule.refuse for rule in policy.transitions)
    yield from (plan.title for plan in policy.plans.values())
    yield from (addon.title for addon in policy.addons.values())


def facts_in(text: Text | None) -> list[str]:
    """Return the facts that a message shows; an excess is one of usage."""
    templates = text.by_locale.values() if text else ()
    names = {found.strip() for template in templates for found in PLACEHOLDER.findall(template)}
    return sorted(name.replace("excess.", "usage.", 1) if name.startswith("excess.") else name for name in names)


def _part(name: str, situation: Situation, facts: Mapping[str, Fact], locale: str, is_open: Open) -> str:
    """Return what stands for a placeholder in a key: itself where it is open, the value where it is settled."""
    side, _, rest = name.partition(".")
    if side == "excess":
        return f"{{{name} above {situation.granted_then[rest]}}}"
    if name in facts:
        return f"{{{name}}}" if is_open(name) else f"{{={facts[name].derive(situation)}}}"
    if rest.startswith("entitlements."):
        grants = situation.granted_now if side == "current" else situation.granted_then
        return f"{{={grants[rest.removeprefix('entitlements.')]}}}"
    return filled(name, situation, facts, locale)


def title_key(text: Text) -> Hashable:
    """Return the key of a title."""
    return tuple(sorted(text.by_locale.items()))


class QuoteKeys:
    """The keys of the quotes of one shape: everything that their amounts, dates, texts and entitlements rest on."""

    def __init__(self, keys: Keys, kind: str | None) -> None:
        self._keys, self._kind = keys, kind
        self._shared: dict[Hashable, tuple[Situation, Key]] = {}

    def key(self, situation: Situation, terms: Terms, credit: ChosenCredit | None) -> Key:
        """Return the key of a quote on terms with a credit rule."""
        nothing, beside = situation.membership.period is None, situation.change.kind in _BESIDE
        settled, chosen = _from_nothing(terms, credit) if nothing else (terms, credit)
        about = ("terms", chosen is None, beside, nothing)
        on = self._keys.part(terms, about, lambda: _terms_key(settled, chosen, beside=beside))
        around = self._surroundings(situation, settled, chosen)
        return self._keys.key(("quote", on, self._credit(chosen), around), self._kind)

    def _credit(self, credit: ChosenCredit | None) -> Key | None:
        if credit is None:
            return None
        return self._keys.part(credit.rule, canonical(credit.proration), lambda: _credit_key(credit))

    def _surroundings(self, situation: Situation, terms: Terms, credit: ChosenCredit | None) -> Key:
        """Return the key of all beside terms and credit, which most quotes of a shape share."""
        fees = terms.setup_fee != "waive" or (credit is not None and credit.rule.setup_fee != "none")
        trials, amounts = terms.trial != "none", _rests_on_held(terms, credit)
        about = (id(situation), fees, trials, amounts)
        found = self._shared.get(about)
        if found is None:
            policy = situation.policy
            settings = self._keys.part(policy, "settings", lambda: _settings(policy))
            around = _surroundings(situation, settings, fees=fees, trials=trials, amounts=amounts)
            found = self._shared[about] = (situation, self._keys.key(around))
        return found[1]


def differing(old: Hashable, new: Hashable) -> frozenset[str]:
    """Return what of two quotes differs, with the plan and price where it is one that is held or selected."""
    before, after = (parts_of(key) if isinstance(key, Key) else {} for key in (old, new))
    found = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return frozenset(f"{name} {_price(after.get(name))}" if name in ("held", "selected") else name for name in found)


def _price(holding: Any) -> str:
    """Return the plan and price of a holding's key."""
    return f"{holding[0][0]}/{holding[0][2]}" if holding else ""


def parts_of(key: Key) -> dict[str, Hashable]:
    """Return what the key of a quote is made of, by name."""
    content: Any = key.content
    if content[1] == "withdrawal":
        return dict(content[2])
    return {"terms": content[1], "credit": content[2], **dict(content[3].content)}


def _settings(policy: Policy) -> Hashable:
    return (canonical(policy.rounding), policy.account_credit, policy.zone.key, policy.locale)


def _surroundings(situation: Situation, settings: Key, *, fees: bool, trials: bool, amounts: bool) -> Hashable:
    return (
        ("settings", settings),
        ("held", _holding_key(situation.held, fees=fees, trials=False, amounts=amounts)),
        ("selected", _holding_key(situation.target, fees=fees, trials=trials)),
        ("add-ons", (tuple(sorted(situation.wanted.ended.items())), tuple(sorted(situation.wanted.named)))),
        ("entitlements", (_grants(situation.granted_now), _grants(situation.granted_then))),
    )


_BESIDE = (*CHANGE_GROUPS["addon_change"], *CHANGE_GROUPS["quantity_change"])


def _from_nothing(terms: Terms, credit: ChosenCredit | None) -> tuple[Terms, ChosenCredit | None]:
    """Return terms as they are for a free or lifetime plan without a period (language, section 6)."""
    charge = terms.charge if terms.charge == "full_difference" else "full"
    date_ = "align" if terms.billing_date == "align" else "restart"
    whole = structs.replace(terms, effective="immediately", charge=charge, billing_date=date_)
    # A lifetime or free item has credit only by `period`, where all of it or nothing is left.
    earns = credit is not None and credit.proration.by == "period"
    return whole, credit if earns else None


def _rests_on_held(terms: Terms, credit: ChosenCredit | None) -> bool:
    """Say whether any amount of a quote can rest on what the held items cost."""
    credited = credit is not None and credit.rule.basis != "paid"
    return terms.effective == "immediately" and (credited or terms.charge == "full_difference")


def _grants(grants: Mapping[str, Any]) -> Hashable:
    return tuple((name, type(grant).__name__, grant) for name, grant in sorted(grants.items()))


def _terms_key(terms: Terms, credit: ChosenCredit | None, *, beside: bool) -> Hashable:
    """Return the key of terms without what nothing rests on."""
    use = CreditUse() if credit is None else structs.replace(terms.credit, rules=(), prorations=())
    kept: dict[str, Any] = {"id": None, "credit": use}
    if "time" not in (use.to, use.excess) and terms.billing_date != "when_credit_ends":
        kept["time"] = TimeRule()
    whole = terms.billing_date == "restart" and terms.charge == "full"
    if (whole or _waits_for_the_end(terms)) and terms.trial == "none" and not beside:
        kept["proration"] = Proration()
    elif _charges_nothing(terms) and not beside:
        # What goes on is brought to the period's interval, and no share of it is measured.
        kept["proration"] = Proration(normalise=terms.proration.normalise)
    return canonical(structs.replace(terms, **kept))


def _waits_for_the_end(terms: Terms) -> bool:
    """Say whether the terms begin a whole period at the end of the one that runs."""
    return terms.effective == "period_end" and terms.billing_date != "align"


def _charges_nothing(terms: Terms) -> bool:
    return terms.charge == "none" and terms.trial == "none" and terms.billing_date in ("keep", "restart")


def _credit_key(credit: ChosenCredit) -> Hashable:
    rule: CreditRule = credit.rule
    cap = None if rule.basis == "paid" and rule.at_most == "paid" else rule.at_most
    return canonical(structs.replace(rule, id="", proration={}, when=ALWAYS, at_most=cap)), canonical(credit.proration)


def _holding_key(holding: Holding, *, fees: bool, trials: bool, amounts: bool = True) -> Hashable:
    return tuple(_item_key(item, fees=fees, trials=trials, amounts=amounts) for item in holding.items)


def _item_key(item: Item, *, fees: bool, trials: bool, amounts: bool) -> Hashable:
    product = item.product
    return (
        product.id,
        title_key(product.title),
        item.price.id,
        item.every and (item.every.unit, item.every.count),
        item.quantity,
        (item.unit_amount, item.list_amount) if amounts else None,
        canonical(product.setup_fee) if fees else None,
        canonical(product.trial) if trials and isinstance(product, Plan) else None,
    )


def canonical(value: object) -> Hashable:
    """Return a value as tuples, equal where the values mean the same: the parts of a condition have no order."""
    if isinstance(value, AllOf | AnyOf | NoneOf):
        return (type(value).__name__, frozenset(canonical(part) for part in value.parts))
    if isinstance(value, Comparison):
        return (value.fact, value.operator, frozenset(canonical(each) for each in value.constants))
    if isinstance(value, Struct):
        return (type(value).__name__, *(canonical(getattr(value, name)) for name in value.__struct_fields__))
    if isinstance(value, Mapping):
        return tuple(sorted((key, canonical(item)) for key, item in value.items()))
    if isinstance(value, tuple | list):
        return tuple(canonical(item) for item in value)
    return frozenset(value) if isinstance(value, frozenset | set) else value


def withdrawal_key(situation: Situation, facts: Mapping[str, Fact], is_open: Open) -> Hashable:
    """Return the key of the quote by which a pending change is called off."""
    text = text_key(None, "withdrawal", situation, facts, is_open)
    held = _holding_key(situation.held, fees=False, trials=False)
    grants = _grants(situation.granted_now)
    parts = (("text", text), ("timezone", situation.policy.zone.key), ("held", held), ("entitlements", grants))
    return ("quote", "withdrawal", parts)
