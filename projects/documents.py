"""Documents: checked, scanned, kept under their SHA-256, and given back. What is confidential has a basis.

A file is taken in before anything is locked (a scanner may take its time), and recorded in the transaction
of what it belongs to. A crash between the two leaves at worst a file that nobody cites.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import Authority, User
from audit import trail
from audit.trail import Happening, Json
from projects.content_store import ContentStore
from projects.file_checks import checked_media_type
from projects.file_names import shown_name
from projects.models import Document
from projects.virus_scan import was_scanned

_STORE = ContentStore("documents")


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """A file that was checked and is kept, and that nothing cites yet.

    public_id   under which it will be recorded
    name        as shown
    scanned     whether a virus scanner found nothing in it; False where there is none
    """

    public_id: UUID
    sha256: str
    size: int
    media_type: str
    name: str
    scanned: bool

    def facts(self) -> dict[str, Json]:
        """What the trail says of it: never its name, which may be a person's."""
        return {
            "document": str(self.public_id),
            "sha256": self.sha256,
            "size": self.size,
            "scanned": self.scanned,
        }


def take_in(content: bytes, *, name: str, declared: str = "") -> TakenIn:
    """Checks a file and keeps its bytes. Raises Refused, with the file, the fault and the remedy.

    name       as it was sent; it is kept without a path, and without signs that deceive
    declared   the media type that the sender named, if any
    """
    name = shown_name(name)
    media_type = checked_media_type(content, name=name, declared=declared)
    scanned = was_scanned(content, name=name)
    return TakenIn(
        public_id=uuid4(),
        sha256=_STORE.keep(content),
        size=len(content),
        media_type=media_type,
        name=name,
        scanned=scanned,
    )


def kept_bytes(file: TakenIn | Document) -> bytes:
    """The bytes of a file that was taken in, recorded or not yet. Raises BytesLost if they are gone."""
    return _STORE.fetch(file.sha256)


def taken_in_again(document: Document) -> TakenIn:
    """The bytes of a document that was received, to be recorded once more where else they belong."""
    return TakenIn(
        public_id=uuid4(),
        sha256=document.sha256,
        size=document.size,
        media_type=document.media_type,
        name=document.name,
        scanned=document.scanned,
    )


def record_document(
    file: TakenIn,
    *,
    authority: Authority,
    received_by: User,
    at: datetime,
    confidentiality_basis: str = "",
) -> Document:
    """Records a file that was taken in; with a basis it is confidential, without one public.

    The caller's transaction writes the event that says so.
    """
    basis = confidentiality_basis.strip()
    return Document.objects.create(
        public_id=file.public_id,
        authority=authority,
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
        name=file.name,
        scanned=file.scanned,
        received_by=received_by,
        received_at=at,
        confidentiality=Document.Confidentiality.CONFIDENTIAL if basis else Document.Confidentiality.PUBLIC,
        confidentiality_basis=basis,
    )


def receive_document(
    content: bytes,
    *,
    authority: Authority,
    name: str,
    media_type: str,
    received_by: User,
    at: datetime,
    confidentiality_basis: str = "",
) -> Document:
    """Keeps a document that belongs to an authority and to no case.

    Raises Refused, and has then written nothing. The trail keeps the digest, never the name.
    """
    file = take_in(content, name=name, declared=media_type)
    with transaction.atomic():
        head = Authority.objects.select_for_update().get(pk=authority.pk)
        document = record_document(
            file,
            authority=head,
            received_by=received_by,
            at=at,
            confidentiality_basis=confidentiality_basis,
        )
        trail.append(
            head,
            Happening(
                action="receive_document",
                actor=f"person:{received_by.public_id}",
                facts=file.facts(),
                at=at,
            ),
        )
    return document


def document_bytes(document: Document) -> bytes:
    """The bytes of a document. Raises BytesLost if the store no longer holds what was received."""
    return kept_bytes(document)
