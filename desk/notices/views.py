"""The notices of a person, and what they do with them."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from desk.notices import services
from desk.notices.forms import MarkForm, PlaceForm, PreferenceForm
from desk.notices.selectors import notices_of
from workflow.clock import RealClock


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What this person was told, the newest first."""
    shown = notices_of(cast(User, request.user), after=PlaceForm(request.GET).place())
    return render(request, "desk/notices/page.html", {"notices": shown})


@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Marks one notice as read or not, or all as read; one that is not theirs is no notice."""
    form = MarkForm(request.POST)
    if not form.is_valid():
        raise Http404
    person, named = cast(User, request.user), form.cleaned_data["notice"]
    if named is not None and not person.notices.filter(public_id=named).exists():
        raise Http404
    if form.cleaned_data["unread"] and named is not None:
        services.mark_unread(person, notice=named)
    else:
        services.mark_read(person, at=RealClock().now(), notice=named)
    return redirect("notices")


@require_POST
def preference(request: HttpRequest) -> HttpResponse:
    """Keeps whether notices are mailed too."""
    form = PreferenceForm(request.POST)
    form.is_valid()
    kept = services.prefer(cast(User, request.user), by_mail=form.cleaned_data["by_mail"])
    messages.success(
        request,
        _("Your notices are sent to you by e-mail too.")
        if kept.by_mail
        else _("Your notices are shown here only, and not sent by e-mail."),
    )
    return redirect("notices")
