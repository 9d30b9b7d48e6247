"""A letter that an office works on: found for whoever may work on it, and its files given out as they are."""

from io import BytesIO
from typing import cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from desk.selectors.at_the_authority import letter_worked_on_by
from letters import storage
from letters.models import Letter
from workflow.clock import RealClock


def letter_at_work(request: HttpRequest, public_id: UUID) -> Letter:
    """The letter. Raises Http404 for whoever does not work at its authority, as if there were none."""
    letter = letter_worked_on_by(cast(User, request.user), public_id, clock=RealClock())
    if letter is None:
        raise Http404
    return letter


def given_out(request: HttpRequest, letter: Letter, sha256: str, name: str) -> HttpResponseBase:
    """A file of the letter by its digest, under the letter's number and `name`. Raises Http404 for none."""
    if not sha256:
        raise Http404
    try:
        pdf = storage.fetch(sha256)
    except storage.BytesLost:
        return render(request, "desk/letter_lost.html", {"number": letter.number}, status=500)
    return FileResponse(
        BytesIO(pdf),
        as_attachment=True,
        filename=f"{letter.number}-{name}.pdf",
        content_type="application/pdf",
    )
