"""The wording: the sentences of our own that customers read, in English and German."""

from crossgrade.model.calendar import Interval

LOCALES = ("en", "de")

BUILT_IN_RULES = (
    "same-selection",
    "already-pending",
    "included",
    "withdrawal",
    "outside-family",
    "retired",
    "addon-not-available",
    "quantity-out-of-range",
    "otherwise",
)
"""The ids of the rules that every policy has; a policy's `messages` may give them texts of its own."""

_TEXTS: dict[str, dict[str, str]] = {
    "same-selection": {
        "en": "This is what you already have. Nothing would change.",
        "de": "Das haben Sie bereits. Es würde sich nichts ändern.",
    },
    "already-pending": {
        "en": "This change is already scheduled.",
        "de": "Diese Änderung ist bereits vorgemerkt.",
    },
    "included": {
        "en": "Your plan already includes this.",
        "de": "Das ist in Ihrem Tarif bereits enthalten.",
    },
    "withdrawal": {
        "en": "The scheduled change is called off.",
        "de": "Die vorgemerkte Änderung wird zurückgenommen.",
    },
    "no-change": {
        "en": "Your selection would change nothing.",
        "de": "Ihre Auswahl würde nichts ändern.",
    },
    "outside-family": {
        "en": "{target.title} is not offered to members on {current.title}.",
        "de": "{target.title} wird Mitgliedern mit {current.title} nicht angeboten.",
    },
    "retired": {
        "en": "{target.title} is no longer offered.",
        "de": "{target.title} wird nicht mehr angeboten.",
    },
    "addon-not-available": {
        "en": "Not available with {target.title}: {addons}.",
        "de": "Mit {target.title} nicht erhältlich: {addons}.",
    },
    "quantity-out-of-range": {
        "en": "This quantity is not available: {items}.",
        "de": "Diese Menge ist nicht erhältlich: {items}.",
    },
    "otherwise": {
        "en": "This change is not available.",
        "de": "Diese Änderung ist nicht möglich.",
    },
    "yes": {"en": "yes", "de": "ja"},
    "no": {"en": "no", "de": "nein"},
    "unlimited": {"en": "unlimited", "de": "unbegrenzt"},
    "charge": {"en": "{title}, {interval}", "de": "{title}, {interval}"},
    "charge-rest": {"en": "{title}, rest of the period", "de": "{title}, Rest des Zeitraums"},
    "charge-once": {"en": "{title}, once", "de": "{title}, einmalig"},
    "difference": {"en": "Difference to {title}", "de": "Differenz zu {title}"},
    "discount": {"en": "Discount on {title}", "de": "Rabatt auf {title}"},
    "setup_fee": {"en": "Setup fee for {title}", "de": "Einrichtungsgebühr für {title}"},
    "setup_fee-credit": {"en": "Setup fee paid for {title}", "de": "Gezahlte Einrichtungsgebühr für {title}"},
    "setup_fee-difference": {
        "en": "Setup fee for {title}, less what was paid",
        "de": "Einrichtungsgebühr für {title}, abzüglich der gezahlten",
    },
    "credit": {"en": "Unused time on {title}", "de": "Restwert von {title}"},
    "fee": {"en": "Fee for the change", "de": "Gebühr für den Wechsel"},
    "promotion": {"en": "Promotion", "de": "Aktion"},
    "to_time": {"en": "Credit turned into time", "de": "Guthaben als Laufzeit"},
    "waived": {"en": "Too little to collect", "de": "Zu wenig, um es einzuziehen"},
    "minimum": {"en": "Raised to the smallest amount charged", "de": "Auf den Mindestbetrag erhöht"},
    "to_account": {"en": "Credit kept for you", "de": "Guthaben für Sie"},
    "to_refund": {"en": "Refunded to you", "de": "Erstattung an Sie"},
    "forfeited": {"en": "Credit above the charge, which expires", "de": "Guthaben über dem Preis, das verfällt"},
    "rounding": {"en": "Rounding", "de": "Rundung"},
    "owed": {"en": "Owed from earlier changes", "de": "Offen aus früheren Änderungen"},
    "account_credit": {"en": "Paid from your credit", "de": "Aus Ihrem Guthaben bezahlt"},
    "units": {"en": "{count} × {title}", "de": "{count} × {title}"},
    "how": {"en": "{basis} × {unused} of {length} {unit}", "de": "{basis} × {unused} von {length} {unit}"},
    "how-whole": {"en": "{basis}, whole", "de": "{basis}, ganz"},
    "how-at-most": {"en": "{how}, at most {limit}", "de": "{how}, höchstens {limit}"},
    "how-difference": {"en": "{new} − {old}", "de": "{new} − {old}"},
    "how-percent": {"en": "{percent} %", "de": "{percent} %"},
}

