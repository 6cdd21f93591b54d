"""A condition as written becomes a tree of comparisons, each checked against the fact's type."""

from collections.abc import Iterator, Mapping
from typing import Literal, cast

from msgspec import Struct

from crossgrade.facts.vocabulary import Fact
from crossgrade.model.condition import ALWAYS, AllOf, AnyOf, Comparison, Condition, Constant, NoneOf, Operator
from crossgrade.model.declaration import FactType
from crossgrade.reading.build_amounts import Currencies
from crossgrade.reading.build_constants import TYPES, constant_of
from crossgrade.reading.build_names import listed, nearest, nearest_dotted
from crossgrade.reading.build_nodes import items_of, pairs_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Items, Node, Scalar

_GROUPS: dict[str, type[AllOf] | type[AnyOf] | type[NoneOf]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_ORDERS = ("at_least", "at_most", "more_than", "less_than")
_OPERATORS = (*_ORDERS, "between", "not")
_ORDERED_TYPES = ("integer", "number", "amount", "date")


class Language(Struct, frozen=True):
    """What conditions are written in: the facts of the vocabulary and the policy's currencies."""

    facts: Mapping[str, Fact]
    currencies: Currencies


def condition_of(node: Node | None, language: Language, report: Report) -> Condition:
    """Return the condition a mapping stands for; without one, what always holds."""
    if node is None:
        return ALWAYS
    if isinstance(node, Entries) and not node.entries:
        report.error(node, "empty-condition", "a condition without a fact always holds", "name a fact, or leave it out")
    parts = tuple(part for key, value in pairs_of(node) for part in _parts(key, value, language, report))
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _parts(key: Scalar, value: Node, language: Language, report: Report) -> tuple[Condition, ...]:
    word = str(key.value)
    if word in _GROUPS:
        return (_GROUPS[word](tuple(condition_of(item, language, report) for item in items_of(value))),)
    fact = _fact(key, language, report)
    if fact is None or report.spoilt(value):
        return ()
    if isinstance(value, Entries):
        return _compared(fact, value, language, report)
    return _equal(fact, "in", value, language, report)


def _compared(fact: Fact, operators: Entries, language: Language, report: Report) -> tuple[Condition, ...]:
    if not operators.entries:
        message = f"`{fact.name}` is compared with nothing, expected an operator"
        report.error(operators, "empty-condition", message, f"operators are {listed(_OPERATORS)}")
    pairs = operators.entries
    return tuple(part for word, constant in pairs for part in _ordered(fact, word, constant, language, report))


def _fact(key: Scalar, language: Language, report: Report) -> Fact | None:
    word = str(key.value)
    if word in language.facts:
        return language.facts[word]
    if word in report.adopted("facts"):
        return None
    near = nearest_dotted(word, [*language.facts, *_GROUPS])
    if not report.lost("facts") and not report.lost("entitlements"):
        remedy = f"did you mean `{near}`?" if near else _where_declared(word)
        report.unknown(key, "fact", word, f"there is no fact `{word}`", remedy)
    # What it is compared with cannot be checked: the proposal may be of another type.
    return None


def _where_declared(word: str) -> str:
    section, _, rest = word.partition(".")
    if rest and section in ("customer", "usage", "request"):
        return f"declare it under `facts`, for example `{word}: {{type: string}}`"
    return "facts are under `membership.`, `target.`, `change.`, `usage.`, `customer.`, `request.` and `at.`"


def _constant(fact: Fact, node: Node, language: Language, report: Report) -> Constant | None:
    return constant_of(node, fact, language.currencies, report)


def _equal(
    fact: Fact, operator: Literal["in", "not_in"], node: Node, language: Language, report: Report
) -> tuple[Condition, ...]:
    if isinstance(node, Items) and not node.items:
        message = f"`{fact.name}` is compared with an empty list, expected at least one value"
        report.error(node, "empty-list", message, "write a value, or remove the fact")
    nodes = items_of(node) if isinstance(node, Items) else (node,)
    found = [_constant(fact, item, language, report) for item in nodes]
    constants = tuple(dict.fromkeys(constant for constant in found if constant is not None))
    return (Comparison(fact.name, operator, constants),) if constants else ()


def _ordered(fact: Fact, operator: Scalar, node: Node, language: Language, report: Report) -> tuple[Condition, ...]:
    word = _operator(fact, operator, report)
    if word == "not":
        return _equal(fact, "not_in", node, language, report)
    if word is None or not _fits(fact, word, operator, report):
        return ()
    if word == "between":
        return _between(fact, operator, node, language, report)
    if isinstance(node, Items):
        message = f"`{word}` takes one value, found a list"
        report.error(node, "operator-does-not-fit", message, "write one value, or `between: [low, high]`")
        return ()
    constant = _constant(fact, node, language, report)
    return () if constant is None else (Comparison(fact.name, cast(Operator, word), (constant,)),)


def _operator(fact: Fact, operator: Scalar, report: Report) -> str | None:
    word = str(operator.value)
    if word in _OPERATORS:
        return word
    if fact.type == "amount" and word.isupper():
        _report_bare_map(fact, operator, report)
        return None
    near = nearest(word, _OPERATORS)
    remedy = f"did you mean `{near}`?" if near else f"operators are {listed(_OPERATORS)}"
    report.error(operator, "unknown-operator", f"there is no operator `{word}`", remedy)
    return near


def _report_bare_map(fact: Fact, operator: Scalar, report: Report) -> None:
    message = f"`{fact.name}` is followed by an operator, found the currency `{operator.value}`"
    report.error(
        operator,
        "unknown-operator",
        message,
        f"write `{fact.name}: [{{{operator.value}: ...}}]`, or an operator before the amounts",
    )


def _fits(fact: Fact, word: str, operator: Scalar, report: Report) -> bool:
    if fact.type in _ORDERED_TYPES:
        return True
    message = f"`{word}` needs an order, and `{fact.name}` is {TYPES[fact.type]}"
    report.error(operator, "operator-does-not-fit", message, _instead(fact.type))
    return False


def _instead(wanted: FactType) -> str:
    return (
        "write `true` or `false` after the fact"
        if wanted == "boolean"
        else "write the value, a list of values, or `not`"
    )


def _between(fact: Fact, operator: Scalar, node: Node, language: Language, report: Report) -> tuple[Condition, ...]:
    ends = items_of(node)
    if len(ends) != 2:
        report.error(
            node, "bad-range", "`between` takes a list of two values, both included", "write `between: [low, high]`"
        )
        return ()
    low, high = (_constant(fact, end, language, report) for end in ends)
    if low is None or high is None:
        return ()
    if _above(low, high):
        message = f"the range is empty, {_written(ends[0])} is above {_written(ends[1])}"
        report.error(node, "reversed-range", message, f"write `{operator.value}: [{_word(ends[1])}, {_word(ends[0])}]`")
    return (Comparison(fact.name, "at_least", (low,)), Comparison(fact.name, "at_most", (high,)))


def _above(low: Constant, high: Constant) -> bool:
    from crossgrade.model.money import Amounts

    if isinstance(low, Amounts) and isinstance(high, Amounts):
        return any(minor > high.by_currency.get(code, minor) for code, minor in low.by_currency.items())
    return cast(int, low) > cast(int, high)


def _word(node: Node) -> str:
    return node.written if isinstance(node, Scalar) else "..."


def _written(node: Node) -> str:
    return f"`{_word(node)}`"


def facts_tested(node: Node | None) -> Iterator[Scalar]:
    """Yield the keys of a condition that name facts, in the order they are written."""
    for key, value in pairs_of(node):
        if key.value in _GROUPS:
            for item in items_of(value):
                yield from facts_tested(item)
        else:
            yield key
