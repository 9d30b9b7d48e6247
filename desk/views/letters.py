"""The files of letters, for people who may see their case."""

import logging
from io import BytesIO
from typing import cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from desk.selectors.seen import issued_letter_seen_by
from letters import schema, storage
from workflow.clock import RealClock

logger = logging.getLogger(__name__)


@require_safe
def letter_schema(_request: HttpRequest) -> HttpResponse:
    """The published schema of what letters say, as it is kept with the code."""
    return HttpResponse(schema.FILE.read_bytes(), content_type="application/schema+json")


def letter_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The signed bytes of a letter, exactly as issued, or none at all."""
    letter = issued_letter_seen_by(cast(User, request.user), public_id, clock=RealClock())
    if letter is None:
        raise Http404
    try:
        pdf = storage.fetch(letter.signed_sha256)
    except storage.BytesLost:
        logger.exception("The file of letter %s cannot be given out.", letter.number)
        return render(request, "desk/letter_lost.html", {"number": letter.number}, status=500)
    return FileResponse(
        BytesIO(pdf), as_attachment=True, filename=f"{letter.number}.pdf", content_type="application/pdf"
    )
