"""The look of a signature in its field: a page of the field's size, set in the letter's own fonts.

pyHanko can draw text by itself, but takes over a second for it and embeds whole fonts; a ready page takes
a few milliseconds and keeps the letter PDF/A.
"""

from datetime import UTC, datetime
from typing import Final

from letters.typesetting import CannotTypeset, typeset, write_pdf

# Points, the largest that lets everything fit is taken.
_TEXT_SIZES: Final = (7.6, 7.0, 6.4, 5.8, 5.2, 4.6, 4.0)
# The frame keeps off the edge (points), where viewers clip a part of its line.
_INSET: Final = 0.6


def render_stamp(
    *,
    width: float,
    height: float,
    person: str,
    office: str,
    holder: str,
    issuer: str,
    at: datetime,
    language: str,
    demonstration: bool,
    deputy_for: str | None = None,
) -> bytes:
    """A PDF of one page, width x height points: who signed in which office and when (`at`, UTC).

    `deputy_for` is the holder of the office in whose stead the person signed, if that was another.
    `holder` and `issuer` are the names in the certificate. Raises letters.typesetting.CannotTypeset.
    """
    context = {
        "person": person,
        "deputy_for": deputy_for,
        "office": office,
        "holder": holder,
        "issuer": issuer,
        "at": at.astimezone(UTC),
        "time_of_day": f"{at.astimezone(UTC):%H:%M}",
        "demonstration": demonstration,
    }
    for size in _TEXT_SIZES:
        page = (
            f"\n@page {{ size: {width:.2f}pt {height:.2f}pt; margin: {_INSET}pt }}\n"
            f"html {{ font-size: {size}pt }}\n"
            f"body {{ min-height: {height - 2 * _INSET:.2f}pt }}\n"
        )
        with typeset(
            "letters/stamp.html", context, stylesheet="letters/stamp.css", language=language, more_css=page
        ) as document:
            if len(document.pages) == 1:
                return write_pdf(document, pdf_variant="pdf/a-3b")
    raise CannotTypeset(
        f"The names of {person} and of the office do not fit into the field of the signature."
    )
