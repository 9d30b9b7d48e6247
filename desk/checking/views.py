"""The public check of a letter, by its code or its file, and of what a number or a serial stands for."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from desk.checking.covered import covered
from desk.checking.forms import CheckForm, FileForm, NumberForm, too_large
from desk.checking.rates import ASKING, SENDING, too_often
from desk.checking.selectors import check, check_bytes
from letters import storage
from letters.inspection import MOST_BYTES
from workflow.clock import RealClock

# Bytes of a form around its file: names, boundaries and the token.
_AROUND = 64 * 1024


def _page(
    request: HttpRequest,
    *,
    form: CheckForm | None = None,
    file_form: FileForm | None = None,
    number_form: NumberForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The three ways to ask, one of them with what was wrong."""
    context = {
        "form": form or CheckForm(),
        "file_form": file_form or FileForm(),
        "number_form": number_form or NumberForm(),
    }
    return render(request, "desk/checking/page.html", context, status=status)


def check_form(request: HttpRequest) -> HttpResponse:
    """Asks for a code, a file or a number, and leads on to the answer of a code."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("check_code", code=form.cleaned_data["code"])
    return _page(request, form=form)


@require_safe
def public_file(request: HttpRequest, code: str) -> HttpResponse:
    """The file of a public letter: as it was signed, or its public copy where a part is confidential."""
    if wait := too_often(request, ASKING):
        return wait
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
    if wait := too_often(request, ASKING):
        return wait
    letter = check(code, clock=RealClock(), language=get_language() or "en")
    if letter is None:
        form = CheckForm(initial={"code": code})
        return render(request, "desk/checking/unknown.html", {"code": code, "form": form}, status=404)
    return render(request, "desk/checking/answer.html", {"letter": letter, "by": "code"})


@csrf_exempt
@never_cache
def check_file(request: HttpRequest) -> HttpResponse:
    """The answer to a file. Who asks too often, or sends too much, is told before anything is read.

    The token against forged requests stands in the body, so it is asked for after that.
    """
    if request.method != "POST":
        # Who changes the language of the answer comes back here without their file.
        return redirect("check")
    if wait := too_often(request, SENDING):
        return wait
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + _AROUND:
        form = FileForm({}, MultiValueDict())
        form.errors.clear()
        form.add_error("file", too_large())
        return _page(request, file_form=form, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _check_file(request)


@csrf_protect
def _check_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    found = check_bytes(form.cleaned_data["file"].read(), clock=RealClock(), language=get_language() or "en")
    if found.letter is not None:
        context = {"letter": found.letter, "by": "public copy" if found.is_public_copy else "file"}
        return render(request, "desk/checking/answer.html", context)
    return render(request, "desk/checking/file.html", {"found": found, "file_form": FileForm()})


@require_safe
def check_number(request: HttpRequest) -> HttpResponse:
    """What is authorised under a number, or of the units of a serial."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if not form.is_valid():
        return _page(request, number_form=form)
    if wait := too_often(request, ASKING):
        return wait
    answer = covered(form.cleaned_data["number"], clock=RealClock(), language=get_language() or "en")
    status = HTTPStatus.OK if answer.is_found else HTTPStatus.NOT_FOUND
    return render(
        request, "desk/checking/covered.html", {"answer": answer, "number_form": form}, status=status
    )
