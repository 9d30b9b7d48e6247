"""The public check of a letter by its code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from desk.forms import CheckForm
from desk.selectors.checking import check
from workflow.clock import RealClock


def check_form(request: HttpRequest) -> HttpResponse:
    """Asks for the code, and leads on to its answer."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("check_code", code=form.cleaned_data["code"])
    return render(request, "desk/check.html", {"form": form})


def check_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the public is told of the letter with this code; 404 where none was issued with it."""
    letter = check(code, clock=RealClock(), language=get_language() or "en")
    if letter is None:
        form = CheckForm(initial={"code": code})
        return render(request, "desk/check_unknown.html", {"code": code, "form": form}, status=404)
    return render(request, "desk/check_answer.html", {"letter": letter})
