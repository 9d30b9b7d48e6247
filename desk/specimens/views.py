"""The pages of the specimens: a list, and each kind of letter in each language. Nothing is changed."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import Authority, Function, User
from accounts.names import in_language
from desk.selectors.offices import offices_today
from letters import specimens
from letters.content import Letter
from letters.houses import BadHouse
from letters.kinds import KINDS, UnknownKind
from letters.typesetting import CannotTypeset
from workflow.clock import RealClock, today

# Whoever prepares letters, and whoever answers for them.
LOOKING = frozenset({Function.DESK_OFFICER, Function.DIRECTOR})


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every kind in every language; for whoever has no business with letters, as if there were no page."""
    found = _authorities(request)
    if not found:
        raise Http404
    shown = get_language() or "en"
    tables = [
        {
            "name": in_language(authority.name, shown),
            "slug": authority.slug,
            "languages": [(code, specimens.LANGUAGES[code]) for code in specimens.languages_of(authority)],
        }
        for authority in found
    ]
    return render(request, "desk/specimens/list.html", {"tables": tables, "kinds": KINDS})


@require_safe
def page(request: HttpRequest, authority: str, kind: str, language: str) -> HttpResponse:
    """One specimen, on the screen."""
    at = {"authority": authority, "kind": kind, "language": language}
    try:
        content = _content(request, **at)
        shown = specimens.on_screen(content, stylesheet=reverse("specimen_look", kwargs=at))
    except (BadHouse, CannotTypeset) as fault:
        return render(request, "desk/specimens/fault.html", {"sentence": str(fault)}, status=422)
    return HttpResponse(shown)


@require_safe
def look(request: HttpRequest, authority: str, kind: str, language: str) -> HttpResponse:
    """The look of one specimen."""
    try:
        text = specimens.look(_content(request, authority, kind, language))
    except (BadHouse, CannotTypeset):
        # The page itself says what is wrong.
        raise Http404 from None
    return HttpResponse(text, content_type="text/css; charset=utf-8")


def _content(request: HttpRequest, authority: str, kind: str, language: str) -> Letter:
    found = next((one for one in _authorities(request) if one.slug == authority), None)
    if found is None or language not in specimens.LANGUAGES:
        raise Http404
    try:
        return specimens.specimen(found, kind, language, on=today(found, RealClock()))
    except UnknownKind:
        raise Http404 from None


def _authorities(request: HttpRequest) -> list[Authority]:
    """Those whose letters this person may look at."""
    held = offices_today(cast(User, request.user), clock=RealClock())
    return list({one.authority.pk: one.authority for one in held if one.function in LOOKING}.values())
