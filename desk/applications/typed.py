"""Kinds of answer: how what is typed into a form becomes raw JSON, and how raw JSON is typed again.

Nothing is refused here, and nothing is lost: what cannot be read as a day or a number is kept as the text
that it is, and the content's own checks say what is wrong with it.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from desk.applications.places import Raw
from letters.templatetags.letter_format import grouped, long_date
from workflow.refusals import Words

Typed = dict[str, list[str]]
Choices = Sequence[tuple[str, Words]]
Sent = MultiValueDict[str, str]

# People group digits with a space, which ought not to make a number unreadable. A comma or a point is left
# standing: it may just as well mean decimals, and a factor of a thousand is not for us to guess.
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]")
_FIGURES = re.compile(r"-?[0-9]{1,18}")


def text_of(raw: Raw) -> str:
    """Any raw value as somebody might have typed it."""
    if raw is None:
        return ""
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def items_of(raw: Raw) -> list[Raw]:
    """The items of a list; anything else is one item, and nothing is none."""
    if raw is None:
        return []
    return raw if isinstance(raw, list) else [raw]


def as_typed(text: str) -> str:
    """The text with line endings of one kind, and without the one sign that a database cannot keep."""
    return text.replace("\r\n", "\n").replace("\x00", "\N{REPLACEMENT CHARACTER}")


def figure_or_text(text: str) -> Raw:
    """A whole number where figures were typed, else the text; None where nothing was."""
    bare = _SPACES.sub("", text)
    if not bare:
        return None
    return int(bare) if _FIGURES.fullmatch(bare) else text


class Answer(ABC):
    """One kind of answer."""

    @abstractmethod
    def read(self, sent: Sent, name: str) -> Raw:
        """The raw value of what was sent under this name; None where it was left empty."""

    @abstractmethod
    def write(self, name: str, raw: Raw) -> Typed:
        """What to show in the form again for a raw value."""

    @abstractmethod
    def widget(self, raw: Raw) -> forms.Widget:
        """The control, which offers at least what stands there now."""

    def told(self, raw: Raw) -> list[str]:
        """The value in words, one line or several; none where there is none."""
        return [text_of(raw)] if raw not in (None, "", [], {}) else []


@dataclass(frozen=True, kw_only=True)
class Text(Answer):
    """A text, `lines` high. `size` is how many signs wide the box is, 0 for all of the page's width."""

    lines: int = 1
    size: int = 0
    autocomplete: str = ""

    def read(self, sent: Sent, name: str) -> Raw:
        text = as_typed(sent.get(name) or "")
        return text if text.strip() else None

    def write(self, name: str, raw: Raw) -> Typed:
        return {name: [text_of(raw)]}

    def widget(self, raw: Raw) -> forms.Widget:
        if self.lines > 1:
            return forms.Textarea(attrs={"rows": self.lines, "class": "form-control"})
        attrs = {"class": f"form-control{f' width-{self.size}' if self.size else ''}"}
        if self.autocomplete:
            attrs["autocomplete"] = self.autocomplete
        return forms.TextInput(attrs=attrs)


@dataclass(frozen=True, kw_only=True)
class Lines(Text):
    """A list of texts, one on each line."""

    lines: int = 3

    def read(self, sent: Sent, name: str) -> Raw:
        found = [line for line in as_typed(sent.get(name) or "").split("\n") if line.strip()]
        return found or None

    def write(self, name: str, raw: Raw) -> Typed:
        return {name: ["\n".join(text_of(item) for item in items_of(raw))]}

    def told(self, raw: Raw) -> list[str]:
        return [text_of(item) for item in items_of(raw)]


@dataclass(frozen=True, kw_only=True)
class Whole(Answer):
    """A whole number, such as tonnes or a year."""

    size: int = 20
    grouped: bool = True

    def read(self, sent: Sent, name: str) -> Raw:
        return figure_or_text(as_typed(sent.get(name) or ""))

    def write(self, name: str, raw: Raw) -> Typed:
        return {name: [text_of(raw)]}

    def widget(self, raw: Raw) -> forms.Widget:
        attrs = {"class": f"form-control width-{self.size}", "inputmode": "numeric", "autocomplete": "off"}
        return forms.TextInput(attrs=attrs)

    def told(self, raw: Raw) -> list[str]:
        if self.grouped and isinstance(raw, int) and not isinstance(raw, bool):
            return [grouped(raw)]
        return super().told(raw)


