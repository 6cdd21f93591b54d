"""The same policy, whole, for others: facts as JSON in, the decision as JSON out.

They are given facts that crossgrade derives (days, amounts, what exceeds what) and cannot price: what they decide is
which restrictions forbid, and else which transition is the first that holds.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from peers import conditions, nested, zen_cells

from policies import Check, Rule

Decide = Callable[[bytes], bytes]
"""JSON in, JSON out."""


def body(facts: dict[str, Any], *, flat: bool) -> bytes:
    """Return facts as JSON: under their dotted names, or a mapping for each section."""
    return json.dumps(facts if flat else nested(facts)).encode()


def _answer(reasons: Sequence[str], rule: str | None) -> bytes:
    if reasons:
        return json.dumps({"outcome": "refusal", "reasons": list(reasons)}).encode()
    return json.dumps({"outcome": "quote", "rule": rule}).encode()


def _split(rules: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    restrictions = [rule for rule in rules if rule.section == "restrictions"]
    return restrictions, [rule for rule in rules if rule.section == "transitions"]


def zen_engine(rules: Sequence[Rule]) -> Decide:
    """Two decision tables: restrictions that collect, transitions of which the first counts."""
    import zen

    restrictions, transitions = _split(rules)
    tables = [("restrictions", restrictions, "collect"), ("transitions", transitions, "first")]
    nodes = [
        {"id": name, "type": "decisionTableNode", "name": name, "content": _table(name, some, policy)}
        for name, some, policy in tables
    ]
    ends = [{"id": end, "type": f"{end}Node", "name": end} for end in ("input", "output")]
    edges = [
        edge
        for name, _, _ in tables
        for edge in (
            {"id": f"in-{name}", "type": "edge", "sourceId": "input", "targetId": name},
            {"id": f"out-{name}", "type": "edge", "sourceId": name, "targetId": "output"},
        )
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": [*ends, *nodes], "edges": edges}))

    def decide(text: bytes) -> bytes:
        found = decision.evaluate(json.loads(text))["result"]
        return _answer([row["rule"] for row in found["restrictions"]], found["transitions"]["rule"])

    return decide


def _table(name: str, rules: Sequence[Rule], policy: str) -> dict[str, Any]:
    outputs = [{"id": "rule", "name": "rule", "field": "rule"}]
    return {"hitPolicy": policy, "outputs": outputs, "outputPath": name, **zen_cells(rules)}


def cedar(rules: Sequence[Rule]) -> Decide:
    """Restrictions are `forbid`, transitions `permit`; Cedar says which policies determined its answer."""
    import cedarpy

    texts = []
    for rule in rules:
        effect = "forbid" if rule.section == "restrictions" else "permit"
        when = " && ".join(_cedar(check) for check in conditions(rule)) or "true"
        texts.append(f"{effect}(principal, action, resource) when {{ {when} }};")
    known = cedarpy.PolicySet.from_str("\n".join(texts))
    nobody = cedarpy.Entities.from_json_str("[]")
    ids = {f"policy{number}": (number, rule.id) for number, rule in enumerate(rules)}
    who = {"principal": 'Member::"m"', "action": 'Action::"change"', "resource": 'Plan::"p"'}

    def decide(text: bytes) -> bytes:
        found = cedarpy.is_authorized({**who, "context": text.decode()}, known, nobody)
        if found.diagnostics.errors:
            raise AssertionError(found.diagnostics.errors)
        named = [id_ for _, id_ in sorted(ids[reason] for reason in found.diagnostics.reasons)]
        return _answer([], named[0]) if found.allowed else _answer(named, None)

    return decide


def _cedar(check: Check) -> str:
    value, constants = f'context["{check.fact}"]', [json.dumps(constant) for constant in check.constants]
    if check.operator == "in":
        return f"{value} == {constants[0]}" if len(constants) == 1 else f"[{', '.join(constants)}].contains({value})"
    return _compared(check, value, "&&")


def _compared(check: Check, value: str, both: str) -> str:
    if check.operator == "between":
        return f"{value} >= {check.constants[0]} {both} {value} <= {check.constants[1]}"
    return f"{value} {'>=' if check.operator == 'at_least' else '<='} {check.constants[0]}"


def cel(rules: Sequence[Rule]) -> Decide:
    """One expression: a list of the restrictions that hold, and a chain for the first transition."""
    import cel as expressions

    restrictions, transitions = _split(rules)
    forbidding = ", ".join(f"{_cel(rule)} ? {json.dumps(rule.id)} : ''" for rule in restrictions)
    chain = "''"
    for rule in reversed(transitions):
        chain = f"({_cel(rule)} ? {json.dumps(rule.id)} : {chain})"
    program = expressions.compile(f"{{'reasons': [{forbidding}].filter(rule, rule != ''), 'rule': {chain}}}")

    def decide(text: bytes) -> bytes:
        found = program.execute(json.loads(text))
        return _answer(found["reasons"], found["rule"])

    return decide


def _cel(rule: Rule) -> str:
    return " && ".join(_cel_check(check) for check in conditions(rule)) or "true"


def _cel_check(check: Check) -> str:
    if check.operator != "in":
        return _compared(check, check.fact, "&&")
    constants = [json.dumps(constant) for constant in check.constants]
    return f"{check.fact} == {constants[0]}" if len(constants) == 1 else f"{check.fact} in [{', '.join(constants)}]"


def rule_engine(rules: Sequence[Rule]) -> Decide:
    """A rule each: all restrictions are asked, and transitions until the first that holds."""
    import rule_engine as engine

    restrictions, transitions = ([(rule.id, engine.Rule(_spoken(rule))) for rule in some] for some in _split(rules))

    def decide(text: bytes) -> bytes:
        facts = json.loads(text)
        reasons = [id_ for id_, rule in restrictions if rule.matches(facts)]
        way = None if reasons else next(id_ for id_, rule in transitions if rule.matches(facts))
        return _answer(reasons, way)

    return decide


def _spoken(rule: Rule) -> str:
    return " and ".join(_spoken_check(check) for check in conditions(rule)) or "true"


def _spoken_check(check: Check) -> str:
    if check.operator != "in":
        return _compared(check, check.fact, "and")
    constants = [json.dumps(constant) for constant in check.constants]
    return f"{check.fact} == {constants[0]}" if len(constants) == 1 else f"{check.fact} in [{', '.join(constants)}]"
