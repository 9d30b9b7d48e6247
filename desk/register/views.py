"""The public register of authorisations."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from desk.register.forms import SearchForm
from desk.register.selectors import entry, parties_of_the_register, register
from workflow.clock import RealClock


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The register, newest first, or what in it answers a search."""
    language = get_language() or "en"
    form = SearchForm(request.GET, parties=parties_of_the_register(language))
    looked_for = form.search()
    listed = register(looked_for, language=language, after=form.place())
    asked = {name: value for name, value in vars(looked_for).items() if value}
    context = {"form": form, "search": looked_for, "listed": listed, "asked": urlencode(asked)}
    return render(request, "desk/register/search.html", context)


@require_safe
def authorisation(request: HttpRequest, identifier: str) -> HttpResponse:
    """One authorisation, as the public may know it."""
    shown = entry(identifier, clock=RealClock(), language=get_language() or "en")
    if shown is None:
        raise Http404
    return render(request, "desk/register/entry.html", {"entry": shown})
