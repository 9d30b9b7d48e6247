"""Renders a letter: its content, and nothing else, becomes an unsigned PDF that is the same each time.

PDF/A-3a and PDF/UA-1, tagged, with the content attached as `loa.json` and one empty signature field for
each signatory. The SHA-256 of this file is what officers consent to when they sign.
"""

import hashlib
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from weasyprint import Attachment, Document

from letters.bilingual import CSS, side_by_side
from letters.content import Letter, canonical, content_beside, digest
from letters.direction import isolated
from letters.houses import House, load
from letters.kinds import kind_of, title_of
from letters.signature_fields import FieldPlace, add_signature_fields
from letters.typesetting import CannotTypeset, page_of, typeset, write_pdf

ATTACHMENT_NAME: Final = "loa.json"
_POINTS_PER_PIXEL: Final = 0.75
_RDF_END: Final = b"</rdf:RDF>"


def render(content: Letter, *, crest_svg: bytes | None = None, by_hand: bool = False) -> bytes:
    """The unsigned PDF of a letter; `crest_svg` is the coat of arms of the letterhead.

    `by_hand`: it is printed and signed by hand; it says so, has room for what is written by hand, and no
    fields. Raises letters.typesetting.CannotTypeset.
    """
    parts = {"letter:check.svg": qr_code(content.check_url)}
    house = house_of(content)
    if house is not None:
        crest_svg = crest_svg or house.crest
    if crest_svg is not None:
        parts["letter:crest.svg"] = crest_svg
    template, more_css = kind_of(content.kind).template, house.css if house is not None else ""
    page = page_of_letter(content, crest=crest_svg is not None, by_hand=by_hand)
    if content.beside is not None:
        more_css = CSS + more_css
    with typeset(
        template,
        {},
        stylesheet="letters/letter.css",
        language=content.language,
        parts=parts,
        more_css=more_css,
        page=page,
    ) as document:
        places = [] if by_hand else _field_places(document, content)
        pdf = finished(document, content, identifier=_identifier(content, crest_svg, by_hand=by_hand))
    return add_signature_fields(pdf, places) if places else pdf


def page_of_letter(content: Letter, *, crest: bool = False, by_hand: bool = False, **marks: Any) -> str:
    """The page (HTML) of a letter, with a second language beside it where there is one.

    `marks` are what the template is told besides: that it is a preview, or a specimen.
    """
    template = kind_of(content.kind).template
    context = context_of(content, crest=crest, by_hand=by_hand) | marks
    page = page_of(template, context, language=content.language)
    beside = content_beside(content)
    if beside is None:
        return page
    other = page_of(template, context_of(beside, by_hand=by_hand) | marks, language=beside.language)
    with translation.override(beside.language):
        direction = "rtl" if translation.get_language_bidi() else "ltr"
    return side_by_side(page, other, language=beside.language, direction=direction)


def finished(document: Document, content: Letter, *, identifier: bytes) -> bytes:
    """The bytes of a document that is laid out: PDF/A-3a and PDF/UA-1, with the content attached."""
    moment = datetime.combine(content.date, time(), UTC)
    document.metadata.attachments = [
        Attachment(
            string=canonical(content),
            name=ATTACHMENT_NAME,
            description=_("What this letter says, for machines"),
            created=moment,
            modified=moment,
            relationship="Data",
        )
    ]
    return write_pdf(document, pdf_variant="pdf/a-3a", pdf_identifier=identifier, finisher=_declare_pdf_ua)


def house_of(content: Letter) -> House | None:
    """The house that the letter is set in, as it was when it was drawn. Raises CannotTypeset."""
    if content.house is None:
        return None
    return load(settings.LETTER_HOUSES_DIR, content.house, content.language)


def context_of(content: Letter, *, crest: bool = False, by_hand: bool = False) -> dict[str, Any]:
    """All that the template of a letter is given: its content, and what follows from it."""
    with translation.override(content.language):
        shown = isolated(content) if translation.get_language_bidi() else content
    house = house_of(content)
    return {
        "content": shown,
        "house_blocks": house.blocks if house is not None else {},
        "title": title_of(content),
        "crest": crest,
        "by_hand": by_hand,
        "created": f"{content.date.isoformat()}T00:00:00Z",
    }


def _identifier(content: Letter, crest_svg: bytes | None, *, by_hand: bool) -> bytes:
    """The file identifier: it follows from what the file is made of, so that it is the same each time."""
    made_of = bytes.fromhex(digest(content)) + (crest_svg or b"") + (b"by hand" if by_hand else b"")
    return hashlib.sha256(made_of).digest()[:16]


def qr_code(address: str) -> bytes:
    """The square pattern that leads to an address, as SVG."""
    image = BytesIO()
    # Micro codes are unknown to many telephones; "m" survives a coffee stain on fifteen per cent.
    segno.make(address, error="m", micro=False).save(
        image, kind="svg", border=0, xmldecl=False, svgns=True, nl=False, dark="#1b1f23"
    )
    return image.getvalue()


def _field_places(document: Document, content: Letter) -> list[FieldPlace]:
    """Where the page says that somebody signs: the element with the identifier field-NAME.

    Nobody signs the public copy of a letter.
    """
    if content.public_copy_of is not None:
        return []
    with translation.override(content.language):
        return [
            field_place(
                document,
                signatory.field_name,
                _("Signature of %(person)s, %(office)s")
                % {"person": signatory.person_name, "office": signatory.office_title},
            )
            for signatory in content.signatories
        ]


def field_place(document: Document, name: str, label: str) -> FieldPlace:
    """Where the one element with the identifier field-NAME stands. Raises CannotTypeset."""
    anchor = f"field-{name}"
    found = [(number, page) for number, page in enumerate(document.pages) if anchor in page.anchors]
    if len(found) != 1:
        raise CannotTypeset(f"The letter's template has no single place for the signature {name}.")
    number, page = found[0]
    left, top, right, bottom = page.anchors[anchor]
    scale = _POINTS_PER_PIXEL
    box = (left * scale, (page.height - bottom) * scale, right * scale, (page.height - top) * scale)
    return FieldPlace(name=name, label=label, page=number, box=box)


def _declare_pdf_ua(_document: Document, pdf: Any) -> None:
    """Declare PDF/UA-1 in the metadata besides PDF/A-3a, with the schema that PDF/A asks for.

    WeasyPrint writes one variant per file; its own option for more metadata adds a second block, which
    validators ignore.
    """
    metadata: Any = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    before, end, after = metadata.stream[0].rpartition(_RDF_END)
    if not end:
        raise CannotTypeset("The metadata of the PDF has changed its form: PDF/UA cannot be declared.")
    metadata.stream = [before + _PDF_UA.encode() + end + after]
    # WeasyPrint names the attachment twice among the associated files.
    pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))


def _namespaces(**uris: str) -> str:
    return " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in uris.items())


_PDF_UA: Final = f"""
<rdf:Description rdf:about="" {_namespaces(pdfuaid="http://www.aiim.org/pdfua/ns/id/")}>
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" {
    _namespaces(
        pdfaExtension="http://www.aiim.org/pdfa/ns/extension/",
        pdfaSchema="http://www.aiim.org/pdfa/ns/schema#",
        pdfaProperty="http://www.aiim.org/pdfa/ns/property#",
    )
}><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
