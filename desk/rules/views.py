"""The page of the legal rules."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from authorisation.rules import RULES


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, in the order of its code."""
    return render(request, "desk/rules/page.html", {"rules": RULES})
