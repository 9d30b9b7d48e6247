"""What the bytes of a letter say about themselves: who signed, whether anything was changed, what it says.

Knows no register: whether a letter is the one that was issued, and whether it still stands, is asked
elsewhere. Judges by pyHanko's `bottom_line` alone; its other verdicts stay positive for changed letters.
What pyHanko does not look at is checked here: bytes after the end, a missing signature, the wrong
certificate in a field, a missing lock, attachments. Whatever goes wrong while reading is a fault of the
file, never an error of the reader.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from asn1crypto import x509
from django.utils.translation import gettext as _
from pikepdf import Pdf
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from letters.certificates import common_name, fingerprint
from letters.envelope import is_as_written
from letters.rendering import ATTACHMENT_NAME

MOST_BYTES: Final = 30 * 1024 * 1024
_END: Final = b"%%EOF"


@dataclass(frozen=True, kw_only=True)
class InspectedSignature:
    """One signature. `fingerprint` is the SHA-256 of its certificate; `claimed_at` is what the file says."""

    field: str
    holder: str
    issuer: str
    fingerprint: str
    claimed_at: datetime | None
    certifies: bool
    locks: bool
    coverage: str
    bottom_line: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found. `attached` is the letter's content as attached; `faults` are sentences, all of them."""

    sha256: str
    signatures: tuple[InspectedSignature, ...]
    unsigned_fields: tuple[str, ...]
    attached: bytes | None
    faults: tuple[str, ...]

    @property
    def genuine(self) -> bool:
        """Whether nothing at all was found wrong."""
        return not self.faults


def inspect(
    pdf: bytes,
    *,
    trust_roots: Sequence[x509.Certificate],
    moment: datetime,
    expected_fields: Mapping[str, str | None] | None = None,
) -> Inspection:
    """Inspect the bytes of a letter; certificates are judged as of `moment`.

    `expected_fields` names the fields that must be signed, and no others, each with the SHA-256 of the
    certificate where it is known; without it, these are the fields that the attached content names.
    """
    faults: list[str] = []
    signatures: tuple[InspectedSignature, ...] = ()
    unsigned: tuple[str, ...] = ()
    attached: bytes | None = None
    if len(pdf) > MOST_BYTES:
        faults.append(_("The file is larger than any letter."))
    else:
        faults += _faults_at_end(pdf)
        try:
            attached = attached_content(pdf)
        except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is the file's fault
            faults.append(_unreadable(error))
        try:
            signatures, unsigned = _read_signatures(pdf, trust_roots=trust_roots, moment=moment)
        except Exception as error:  # noqa: BLE001 - as above; pyHanko raises many kinds
            faults.append(_unreadable(error))
        else:
            expected = expected_fields if expected_fields is not None else _fields_named_in(attached)
            faults += _faults_of_set(signatures, unsigned, expected)
    faults += [fault for signature in signatures for fault in signature.faults]
    return Inspection(
        sha256=hashlib.sha256(pdf).hexdigest(),
        signatures=signatures,
        unsigned_fields=unsigned,
        attached=attached,
        faults=tuple(dict.fromkeys(faults)),
    )


class NotALetter(ValueError):
    """The file does not carry exactly one content of a letter; the sentence says what it carries."""


def attached_content(pdf: bytes) -> bytes:
    """The bytes of the one attachment, `loa.json`. Raises NotALetter, and pikepdf's errors."""
    # The Pdf must be kept in a variable while its parts are read: pikepdf crashes the process otherwise.
    with Pdf.open(BytesIO(pdf)) as document:
        names = list(document.attachments)
        if names != [ATTACHMENT_NAME]:
            raise NotALetter(
                _("The file must carry exactly one attachment, %(name)s; it carries: %(found)s.")
                % {"name": ATTACHMENT_NAME, "found": ", ".join(names) or _("none")}
            )
        data = bytes(document.attachments[ATTACHMENT_NAME].get_file().read_bytes())
        if document.get_warnings():
            raise NotALetter(_("The file is damaged or was put together from parts."))
        return data


def _unreadable(error: Exception) -> str:
    if isinstance(error, NotALetter):
        return str(error)
    return _("The file cannot be read as a signed letter (%(kind)s).") % {"kind": type(error).__name__}


