"""The download of the minutes of a reviewing body: for the authority alone, and recorded."""

import logging
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from authorisation.services.documents import note_download_of_minutes
from desk.acting import capacities_of
from desk.documents.views import given_out
from desk.selectors.at_the_authority import case_worked_on_by
from projects.content_store import BytesLost
from projects.documents import document_bytes
from projects.models import Document
from workflow.clock import RealClock
from workflow.door import Act

logger = logging.getLogger(__name__)


@require_safe
def minutes_file(request: HttpRequest, public_id: UUID, sha256: str) -> HttpResponseBase:
    """The minutes of an opinion in this case, by their digest; else as if they were not."""
    clock = RealClock()
    case = case_worked_on_by(cast(User, request.user), public_id, clock=clock)
    if (
        case is None
        or not case.opinions.filter(minutes_document=sha256).exclude(minutes_document="").exists()
    ):
        raise Http404
    found = Document.objects.filter(authority=case.authority, sha256=sha256).order_by("-pk").first()
    if found is None:
        raise Http404
    try:
        content = document_bytes(found)
    except BytesLost:
        logger.exception("The minutes %s cannot be given out.", found.public_id)
        return render(request, "desk/documents/lost.html", {"case": case, "name": found.name}, status=500)
    if request.method == "GET":
        (actor, *_others) = capacities_of(request, authority=case.authority)
        note_download_of_minutes(case, found, act=Act(actor=actor, clock=clock))
    return given_out(found, content)
