"""The command `offers`: everything a membership can choose, what it costs, and why something cannot be chosen."""

from typing import TYPE_CHECKING

from crossgrade.cli.exits import CLEAN
from crossgrade.cli.options import At, Facts, Format, Locale, Matcher, Policy, Shown

if TYPE_CHECKING:
    from rich.table import Table

    from crossgrade.cli.question import Question
    from crossgrade.cli.titles import Titles
    from crossgrade.model.decision import Offer

EXAMPLES = ("crossgrade offers policies/wc-affiliate --facts examples/half-year.json",)


def offers(  # noqa: PLR0913 - one parameter an option
    policy: Policy,
    facts: Facts,
    at: At = None,
    output: Shown = Format.text,
    locale: Locale = None,
    matcher: Matcher = None,
) -> int:
    """List what a membership can change to.

    That is every plan and price it can look at and every add-on, with what each costs now and next, or why it cannot
    be chosen.
    """
    from crossgrade.cli.output import put_json, put_page
    from crossgrade.cli.question import Overrides, ask

    question = ask(policy, facts, matcher, output, Overrides(at=at, locale=locale))
    found = question.offers()
    if output is Format.json:
        put_json({"offers": [offer.to_dict() for offer in found]})
        return CLEAN
    from rich.text import Text

    from crossgrade.cli.titles import Titles

    titles = Titles(question.engine.policy, question.locale)
    put_page(Text(_heading(question, found, titles), style="bold"), Text(), _table(question, found, titles))
    return CLEAN


def _heading(question: "Question", found: tuple["Offer", ...], titles: "Titles") -> str:
    from crossgrade.cli.labels import label

    held = titles.held(found[0].decision.change.before)
    return label("offers", titles.locale, title=held, day=titles.day(question.at()))


def _table(question: "Question", found: tuple["Offer", ...], titles: "Titles") -> "Table":
    from rich.table import Table

    from crossgrade.cli.labels import label

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column(label("plan", titles.locale), overflow="fold", min_width=12)
    table.add_column(label("price", titles.locale), no_wrap=True)
    table.add_column(label("costs", titles.locale), no_wrap=True, justify="right")
    table.add_column(label("now", titles.locale), no_wrap=True, justify="right")
    table.add_column(label("next-charge", titles.locale), overflow="fold", min_width=12)
    table.add_column(label("note", titles.locale), overflow="fold", min_width=14)
    for offer in found:
        table.add_row(*_row(offer, question, titles), style="" if offer.choosable or offer.current else "dim")
    return table


def _row(offer: "Offer", question: "Question", titles: "Titles") -> tuple[str, ...]:
    from crossgrade.deciding.messages import amount
    from crossgrade.model.decision import Quote

    policy = titles.policy
    product = policy.addons[offer.addon] if offer.addon is not None else policy.plans[str(offer.plan)]
    costs = titles.price(product.prices[offer.price], question.costs(offer))
    what = f"{offer.title} ({product.id})"
    mark = "*" if offer.current else ""
    decision = offer.decision
    if isinstance(decision, Quote):
        due, following = amount(decision.due_now, titles.locale), titles.charge(decision.next_charge)
        return mark, what, offer.price, costs, due, following, _note(offer, decision, titles)
    return mark, what, offer.price, costs, "", "", _why_not(offer, titles)


def _note(offer: "Offer", decision: object, titles: "Titles") -> str:
    from crossgrade.cli.labels import label
    from crossgrade.model.decision import Quote

    if not isinstance(decision, Quote):
        return ""
    notes = [label("held", titles.locale)] if offer.current and offer.addon is not None else []
    if decision.effective == "period_end":
        notes.append(label("from-day", titles.locale, day=titles.day(decision.effective_at)))
    return "; ".join(notes)


def _why_not(offer: "Offer", titles: "Titles") -> str:
    from crossgrade.cli.labels import label
    from crossgrade.model.decision import NoChange, Refusal

    decision = offer.decision
    if isinstance(decision, Refusal):
        return "; ".join(f"{reason.message} ({reason.rule})" for reason in decision.reasons)
    if offer.current:
        return label("current", titles.locale)
    return f"{decision.message} ({decision.rule})" if isinstance(decision, NoChange) else ""