def _faults_at_end(pdf: bytes) -> list[str]:
    end = pdf.rfind(_END)
    if end < 0:
        return [_("The file does not end like a PDF.")]
    rest = pdf[end + len(_END) :]
    if rest not in (b"", b"\n", b"\r", b"\r\n"):
        return [_("%(count)d bytes stand after the end of the letter.") % {"count": len(rest)}]
    return []


def _read_signatures(
    pdf: bytes, *, trust_roots: Sequence[x509.Certificate], moment: datetime
) -> tuple[tuple[InspectedSignature, ...], tuple[str, ...]]:
    """The signatures in the order in which they were made, and the names of the empty fields."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    unsigned = tuple(str(name) for name, _value, _field in enumerate_sig_fields(reader, filled_status=False))
    filled = [str(name) for name, _value, _field in enumerate_sig_fields(reader, filled_status=True)]
    embedded: list[EmbeddedPdfSignature] = list(reader.embedded_signatures)
    if sorted(filled) != sorted(str(signature.field_name) for signature in embedded):
        raise NotALetter(_("The file holds a signature of an unknown form."))
    signatures = []
    for index, signature in enumerate(embedded):
        last = index == len(embedded) - 1
        # One validation context for each: it remembers what it has seen.
        context = ValidationContext(trust_roots=list(trust_roots), moment=moment, allow_fetching=False)
        status = validate_pdf_signature(signature, signer_validation_context=context)
        certificate = signature.signer_cert
        signatures.append(
            InspectedSignature(
                field=str(signature.field_name),
                holder=common_name(certificate.subject),
                issuer=common_name(certificate.issuer),
                fingerprint=fingerprint(certificate),
                claimed_at=signature.self_reported_timestamp,
                certifies=_certifies(reader, signature),
                locks=signature.docmdp_level == MDPPerm.NO_CHANGES,
                coverage=status.coverage.name if status.coverage is not None else "",
                bottom_line=bool(status.bottom_line),
                faults=tuple(
                    _faults_of_signature(
                        status,
                        holder=common_name(certificate.subject),
                        last=last,
                        as_written=is_as_written(pdf, signature),
                    )
                ),
            )
        )
    return tuple(signatures), unsigned


def _certifies(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> bool:
    try:
        certified = reader.root["/Perms"].raw_get("/DocMDP")
    except KeyError:
        return False
    return bool(certified.reference == signature.sig_field.raw_get("/V").reference)


def _faults_of_signature(
    status: PdfSignatureStatus, *, holder: str, last: bool, as_written: bool
) -> list[str]:
    faults = []
    if not as_written:
        faults.append(_("Bytes around the signature of %(holder)s were changed.") % {"holder": holder})
    if not status.bottom_line:
        if not (status.intact and status.valid):
            sentence = _("The letter does not have the bytes that %(holder)s signed.")
        elif not status.trusted:
            sentence = _("The certificate of %(holder)s is not trusted, or was not valid at that time.")
        else:
            sentence = _("The letter was changed after %(holder)s signed it.")
        faults.append(sentence % {"holder": holder})
    # Letters carry no time-stamps yet (level B-B): nothing may stand after the last signature.
    if last and status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        faults.append(
            _("The last signature, of %(holder)s, does not cover the whole file.") % {"holder": holder}
        )
    return faults


def _faults_of_set(
    signatures: Sequence[InspectedSignature],
    unsigned: Sequence[str],
    expected: Mapping[str, str | None],
) -> list[str]:
    """What is wrong with the signatures taken together."""
    if not signatures:
        return [_("The letter is not signed.")]
    faults = []
    signed = {signature.field: signature for signature in signatures}
    for field, certificate in expected.items():
        if field not in signed:
            faults.append(_("The signature %(field)s is missing.") % {"field": field})
        elif certificate is not None and signed[field].fingerprint != certificate:
            faults.append(
                _("The signature %(field)s was made with another certificate than recorded.")
                % {"field": field}
            )
    faults += [
        _("The signature %(field)s does not belong to this letter.") % {"field": field}
        for field in signed
        if field not in expected
    ]
    if not signatures[0].certifies:
        faults.append(_("The first signature does not certify the letter."))
    if not unsigned and not signatures[-1].locks:
        faults.append(_("The last signature does not lock the letter."))
    return faults


def _fields_named_in(attached: bytes | None) -> dict[str, str | None]:
    """The fields that the attached content says are signed; empty where it cannot be understood."""
    try:
        signatories = json.loads(attached or b"{}")["signatories"]
        return {str(signatory["field_name"]): None for signatory in signatories}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
