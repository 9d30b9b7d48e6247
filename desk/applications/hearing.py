"""Where a holder answers a notice: what the authority intends is shown, with what it would do."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from authorisation.lifecycle import State
from authorisation.services.acts import hear
from desk.applications.typed import as_typed
from desk.applications.written import case_written, to_case, version_seen
from workflow.refusals import Kind, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def application_hearing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes the answer, in the holder's words. Whoever lets the time pass is heard by silence."""
    written = case_written(request, public_id)
    statement = as_typed(request.POST.get("statement") or "").strip()
    refusal = None
    if request.method == "POST":
        try:
            case = hear(
                written.case,
                act=written.act(request),
                statement=statement,
                seen=version_seen(request),
            )
        except Refused as refused:
            if refused.kind is Kind.UNSEEN:
                raise Http404 from refused
            refusal = refused
        else:
            messages.success(request, _("Your answer has gone to the authority."))
            return to_case(case)
    elif written.case.state != State.WITH_APPLICANT:
        return to_case(written.case)
    context = {
        "case": written.case,
        "reasons": refusal.reasons if refusal else (),
        "statement": statement,
        "key": uuid4(),
    }
    return render(
        request, "desk/applications/hearing.html", context, status=refusal.status if refusal else 200
    )
