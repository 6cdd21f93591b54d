"""The oracle: a slow, obvious reading of the policy language, to check the engine by. Standard library only.

Every function is a sentence of the contract, quoted in it; where the contract is silent, see readings.md.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from tests.oracle import evaluator_billing as billing
from tests.oracle.evaluator_billing import (
    change_json,
    quote,
    settle,
    withdrawal_quote,
)
from tests.oracle.evaluator_calendar import day_of, parsed
from tests.oracle.evaluator_facts import (
    ENDED,
    GROUPS,
    Held,
    Target,
    facts_of,
    granted,
    held,
    holds,
    kind_of,
    target,
)
from tests.oracle.evaluator_policy import InvalidFactsError, Policy


def decide(
    policy: dict[str, Any],
    membership: dict[str, Any],
    selection: dict[str, Any] | None,
    at: str,
    *,
    usage: dict[str, Any] | None = None,
    customer: dict[str, Any] | None = None,
    request: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the decision as JSON, or {"outcome": "error", "error": code}."""
    try:
        own = {"usage": usage, "customer": customer, "request": request}
        return decided(Policy(policy), membership, selection or {}, at, own)
    except InvalidFactsError as error:
        return {"outcome": "error", "error": error.code}


def apply_pending(policy: dict[str, Any], membership: dict[str, Any], at: str) -> dict[str, Any]:
    """Return {membership, charge}, or an error."""
    return carried(billing.apply_pending, policy, membership, at)


def renew(policy: dict[str, Any], membership: dict[str, Any], at: str) -> dict[str, Any]:
    """Return {membership, charge}, or an error."""
    return carried(billing.renew, policy, membership, at)


def carried(
    how: Callable[[Policy, Held], dict[str, Any]], policy: dict[str, Any], membership: dict[str, Any], at: str
) -> dict[str, Any]:
    read = Policy(policy)
    try:
        return how(read, held(read, membership, moment_of(read, at)))
    except InvalidFactsError as error:
        return {"outcome": "error", "error": error.code}


def moment_of(policy: Policy, at: str) -> datetime:
    """`at` (an instant with an offset; naive: an error)"""
    moment = parsed(at, policy.zone)
    if moment is None:
        raise InvalidFactsError("naive_time", at)
    if day_of(moment, policy.zone) < date.fromisoformat(str(policy.document["effective"])):
        """decides from this day on, in the policy's time zone"""
        raise InvalidFactsError("no_version", at)
    return moment


def decided(
    policy: Policy, membership: dict[str, Any], selection: dict[str, Any], at: str, own: dict[str, Any]
) -> dict[str, Any]:
    """1. Facts are checked and derived."""
    member = held(policy, membership, moment_of(policy, at))
    wanted = target(policy, member, selection)
    facts = facts_of(policy, member, wanted, own)
    kind = kind_of(policy, member, wanted)
    as_it_is = same_selection(member, wanted)
    """2. A `withdrawal` is quoted at once."""
    if as_it_is and member.pending is not None and not wanted.asked_included:
        return withdrawal_quote(policy, member, wanted)
    """**No change** ... Never for a reactivation."""
    if kind != "reactivation":
        rule = no_change(policy, member, wanted, facts, kind, as_it_is=as_it_is)
        if rule is not None:
            return {"outcome": "no_change", "change": change_json(member, wanted, kind), "rule": rule}
    """3. **Refusals**"""
    reasons = refusals(policy, member, wanted, facts, kind)
    if not reasons:
        """4. **Transitions** in order"""
        found = transition(policy, member, wanted, facts, kind)
        if found is None:
            """none: refused, rule `otherwise`"""
            reasons = ["otherwise"]
        elif "refuse" in found:
            reasons = [found["id"]]
        else:
            return quote(policy, member, wanted, kind, found["id"], policy.terms(found), facts)
    return {
        "outcome": "refusal",
        "change": change_json(member, wanted, kind),
        "reasons": [{"rule": rule} for rule in reasons],
    }


def same_selection(member: Held, wanted: Target) -> bool:
    """plan, price, quantity and add-ons as they are"""
    return same_plan(member, wanted) and units(member) == wanted.wanted


def same_plan(member: Held, wanted: Target) -> bool:
    one, other = member.plan, wanted.plan
    return (one.id, one.price, one.quantity) == (other.id, other.price, other.quantity)


def units(member: Held) -> dict[str, int]:
    return {id: item.quantity for id, item in member.addons.items()}


def no_change(
    policy: Policy, member: Held, wanted: Target, facts: dict[str, Any], kind: str | None, *, as_it_is: bool
) -> str | None:
    if as_it_is and wanted.asked_included:
        """Asking for an add-on that the target includes asks for nothing; where that alone empties the selection the
        answer is no change, rule `included`."""
        return "included"
    if as_it_is and member.pending is None:
        """built-in `same-selection` (plan, price, quantity and add-ons as they are, nothing pending)"""
        return "same-selection"
    if already_pending(member, wanted):
        """`already-pending` (as they will be, unless the transition that would decide now takes effect immediately)"""
        found = transition(policy, member, wanted, facts, kind)
        now = (
            found is not None
            and "refuse" not in found
            and settle(policy, member, wanted, policy.terms(found), kind).effective == "immediately"
        )
        if not now:
            return "already-pending"
    for rule in policy.document.get("no_change", []):
        """then `no_change` rules (`same`, `change`, `when`)"""
        if (
            names_kind(rule.get("change", "any"), kind, default_reaches_reactivation=True)
            and all(is_same(policy, member, wanted, what) for what in rule.get("same", []))
            and holds(rule.get("when"), facts)
        ):
            return str(rule["id"])
    return None


