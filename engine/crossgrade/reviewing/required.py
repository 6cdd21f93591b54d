"""Facts that callers must give, or may no longer give, under the new policy: there every caller breaks."""

from collections.abc import Iterator

from msgspec import structs

from crossgrade.deciding.engine import Engine
from crossgrade.model.declaration import FactDeclaration
from crossgrade.reviewing.catalogue import held_prices
from crossgrade.reviewing.consequence import SEVERITIES, Consequence, Witness, fingerprint
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.search import Search
from crossgrade.reviewing.shapes import Question, Shape
from crossgrade.reviewing.space import Space
from crossgrade.reviewing.witness import asked, chosen, question, seen, typical


def consequences(search: Search, old: Engine, new: Engine) -> Iterator[Consequence]:
    """Return a consequence for each fact by which calls that worked become errors."""
    for currency in search.stretch.old.currencies.values():
        space, shapes = search.space(currency)
        for ends in held_prices(search.stretch.old):
            shape = next(shapes.of(ends, ends, currency), None)
            if shape is not None:
                yield from _broken(shape, ends, space, (old, new))
                return


def _broken(shape: Shape, ends: Ends, space: Space, engines: tuple[Engine, Engine]) -> Iterator[Consequence]:
    before, after = space.old.policy.given_facts, space.new.policy.given_facts
    for name in dict.fromkeys((*before, *after)):
        for given in _trials(name, before.get(name), after.get(name), shape):
            found = _consequence(name, given, shape, ends, space, engines)
            if found is not None:
                yield found
                break


def _trials(
    name: str, old: FactDeclaration | None, new: FactDeclaration | None, shape: Shape
) -> Iterator[dict[str, object]]:
    """Return ways to give a fact, or to leave it out, that the old policy takes."""
    if old == new:
        return
    if old is None or not old.required:
        yield {}
    if old is not None:
        values = old.one_of or (typical(old, shape),)
        for value in values:
            yield {name: value}


def _consequence(  # noqa: PLR0913 - a fact, a member and both engines
    name: str,
    given: dict[str, object],
    shape: Shape,
    ends: Ends,
    space: Space,
    engines: tuple[Engine, Engine],
) -> Consequence | None:
    member, zone = chosen(shape, {}, {}, space), space.old.policy.zone
    old, new = (_asked_with(question(shape, member, one, zone), name, given) for one in (space.old, space.new))
    before, after = (seen(asked(engine, each)) for engine, each in zip(engines, (old, new), strict=True))
    if before["outcome"] == "error" or after["outcome"] != "error":
        return None
    how = f"`{name}` is left out" if not given else f"`{name}` is given as {given[name]}"
    return Consequence(
        "new-required-fact",
        SEVERITIES["new-required-fact"],
        fingerprint("new-required-fact", space.first, name, given, after),
        "none",
        (None, None),
        ((ends, ends),),
        (how,),
        Witness(shape, member, old, new, before, after),
        space.first,
        space.until,
    )


def _asked_with(question: Question, name: str, given: dict[str, object]) -> Question:
    own = {key: value for key, value in question.own.items() if key != name}
    return structs.replace(question, own={**own, **given})
