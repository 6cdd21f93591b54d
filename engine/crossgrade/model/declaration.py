"""Declarations: the facts a caller gives, with their types, allowed values and defaults."""

from typing import Literal

from msgspec import Struct

from crossgrade.model.condition import Value

FactType = Literal["boolean", "integer", "number", "amount", "string", "date"]


class FactDeclaration(Struct, frozen=True):
    """A fact of the policy's own, under `customer.`, `usage.` or `request.`; without default it is required.

    The value of one to `mask` is never shown: MASKED stands for it.
    """

    name: str
    type: FactType
    one_of: tuple[Value, ...] | None = None
    default: Value | None = None
    required: bool = True
    mask: bool = False


MASKED = "***"
"""What is shown for the value of a fact that is masked, and for the constants it is compared with."""


TOO_LARGE = 10**18
"""No count of anything comes to this."""


class GivenFact(Struct, frozen=True):
    """A fact that a caller can give: the type whose values are taken as they are, those allowed, whether it counts."""

    fact: FactDeclaration
    plain: type | None
    one_of: frozenset[Value] | None
    counted: bool

    def takes(self, value: object) -> bool:
        """Say whether a value is plainly right, so that no reader need look at it."""
        if type(value) is not self.plain or (self.one_of is not None and value not in self.one_of):
            return False
        if isinstance(value, int):
            return (0 if self.counted else -TOO_LARGE) <= value < TOO_LARGE
        return self.one_of is not None or (isinstance(value, str) and value.isascii() and len(value) < 1_000)


PLAIN_TYPES: dict[str, type] = {"boolean": bool, "integer": int, "string": str}
