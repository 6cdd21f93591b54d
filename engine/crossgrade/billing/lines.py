"""Lines: the charges and credits of a quote as a customer reads them, each with how it came about."""

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from crossgrade import wording
from crossgrade.billing.charging import ItemCharge, SetupFee
from crossgrade.billing.credit import ItemCredit
from crossgrade.billing.exact import Exact
from crossgrade.billing.proration import Share
from crossgrade.facts.holding import Item
from crossgrade.model.calendar import Interval, Period
from crossgrade.model.catalogue import AddOn, Plan
from crossgrade.model.decision import Line, LineKind
from crossgrade.model.money import Currency, Money, RoundingMode, written
from crossgrade.model.policy import Policy


class Draft(Struct, frozen=True):
    """A line before rounding; `text` returns its title and how it came about, which not every caller reads."""

    kind: LineKind
    item: str | None
    text: Callable[[], tuple[str, str | None]]
    amount: Exact
    period: Period | None = None


class Entry(Struct, frozen=True, gc=False):
    """A line rounded to minor units, before its texts are written."""

    draft: Draft
    minor: int


class Writer(Struct, frozen=True):
    """Writes lines in a locale and currency."""

    policy: Policy
    currency: Currency
    locale: str

    def title(self, product: Plan | AddOn) -> str:
        """Return the title of a plan or add-on in the locale."""
        return product.title.in_locale(self.locale, self.policy.locale)

    def units(self, item: Item, count: int) -> str:
        """Return the title with the number of units where there are several."""
        title = self.title(item.product)
        return title if count == 1 else wording.text("units", self.locale, count=count, title=title)

    def money(self, amount: Exact) -> str:
        """Return an amount as digits, rounded for reading."""
        return wording.decimal_mark(written(amount.rounded("half_up"), self.currency), self.locale)

    def charge(self, charge: ItemCharge) -> list[Draft]:
        """Return the line of a charge, with a discount line where there is one."""
        id = charge.item.id
        line = Draft("charge", id, partial(self._charge_text, charge), charge.amount, charge.pays_for)
        if not charge.discount.numerator:
            return [line]
        return [line, Draft("discount", id, partial(self._discount_text, charge), charge.discount.times(-1, 1))]

    def _charge_text(self, charge: ItemCharge) -> tuple[str, str | None]:
        return self._charge_title(charge), self._charge_how(charge)

    def _discount_text(self, charge: ItemCharge) -> tuple[str, None]:
        return wording.text("discount", self.locale, title=self.units(charge.item, charge.count)), None

    def _charge_title(self, charge: ItemCharge) -> str:
        title, every = self.units(charge.item, charge.count), charge.item.every
        if charge.old is not None:
            return wording.text("difference", self.locale, title=title)
        if charge.share is not None and not charge.share.whole:
            return wording.text("charge-rest", self.locale, title=title)
        return self._priced(title, every)

    def _priced(self, title: str, every: Interval | None) -> str:
        if every is None:
            return title
        if every.unit == "once":
            return wording.text("charge-once", self.locale, title=title)
        return wording.text("charge", self.locale, title=title, interval=wording.duration(every, self.locale))

    def _charge_how(self, charge: ItemCharge) -> str | None:
        if charge.old is not None:
            return wording.text("how-difference", self.locale, new=self.money(charge.basis), old=self.money(charge.old))
        return None if charge.share is None else self._how(charge.basis, charge.share)

    def _how(self, basis: Exact, share: Share) -> str:
        if share.unit == "period" or (share.whole and share.unused == 1 and share.length == (1, 1)):
            return wording.text("how-whole", self.locale, basis=self.money(basis))
        return wording.text(
            "how",
            self.locale,
            basis=self.money(basis),
            unused=share.unused,
            length=wording.decimal_mark(decimal(*share.length), self.locale),
            unit=wording.units_of(share.unit, self.locale),
        )

    def credit(self, credit: ItemCredit, rounding: RoundingMode) -> Draft:
        """Return the line of a credit; its amount is negative."""
        text = partial(self._credit_text, credit, rounding)
        return Draft("credit", credit.item.id, text, credit.amount.times(-1, 1))

    def _credit_text(self, credit: ItemCredit, rounding: RoundingMode) -> tuple[str, str]:
        how = self._how(credit.basis, credit.share)
        if credit.limited and credit.limit is not None:
            limit = self.money(Exact(credit.limit.rounded(rounding)))
            how = wording.text("how-at-most", self.locale, how=how, limit=limit)
        return wording.text("credit", self.locale, title=self.title(credit.item.product)), how

    def setup_fee(self, fee: SetupFee) -> Draft:
        """Return the line of a setup fee."""
        key = "setup_fee-difference" if fee.difference else "setup_fee"
        return Draft("setup_fee", fee.item.id, partial(self._about, key, fee.item), Exact(fee.amount))

    def setup_fee_credit(self, item: Item, amount: int) -> Draft:
        """Return the credit line of a setup fee that was paid."""
        return Draft("credit", item.id, partial(self._about, "setup_fee-credit", item), Exact(-amount))

    def _about(self, key: str, item: Item | None = None) -> tuple[str, None]:
        """Return one of our titles, with that of an item in it, and no more to say."""
        return wording.text(key, self.locale, title=self.title(item.product) if item else ""), None

    def whole(self, kind: LineKind, amount: Exact) -> Draft:
        """Return a line for the change as a whole."""
        return Draft(kind, None, partial(self._about, kind), amount)

    def plain(self, kind: LineKind, amount: int) -> Entry:
        """Return a line without item, in minor units."""
        return Entry(self.whole(kind, Exact(amount)), amount)

    def lines(self, entries: tuple[Entry, ...]) -> tuple[Line, ...]:
        """Return lines with their texts written."""
        return tuple(self._line(entry) for entry in entries)

    def _line(self, entry: Entry) -> Line:
        draft = entry.draft
        title, how = draft.text()
        return Line(draft.kind, draft.item, title, Money(entry.minor, self.currency), how, draft.period)


def decimal(numerator: int, denominator: int) -> str:
    """Return a ratio with a denominator of a power of two as its exact decimals: (487, 16) is 30.4375."""
    if denominator == 1:
        return str(numerator)
    digits = denominator.bit_length() - 1
    whole, rest = divmod(numerator * 10**digits // denominator, 10**digits)
    return f"{whole}.{rest:0{digits}}".rstrip("0").rstrip(".")
