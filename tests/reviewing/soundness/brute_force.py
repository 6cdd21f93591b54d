"""Brute force: both engines asked every input, and what a review claims held against what they answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, product
from random import Random
from typing import Any

from msgspec import structs
from tests.oracle.policies import to_yaml
from tests.reviewing.soundness import inputs, small_edits, small_policies
from tests.reviewing.soundness.inputs import Ends, Input
from tests.reviewing.soundness.small_policies import Document

from crossgrade import Engine, InvalidFacts, Money, Period
from crossgrade.model.versions import Versions
from crossgrade.reading.build import read
from crossgrade.reviewing.consequence import Consequence, Witness
from crossgrade.reviewing.report import Report
from crossgrade.reviewing.shapes import Question
from crossgrade.reviewing.witness import Answer, seen

QUOTED = {
    "pays-more", "pays-less", "credit-lost", "credit-gained", "later", "sooner", "entitlement-lost",
    "entitlement-gained", "message",
}  # fmt: skip
FITTING: dict[tuple[str, str], set[str]] = {
    ("quote", "quote"): QUOTED,
    ("quote", "refusal"): {"path-lost", "new-refusal"},
    ("quote", "error"): {"path-lost"},
    ("refusal", "quote"): {"path-gained", "refusal-lifted"},
    ("error", "quote"): {"path-gained"},
    ("refusal", "refusal"): {"message"},
    ("no_change", "no_change"): {"message"},
    ("refusal", "error"): {"message"},
    ("error", "refusal"): {"message"},
}
"""The kinds of consequence that two outcomes can have; those with no change on one side are below."""


@dataclass(frozen=True)
class Case:
    """Two policies to review: as documents and as texts, what was edited, the engines."""

    seed: int
    documents: tuple[Document, Document]
    texts: tuple[str, str]
    edits: tuple[str, ...]
    themes: tuple[str, ...]
    old: Engine
    new: Engine


@dataclass(frozen=True)
class Difference:
    """An input to which the engines answer differently, and the outcomes."""

    asked: Input
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def kinds(self) -> tuple[str, str]:
        """The two outcomes."""
        return self.before["outcome"], self.after["outcome"]


def case(seed: int) -> Case | None:
    """Return a random policy and an edit of it; None where one of them cannot be read."""
    random = Random(seed)
    themes = tuple(random.sample(list(small_policies.THEMES), random.choice((1, 2, 2, 3))))
    document = small_policies.policy(random, themes)
    other, edits = small_edits.edited(random, themes, document)
    if seed % 10 == 0:
        other, edits = small_policies.policy(random, themes), ("another policy",)
    texts = text(document), text(other)
    old, new = (engine(each) for each in texts)
    return None if old is None or new is None else Case(seed, (document, other), texts, edits, themes, old, new)


def text(document: dict[str, Any]) -> str:
    """Return the YAML of a policy without its empty sections."""
    return to_yaml({key: value for key, value in document.items() if value not in ([], {})})


def engine(written: str) -> Engine | None:
    """Return the engine of a policy's text, with the plain matcher; None where the text has an error."""
    policy, _ = read("policy.yaml", written.encode())
    return None if policy is None else Engine(Versions((policy,)), matcher="plain")


def answer(engine: Engine, asked: Input) -> Answer:
    """Ask an engine; an error is an answer."""
    try:
        return engine.decide(asked.membership, asked.selection, at=asked.at, locale=asked.locale, **asked.own)
    except InvalidFacts as problem:
        return problem


def difference(of: Case, asked: Input) -> Difference | None:
    """Return how the answers to an input differ, None where callers see the same."""
    old, new = answer(of.old, asked), answer(of.new, asked)
    before, after = seen(old), seen(new)
    # Which of two errors it is tells only a developer something.
    same = before == after or before["outcome"] == after["outcome"] == "error"
    return None if same else Difference(asked, before, after)


