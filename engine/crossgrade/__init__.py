"""crossgrade: plan-change rules as YAML policies; who may move where, what it costs now and next, and why."""

from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import Finding
from crossgrade.errors import CrossgradeError, InvalidFacts, InvalidPolicy
from crossgrade.loading import load
from crossgrade.model.calendar import Period
from crossgrade.model.decision import Applied, Decision, Line, NoChange, Offer, Quote, Refusal
from crossgrade.model.membership import HeldAddOn, Membership, SelectedAddOn, Selection
from crossgrade.model.money import Currency, Money

__all__ = [
    "Applied",
    "CrossgradeError",
    "Currency",
    "Decision",
    "Engine",
    "Finding",
    "HeldAddOn",
    "InvalidFacts",
    "InvalidPolicy",
    "Line",
    "Membership",
    "Money",
    "NoChange",
    "Offer",
    "Period",
    "Quote",
    "Refusal",
    "SelectedAddOn",
    "Selection",
    "load",
]
