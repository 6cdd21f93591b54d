"""The catalogue in words: plans and add-ons, their prices, and what they grant."""

from collections.abc import Iterator, Mapping

from crossgrade.model.calendar import NAMED_INTERVALS
from crossgrade.model.catalogue import AddOn, Entitlement, Grant, Plan, Price, QuantityRange
from crossgrade.model.money import Amounts
from crossgrade.reviewing.words_said import (
    Aspect,
    Both,
    Side,
    Word,
    amount,
    amount_changes,
    changes,
    described,
    duration_said,
    ids,
    said,
    text_changes,
    value_said,
)


def entitlement_words(pair: Both) -> Iterator[Word]:
    """Say how the entitlements differ that there are; what plans grant of them is said of the plans."""
    old, new = pair.old.policy.entitlements, pair.new.policy.entitlements
    for id, item in new.items():
        if id in old:
            for sentence in _entitlement_changes(old[id], item, pair):
                yield Word("entitlements", id, sentence)
        else:
            yield Word("entitlements", id, f"entitlement `{id}` added: {item.type}")
    yield from (Word("entitlements", id, f"entitlement `{id}` removed") for id in old if id not in new)


def _entitlement_changes(old: Entitlement, new: Entitlement, pair: Both) -> Iterator[str]:
    name = f"entitlement `{new.id}`"
    yield from text_changes(f"{name} title", old.title, new.title, pair)
    yield from changes(name, {"type": old.type}, {"type": new.type})


def plan_words(pair: Both) -> Iterator[Word]:
    """Say how the plans differ that the versions have themselves."""
    old = {id: plan for id, plan in pair.old.policy.plans.items() if not plan.former}
    new = {id: plan for id, plan in pair.new.policy.plans.items() if not plan.former}
    yield from _product_words("plans", "plan", old, new, pair)


def addon_words(pair: Both) -> Iterator[Word]:
    """Say how the add-ons differ that the versions have themselves."""
    old = {id: addon for id, addon in pair.old.policy.addons.items() if not addon.former}
    new = {id: addon for id, addon in pair.new.policy.addons.items() if not addon.former}
    yield from _product_words("add-ons", "add-on", old, new, pair)


def _product_words(
    section: str, kind: str, old: Mapping[str, Plan | AddOn], new: Mapping[str, Plan | AddOn], pair: Both
) -> Iterator[Word]:
    for id, item in new.items():
        if id in old:
            yield from product_words(section, kind, old[id], item, pair)
        else:
            yield Word(section, id, f"{kind} `{id}` added: {_product_said(item, pair.new)}")
    yield from (Word(section, id, f"{kind} `{id}` removed") for id in old if id not in new)


def product_words(section: str, kind: str, old: Plan | AddOn, new: Plan | AddOn, pair: Both) -> Iterator[Word]:
    """Say how a plan or add-on differs, whatever its id is."""
    yield from _price_words(old, new, pair)
    for sentence in _product_changes(kind, old, new, pair):
        yield Word(section, new.id, sentence)
    for sentence in _grant_changes(pair.name(new.id), old, new, pair):
        yield Word("entitlements", new.id, sentence)


def _product_changes(kind: str, old: Plan | AddOn, new: Plan | AddOn, pair: Both) -> Iterator[str]:
    name = pair.name(new.id)
    yield from text_changes(f"{kind} `{new.id}` title", old.title, new.title, pair)
    yield from changes(name, _aspects(old, pair.old), _aspects(new, pair.new))
    yield from _retired_changes(name, old.retired, new.retired)
    if isinstance(old, AddOn) and isinstance(new, AddOn):
        yield from _plans_changes(name, "available on", old.available_on, new.available_on, pair)
        yield from _plans_changes(name, "included in", old.included_in, new.included_in, pair)


def _aspects(item: Plan | AddOn, side: Side) -> dict[str, Aspect]:
    found = {"setup fee": amount(item.setup_fee, side), "quantity": _quantity(item.quantity)}
    if isinstance(item, Plan):
        return {**found, "trial": "none" if item.trial is None else duration_said(item.trial)}
    return {**found, "kind": item.kind}


def _quantity(of: QuantityRange) -> str:
    return f"{of.at_least} or more" if of.at_most is None else f"{of.at_least} to {of.at_most}"


def _retired_changes(name: str, old: bool, new: bool) -> Iterator[str]:  # noqa: FBT001 - what it was, what it is
    if old != new:
        yield f"{name} is now retired" if new else f"{name} is no longer retired"


