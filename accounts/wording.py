"""How values stand in sentences: days, figures and codes in the language of whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, get_language_bidi

# A narrow no-break space groups digits the same way in every language (ISO 80000-1): a point or a comma
# means thousands to one reader and decimals to another.
GROUP: Final = "\N{NARROW NO-BREAK SPACE}"
SPACE: Final = "\N{NO-BREAK SPACE}"
# What stands between these keeps its own direction, told by its first letter, and turns nothing around it.
_ISOLATE, _END_OF_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
# A place for a value, with the unit that follows it.
_PLACE = re.compile(
    r"%\(\w+\)s(?:[ \N{NO-BREAK SPACE}]t(?:[ \N{NO-BREAK SPACE}]CO₂[ \N{NO-BREAK SPACE}]eq)?(?!\w))?"
)
# British forms where the language alone would give American ones.
_LOCALES: Final = {"en": "en_GB", "zh-hans": "zh_Hans", "zh": "zh_Hans"}
# Figures of four digits are read without help, and a year is never grouped.
_GROUPED_FROM: Final = 10_000


class Named(str):
    """A code with what people call it: records keep the code, a sentence says the label."""

    label: str | Promise

    def __new__(cls, code: str, label: str | Promise) -> Named:
        named = super().__new__(cls, code)
        named.label = label
        return named


def grouped(value: int) -> str:
    """12345 as "12 345"."""
    return f"{value:,}".replace(",", GROUP)


def long_date(value: date) -> str:
    """A date in words of the active language, such as "3 June 2024"."""
    if isinstance(value, datetime):
        value = value.date()
    language = get_language() or "en"
    try:
        locale = Locale.parse(_LOCALES.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    text = format_date(value, "long", locale=locale)
    if locale.language == "fr" and value.day == 1:
        # The first day of a month is an ordinal in French; the locale data leaves that to whoever writes.
        text = f"1er{text.removeprefix('1')}"
    return text.replace(" ", SPACE)


_long_date_when_read = lazy(long_date, str)


def day(value: date) -> Named:
    """A day whose code is its ISO form, and whose label is it in words."""
    return Named(value.isoformat(), _long_date_when_read(value))


def in_words(value: Any) -> str:
    """A value as a sentence says it: what has a label by it, long figures in groups, lists with commas."""
    label = getattr(value, "label", None)
    if label is not None:
        return str(label)
    if isinstance(value, (list, tuple)):
        return ", ".join(in_words(item) for item in value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _GROUPED_FROM:
        return grouped(value)
    return str(value)


def filled(words: str, values: Mapping[str, str]) -> str:
    """A sentence with the values in its places, which it names as `%(place)s`.

    Where the language is written from right to left every value stands isolated, a figure together with its
    unit: without that, a unit in Latin letters would stand before its figure.
    """
    if get_language_bidi():
        words = _PLACE.sub(rf"{_ISOLATE}\g<0>{_END_OF_ISOLATE}", words)
    return words % values
