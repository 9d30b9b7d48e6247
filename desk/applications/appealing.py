"""Where an applicant appeals against a decision."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from authorisation.services.appeals import against_appealing, open_appeal
from desk.applications.typed import as_typed
from desk.applications.written import case_written
from workflow.refusals import Kind, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def application_appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks for the grounds, and opens the appeal as a draft that the applicant then submits."""
    written = case_written(request, public_id)
    grounds = as_typed(request.POST.get("grounds") or "").strip()
    refusal = None
    if request.method == "POST":
        try:
            appeal = open_appeal(written.case, act=written.act(request), grounds=grounds)
        except Refused as refused:
            if refused.kind is Kind.UNSEEN:
                raise Http404 from refused
            refusal = refused
        else:
            messages.success(request, _("The appeal is open. Check it, and submit it."))
            return redirect("application", public_id=appeal.public_id)
    context = {
        "case": written.case,
        "reasons": refusal.reasons if refusal else against_appealing(written.case),
        "grounds": grounds,
    }
    return render(
        request, "desk/applications/appeal.html", context, status=refusal.status if refusal else 200
    )
