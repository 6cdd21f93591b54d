"""What a mapping or list holds, read so that a wrong shape, which the schema reports, is passed over."""

from crossgrade.reading.build_names import nearest
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Entries, Items, Node, Scalar


def value_of(node: Node | None, key: str, report: Report) -> Node | None:
    """Return the value of a key, also where the key is misspelt and was reported as unknown."""
    if not isinstance(node, Entries):
        return None
    found = node.get(key)
    if found is not None:
        return found
    unknown = [(word, value) for word, value in node.entries if report.spoilt(word)]
    return next((value for word, value in unknown if nearest(str(word.value), [key])), None)


def pairs_of(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """Return the entries of a mapping; nothing where the node is none, which the schema reports."""
    return node.entries if isinstance(node, Entries) else ()


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list; nothing where the node is none, which the schema reports."""
    return node.items if isinstance(node, Items) else ()


def names_in(node: Node | None) -> tuple[Scalar, ...]:
    """Return the words of a node that is one word or a list of them."""
    found = (node,) if isinstance(node, Scalar) else items_of(node)
    return tuple(item for item in found if isinstance(item, Scalar))


def word_of(node: Node | None, report: Report, default: str) -> str:
    """Return a word; the default where there is none or the schema refused it."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and not report.spoilt(node):
        return node.value
    return default


def number_of(node: Node | None, report: Report) -> int | None:
    """Return a whole number; None where there is none or the schema refused it."""
    if isinstance(node, Scalar) and not report.spoilt(node) and type(node.value) is int:
        return node.value
    return None


def truth_of(node: Node | None, report: Report) -> bool:
    """Return whether `true` is written."""
    return isinstance(node, Scalar) and node.value is True and not report.spoilt(node)
