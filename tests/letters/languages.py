"""The words of letters: the texts that their templates and code hold, and the words that a letter shows."""

import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation.template import templatize

from letters.content import Letter
from letters.kinds import kind_of
from letters.rendering import context_of
from tests.processes import CHECKOUT

LANGUAGES: Final = ("en", "fr", "es", "pt", "ar")
# Where letters get their words from, besides their own templates.
CODE: Final = (
    *(
        f"letters/{name}.py"
        for name in (
            "kinds",
            "drafting",
            "drafting_acts",
            "requirements_said",
            "comparing",
            "redaction",
            "rendering",
            "services",
            "specimens",
        )
    ),
    "letters/certified_copy.py",
    *(f"authorisation/{name}.py" for name in ("completeness", "national_questions", "supporting_documents")),
    "authorisation/models/decisions.py",
    "authorisation/publication.py",
)


def texts(folder: Path) -> list[Message]:
    """Every text that a letter can say, as xgettext finds it; `folder` is for what it makes on its way."""
    sources = [str(CHECKOUT / name) for name in CODE]
    for page in sorted((CHECKOUT / "templates" / "letters").glob("*.html")):
        made = folder / f"{page.name}.py"
        made.write_text(templatize(page.read_text("utf-8"), origin=str(page)), "utf-8")
        sources.append(str(made))
    keywords = ("gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3")
    found = subprocess.run(
        [
            "xgettext",
            "--language=Python",
            "--from-code=UTF-8",
            "--no-location",
            "--output=-",
            *(f"--keyword={keyword}" for keyword in keywords),
            *sources,
        ],
        capture_output=True,
        check=True,
    )
    # What xgettext leaves to whoever translates.
    said = found.stdout.replace(b"CHARSET", b"UTF-8").replace(b"nplurals=INTEGER", b"nplurals=2")
    said = said.replace(b"plural=EXPRESSION", b"plural=(n != 1)")
    return [message for message in read_po(BytesIO(said)) if message.id]


class _Words(HTMLParser):
    """The words of a page, one line for each block of it."""

    _BLOCKS = frozenset("p h1 h2 h3 li th td caption title section tr div".split())

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS or tag == "br":
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._BLOCKS:
            self.said.append("")

    def handle_data(self, data: str) -> None:
        self.said[-1] += data

    def lines(self) -> Iterator[str]:
        for line in self.said:
            if words := re.sub(r"\s+", " ", line).strip():
                yield words


def words_of(letter: Letter) -> str:
    """What the page of a letter says, in its language, a line for each block."""
    with translation.override(letter.language):
        direction = "rtl" if translation.get_language_bidi() else "ltr"
        page = get_template(kind_of(letter.kind).template).render(
            {**context_of(letter), "direction": direction, "language": letter.language}
        )
    words = _Words()
    words.feed(page)
    return "\n".join(words.lines()) + "\n"
