"""Small random edits of a small policy: one of everything that an author changes."""

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from tests.reviewing.soundness import small_policies as made
from tests.reviewing.soundness.small_policies import Document

Themes = tuple[str, ...]
Edit = Callable[[Random, Themes, Document], None]

RULES = ("no_change", "restrictions", "transitions")


def edited(random: Random, themes: Themes, document: Document) -> tuple[Document, tuple[str, ...]]:
    """Return a policy with one edit, now and then two, and what they are called."""
    found, names = deepcopy(document), []
    for _ in range(2 if made.chance(random, 25) else 1):
        name = random.choice(list(EDITS))
        EDITS[name](random, themes, found)
        names.append(name)
    return found, tuple(names)


def _rules(random: Random, document: Document, *sections: str) -> list[Any]:
    held = [name for name in sections if document.get(name)]
    rules: list[Any] = document[random.choice(held)] if held else document["transitions"]
    return rules


def _when(random: Random, themes: Themes, document: Document) -> None:
    random.choice(_rules(random, document, *RULES))["when"] = made.condition(random, themes)


def _no_when(random: Random, themes: Themes, document: Document) -> None:
    random.choice(_rules(random, document, "no_change", "transitions")).pop("when", None)


def _constant(random: Random, themes: Themes, document: Document) -> None:
    """Change one constant of a condition where there is a number."""
    rule = random.choice(_rules(random, document, *RULES))
    _bump(rule.get("when", {}), random)


def _bump(node: Any, random: Random) -> None:
    for key, value in node.items() if isinstance(node, dict) else []:
        if type(value) is int:
            node[key] = max(value + random.choice((-1, 1)), 0) if key != "membership.rank" else value
        elif key != "between":
            for each in value if isinstance(value, list) else [value]:
                _bump(each, random)


def _swap(random: Random, themes: Themes, document: Document) -> None:
    rules = _rules(random, document, *RULES)
    one, other = random.randrange(len(rules)), random.randrange(len(rules))
    rules[one], rules[other] = rules[other], rules[one]


def _remove(random: Random, themes: Themes, document: Document) -> None:
    rules = _rules(random, document, *RULES)
    if len(rules) > 1:
        rules.pop(random.randrange(len(rules)))


def _add(random: Random, themes: Themes, document: Document) -> None:
    ids, section = list(document["plans"]), random.choice(RULES)
    rule = {
        "no_change": lambda: made.no_change(random, themes, 9),
        "restrictions": lambda: made.restriction(random, themes, ids, 9),
        "transitions": lambda: made.transition(random, themes, ids, 9),
    }[section]()
    document[section].insert(random.randrange(len(document[section]) + 1), rule)


def _terms(random: Random, themes: Themes, document: Document) -> None:
    rule = random.choice(document["transitions"])
    rule.pop("refuse", None)
    rule["terms"] = deepcopy(random.choice(made.TERMS))


def _ends(random: Random, themes: Themes, document: Document) -> None:
    rule = random.choice(_rules(random, document, "restrictions", "transitions"))
    rule[random.choice(("from", "to"))] = made.ends(random, list(document["plans"]))


def _change(random: Random, themes: Themes, document: Document) -> None:
    rule = random.choice(_rules(random, document, "restrictions", "transitions"))
    rule["change"] = random.choice(made.KINDS)


def _text(random: Random, themes: Themes, document: Document) -> None:
    if document["restrictions"] and made.chance(random, 60):
        random.choice(document["restrictions"])["message"] = random.choice(made.TEXTS)
    else:
        document["otherwise"] = random.choice(made.TEXTS)


def _messages(random: Random, themes: Themes, document: Document) -> None:
    key = random.choice(("outside-family", "same-selection", "already-pending", "retired", "included", "withdrawal"))
    document.setdefault("messages", {})[key] = random.choice(("Other words.", "{target.title}: no."))


def _plan(random: Random, themes: Themes, document: Document) -> None:
    id = random.choice(list(document["plans"]))
    document["plans"][id] = {**made.plan(random), "prices": document["plans"][id]["prices"]}


def _price(random: Random, themes: Themes, document: Document) -> None:
    plan = random.choice(list(document["plans"].values()))
    if isinstance(plan["prices"], dict):
        id = random.choice(list(plan["prices"]))
        if isinstance(plan["prices"][id], int):
            plan["prices"][id] += random.choice((-1, 1, 5))


def _retired(random: Random, themes: Themes, document: Document) -> None:
    random.choice(list(document["plans"].values()))["retired"] = True


def _new_plan(random: Random, themes: Themes, document: Document) -> None:
    document["plans"]["omega"] = made.plan(random)
    document["families"]["one"].append("omega")


def _families(random: Random, themes: Themes, document: Document) -> None:
    document["families"] = made.families(random, list(document["plans"]))
    document["families"].setdefault("two", [])
    if not document["families"]["two"]:
        del document["families"]["two"]


def _addon(random: Random, themes: Themes, document: Document) -> None:
    if "addons" in document:
        document["addons"]["extra"] = made.addon(random, list(document["plans"]))


def _credit(random: Random, themes: Themes, document: Document) -> None:
    document["credits"]["seldom"] = random.choice((
        {"basis": "paid"}, {"basis": "recurring", "at_most": "paid"}, {"basis": "list_price"},
        {"basis": "recurring", "when": made.condition(random, themes)},
    ))  # fmt: skip


def _settings(random: Random, themes: Themes, document: Document) -> None:
    document.update(
        random.choice(
            (
                {"direction": random.choice(("rank", "price", "price_per_day"))},
                {"rounding": {"mode": random.choice(("half_even", "up", "down"))}},
                {"account_credit": "keep"},
                {"proration": {"change_unit": "old_plan"}},
                {"proration": {"by": "month"}},
                {"proration": {"period_length": "average"}},
                {"title": "Another title"},
                {"locale": "de"},
            )
        )
    )


def _default(random: Random, themes: Themes, document: Document) -> None:
    fact, default = random.choice((("customer.level", 0), ("customer.level", 2), ("request.channel", "app")))
    document["facts"][fact]["default"] = default


EDITS: dict[str, Edit] = {
    "when": _when, "no when": _no_when, "constant": _constant, "constant again": _constant, "swap": _swap,
    "remove": _remove, "add": _add, "terms": _terms, "ends": _ends, "change": _change, "text": _text,
    "messages": _messages, "plan": _plan, "price": _price, "retired": _retired, "new plan": _new_plan,
    "families": _families, "addon": _addon, "credit": _credit, "settings": _settings, "default": _default,
}  # fmt: skip
