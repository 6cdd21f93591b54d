"""The laws `credit-above-paid` and `refund-above-paid`: nobody gets back more than was paid.

Looked at are members who have just paid, and less than the basis of the credit: half of the price, as in a promotion,
or the whole of an agreed price that is below today's. A credit above that, and above the setup fee that was paid, was
paid by nobody.
"""

from collections.abc import Iterator

from msgspec import Struct, structs

from crossgrade.model.decision import Quote
from crossgrade.model.terms import CreditRule
from crossgrade.reviewing.laws.law import Broken, Law, Section
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.laws.told import amount, told
from crossgrade.reviewing.laws.ways import Way, Ways, quoted
from crossgrade.reviewing.shapes import Shape
from crossgrade.reviewing.witness import Chosen


class _Excess(Struct, frozen=True):
    """A member who is credited more than was paid."""

    rule: str
    shape: Shape
    member: Chosen
    paid: int
    quote: Quote


def credits_above_paid(subject: Subject, ways: Ways) -> Iterator[Broken]:
    """Return each credit rule by which a member is credited more than was paid, by its plainest member."""
    left = {credit.id: credit for credit in _unbounded(subject)}
    for way in ways.all() if left else ():
        if not left:
            return
        if way.credit is None or way.credit.id not in left:
            continue
        found = _excess(subject, way, way.credit)
        if found is not None:
            del left[way.credit.id]
            yield _broken(subject, way.credit, found)


def _unbounded(subject: Subject) -> list[CreditRule]:
    """Return the credit rules in use that what was paid does not bound."""
    terms = [rule.terms for rule in subject.policy.transitions if rule.terms is not None]
    used = {credit.id: credit for each in terms for credit in each.credit.rules}
    return [credit for credit in used.values() if credit.basis != "paid" and credit.at_most != "paid"]


def _excess(subject: Subject, way: Way, credit: CreditRule) -> _Excess | None:
    """Return a member of a way who paid less than the credit comes to."""
    if not way.shape.paid or way.shape.unit_amount is not None:
        return None
    half = way.shape.paid // 2
    agreed = structs.replace(way.shape, unit_amount=half, paid=half)
    for shape in (agreed, way.shape) if credit.basis == "list_price" else (way.shape,):
        for used in (0, way.member.moment.used):
            found = quoted(subject, way, used, shape, paid=half)
            if found is not None and found[1].credit.earned.minor > half:
                return _Excess(way.rule.id, shape, found[0], half, found[1])
    return None


def _broken(subject: Subject, credit: CreditRule, found: _Excess) -> Broken:
    own = credit.id in subject.policy.credits
    money, credited = found.shape.currency, found.quote.credit
    refund = credited.to_refund.minor > found.paid
    law: Law = "refund-above-paid" if refund else "credit-above-paid"
    what, sum_ = ("paid back", credited.to_refund) if refund else ("credited", credited.earned)
    message = f"by `{credit.id}` a member can be {what} more than was paid: {sum_} for {amount(found.paid, money)}"
    shown = (f"{told(subject, found.shape, found.member)}: {what} {sum_} by `{found.rule}`",)
    remedy = "write `at_most: paid`" if own else "write `credit: unused`, which is at most what was paid"
    section: Section = "credits" if own else "transitions"
    return Broken(law, section, credit.id if own else found.rule, message, remedy, shown, (credit.id, credit.basis))
