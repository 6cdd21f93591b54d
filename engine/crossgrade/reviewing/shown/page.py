"""A page: what is shown of a reviewed policy, in sentences in which ids and facts stand in backticks."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from crossgrade.model.policy import Policy
from crossgrade.reviewing.consequence import Consequence, ConsequenceSeverity
from crossgrade.reviewing.report import Report, Undecided
from crossgrade.reviewing.reviewed import ORDER, Presence, Reviewed
from crossgrade.reviewing.sentences import example, largest
from crossgrade.reviewing.titles import Titles

NOTHING = "changes nothing for anyone"

WHAT: dict[str, str] = {
    "new-required-fact": "calls that worked are now errors",
    "path-lost": "a change is no longer possible",
    "new-refusal": "a change is now refused to some",
    "now-no-change": "a selection now changes nothing",
    "pays-more": "members pay more",
    "credit-lost": "members get less credit",
    "entitlement-lost": "members are granted less",
    "later": "a change takes effect later",
    "pays-less": "members pay less",
    "credit-gained": "members get more credit",
    "entitlement-gained": "members are granted more",
    "sooner": "a change takes effect sooner",
    "path-gained": "a change is now possible",
    "refusal-lifted": "a change is no longer refused to some",
    "no-longer-no-change": "a selection that changed nothing now does",
    "message": "members read something else",
    "policy-added": "a policy is added",
    "policy-removed": "a policy is removed: none of its members can change anything",
}
"""What happens, by the kind of consequence, in customers' words."""

GROUPS: dict[ConsequenceSeverity, tuple[str, str, str]] = {
    "error": ("error", "errors", "Takes something from members"),
    "warning": ("warning", "warnings", "Costs the house"),
    "info": ("for information", "for information", "For information"),
}
"""A severity for one, for several, and what it says."""


class Item(Struct, frozen=True):
    """One finding: what happens, to whom; `when`, `example` and `largest` are empty where there is nothing to say."""

    kind: str
    severity: ConsequenceSeverity
    fingerprint: str
    what: str
    whom: str
    when: str = ""
    example: str = ""
    largest: str = ""
    waived: str | None = None


class Page(Struct, frozen=True):
    """All that is shown of one policy; `file` is where it is, `open` how much was not decided."""

    policy: str
    file: str
    verdict: str
    words: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    undecided: tuple[str, ...] = ()
    open: int = 0
    notes: tuple[str, ...] = ()
    proof: str = ""

    @property
    def headline(self) -> str:
        """The verdict with how many findings there are of what."""
        if self.verdict == "proved equal":
            return NOTHING
        still_open = [f"{self.open} not decided"] if self.open else []
        counts = ", ".join((*_counts(self.items), *still_open))
        if self.verdict == "not decided":
            return f"no change found, but {counts}"
        return f"{self.verdict}: {counts}"

    def of(self, severity: ConsequenceSeverity) -> list[Item]:
        """Return what is found of a severity and not waived."""
        return [item for item in self.items if item.severity == severity and item.waived is None]

    @property
    def waived(self) -> list[Item]:
        """What is waived."""
        return [item for item in self.items if item.waived is not None]


def _counts(items: Sequence[Item]) -> Iterator[str]:
    for severity in ORDER:
        number = sum(item.severity == severity and item.waived is None for item in items)
        if number:
            yield f"{number} {GROUPS[severity][number > 1]}"
    waived = sum(item.waived is not None for item in items)
    if waived:
        yield f"{waived} waived"


def page_of(found: Reviewed) -> Page:
    """Return what is shown of a reviewed policy."""
    report, titles = found.report, found.titles
    presence = [_presence_item(found.presence, report.policy)] if found.presence is not None else []
    # That a policy was removed is what is found; its word would say it again.
    words = () if found.presence is not None else tuple(word.sentence for word in report.words)
    return Page(
        report.policy,
        found.file,
        report.verdict if found.presence is None else found.presence.kind.removeprefix("policy-"),
        words,
        (*presence, *(_item(one, titles) for one in report.consequences)),
        tuple(_undecided(report.undecided)),
        len(report.undecided),
        report.notes,
        "" if found.presence is not None else proof(report),
    )


def _undecided(found: Sequence[Undecided]) -> Iterator[str]:
    """Say what was not decided, once for each reason."""
    for reason in dict.fromkeys(one.reason for one in found):
        first, *others = [one.what for one in found if one.reason == reason]
        yield f"{first}{f', and {len(others)} more' if others else ''}: {reason}"


def _presence_item(presence: Presence, policy: str) -> Item:
    what = WHAT[presence.kind]
    return Item(
        presence.kind, presence.severity, presence.fingerprint, what, f"policy `{policy}`", waived=presence.waived
    )


def _item(one: Consequence, titles: Titles) -> Item:
    return Item(
        one.kind,
        one.severity,
        one.fingerprint,
        WHAT[one.kind],
        whom(one, titles),
        "; ".join((*_days(one, titles.new), *one.when)),
        example(one, titles),
        "" if one.largest is None else largest(one.largest, titles),
        one.waived,
    )


def whom(one: Consequence, titles: Titles) -> str:
    """Return for whom it is so: `upgrade: Basic monthly → Premium monthly, and 12 pairs alike`."""
    shape = one.witness.shape
    first = titles.pair((shape.plan, shape.price), (shape.selection.plan or "", shape.selection.price or ""))
    more = len(one.pairs) - 1
    alike = f", and {more} pair{'s' if more > 1 else ''} alike" if more else ""
    kind = one.change.replace("addons", "add-ons").replace("_", " ")
    change = "" if one.change == "none" else f"{kind}: "
    return f"{change}{first}{alike}"


def capital(sentence: str) -> str:
    """Return a sentence with a capital at its beginning."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def told(item: Item) -> list[str]:
    """Return an item in lines, for tools that show a few of them."""
    lines = [f"{item.what}: {item.whom}", item.example]
    lines += [f"when {item.when}"] if item.when else []
    lines += [f"largest difference: {item.largest}"] if item.largest else []
    return [line for line in lines if line]


def _days(one: Consequence, new: Policy) -> Iterator[str]:
    """Say which days it is about, where that is not every day of the new version."""
    if one.until is not None:
        yield f"from {one.first} to before {one.until}"
    elif one.first != new.effective:
        yield f"from {one.first}"


def proof(report: Report) -> str:
    """Return how it was found: by pairs of prices."""
    effort = report.effort
    parts = (
        (effort.same_text, "the same by their rules"),
        (effort.same_regions, "the same in every region"),
        (effort.pairs - effort.same_text - effort.same_regions, "not the same"),
    )
    shown = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    head = "proved equal over" if report.verdict == "proved equal" else "looked at"
    return f"{head} {_counted(effort.pairs, 'pair')} of prices: {shown} ({_counted(effort.boxes, 'box')})"


def _counted(number: int, what: str) -> str:
    plural = f"{what}es" if what.endswith("x") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"
