"""Documents: received, kept under their SHA-256, and given back. What is confidential has a basis."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, User
from audit import trail
from audit.trail import Happening
from projects.content_store import ContentStore
from projects.models import Document
from workflow.refusals import Kind, Reason, Refused

MOST_BYTES = 50 * 1024 * 1024

_STORE = ContentStore("documents")


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
    """Keeps a document for an authority; with a basis it is confidential, without one public.

    Raises Refused for an empty or too large file. The trail keeps the digest, never the name.
    """
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused(
            Kind.RULE,
            [
                Reason(
                    code="document-size",
                    words=_("The file has %(size)s bytes; between 1 and %(most)s are accepted."),
                    values={"size": len(content), "most": MOST_BYTES},
                    mend=_("Choose another file, or make it smaller."),
                )
            ],
        )
    sha256 = _STORE.keep(content)
    confidential = bool(confidentiality_basis.strip())
    with transaction.atomic():
        head = Authority.objects.select_for_update().get(pk=authority.pk)
        document = Document.objects.create(
            authority=head,
            sha256=sha256,
            size=len(content),
            media_type=media_type,
            name=name,
            received_by=received_by,
            received_at=at,
            confidentiality=Document.Confidentiality.CONFIDENTIAL
            if confidential
            else Document.Confidentiality.PUBLIC,
            confidentiality_basis=confidentiality_basis,
        )
        trail.append(
            head,
            Happening(
                action="receive_document",
                actor=f"person:{received_by.public_id}",
                facts={"document": str(document.public_id), "sha256": sha256, "size": len(content)},
                at=at,
            ),
        )
    return document


def document_bytes(document: Document) -> bytes:
    """The bytes of a document. Raises BytesLost if the store no longer holds what was received."""
    return _STORE.fetch(document.sha256)
