"""The exceptions a caller can meet; each carries data."""

from typing import Literal, get_args

from crossgrade.diagnostics import Finding, as_text, shortened

FactsErrorCode = Literal[
    "unknown_plan",
    "unknown_price",
    "unknown_addon",
    "unknown_fact",
    "unknown_key",
    "missing_fact",
    "missing_paid",
    "missing_period",
    "wrong_type",
    "wrong_value",
    "no_amount_in_currency",
    "naive_time",
    "period_reversed",
    "before_period",
    "ambiguous_price",
    "interval_mismatch",
    "no_version",
    "nothing_pending",
    "not_due_yet",
]
"""The closed list of what can be wrong with facts."""

FACTS_ERROR_CODES: tuple[str, ...] = get_args(FactsErrorCode)


class CrossgradeError(Exception):
    """Everything this package raises on purpose."""


class InvalidPolicy(CrossgradeError):  # noqa: N818 - the public name says what is invalid
    """A policy cannot be loaded; `diagnostics` holds every finding."""

    def __init__(self, diagnostics: tuple[Finding, ...]) -> None:
        super().__init__("\n\n".join(as_text(finding) for finding in diagnostics))
        self.diagnostics = diagnostics


class InvalidFacts(CrossgradeError):  # noqa: N818 - the public name says what is invalid
    """Facts cannot be decided on; `code` is of a closed list, `path` says where, such as `membership.plan`.

    `masked` says that the value there must not be shown.
    """

    def __init__(self, code: FactsErrorCode, message: str, path: str = "", *, masked: bool = False) -> None:
        # Both quote what came in, which may be endless.
        message, path = shortened(message), shortened(path)
        super().__init__(f"{path}: {message}" if path else message)
        self.code = code
        self.message = message
        self.path = path
        self.masked = masked