def already_pending(member: Held, wanted: Target) -> bool:
    pending = member.pending
    if pending is None:
        return False
    addons = {
        id: value if isinstance(value, int) else value.get("quantity", 1)
        for id, value in (pending.get("addons") or {}).items()
    }
    plan = (pending["plan"], pending["price"], pending.get("quantity", 1))
    return plan == (wanted.plan.id, wanted.plan.price, wanted.plan.quantity) and addons == wanted.wanted


def is_same(policy: Policy, member: Held, wanted: Target, what: str) -> bool:
    """`same: [plan, price, quantity, addons, entitlements, amount]`"""
    if what in {"addons", "entitlements", "amount"} and wanted.unavailable:
        """what is asked for in vain is no less asked for"""
        return False
    if what == "plan":
        return member.plan.id == wanted.plan.id
    if what == "price":
        """a price is a plan's"""
        return (member.plan.id, member.plan.price) == (wanted.plan.id, wanted.plan.price)
    if what == "quantity":
        return member.plan.quantity == wanted.plan.quantity
    if what == "addons":
        return units(member) == wanted.wanted
    if what == "entitlements":
        before = granted(policy, member.plan.id, units(member))
        return before == granted(policy, wanted.plan.id, {id: each.quantity for id, each in wanted.addons.items()})
    """`same: [amount]` compares the recurring amount and its interval."""
    before_amount = sum(each.amount for each in member.items if each.every.recurs)
    after_amount = sum(each.amount for each in wanted.items if each.every.recurs)
    return before_amount == after_amount and member.plan.every == wanted.plan.every


def names_kind(change: Any, kind: str | None, *, default_reaches_reactivation: bool) -> bool:
    """Rules name a kind, its group, a list, or `any`: in a restriction every kind; in a transition every kind but
    `reactivation`."""
    for each in change if isinstance(change, list) else [change]:
        if each == "any" and (default_reaches_reactivation or kind != "reactivation"):
            return True
        if each == kind or kind in GROUPS.get(each, set()):
            return True
    return False


def names_end(policy: Policy, listed: Any, plan: str, price: str, own: str, *, within_family: bool) -> bool:
    """`from`, `to`: plan, `plan/price`, family, `any` (default), `any_family`."""
    for each in listed if isinstance(listed, list) else [listed]:
        if each == "any":
            """In a transition `to: any` stays in the family"""
            if not within_family or plan == own or (policy.family(plan) == policy.family(own) != "none"):
                return True
        elif each == "any_family" or each in {plan, f"{plan}/{price}"} or each == policy.family(plan) != "none":
            return True
    return False


def reaches(
    policy: Policy,
    member: Held,
    wanted: Target,
    facts: dict[str, Any],
    kind: str | None,
    rule: dict[str, Any],
    *,
    transition: bool,
) -> bool:
    """the first whose `change`, `from`, `to`, `when` hold"""
    change = rule["change"] if transition else rule.get("change", "any")
    old, new = member.plan, wanted.plan
    return (
        names_kind(change, kind, default_reaches_reactivation=not transition)
        and names_end(policy, rule.get("from", "any"), old.id, old.price, old.id, within_family=False)
        and names_end(policy, rule.get("to", "any"), new.id, new.price, old.id, within_family=transition)
        and holds(rule.get("when"), facts)
    )


def transition(
    policy: Policy, member: Held, wanted: Target, facts: dict[str, Any], kind: str | None
) -> dict[str, Any] | None:
    for rule in policy.document["transitions"]:
        if reaches(policy, member, wanted, facts, kind, rule, transition=True):
            found: dict[str, Any] = rule
            return found
    return None


def refusals(policy: Policy, member: Held, wanted: Target, facts: dict[str, Any], kind: str | None) -> list[str]:
    """every restriction that holds, and the built-in `outside-family`, `retired`, `addon-not-available`,
    `quantity-out-of-range`"""
    found = [
        rule["id"]
        for rule in policy.document.get("restrictions", [])
        if reaches(policy, member, wanted, facts, kind, rule, transition=False)
    ]
    old, new = member.plan, wanted.plan
    family = policy.family(new.id)
    if (
        new.id != old.id
        and (family == "none" or family != policy.family(old.id))
        and transition(policy, member, wanted, facts, kind) is None
    ):
        """the target is a plan of another family, or of none, and no transition that holds reaches it; one's own plan
        is never outside"""
        found.append("outside-family")
    if is_retired(policy, member, wanted):
        found.append("retired")
    if wanted.unavailable:
        """`addon-not-available` (for add-ons the selection names)"""
        found.append("addon-not-available")
    stays = same_plan(member, wanted)
    if (not stays and out_of_range(policy.plans[new.id], new.quantity)) or any(
        out_of_range(policy.addons[id], quantity)
        for id, quantity in wanted.wanted.items()
        if quantity != units(member).get(id) and id not in wanted.unavailable
    ):
        """units that stay as they are on their own plan are not asked again"""
        found.append("quantity-out-of-range")
    return found


def is_retired(policy: Policy, member: Held, wanted: Target) -> bool:
    """`retired: true` on a plan or price keeps it for those who have it and offers it to nobody."""
    old, new = member.plan, wanted.plan
    if new.id != old.id and policy.plans[new.id].get("retired"):
        return True
    if (new.id, new.price) != (old.id, old.price) and policy.prices(new.id)[new.price].retired:
        return True
    return any(policy.addons[id].get("retired") for id in wanted.wanted if id not in member.addons)


def out_of_range(body: dict[str, Any], quantity: int) -> bool:
    limits = body.get("quantity", {})
    return bool(quantity < limits.get("at_least", 1) or quantity > limits.get("at_most", quantity))


__all__ = ["ENDED", "decide"]
