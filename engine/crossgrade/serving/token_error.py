"""The error of tokens: why a quote cannot be signed, or why a token does not hold."""

from typing import Literal, get_args

from crossgrade.errors import CrossgradeError

TokenErrorCode = Literal[
    "bad_duration",
    "too_long",
    "malformed",
    "unknown_key",
    "bad_signature",
    "not_yet_valid",
    "expired",
    "facts_changed",
]
"""The closed list of what can be wrong with a token.

With `bad_duration` and `too_long` nothing can be signed. What is `too_long`, `malformed`, of an `unknown_key` or of a
`bad_signature` is no token of ours. One that is `not_yet_valid`, `expired` or has its `facts_changed` is ours and does
not hold now: show a new quote.
"""

TOKEN_ERROR_CODES: tuple[str, ...] = get_args(TokenErrorCode)


class TokenError(CrossgradeError):
    """A quote cannot be signed, or a token does not hold; `code` is of a closed list.

    With `facts_changed`, `changed` names what is no longer as it was quoted: `policy`, or facts such as
    `membership.paid`, `selection.plan` and `usage.disk_gb`. Values are not named, so the text can be logged.
    """

    def __init__(self, code: TokenErrorCode, message: str, changed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.changed = changed