_EXPLAINED: dict[str, dict[str, str]] = {
    "why-kind": {
        "en": "The change from {before} to {after} is of the kind `{kind}`.",
        "de": "Der Wechsel von {before} zu {after} ist von der Art `{kind}`.",
    },
    "why-kind-here": {
        "en": "The change on {before} is of the kind `{kind}`.",
        "de": "Die Änderung an {before} ist von der Art `{kind}`.",
    },
    "section-no_change": {"en": "No-change rule", "de": "No-Change-Regel"},
    "section-restrictions": {"en": "Restriction", "de": "Einschränkung"},
    "section-transitions": {"en": "Transition", "de": "Übergang"},
    "why-first": {
        "en": "{section} `{rule}` decides, as the first one that holds.",
        "de": "{section} `{rule}` trifft als Erstes zu und entscheidet.",
    },
    "why-first-because": {
        "en": "{section} `{rule}` decides, as the first one that holds: {because}.",
        "de": "{section} `{rule}` trifft als Erstes zu und entscheidet: {because}.",
    },
    "why-refused": {"en": "{section} `{rule}` refuses it.", "de": "{section} `{rule}` lehnt es ab."},
    "why-refused-because": {
        "en": "{section} `{rule}` refuses it, since {because}.",
        "de": "{section} `{rule}` lehnt es ab: {because}.",
    },
    "why-not": {
        "en": "{section} `{rule}` does not hold: {failed}.",
        "de": "{section} `{rule}` trifft nicht zu: {failed}.",
    },
    "why-same-selection": {
        "en": "The selection is what the membership already has (rule `same-selection`).",
        "de": "Ausgewählt ist, was die Mitgliedschaft schon hat (Regel `same-selection`).",
    },
    "why-already-pending": {
        "en": "The selection is what is already scheduled (rule `already-pending`).",
        "de": "Ausgewählt ist, was schon vorgemerkt ist (Regel `already-pending`).",
    },
    "why-included": {
        "en": "The plan includes what is asked for, and nothing else is selected (rule `included`).",
        "de": "Der Tarif enthält das Gewünschte bereits, sonst ist nichts ausgewählt (Regel `included`).",
    },
    "why-withdrawal": {
        "en": "The current membership is selected, so the scheduled change is called off (rule `withdrawal`).",
        "de": "Ausgewählt ist die jetzige Mitgliedschaft: Die vorgemerkte Änderung entfällt (Regel `withdrawal`).",
    },
    "why-outside-family": {
        "en": "The plan belongs to another family, and no transition that holds leads there (rule `outside-family`).",
        "de": "Der Tarif ist von einer anderen Familie, und kein Übergang führt dorthin (Regel `outside-family`).",
    },
    "why-retired": {
        "en": "What is selected is kept only for those who have it (rule `retired`).",
        "de": "Das Ausgewählte behalten nur die, die es schon haben (Regel `retired`).",
    },
    "why-addon-not-available": {
        "en": "An add-on is selected that the plan does not offer (rule `addon-not-available`).",
        "de": "Ausgewählt ist ein Zusatz, den der Tarif nicht anbietet (Regel `addon-not-available`).",
    },
    "why-quantity-out-of-range": {
        "en": "The number of units is outside what is sold (rule `quantity-out-of-range`).",
        "de": "Die Stückzahl liegt außerhalb dessen, was verkauft wird (Regel `quantity-out-of-range`).",
    },
    "why-otherwise": {
        "en": "No transition holds, so the change is refused (rule `otherwise`).",
        "de": "Kein Übergang trifft zu, also wird die Änderung abgelehnt (Regel `otherwise`).",
    },
    "why-message": {"en": "The customer reads: {message}", "de": "Der Kunde liest: {message}"},
    "seen": {"en": "`{fact}` is {found}", "de": "`{fact}` ist {found}"},
    "seen-bound": {"en": "`{fact}` is {found} ({bound})", "de": "`{fact}` ist {found} ({bound})"},
    "unmet": {
        "en": "`{fact}` is {found} and would have to be {bound}",
        "de": "`{fact}` ist {found} und müsste {bound} sein",
    },
    "unmet-change.kind": {
        "en": "it is about {values}, and this is {found}",
        "de": "betrifft {values}, und dies ist {found}",
    },
    "unmet-from": {
        "en": "it starts from {values}, and {found} is held",
        "de": "beginnt bei {values}, und {found} besteht",
    },
    "unmet-to": {
        "en": "it leads to {values}, and {found} is selected",
        "de": "führt zu {values}, und {found} ist ausgewählt",
    },
    "unmet-target.family": {
        "en": "it stays in the family {values}, and the selected plan is in {found}",
        "de": "bleibt in der Familie {values}, und der ausgewählte Tarif gehört zu {found}",
    },
    "unmet-same": {"en": "`{fact}` would not stay the same", "de": "`{fact}` bliebe nicht gleich"},
    "nearest": {"en": "It would be allowed {how}.", "de": "Erlaubt wäre es, {how}."},
    "nearest-once": {"en": "once {conditions}", "de": "sobald {conditions}"},
    "nearest-is": {"en": "`{fact}` is {bound}", "de": "`{fact}` {bound} ist"},
    "nearest-paid": {"en": "the open payment is made", "de": "die offene Zahlung geleistet ist"},
    "nearest-from": {"en": "from {first} on", "de": "und zwar ab dem {first}"},
    "nearest-between": {"en": "from {first} to {last}", "de": "und zwar vom {first} bis zum {last}"},
    "bound-between": {"en": "from {low} to {high}", "de": "von {low} bis {high}"},
    "bound-one": {"en": "{values}", "de": "{values}"},
    "bound-in": {"en": "one of {values}", "de": "eines von {values}"},
    "bound-not_in": {"en": "other than {values}", "de": "etwas anderes als {values}"},
    "bound-at_least": {"en": "at least {values}", "de": "mindestens {values}"},
    "bound-at_most": {"en": "at most {values}", "de": "höchstens {values}"},
    "bound-more_than": {"en": "more than {values}", "de": "mehr als {values}"},
    "bound-less_than": {"en": "less than {values}", "de": "weniger als {values}"},
    "and": {"en": " and ", "de": " und "},
    "nothing": {"en": "nothing", "de": "nichts"},
    "line": {"en": "{title}: {amount}.", "de": "{title}: {amount}."},
    "line-how": {"en": "{title}: {amount} ({how}).", "de": "{title}: {amount} ({how})."},
    "effective-immediately": {
        "en": "The change takes effect immediately, on {day}.",
        "de": "Die Änderung gilt sofort, ab {day}.",
    },
    "effective-period_end": {
        "en": "The change takes effect at the end of the period, on {day}.",
        "de": "Die Änderung gilt ab dem Ende des Zeitraums, ab {day}.",
    },
    "credit-rule": {
        "en": "Credit rule `{rule}` values the unused time at {amount}: {uses}.",
        "de": "Die Guthabenregel `{rule}` bewertet den Restwert mit {amount}: {uses}.",
    },
    "credit-earned": {
        "en": "The credit is {amount}: {uses}.",
        "de": "Das Guthaben beträgt {amount}: {uses}.",
    },
    "credit-to_charge": {"en": "{amount} comes off this charge", "de": "{amount} mindern diesen Betrag"},
    "credit-to_account": {"en": "{amount} is kept as credit", "de": "{amount} bleiben als Guthaben"},
    "credit-to_refund": {"en": "{amount} is refunded", "de": "{amount} werden erstattet"},
    "credit-to_time": {"en": "{amount} becomes time", "de": "{amount} werden zu Laufzeit"},
    "credit-forfeited": {"en": "{amount} expires", "de": "{amount} verfallen"},
    "credit-none": {"en": "No credit is earned.", "de": "Es entsteht kein Guthaben."},
    "account-used": {
        "en": "{used} of the credit kept before is spent, {after} is left.",
        "de": "Vom vorhandenen Guthaben werden {used} verbraucht, {after} bleiben.",
    },
    "due-now": {"en": "Due now: {amount}.", "de": "Jetzt zu zahlen: {amount}."},
    "next-charge": {
        "en": "The next charge is {amount} on {day}.",
        "de": "Die nächste Abbuchung ist am {day}: {amount}.",
    },
    "next-charge-none": {"en": "There is no next charge.", "de": "Es gibt keine weitere Abbuchung."},
}
"""What `explain` says, with facts and rules by their ids."""

