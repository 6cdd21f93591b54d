"""A statement: one decision laid out for a person."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from crossgrade.cli.labels import label
from crossgrade.cli.titles import Titles
from crossgrade.deciding.explain import uses_of_credit, why
from crossgrade.deciding.messages import amount, shown
from crossgrade.model.calendar import Period
from crossgrade.model.decision import Decision, NoChange, Quote, Refusal


class Statement(Struct, frozen=True):
    """A decision with what is needed to say it in words; `heading` says what changes to what."""

    decision: Decision
    titles: Titles
    heading: str

    @property
    def locale(self) -> str:
        """The locale of every text."""
        return self.titles.locale

    def parts(self) -> Iterator[Text | Table]:
        """Return the texts and tables of a statement in order."""
        yield Text(self.heading, style="bold")
        yield Text()
        match self.decision:
            case Quote() as quote:
                yield self._lines(quote)
                yield Text()
                yield self._facts(quote)
            case NoChange() as nothing:
                yield Text(label("no_change", self.locale), style="yellow")
                yield _named([(f"  {nothing.rule}", nothing.message)])
            case Refusal() as refusal:
                yield Text(label("refused", self.locale), style="red")
                yield _named((f"  {reason.rule}", reason.message) for reason in refusal.reasons)

    def _lines(self, quote: Quote) -> Table:
        due = amount(quote.due_now, self.locale)
        if not quote.lines:
            return _named([(label("due_now", self.locale), due)])
        table = _grid()
        table.add_column(overflow="fold")
        table.add_column(overflow="fold", style="dim")
        table.add_column(justify="right", no_wrap=True)
        money = [amount(line.amount, self.locale) for line in quote.lines]
        for line, cost in zip(quote.lines, money, strict=True):
            table.add_row(line.title, line.how or self._pays_for(line.period), cost)
        table.add_row("", "", "─" * max(len(cost) for cost in (*money, due)))
        table.add_row(label("due_now", self.locale), "", due, style="bold")
        return table

    def _pays_for(self, period: Period | None) -> str:
        if period is None:
            return ""
        return label("period", self.locale, start=self.titles.day(period.start), end=self.titles.day(period.end))

    def _facts(self, quote: Quote) -> Table:
        return _named((label(key, self.locale), value) for key, value in self._said(quote))

    def _said(self, quote: Quote) -> Iterator[tuple[str, str]]:
        yield "effective", self.titles.effective(quote)
        yield "next", self.titles.charge(quote.next_charge)
        for charge in quote.upcoming[1:]:
            yield "then", self.titles.charge(charge)
        yield from self._credited(quote)
        yield from self._granted(quote)
        yield from self._addons(quote)
        if quote.message:
            yield "message", quote.message
        yield "why", " ".join(why(quote, locale=self.locale))

    def _credited(self, quote: Quote) -> Iterator[tuple[str, str]]:
        if quote.credit.earned.minor:
            uses = ", ".join(uses_of_credit(quote, locale=self.locale))
            yield "credit", label("earned", self.locale, amount=amount(quote.credit.earned, self.locale), uses=uses)
        kept = quote.account_credit
        if kept.before.minor or kept.after.minor:
            before, after = amount(kept.before, self.locale), amount(kept.after, self.locale)
            yield "account", label("account-course", self.locale, before=before, after=after)

    def _granted(self, quote: Quote) -> Iterator[tuple[str, str]]:
        granted = quote.entitlements
        for key, ids in (("gained", granted.gained), ("lost", granted.lost)):
            if ids:
                yield key, ", ".join(self._grant(id, quote) for id in ids)

    def _grant(self, id: str, quote: Quote) -> str:
        title = self.titles.entitlement(id)
        if self.titles.policy.entitlements[id].type == "boolean":
            return title
        granted = quote.entitlements
        before, after = (shown(side.get(id, 0), self.locale) for side in (granted.before, granted.after))
        return f"{title} {before} → {after}"

    def _addons(self, quote: Quote) -> Iterator[tuple[str, str]]:
        if quote.addons.added:
            yield "added", ", ".join(self.titles.product(id) for id in quote.addons.added)
        if quote.addons.ended:
            ended = [f"{self.titles.product(id)} ({label(reason, self.locale)})" for id, reason in quote.addons.ended]
            yield "ended", ", ".join(ended)


def _named(rows: Iterable[tuple[str, str]]) -> Table:
    """Return a table of names and what stands beside them."""
    table = _grid()
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table


def _grid() -> Table:
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
