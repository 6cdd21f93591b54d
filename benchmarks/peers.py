"""The same rules elsewhere: as a decision table of zen-engine, and as plain Python."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from crossgrade.model.rules import CHANGE_GROUPS
from policies import Check, Constant, Rule

Facts = Mapping[str, Constant]
"""Facts by their dotted name; amounts are cents. `change.kind`, `membership.plan` and `target.plan` are among them."""

Layout = Literal["columns", "expressions"]
_SYMBOLS = {"at_least": ">=", "at_most": "<="}


def nested(facts: Facts) -> dict[str, dict[str, Constant]]:
    """Return facts as zen-engine wants them: `customer.staff` is a key of `customer`."""
    found: dict[str, dict[str, Constant]] = {}
    for name, value in facts.items():
        section, _, key = name.partition(".")
        found.setdefault(section, {})[key] = value
    return found


def zen_table(rules: Sequence[Rule], layout: Layout) -> Callable[[Mapping[str, Any]], list[str]]:
    """Return zen-engine's answer to nested facts: a decision table that collects the rules that hold.

    `columns` gives each fact a column and leaves empty what a rule does not test; `expressions` writes each rule's
    whole condition into one cell.
    """
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(_graph(rules, layout)))

    def ask(facts: Mapping[str, Any]) -> list[str]:
        found = decision.evaluate(facts)["result"]
        return [row["rule"] for row in found]

    return ask


def _graph(rules: Sequence[Rule], layout: Layout) -> dict[str, Any]:
    table = zen_cells(rules) if layout == "columns" else _expressions(rules)
    content = {"hitPolicy": "collect", "outputs": [{"id": "rule", "name": "rule", "field": "rule"}], **table}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def zen_cells(rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the cells of a decision table with a column for each fact, empty where a rule does not test it."""
    cells = [_cells(rule) for rule in rules]
    places = {fact: f"c{place}" for place, fact in enumerate(dict.fromkeys(fact for row in cells for fact in row))}
    return {
        "inputs": [{"id": place, "name": fact, "field": fact} for fact, place in places.items()],
        "rules": [
            {"_id": rule.id, "rule": f'"{rule.id}"', **{place: row.get(fact, "") for fact, place in places.items()}}
            for rule, row in zip(rules, cells, strict=True)
        ],
    }


def _expressions(rules: Sequence[Rule]) -> dict[str, Any]:
    rows = []
    for rule in rules:
        parts = [_expression(check) for check in conditions(rule)]
        rows.append({"_id": rule.id, "rule": f'"{rule.id}"', "when": " and ".join(parts)})
    return {"inputs": [{"id": "when", "name": "when"}], "rules": rows}


def conditions(rule: Rule) -> list[Check]:
    """Return a rule's whole condition: its tests, and before them its kinds of change and its two ends."""
    found = [] if rule.change == "any" else [Check("change.kind", "in", CHANGE_GROUPS.get(rule.change, (rule.change,)))]
    ends = (("membership.plan", rule.source), ("target.plan", rule.target))
    found += [Check(fact, "in", (plan,)) for fact, plan in ends if plan is not None]
    return [*found, *rule.checks]


def _cells(rule: Rule) -> dict[str, str]:
    return {check.fact: _cell(check) for check in conditions(rule)}


def _cell(check: Check) -> str:
    constants = [json.dumps(constant) for constant in check.constants]
    if check.operator == "in":
        return ", ".join(constants)
    if check.operator == "between":
        return f"[{constants[0]}..{constants[1]}]"
    return f"{_SYMBOLS[check.operator]} {constants[0]}"


def _expression(check: Check) -> str:
    constants = [json.dumps(constant) for constant in check.constants]
    if check.operator == "in":
        return f"{check.fact} == {constants[0]}" if len(constants) == 1 else f"{check.fact} in [{', '.join(constants)}]"
    if check.operator == "between":
        return f"{check.fact} in [{constants[0]}..{constants[1]}]"
    return f"{check.fact} {_SYMBOLS[check.operator]} {constants[0]}"


def python_loop(rules: Sequence[Rule]) -> Callable[[Facts], list[str]]:
    """Return plain Python's answer: every rule's condition as one expression, asked one after the other.

    Nothing is checked, indexed or exact here; it is the least that Python can do.
    """
    tests = [(rule.id, _function(rule)) for rule in rules]

    def ask(facts: Facts) -> list[str]:
        return [id_ for id_, test in tests if test(facts)]

    return ask


def _function(rule: Rule) -> Callable[[Facts], bool]:
    source = " and ".join(python(check) for check in conditions(rule)) or "True"
    found: Callable[[Facts], bool] = eval(f"lambda facts: {source}")
    return found


def python(check: Check) -> str:
    """Return a test as an expression over `facts`."""
    value = f"facts[{check.fact!r}]"
    if check.operator == "in":
        return f"{value} == {check.constants[0]!r}" if len(check.constants) == 1 else f"{value} in {check.constants!r}"
    if check.operator == "between":
        return f"{check.constants[0]} <= {value} <= {check.constants[1]}"
    return f"{value} {_SYMBOLS[check.operator]} {check.constants[0]}"
