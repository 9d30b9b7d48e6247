"""The certified copy of a letter that was signed by hand: what it was, then the pages of its scan, sealed.

Its file has one signature field, that of the authority itself, and the content attached as an electronic
letter has it. The same paper gives the same bytes, which a second officer compares before they are sealed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from letters.content import Letter, digest
from letters.offline import SEAL_FIELD
from letters.rendering import context_of, field_place, finished, qr_code
from letters.signature_fields import add_signature_fields
from letters.typesetting import typeset

_TEMPLATE = "letters/certified_copy.html"


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Who signed by hand, in which office, on which day; `deputy_for` in whose stead."""

    person: str
    office: str
    on: date
    deputy_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What the copy says of the paper.

    file_number     the ministry's own; empty where it gave none
    place, keeper   where the original is kept, when the copy is made
    pages           of the scan, as JPEG
    """

    hands: Sequence[Hand]
    file_number: str
    place: str
    keeper: str
    pages: Sequence[bytes]


def render_copy(content: Letter, paper: Paper) -> bytes:
    """The copy before it is sealed. Raises letters.typesetting.CannotTypeset."""
    images = {f"letter:page-{number}.jpg": page for number, page in enumerate(paper.pages, start=1)}
    context = context_of(content) | {
        "hands": paper.hands,
        "dated": max(hand.on for hand in paper.hands),
        "file_number": paper.file_number,
        "place": paper.place,
        "keeper": paper.keeper,
        "scanned": list(images),
    }
    with typeset(
        _TEMPLATE,
        context,
        stylesheet="letters/letter.css",
        language=content.language,
        parts={"letter:check.svg": qr_code(content.check_url), **images},
    ) as document:
        with translation.override(content.language):
            place = field_place(
                document, SEAL_FIELD, _("Seal of %(authority)s") % {"authority": content.authority.name}
            )
        pdf = finished(document, content, identifier=_identifier(content, paper))
    return add_signature_fields(pdf, [place])


def _identifier(content: Letter, paper: Paper) -> bytes:
    """The file identifier: it follows from what the file is made of, so that it is the same each time."""
    made_of = [bytes.fromhex(digest(content)), *(hashlib.sha256(page).digest() for page in paper.pages)]
    made_of += [repr((hand.person, hand.office, hand.on)).encode() for hand in paper.hands]
    made_of += [text.encode() + b"\0" for text in (paper.file_number, paper.place, paper.keeper)]
    return hashlib.sha256(b"".join(made_of)).digest()[:16]