_UNITS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "second": ("one second", "seconds"),
        "minute": ("one minute", "minutes"),
        "hour": ("one hour", "hours"),
        "day": ("one day", "days"),
        "week": ("one week", "weeks"),
        "month": ("one month", "months"),
        "year": ("one year", "years"),
        "period": ("one period", "periods"),
    },
    "de": {
        "second": ("eine Sekunde", "Sekunden"),
        "minute": ("eine Minute", "Minuten"),
        "hour": ("eine Stunde", "Stunden"),
        "day": ("ein Tag", "Tage"),
        "week": ("eine Woche", "Wochen"),
        "month": ("ein Monat", "Monate"),
        "year": ("ein Jahr", "Jahre"),
        "period": ("ein Zeitraum", "Zeiträume"),
    },
}

_OF_UNITS_DE = {"day": "Tagen", "month": "Monaten", "year": "Jahren", "period": "Zeiträumen"}
"""German after a number with `von`: the dative, where it differs."""


def language_of(locale: str) -> str:
    """Return the language of ours for a locale; English where we have no other."""
    language = locale.replace("_", "-").partition("-")[0]
    return language if language in LOCALES else "en"


def keys() -> tuple[str, ...]:
    """Return the key of every text of ours."""
    return (*_TEXTS, *_EXPLAINED)


