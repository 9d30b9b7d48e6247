"""What the bytes of a letter say about themselves, in the language of whoever asks.

Knows no register: whether a letter is the one that was issued, and whether it still stands, is asked
elsewhere. The judgement is that of the stand-alone verifier (letters/offline.py), so that both say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.reader import PdfFileReader

from letters import offline
from letters.offline import MOST_BYTES, Believed, NotALetter, Reason, Signed, examine

__all__ = ["MOST_BYTES", "Inspection", "NotALetter", "attached_content", "inspect", "sentence"]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found. `attached` is the letter's content as attached; `faults` are sentences, all of them.

    faults show that it is not genuine; doubts, that it cannot be said now.
    """

    sha256: str
    signatures: tuple[Signed, ...]
    unsigned_fields: tuple[str, ...]
    attached: bytes | None
    faults: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def genuine(self) -> bool:
        """Whether nothing at all was found wrong or left open."""
        return not self.faults and not self.doubts


def inspect(
    pdf: bytes,
    *,
    trust_roots: Sequence[x509.Certificate],
    moment: datetime,
    expected_fields: Mapping[str, str | None] | None = None,
    time_roots: Sequence[x509.Certificate] = (),
    crls: Sequence[bytes] = (),
    fetch: bool = False,
) -> Inspection:
    """Inspect the bytes of a letter in this process; certificates are judged as of `moment`.

    `expected_fields` names the fields that must be signed, and no others, each with the SHA-256 of the
    certificate where it is known; without it, these are the fields that the attached content names.
    """
    believed = Believed(roots=trust_roots, moment=moment, time_roots=time_roots, crls=crls, fetch=fetch)
    found = examine(pdf, believed, expected_fields=expected_fields)
    return Inspection(
        sha256=found.sha256,
        signatures=found.signatures,
        unsigned_fields=found.unsigned_fields,
        attached=found.attached,
        faults=tuple(map(sentence, found.faults)),
        doubts=tuple(map(sentence, found.doubts)),
    )


def sentence(reason: Reason) -> str:
    """A reason in the language in force."""
    return _(offline.SENTENCES[reason.code]) % reason.values


def attached_content(pdf: bytes) -> bytes:
    """The bytes of the one attachment, `loa.json`. Raises NotALetter, and pyHanko's errors."""
    return offline.attached_content(PdfFileReader(BytesIO(pdf), strict=True))
