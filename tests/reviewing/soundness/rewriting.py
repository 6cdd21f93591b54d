"""Rewriting: the same policy written otherwise; comments go, and order, defaults and names change without meaning."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

Pairs = list[tuple[Node, Node]]

DEFAULTS = {
    "language": "1",
    "timezone": "UTC",
    "locale": "en",
    "direction": "rank",
    "account_credit": "use",
    "rounding": "{mode: half_up, per: line, daily_rate: false}",
    "proration": "{by: day, change_unit: new_plan, period_length: actual, normalise: months}",
}
RULES = ("no_change", "restrictions", "transitions")
UNORDERED = ("plans", "terms", "credits", "facts", "messages")
"""Sections whose entries have no order; that of add-ons and entitlements is the order of lines and lists."""


def rewritten(text: str, how: str) -> str:
    """Return the text of a policy, or of a file that one includes, written otherwise."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, MappingNode):
        raise TypeError(text)
    WAYS[how](root)
    return str(yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True))


def copied(source: Path, to: Path, how: str) -> Path:
    """Copy a policy, its files rewritten; a folder without its cases."""
    files = [source] if source.is_file() else sorted(source.glob("*.y*ml"))
    for file in files:
        if file.name != "cases.yaml":
            (to / file.name).write_text(rewritten(file.read_text("utf-8"), how), "utf-8")
    return to / source.name if source.is_file() else to


def _as_it_is(root: MappingNode) -> None:
    """Only comments and layout go."""


def _shuffled(root: MappingNode) -> None:
    random = Random(4)
    random.shuffle(root.value)
    for key, node in _entries(root):
        if key in UNORDERED:
            random.shuffle(node.value)
    for node in _rules(root):
        random.shuffle(node.value)
    for section in ("plans", "addons", "terms", "credits", "facts"):
        for node in _bodies(root, section):
            random.shuffle(node.value)
    for when in _whens(root):
        random.shuffle(when.value)


def _with_defaults(root: MappingNode) -> None:
    known = {key for key, _ in _entries(root)}
    if "policy" not in known:
        return
    for key, value in DEFAULTS.items():
        if key not in known:
            node = yaml.compose(value, Loader=yaml.SafeLoader)
            root.value.append((_scalar(key), node))
    for node in _bodies(root, "plans"):
        _default(node, "retired", "false")
        _default(node, "quantity", "{at_least: 1}")
    for node in _bodies(root, "terms"):
        _default(node, "effective", "immediately")


def _with_named_terms(root: MappingNode) -> None:
    """Move terms that are written into a transition to the section of terms."""
    entries = dict(_entries(root))
    named: Pairs = []
    for number, rule in enumerate(_rules(root, "transitions")):
        for place, (key, node) in enumerate(rule.value):
            if key.value == "terms" and isinstance(node, MappingNode):
                name = f"moved-{number}"
                named.append((_scalar(name), node))
                rule.value[place] = (key, _scalar(name))
    if named and "terms" in entries:
        entries["terms"].value += named
    elif named:
        root.value.append((_scalar("terms"), MappingNode("tag:yaml.org,2002:map", named)))


def _renamed(root: MappingNode) -> None:
    for rule in _rules(root):
        for place, (key, node) in enumerate(rule.value):
            if key.value == "id":
                rule.value[place] = (key, _scalar(f"{node.value}-renamed"))


WAYS: dict[str, Callable[[MappingNode], None]] = {
    "dumped": _as_it_is,
    "shuffled": _shuffled,
    "defaults": _with_defaults,
    "named terms": _with_named_terms,
    "renamed": _renamed,
}


def _entries(node: MappingNode) -> Iterator[tuple[str, Node]]:
    return ((key.value, value) for key, value in node.value)


def _bodies(root: MappingNode, section: str) -> Iterator[MappingNode]:
    for key, node in _entries(root):
        if key == section and isinstance(node, MappingNode):
            yield from (body for _, body in _entries(node) if isinstance(body, MappingNode))


def _rules(root: MappingNode, *sections: str) -> Iterator[MappingNode]:
    for key, node in _entries(root):
        if key in (sections or RULES) and isinstance(node, SequenceNode):
            yield from (rule for rule in node.value if isinstance(rule, MappingNode))


def _whens(root: MappingNode) -> Iterator[MappingNode]:
    for holder in (*_rules(root), *_bodies(root, "credits")):
        yield from (node for key, node in _entries(holder) if key == "when" and isinstance(node, MappingNode))


def _default(node: MappingNode, key: str, value: str) -> None:
    if key not in {name for name, _ in _entries(node)}:
        node.value.append((_scalar(key), yaml.compose(value, Loader=yaml.SafeLoader)))


def _scalar(text: str) -> ScalarNode:
    return ScalarNode("tag:yaml.org,2002:str", text)
