"""Exits: what a command's exit code says, and the error for input that cannot be used."""

CLEAN = 0
"""Nothing is wrong; warnings and refusals are clean answers."""

FAILED = 1
"""Errors were found, or cases failed."""

CHANGED = 2
"""Two policies do not decide alike, or it could not be decided whether they do."""

UNUSABLE = 3
"""The input cannot be used: a misspelt option, a missing file, an invalid policy, bad facts."""

BROKEN = 4
"""The program itself is at fault."""


class UnusableError(Exception):
    """Input that a command cannot use; the text is shown as it is."""


class ClosedPipeError(Exception):
    """Whoever reads the output has seen enough."""
