"""Edits of one policy, as data: a value set, something removed, a rule added, two rules swapped."""

from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from tests.oracle.policies import to_yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Mutation:
    """An edit; kinds of consequence that it has, None where nobody sees a difference; where the brute force looks."""

    name: str
    text: str
    expect: frozenset[str] | None
    pair: tuple[tuple[str, str], tuple[str, str]] | None


class Exact(yaml.SafeLoader):
    """Reads numbers with a point as exact ones, and dates as the text they are."""


Exact.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))
Exact.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def base() -> str:
    """Return the text of the policy that is edited."""
    return FOLDER.joinpath("base.yaml").read_text("utf-8")


def mutations() -> list[Mutation]:
    """Return every edit of the table."""
    table = yaml.load(FOLDER.joinpath("edits.yaml").read_text("utf-8"), Exact)
    return [_mutation(entry) for entry in table]


def _mutation(entry: dict[str, Any]) -> Mutation:
    document = yaml.load(base(), Exact)
    for path, value in entry.get("set", {}).items():
        holder, key = _place(document, path)
        holder[key] = deepcopy(value)
    for path in entry.get("remove", ()):
        holder, key = _place(document, path)
        del holder[key]
    for section, rule in entry.get("add", {}).items():
        document[section].append(rule)
    if "swap" in entry:
        section, *ids = entry["swap"]
        one, other = (_index(document[section], id) for id in ids)
        document[section][one], document[section][other] = document[section][other], document[section][one]
    expect = None if entry["expect"] == "equal" else frozenset(entry["expect"])
    return Mutation(entry["name"], to_yaml(document), expect, _pair(entry.get("pair")))


def _pair(written: list[str] | None) -> tuple[tuple[str, str], tuple[str, str]] | None:
    if written is None:
        return None
    (held, price), (target, other) = (end.split("/") for end in written)
    return (held, price), (target, other)


def _place(document: Any, path: str) -> tuple[Any, Any]:
    """Return what holds the end of a path, and the key there; a rule is found by its id."""
    node, keys = document, path.split("/")
    for key in keys[:-1]:
        node = node[_index(node, key) if isinstance(node, list) else key]
    return node, _index(node, keys[-1]) if isinstance(node, list) else keys[-1]


def _index(rules: list[dict[str, Any]], id: str) -> int:
    return next(number for number, rule in enumerate(rules) if rule["id"] == id)
