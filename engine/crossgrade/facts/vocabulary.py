"""The vocabulary: every fact a rule can test, with its type, a sentence that explains it, and how it is derived."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import get_args

from msgspec import Struct

from crossgrade.errors import InvalidFacts
from crossgrade.facts.change import AddOnsChange, IntervalChange, PlanChange, PriceChange, QuantityChange, price_per_day
from crossgrade.facts.holding import Holding
from crossgrade.facts.situation import Situation
from crossgrade.model.calendar import Interval, later
from crossgrade.model.catalogue import AddOn, Entitlement, Family, Grant, Plan
from crossgrade.model.condition import Value
from crossgrade.model.declaration import FactDeclaration, FactType
from crossgrade.model.membership import Status
from crossgrade.model.money import Money
from crossgrade.model.policy import Policy
from crossgrade.model.rules import RULED_KINDS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Derive = Callable[[Situation], Value]


class Fact(Struct, frozen=True):
    """A fact that rules can test; `values` is the closed set of texts it can be, where there is one."""

    name: str
    type: FactType
    sentence: str
    derive: Derive
    values: tuple[str, ...] | None = None


def rests_on_selection(fact: Fact) -> bool:
    """Say whether a fact rests on what is selected; others rest on the membership, the caller's facts and the day."""
    return fact.name.partition(".")[0] in ("target", "change", "exceeds", "loses")


def vocabulary_of(policy: Policy) -> dict[str, Fact]:
    """Return every fact that the rules of a policy can test, by name."""
    return vocabulary(
        plans=policy.plans,
        addons=policy.addons,
        families=policy.families,
        entitlements=policy.entitlements,
        declared=policy.facts,
    )


def vocabulary(
    *,
    plans: Mapping[str, Plan],
    addons: Mapping[str, AddOn],
    families: Mapping[str, Family],
    entitlements: Mapping[str, Entitlement],
    declared: Mapping[str, FactDeclaration],
) -> dict[str, Fact]:
    """Return every fact by name: those built in for these plans, then those the policy declares."""
    facts = [
        *_side("membership", "the membership's", lambda situation: situation.held, plans, addons, families),
        *_side("target", "the selection's", lambda situation: situation.target, plans, addons, families),
        Fact("target.trial_days", "integer", "the days of the selected plan's trial, 0 without one", _trial_days),
        *_MEMBERSHIP,
        *_CHANGE,
        *_AT,
        *_entitlement_facts(entitlements),
        Fact("customer.had_trial", "boolean", "whether the customer had a trial before", _own("customer.had_trial")),
    ]
    facts += [
        Fact(fact.name, fact.type, "a fact of the policy's own", _own(fact.name), _texts(fact.one_of))
        for fact in declared.values()
    ]
    return {fact.name: fact for fact in facts}


def _texts(values: Iterable[Value] | None) -> tuple[str, ...] | None:
    texts = tuple(value for value in values or () if isinstance(value, str))
    return texts or None


def _own(name: str) -> Derive:
    return lambda situation: situation.own[name]


def _money(minor: int, situation: Situation) -> Money:
    return Money(minor, situation.currency)


def written_interval(every: Interval | None) -> str:
    """Return an interval as facts have it: `month`, `3 months`, `once`, or `none` for free."""
    return "none" if every is None else str(every)


def _side(  # noqa: PLR0913 - one catalogue each
    side: str,
    whose: str,
    of: Callable[[Situation], Holding],
    plans: Mapping[str, Plan],
    addons: Mapping[str, AddOn],
    families: Mapping[str, Family],
) -> list[Fact]:
    prices = tuple(dict.fromkeys(id for plan in plans.values() for id in plan.prices))
    return [
        Fact(f"{side}.plan", "string", f"{whose} plan", lambda s: of(s).plan.id, tuple(plans)),
        Fact(f"{side}.price", "string", f"{whose} price id", lambda s: of(s).plan.price.id, prices),
        Fact(
            f"{side}.family",
            "string",
            f"the family of {whose} plan, `none` without one",
            lambda s: _family(of(s), s),
            (*families, "none"),
        ),
        Fact(
            f"{side}.rank",
            "integer",
            f"the position of {whose} plan in its family, from 1; 0 without a family",
            lambda s: s.policy.rank_of(of(s).plan.id),
        ),
        Fact(
            f"{side}.interval",
            "string",
            f"the interval of {whose} price; `none` for free, `once` for a lifetime",
            lambda s: written_interval(of(s).plan.every),
        ),
        Fact(f"{side}.quantity", "integer", f"{whose} units of the plan", lambda s: of(s).plan.quantity),
        Fact(
            f"{side}.recurring_amount",
            "amount",
            f"what {whose} plan and add-ons cost each interval, before discount",
            lambda s: _money(of(s).recurring_amount, s),
        ),
        *(
            Fact(f"{side}.addon.{id}", "integer", f"{whose} units of add-on `{id}`, 0 without it", _units(of, id))
            for id in addons
        ),
    ]


def _family(holding: Holding, situation: Situation) -> str:
    family = situation.policy.family_of(holding.plan.id)
    return "none" if family is None else family.id


def _units(of: Callable[[Situation], Holding], id: str) -> Derive:
    def units(situation: Situation) -> Value:
        item = of(situation).addons.get(id)
        return item.quantity if item else 0

    return units


def _trial_days(situation: Situation) -> Value:
    plan = situation.target.plan.product
    trial = plan.trial if isinstance(plan, Plan) else None
    if trial is None:
        return 0
    return (later(situation.today, trial, situation.today.day) - situation.today).days