def differences(of: Case, count: int) -> Iterator[Difference]:
    """Return the inputs that differ, of every pair of prices, about so many inputs in all."""
    random = Random(of.seed)
    policies = of.old.policy, of.new.policy
    pairs = inputs.pairs(*policies)
    for pair in pairs:
        for asked in inputs.inputs(random, policies, of.themes, pair, max(count // len(pairs), 1)):
            found = difference(of, asked)
            if found is not None:
                yield found


def unexplained(found: Difference, report: Report) -> str | None:
    """Say why a report does not account for a difference; None where it does."""
    if report.verdict == "proved equal":
        return "proved equal, but an input differs"
    if _broken(found) and any(each.kind == "new-required-fact" for each in report.consequences):
        return None
    held, target = ("/".join(end) for end in found.asked.pair)
    if any(each.what == f"{held} to {target}" for each in report.undecided):
        return None
    named = [each for each in report.consequences if found.asked.pair in each.pairs]
    if not named:
        return "a pair that differs is not named"
    # A report says where it did not look at every region of what differs.
    whole = not any(note.startswith("not every region") for note in report.notes)
    if whole and not any(fits(each.kind, found.kinds) for each in named):
        return f"named by {sorted({each.kind for each in named})} only, which does not fit {found.kinds}"
    return None


def _broken(found: Difference) -> bool:
    """Say whether an answer became an error by what is given or is not."""
    return found.after.get("error") in ("missing_fact", "missing_paid", "unknown_fact")


def fits(kind: str, outcomes: tuple[str, str]) -> bool:
    """Say whether a kind of consequence can be what two outcomes show."""
    if "no_change" in outcomes and outcomes[0] != outcomes[1]:
        return kind == ("now-no-change" if outcomes[1] == "no_change" else "no-longer-no-change")
    return kind in FITTING[outcomes]


def wrong_witnesses(of: Case, report: Report) -> Iterator[str]:
    """Return what is wrong with the witnesses of a report, each asked again of both engines."""
    for each in report.consequences:
        witnesses = [each.witness, *([each.largest.witness] if each.largest else [])]
        yield from (problem for witness in witnesses for problem in _wrong(of, each, witness))
        if each.kind != "new-required-fact" and _pair(each.witness) not in each.pairs:
            yield f"{each.kind}: the witness is of {_pair(each.witness)}, which is none of its pairs"


def _wrong(of: Case, consequence: Consequence, witness: Witness) -> Iterator[str]:
    before, after = seen(_asked(of.old, witness.old)), seen(_asked(of.new, witness.new))
    if (before, after) != (witness.before, witness.after):
        yield f"{consequence.kind}: the witness does not replay"
    if before == after:
        yield f"{consequence.kind}: the witness shows no difference"
    same = ("membership", "selection", "at")
    if any(getattr(witness.old, name) != getattr(witness.new, name) for name in same):
        yield f"{consequence.kind}: the witness is not the same member on both sides"
    outcomes = before["outcome"], after["outcome"]
    if consequence.kind != "new-required-fact" and not fits(consequence.kind, outcomes):
        yield f"{consequence.kind} does not fit {outcomes}"
    elif outcomes == ("quote", "quote") and not _shows(consequence.kind, before, after):
        yield f"{consequence.kind} is not what the witness shows"


def _shows(kind: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Say whether two quotes show a kind of consequence."""
    if kind in ("later", "sooner"):
        return bool((after["effective_at"] > before["effective_at"]) == (kind == "later"))
    if kind in ("entitlement-lost", "entitlement-gained"):
        return bool(before["entitlements"]["after"] != after["entitlements"]["after"])
    if kind in ("credit-lost", "credit-gained"):
        return bool(before["credit"] != after["credit"])
    if kind in ("pays-more", "pays-less"):
        names = ("due_now", "next_charge", "credit", "account_credit")
        return any(before[name] != after[name] for name in names)
    return kind == "message"


def _asked(engine: Engine, question: Question) -> Answer:
    own: dict[str, dict[str, Any]] = {"usage": {}, "customer": {}, "request": {}}
    for name, value in question.own.items():
        section, _, key = name.partition(".")
        own[section][key] = value
    try:
        return engine.decide(question.membership, question.selection, at=question.at, locale=question.locale, **own)
    except InvalidFacts as problem:
        return problem


def _pair(witness: Witness) -> tuple[Ends, Ends]:
    shape = witness.shape
    return (shape.plan, shape.price), (shape.selection.plan or "", shape.selection.price or "")


def named_pairs(report: Report) -> int:
    """Return how many pairs the consequences name, each by itself."""
    return sum(len(each.pairs) for each in report.consequences if each.kind != "new-required-fact")


def unseen_pairs(of: Case, report: Report, found: Iterable[Difference], count: int) -> Iterator[str]:
    """Return pairs that a consequence names though no input of them is found that differs so.

    Tried are the inputs found before, members of the pair who are otherwise as the witness, and so many inputs more.
    """
    shown = {(each.asked.pair, kind) for each in found for kind in _kinds(each, report)}
    shown |= {(_pair(each.witness), each.kind) for each in report.consequences}
    random, policies = Random(of.seed + 1), (of.old.policy, of.new.policy)
    for each in report.consequences:
        for pair in each.pairs:
            if (pair, each.kind) in shown or each.kind == "new-required-fact":
                continue
            tried = chain(
                _like(of, each.witness, pair), inputs.inputs(random, policies, tuple(inputs.OF_THEME), pair, count)
            )
            if not any(one is not None and fits(each.kind, one.kinds) for one in (difference(of, it) for it in tried)):
                yield f"{each.kind} names {pair}, of which no input differs so"


def _like(of: Case, witness: Witness, pair: tuple[Ends, Ends]) -> Iterator[Input]:
    """Return members of a pair who are as a witness otherwise, in other units and at other agreed amounts."""
    asked = witness.old
    (plan, price), target = pair
    listed = of.old.policy.plans[plan].prices[price].in_currency("USD") or 0
    start = asked.at - timedelta(days=16)
    own: dict[str, dict[str, Any]] = {"usage": {}, "customer": {}, "request": {}}
    for name, value in asked.own.items():
        section, _, key = name.partition(".")
        own[section][key] = value
    periods = dict.fromkeys((asked.membership.period, Period(start, start + timedelta(days=30)), None))
    amounts = dict.fromkeys((asked.membership.unit_amount, None, *_agreed(of, pair)))
    wanted = (None, asked.selection.quantity, 1, 2, 3)
    for period, unit_amount, held, units in product(periods, amounts, (1, 2, 3), dict.fromkeys(wanted)):
        paid = Money(listed * held, of.old.policy.currency)
        changes: dict[str, Any] = {"plan": plan, "price": price, "period": period, "unit_amount": unit_amount}
        pending = asked.membership.pending_change
        if pending is not None:
            other = structs.replace(pending, plan=target[0], price=target[1], quantity=units or held)
            changes["pending_change"] = other
        member = structs.replace(asked.membership, paid=paid, quantity=held, **changes)
        selection = structs.replace(asked.selection, plan=target[0], price=target[1], quantity=units)
        yield Input(pair, member, selection, asked.at, own, asked.locale)


def _agreed(of: Case, pair: tuple[Ends, Ends]) -> list[Money]:
    """Return agreed amounts about those listed, by the month and by the year."""
    listed = [
        plan.prices[price].in_currency("USD") or 0
        for policy in (of.old.policy, of.new.policy)
        for id, price in pair
        if (plan := policy.plans.get(id)) is not None and price in plan.prices
    ]
    about = {each for amount in listed for each in (amount, amount * 12, amount // 12)}
    near = sorted({each + by for each in about for by in (-1, 0, 1) if each + by >= 0})
    return [Money(each, of.old.policy.currency) for each in near]


def _kinds(found: Difference, report: Report) -> set[str]:
    return {each.kind for each in report.consequences if fits(each.kind, found.kinds)}