def decimal_mark(digits: str, locale: str) -> str:
    """Return plain digits with the decimal mark of our language for a locale."""
    return digits.replace(".", ",") if language_of(locale) == "de" else digits


def template(key: str, locale: str) -> str:
    """Return the text of ours with its placeholders as they stand."""
    return (_TEXTS.get(key) or _EXPLAINED[key])[language_of(locale)]


def text(key: str, locale: str, /, **parts: object) -> str:
    """Return the text of ours with its placeholders filled."""
    return template(key, locale).format(**parts)


def units_of(unit: str, locale: str) -> str:
    """Return the plural of a unit as it stands after `6 of 12`."""
    language = language_of(locale)
    return _OF_UNITS_DE.get(unit, _UNITS[language][unit][1]) if language == "de" else _UNITS[language][unit][1]


def duration(every: Interval, locale: str) -> str:
    """Return an interval in words: one month, 3 months, one year."""
    unit, count = _counted(every)
    one, many = _UNITS[language_of(locale)][unit]
    return one if count == 1 else f"{count} {many}"


def _counted(every: Interval) -> tuple[str, int]:
    if every.unit == "month" and every.count % 12 == 0:
        return "year", every.count // 12
    if every.unit == "day" and every.count == 7:
        return "week", 1
    return every.unit, every.count
