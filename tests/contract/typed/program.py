"""A host's program that uses every public name: a type checker knows what each of them gives, and it runs."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, assert_type

import crossgrade
from crossgrade import serving

DOLLAR = crossgrade.Currency("USD", 2)
AT = datetime(2026, 6, 11, tzinfo=UTC)


def membership() -> crossgrade.Membership:
    """A membership as a typed value."""
    return crossgrade.Membership(
        plan="basic",
        id="m-1",
        price="monthly",
        paid=crossgrade.Money(3000, DOLLAR),
        addons={"extra-disk": crossgrade.HeldAddOn(quantity=1, paid=crossgrade.Money(600, DOLLAR))},
        period=crossgrade.Period(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)),
    )


def quoted(decision: crossgrade.Decision) -> crossgrade.Quote:
    """Every kind of decision, and what each has."""
    assert_type(decision, crossgrade.Quote | crossgrade.NoChange | crossgrade.Refusal)
    assert_type(decision.to_dict(), dict[str, Any])
    assert_type(decision.id, str)
    assert_type(decision.outcome, str)
    match decision:
        case crossgrade.Refusal(reasons=reasons):
            assert_type([reason.message for reason in reasons], list[str])
            raise SystemExit(1)
        case crossgrade.NoChange(rule=rule, message=message):
            assert_type((rule, message), tuple[str, str])
            raise SystemExit(1)
        case crossgrade.Quote():
            assert_type(decision, crossgrade.Quote)
            return decision


def asks(engine: crossgrade.Engine) -> crossgrade.Quote:
    """Every call of an engine."""
    wanted = crossgrade.Selection(plan="premium", add_addons={"extra-disk": crossgrade.SelectedAddOn(quantity=2)})
    assert_type(engine.offers(membership(), at=AT, usage={"disk_gb": 3}), tuple[crossgrade.Offer, ...])
    assert_type([offer.choosable for offer in engine.offers(membership(), at=AT)], list[bool])
    engine.decide(membership(), {"plan": "premium"}, at="2026-06-11T00:00:00Z", locale="de")
    quote = quoted(engine.decide(membership(), wanted, at=AT))
    assert_type(quote.due_now, crossgrade.Money)
    assert_type(quote.due_now.minor, int)
    assert_type(quote.currency, crossgrade.Currency)
    assert_type(quote.lines, tuple[crossgrade.Line, ...])
    assert_type(quote.lines[0].period, crossgrade.Period | None)
    assert_type(quote.membership, crossgrade.Membership)
    assert_type(quote.membership.addons, Mapping[str, crossgrade.HeldAddOn])
    assert_type(quote.effective, Literal["immediately", "period_end"])
    assert_type(quote.grounds.policy.effective, date)
    assert quote.next_charge is not None
    assert_type(quote.next_charge.at, datetime)
    renewed = engine.renew(quote.membership, at=quote.next_charge.at)
    assert_type(renewed, crossgrade.Applied)
    assert_type(renewed.membership, crossgrade.Membership)
    later = quoted(engine.decide(renewed.membership, {"plan": "basic"}, at=quote.next_charge.at))
    assert_type(engine.apply_pending(later.membership, at=later.effective_at), crossgrade.Applied)
    assert_type(engine.policy.digest, str)
    return quote


def fails(folder: Path) -> None:
    """Every exception, and what it carries."""
    engine = crossgrade.load(folder / "shop")
    assert_type(engine, crossgrade.Engine)
    try:
        engine.decide(membership(), {"plan": "premum"}, at=AT)
    except crossgrade.InvalidFacts as problem:
        code: str = problem.code
        assert_type((code, problem.path), tuple[str, str])
    try:
        crossgrade.load(str(folder / "nowhere"))
    except crossgrade.InvalidPolicy as problem:
        assert_type(problem.diagnostics, tuple[crossgrade.Finding, ...])
        assert_type(problem.diagnostics[0].place.line, int)
    engine.close()


def serves(folder: Path) -> None:
    """A store, and quotes that hold."""
    reloads: list[serving.Reload] = []
    store = serving.PolicyStore(folder, keep=3, on_reload=reloads.append)
    assert_type(store.engine("shop"), crossgrade.Engine)
    assert_type(store.reload(), serving.Reload)
    assert_type(reloads[0].outcome, Literal["taken", "unchanged", "kept"])
    assert_type(store.status, serving.Status)
    assert_type(store.status.faults, serving.Faults)
    assert_type(store.status.faults.findings, tuple[crossgrade.Finding, ...])
    try:
        store.by_digest("sha256:0")
    except serving.UnknownPolicy as problem:
        assert_type(problem.asked, str)
    try:
        raise store.status.faults.error()
    except serving.CasesFailed as problem:
        assert_type([result.name for result in problem.failed], list[str])
    _holds(store)


def _holds(store: serving.PolicyStore) -> None:
    try:
        serving.Keys(current="k1", secrets={"k1": b"too short"})
    except serving.InvalidKeys as problem:
        assert_type(problem, serving.InvalidKeys)
    keys = serving.Keys(current="k1", secrets={"k1": bytes(range(32))})
    decide = serving.traced(store.engine().decide)
    quote = quoted(decide(membership(), {"plan": "premium"}, at=AT))
    token = serving.sign(quote, keys, timedelta(minutes=15))
    assert_type(token, str)
    earlier: Callable[[str], crossgrade.Engine] = store.by_digest
    held = serving.verify(token, keys, store.engine(), membership(), {"plan": "premium"}, at=AT, earlier=earlier)
    assert_type(held, serving.SignedQuote)
    assert_type(held.quote, crossgrade.Quote)
    try:
        serving.verify("cg1", keys, store.engine(), membership(), at=AT)
    except serving.TokenError as problem:
        assert_type(problem.changed, tuple[str, ...])
        assert_type(problem, serving.TokenError)


def main(folder: Path) -> None:
    """Ask everything once."""
    try:
        asks(crossgrade.load(folder / "shop"))
        fails(folder)
        serves(folder)
    except crossgrade.CrossgradeError as problem:
        raise SystemExit(str(problem)) from problem


if __name__ == "__main__":
    main(Path(sys.argv[1]))
