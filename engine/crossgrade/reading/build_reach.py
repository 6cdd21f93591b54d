"""A reach is what `from` or `to` names: plans, single prices, families, or any."""

from collections.abc import Mapping

from msgspec import Struct, structs

from crossgrade.model.catalogue import Family
from crossgrade.model.policy import Policy
from crossgrade.model.rules import Reach
from crossgrade.reading.build_names import nearest, proposal
from crossgrade.reading.build_nodes import names_in
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Node, Scalar

Plans = Mapping[str, frozenset[str]]
"""The price ids of each plan that can be named."""

_ANY = ("any", "any_family")


class Named(Struct, frozen=True):
    """What can be named: plans with their prices, and families."""

    plans: Plans
    families: Mapping[str, Family]


def sources(offered: Named, older: Policy | None) -> Named:
    """Return what can be held: what is offered, and what only older versions know, with its families there."""
    if older is None:
        return offered
    plans = {id: offered.plans.get(id, frozenset[str]()) | plan.prices.keys() for id, plan in older.plans.items()}
    families = dict(offered.families)
    for plan in older.plans:
        family = older.family_of(plan)
        if plan not in offered.plans and family is not None and family.id not in offered.plans:
            known = families.get(family.id, structs.replace(family, ranks=()))
            families[family.id] = structs.replace(known, ranks=(*known.ranks, (plan,)))
    return Named({**offered.plans, **plans}, families)


def reach_of(node: Node | None, known: Named, report: Report) -> Reach:
    """Return what is named; without a name, any plan."""
    names = [name for name in names_in(node) if isinstance(name.value, str) and not report.spoilt(name)]
    wide = [name for name in names if name.value in _ANY]
    if wide:
        if len(names) > 1:
            message = f"`{wide[0].value}` stands alone, found it in a list with other names"
            remedy = "remove the other names, or write a rule of its own for them"
            report.error(wide[0], "any-among-names", message, remedy)
        return Reach(leaves_family=wide[0].value == "any_family")
    if not names:
        return Reach()
    return _named(names, known, report)


def _named(names: list[Scalar], known: Named, report: Report) -> Reach:
    whole: set[str] = set()
    prices: set[tuple[str, str]] = set()
    for name in names:
        plan, slash, price = str(name.value).partition("/")
        if slash:
            prices.update(_price(name, plan, price, known.plans, report))
        else:
            whole.update(_plans(name, plan, known, report))
    return Reach(frozenset(whole), frozenset(prices), leaves_family=True)


def _plans(name: Scalar, word: str, known: Named, report: Report) -> tuple[str, ...]:
    plans, families = known.plans, known.families
    if word in families:
        return tuple(plan for rank in families[word].ranks for plan in rank)
    if word in plans:
        return (word,)
    if not report.lost("plans") and not report.lost("families"):
        message = f"there is no plan or family `{word}`"
        report.unknown(name, "plan", word, message, proposal(word, [*plans, *families, *_ANY]))
    near = nearest(word, [*plans, *families])
    return _plans(name, near, known, report) if near else ()


def _price(name: Scalar, plan: str, price: str, plans: Plans, report: Report) -> list[tuple[str, str]]:
    if plan not in plans:
        if not report.lost("plans"):
            near = nearest(plan, plans)
            remedy = f"did you mean `{near}/{price}`?" if near else None
            report.unknown(name, "plan", plan, f"there is no plan `{plan}`", remedy)
        return []
    known = plans[plan]
    if price in known:
        return [(plan, price)]
    near = nearest(price, known)
    remedy = f"did you mean `{plan}/{near}`?" if near else proposal(price, [f"{plan}/{id}" for id in sorted(known)])
    # A plan whose prices could not be read may have any.
    if known:
        message = f"the plan `{plan}` has no price `{price}`"
        report.unknown(name, "price", f"{plan}/{price}", message, remedy)
    return []
