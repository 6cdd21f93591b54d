"""A text is what people read, by locale; its placeholders are checked against what a decision knows."""

import re
from collections.abc import Collection, Mapping

from msgspec import Struct

from crossgrade.diagnostics import Place
from crossgrade.model.catalogue import Entitlement
from crossgrade.model.declaration import FactDeclaration
from crossgrade.model.text import Text
from crossgrade.reading.build_names import MOST_LISTED, listed, nearest_dotted
from crossgrade.reading.build_nodes import pairs_of
from crossgrade.reading.build_report import Report
from crossgrade.reading.located import Node, Scalar

_BRACES = re.compile(r"\{[^{}]*\}|[{}]")


class Placeholders(Struct, frozen=True):
    """What may stand between braces, and by name what may not, as it would show a masked fact, with that fact."""

    known: tuple[str, ...]
    masked: Mapping[str, str]


def placeholders(
    facts: Collection[str], entitlements: Mapping[str, Entitlement], declared: Mapping[str, FactDeclaration]
) -> Placeholders:
    """Return everything that may stand between braces."""
    numeric = [id for id, entitlement in entitlements.items() if entitlement.type == "integer"]
    found = (
        *facts,
        "current.title",
        "target.title",
        *(f"{side}.entitlements.{id}" for side in ("current", "target") for id in entitlements),
        *(f"excess.{id}" for id in numeric),
    )
    hidden = {name: name for name, fact in declared.items() if fact.mask}
    # What exceeds a grant tells the usage.
    hidden |= {f"excess.{id}": f"usage.{id}" for id in numeric if f"usage.{id}" in hidden}
    return Placeholders(tuple(name for name in found if name not in hidden), hidden)


def title_of(node: Node | None, default: str, locale: str, report: Report) -> Text:
    """Return a title, the id where none is written; titles are shown as they stand, without placeholders."""
    found = _texts(node, locale, report)
    for text in found.values():
        braces = _BRACES.search(str(text.value))
        if braces:
            place = _place_of(braces[0], text)
            message = f"a title has no placeholders, found `{braces[0]}`"
            report.error(place, "unknown-placeholder", message, "write the title out")
    return Text({key: str(text.value) for key, text in found.items()} or {locale: default})


def text_of(node: Node | None, allowed: Placeholders, locale: str, report: Report) -> Text | None:
    """Return a message with its placeholders checked, None where none is written."""
    found = _texts(node, locale, report)
    for text in found.values():
        for braces in _BRACES.findall(str(text.value)):
            _check(braces, text, allowed, report)
    return Text({key: str(text.value) for key, text in found.items()}) if found else None


def _texts(node: Node | None, locale: str, report: Report) -> dict[str, Scalar]:
    pairs = [(locale, node)] if isinstance(node, Scalar) else [(str(key.value), text) for key, text in pairs_of(node)]
    return {
        key: text
        for key, text in pairs
        if isinstance(text, Scalar) and isinstance(text.value, str) and not report.spoilt(text)
    }


def _check(braces: str, text: Scalar, allowed: Placeholders, report: Report) -> None:
    place = _place_of(braces, text)
    if len(braces) == 1:
        remedy = "write placeholders as `{target.title}`"
        report.error(place, "unbalanced-brace", f"the `{braces}` has no counterpart", remedy)
        return
    name = braces[1:-1]
    if name in allowed.masked:
        message = f"`{braces}` would show the masked fact `{allowed.masked[name]}`"
        report.error(place, "masked-placeholder", message, "write the text without it")
    elif name not in allowed.known:
        remedy = _proposal(name, allowed.known)
        report.unknown(place, "placeholder", name, f"there is no placeholder `{braces}`", remedy)


def _proposal(name: str, known: Collection[str]) -> str:
    near = nearest_dotted(name.strip(), known)
    if near:
        return f"did you mean `{{{near}}}`?"
    siblings = [word for word in known if word.rpartition(".")[0] == name.rpartition(".")[0]]
    if 0 < len(siblings) <= MOST_LISTED:
        return f"known here: {listed(f'{{{word}}}' for word in siblings)}"
    return (
        "a placeholder is a fact of the policy, `{current.title}`, `{target.title}` or an entitlement of one of the two"
    )


def _place_of(word: str, text: Scalar) -> Place:
    """Return where the word stands; the whole text where it runs over several lines."""
    place = text.place
    start = place.text.find(word, place.column - 1)
    if start < 0:
        return place
    return Place(place.file, place.line, start + 1, len(word), place.text)
