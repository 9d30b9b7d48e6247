"""Signs a letter in the field that waits for the office, checked before it is handed out.

PAdES B-B without services outside; B-T, B-LT and B-LTA with them (letters/outside.py). The first signature
certifies the letter (only the remaining fields may still be signed), the last one locks it. No key, a
service that does not answer, or anything wrong with the result: no letter.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import Final

from aiohttp import ClientError
from django.utils.translation import gettext as _
from pkcs11 import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from letters.certificates import OfficeSigner
from letters.content import Letter, Signatory, parse
from letters.inspection import inspect
from letters.offline import NotALetter
from letters.offline import attached_content as offline_content
from letters.outside import NO_SERVICES, Level, Services
from letters.stamps import render_stamp
from letters.tokens import forget_sessions

# Bytes: a signature with its attributes, and a time-stamp with the certificates of its service.
_ENVELOPE: Final = 4096
_TIME_STAMP: Final = 12_288


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
        services: Services,
    ) -> None:
        super().__init__(
            metadata, signer=signer.pyhanko, stamp_style=stamp, timestamper=services.time_stamper()
        )
        self._real_time = real_time

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._real_time
        return session


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """A letter opened for its next signature: the place of the field in the order, and its size in points."""

    writer: IncrementalPdfFileWriter
    content: Letter
    position: int
    width: float
    height: float


def sign(
    pdf: bytes,
    *,
    field_name: str,
    signer: OfficeSigner,
    at: datetime,
    real_time: datetime,
    signed_by: Signatory | None = None,
    reason: str | None = None,
    location: str | None = None,
    services: Services = NO_SERVICES,
    fields: Sequence[str] | None = None,
) -> bytes:
    """The letter with one more signature, verified.

    `at` is the instant of the act by the desk's clock, printed in the stamp; `real_time` is the instant of
    the cryptography, for which the certificate must be valid. `signed_by` is whoever signed for the office,
    where that is not the person whom the letter expected. Offices sign in the order of the content, or of
    `fields` where the file is no letter to sign but the copy of one.
    Raises CannotSign; letters.certificates.NoKey; letters.content.ContentInvalid;
    letters.typesetting.CannotTypeset.
    """
    waiting, names = _opened(pdf, field_name, fields)
    content, position = waiting.content, waiting.position
    first, last = position == 0, position == len(names) - 1
    signer.check(at=real_time, crls=services.crls)
    signatory = signed_by or content.signatories[position]
    context = _proofs(signer, services)
    metadata = PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=first,
        # The lock of the last field asks for no changes; saying so here keeps the two in agreement.
        docmdp_permissions=MDPPerm.NO_CHANGES if last else MDPPerm.FILL_FORMS,
        name=signatory.person_name,
        reason=reason,
        location=location,
        embed_validation_info=services.level.keeps_proofs,
        use_pades_lta=last and services.level is Level.LTA,
        validation_context=context,
    )
    stamp = render_stamp(
        width=waiting.width,
        height=waiting.height,
        person=signatory.person_name,
        deputy_for=signatory.deputy_for,
        office=signatory.office_title,
        holder=signer.holder,
        issuer=signer.issuer,
        at=at,
        language=content.language,
        demonstration=content.demonstration,
    )
    output = BytesIO()
    try:
        with _style(stamp) as style:
            _SignerAt(metadata, signer, style, real_time, services).sign_pdf(
                waiting.writer,
                existing_fields_only=True,
                bytes_reserved=_room(signer, services),
                output=output,
            )
    except (
        SigningError,
        TimestampRequestError,
        ValidationError,
        PathError,
        PKCS11Error,
        ClientError,
        TimeoutError,
    ) as error:
        forget_sessions()
        raise CannotSign([_cannot(error)]) from error
    signed = output.getvalue()
    expected = dict.fromkeys(names[:position]) | {field_name: signer.fingerprint}
    result = inspect(
        signed,
        trust_roots=signer.roots,
        moment=real_time,
        expected_fields=expected,
        time_roots=services.time_roots,
        crls=services.crls,
        # At the lower levels the service was asked a moment ago, by the check of the certificate.
        fetch=not services.level.keeps_proofs,
    )
    if not result.genuine:
        raise CannotSign([*result.faults, *result.doubts])
    return signed


def _room(signer: OfficeSigner, services: Services) -> int:
    """Hexadecimal digits kept free for the envelope; without it, all is signed twice to learn its size."""
    certificates = {signer.certificate, *signer.pyhanko.cert_registry}
    bytes_needed = sum(len(each.dump()) for each in certificates) + _ENVELOPE
    return 2 * (bytes_needed + (_TIME_STAMP if services.level.stamps_time else 0))


def _cannot(error: Exception) -> str:
    why = str(error) or type(error).__name__
    if isinstance(error, TimestampRequestError | ClientError | TimeoutError):
        return _(
            "The time-stamping service did not answer as it should, so the letter was not signed. "
            "Try again when it does. (%(why)s)"
        ) % {"why": why}
    return _("The letter could not be signed: %(why)s") % {"why": why}


def _proofs(signer: OfficeSigner, services: Services) -> ValidationContext | None:
    """Where the proofs come from that go into the file; None at a level that keeps none."""
    if not services.level.keeps_proofs:
        return None
    return ValidationContext(
        trust_roots=[*signer.roots, *services.time_roots],
        other_certs=list(signer.pyhanko.cert_registry),
        allow_fetching=True,
        crls=list(services.crls),
        revocation_mode="hard-fail",
    )


@contextmanager
def _style(stamp: bytes) -> Iterator[StaticStampStyle]:
    """How pyHanko takes a ready page: from a file, which it reads when it draws."""
    with NamedTemporaryFile(suffix=".pdf") as stamp_file:
        stamp_file.write(stamp)
        stamp_file.flush()
        yield StaticStampStyle.from_pdf_file(
            stamp_file.name,
            border_width=0,
            background_layout=SimpleBoxLayoutRule(
                x_align=AxisAlignment.ALIGN_MIN,
                y_align=AxisAlignment.ALIGN_MIN,
                margins=Margins(left=0, right=0, top=0, bottom=0),
            ),
        )


def _opened(pdf: bytes, field_name: str, fields: Sequence[str] | None) -> tuple[_Waiting, Sequence[str]]:
    """The letter opened once for all that is asked of it, and the names of its fields in their order."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=True)
        content = parse(offline_content(writer.prev))
        boxes = {
            str(name): (value is not None, field.get_object()["/Rect"])
            for name, value, field in enumerate_sig_fields(writer.prev)
        }
    except (NotALetter, PdfError, KeyError) as error:
        raise CannotSign([_("This is no letter to sign: %(why)s") % {"why": error}]) from error
    names = fields or [signatory.field_name for signatory in content.signatories]
    position = _position(names, field_name, {name for name, (signed, _box) in boxes.items() if signed})
    if field_name not in boxes:
        raise CannotSign([_("The PDF of this letter has no field %(field)s.") % {"field": field_name}])
    left, bottom, right, top = (float(edge) for edge in boxes[field_name][1])
    return (
        _Waiting(writer=writer, content=content, position=position, width=right - left, height=top - bottom),
        names,
    )


def _position(names: Sequence[str], field_name: str, signed: Collection[str]) -> int:
    """The place of the field in the order of signatures, if it is the one whose turn it is."""
    if field_name not in names:
        raise CannotSign(
            [
                _("This letter has no signature %(field)s; it has: %(names)s.")
                % {"field": field_name, "names": ", ".join(names)}
            ]
        )
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
