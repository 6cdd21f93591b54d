"""An explanation: why a decision is what it is, in sentences, from its trace and its lines."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile

from crossgrade import wording
from crossgrade.deciding.messages import amount, day, shown
from crossgrade.model.calendar import local_day
from crossgrade.model.decision import Decision, Held, Line, NoChange, Quote, Refusal
from crossgrade.model.money import Money
from crossgrade.model.rules import CHANGE_GROUPS
from crossgrade.model.trace import Failure, TraceEntry


def explain(decision: Decision, *, locale: str) -> tuple[str, ...]:
    """Return why a decision is what it is, one sentence each, in English or German.

    First which rule decided and why, then which other rules were considered and what kept them from holding, then
    how each amount of a quote came about, where the credit went and when the next charge is.
    """
    return (
        *_kind(decision, locale),
        *why(decision, locale=locale),
        *(_not_held(entry, locale) for entry in _earlier(decision)),
        *(_amounts(decision, locale) if isinstance(decision, Quote) else ()),
    )


def why(decision: Decision, *, locale: str) -> tuple[str, ...]:
    """Return a sentence for the rule that decided; for each reason of a refusal, and what the customer reads."""
    if isinstance(decision, Refusal):
        return tuple(
            f"{_decisive(reason.rule, decision, locale)} {_message(reason.message, locale)}"
            for reason in decision.reasons
        )
    sentence = _decisive(decision.rule, decision, locale)
    return (f"{sentence} {_message(decision.message, locale)}",) if isinstance(decision, NoChange) else (sentence,)


def _message(message: str, locale: str) -> str:
    return wording.text("why-message", locale, message=message)


def _kind(decision: Decision, locale: str) -> Iterator[str]:
    change = decision.change
    if change.kind is not None:
        key = "why-kind-here" if change.before == change.after else "why-kind"
        yield wording.text(key, locale, before=_held(change.before), after=_held(change.after), kind=change.kind)


def _held(held: Held) -> str:
    units = f"{held.quantity} × " if held.quantity > 1 else ""
    return f"{units}`{held.plan}/{held.price}`"


def _decisive(rule: str, decision: Decision, locale: str) -> str:
    if rule in wording.BUILT_IN_RULES:
        return wording.text(f"why-{rule}", locale)
    entry = next(entry for entry in decision.trace if entry.held and entry.rule == rule)
    key = "why-refused" if isinstance(decision, Refusal) else "why-first"
    because = wording.text("and", locale).join(_seen(tests, locale) for tests in _by_fact(entry.because))
    return wording.text(f"{key}-because" if because else key, locale, **_named(entry, locale), because=because)


def _named(entry: TraceEntry, locale: str) -> dict[str, str]:
    return {"section": wording.text(f"section-{entry.section}", locale), "rule": entry.rule}


def _earlier(decision: Decision) -> Iterable[TraceEntry]:
    """Return the rules that were asked and did not hold; after a no-change or a withdrawal no more are asked."""
    if isinstance(decision, NoChange) or decision.change.kind == "withdrawal":
        return takewhile(lambda entry: not entry.held, decision.trace)
    return (entry for entry in decision.trace if not entry.held)


def _not_held(entry: TraceEntry, locale: str) -> str:
    failed = "; ".join(_unmet(failure, locale) for failure in _telling(entry.failed))
    return wording.text("why-not", locale, **_named(entry, locale), failed=failed)


def _telling(failed: tuple[Failure, ...]) -> Iterable[Failure]:
    """Return what is worth saying: a rule about other changes is not one whose conditions come close."""
    about = [failure for failure in failed if failure.fact == "change.kind" and failure.operator == "in"]
    return about[:1] or failed


def _unmet(failure: Failure, locale: str) -> str:
    if failure.operator == "same":
        return wording.text("unmet-same", locale, fact=failure.fact)
    found = _value(failure.found, locale)
    if failure.operator == "in" and failure.fact in _SCOPES:
        values = _values(_grouped(failure.expected) if failure.fact == "change.kind" else failure.expected, locale)
        return wording.text(f"unmet-{failure.fact}", locale, values=values, found=found)
    return wording.text("unmet", locale, fact=failure.fact, found=found, bound=_bound(failure, locale))


_SCOPES = ("change.kind", "from", "to", "target.family")
"""What a rule is about, as against what its conditions test."""


def _grouped(kinds: object) -> list[str]:
    """Return kinds of change with whole groups by the group's name."""
    left = [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds)]
    named = []
    for group, members in CHANGE_GROUPS.items():
        if set(members) <= set(left):
            named.append(group)
            left = [kind for kind in left if kind not in members]
    return [*named, *left]


