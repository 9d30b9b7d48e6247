"""The public check of a letter by its code."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from desk.forms import CheckForm
from desk.selectors.checking import check
from letters import storage
from workflow.clock import RealClock


def check_form(request: HttpRequest) -> HttpResponse:
    """Asks for the code, and leads on to its answer."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("check_code", code=form.cleaned_data["code"])
    return render(request, "desk/check.html", {"form": form})


@require_safe
def public_file(_request: HttpRequest, code: str) -> HttpResponse:
    """The file of a public letter: as it was signed, or its public copy where a part is confidential."""
    letter = check(code, clock=RealClock(), language=get_language() or "en")
    if letter is None or not letter.has_file:
        raise Http404
    pdf = storage.fetch(letter.public_sha256 or letter.sha256)
    name = f"{letter.number}-public.pdf" if letter.public_sha256 else f"{letter.number}.pdf"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def check_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the public is told of the letter with this code; 404 where none was issued with it."""
    letter = check(code, clock=RealClock(), language=get_language() or "en")
    if letter is None:
        form = CheckForm(initial={"code": code})
        return render(request, "desk/check_unknown.html", {"code": code, "form": form}, status=404)
    return render(request, "desk/check_answer.html", {"letter": letter})
