"""The nearest change of facts that would allow what is refused; each proposal was decided before it is made."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations, islice
from typing import Any

from msgspec import Struct, structs

from crossgrade import wording
from crossgrade.deciding.engine import Engine
from crossgrade.deciding.messages import day, shown
from crossgrade.errors import InvalidFacts
from crossgrade.facts.own_facts import own_facts
from crossgrade.facts.readers import Setting
from crossgrade.facts.situation import held, situation
from crossgrade.model.calendar import Interval, local_day, shifted
from crossgrade.model.condition import Value
from crossgrade.model.decision import Quote, Refusal
from crossgrade.model.membership import Membership, Selection
from crossgrade.model.money import Money
from crossgrade.model.policy import Policy
from crossgrade.reviewing.behaviour import Behaviour, ruled
from crossgrade.reviewing.cells import Axis, Cell, Span
from crossgrade.reviewing.keys import Keys
from crossgrade.reviewing.space import Space, comparisons_of, conditions_of, sided

FAR = 400
"""How many days ahead a proposal looks."""

MOST_TRIES = 2_000
"""How many changed facts are decided before the search gives up."""

DAY = Interval("day", 1)


class Asked(Struct, frozen=True):
    """What was decided: a checked membership and selection, the instant in UTC, and the caller's own facts."""

    membership: Membership
    selection: Selection
    at: datetime
    own: Mapping[str, Any]


class Bound(Struct, frozen=True):
    """What one fact must be: one of some values, or a number within a span."""

    fact: str
    values: tuple[Value, ...] = ()
    span: Span | None = None


class Days(Struct, frozen=True):
    """The days from which, and to which where it ends again, something is allowed."""

    first: date
    last: date | None


class Proposal(Struct, frozen=True):
    """Changes of facts that together turn a refusal into a quote; `days` where it is enough, or needed, to wait."""

    bounds: tuple[Bound, ...]
    days: Days | None = None


def in_words(proposals: Sequence[Proposal], locale: str) -> tuple[str, ...]:
    """Return each proposal as a sentence, in English or German."""
    return tuple(wording.text("nearest", locale, how=_how(proposal, locale)) for proposal in proposals)


def _how(proposal: Proposal, locale: str) -> str:
    conditions = wording.text("and", locale).join(_condition(bound, locale) for bound in proposal.bounds)
    parts = [wording.text("nearest-once", locale, conditions=conditions)] if conditions else []
    if proposal.days is not None:
        first, last = proposal.days.first, proposal.days.last
        key = "nearest-from" if last is None else "nearest-between"
        parts.append(wording.text(key, locale, first=day(first, locale), last=day(last or first, locale)))
    return ", ".join(parts)


def _condition(bound: Bound, locale: str) -> str:
    if bound.fact == "membership.payment_pending":
        return wording.text("nearest-paid", locale)
    return wording.text("nearest-is", locale, fact=bound.fact, bound=_limits(bound, locale))


def _limits(bound: Bound, locale: str) -> str:
    if bound.span is None:
        values = [shown(value, locale) for value in bound.values]
        return wording.text("bound-one" if len(values) == 1 else "bound-in", locale, values=", ".join(values))
    low, high = bound.span.low, bound.span.high
    if low == high or (not low and high is None):
        return shown(low or 0, locale)
    if high is None:
        return wording.text("bound-at_least", locale, values=shown(low, locale))
    if not low:
        return wording.text("bound-at_most", locale, values=shown(high, locale))
    return wording.text("bound-between", locale, low=shown(low, locale), high=shown(high, locale))


class _Move(Struct, frozen=True):
    """One change that can be tried: an own fact at a value, the payment made, or days gone by."""

    fact: str
    value: Any
    bound: Bound | None


def nearest(engine: Engine, asked: Asked) -> tuple[Proposal, ...]:
    """Return the smallest changes of usage, time, payment or own facts that would allow what is refused.

    Where one change is enough every such change is returned, else the first that is found of two, or of three. None is
    returned that `decide` did not answer with a quote.
    """
    policy = engine.versions.in_force(local_day(asked.at, engine.policy.zone))
    if policy is None or not isinstance(_decided(engine, asked, ()), Refusal):
        return ()
    axes = _axes(policy, asked)
    own = sorted(_own_moves(policy, asked, axes), key=_is_spanned)
    moves = [*_payment(asked, axes), *own, *_waits(policy, asked, axes)]
    for size in (1, 2, 3):
        found = _allowed(engine, asked, moves, size)
        if found:
            return tuple(_proposals(engine, policy, asked, found))
    return ()


