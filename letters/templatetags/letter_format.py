"""How volumes, vintages and dates are written in letters: filters for the letter templates."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django import template
from django.utils.translation import get_language

register = template.Library()

# A narrow no-break space groups digits the same way in every language (ISO 80000-1): a point or a comma
# means thousands to one reader and decimals to another.
GROUP: Final = "\N{NARROW NO-BREAK SPACE}"
SPACE: Final = "\N{NO-BREAK SPACE}"
DASH: Final = "\N{EN DASH}"
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# British forms where the language alone would give American ones.
_LOCALES: Final = {"en": "en_GB", "zh-hans": "zh_Hans", "zh": "zh_Hans"}


@register.filter
def grouped(value: int) -> str:
    """12345 as "12 345"."""
    return f"{value:,}".replace(",", GROUP)


@register.filter
def tonnes(value: int) -> str:
    """A volume with its unit. The 2 is the subscript character: a lowered 2 breaks in right-to-left text."""
    return f"{grouped(value)}{SPACE}t{SPACE}CO₂{SPACE}eq"


@register.filter
def grouped_or_dash(value: int | None) -> str:
    """A volume in a table column, or a dash where none is stated."""
    return DASH if value is None else grouped(value)


@register.filter
def formula(value: str) -> str:
    """The name of a gas with the figures that follow a letter as subscripts: CO₂, CH₄, HFC-134a."""
    return re.sub(r"(?<=[A-Za-z])[0-9]+", lambda figures: figures[0].translate(_SUBSCRIPTS), value)


@register.filter
def long_date(value: date) -> str:
    """A date in words of the active language, such as "3 June 2024"."""
    if isinstance(value, datetime):
        value = value.date()
    language = get_language() or "en"
    try:
        locale = Locale.parse(_LOCALES.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    return format_date(value, "long", locale=locale).replace(" ", SPACE)


@register.filter
def vintage_span(vintages: Sequence[int]) -> str:
    """Ascending vintages in short: "2023", "2023–2025", "2023, 2025–2027"."""
    runs: list[list[int]] = []
    for vintage in vintages:
        if runs and vintage == runs[-1][-1] + 1:
            runs[-1].append(vintage)
        else:
            runs.append([vintage])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}{DASH}{run[-1]}" for run in runs)
