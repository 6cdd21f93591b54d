"""A family is a list of plans from the lowest to the highest; plans of a nested list share a rank."""

from collections.abc import Mapping

from crossgrade.model.catalogue import Family, Plan
from crossgrade.reading.build_names import resolved
from crossgrade.reading.build_nodes import items_of, names_in, pairs_of, value_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.build_texts import title_of
from crossgrade.reading.located import Items, Node, Scalar

_MEMBERS = "members of families"
"""Lost where a family was meant to hold a plan that is not known: then no plan can be said to be in none."""

_Members = dict[str, tuple[str, Scalar]]


def families_of(node: Node | None, plans: Mapping[str, Plan], locale: str, report: Report) -> dict[str, Family]:
    """Return the families by id; a plan is in one at most."""
    members: _Members = {}
    found = {}
    for key, body in pairs_of(node):
        id = str(key.value)
        if not items_of(_plans(body, report)):
            report.lose(_MEMBERS)
        ranks = tuple(_rank(item, id, plans, members, report) for item in items_of(_plans(body, report)))
        title = title_of(value_of(body, "title", report), id, locale, report)
        found[id] = Family(id, title, tuple(rank for rank in ranks if rank))
    return found


def _plans(body: Node, report: Report) -> Node | None:
    return body if isinstance(body, Items) else value_of(body, "plans", report)


def _rank(item: Node, family: str, plans: Mapping[str, Plan], members: _Members, report: Report) -> tuple[str, ...]:
    found = []
    if not names_in(item):
        report.lose(_MEMBERS)
    for name in names_in(item):
        plan = resolved(name, plans, "plan", "plans", report)
        if plan is None:
            report.lose(_MEMBERS)
            continue
        if plan not in members:
            members[plan] = (family, name)
            found.append(plan)
        elif plan == name.value:
            _report_twice(name, family, members[plan], report)
    return tuple(found)


def _report_twice(name: Scalar, family: str, first: tuple[str, Scalar], report: Report) -> None:
    other, place = first[0], first[1].place
    if other == family:
        message, remedy = f"the plan `{name.value}` is in the family `{family}` twice", "remove one of the two"
    else:
        message = f"the plan `{name.value}` is in the families `{other}` and `{family}`"
        remedy = "remove it from one of the two; a plan is in one family at most"
    report.error(name, "plan-in-two-families", message, remedy, ((place, f"in `{other}` here"),))


def warn_without_family(
    node: Node | None, plans: Mapping[str, Plan], families: Mapping[str, Family], report: Report
) -> None:
    """Warn of plans that no family holds: no rule that stays in the family can move them."""
    if report.lost("families") or report.lost(_MEMBERS):
        return
    if not families:
        _warn_without_families(node, report)
        return
    members = {plan for family in families.values() for rank in family.ranks for plan in rank}
    for key, _ in pairs_of(node):
        id = str(key.value)
        if id in plans and id not in members and not report.spoilt(key):
            message = f"the plan `{id}` is in no family, so that no rule that stays in the family can move it"
            report.warning(key, "no-family", message, f"add it to one of `families`, or write `own: [{id}]` there")


def _warn_without_families(node: Node | None, report: Report) -> None:
    pairs = pairs_of(node)
    if pairs:
        message = "there are no families, so that only rules that name a plan or `any_family` in `to` can move a plan"
        report.warning(pairs[0][0], "no-family", message, "write the plans under `families`, from lowest to highest")
