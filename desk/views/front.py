"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.checking.forms import CheckForm


def front(request: HttpRequest) -> HttpResponse:
    """What this is and for whom; the way to sign in, and the box to check a letter."""
    return render(request, "desk/front.html", {"form": CheckForm()})
