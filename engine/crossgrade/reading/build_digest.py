"""The digest of a policy: the same for the same content, however it is laid out."""

import json
from decimal import Decimal
from hashlib import sha256

from crossgrade.model.policy import Policy
from crossgrade.reading.build_nodes import pairs_of
from crossgrade.reading.located import Node, plain


def digest_of(root: Node, older: Policy | None) -> str:
    """Return `sha256:` and the hash of what is written, without comments, quotes and trailing zeros.

    What is included counts as written here and the order of sections not at all, so that a policy in several files is
    the same as in one. A version rests on the one before it, so that one's digest counts too.
    """
    sections = {str(key.value): plain(value) for key, value in pairs_of(root) if key.value != "include"}
    if older is not None:
        sections["older"] = older.digest
    ordered = dict(sorted(sections.items()))
    return f"sha256:{sha256(_canonical(ordered).encode()).hexdigest()}"


def _canonical(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_canonical(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _number(Decimal(value))
    return json.dumps(value)


def _number(value: Decimal) -> str:
    """Write a number so that 15, 15.00 and 1.5e1 are the same, without rounding it."""
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    bare = text.rstrip("0")
    # invariant: numbers are finite, reading refuses the others, so that the exponent is an integer.
    power = int(exponent) + len(text) - len(bare)
    return f"{'-' if sign else ''}{bare}e{power}" if bare else "0"
