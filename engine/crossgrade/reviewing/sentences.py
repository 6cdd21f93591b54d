"""Sentences: a witness as one sentence, naming only what is unusual of the member."""

from collections.abc import Iterator, Mapping

from crossgrade.model.declaration import MASKED
from crossgrade.model.membership import Discount, SelectedAddOn, Selection
from crossgrade.model.money import Currency, written
from crossgrade.reviewing.consequence import Consequence, Largest, Witness
from crossgrade.reviewing.contrast_words import told_apart
from crossgrade.reviewing.shapes import Moment, Shape
from crossgrade.reviewing.space import TYPICAL_AGE
from crossgrade.reviewing.titles import Titles
from crossgrade.reviewing.words_said import value_said

_STANDING = {
    "active": "",
    "trialing": "trialing ",
    "past_due": "past-due ",
    "on_hold": "on-hold ",
    "paused": "paused ",
    "cancelled": "cancelled ",
    "expired": "expired ",
}


def example(consequence: Consequence, titles: Titles) -> str:
    """Return the witness of a consequence: who it is, what is selected, and what comes out before and now."""
    witness = consequence.witness
    dated = any(phrase.startswith("`at.") for phrase in consequence.when)
    differs = told_apart(witness.before, witness.after, consequence.rules, consequence.kind)
    return f"{member(witness, titles, dated=dated)}: {differs}"


def member(witness: Witness, titles: Titles, *, dated: bool = False) -> str:
    """Return who a witness is and what is selected; `dated` says on which day, too."""
    shape, moment = witness.shape, witness.member.moment
    parts = [f"{_STANDING[moment.status]}{_held(shape, titles)} member in {shape.currency.code}"]
    if dated:
        parts.append(f"on {moment.day}")
    parts += [*_time(shape, moment), *_money(shape, moment), *_history(moment), *_others(shape, titles)]
    parts += _own(witness, titles)
    parts.append(_wanted(shape, titles))
    return ", ".join(parts)


def largest(found: Largest, titles: Titles) -> str:
    """Return the largest difference and who has it."""
    shape, moment = found.witness.shape, found.witness.member.moment
    sign = "" if found.difference.minor < 0 else "+"
    days = "".join(f", {part}" for part in _time(shape, moment))
    pair = titles.pair((shape.plan, shape.price), (shape.selection.plan or "", shape.selection.price or ""))
    # A price is told from a credit by what is charged, whatever it is paid with.
    what = "charge now" if found.what == "due now" else found.what
    return f"{what} {sign}{found.difference} {shape.currency.code} ({pair}{days})"


def _held(shape: Shape, titles: Titles) -> str:
    title = titles.price((shape.plan, shape.price))
    return title if shape.quantity == 1 else f"{shape.quantity} × {title}"


def _time(shape: Shape, moment: Moment) -> Iterator[str]:
    """Say where in its period the membership stands; the day that has begun is counted."""
    if moment.trial_runs:
        yield "in a trial"
    if not shape.interval_days:
        return
    length = moment.used + moment.left
    if moment.left:
        yield f"day {moment.used + 1} of {length}"
    else:
        yield "after the period's end" if moment.late else f"in the last hours of {length} days"


def _money(shape: Shape, moment: Moment) -> Iterator[str]:
    money = shape.currency
    paid = shape.paid if moment.paid is None else moment.paid
    if paid or shape.interval_days:
        yield f"paid {written(paid, money)}"
    if shape.unit_amount is not None:
        yield f"at an agreed {written(shape.unit_amount, money)}"
    if moment.discount is not None:
        yield _discount(moment.discount)
    yield from _sums(moment, money)
    if moment.payment_pending:
        yield "a payment pending"


def _discount(discount: Discount) -> str:
    return f"a discount of {discount.amount if discount.percent is None else f'{discount.percent} %'}"


def _sums(moment: Moment, money: Currency) -> Iterator[str]:
    if moment.account_credit:
        yield f"account credit {written(moment.account_credit, money)}"
    if moment.setup_fee_paid:
        yield f"setup fee paid {written(moment.setup_fee_paid, money)}"
    if moment.owed:
        yield f"owes {written(moment.owed, money)}"


def _history(moment: Moment) -> Iterator[str]:
    if moment.age_days not in (None, TYPICAL_AGE):
        yield f"a member for {_counted(moment.age_days, 'day')}"
    if moment.days_since_change not in (None, TYPICAL_AGE):
        yield f"last changed {_counted(moment.days_since_change, 'day')} ago"
    if moment.changes_this_period:
        yield f"{_counted(moment.changes_this_period, 'change')} this period"


def _counted(number: int | None, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _others(shape: Shape, titles: Titles) -> Iterator[str]:
    if shape.addons:
        yield f"with {_units({id: units.quantity for id, units in shape.addons.items()}, titles)}"
    pending = shape.pending_change
    if pending is not None:
        yield f"a change to {titles.price((pending.plan, pending.price))} pending"


def _units(counts: Mapping[str, int], titles: Titles) -> str:
    return " and ".join(
        titles.title(id) if count == 1 else f"{count} × {titles.title(id)}" for id, count in counts.items()
    )


def _own(witness: Witness, titles: Titles) -> Iterator[str]:
    """Name the caller's own facts, but for those that are what they would be if they were left out."""
    for name in dict.fromkeys((*witness.old.own, *witness.new.own)):
        facts = [policy.given_facts[name] for policy in (titles.old, titles.new) if name in policy.given_facts]
        given = [own[name] for own in (witness.old.own, witness.new.own) if name in own]
        if any(fact.mask for fact in facts):
            yield f"`{name}` {MASKED}"
        elif any(fact.required or fact.default != given[0] for fact in facts):
            yield f"`{name}` {value_said(given[0])}"


def _wanted(shape: Shape, titles: Titles) -> str:
    """Say what is selected: what differs from what is held, or that nothing does."""
    selection = shape.selection
    parts = [*_wanted_plan(shape, titles), *_wanted_addons(selection, titles)]
    return " and ".join(parts) or f"selects {titles.price((shape.plan, shape.price))} again"


def _wanted_plan(shape: Shape, titles: Titles) -> Iterator[str]:
    selection = shape.selection
    ends = selection.plan or shape.plan, selection.price or shape.price
    units = selection.quantity
    if ends != (shape.plan, shape.price):
        yield f"selects {titles.price(ends) if units is None else f'{units} × {titles.price(ends)}'}"
    elif units is not None:
        yield f"selects {_counted(units, 'unit')}"


def _wanted_addons(selection: Selection, titles: Titles) -> Iterator[str]:
    if selection.addons is not None:
        yield f"has {_selected(selection.addons, titles) or 'no add-ons'} as add-ons"
    if selection.add_addons:
        yield f"adds {_selected(selection.add_addons, titles)}"
    if selection.remove_addons:
        yield f"drops {_units(dict.fromkeys(selection.remove_addons, 1), titles)}"


def _selected(addons: Mapping[str, SelectedAddOn], titles: Titles) -> str:
    return _units({id: addon.quantity for id, addon in addons.items()}, titles)
