"""The applicant's page of supporting documents: the list, adding and replacing, and removing from a draft."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from authorisation.lifecycle import State
from authorisation.models import Case
from authorisation.services import documents
from authorisation.supporting_documents import types_offered
from desk.act_forms import fresh
from desk.applications import selectors
from desk.applications.written import Written, case_written, closed, version_seen
from desk.documents.forms import AddDocumentForm
from desk.documents.selectors import document_of
from workflow.refusals import Kind, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def application_documents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The supporting documents of an application, and the form that adds one."""
    written = case_written(request, public_id)
    if request.method == "POST":
        return _add(request, written)
    if written.case.state not in selectors.OPEN:
        return closed(request, written.case)
    return _show(request, written)


def _add(request: HttpRequest, written: Written) -> HttpResponse:
    case = written.case
    form = AddDocumentForm(request.POST, files=request.FILES, types=types_offered(case))
    if not form.is_valid():
        return _show(request, written, filled_in=form)
    try:
        documents.add_document(case, form.upload(), form.said(), act=written.act(request))
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        return _show(request, written, filled_in=form, refusal=refusal)
    messages.success(request, _("The document was added."))
    return _back(request, case)


def _back(request: HttpRequest, case: Case) -> HttpResponse:
    answer = redirect("application_documents", public_id=case.public_id)
    if request.POST.get("from") == "check":
        answer["Location"] += "?from=check"
    return answer


def _show(
    request: HttpRequest,
    written: Written,
    *,
    filled_in: AddDocumentForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    case = Case.objects.select_related("authority__party", "applicant", "application").get(pk=written.case.pk)
    types = types_offered(case)
    begun = fresh(case.version, written.actor)
    form = (
        filled_in.again(begun)
        if filled_in is not None
        else AddDocumentForm(initial={**begun, **_begun(request)}, types=types)
    )
    context = {
        "case": case,
        "papers": selectors.papers(case, language=get_language() or "en"),
        "form": form,
        "may_add": bool(types),
        "is_draft": case.state == State.DRAFT,
        "checking": "check" in (request.GET.get("from"), request.POST.get("from")),
        "mistakes": filled_in.mistakes if filled_in is not None else (),
        "refusal": refusal,
        "removal": begun,
    }
    status = 200 if filled_in is None and refusal is None else refusal.status if refusal is not None else 422
    return render(request, "desk/applications/documents.html", context, status=status)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What a link to the form fills in: the type and title of what is replaced, or of what is asked for."""
    return {name: request.GET[name][:200] for name in ("type", "title") if name in request.GET}


@require_POST
def remove_document(request: HttpRequest, public_id: UUID, document: UUID) -> HttpResponse:
    """Takes a document out of a draft."""
    written = case_written(request, public_id)
    found = document_of(written.case, document)
    if found is None:
        raise Http404
    try:
        documents.remove_document(written.case, found, act=written.act(request), seen=version_seen(request))
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        return _show(request, written, refusal=refusal)
    messages.success(request, _("The document was removed."))
    return _back(request, written.case)
