"""The pages of the procedures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from desk.procedures import selectors
from desk.procedures.drawing import WIDTH, drawn


@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Every version that is held here."""
    return render(request, "desk/procedures/list.html", {"rows": selectors.listed(get_language() or "en")})


@require_safe
def procedure(request: HttpRequest, version: str) -> HttpResponse:
    """One version: drawn, as tables, with its sources and with what is assumed in it."""
    page = selectors.page(version, language=get_language() or "en")
    if page is None:
        raise Http404
    groups = [(group, drawn(group)) for group in page.groups]
    context = {"page": page, "groups": groups, "width": WIDTH}
    return render(request, "desk/procedures/page.html", context)
