"""WeasyPrint as letters use it: templates under one language, our fonts, and nothing fetched from outside."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from threading import RLock
from typing import Any, Final

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from weasyprint import CSS, HTML, Document
from weasyprint.logger import LOGGER
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from letters.fonts import FontsUnusable, LetterFonts, letter_fonts

# The font map that all letters share must not be used by two threads at once.
_TYPESETTER: Final = RLock()


def write_pdf(document: Document, **options: Any) -> bytes:
    """The bytes of a document, with WeasyPrint's options."""
    with warnings.catch_warnings():
        # WeasyPrint leaves the file of its colour profile to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        pdf: bytes = document.write_pdf(**options)
    return pdf


class CannotTypeset(RuntimeError):
    """The letter cannot be set as it is; the sentence says why."""


class _Supplied(URLFetcher):  # type: ignore[misc]  # WeasyPrint publishes no types
    """Serves the parts that were handed in, under `letter:`; any other address stops the rendering."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=["letter"])
        self._parts = parts
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        part = self._parts.get(url)
        if part is None:
            self.refused.append(url)
            raise FatalURLFetchingError(f"A letter may not load {url}.")
        kind = "image/jpeg" if url.endswith(".jpg") else "image/svg+xml"
        return URLFetcherResponse(url, body=part, headers={"Content-Type": kind})


class _Errors(logging.Handler):
    """Collects what WeasyPrint only logs, such as an image that it leaves out."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.sentences: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.sentences.append(record.getMessage())


@contextmanager
def _nothing_left_out(fetcher: _Supplied) -> Iterator[None]:
    """Raise CannotTypeset where something was not loaded or drawn: a letter is whole, or there is none."""
    errors = _Errors()
    LOGGER.addHandler(errors)
    try:
        yield
    except FatalURLFetchingError as error:
        raise CannotTypeset(str(error)) from None
    finally:
        LOGGER.removeHandler(errors)
    if fetcher.refused:
        raise CannotTypeset(f"A letter may not load {fetcher.refused[0]}.")
    if errors.sentences:
        raise CannotTypeset(f"The letter could not be set whole: {' '.join(errors.sentences)}")


def fonts() -> LetterFonts:
    """The fonts of this installation, made on first use. Raises CannotTypeset where there are none."""
    try:
        return letter_fonts(settings.FONT_CACHE_DIR, settings.LETTER_FONT_DIR)
    except FontsUnusable as error:
        raise CannotTypeset(str(error)) from error


@lru_cache(maxsize=16)
def _stylesheet(text: str, letter_fonts_used: LetterFonts) -> CSS:
    return CSS(
        string=text,
        font_config=letter_fonts_used.configuration,
        url_fetcher=_Supplied({}),
        base_url="letter:",
    )


def page_of(template: str, context: Mapping[str, Any], *, language: str) -> str:
    """The page (HTML) that a template gives, in one language and its direction."""
    with translation.override(language):
        direction = "rtl" if translation.get_language_bidi() else "ltr"
        page: str = get_template(template).render({**context, "direction": direction, "language": language})
    return page


@contextmanager
def typeset(
    template: str,
    context: Mapping[str, Any],
    *,
    stylesheet: str,
    language: str,
    parts: Mapping[str, bytes] | None = None,
    more_css: str = "",
    page: str | None = None,
) -> Iterator[Document]:
    """A template laid out in pages, in one language, with `parts` as images.

    `parts` are bytes by address: {"letter:name.svg": SVG}, or `.jpg`.

    `page` is what the template gives, where that has been made already.
    It holds the typesetter's lock until the document has been written. Raises CannotTypeset for a
    character that no font can draw and for anything that would have to be fetched.
    """
    with _TYPESETTER, translation.override(language):
        html = page if page is not None else page_of(template, context, language=language)
        css = get_template(stylesheet).render({}) + more_css
        used = fonts()
        if missing := used.missing(html):
            signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing[:10])
            raise CannotTypeset(
                f"No font can draw these characters: {signs}. Put a font that has them in LETTER_FONT_DIR."
            )
        fetcher = _Supplied(parts or {})
        with _nothing_left_out(fetcher):
            yield HTML(string=html, url_fetcher=fetcher, base_url="letter:").render(
                stylesheets=[_stylesheet(css, used)], font_config=used.configuration
            )
