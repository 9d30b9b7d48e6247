"""The overdue board, for people of an authority."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from desk.overdue.forms import BoardForm
from desk.overdue.selectors import board, served
from workflow.clock import RealClock


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is overdue or about to be; for whoever holds no office, as if there were no such page."""
    clock = RealClock()
    authorities = served(cast(User, request.user), clock=clock)
    if not authorities:
        raise Http404
    asked = BoardForm(request.GET).asked()
    body = asked.get("body", "")
    shown = board(
        authorities, clock=clock, language=get_language() or "en", body=body, after=asked.get("after")
    )
    return render(request, "desk/overdue/page.html", {"board": shown, "body": body})
