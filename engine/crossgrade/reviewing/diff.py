"""The diff of two policies: every consequence for members, proved or shown by a witness, or said to be undecided."""

from collections.abc import Iterator

from msgspec import Struct

from crossgrade.deciding.engine import Engine
from crossgrade.errors import InvalidFacts
from crossgrade.model.decision import Refusal
from crossgrade.model.money import Money
from crossgrade.model.versions import Versions
from crossgrade.reviewing import required
from crossgrade.reviewing.consequence import (
    KINDS,
    SEVERITIES,
    Consequence,
    ConsequenceKind,
    Largest,
    fingerprint,
)
from crossgrade.reviewing.contrast import Contrast
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.grouping import Alike, Group, grouped, pair_of
from crossgrade.reviewing.probing import Probe, Shown
from crossgrade.reviewing.regions import Budget
from crossgrade.reviewing.report import Effort, Report, Undecided
from crossgrade.reviewing.search import ALL_BOXES, Found, Search, Stretch
from crossgrade.reviewing.space import Space
from crossgrade.reviewing.when import in_words
from crossgrade.reviewing.witness import Answer
from crossgrade.reviewing.words import words

MOST_PAIRS = 20
"""How many pairs of a group are asked for the largest difference before only the typical day is looked at."""


class WitnessMismatchError(RuntimeError):
    """The engine that checkout uses does not decide a witness as the analysis says: a fault of crossgrade itself."""


def review(old: Engine, new: Engine, *, boxes: int = ALL_BOXES) -> Report:
    """Return what changes for members from one policy to another.

    `boxes` bounds the work; what is left when it is spent is `not decided`. Raises WitnessMismatchError where a
    witness does not replay.
    """
    budget = Budget(boxes)
    searches = [Search(stretch, budget) for stretch in stretches(old.versions, new.versions)]
    consequences: list[Consequence] = []
    undecided: list[Undecided] = []
    for search in searches:
        consequences += required.consequences(search, old, new)
        review_ = _Stretch(search, old, new)
        consequences += review_.consequences()
        undecided += review_.undecided
        undecided += _uncovered(search)
        undecided += [Undecided(_pair(pair.held, pair.target), reason) for pair, reason in search.undecided]
    return Report(
        new.policy.id,
        words(old.versions, new.versions),
        tuple(sorted(consequences, key=_severest)),
        tuple(dict.fromkeys(undecided)),
        _effort(searches, boxes - max(budget.left, 0)),
        tuple(_notes(searches, old.versions, new.versions)),
    )


def stretches(old: Versions, new: Versions) -> list[Stretch]:
    """Return the days in which the same two versions decide, from the first day on which both policies do."""
    first = max(versions.policies[0].effective for versions in (old, new))
    days = sorted({first, *(policy.effective for one in (old, new) for policy in one.policies)})
    days = [day for day in days if day >= first]
    return [
        Stretch(day, until, before, after)
        for day, until in zip(days, [*days[1:], None], strict=True)
        if (before := old.in_force(day)) is not None and (after := new.in_force(day)) is not None
    ]


class _Stretch:
    """The review of one stretch of days."""

    def __init__(self, search: Search, old: Engine, new: Engine) -> None:
        self._search, self._engines = search, (old, new)
        self.undecided: list[Undecided] = []

    def consequences(self) -> Iterator[Consequence]:
        """Return every consequence, each with a witness that both engines confirm."""
        spaces = {code: self._search.space(one)[0] for code, one in self._search.stretch.old.currencies.items()}
        for key, group in grouped(self._search.run()).items():
            yield from self._group(key, group, spaces)

    def _group(self, key: Alike, group: Group, spaces: dict[str, Space]) -> Iterator[Consequence]:
        """Return the consequences of alike regions; amounts are looked at for each pair, the rest is alike."""
        shown: dict[ConsequenceKind, list[tuple[Found, Probe, Shown]]] = {}
        ordered = group.by_typicality()
        for number, kept in enumerate(ordered if key.outcomes == ("quote", "quote") else ordered[:1]):
            for found in kept:
                probe = Probe(*self._engines, spaces[found.shape.currency.code], found)
                looked = self._looked(probe, found, few=number < MOST_PAIRS, same_rule=bool(key.differs))
                if looked:
                    break
            else:
                self.undecided.append(self._same_to_see(kept[0], key))
                continue
            for kind in {contrast.kind for each in looked for contrast in each.contrasts}:
                first = next(each for each in looked if any(contrast.kind == kind for contrast in each.contrasts))
                shown.setdefault(kind, []).append((found, probe, first))
        _without_telling_twice(shown)
        for kind in sorted(shown, key=KINDS.index):
            each_shown = key.outcomes == ("quote", "quote")
            alike = [found for found, _, _ in shown[kind]] if each_shown else [kept[0] for kept in ordered]
            yield self._consequence(kind, alike, key, shown[kind])

    def _looked(self, probe: Probe, found: Found, *, few: bool, same_rule: bool) -> list[Shown]:
        """Return members of a region who show a difference."""
        quotes = (found.region.old.kind, found.region.new.kind) == ("quote", "quote")
        looked = [each for each in (probe.few() if quotes and few else ()) if each.contrasts]
        # Where another rule decides, that it needs to know what was paid is no news.
        unrecorded = probe.unrecorded() if quotes and few and same_rule else None
        if looked:
            return [*looked, unrecorded] if unrecorded else looked
        first = probe.first()
        # Only a text that shows facts may read the same for some of a region.
        same_days = found.stretch.old.zone == found.stretch.new.zone
        if first is None and found.region.old.kind != found.region.new.kind and same_days:
            raise WitnessMismatchError(f"no difference where one is expected: {found.shape} {found.region}")
        return [each for each in (first, unrecorded) if each is not None]

    def _same_to_see(self, found: Found, key: Alike) -> Undecided:
        held, target = pair_of(found)
        what = ", ".join(sorted(key.differs)) or "texts"
        return Undecided(_pair(held, target), f"no member looked at sees a difference, though the {what} differ")

    def _consequence(
        self, kind: ConsequenceKind, alike: list[Found], key: Alike, shown: list[tuple[Found, Probe, Shown]]
    ) -> Consequence:
        found, probe, example = shown[0]
        pairs = tuple(sorted({pair_of(each) for each in alike}))
        return Consequence(
            kind,
            SEVERITIES[kind],
            fingerprint(kind, key.first, pairs, *_content(shown)),
            _change(example),
            (_rule(example.answers[0]), _rule(example.answers[1])),
            pairs,
            (*_unrecorded(found, key), *in_words(found.region.box, found.axes)),
            probe.witness(example),
            found.stretch.first,
            found.stretch.until,
            _largest(kind, shown),
        )