def _plans_changes(
    name: str, word: str, old: frozenset[str] | None, new: frozenset[str] | None, pair: Both
) -> Iterator[str]:
    """Say which plans an add-on goes with; plans of older versions go with what they went with then."""
    before, after = _own(old, pair.old), _own(new, pair.new)
    if before is None or after is None:
        yield from changes(name, {word: _plans_said(before)}, {word: _plans_said(after)})
        return
    if after - before:
        yield f"{name} is now {word} {ids(sorted(after - before))}"
    gone = sorted(id for id in before - after if id in pair.new.policy.plans)
    if gone:
        yield f"{name} is no longer {word} {ids(gone)}"


def _own(plans: frozenset[str] | None, side: Side) -> set[str] | None:
    return None if plans is None else {id for id in plans if id in side.names}


def _plans_said(plans: set[str] | None) -> str:
    return "every plan" if plans is None else ids(sorted(plans)) or "no plan"


def _price_words(old: Plan | AddOn, new: Plan | AddOn, pair: Both) -> Iterator[Word]:
    before = {id: price for id, price in old.prices.items() if not price.former}
    after = {id: price for id, price in new.prices.items() if not price.former}
    name = pair.name(new.id)
    for id in dict.fromkeys((*after, *before)):
        was, now = before.get(id), after.get(id)
        said = _price_changes(f"{name} {id}", was, now, pair) if was and now else _price_comes(name, was, now, pair.new)
        yield from (Word("prices", f"{new.id}/{id}", sentence) for sentence in said)


def _price_comes(name: str, gone: Price | None, come: Price | None, side: Side) -> Iterator[str]:
    """Say that a price is added or removed; what is free has one price, and no other."""
    if come is not None:
        yield f"{name} {come.id} added: {_price_said(come, side)}" if come.every else f"{name} is now free"
    elif gone is not None:
        yield f"{name} {gone.id} removed" if gone.every else f"{name} is no longer free"


def _price_changes(name: str, old: Price, new: Price, pair: Both) -> Iterator[str]:
    yield from amount_changes(name, _price_amount(old, pair.old), _price_amount(new, pair.new))
    yield from changes(name, {"every": str(old.every or "none")}, {"every": str(new.every or "none")})
    yield from _retired_changes(name, old.retired, new.retired)


def _price_amount(price: Price, side: Side) -> Aspect:
    return "free" if price.every is None else amount(Amounts(price.amounts), side)


def _price_said(price: Price, side: Side) -> str:
    found = said(_price_amount(price, side))
    if price.every is not None and price.id not in NAMED_INTERVALS:
        found += " once" if price.every.unit == "once" else f" every {price.every}"
    return f"{found}, retired" if price.retired else found


def _grant_changes(name: str, old: Plan | AddOn, new: Plan | AddOn, pair: Both) -> Iterator[str]:
    """Say what is granted otherwise; what is not granted is 0 or false, and what cannot be granted is not said."""
    known = pair.new.policy.entitlements
    before = {id: _granted(old, pair.old.policy.entitlements.get(id, item)) for id, item in known.items()}
    after = {id: _granted(new, item) for id, item in known.items()}
    told = [id for id in known if {before[id], after[id]} != {"0", "false"}]
    yield from changes(name, {id: before[id] for id in told}, {id: after[id] for id in told})


def _granted(item: Plan | AddOn, entitlement: Entitlement) -> Aspect:
    nothing: Grant = False if entitlement.type == "boolean" else 0
    return value_said(item.entitlements.get(entitlement.id, nothing))


def _product_said(item: Plan | AddOn, side: Side) -> str:
    prices = ", ".join(_with_id(price, side) for price in item.prices.values() if not price.former)
    usual = {"setup fee": "none", "quantity": "1 or more", "trial": "none", "kind": "add-on"}
    further = [described(_aspects(item, side), usual), *_going_with(item, side)]
    further += [f"{id} {value_said(grant)}" for id, grant in item.entitlements.items()]
    return ", ".join(part for part in (prices, *further, "retired" if item.retired else "") if part)


def _with_id(price: Price, side: Side) -> str:
    return "free" if price.every is None else f"{price.id} {_price_said(price, side)}"


def _going_with(item: Plan | AddOn, side: Side) -> Iterator[str]:
    if isinstance(item, AddOn):
        if item.available_on is not None:
            yield f"available on {_plans_said(_own(item.available_on, side))}"
        if item.included_in:
            yield f"included in {_plans_said(_own(item.included_in, side))}"
