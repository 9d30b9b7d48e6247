"""Signs a letter: PAdES B-B in the field that waits for the office, checked before it is handed out.

The first signature certifies the letter (only the remaining fields may still be signed), the last one
locks it. No key, or anything wrong with the result: no letter.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from tempfile import NamedTemporaryFile

from django.utils.translation import gettext as _
from pikepdf import PdfError
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle

from letters.certificates import OfficeSigner
from letters.content import Letter, Signatory, parse
from letters.inspection import NotALetter, attached_content, inspect
from letters.stamps import render_stamp


class CannotSign(RuntimeError):
    """The letter was not signed; `sentences` say why."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


class _SignerAt(PdfSigner):
    """pyHanko's signer with the time handed in instead of read from the machine."""

    def __init__(
        self,
        metadata: PdfSignatureMetadata,
        signer: OfficeSigner,
        stamp: StaticStampStyle,
        real_time: datetime,
    ) -> None:
        super().__init__(metadata, signer=signer.pyhanko, stamp_style=stamp)
        self._real_time = real_time

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._real_time
        return session


def sign(
    pdf: bytes,
    *,
    field_name: str,
    signer: OfficeSigner,
    at: datetime,
    real_time: datetime,
    reason: str | None = None,
    location: str | None = None,
) -> bytes:
    """The letter with one more signature, verified.

    `at` is the instant of the act by the desk's clock, printed in the stamp; `real_time` is the instant of
    the cryptography, for which the certificate must be valid. Offices sign in the order of the content.
    Raises CannotSign; letters.certificates.NoKey; letters.content.ContentInvalid;
    letters.typesetting.CannotTypeset.
    """
    content = _content_of(pdf)
    names = [signatory.field_name for signatory in content.signatories]
    position = _position(pdf, names, field_name)
    first, last = position == 0, position == len(names) - 1
    signer.check(at=real_time)
    metadata = PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        # The lock of the last field asks for no changes; saying so here keeps the two in agreement.
        docmdp_permissions=MDPPerm.NO_CHANGES if last else MDPPerm.FILL_FORMS,
        name=content.signatories[position].person_name,
        reason=reason,
        location=location,
    )
    stamp = _stamp(
        pdf,
        content.signatories[position],
        signer,
        at=at,
        language=content.language,
        demonstration=content.demonstration,
    )
    with NamedTemporaryFile(suffix=".pdf") as stamp_file:
        stamp_file.write(stamp)
        stamp_file.flush()
        style = StaticStampStyle.from_pdf_file(
            stamp_file.name,
            border_width=0,
            background_layout=SimpleBoxLayoutRule(
                x_align=AxisAlignment.ALIGN_MIN,
                y_align=AxisAlignment.ALIGN_MIN,
                margins=Margins(left=0, right=0, top=0, bottom=0),
            ),
        )
        output = BytesIO()
        try:
            _SignerAt(metadata, signer, style, real_time).sign_pdf(
                IncrementalPdfFileWriter(BytesIO(pdf), strict=True), existing_fields_only=True, output=output
            )
        except SigningError as error:
            raise CannotSign([_("The letter could not be signed: %(why)s") % {"why": error}]) from error
    signed = output.getvalue()
    expected = dict.fromkeys(names[:position]) | {field_name: signer.fingerprint}
    result = inspect(signed, trust_roots=signer.roots, moment=real_time, expected_fields=expected)
    if not result.genuine:
        raise CannotSign(result.faults)
    return signed


def _content_of(pdf: bytes) -> Letter:
    try:
        return parse(attached_content(pdf))
    except (NotALetter, PdfError) as error:
        raise CannotSign([_("This is no letter to sign: %(why)s") % {"why": error}]) from error


def _position(pdf: bytes, names: Sequence[str], field_name: str) -> int:
    """The place of the field in the order of signatures, if it is the one whose turn it is."""
    if field_name not in names:
        raise CannotSign(
            [
                _("This letter has no signature %(field)s; it has: %(names)s.")
                % {"field": field_name, "names": ", ".join(names)}
            ]
        )
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    signed = {str(name) for name, _value, _field in enumerate_sig_fields(reader, filled_status=True)}
    if field_name in signed:
        raise CannotSign([_("The signature %(field)s is there already.") % {"field": field_name}])
    position = names.index(field_name)
    waiting = [name for name in names[:position] if name not in signed]
    if waiting:
        raise CannotSign(
            [
                _("Before %(field)s, these must sign: %(names)s.")
                % {"field": field_name, "names": ", ".join(waiting)}
            ]
        )
    return position


def _stamp(
    pdf: bytes,
    signatory: Signatory,
    signer: OfficeSigner,
    *,
    at: datetime,
    language: str,
    demonstration: bool,
) -> bytes:
    width, height = _field_size(pdf, signatory.field_name)
    return render_stamp(
        width=width,
        height=height,
        person=signatory.person_name,
        office=signatory.office_title,
        holder=signer.holder,
        issuer=signer.issuer,
        at=at,
        language=language,
        demonstration=demonstration,
    )


def _field_size(pdf: bytes, field_name: str) -> tuple[float, float]:
    """Width and height of the field's box, points."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    for _name, _value, field in enumerate_sig_fields(reader, with_name=field_name):
        left, bottom, right, top = (float(edge) for edge in field.get_object()["/Rect"])
        return right - left, top - bottom
    raise CannotSign([_("The PDF of this letter has no field %(field)s.") % {"field": field_name}])
