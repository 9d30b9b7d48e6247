"""The look of a signature in its field: a page of the field's size, set in the letter's own fonts.

pyHanko can draw text by itself, but takes over a second for it and embeds whole fonts; a ready page takes
a few milliseconds and keeps the letter PDF/A.
"""

from datetime import UTC, datetime

from letters.typesetting import typeset, write_pdf


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
) -> bytes:
    """A PDF of one page, width x height points: who signed in which office and when (`at`, UTC).

    `holder` and `issuer` are the names in the certificate. Raises letters.typesetting.CannotTypeset.
    """
    context = {
        "person": person,
        "office": office,
        "holder": holder,
        "issuer": issuer,
        "at": at.astimezone(UTC),
        "time_of_day": f"{at.astimezone(UTC):%H:%M}",
        "demonstration": demonstration,
    }
    # The frame keeps off the edge, where viewers clip a part of its line.
    inset = 0.6
    page = (
        f"\n@page {{ size: {width:.2f}pt {height:.2f}pt; margin: {inset}pt }}\n"
        f"body {{ height: {height - 2 * inset:.2f}pt }}\n"
    )
    with typeset(
        "letters/stamp.html", context, stylesheet="letters/stamp.css", language=language, more_css=page
    ) as document:
        return write_pdf(document.copy(document.pages[:1]), pdf_variant="pdf/a-3b")
