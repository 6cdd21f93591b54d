"""Families in words: which plans belong together, and in which order they rank."""

from collections.abc import Iterator, Mapping

from crossgrade.model.catalogue import Family
from crossgrade.reviewing.words_said import Both, Word, text_changes


def family_words(pair: Both) -> Iterator[Word]:
    """Say how the families differ, then which plans moved from one to another."""
    old, new = pair.old.policy.families, pair.new.policy.families
    for id, family in new.items():
        if id in old:
            for sentence in family_changes(old[id], family, pair):
                yield Word("families", id, sentence)
        else:
            yield Word("families", id, f"family `{id}` added: {_order(family.ranks)}")
    yield from (Word("families", id, f"family `{id}` removed") for id in old if id not in new)
    yield from _moves(old, new, pair)


def family_changes(old: Family, new: Family, pair: Both) -> Iterator[str]:
    """Say how a family differs in its title and in the order of the plans it keeps."""
    yield from text_changes(f"family `{new.id}` title", old.title, new.title, pair)
    common = {plan for rank in old.ranks for plan in rank} & {plan for rank in new.ranks for plan in rank}
    before, after = _only(old.ranks, common), _only(new.ranks, common)
    if _order(before) != _order(after):
        yield f"family `{new.id}`: {_order(before)} → {_order(after)}"


def _only(ranks: tuple[tuple[str, ...], ...], plans: set[str]) -> tuple[tuple[str, ...], ...]:
    found = tuple(tuple(plan for plan in rank if plan in plans) for rank in ranks)
    return tuple(rank for rank in found if rank)


def _order(ranks: tuple[tuple[str, ...], ...]) -> str:
    """Return plans from the lowest to the highest; those that share a rank are equal, in no order."""
    return " < ".join(" = ".join(f"`{plan}`" for plan in sorted(rank)) for rank in ranks) or "no plans"


def _moves(old: Mapping[str, Family], new: Mapping[str, Family], pair: Both) -> Iterator[Word]:
    before, after = _family_by_plan(old), _family_by_plan(new)
    for plan in dict.fromkeys((*after, *before)):
        source, target = before.get(plan), after.get(plan)
        if source != target:
            for sentence in _move(plan, source, target, pair):
                yield Word("families", plan, sentence)


def _move(plan: str, source: str | None, target: str | None, pair: Both) -> Iterator[str]:
    """Say where a plan went; what an added family has and a removed plan leaves is said already."""
    families = pair.new.policy.families
    if target is None:
        if source in families and plan in pair.new.names:
            yield f"plan `{plan}` leaves the family `{source}`"
    elif source is not None:
        yield f"plan `{plan}` moves from the family `{source}` to `{target}`: {_order(families[target].ranks)}"
    elif target in pair.old.policy.families:
        yield f"plan `{plan}` joins the family `{target}`: {_order(families[target].ranks)}"


def _family_by_plan(families: Mapping[str, Family]) -> dict[str, str]:
    return {plan: family.id for family in families.values() for rank in family.ranks for plan in rank}
