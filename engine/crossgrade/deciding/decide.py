"""Deciding: no change, then restrictions, then the first transition that holds, then its quote."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from crossgrade.billing.course import course
from crossgrade.billing.credit import ChosenCredit
from crossgrade.billing.quote import Offered, quoted, withdrawn
from crossgrade.deciding.grounds import grounds_json
from crossgrade.deciding.messages import message, out_of_range
from crossgrade.deciding.rulebook import Numbered, Route
from crossgrade.deciding.sameness import differences
from crossgrade.deciding.trace import Considered, Traceable, traced
from crossgrade.facts.change import as_pending
from crossgrade.facts.holding import Holding, Item
from crossgrade.facts.situation import Situation
from crossgrade.facts.vocabulary import Fact
from crossgrade.model.condition import Value
from crossgrade.model.decision import ChangeSummary, Decision, Grounds, Held, NoChange, PolicyRef, Reason, Refusal
from crossgrade.model.membership import Selection
from crossgrade.model.rules import Transition
from crossgrade.model.terms import Terms
from crossgrade.model.text import Text


class Case(Struct, frozen=True):
    """A situation before its decision: the rules that fit it, the facts they test, those that hold, and the locale."""

    situation: Situation
    selection: Selection
    numbers: Numbered
    facts: Mapping[str, Fact]
    rules: Traceable
    route: Route
    values: Mapping[str, Value]
    hits: int
    locale: str

    def holds(self, number: int) -> bool:
        """Say whether the rule with this number holds."""
        return bool(self.hits >> number & 1)

    def text(self, text: Text | None, key: str) -> str:
        """Return the policy's text, its override of ours, or ours."""
        chosen = text or self.situation.policy.messages.get(key)
        return message(chosen, key, self.situation, self.facts, self.locale)


def decided(case: Case) -> Decision:
    """Return the decision (language, section 5)."""
    situation = case.situation
    if situation.change.kind == "withdrawal":
        considered = Considered(("no_change",), (("no_change", "withdrawal"),), None, None)
        return withdrawn(situation, case.text(None, "withdrawal"), _grounds(case, considered), case.locale)
    transition = _transition(case)
    if situation.change.kind != "reactivation":
        nothing = _no_change(case, transition)
        if nothing is not None:
            return nothing
    reasons, built_in = _forbidden(case, transition)
    if reasons:
        considered = Considered(("no_change", "restrictions"), built_in, None, None)
        return Refusal(reasons, _grounds(case, considered))
    return _by_transition(case, transition)


def _transition(case: Case) -> Transition | None:
    return next((rule for number, rule in case.route.transitions if case.holds(number)), None)


def _no_change(case: Case, transition: Transition | None) -> NoChange | None:
    built_in = _changes_nothing(case, transition)
    if built_in is not None:
        considered = Considered(("no_change",), (("no_change", built_in),), None, None)
        return NoChange(built_in, case.text(None, built_in), _grounds(case, considered))
    for number, rule in case.route.no_change:
        if case.holds(number) and not differences(rule.same, case.situation):
            considered = Considered(("no_change",), (), None, None)
            return NoChange(rule.id, case.text(rule.message, "no-change"), _grounds(case, considered))
    return None


def _changes_nothing(case: Case, transition: Transition | None) -> str | None:
    """Return the built-in rule by which a selection changes nothing, None where it changes something."""
    situation = case.situation
    if situation.change.nothing:
        return "included" if situation.wanted.included else "same-selection"
    pending = situation.membership.pending_change
    if pending is None:
        return None
    terms = None if transition is None else transition.terms
    if not as_pending(pending, (on_terms(situation, terms) if terms else situation).target):
        return None
    at_once = terms is not None and not course(terms, situation).pending
    return None if at_once else "already-pending"


def on_terms(situation: Situation, terms: Terms) -> Situation:
    """Return the situation with the add-ons that are left on these terms."""
    if terms.addons == "drop":
        return structs.replace(situation, wanted=situation.wanted.dropping_others())
    return situation


def _forbidden(case: Case, transition: Transition | None) -> tuple[tuple[Reason, ...], tuple[tuple[str, str], ...]]:
    """Return every reason against a change, the policy's first, and the built-in rules among them."""
    holding = case.route.restrictions if case.hits & case.route.restricting else ()
    reasons = [Reason(rule.id, case.text(rule.message, "otherwise")) for number, rule in holding if case.holds(number)]
    built_in = _built_in_refusals(case, transition)
    reasons += [Reason(rule, case.text(None, rule)) for rule in built_in]
    return tuple(reasons), tuple(("restrictions", rule) for rule in built_in)


def _built_in_refusals(case: Case, transition: Transition | None) -> list[str]:
    outside = ["outside-family"] if not case.route.inside and transition is None else []
    return outside + not_sold(case.situation)


def not_sold(situation: Situation) -> list[str]:
    """Return the built-in rules against what is selected, whoever selects it and when."""
    found = []
    if _retired(situation):
        found.append("retired")
    if situation.wanted.unavailable:
        found.append("addon-not-available")
    if out_of_range(situation):
        found.append("quantity-out-of-range")
    return found


def _retired(situation: Situation) -> bool:
    """Say whether something is selected that is kept only for those who have it."""
    held, target = situation.held, situation.target
    plan = target.plan.product.retired and held.plan.id != target.plan.id
    price = target.plan.price.retired and (held.plan.id, held.plan.price.id) != (target.plan.id, target.plan.price.id)
    return plan or price or any(_addon_retired(item, held.addons.get(id)) for id, item in target.addons.items())


def _addon_retired(item: Item, had: Item | None) -> bool:
    if had is None:
        return item.product.retired or item.price.retired
    return item.price.retired and item.price.id != had.price.id


def _by_transition(case: Case, transition: Transition | None) -> Decision:
    sections = ("no_change", "restrictions", "transitions")
    if transition is None or transition.terms is None:
        rule = "otherwise" if transition is None else transition.id
        text = case.situation.policy.otherwise if transition is None else transition.refuse
        considered = Considered(sections, (), None if transition is None else rule, None)
        return Refusal((Reason(rule, case.text(text, "otherwise")),), _grounds(case, considered))
    credit = _credit(case, transition)
    considered = Considered(sections, (), transition.id, None if credit is None else credit.rule.id)
    offered = Offered(transition.id, transition.terms, credit)
    situation = on_terms(case.situation, transition.terms)
    return quoted(situation, offered, case.locale, _grounds(case, considered))


def _credit(case: Case, transition: Transition) -> ChosenCredit | None:
    """Return the first credit rule whose `when` holds."""
    use = transition.terms.credit if transition.terms else None
    if use is None:
        return None
    for rule, proration in zip(use.rules, use.prorations, strict=True):
        number = case.numbers.credits.get(rule.id)
        if number is None or case.holds(number):
            return ChosenCredit(rule, proration)
    return None


def _grounds(case: Case, considered: Considered) -> Grounds:
    policy = case.situation.policy
    return Grounds(
        PolicyRef(policy.id, policy.effective, policy.digest),
        policy.zone,
        _summary(case.situation),
        lambda: traced(case.situation, case.values, case.rules, considered),
        lambda: _facts(case),
    )


def _facts(case: Case) -> dict[str, Any]:
    situation = case.situation
    return grounds_json(situation.policy, situation.membership, case.selection, situation.at, situation.own)


def _summary(situation: Situation) -> ChangeSummary:
    return ChangeSummary(situation.change.kind, _held(situation.held), _held(situation.target))


def _held(holding: Holding) -> Held:
    return Held(holding.plan.id, holding.plan.price.id, holding.plan.quantity)
