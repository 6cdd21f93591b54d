"""The words for what a schema expects, for what was found, and for how to mend it."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from crossgrade.reading.located import Entries, Items, Node, Scalar

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping of keys",
}
_YES = frozenset({"yes", "on", "y"})
_NO = frozenset({"no", "off", "n"})
_AS_WRITTEN = frozenset({"id", "reference"})
"""Forms that a number or a truth value has once it is put in quotes."""

_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")


def alternatives(words: Sequence[str], joint: str = "or") -> str:
    """Return words in backticks, joined as in a sentence."""
    shown = [f"`{word}`" for word in words]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {joint} {shown[-1]}"


def sentence(description: str) -> str:
    """Return a description as it stands behind a colon: lower case, no full stop."""
    return description[:1].lower() + description[1:].removesuffix(".")


def types_of(schema: dict[str, Any]) -> list[str]:
    """Return the JSON types a schema without branches accepts; null, which nobody writes on purpose, left out."""
    types: str | list[str] = schema.get("type", [])
    return [types] if isinstance(types, str) else [name for name in types if name != "null"]


def expected_of(schema: dict[str, Any]) -> str:
    """Return what a schema expects, in words."""
    types = types_of(schema)
    if types != ["object"] and "title" in schema:
        return str(schema["title"])
    return " or ".join(_TYPES[name] for name in types)


def found_of(node: Node, accepted: Sequence[str]) -> str:
    """Return what a node is, in words; a decimal as it is written where a whole number is accepted."""
    if not isinstance(node, Scalar):
        return "a list" if isinstance(node, Items) else "a mapping of keys"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, str):
        return "text"
    shown = isinstance(node.value, bool) or ("integer" in accepted and isinstance(node.value, Decimal))
    return f"`{node.written}`" if shown else "a number"


def mend(schema: dict[str, Any], accepted: Sequence[str], node: Node) -> str:
    """Propose how to turn what was found into what is expected."""
    if not isinstance(node, Scalar):
        return _mend_shape(accepted, node)
    if node.value is None:
        return "write a value, or remove the key"
    if schema.get("format", "id") not in _AS_WRITTEN:
        return FORMS[schema["format"]](node.written)
    return _mend_text(accepted, node.written) if isinstance(node.value, str) else _mend_number(accepted, node)


def _mend_shape(accepted: Sequence[str], node: Node) -> str:
    if isinstance(node, Items) and "object" in accepted:
        return "write `key: value` lines without `-`"
    if isinstance(node, Entries) and "array" in accepted:
        return "begin each entry with `- `"
    return "write a single value"


def _mend_text(accepted: Sequence[str], written: str) -> str:
    if "boolean" in accepted and written.lower() in _YES | _NO:
        meant = "true" if written.lower() in _YES else "false"
        return f"`{written}` is text in YAML 1.2; write `{meant}`"
    if {"number", "integer"} & set(accepted):
        found = _NUMBER.search(written)
        return f"write `{found.group().replace(',', '.')}`" if found else "write a number"
    return _mend_single(accepted, written)


def _mend_number(accepted: Sequence[str], node: Scalar) -> str:
    if "integer" in accepted and isinstance(node.value, Decimal):
        return "write a number without decimals"
    if "string" in accepted:
        return f'put it in quotes: `"{node.written}"`'
    return _mend_single(accepted, node.written)


def _mend_single(accepted: Sequence[str], written: str) -> str:
    if "array" in accepted:
        return f"write `[{written}]`"
    if "object" in accepted:
        return "write its keys below it as `key: value` lines"
    return f"write {' or '.join(_TYPES[name] for name in accepted if name != 'null')}"


def _lower(word: str) -> str:
    """Return a word as the id it may have been meant to be."""
    return re.sub(r"[^a-z0-9_.-]+", "-", word.lower()).strip("-")


def _id(word: str) -> str:
    proposal = _lower(word)
    rule = "an id has lower-case letters, digits, `-`, `_` and `.`"
    return f"{rule}: `{proposal}`" if proposal else rule


def _currency(word: str) -> str:
    upper = word.upper()
    return f"write `{upper}`" if re.fullmatch("[A-Z]{3}", upper) else "a currency is three capital letters"


def _interval(word: str) -> str:
    return _too_long(word) or "write `day`, `week`, `month`, `year`, a number of them, or `once`"


def _too_long(word: str) -> str | None:
    return "the longest is `100 years`" if re.fullmatch("[1-9][0-9]{0,3} (day|week|month|year)s?", word) else None


FORMS: dict[str, Callable[[str], str]] = {
    "id": _id,
    "reference": _id,
    "fact": lambda _: "write `customer.`, `usage.` or `request.` and a name in lower case",
    "date": lambda _: "write year, month and day of a day that exists",
    "instant": lambda _: "write a date, or a date, a time and an offset",
    "currency": _currency,
    "locale": lambda _: "write a language such as `de`, or with a region `pt-BR`",
    "interval": _interval,
    "duration": lambda word: _too_long(word) or "write a number of days, weeks, months or years",
}
"""What to write instead, by the form a text should have."""
