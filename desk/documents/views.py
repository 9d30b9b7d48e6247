"""The download of a document. Nobody finds one by guessing: its address is random, and asks who they are."""

import logging
from io import BytesIO
from typing import cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from authorisation.models import Case, EarlierLetter
from authorisation.services.documents import note_download, note_download_of_earlier_letter
from desk.acting import capacities_of
from desk.documents.selectors import document_seen_by
from desk.selectors.seen import authorisations_seen_by
from projects.content_store import BytesLost
from projects.documents import document_bytes
from projects.models import Document
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

logger = logging.getLogger(__name__)

# What somebody sent is shown by no browser as a page of this site, not even where it is told to.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def document_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes of a document, exactly as received, for whoever may see its case; else as if it were not."""
    clock = RealClock()
    found = document_seen_by(cast(User, request.user), public_id, clock=clock)
    if found is None:
        raise Http404
    try:
        content = document_bytes(found.document)
    except BytesLost:
        logger.exception("The document %s cannot be given out.", found.document.public_id)
        return render(
            request, "desk/documents/lost.html", {"case": found.case, "name": found.document.name}, status=500
        )
    if request.method == "GET":
        note_download(found, act=Act(actor=_as_whom(request, found.case), clock=clock))
    return given_out(found.document, content)


@require_safe
def earlier_letter(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """The scan of a letter that was brought in: for whoever may see the authorisation that rests on it."""
    person, clock = cast(User, request.user), RealClock()
    seen = authorisations_seen_by(person, clock=clock).filter(identifier=identifier)
    letters = EarlierLetter.objects.select_related("document", "version__case__authority")
    letter = letters.filter(version__authorisation__in=seen, document__isnull=False).first()
    if letter is None or letter.document is None:
        raise Http404
    document, case = letter.document, letter.version.case
    try:
        # By its digest: what is not the file that was brought in is given to nobody.
        content = document_bytes(document)
    except BytesLost:
        logger.exception("The earlier letter %s cannot be given out.", document.public_id)
        lost = {"case": case, "name": document.name}
        return render(request, "desk/documents/lost.html", lost, status=500)
    if request.method == "GET":
        note_download_of_earlier_letter(letter, act=Act(actor=_as_whom(request, case), clock=clock))
    return given_out(document, content)


def given_out(document: Document, content: bytes) -> FileResponse:
    """The bytes of a document as a download, which no browser shows as a page of this site."""
    response = FileResponse(
        BytesIO(content), as_attachment=True, filename=document.name, content_type=document.media_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _as_whom(request: HttpRequest, case: Case) -> Person:
    """The person in the first of their offices at the case's authority, or for their organisation."""
    capacities = capacities_of(request, authority=case.authority)
    return capacities[0] if capacities else Person(user=cast(User, request.user))