def _by_fact(comparisons: tuple[Failure, ...]) -> Iterable[list[Failure]]:
    """Return the comparisons of each fact together, such as both ends of a range."""
    facts: dict[str, list[Failure]] = {}
    for comparison in comparisons:
        facts.setdefault(comparison.fact, []).append(comparison)
    return facts.values()


def _seen(comparisons: list[Failure], locale: str) -> str:
    fact, found = comparisons[0].fact, _value(comparisons[0].found, locale)
    bound = ", ".join(_bound(comparison, locale) for comparison in comparisons)
    return wording.text("seen" if bound == found else "seen-bound", locale, fact=fact, found=found, bound=bound)


def _bound(comparison: Failure, locale: str) -> str:
    expected = comparison.expected
    single = comparison.operator == "in" and (not isinstance(expected, list) or len(expected) == 1)
    key = "bound-one" if single else f"bound-{comparison.operator}"
    return wording.text(key, locale, values=_values(expected, locale))


def _values(values: object, locale: str) -> str:
    return ", ".join(_value(value, locale) for value in values) if isinstance(values, list) else _value(values, locale)


def _value(value: object, locale: str) -> str:
    if value is None:
        return wording.text("nothing", locale)
    return f"`{value}`" if isinstance(value, str) else shown(value, locale)


def _amounts(quote: Quote, locale: str) -> Iterator[str]:
    yield wording.text(f"effective-{quote.effective}", locale, day=_day(quote, quote.effective_at, locale))
    for line in quote.lines:
        yield _line(line, locale)
    yield from _credit(quote, locale)
    spent = quote.account_credit
    if spent.used.minor:
        yield wording.text("account-used", locale, used=amount(spent.used, locale), after=amount(spent.after, locale))
    yield wording.text("due-now", locale, amount=amount(quote.due_now, locale))
    following = quote.next_charge
    if following is None:
        yield wording.text("next-charge-none", locale)
    else:
        at = _day(quote, following.at, locale)
        yield wording.text("next-charge", locale, amount=amount(following.amount, locale), day=at)


def _line(line: Line, locale: str) -> str:
    key = "line" if line.how is None else "line-how"
    return wording.text(key, locale, title=line.title, amount=amount(line.amount, locale), how=line.how)


def _credit(quote: Quote, locale: str) -> Iterator[str]:
    if not quote.credit.earned.minor:
        if any(entry.section == "credits" for entry in quote.trace):
            yield wording.text("credit-none", locale)
        return
    rule = next((entry.rule for entry in quote.trace if entry.section == "credits"), None)
    earned = amount(quote.credit.earned, locale)
    uses = ", ".join(uses_of_credit(quote, locale=locale))
    yield wording.text("credit-earned" if rule is None else "credit-rule", locale, rule=rule, amount=earned, uses=uses)


def uses_of_credit(quote: Quote, *, locale: str) -> tuple[str, ...]:
    """Return where the credit of a quote goes, a phrase for each part that is not zero."""
    credit = quote.credit
    parts: dict[str, Money] = {
        "to_charge": credit.to_charge,
        "to_account": credit.to_account,
        "to_refund": credit.to_refund,
        "to_time": credit.to_time,
        "forfeited": credit.forfeited,
    }
    used = {name: amount(part, locale) for name, part in parts.items() if part.minor}
    return tuple(wording.text(f"credit-{name}", locale, amount=part) for name, part in used.items())


def _day(quote: Quote, moment: datetime, locale: str) -> str:
    return day(local_day(moment, quote.grounds.zone), locale)
