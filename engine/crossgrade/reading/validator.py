"""The validator holds plain values against a schema; of a union it looks at one branch, the one that was meant.

Standard JSON Schema reports a union's failure as a whole. Here the branch is chosen by the type of the value and,
between mappings, by the nearest keys; what is wrong is then reported inside that branch alone.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError
from msgspec import Struct
from referencing import Registry

from crossgrade.bundled import schema
from crossgrade.diagnostics import did_you_mean
from crossgrade.model.calendar import interval

Schema = dict[str, Any]

# Every reference is into `$defs` of the same file and followed here, so that no time goes into resolving addresses.
_NOWHERE: Any = Registry().resolver()


class Fault(Struct, frozen=True):
    """What a schema finds wrong: the keyword that fails, what it demands and the value it is about.

    `word` is the key that is unknown or missing, or the types that the branches of a union have. `of_key` says
    that the value is itself a key of the mapping at `path`.
    """

    keyword: str
    demand: Any
    value: Any
    schema: Schema
    word: str
    path: tuple[str | int, ...]
    of_key: bool


def faults(name: str, value: object) -> Iterator[Fault]:
    """Return everything that is wrong with a plain value by the schema called `policy` or `cases`."""
    for error in _validator(name).iter_errors(value):
        of_key = "propertyNames" in error.absolute_schema_path
        path = tuple(error.absolute_path)
        word = error.message
        yield Fault(error.validator, error.validator_value, error.instance, error.schema, word, path, of_key)


DATES = FormatChecker(formats=())
"""Checks that a date exists; its form too, as a schema cannot say which days a month has."""


@cache
def _validator(name: str) -> Any:
    """Return the validator of the schema called `policy` or `cases`."""
    whole = schema(name)
    keywords = {
        "$ref": _followed(whole["$defs"]),
        "anyOf": _narrowed(whole["$defs"]),
        "properties": _properties,
        "additionalProperties": _additional,
        "propertyNames": _property_names,
        "items": _items,
        "required": _required,
    }
    made: Any = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, keywords
    )
    return made(whole, format_checker=DATES)


@DATES.checks("date")
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or _reads(date.fromisoformat, value, r"\d{4}-\d\d-\d\d")


@DATES.checks("instant")
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or _reads(datetime.fromisoformat, value, r"\d{4}-\d\d-\d\d.*")


@DATES.checks("interval")
@DATES.checks("duration")
def _is_no_slip(value: object) -> bool:
    """Say whether a length of time is one the calendar can hold; its form is the pattern's business."""
    form = "[1-9][0-9]{0,3} (day|week|month|year)s?"
    return not isinstance(value, str) or re.fullmatch(form, value) is None or interval(value) is not None


def _reads(read: Any, value: str, form: str) -> bool:
    # The form is looked at first, as Python reads more than one, `20260101` among them.
    if re.fullmatch(form, value, re.ASCII) is None:
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True


def _descend(inner: Any, value: object, schema: Schema, path: str | int | None = None) -> Iterator[ValidationError]:
    found: Iterator[ValidationError] = inner.descend(value, schema, path=path, resolver=_NOWHERE)
    return found


def _resolved(definitions: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    return schema if reference is None else definitions[reference.removeprefix("#/$defs/")]


def _followed(definitions: Schema) -> Any:
    def keyword(inner: Any, _reference: str, value: object, schema: Schema) -> Iterator[ValidationError]:
        return _descend(inner, value, _resolved(definitions, schema))

    return keyword


def _narrowed(definitions: Schema) -> Any:
    def keyword(inner: Any, branches: list[Schema], value: object, _schema: Schema) -> Iterator[ValidationError]:
        known = [_resolved(definitions, one) for one in branches]
        fitting = [branch for branch in known if any(inner.is_type(value, kind) for kind in _types(branch))]
        if not fitting:
            return iter([ValidationError(" ".join(kind for branch in known for kind in _types(branch)))])
        return _descend(inner, value, max(fitting, key=lambda branch: _nearness(definitions, branch, value)))

    return keyword


def _types(branch: Schema) -> list[str]:
    types: str | list[str] = branch["type"]
    return [types] if isinstance(types, str) else types


def _nearness(definitions: Schema, branch: Schema, value: object) -> int:
    """Return how well the keys of a mapping fit a branch: 2 for each that does, 1 for each that nearly does."""
    if not isinstance(value, dict):
        return 0
    names = _resolved(definitions, branch.get("propertyNames", {})).get("pattern")
    return sum(_key_nearness(key, list(branch.get("properties", ())), names) for key in value)


def _key_nearness(key: str, known: list[str], names: str | None) -> int:
    if key in known or (names is not None and re.search(names, key)):
        return 2
    near_name = names is not None and (re.search(names, key.upper()) is not None or key.isupper())
    return int(near_name or did_you_mean(key, known) is not None)


def _properties(inner: Any, known: Schema, value: object, _schema: Schema) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        for key in value:
            if key in known:
                yield from _descend(inner, value[key], known[key], key)


def _additional(  # the parameters are those jsonschema calls it with
    inner: Any,
    additional: Schema | bool,  # noqa: FBT001
    value: object,
    schema: Schema,
) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    for key in value:
        if key in known:
            continue
        if isinstance(additional, dict):
            yield from _descend(inner, value[key], additional, key)
        elif not additional:
            yield ValidationError(key)


def _property_names(inner: Any, names: Schema, value: object, _schema: Schema) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        for key in value:
            yield from _descend(inner, key, names)


def _items(inner: Any, item: Schema, value: object, _schema: Schema) -> Iterator[ValidationError]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _descend(inner, one, item, index)


def _required(_inner: Any, required: list[str], value: object, schema: Schema) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    unknown = [key for key in value if key not in schema.get("properties", {})]
    for key in required:
        # A misspelt key is one mistake: it is unknown, and then not missing as well.
        if key not in value and not any(did_you_mean(word, [key]) for word in unknown):
            yield ValidationError(key)
