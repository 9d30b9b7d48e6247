"""How volumes, vintages and dates are written in letters: filters for the letter templates."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Final

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from accounts import wording
from accounts.wording import SPACE

register = template.Library()

DASH: Final = "\N{EN DASH}"
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@register.filter
def grouped(value: int) -> str:
    """12345 as "12 345"."""
    return wording.grouped(value)


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
    return wording.long_date(value)


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


@register.filter
def paragraphs(value: str) -> SafeString:
    """Paragraphs of free text, each in the direction in which it is written, whatever the letter's."""
    blocks = [(_direction(block), _lines(block)) for block in re.split(r"\n{2,}", value.strip())]
    return format_html_join("\n", '<p dir="{}">{}</p>', blocks)


def _lines(block: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in block.split("\n")))


def _direction(text: str) -> str:
    """The direction of its first strong character: that of the language where there is none."""
    for sign in text:
        if (strong := unicodedata.bidirectional(sign)) in ("L", "R", "AL"):
            return "ltr" if strong == "L" else "rtl"
    return "rtl" if get_language_bidi() else "ltr"


@register.filter
def money(amount: str, currency: str) -> str:
    """An amount with two decimals and its currency (ISO 4217): "USD 1 500.00"."""
    units, _point, cents = amount.partition(".")
    return f"{currency}{SPACE}{grouped(int(units))}.{cents}"


@register.filter
def digest(sha256: str) -> str:
    """A SHA-256 in groups of eight signs, which can be read aloud and broken over lines."""
    return " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))