def _paid(situation: Situation) -> Value:
    paid = situation.held.plan.paid
    if paid is None:
        raise InvalidFacts("missing_paid", "a rule tests what was paid, and it is not given", "membership.paid")
    return _money(paid, situation)


_MEMBERSHIP = (
    Fact("membership.status", "string", "the status", lambda s: s.membership.status, get_args(Status)),
    Fact("membership.paid", "amount", "what was paid for the plan and is not yet credited", _paid),
    Fact("membership.trialing", "boolean", "whether a trial is running", lambda s: s.trialing),
    Fact("membership.payment_pending", "boolean", "whether a payment is open", lambda s: s.membership.payment_pending),
    Fact(
        "membership.has_pending_change",
        "boolean",
        "whether a change waits for the period's end",
        lambda s: s.membership.pending_change is not None,
    ),
    Fact(
        "membership.changes_this_period",
        "integer",
        "how often the membership was changed in this period",
        lambda s: s.membership.changes_this_period,
    ),
    Fact("membership.days_used", "integer", "whole days of the period that are over", lambda s: s.period_days[0]),
    Fact(
        "membership.days_left",
        "integer",
        "days of the period still to come, today included",
        lambda s: s.period_days[1],
    ),
    Fact("membership.period_days", "integer", "the days of the period", lambda s: sum(s.period_days)),
    Fact("membership.age_days", "integer", "days since the membership started", lambda s: s.days_since(s.started)),
    Fact(
        "membership.days_since_change",
        "integer",
        "days since the last change, or since the start where there was none",
        lambda s: s.days_since(s.membership.last_changed or s.started),
    ),
    Fact(
        "membership.account_credit",
        "amount",
        "credit kept for the customer",
        lambda s: s.membership.account_credit or _money(0, s),
    ),
)

_CHANGE = (
    Fact("change.kind", "string", "the kind of change", lambda s: s.change.kind or "none", RULED_KINDS),
    Fact("change.plan", "string", "how the plan changes", lambda s: s.change.plan, get_args(PlanChange)),
    Fact(
        "change.interval", "string", "how the interval changes", lambda s: s.change.interval, get_args(IntervalChange)
    ),
    Fact("change.quantity", "string", "how the units change", lambda s: s.change.quantity, get_args(QuantityChange)),
    Fact("change.addons", "string", "how the add-ons change", lambda s: s.change.addons, get_args(AddOnsChange)),
    Fact(
        "change.price_per_day",
        "string",
        "how the price of a unit and day changes",
        lambda s: price_per_day(s.held.plan, s.target.plan),
        get_args(PriceChange),
    ),
    Fact(
        "change.amount_difference",
        "amount",
        "the selection's recurring amount less the membership's, as they stand",
        lambda s: _money(s.target.recurring_amount - s.held.recurring_amount, s),
    ),
)

_AT = (
    Fact("at.date", "date", "the day of the decision", lambda s: s.today),
    Fact("at.weekday", "string", "the weekday of the decision", lambda s: WEEKDAYS[s.today.weekday()], WEEKDAYS),
    Fact("at.day_of_month", "integer", "the day of the month of the decision", lambda s: s.today.day),
)


def exceeds(situation: Situation, name: str) -> bool:
    """Say whether the usage of a numeric entitlement is above what the selection would grant."""
    return excess(situation, name) > 0


def excess(situation: Situation, name: str) -> int:
    """Return the usage of a numeric entitlement above what the selection would grant; at least 0."""
    grant = situation.granted_then[name]
    return 0 if grant == "unlimited" else max(_usage(situation, name) - int(grant), 0)


def _usage(situation: Situation, name: str) -> int:
    usage = situation.own[f"usage.{name}"]
    return usage if isinstance(usage, int) else 0


def loses(situation: Situation, name: str) -> bool:
    """Say whether the selection grants less of an entitlement than the membership has now."""
    return more(situation.granted_now[name], situation.granted_then[name])


def more(first: Grant, second: Grant) -> bool:
    """Say whether the first grant is more than the second."""
    if "unlimited" in (first, second):
        return first == "unlimited" and second != "unlimited"
    return int(first) > int(second)


def _entitlement_facts(entitlements: Mapping[str, Entitlement]) -> list[Fact]:
    numeric = [name for name, entitlement in entitlements.items() if entitlement.type == "integer"]
    return [
        *(Fact(f"usage.{name}", "integer", f"how much of `{name}` is used", _own(f"usage.{name}")) for name in numeric),
        *(
            Fact(
                f"exceeds.{name}",
                "boolean",
                f"whether more of `{name}` is used than the selection grants",
                _exceeds([name]),
            )
            for name in numeric
        ),
        Fact("exceeds.any", "boolean", "whether more of anything is used than the selection grants", _exceeds(numeric)),
        *(
            Fact(f"loses.{name}", "boolean", f"whether the selection grants less of `{name}` than now", _loses([name]))
            for name in entitlements
        ),
        Fact(
            "loses.any", "boolean", "whether the selection grants less of anything than now", _loses(list(entitlements))
        ),
    ]


def _exceeds(names: list[str]) -> Derive:
    if len(names) == 1:
        return partial(_of_one, exceeds, names[0])
    return lambda situation: any(exceeds(situation, name) for name in names)


def _of_one(test: Callable[[Situation, str], bool], name: str, situation: Situation) -> bool:
    return test(situation, name)


def _loses(names: list[str]) -> Derive:
    if len(names) == 1:
        return partial(_of_one, loses, names[0])
    return lambda situation: any(loses(situation, name) for name in names)
