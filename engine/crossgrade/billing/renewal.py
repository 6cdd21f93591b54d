"""Renewal: a period that begins where another ends, with a pending change carried out or as it goes on."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, structs

from crossgrade.billing.discount import runs
from crossgrade.billing.moves import Move, moves, once_amount
from crossgrade.billing.schedule import anchor_of, kept_billing_day
from crossgrade.billing.upcoming import Opening, aligned_opening, charged_for, charges_from, whole_opening
from crossgrade.errors import InvalidFacts
from crossgrade.facts.holding import Holding, Item, addon_price, charged_every, holding, in_order, known, price_of
from crossgrade.model.calendar import Period, local_day
from crossgrade.model.decision import Applied, Charge
from crossgrade.model.membership import HeldAddOn, Membership, PendingChange, Status
from crossgrade.model.money import Currency, Money
from crossgrade.model.policy import Policy


class Renewed(Struct, frozen=True):
    """A membership that begins a period: what was held, what is held from then on, and how the period opens."""

    policy: Policy
    membership: Membership
    currency: Currency
    held: Holding
    target: Holding
    opening: Opening

    @property
    def period(self) -> Period | None:
        """The period that begins, None where nothing recurs."""
        return None if self.target.every is None else self.opening.period


def apply_pending(policy: Policy, membership: Membership, held: Holding, currency: Currency, at: datetime) -> Applied:
    """Carry out the pending change of a membership whose time has come."""
    pending = membership.pending_change
    if pending is None:
        raise InvalidFacts("nothing_pending", "no change is pending", "membership.pending_change")
    _check_due(pending.at, at, "the pending change takes effect", policy)
    target = _holding(pending, policy, currency)
    going_on = structs.replace(membership, discount=None) if pending.discount == "drop" else membership
    opening = _pending_opening(pending, target, going_on, policy)
    found = Renewed(policy, going_on, currency, held, target, opening)
    after = structs.replace(
        _after(found),
        billing_day=_billing_day(found, aligned=pending.billing_date == "align"),
        changes_this_period=1,
        last_changed=pending.at,
        pending_change=None,
    )
    return Applied(after, _first_charge(found), policy.zone)


def renew(policy: Policy, membership: Membership, held: Holding, currency: Currency, at: datetime) -> Applied:
    """Begin the next period of a membership that goes on: discounts and a trial that have ended, end."""
    period, every = membership.period, held.every
    if period is None or every is None:
        raise InvalidFacts("missing_period", "nothing renews, since nothing is charged again", "membership.period")
    if membership.status in ("cancelled", "expired"):
        raise InvalidFacts(
            "wrong_value", f"a membership that is {membership.status} is not renewed", "membership.status"
        )
    if membership.pending_change is not None and membership.pending_change.at <= at:
        message = "a change is pending whose time has come; carry it out with apply_pending"
        raise InvalidFacts("wrong_value", message, "membership.pending_change")
    _check_due(period.end, at, "the period ends", policy)
    trial = membership.status == "trialing" or membership.trial_ends is not None
    opening = (
        aligned_opening(period.end, period.every or every, membership, policy.proration, policy.zone)
        if trial
        else whole_opening(period.end, every, membership, policy.zone)
    )
    found = Renewed(policy, membership, currency, held, held, opening)
    return Applied(structs.replace(_after(found), changes_this_period=0), _first_charge(found), policy.zone)


def _check_due(due: datetime, at: datetime, what: str, policy: Policy) -> None:
    if at < due:
        raise InvalidFacts("not_due_yet", f"{what} at {due.astimezone(policy.zone).isoformat()}", "at")


def _pending_opening(pending: PendingChange, target: Holding, membership: Membership, policy: Policy) -> Opening:
    if target.every is None:
        return Opening(Period(pending.at, pending.at))
    if pending.billing_date == "align":
        return aligned_opening(pending.at, target.every, membership, policy.proration, policy.zone)
    return whole_opening(pending.at, target.every, membership, policy.zone)


def _first_charge(found: Renewed) -> Charge | None:
    extra = once_amount(moves(found.held, found.target, found.policy))
    extra += found.membership.owed.minor if found.membership.owed else 0
    charges = charges_from(found.opening, found.target, found.membership, found.policy, found.currency, extra=extra)
    return charges[0] if charges else None


def _after(found: Renewed) -> Membership:
    """Return the membership in its new period, as it is charged for it."""
    member, start = found.membership, found.opening.period.start
    paid = {move.after.id: _paid(move, found) for move in moves(found.held, found.target, found.policy) if move.after}
    plan = found.target.plan
    return structs.replace(
        member,
        status=_status(member),
        plan=plan.id,
        price=plan.price.id,
        quantity=plan.quantity,
        unit_amount=Money(plan.unit_amount, found.currency),
        paid=paid[plan.id],
        paid_from=start if plan.recurring else None,
        addons=_addons(found, paid),
        currency=found.currency.code,
        period=found.period,
        trial_ends=None,
        discount=member.discount if runs(member.discount, start, found.policy.zone) else None,
        owed=None,
    )


def _status(membership: Membership) -> Status:
    return "active" if membership.status in ("trialing", "cancelled", "expired") else membership.status


def _addons(found: Renewed, paid: Mapping[str, Money | None]) -> dict[str, HeldAddOn]:
    start = found.opening.period.start
    return {
        id: HeldAddOn(
            item.quantity,
            item.price.id,
            Money(item.unit_amount, found.currency),
            paid[id],
            start if item.recurring else None,
        )
        for id, item in found.target.addons.items()
    }


def _paid(move: Move, found: Renewed) -> Money | None:
    """Return what an item is charged; one that is charged once, and is held already, keeps what was paid."""
    item, before = move.after, move.before
    if item is None:
        return None
    if item.recurring:
        return Money(charged_for(item, found.target, found.membership, found.opening, found.policy), found.currency)
    if before is not None and not move.replaced and move.more <= 0:
        return None if before.paid is None else Money(before.paid, found.currency)
    return Money(item.amount, found.currency)


def _billing_day(found: Renewed, *, aligned: bool) -> int | date | None:
    """Return the billing day, which becomes the day of the change only where that is not a billing day already."""
    member, zone = found.membership, found.policy.zone
    if found.period is None:
        return member.billing_day
    if aligned:
        return anchor_of(member, zone)
    return kept_billing_day(member, local_day(found.opening.period.start, zone), zone)


def _holding(pending: PendingChange, policy: Policy, currency: Currency) -> Holding:
    path = "membership.pending_change"
    plan = known(policy.plans, pending.plan, "unknown_plan", f"{path}.plan")
    price = price_of(plan, pending.price, f"{path}.price")
    amount = _quoted(pending, plan.id, price.in_currency(currency.code))
    item = Item(plan, price, pending.quantity, amount, price.every, None)
    ids = in_order(pending.addons, policy, f"{path}.addons")
    return holding(item, {id: _addon(id, pending, item, policy, currency) for id in ids})


def _quoted(pending: PendingChange, id: str, listed: int | None) -> int:
    quoted = pending.unit_amounts.get(id)
    if quoted is not None:
        return quoted.minor
    if listed is None:
        path = "membership.pending_change.unit_amounts"
        raise InvalidFacts("no_amount_in_currency", f"no amount was quoted for `{id}`", path)
    return listed


def _addon(id: str, pending: PendingChange, plan: Item, policy: Policy, currency: Currency) -> Item:
    wanted = pending.addons[id]
    path = f"membership.pending_change.addons.{id}"
    found = addon_price(policy.addons[id], wanted.price, plan, currency.code, path)
    if found is None:
        raise InvalidFacts("interval_mismatch", f"`{id}` has no price at the interval of `{plan.id}`", path)
    price, listed = found
    amount = _quoted(pending, id, listed)
    return Item(policy.addons[id], price, wanted.quantity, amount, charged_every(price, plan), None)
