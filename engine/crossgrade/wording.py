"""The wording: the sentences of our own that customers read, in English and German."""

from crossgrade.model.calendar import Interval

LOCALES = ("en", "de")

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


def template(key: str, locale: str) -> str:
    """Return the text of ours with its placeholders as they stand."""
    return _TEXTS[key][language_of(locale)]


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
