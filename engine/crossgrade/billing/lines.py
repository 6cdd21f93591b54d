"""Lines: the charges and credits of a quote as a customer reads them, each with how it came about."""

from msgspec import Struct

from crossgrade import wording
from crossgrade.billing.charging import ItemCharge, SetupFee
from crossgrade.billing.credit import ItemCredit
from crossgrade.billing.exact import Exact
from crossgrade.billing.proration import Share
from crossgrade.facts.holding import Item
from crossgrade.model.calendar import Interval, Period
from crossgrade.model.decision import Line, LineKind
from crossgrade.model.money import Currency, Money, RoundingMode, written
from crossgrade.model.policy import AddOn, Plan, Policy


class Draft(Struct, frozen=True):
    """A line before rounding."""

    kind: LineKind
    item: str | None
    title: str
    amount: Exact
    how: str | None = None
    period: Period | None = None


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
        item = charge.item
        lines = [
            Draft(
                "charge", item.id, self._charge_title(charge), charge.amount, self._charge_how(charge), charge.pays_for
            )
        ]
        if charge.discount.numerator:
            title = wording.text("discount", self.locale, title=self.units(item, charge.count))
            lines.append(Draft("discount", item.id, title, charge.discount.times(-1, 1)))
        return lines

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
        how = self._how(credit.basis, credit.share)
        if credit.limited and credit.limit is not None:
            limit = self.money(Exact(credit.limit.rounded(rounding)))
            how = wording.text("how-at-most", self.locale, how=how, limit=limit)
        title = wording.text("credit", self.locale, title=self.title(credit.item.product))
        return Draft("credit", credit.item.id, title, credit.amount.times(-1, 1), how)

    def setup_fee(self, fee: SetupFee) -> Draft:
        """Return the line of a setup fee."""
        key = "setup_fee-difference" if fee.difference else "setup_fee"
        title = wording.text(key, self.locale, title=self.title(fee.item.product))
        return Draft("setup_fee", fee.item.id, title, Exact(fee.amount))

    def setup_fee_credit(self, item: Item, amount: int) -> Draft:
        """Return the credit line of a setup fee that was paid."""
        title = wording.text("setup_fee-credit", self.locale, title=self.title(item.product))
        return Draft("credit", item.id, title, Exact(-amount))

    def whole(self, kind: LineKind, amount: Exact) -> Draft:
        """Return a line for the change as a whole."""
        return Draft(kind, None, wording.text(kind, self.locale), amount)

    def plain(self, kind: LineKind, amount: int) -> Line:
        """Return a line without item, in minor units."""
        return Line(kind, None, wording.text(kind, self.locale), Money(amount, self.currency))

    def line(self, draft: Draft, mode: RoundingMode) -> Line:
        """Return a draft rounded to a line."""
        amount = Money(draft.amount.rounded(mode), self.currency)
        return Line(draft.kind, draft.item, draft.title, amount, draft.how, draft.period)


def decimal(numerator: int, denominator: int) -> str:
    """Return a ratio with a denominator of a power of two as its exact decimals: (487, 16) is 30.4375."""
    if denominator == 1:
        return str(numerator)
    digits = denominator.bit_length() - 1
    whole, rest = divmod(numerator * 10**digits // denominator, 10**digits)
    return f"{whole}.{rest:0{digits}}".rstrip("0").rstrip(".")
