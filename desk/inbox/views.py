"""The inbox of the people of an authority."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from desk.inbox.forms import PlaceForm
from desk.inbox.selectors import inbox
from workflow.clock import RealClock


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What needs this person, the most urgent first; for whoever holds no office, as if there were none."""
    shown = inbox(
        cast(User, request.user),
        clock=RealClock(),
        language=get_language() or "en",
        after=PlaceForm(request.GET).place(),
    )
    if not shown.offices:
        raise Http404
    return render(request, "desk/inbox/page.html", {"inbox": shown})
