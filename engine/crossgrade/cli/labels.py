"""Labels: the words that stand beside values in what the commands print, in English and German."""

from crossgrade import wording

_LABELS: dict[str, dict[str, str]] = {
    "due_now": {"en": "Due now", "de": "Jetzt zu zahlen"},
    "effective": {"en": "Takes effect", "de": "Gilt ab"},
    "at-once": {"en": "{day}, immediately", "de": "{day}, sofort"},
    "period-end": {"en": "{day}, the end of the period", "de": "{day}, Ende des Zeitraums"},
    "next": {"en": "Next charge", "de": "Nächste Abbuchung"},
    "amount-on": {"en": "{amount} on {day}", "de": "{amount} am {day}"},
    "none": {"en": "none", "de": "keine"},
    "then": {"en": "After that", "de": "Danach"},
    "credit": {"en": "Credit", "de": "Guthaben"},
    "earned": {"en": "{amount} earned: {uses}", "de": "{amount} entstanden: {uses}"},
    "account": {"en": "Account credit", "de": "Kontoguthaben"},
    "account-course": {"en": "{before} before, {after} after", "de": "{before} vorher, {after} nachher"},
    "gained": {"en": "Gained", "de": "Mehr"},
    "lost": {"en": "Lost", "de": "Weniger"},
    "added": {"en": "Added", "de": "Neu dabei"},
    "ended": {"en": "Ended", "de": "Entfällt"},
    "not-available": {"en": "not offered with the new plan", "de": "im neuen Tarif nicht erhältlich"},
    "included": {"en": "included in the new plan", "de": "im neuen Tarif enthalten"},
    "dropped": {"en": "dropped", "de": "entfallen"},
    "removed": {"en": "removed", "de": "abgewählt"},
    "message": {"en": "Message", "de": "Nachricht"},
    "why": {"en": "Why", "de": "Warum"},
    "refused": {"en": "Not possible.", "de": "Nicht möglich."},
    "no_change": {"en": "No change.", "de": "Keine Änderung."},
    "period": {"en": "{start} to {end}", "de": "{start} bis {end}"},
    "offers": {"en": "What {title} can change to on {day}", "de": "Wohin {title} am {day} wechseln kann"},
    "plan": {"en": "plan or add-on", "de": "Tarif oder Zusatz"},
    "price": {"en": "price", "de": "Preis"},
    "costs": {"en": "costs", "de": "kostet"},
    "now": {"en": "due now", "de": "jetzt"},
    "next-charge": {"en": "next charge", "de": "nächste Abbuchung"},
    "note": {"en": "note", "de": "Hinweis"},
    "current": {"en": "current", "de": "jetzt gewählt"},
    "held": {"en": "held; this is for one more", "de": "vorhanden; dies gilt für eins mehr"},
    "from-day": {"en": "from {day}", "de": "ab {day}"},
    "per": {"en": "{amount} / {interval}", "de": "{amount} / {interval}"},
    "day": {"en": "day", "de": "Tag"},
    "week": {"en": "week", "de": "Woche"},
    "month": {"en": "month", "de": "Monat"},
    "year": {"en": "year", "de": "Jahr"},
    "once": {"en": "{amount} once", "de": "{amount} einmalig"},
    "free": {"en": "free", "de": "kostenlos"},
    "lifetime": {"en": "{title}, lifetime", "de": "{title}, auf Lebenszeit"},
}


UNITS = ("day", "week", "month", "year")
"""The intervals that are one unit long and so need no number after a `/`."""


def label(key: str, locale: str, /, **parts: object) -> str:
    """Return a label in the language of a locale, its placeholders filled."""
    return _LABELS[key][wording.language_of(locale)].format(**parts)
