"""Checks on the values of single fields of accounts, each failing with a sentence."""

from __future__ import annotations

from zoneinfo import available_timezones

import pycountry
from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_country(code: object) -> bool:
    """Whether this is the alpha-3 code of a country or territory (ISO 3166-1), in capitals."""
    return isinstance(code, str) and code.isupper() and pycountry.countries.get(alpha_3=code) is not None


def validate_country(code: object) -> None:
    """Accepts ISO 3166-1 alpha-3 codes."""
    if not is_country(code):
        raise ValidationError(
            _("“%(code)s” is no country code: ISO 3166-1 in three capital letters, such as GHA, is."),
            params={"code": code},
        )


def validate_time_zone(name: object) -> None:
    """Accepts names of the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone: a name such as Africa/Accra is expected."), params={"name": name}
        )


def _is_language(tag: object) -> bool:
    if not isinstance(tag, str) or not tag:
        return False
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def validate_languages(tags: object) -> None:
    """Accepts a list of at least one language tag, such as ["fr", "en"], none twice."""
    if not isinstance(tags, list) or not tags or len(set(map(str, tags))) != len(tags):
        raise ValidationError(
            _("A list of languages is expected, none of them twice, the default one first.")
        )
    for tag in tags:
        if not _is_language(tag):
            raise ValidationError(_("“%(tag)s” is no language tag."), params={"tag": tag})


def validate_texts(texts: object) -> None:
    """Accepts one non-empty text per language, such as {"en": "Ministry", "fr": "Ministère"}."""
    if not isinstance(texts, dict) or not texts:
        raise ValidationError(_("A text in at least one language is expected."))
    for tag, text in texts.items():
        if not _is_language(tag):
            raise ValidationError(_("“%(tag)s” is no language tag."), params={"tag": tag})
        if not isinstance(text, str) or not text.strip():
            raise ValidationError(_("The text in “%(tag)s” is empty."), params={"tag": tag})
