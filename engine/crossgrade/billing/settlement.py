"""Settlement: charges against credits; what is due now, and where credit above the charges goes."""

from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct, structs

from crossgrade.billing.bought_time import Bought
from crossgrade.billing.exact import Exact
from crossgrade.billing.lines import Draft, Entry, Writer
from crossgrade.facts.situation import Situation
from crossgrade.model.decision import AccountCredit, CreditSummary, LineKind
from crossgrade.model.money import Money, RoundingMode
from crossgrade.model.terms import CreditUse, Terms


class Account(Struct, frozen=True):
    """Both sides of a change before they are settled; `buy` turns credit into time.

    `last` says that no later charge could collect what is owed.
    """

    charges: list[Draft]
    credits: list[Draft]
    use: CreditUse
    buy: Callable[[int], Bought]
    last: bool


class Settled(Struct, frozen=True):
    """The lines of a quote and what they come to; `owed` is what is left to the next charge."""

    entries: tuple[Entry, ...]
    due_now: int
    credit: CreditSummary
    account_credit: AccountCredit
    owed: int
    bought: Bought | None


class _Sums(Struct, frozen=True):
    """What is charged and earned; `rounding` is what the lines shown are off by, already in one of the two."""

    charged: int
    earned: int
    rounding: int


class _Parts(Struct, frozen=True):
    """Where earned credit goes, in minor units."""

    to_charge: int
    account: int = 0
    refund: int = 0
    time: int = 0
    forfeit: int = 0
    bought: Bought | None = None


def settle(account: Account, terms: Terms, situation: Situation, writer: Writer) -> Settled:
    """Settle charges against credits. The lines sum to what is due now plus what is added to what is owed."""
    rounding = situation.policy.rounding
    shown = [Entry(draft, draft.amount.rounded(rounding.mode)) for draft in (*account.charges, *account.credits)]
    lines = [entry for entry in shown if entry.minor]
    sums = _per_line(shown, len(account.charges)) if rounding.per == "line" else _net(account, rounding.mode)
    later = terms.collect == "next_charge" and not account.last
    owed = situation.membership.owed.minor if situation.membership.owed else 0
    owed_now = owed if account.last else 0
    parts = _parts(sums, account, terms, owed_now)
    due = sums.charged + owed_now - parts.to_charge
    collected = _collected(due, terms, situation)
    lines += _closing(parts, sums.rounding, collected - due, writer)
    if owed_now:
        lines.append(writer.plain("owed", owed_now))
    due_now = 0 if later else collected
    kept = _account(due_now, parts.account, situation)
    if kept.used.minor:
        lines.append(writer.plain("account_credit", -kept.used.minor))
    left = 0 if account.last else owed + (collected if later else 0)
    credit = _summary(sums.earned, parts, situation)
    return Settled(tuple(lines), due_now - kept.used.minor, credit, kept, left, parts.bought)


def _per_line(shown: list[Entry], charges: int) -> _Sums:
    charged = sum([entry.minor for entry in shown[:charges]])
    return _Sums(charged, -sum([entry.minor for entry in shown[charges:]]), 0)


def _net(account: Account, mode: RoundingMode) -> _Sums:
    """Round the exact sum once, or charges and credits apart where the credit lowers no charge."""
    charged = _Side.of(account.charges, mode)
    earned = _Side.of([_opposite(draft) for draft in account.credits], mode)
    if account.use.to != "charge":
        return _Sums(charged.once, earned.once, (charged.once - charged.shown) - (earned.once - earned.shown))
    net = charged.exact - earned.exact
    due = Exact(net.numerator, net.denominator).rounded(mode)
    rounding = due - (charged.shown - earned.shown)
    # What is rounded belongs to the charges where there are any, and never makes a charge below 0.
    whole = max(charged.shown + rounding, due, 0) if charged.shown or due > 0 else 0
    return _Sums(whole, whole - due, rounding)


def _opposite(draft: Draft) -> Draft:
    return structs.replace(draft, amount=draft.amount.times(-1, 1))


class _Side(Struct, frozen=True):
    """The charges, or the credits: their exact sum, that sum rounded once, and the sum of the lines shown."""

    exact: Fraction
    once: int
    shown: int

    @classmethod
    def of(cls, drafts: list[Draft], mode: RoundingMode) -> "_Side":
        # A fee that takes off what the lines show may take off more than their exact sum.
        exact = max(sum((draft.amount.fraction() for draft in drafts), Fraction(0)), Fraction(0))
        once = Exact(exact.numerator, exact.denominator).rounded(mode)
        return cls(exact, once, sum(draft.amount.rounded(mode) for draft in drafts))


def _parts(sums: _Sums, account: Account, terms: Terms, owed_now: int) -> _Parts:
    """Say where the credit goes: to the charge, and what is above it where the terms say."""
    use = account.use
    to_charge = min(sums.earned, max(sums.charged + owed_now, 0)) if use.to == "charge" else 0
    rest = sums.earned - to_charge
    goes = use.excess if use.to == "charge" else use.to
    if goes == "time":
        return _timed(to_charge, account.buy(rest), terms)
    account_, refund, forfeit = (rest if goes == name else 0 for name in ("account", "refund", "forfeit"))
    return _Parts(to_charge, account_, refund, 0, forfeit)


def _timed(to_charge: int, bought: Bought, terms: Terms) -> _Parts:
    unused = {name: bought.unused if terms.time.rest == name else 0 for name in ("account", "refund", "forfeit")}
    account = unused["account"] + bought.barred
    return _Parts(to_charge, account, unused["refund"], bought.value, unused["forfeit"], bought)


def _collected(due: int, terms: Terms, situation: Situation) -> int:
    """Return what of a sum is collected: nothing below `waive_below`, at least `minimum_due`."""
    if due <= 0:
        return due
    if due < situation.in_currency(terms.waive_below, "waive_below"):
        return 0
    return max(due, situation.in_currency(terms.minimum_due, "minimum_due"))


def _closing(parts: _Parts, rounding: int, corrected: int, writer: Writer) -> list[Entry]:
    """Return the lines after the credits: what of them is not applied, rounding, waiver and minimum."""
    kinds: tuple[tuple[LineKind, int], ...] = (
        ("to_account", parts.account),
        ("to_refund", parts.refund),
        ("to_time", parts.time),
        ("forfeited", parts.forfeit),
        ("waived", min(corrected, 0)),
        ("minimum", max(corrected, 0)),
        ("rounding", rounding),
    )
    return [writer.plain(kind, amount) for kind, amount in kinds if amount]


def _summary(earned: int, parts: _Parts, situation: Situation) -> CreditSummary:
    def money(minor: int) -> Money:
        return Money(minor, situation.currency)

    return CreditSummary(
        money(earned),
        money(parts.to_charge),
        money(parts.account),
        money(parts.refund),
        money(parts.time),
        money(parts.forfeit),
        parts.bought.days if parts.bought else 0,
    )


def _account(due: int, added: int, situation: Situation) -> AccountCredit:
    held = situation.membership.account_credit
    before = held.minor if held else 0
    used = min(before, due) if situation.policy.account_credit == "use" else 0
    currency = situation.currency
    return AccountCredit(Money(before, currency), Money(used, currency), Money(before - used + added, currency))
