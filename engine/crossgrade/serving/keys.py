"""Keys: the secrets by which tokens are signed and verified, each with an id, so that they can be replaced."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from crossgrade.errors import CrossgradeError

FEWEST_BYTES = 32
"""A secret is at least as long as the hash it is used with (RFC 2104, section 3)."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class InvalidKeys(CrossgradeError):  # noqa: N818 - the public name says what is invalid
    """Keys cannot be used; the message names the key by its id and never shows a secret."""


class Keys(Struct, frozen=True):
    """The secret that signs, by its id, and every secret that still verifies.

    A secret is at least 32 random bytes, such as `secrets.token_bytes(32)`. To replace one, first add the new one to
    `secrets` on every server, then make it `current`, and take the old one away when the last token that it signed
    has expired. Raises InvalidKeys for secrets that are too short and for ids that are not 1 to 32 of `A-Za-z0-9_-`.

    >>> Keys(current="2026-06", secrets={"2026-06": b"0123456789abcdef0123456789abcdef"})
    Keys(current='2026-06', secrets=<2026-06>)
    """

    current: str
    secrets: Mapping[str, bytes]

    def __post_init__(self) -> None:
        """Refuse keys that would sign nothing worth the name."""
        for id, secret in self.secrets.items():
            if not isinstance(id, str) or not _ID.fullmatch(id):
                raise InvalidKeys(f"the id of a key is 1 to 32 letters, digits, `_` and `-`, found `{id}`")
            if not isinstance(secret, bytes) or len(secret) < FEWEST_BYTES:
                raise InvalidKeys(f"the key `{id}` is not {FEWEST_BYTES} bytes or more; use `secrets.token_bytes(32)`")
        if self.current not in self.secrets:
            raise InvalidKeys(f"there is no secret for the current key `{self.current}`")

    def __repr__(self) -> str:
        """Name the keys and show no secret, in logs and tracebacks."""
        return f"Keys(current={self.current!r}, secrets=<{', '.join(self.secrets)}>)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("current", self.current), ("secrets", list(self.secrets))]
