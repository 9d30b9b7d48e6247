"""Is a letter genuine? Asks the file alone: no network, no database, no other part of the authorisation desk.

    python verify_letter.py LETTER.pdf --trust AUTHORITY.pem [--status STATUS.json] [--json]

Needs Python 3.11 or newer and pyHanko (`pip install pyhanko`). AUTHORITY.pem is the root certificate of the
authority; compare its fingerprint (SHA-256, printed by this program) with the one that the authority
published. STATUS.json is the authority's signed list of the status of its letters, which it publishes anew
each day.

Three answers: genuine, not genuine, and cannot say, with the reasons. Apart from it the status: as of the
date of the list, or unknown offline. Exit status: 0 genuine (and in force, where the list says so);
1 not genuine; 2 cannot say; 3 genuine and no longer in force; 4 a file cannot be read.

Judges by pyHanko's `bottom_line` and never by its `intact`, `valid` or `trusted` alone, which stay positive
for changed letters. What pyHanko does not look at is checked here: bytes after the end, a missing signature,
another person's certificate, a missing lock, attachments.
"""

import argparse
import asyncio
import hashlib
import json
import logging
import re
import sys
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeVar

from asn1crypto import cms, core, crl, ocsp, x509
from asn1crypto.pem import detect, unarmor
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import (
    async_validate_detached_cms,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

_Answer = TypeVar("_Answer")

FORMAT_OF_STATUS: Final = "letter-status/1"
ATTACHMENT_NAME: Final = "loa.json"
MOST_BYTES: Final = 30 * 1024 * 1024
# A certified copy of a paper letter has one signature: that of the authority itself.
SEAL_FIELD: Final = "authority_seal"
_END: Final = b"%%EOF"
_OFFICE_MARK: Final = re.compile(r"urn:authorisation-desk:office:([A-Za-z0-9_-]+):([A-Za-z0-9_-]+)")


def _(text: str) -> str:
    """Marks a sentence for the catalogues of the desk; here it stays as it is."""
    return text


# Every reason by its code. The desk says them in the language of whoever asks.
SENTENCES: Final[Mapping[str, str]] = {
    "too-large": _("The file is larger than any letter."),
    "no-end": _("The file does not end like a PDF."),
    "trailing": _("%(count)s bytes stand after the end of the letter."),
    "unreadable": _("The file cannot be read as a signed letter (%(kind)s)."),
    "attachments": _("The file must carry exactly one attachment, %(name)s; it carries: %(found)s."),
    "no-content": _("The attached content cannot be read as that of a letter."),
    "unknown-form": _("The file holds a signature of an unknown form."),
    "envelope": _("Bytes around the signature of %(holder)s were changed."),
    "other-bytes": _("The letter does not have the bytes that %(holder)s signed."),
    "changed": _("The letter was changed after %(holder)s signed it."),
    "untrusted": _("The certificate of %(holder)s is not trusted, or was not valid at that time."),
    "revoked": _("The certificate of %(holder)s was revoked, and nothing proves that it signed before."),
    "expired-since": _(
        "The certificate of %(holder)s has expired since, and no time-stamp proves that it signed before."
    ),
    "revocation-unknown": _("Whether the certificate of %(holder)s was revoked cannot be known now."),
    "not-whole": _("The last signature, of %(holder)s, does not cover the whole file."),
    "time-stamp": _("A time-stamp in the file is not valid."),
    "time-unknown": _("The time-stamp of the signature of %(holder)s cannot be believed now."),
    "unsigned": _("The letter is not signed."),
    "missing": _("The signature %(field)s is missing."),
    "other-certificate": _("The signature %(field)s was made with another certificate than recorded."),
    "foreign-field": _("The signature %(field)s does not belong to this letter."),
    "not-certified": _("The first signature does not certify the letter."),
    "not-locked": _("The last signature does not lock the letter."),
    "other-person": _(
        "The letter names %(expected)s for the signature %(field)s, which the certificate of %(holder)s "
        "made. Whether they signed in their stead, the list of status or the authority's page says."
    ),
    "not-a-seal": _(
        "A certified copy of a letter on paper bears the seal of the authority itself. The certificate of "
        "%(holder)s does not say that it is one: the list of status or the authority's page says."
    ),
    "no-roots": _("No certificate of an authority was given against which the signatures could be checked."),
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why the answer is not simply yes: the code of a sentence, and what it names."""

    code: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.values


def _reason(code: str, **values: object) -> Reason:
    return Reason(code=code, values={name: str(value) for name, value in values.items()})


class NotALetter(ValueError):
    """The file is not put together as a letter is; `reason` says in what."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True, kw_only=True)
class Believed:
    """Whom to believe, and as of when.

    roots       of the authorities; time_roots those of time-stamping services, besides
    moment      at which certificates are judged, where nothing proves an earlier time
    crls        lists of what was revoked, in DER form
    fetch       whether services outside may be asked what was revoked
    """

    roots: Sequence[x509.Certificate]
    moment: datetime
    time_roots: Sequence[x509.Certificate] = ()
    crls: Sequence[bytes] = ()
    fetch: bool = False


@dataclass(frozen=True, kw_only=True)
class Signed:
    """One signature. `fingerprint` is the SHA-256 of its certificate; `claimed_at` is what the file says.

    `authority` is the one that its certificate was made for, where it says so, else ""; `is_seal` tells
    whether it says that it is the seal of an authority. faults show that the letter is not genuine; doubts,
    that it cannot be said.
    """

    field: str
    holder: str
    issuer: str
    fingerprint: str
    authority: str
    claimed_at: datetime | None
    certifies: bool
    locks: bool
    coverage: str
    bottom_line: bool
    is_seal: bool
    faults: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was found. `attached` is the letter's content as attached."""

    sha256: str
    signatures: tuple[Signed, ...]
    unsigned_fields: tuple[str, ...]
    attached: bytes | None
    faults: tuple[Reason, ...]
    doubts: tuple[Reason, ...]

    @property
    def genuine(self) -> bool:
        """Whether nothing at all was found wrong or left open."""
        return not self.faults and not self.doubts

    @property
    def answer(self) -> str:
        """One of three: genuine, not genuine, cannot say."""
        return "not genuine" if self.faults else "cannot say" if self.doubts else "genuine"


def examine(
    pdf: bytes, believed: Believed, *, expected_fields: Mapping[str, str | None] | None = None
) -> Examination:
    """Examine the bytes of a letter. Whatever goes wrong while reading is a fault of the file.

    `expected_fields` names the fields that must be signed, and no others, each with the SHA-256 of the
    certificate where it is known; without it, these are the fields that the attached content names.
    """
    faults: list[Reason] = []
    doubts: list[Reason] = []
    signatures: tuple[Signed, ...] = ()
    unsigned: tuple[str, ...] = ()
    attached: bytes | None = None
    if len(pdf) > MOST_BYTES:
        faults.append(_reason("too-large"))
    else:
        faults += _faults_at_end(pdf)
        # One reader for both questions: reading the file is a good part of the work.
        try:
            reader = PdfFileReader(BytesIO(pdf), strict=True)
            try:
                attached = attached_content(reader)
            except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is the file's fault
                faults.append(_unreadable(error))
            signatures, unsigned, stamps = _read_signatures(pdf, reader, believed)
        except Exception as error:  # noqa: BLE001 - as above; pyHanko raises many kinds
            faults.append(_unreadable(error))
        else:
            faults += stamps
            if expected_fields is not None:
                faults += _faults_of_set(signatures, unsigned, expected_fields)
            else:
                faults += _faults_of_set(signatures, unsigned, _fields_named_in(attached, signatures))
                doubts += _doubts_about_people(attached, signatures)
                doubts += _doubts_about_seal(signatures)
    faults += [fault for signature in signatures for fault in signature.faults]
    doubts += [doubt for signature in signatures for doubt in signature.doubts]
    if signatures and not believed.roots:
        faults = [fault for fault in faults if fault.code != "untrusted"]
        doubts.append(_reason("no-roots"))
    return Examination(
        sha256=hashlib.sha256(pdf).hexdigest(),
        signatures=signatures,
        unsigned_fields=unsigned,
        attached=attached,
        faults=tuple({str(fault): fault for fault in faults}.values()),
        doubts=tuple({str(doubt): doubt for doubt in doubts}.values()),
    )


# -- the file ------------------------------------------------------------------------------------------


def attached_content(reader: PdfFileReader) -> bytes:
    """The bytes of the one attachment, `loa.json`. Raises NotALetter, and pyHanko's errors."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]
    except KeyError:
        raise NotALetter(_reason("attachments", name=ATTACHMENT_NAME, found="-")) from None
    if "/Kids" in names:
        raise NotALetter(_reason("attachments", name=ATTACHMENT_NAME, found="/Kids"))
    entries = list(names["/Names"])
    found = [str(name) for name in entries[::2]]
    if found != [ATTACHMENT_NAME] or len(entries) != 2:
        raise NotALetter(_reason("attachments", name=ATTACHMENT_NAME, found=", ".join(found) or "-"))
    specification = entries[1].get_object()
    streams = [value.get_object() for _key, value in sorted(specification["/EF"].items())]
    if not streams or any(stream.data != streams[0].data for stream in streams):
        raise NotALetter(_reason("attachments", name=ATTACHMENT_NAME, found="/EF"))
    return bytes(streams[0].data)


def _unreadable(error: Exception) -> Reason:
    if isinstance(error, NotALetter):
        return error.reason
    return _reason("unreadable", kind=type(error).__name__)


def _faults_at_end(pdf: bytes) -> list[Reason]:
    end = pdf.rfind(_END)
    if end < 0:
        return [_reason("no-end")]
    rest = pdf[end + len(_END) :]
    if rest not in (b"", b"\n", b"\r", b"\r\n"):
        return [_reason("trailing", count=len(rest))]
    return []


# -- the signatures ------------------------------------------------------------------------------------


def _read_signatures(
    pdf: bytes, reader: PdfFileReader, believed: Believed
) -> tuple[tuple[Signed, ...], tuple[str, ...], list[Reason]]:
    """The signatures in the order in which they were made, the empty fields, and faults of time-stamps."""
    unsigned = tuple(str(name) for name, _value, _field in enumerate_sig_fields(reader, filled_status=False))
    filled = [str(name) for name, _value, _field in enumerate_sig_fields(reader, filled_status=True)]
    embedded: list[EmbeddedPdfSignature] = list(reader.embedded_regular_signatures)
    stamps: list[EmbeddedPdfSignature] = list(reader.embedded_timestamp_signatures)
    if sorted(filled) != sorted(str(one.field_name) for one in (*embedded, *stamps)):
        raise NotALetter(_reason("unknown-form"))
    signatures = tuple(
        _examined(pdf, reader, signature, believed, last=index == len(embedded) - 1, stamps=stamps)
        for index, signature in enumerate(embedded)
    )
    faults = [] if all(_is_padded(pdf, stamp) for stamp in stamps) else [_reason("time-stamp")]
    return signatures, unsigned, faults


def _examined(
    pdf: bytes,
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    believed: Believed,
    *,
    last: bool,
    stamps: Sequence[EmbeddedPdfSignature],
) -> Signed:
    certificate = signature.signer_cert
    holder = common_name(certificate.subject)
    status, judged = asyncio.run(_status_of(reader, signature, believed))
    faults: list[Reason] = []
    doubts: list[Reason] = []
    if not _is_as_written(pdf, signature):
        faults.append(_reason("envelope", holder=holder))
    if not (status.intact and status.valid):
        faults.append(_reason("other-bytes", holder=holder))
    elif not (status.docmdp_ok and status.seed_value_ok):
        faults.append(_reason("changed", holder=holder))
    elif judged is not None:
        certain, code = judged
        (faults if certain else doubts).append(_reason(code, holder=holder))
    if last and not _covers_whole(reader, signature, status, stamps):
        faults.append(_reason("not-whole", holder=holder))
    return Signed(
        field=str(signature.field_name),
        holder=holder,
        issuer=common_name(certificate.issuer),
        fingerprint=bytes(certificate.sha256).hex(),
        authority=_office_of(certificate)[0],
        claimed_at=signature.self_reported_timestamp,
        certifies=_certifies(reader, signature),
        locks=signature.docmdp_level == MDPPerm.NO_CHANGES,
        coverage=status.coverage.name if status.coverage is not None else "",
        bottom_line=bool(status.bottom_line) and judged is None,
        is_seal=_office_of(certificate)[1] == "seal",
        faults=tuple(faults),
        doubts=tuple(doubts),
    )


async def _status_of(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, believed: Believed
) -> tuple[PdfSignatureStatus, tuple[bool, str] | None]:
    """pyHanko's verdict, and what is wrong with the certificate: whether that is certain, and its code.

    A signature with a time-stamp is judged as of that time, with the proofs that the file carries; the
    time-stamp as of the next one after it, and the last as of now. pyHanko's AdES verdict is not asked: it
    overlooks changes of the page, which its bottom line does not.
    """
    proofs = _proofs_in(reader)
    if not _has_time(signature):
        context = _context(believed.roots, believed.moment, believed, proofs=None)
        status = await _released(
            async_validate_pdf_signature(signature, signer_validation_context=context), context
        )
        judged = _judged(status.trust_problem_indic, signature, believed)
        return status, None if status.bottom_line else judged
    until = await _proven_by_stamps(reader, believed, proofs)
    if until is None:
        until = believed.moment
    signed_at = _time_beside(signature)
    roots_of_time = [*believed.time_roots, *believed.roots]
    context = _context(believed.roots, signed_at, believed, proofs)
    context_of_time = _context(roots_of_time, until, believed, proofs)
    status = await _released(
        async_validate_pdf_signature(
            signature, signer_validation_context=context, ts_validation_context=context_of_time
        ),
        context,
        context_of_time,
    )
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid):
        return status, (True, "time-stamp")
    if not stamp.trusted:
        return status, (False, "time-unknown")
    if status.bottom_line:
        return status, None
    return status, _judged(status.trust_problem_indic, signature, believed)


async def _proven_by_stamps(reader: PdfFileReader, believed: Believed, proofs: "_Proofs") -> datetime | None:
    """The time of the first time-stamp of the document, where the chain from the last one back holds."""
    moment = believed.moment
    stamps = list(reader.embedded_timestamp_signatures)
    for stamp in reversed(stamps):
        context = _context([*believed.time_roots, *believed.roots], moment, believed, proofs)
        found = await _released(async_validate_pdf_timestamp(stamp, validation_context=context), context)
        if not (found.intact and found.valid and found.trusted):
            return None
        moment = found.timestamp
    return moment if stamps else None


@dataclass(frozen=True, kw_only=True)
class _Proofs:
    """What a file carries of what was revoked, and of whose certificates."""

    certificates: Sequence[x509.Certificate] = ()
    ocsps: Sequence[Any] = ()
    crls: Sequence[Any] = ()


def _proofs_in(reader: PdfFileReader) -> _Proofs:
    try:
        found = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return _Proofs()
    return _Proofs(
        certificates=tuple(found.load_certs()),
        ocsps=tuple(ocsp.OCSPResponse.load(each.get_object().data) for each in found.ocsps),
        crls=tuple(crl.CertificateList.load(each.get_object().data) for each in found.crls),
    )


def _context(
    roots: Sequence[x509.Certificate], moment: datetime, believed: Believed, proofs: _Proofs | None
) -> ValidationContext:
    """One for each question: it remembers what it has seen. What is not known to hold does not hold."""
    return ValidationContext(
        trust_roots=list(roots),
        moment=moment,
        allow_fetching=believed.fetch,
        other_certs=list(proofs.certificates) if proofs else None,
        ocsps=list(proofs.ocsps) if proofs else None,
        crls=[*believed.crls, *(proofs.crls if proofs else ())],
        revocation_mode="hard-fail",
        # A proof made after the time in question says of that time too what was revoked.
        retroactive_revinfo=proofs is not None,
    )


async def _released(question: Awaitable[_Answer], *contexts: ValidationContext) -> _Answer:
    """The answer; what the contexts opened to get it is closed."""
    try:
        return await question
    finally:
        for context in contexts:
            await context.aclose()  # type: ignore[no-untyped-call]


def _time_beside(signature: EmbeddedPdfSignature) -> datetime:
    """The time in the time-stamp beside a signature, not yet believed."""
    for attribute in signature.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            return datetime.fromisoformat(token["gen_time"].native.isoformat())
    raise NotALetter(_reason("unknown-form"))


_UNKNOWN_NOW: Final = frozenset(
    {
        AdESIndeterminate.TRY_LATER,
        AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE,
    }
)
_REVOKED: Final = frozenset({AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE})
_OUT_OF_LIFE: Final = frozenset(
    {
        AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
        AdESIndeterminate.EXPIRED,
        AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
    }
)


def _judged(indication: Any, signature: EmbeddedPdfSignature, believed: Believed) -> tuple[bool, str]:
    """Whether it is certain that the certificate does not hold, and the code that says why."""
    if indication in _REVOKED:
        return True, "revoked"
    if indication in _UNKNOWN_NOW:
        return False, "revocation-unknown"
    if indication in _OUT_OF_LIFE and _was_alive_then(signature, believed):
        return False, "expired-since"
    return True, "untrusted"


def _was_alive_then(signature: EmbeddedPdfSignature, believed: Believed) -> bool:
    """Whether the certificate was valid when the file says that it signed, and has only expired since.

    Only for one that leads to a trusted root: anybody can write any time into a certificate of their own.
    """
    claimed, life = signature.self_reported_timestamp, signature.signer_cert["tbs_certificate"]["validity"]
    if claimed is None or not life["not_before"].native <= claimed <= life["not_after"].native:
        return False
    return bool(believed.moment > life["not_after"].native)


def _covers_whole(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    stamps: Sequence[EmbeddedPdfSignature],
) -> bool:
    """Whether nothing stands after the last signature but what makes it keep.

    These are the proofs of its certificates, and time-stamps, the last of which covers the whole file.
    """
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    if not _has_time(signature) or status.coverage != SignatureCoverageLevel.ENTIRE_REVISION:
        return False
    if stamps:
        covered = stamps[-1].evaluate_signature_coverage()
        # The proofs for the last time-stamp itself may follow it.
        return covered == SignatureCoverageLevel.ENTIRE_FILE or (
            covered == SignatureCoverageLevel.ENTIRE_REVISION
            and reader.xrefs.total_revisions == stamps[-1].signed_revision + 2
        )
    try:
        DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return False
    return bool(reader.xrefs.total_revisions == signature.signed_revision + 2)


def _has_time(signature: EmbeddedPdfSignature) -> bool:
    """Whether a time-stamp stands beside the signature."""
    attributes = signature.signer_info["unsigned_attrs"]
    return any(one["type"].native == "signature_time_stamp_token" for one in attributes)


def _certifies(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> bool:
    try:
        certified = reader.root["/Perms"].raw_get("/DocMDP")
    except KeyError:
        return False
    return bool(certified.reference == signature.sig_field.raw_get("/V").reference)


def _faults_of_set(
    signatures: Sequence[Signed], unsigned: Sequence[str], expected: Mapping[str, str | None]
) -> list[Reason]:
    """What is wrong with the signatures taken together."""
    if not signatures:
        return [_reason("unsigned")]
    faults = []
    signed = {signature.field: signature for signature in signatures}
    for field, certificate in expected.items():
        if field not in signed:
            faults.append(_reason("missing", field=field))
        elif certificate is not None and signed[field].fingerprint != certificate:
            faults.append(_reason("other-certificate", field=field))
    faults += [_reason("foreign-field", field=field) for field in signed if field not in expected]
    if not signatures[0].certifies:
        faults.append(_reason("not-certified"))
    if not unsigned and not signatures[-1].locks:
        faults.append(_reason("not-locked"))
    return faults


def _people_named_in(attached: bytes | None) -> dict[str, str]:
    """Who the attached content says signs in which field; empty where it cannot be understood."""
    try:
        signatories = json.loads(attached or b"{}")["signatories"]
        return {str(one["field_name"]): str(one["person_name"]) for one in signatories}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _fields_named_in(attached: bytes | None, signatures: Sequence[Signed]) -> dict[str, str | None]:
    """The fields that must be signed: those of the content, or that of a certified copy of paper."""
    if [signature.field for signature in signatures] == [SEAL_FIELD]:
        return {SEAL_FIELD: None}
    return dict.fromkeys(_people_named_in(attached))


def _doubts_about_people(attached: bytes | None, signatures: Sequence[Signed]) -> list[Reason]:
    """Where another person of the authority made a signature: nothing in the file says for whom."""
    named = _people_named_in(attached)
    return [
        _reason("other-person", field=one.field, expected=named[one.field], holder=one.holder)
        for one in signatures
        if one.field in named and one.holder != named[one.field][:64]
    ]


def _doubts_about_seal(signatures: Sequence[Signed]) -> list[Reason]:
    """A copy of paper names nobody in its field: only its certificate tells it from an office's."""
    return [
        _reason("not-a-seal", holder=one.holder)
        for one in signatures
        if one.field == SEAL_FIELD and not one.is_seal
    ]


def common_name(name: x509.Name) -> str:
    """The common name in a subject or issuer, or all of it where it has none."""
    found = name.native.get("common_name") or name.human_friendly
    return str(found[-1] if isinstance(found, list) else found)


# -- the envelope --------------------------------------------------------------------------------------

# A signature covers the letter and its own attributes, but neither the envelope (CMS) around it nor the room
# left behind it. A byte changed there changes nothing that was signed, and no validator minds; yet the file
# is no longer the one that was issued. So the envelope is put together again from its parts and compared.

_SEQUENCE, _SET, _OCTETS, _FIRST, _SECOND = 0x30, 0x31, 0x04, 0xA0, 0xA1
_VERSION_1 = b"\x02\x01\x01"
_SIGNED_DATA = cms.ContentType("signed_data").dump()
_DATA = cms.ContentType("data").dump()


def _is_as_written(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature's bytes in the file are exactly those that its parts give."""
    _start, before, after, _length = (int(number) for number in signature.byte_range)
    content = bytes(signature.pkcs7_content)
    envelope = _built_again(signature)
    padding = bytes(len(content) - len(envelope)) if len(envelope) <= len(content) else b""
    return content == envelope + padding and pdf[before:after] == b"<" + content.hex().upper().encode() + b">"


def _is_padded(pdf: bytes, stamp: EmbeddedPdfSignature) -> bool:
    """Whether nothing but empty room follows a time-stamp of the document, whose form its service chooses."""
    _start, before, after, _length = (int(number) for number in stamp.byte_range)
    content = bytes(stamp.pkcs7_content)
    rest = content[len(cms.ContentInfo.load(content).dump()) :]
    return not any(rest) and pdf[before:after].lower() == b"<" + content.hex().encode() + b">"


def _built_again(signature: EmbeddedPdfSignature) -> bytes:
    """The envelope of one signature, by one certificate; a time-stamp is all that may stand beside it."""
    found = signature.signer_info
    certificate = signature.signer_cert
    digest = cms.DigestAlgorithm({"algorithm": signature.md_algorithm}).dump()
    signed = found["signed_attrs"].contents
    unsigned = found["unsigned_attrs"]
    signer = _der(
        _SEQUENCE,
        _VERSION_1,
        _der(_SEQUENCE, certificate.issuer.dump(), core.Integer(certificate.serial_number).dump()),
        digest,
        _der(_FIRST, signed),
        _algorithm(found["signature_algorithm"]),
        _der(_OCTETS, found["signature"].native),
        _der(_SECOND, unsigned.contents) if len(unsigned) else b"",
    )
    certificates = b"".join(each.chosen.dump() for each in signature.signed_data["certificates"])
    return _der(
        _SEQUENCE,
        _SIGNED_DATA,
        _der(
            _FIRST,
            _der(
                _SEQUENCE,
                _VERSION_1,
                _der(_SET, digest),
                _der(_SEQUENCE, _DATA),
                _der(_FIRST, certificates),
                _der(_SET, signer),
            ),
        ),
    )


def _algorithm(found: cms.SignedDigestAlgorithm) -> bytes:
    """The same algorithm, its parameters encoded in the one usual way."""
    parts = {name: value for name, value in found.native.items() if value is not None}
    return bytes(cms.SignedDigestAlgorithm(parts).dump())


def _der(tag: int, *parts: bytes) -> bytes:
    """Tag, length in the one way that DER allows, and content."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


# -- the status ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class StatusSaid:
    """What an authority's signed list says of one file: a word, whether in force, and as of which day.

    `seals` are the recorded certificates by field; `known` is whether the list names the file at all;
    `authority` is the one whose list it is, and `is_copy` whether the file is the public copy of a letter.
    """

    as_of: str
    known: bool
    word: str = ""
    in_force: bool = False
    seals: Mapping[str, str] | None = None
    authority: str = ""
    is_copy: bool = False


class NoStatus(ValueError):
    """The list of status cannot be believed; the sentence says why."""


def read_status(data: bytes, sha256: str, believed: Believed, *, signers: Sequence[str] = ()) -> StatusSaid:
    """What a list of status says of the file with this SHA-256. Raises NoStatus.

    The list must be signed by the authority's own seal: a certificate made for it, or one of `signers`, by
    the SHA-256 of the certificate.
    """
    try:
        outer = json.loads(data)
        text = outer["statement"].encode()
        envelope = cms.ContentInfo.load(bytes.fromhex(outer["signature"]), strict=True)
        if outer["format"] != FORMAT_OF_STATUS or envelope["content_type"].native != "signed_data":
            raise NoStatus("The file is no list of status of this form.")
        status = asyncio.run(_status_of_statement(text, envelope["content"], believed))
        statement = json.loads(text)
        rows = {str(row["sha256"]): row for row in statement["letters"]}
        as_of = str(statement["as_of"])
        authority = str(statement["authority"])
    except NoStatus:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is the file's fault
        raise NoStatus(f"The list of status cannot be read ({type(error).__name__}).") from None
    if not status.bottom_line:
        raise NoStatus("The signature of the list of status does not hold.")
    certificate = status.signing_cert
    # The seal of one authority says nothing about the letters of another, even under one root.
    if _office_of(certificate) != (authority, "seal") and bytes(certificate.sha256).hex() not in signers:
        raise NoStatus("The list of status is not signed with the seal of the authority.")
    row = rows.get(sha256)
    if row is None:
        return StatusSaid(as_of=as_of, known=False, authority=authority)
    return StatusSaid(
        as_of=as_of,
        known=True,
        word=str(row["status"]),
        in_force=row["in_force"] is True,
        seals={str(field): str(value) for field, value in row["seals"].items()},
        authority=authority,
        is_copy="public_copy_of" in row,
    )


async def _status_of_statement(text: bytes, signed_data: cms.SignedData, believed: Believed) -> Any:
    context = _context(believed.roots, believed.moment, believed, proofs=None)
    return await _released(
        async_validate_detached_cms(text, signed_data, signer_validation_context=context), context
    )


def _office_of(certificate: x509.Certificate) -> tuple[str, str]:
    """The authority and the office that a certificate was made for, where it says so; else ("", "")."""
    for name in certificate.subject_alt_name_value or ():
        if name.name == "uniform_resource_identifier" and (found := _OFFICE_MARK.fullmatch(name.native)):
            return found[1], found[2]
    return "", ""


# -- the program ---------------------------------------------------------------------------------------

GENUINE, NOT_GENUINE, CANNOT_SAY, NO_LONGER_IN_FORCE, UNREADABLE = 0, 1, 2, 3, 4


def answer_for(
    pdf: bytes, believed: Believed, *, status: bytes | None = None, signers: Sequence[str] = ()
) -> dict[str, Any]:
    """The answer as JSON values: answer, sentences, status (None: unknown offline), and what was found."""
    said, sentences = None, []
    if status is not None:
        try:
            said = read_status(status, hashlib.sha256(pdf).hexdigest(), believed, signers=signers)
        except NoStatus as error:
            sentences.append(str(error))
    if said is not None and said.is_copy:
        return _answer_for_copy(pdf, said)
    found = examine(pdf, believed, expected_fields=said.seals if said is not None and said.known else None)
    if said is not None and any(one.authority not in ("", said.authority) for one in found.signatures):
        sentences.append("The list of status is that of another authority than the one that signed.")
        said, found = None, examine(pdf, believed)
    if said is not None and said.known:
        # The authority's own list vouches for exactly these bytes: what only time could prove, it proves.
        found = replace(found, doubts=tuple(one for one in found.doubts if one.code not in _SETTLED))
    answer = found.answer
    if said is not None and not said.known and answer == "genuine":
        answer = "cannot say"
        sentences.append(f"The list of status of {said.as_of} does not name this file.")
    return {
        "answer": answer,
        "sha256": found.sha256,
        "sentences": [*sentences, *map(str, found.faults), *map(str, found.doubts)],
        "faults": [{"code": one.code, "values": dict(one.values)} for one in found.faults],
        "doubts": [{"code": one.code, "values": dict(one.values)} for one in found.doubts],
        "status": None
        if said is None or not said.known
        else {"word": said.word, "in_force": said.in_force, "as_of": said.as_of},
        "signatures": [
            {
                "field": one.field,
                "holder": one.holder,
                "issuer": one.issuer,
                "certificate": one.fingerprint,
                "claimed_at": one.claimed_at.isoformat() if one.claimed_at else None,
            }
            for one in found.signatures
        ],
        "certified_copy_of_paper": [one.field for one in found.signatures] == [SEAL_FIELD],
        "attached": found.attached.decode(errors="replace") if found.attached is not None else None,
    }


def _answer_for_copy(pdf: bytes, said: StatusSaid) -> dict[str, Any]:
    """A public copy bears no signature: the authority's signed list vouches for its bytes."""
    return {
        "answer": "genuine",
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "sentences": ["This is the public copy of a letter: it leaves out what is confidential."],
        "faults": [],
        "doubts": [],
        "status": {"word": said.word, "in_force": said.in_force, "as_of": said.as_of},
        "signatures": [],
        "attached": None,
    }


_SETTLED: Final = frozenset({"expired-since", "revocation-unknown", "other-person", "not-a-seal"})


def in_words(answer: Mapping[str, Any]) -> str:
    """The answer as lines for people."""
    first = str(answer["answer"]).upper()
    if answer["answer"] == "genuine":
        status = answer["status"]
        first += (
            ", status unknown offline"
            if status is None
            else ", status as of {as_of}: {word}".format(**status)
        )
    lines = [first, *(f"  {sentence}" for sentence in answer["sentences"])]
    if answer["certified_copy_of_paper"]:
        lines.append("  A certified copy: the original is on paper, signed by hand.")
    lines += [
        f"  Signed in {one['field']} by {one['holder']}, certificate of {one['issuer']}."
        for one in answer["signatures"]
    ]
    return "\n".join([*lines, f"  SHA-256 of the file: {answer['sha256']}"]) + "\n"


def exit_status(answer: Mapping[str, Any]) -> int:
    """What the program ends with."""
    if answer["answer"] == "genuine":
        status = answer["status"]
        return GENUINE if status is None or status["in_force"] else NO_LONGER_IN_FORCE
    return NOT_GENUINE if answer["answer"] == "not genuine" else CANNOT_SAY


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM or DER file. Raises ValueError."""
    if not detect(data):
        return [x509.Certificate.load(data, strict=True)]
    return [x509.Certificate.load(der, strict=True) for _kind, _more, der in unarmor(data, multiple=True)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the files, prints the answer, returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Says whether a letter is genuine, from the file alone.",
        epilog="Exit status: 0 genuine, 1 not genuine, 2 cannot say, 3 genuine and no longer in force.",
    )
    parser.add_argument("file", type=Path, metavar="LETTER.pdf", help="- reads standard input")
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="AUTHORITY.pem")
    parser.add_argument("--trust-time", type=Path, action="append", default=[], metavar="TIME.pem")
    parser.add_argument("--status", type=Path, metavar="STATUS.json")
    parser.add_argument("--status-signer", action="append", default=[], metavar="SHA256")
    parser.add_argument("--crl", type=Path, action="append", default=[], metavar="FILE.crl")
    parser.add_argument("--ask", action="store_true", help="ask over the network what was revoked")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument(
        "--limited", action="store_true", help="take little memory and time, and write no file"
    )
    given = parser.parse_args(arguments)
    if given.limited:
        _limit()
    logging.disable(logging.CRITICAL)
    try:
        pdf = sys.stdin.buffer.read(MOST_BYTES + 1) if str(given.file) == "-" else _read(given.file)
        believed = Believed(
            roots=[one for path in given.trust for one in read_certificates(path.read_bytes())],
            time_roots=[one for path in given.trust_time for one in read_certificates(path.read_bytes())],
            crls=[path.read_bytes() for path in given.crl],
            moment=datetime.now(timezone.utc),  # noqa: TID251, UP017 - the real time, on any machine
            fetch=given.ask,
        )
        status = given.status.read_bytes() if given.status else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"A file cannot be read: {error}\n")
        return UNREADABLE
    answer = answer_for(pdf, believed, status=status, signers=given.status_signer)
    if given.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    else:
        for root in believed.roots:
            print_ = " ".join(re.findall("....", bytes(root.sha256).hex().upper()))
            sys.stdout.write(f"Trusting {common_name(root.subject)}: {print_}\n")
        sys.stdout.write(in_words(answer))
    return exit_status(answer)


# What a letter takes by far: bytes of memory, seconds of the processor.
_MOST_MEMORY: Final = 1024 * 1024 * 1024
_MOST_SECONDS: Final = 15


def _limit() -> None:
    """Gives up what a hostile file could misuse; only Unix knows such limits."""
    import resource  # noqa: PLC0415 - not there on Windows, where this program runs as well

    for limit, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


if __name__ == "__main__":
    sys.exit(main())
