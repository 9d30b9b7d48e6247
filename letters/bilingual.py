"""A letter in two languages, side by side: each part of it beside the same part in the other language.

Both pages come from the same template and the same records, so they have the same parts in the same order.
Letterhead, addressee, signatures and check stand once, in the first language, which is the one that counts.
"""

from html.parser import HTMLParser
from typing import Final

from letters.typesetting import CannotTypeset

# Between these the template says what the letter says (templates/letters/letter.html).
_BEGINS: Final = "<!-- says -->"
_ENDS: Final = "<!-- said -->"
_VOID: Final = frozenset("area br col hr img input link meta wbr".split())

# Two columns want a wide page and smaller tables.
CSS: Final = """
@page { size: A4 landscape; margin: 24mm 18mm 20mm 18mm }
.in-two { display: table; width: 100%; table-layout: fixed; border-spacing: 0; font-size: 8.8pt }
.in-two > div { display: table-cell; width: 50%; vertical-align: top; padding-inline-end: 5mm }
.in-two > div + div { padding-inline: 5mm 0; border-inline-start: 0.5pt solid #c5ced4 }
.in-two h1 { font-size: 14pt }
.in-two h2 { margin-top: 2mm; font-size: 10pt }
.in-two table { font-size: 8pt }
.in-two table.grid { break-inside: avoid }
.in-two table.volumes { width: 100% }
.in-two table.facts th, .in-two .summary th { width: 34mm }
.in-two .number { white-space: normal }
.in-two > div + div section.numbered > h2 { counter-increment: none }
"""


def side_by_side(page: str, other: str, *, language: str, direction: str) -> str:
    """The page, each of its parts with the same part of the other one beside it, in `language`.

    Raises CannotTypeset where the two do not have the same parts.
    """
    before, own, after = _apart(page)
    _head, theirs, _foot = _apart(other)
    parts, others = _Parts.of(own), _Parts.of(theirs)
    if len(parts) != len(others):
        raise CannotTypeset("The letter does not have the same parts in both of its languages.")
    rows = (
        f'<div class="in-two"><div>{part}</div><div lang="{language}" dir="{direction}">{beside}</div></div>'
        for part, beside in zip(parts, others, strict=True)
    )
    return before + "\n".join(rows) + after


def _apart(page: str) -> tuple[str, str, str]:
    before, begins, rest = page.partition(_BEGINS)
    said, ends, after = rest.partition(_ENDS)
    if not (begins and ends):
        raise CannotTypeset("The template of the letter does not mark what it says.")
    return before, said, after


class _Parts(HTMLParser):
    """The elements at the top of a piece of a page, as they are written."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._text, self._depth, self._start = text, 0, 0
        self.found: list[str] = []

    @classmethod
    def of(cls, text: str) -> list[str]:
        """Each element, in order."""
        parser = cls(text)
        parser.feed(text)
        parser.close()
        return parser.found

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        if self._depth == 0:
            self._start = self._here()
        self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            end = self._text.index(">", self._here()) + 1
            self.found.append(self._text[self._start : end])
