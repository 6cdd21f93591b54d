"""Serving: what a long-running process needs: policies that reload, quotes that hold, and spans of what was decided."""

from crossgrade.serving.keys import InvalidKeys, Keys
from crossgrade.serving.status import CasesFailed, Faults, Reload, Status
from crossgrade.serving.store import PolicyStore, UnknownPolicy
from crossgrade.serving.telemetry import traced
from crossgrade.serving.token import SignedQuote, sign, verify
from crossgrade.serving.token_error import TokenError

__all__ = [
    "CasesFailed",
    "Faults",
    "InvalidKeys",
    "Keys",
    "PolicyStore",
    "Reload",
    "SignedQuote",
    "Status",
    "TokenError",
    "UnknownPolicy",
    "sign",
    "traced",
    "verify",
]
