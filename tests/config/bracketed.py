"""A language in which every translatable text stands in brackets: what stands outside is data, or missed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

OPENING, CLOSING = "⟦", "⟧"
_INNERMOST = re.compile(f"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}")
# What a browser does not show, and what is written the same in every language.
_NOT_SAID = {"style", "script", "code", "time"}
_SAID_IN_ATTRIBUTES = {"alt", "aria-label", "title", "placeholder", "data-label"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@contextmanager
def bracketed() -> Iterator[None]:
    """Every text that is translated while this lasts comes in brackets, in plain English inside them."""

    def marked(text: str) -> str:
        return f"{OPENING}{text}{CLOSING}" if text else text

    with pytest.MonkeyPatch.context() as patch:
        translation.gettext("")  # loads the functions that are replaced
        ours: Any = vars(translation)["_trans"]
        patch.setattr(ours, "gettext", marked)
        patch.setattr(ours, "pgettext", lambda context, text: marked(text))
        patch.setattr(ours, "ngettext", lambda one, many, number: marked(one if number == 1 else many))
        patch.setattr(
            ours, "npgettext", lambda context, one, many, number: marked(one if number == 1 else many)
        )
        yield


class _Reader(HTMLParser):
    """The texts of a page, one for each run of text and each attribute that is read out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in _SAID_IN_ATTRIBUTES and value]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _NOT_SAID & set(self.open):
            self.texts.append(data)


def outside_brackets(page: str) -> list[str]:
    """What the page says that is in no translatable text: values, and words that were forgotten."""
    reader = _Reader()
    # A text may begin in one element and end in another, so brackets are taken out of the whole.
    reader.feed(page)
    reader.close()
    whole = "\x00".join(reader.texts)
    while _INNERMOST.search(whole):
        whole = _INNERMOST.sub(" ", whole)
    found = (" ".join(text.split()) for text in whole.split("\x00"))
    return [text for text in found if re.search(r"[^\W\d_]{2,}", text)]


def everything_stored() -> str:
    """All that stands in the database, as one text in lower case: what is there is data."""
    parts = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            parts += [str(value) for value in row.values() if value not in (None, "")]
    return " ".join("\n".join(parts).casefold().split())