class SplitDay(forms.MultiWidget):
    """Three boxes for day, month and year, which keep whatever is typed into them."""

    use_fieldset = True
    labels = (_("Day"), _("Month"), _("Year"))

    def __init__(self) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            {
                "day": forms.TextInput(attrs={**box, "class": "form-control width-2"}),
                "month": forms.TextInput(attrs={**box, "class": "form-control width-2"}),
                "year": forms.TextInput(attrs={**box, "class": "form-control width-4"}),
            }
        )

    def decompress(self, value: Any) -> list[str]:
        return list(value or ["", "", ""])

    def id_for_label(self, id_: str) -> str:
        """The group is named by its legend, and each box by its own label."""
        return ""


_PARTS = ("day", "month", "year")
# Figures in all three boxes, whether or not there is such a day.
_FULL_DAY = re.compile(r"([1-9][0-9]{0,3})-(0[1-9]|[1-9][0-9])-(0[1-9]|[1-9][0-9])")


@dataclass(frozen=True, kw_only=True)
class Day(Answer):
    """A date: kept in the form 2024-06-30 where figures were typed, else as its three parts."""

    def read(self, sent: Sent, name: str) -> Raw:
        day, month, year = (as_typed(sent.get(f"{name}_{part}") or "") for part in _PARTS)
        if not any(part.strip() for part in (day, month, year)):
            return None
        written = _FULL_DAY.fullmatch(f"{year.strip()}-{month.strip():0>2}-{day.strip():0>2}")
        return written.group() if written else {"day": day, "month": month, "year": year}

    def write(self, name: str, raw: Raw) -> Typed:
        parts = dict.fromkeys(_PARTS, "")
        if isinstance(raw, dict):
            parts |= {part: text_of(raw.get(part)) for part in _PARTS}
        elif (found := _FULL_DAY.fullmatch(text_of(raw))) is not None:
            year, month, day = found.groups()
            parts = {"day": day.removeprefix("0"), "month": month.removeprefix("0"), "year": year}
        else:
            parts["day"] = text_of(raw)
        return {f"{name}_{part}": [text] for part, text in parts.items()}

    def widget(self, raw: Raw) -> forms.Widget:
        return SplitDay()

    def told(self, raw: Raw) -> list[str]:
        if isinstance(raw, dict):
            return [" ".join(filter(None, (text_of(raw.get(part)) for part in _PARTS)))]
        try:
            return [long_date(date.fromisoformat(text_of(raw)))] if raw else []
        except ValueError:
            return [text_of(raw)]


_CHOOSE = _("Choose")


@dataclass(frozen=True, kw_only=True)
class Choice(Answer):
    """One of some values. `offered` is asked when the page is made: names depend on the language."""

    offered: Callable[[], Choices]
    none: Words = _CHOOSE

    def read(self, sent: Sent, name: str) -> Raw:
        return as_typed(sent.get(name) or "") or None

    def write(self, name: str, raw: Raw) -> Typed:
        return {name: [text_of(raw)]}

    def widget(self, raw: Raw) -> forms.Widget:
        offered = [("", self.none), *self.offered()]
        known = {value for value, _label in offered}
        if (kept := text_of(raw)) not in known:
            offered.append((kept, kept))
        return forms.Select(choices=offered, attrs={"class": "form-select"})

    def told(self, raw: Raw) -> list[str]:
        labels = dict(self.offered())
        return [str(labels.get(line, line)) for line in super().told(raw)]


@dataclass(frozen=True, kw_only=True)
class Several(Answer):
    """Any of some values, in the order in which they are offered."""

    offered: Callable[[], Choices]

    def read(self, sent: Sent, name: str) -> Raw:
        return [as_typed(value) for value in sent.getlist(name) if value] or None

    def write(self, name: str, raw: Raw) -> Typed:
        return {name: [text_of(item) for item in items_of(raw)]}

    def widget(self, raw: Raw) -> forms.Widget:
        offered = list(self.offered())
        known = {value for value, _label in offered}
        offered += [(kept, kept) for kept in map(text_of, items_of(raw)) if kept not in known]
        return forms.CheckboxSelectMultiple(choices=offered, attrs={"class": "form-check-input"})

    def told(self, raw: Raw) -> list[str]:
        labels = dict(self.offered())
        return [str(labels.get(text_of(item), text_of(item))) for item in items_of(raw)]