def _without_telling_twice(shown: dict[ConsequenceKind, list[tuple[Found, Probe, Shown]]]) -> None:
    """Leave out that texts differ where amounts do as well: those texts tell the amounts."""
    told = {pair_of(found) for kind, each in shown.items() if kind != "message" for found, _, _ in each}
    left = [each for each in shown.pop("message", []) if pair_of(each[0]) not in told]
    if left:
        shown["message"] = left


def _unrecorded(found: Found, key: Alike) -> Iterator[str]:
    """Say so where the difference is only for members whose own price is that of the policy, whatever it becomes."""
    if found.shape.unit_amount is None and any(name.startswith("held ") for name in key.differs):
        yield "`membership.unit_amount` is not recorded"


def _change(shown: Shown) -> str:
    """Return the kind of change as the old policy sees it, as the new one does where the old one does not know it."""
    for answer in shown.answers:
        if not isinstance(answer, InvalidFacts):
            return answer.change.kind or "none"
    return "none"


def _rule(answer: Answer) -> str | None:
    """Return the rule that decided, or those that refused."""
    if isinstance(answer, InvalidFacts):
        return None
    if isinstance(answer, Refusal):
        return ", ".join(reason.rule for reason in answer.reasons)
    return answer.rule


def _content(shown: list[tuple[Found, Probe, Shown]]) -> list[object]:
    """Return what comes out before and after for the typical member of each pair, without names of rules."""
    found: list[object] = []
    for each, probe, example in sorted(shown, key=lambda one: pair_of(one[0])):
        witness = probe.witness(example)
        found.append([pair_of(each), witness.before, witness.after])
    return found


def _largest(kind: ConsequenceKind, shown: list[tuple[Found, Probe, Shown]]) -> Largest | None:
    """Return the largest difference: of every day of the pair that has it among the days looked at."""
    best: _Best | None = None
    for _, probe, example in shown:
        best = _larger(best, probe, example, kind)
    if best is None:
        return None
    for each in best.probe.every_day():
        best = _larger(best, best.probe, each, kind) or best
    witness = best.probe.witness(best.shown)
    return Largest(best.contrast.what or "due now", Money(best.contrast.difference, witness.shape.currency), witness)


class _Best(Struct, frozen=True):
    """The largest difference so far, and who shows it."""

    contrast: Contrast
    probe: Probe
    shown: Shown


def _larger(best: _Best | None, probe: Probe, shown: Shown, kind: ConsequenceKind) -> _Best | None:
    for contrast in shown.contrasts:
        size = abs(contrast.difference)
        if contrast.kind == kind and size > (abs(best.contrast.difference) if best else 0):
            best = _Best(contrast, probe, shown)
    return best


def _uncovered(search: Search) -> Iterator[Undecided]:
    """Say what of a stretch the search does not cover because the policies read what comes in differently."""
    old, new = search.stretch.old, search.stretch.new
    if old.zone.key != new.zone.key:
        yield Undecided(
            "decisions near midnight", f"days begin at another time in {new.zone.key} than in {old.zone.key}"
        )
    if old.currency != new.currency:
        reason = f"they are read in {new.currency.code} instead of {old.currency.code}"
        yield Undecided("memberships that do not record their currency", reason)


def _severest(one: Consequence) -> tuple[int, str, str]:
    return KINDS.index(one.kind), one.first.isoformat(), one.fingerprint


def _pair(held: Ends, target: Ends) -> str:
    return f"{'/'.join(held)} to {'/'.join(target)}"


def _effort(searches: list[Search], boxes: int) -> Effort:
    pairs, text, regions = (sum(search.counts[name] for search in searches) for name in ("pairs", "text", "regions"))
    return Effort(pairs, text, regions, boxes)


def _notes(searches: list[Search], old: Versions, new: Versions) -> Iterator[str]:
    """Say what was not covered."""
    first = [versions.policies[0].effective for versions in (old, new)]
    if first[0] != first[1]:
        which = "old" if first[0] < first[1] else "new"
        yield f"from {min(first)} to before {max(first)} only the {which} policy decides: not compared"
    cut = sum(search.cut_short for search in searches)
    if cut:
        yield f"not every region of what differs was looked at ({cut} times)"
    if any(search.varied_together for search in searches):
        yield "at most two add-ons were varied together"
