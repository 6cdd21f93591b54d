"""A text: what people read, by locale."""

from collections.abc import Mapping

from msgspec import Struct


class Text(Struct, frozen=True):
    """What people read: a template by locale, with placeholders such as `{usage.disk_gb}`."""

    by_locale: Mapping[str, str]

    def in_locale(self, locale: str, default: str) -> str:
        """Return the template for the locale, its language, the default locale, or the first there is."""
        texts = self.by_locale
        for wanted in (locale, locale.partition("-")[0].partition("_")[0], default):
            if wanted in texts:
                return texts[wanted]
        return next(iter(texts.values()))