_TIMED = {"days", "at", "membership.age_days", "membership.days_since_change", "standing"}


def _axes(policy: Policy, asked: Asked) -> dict[str, Axis]:
    """Return the axes that the rules for what was asked rest on."""
    code = asked.membership.currency or policy.currency.code
    currency = policy.currencies.get(code, policy.currency)
    setting = Setting(policy.zone, currency)
    member = held(policy, asked.membership, currency, asked.at, own_facts(_sections(asked.own), policy, setting))
    found = situation(member, asked.selection)
    axes: dict[str, Axis] = {}
    space = Space(sided("old", policy), sided("new", policy), currency, found.today, None)
    Behaviour(ruled(sided("old", policy), Keys()), space, found, found, axes).program()
    return axes


def _sections(own: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    sections: dict[str, dict[str, Any]] = {"usage": {}, "customer": {}, "request": {}}
    for name, value in own.items():
        section, _, key = name.partition(".")
        sections[section][key] = value
    return dict(sections)


def _own_moves(policy: Policy, asked: Asked, axes: Mapping[str, Axis]) -> Iterator[_Move]:
    """Return each other value of the own facts that a rule rests on; masked facts are left alone."""
    for name, axis in axes.items():
        fact = policy.given_facts.get(name)
        if fact is None or fact.mask:
            continue
        now = asked.own.get(name, fact.default)
        for cell in axis.cells:
            span = cell.spans.get(name)
            if _is_in(now, cell, span, name):
                continue
            value = cell.values[name] if span is None or not isinstance(now, int) else span.nearest(now)
            yield _Move(name, str(value) if isinstance(value, Money) else value, _bound(name, cell, span))


def _is_in(now: Any, cell: Cell, span: Span | None, name: str) -> bool:
    number = now.minor if isinstance(now, Money) else now
    return span.holds(number) if span is not None and isinstance(number, int) else cell.values[name] == now


def _bound(name: str, cell: Cell, span: Span | None) -> Bound:
    value = cell.values[name]
    return Bound(name, span=span) if span is not None and isinstance(value, int) else Bound(name, (value,))


def _is_spanned(move: _Move) -> bool:
    """Say whether a move is to one of many numbers, which are told together where they come last."""
    return move.bound is not None and move.bound.span is not None


def _payment(asked: Asked, axes: Mapping[str, Axis]) -> Iterator[_Move]:
    name = "membership.payment_pending"
    if name in axes and asked.membership.payment_pending:
        yield _Move(name, False, Bound(name, (False,)))


def _waits(policy: Policy, asked: Asked, axes: Mapping[str, Axis]) -> Iterator[_Move]:
    """Return waiting until each day on which a rule can come to hold or cease to."""
    if not set(axes) & _TIMED:
        return
    today, period = local_day(asked.at, policy.zone), asked.membership.period
    cuts = {*range(1, 32)}
    constants = [each for one in conditions_of(policy) for part in comparisons_of(one) for each in part.constants]
    cuts |= {(each - today).days for each in constants if isinstance(each, date)}
    since = [asked.membership.started, asked.membership.last_changed, period.start if period else None]
    gone = [(today - (local_day(one, policy.zone) if isinstance(one, datetime) else one)).days for one in since if one]
    cuts |= {each - days for each in constants if isinstance(each, int) for days in gone}
    if period is not None:
        left = (local_day(period.end, policy.zone) - today).days
        cuts |= {left, *(left - each for each in constants if isinstance(each, int))}
    for days in sorted({cut + more for cut in cuts for more in (0, 1)}):
        if 0 < days < FAR:
            yield _Move("at", days, None)


def _allowed(engine: Engine, asked: Asked, moves: Sequence[_Move], size: int) -> list[tuple[_Move, ...]]:
    """Return combinations of so many changes of different facts that turn the refusal into a quote."""
    found: list[tuple[_Move, ...]] = []
    several = (each for each in combinations(moves, size) if len({move.fact for move in each}) == size)
    for together in islice(several, MOST_TRIES):
        waits_longer = any(set(one) < {*together} or _later_than(together, one) for one in found)
        if not waits_longer and isinstance(_decided(engine, asked, together), Quote):
            found.append(together)
    return found


def _later_than(together: tuple[_Move, ...], found: tuple[_Move, ...]) -> bool:
    """Say whether changes are those found already, but for a longer wait."""
    rest = [tuple(move for move in moves if move.fact != "at") for moves in (together, found)]
    return rest[0] == rest[1] and len(rest[0]) < len(together)


def _proposals(engine: Engine, policy: Policy, asked: Asked, found: list[tuple[_Move, ...]]) -> Iterator[Proposal]:
    """Return the proposals of what is allowed: of one change each fact's, of several those of the first facts found."""
    groups: dict[tuple[str, ...], list[tuple[_Move, ...]]] = {}
    for together in found:
        groups.setdefault(tuple(move.fact for move in together), []).append(together)
    for facts, each in list(groups.items())[: None if len(found[0]) == 1 else 1]:
        days = _days(engine, policy, asked, each[0]) if facts[-1] == "at" else None
        waits = each[0][-1:] if days else ()
        alike = [moves[: len(moves) - len(waits)] for moves in each if moves[-len(waits) :] == waits or not waits]
        fixed = [move.bound for move in alike[-1][:-1] if move.bound]
        last = [moves[-1].bound for moves in alike if moves and moves[:-1] == alike[-1][:-1] and moves[-1].bound]
        yield from (Proposal((*fixed, bound), days) for bound in _joined(last))
        if not last:
            yield Proposal(tuple(fixed), days)


def _joined(bounds: list[Bound]) -> list[Bound]:
    """Return bounds of one fact as one: values together, spans that touch as one."""
    found: dict[str, Bound] = {}
    apart: list[Bound] = []
    for bound in bounds:
        known = found.get(bound.fact)
        if known is None:
            found[bound.fact] = bound
        elif bound.span is None or known.span is None:
            found[bound.fact] = structs.replace(known, values=(*known.values, *bound.values))
        elif known.span.high is not None and bound.span.low == known.span.high + 1:
            found[bound.fact] = structs.replace(known, span=Span(known.span.low, bound.span.high))
        else:
            apart.append(bound)
    return [*found.values(), *apart]


def _days(engine: Engine, policy: Policy, asked: Asked, together: tuple[_Move, ...]) -> Days:
    """Return the days on which it is allowed from the first one on, as far as is looked."""
    today, wait = local_day(asked.at, policy.zone), together[-1].value
    for days in range(wait + 1, FAR):
        if not isinstance(_decided(engine, asked, (*together[:-1], _Move("at", days, None))), Quote):
            return Days(today + timedelta(days=wait), today + timedelta(days=days - 1))
    return Days(today + timedelta(days=wait), None)


def _decided(engine: Engine, asked: Asked, moves: tuple[_Move, ...]) -> object:
    """Return what is decided with some changes made; None where that cannot be."""
    member, at, own = asked.membership, asked.at, dict(asked.own)
    try:
        for move in moves:
            if move.fact == "at":
                at = _later(engine, asked.at, move.value)
                member = _renewed(engine, member, at)
            elif move.fact == "membership.payment_pending":
                member = structs.replace(member, payment_pending=move.value)
            else:
                own[move.fact] = move.value
        sections = _sections(own)
        return engine.decide(
            member,
            asked.selection,
            at=at,
            usage=sections["usage"],
            customer=sections["customer"],
            request=sections["request"],
        )
    except InvalidFacts:
        # Such a change cannot come about: a renewal that is not to be, or a value the policy does not take.
        return None


def _later(engine: Engine, at: datetime, days: int) -> datetime:
    zone = engine.policy.zone
    return shifted(at, DAY, at.astimezone(zone).day, zone, days)


def _renewed(engine: Engine, member: Membership, at: datetime) -> Membership:
    """Return the membership as it is at a later instant, with its periods renewed until then."""
    while member.period is not None and at >= member.period.end:
        member = engine.renew(member, at=member.period.end).membership
    return member
