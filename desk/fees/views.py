"""The applicant's page of fees, and the notice of a fee, which can be printed."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.names import in_language, party_name
from authorisation.lifecycle import ENDED
from authorisation.models import Case
from authorisation.services import fees
from desk.act_forms import fresh
from desk.applications.written import Written, case_written, closed
from desk.fees.forms import ProofForm
from desk.fees.selectors import FeeShown, fees_shown
from desk.permissions import serves_the_authority
from desk.selectors.seen import case_seen_by
from workflow.clock import RealClock
from workflow.refusals import Kind, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def application_fees(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The fees of a case for its applicant, and the form by which each is proved to be paid."""
    written = case_written(request, public_id)
    if request.method == "POST":
        return _hand_in(request, written)
    if written.case.state in ENDED:
        return closed(request, written.case)
    return _show(request, written)


def _hand_in(request: HttpRequest, written: Written) -> HttpResponse:
    form = ProofForm(request.POST, files=request.FILES, place=_place(request.POST.get("fee", "")))
    if not form.is_valid():
        return _show(request, written, filled_in=form)
    given = form.cleaned_data
    try:
        fees.hand_in_proof(
            written.case,
            form.upload(),
            fee=given["fee"],
            reference=given["reference"],
            act=written.act(request),
        )
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        return _show(request, written, filled_in=form, refusal=refusal)
    messages.success(request, _("The proof of payment was handed in. The authority checks it."))
    return redirect("application_fees", public_id=written.case.public_id)


def _show(
    request: HttpRequest,
    written: Written,
    *,
    filled_in: ProofForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    case = Case.objects.select_related("authority__party", "applicant").get(pk=written.case.pk)
    shown = fees_shown(case, inside=False, clock=written.clock, language=get_language() or "en")
    context = {
        "case": case,
        "fees": [(fee, _form(case, fee, written, filled_in)) for fee in shown],
        "mistakes": filled_in.mistakes if filled_in is not None else (),
        "refusal": refusal,
    }
    status = 200 if filled_in is None and refusal is None else refusal.status if refusal is not None else 422
    return render(request, "desk/fees/page.html", context, status=status)


def _form(case: Case, fee: FeeShown, written: Written, filled_in: ProofForm | None) -> ProofForm | None:
    if not fee.takes_proof:
        return None
    begun = {**fresh(case.version, written.actor), "fee": fee.number}
    if filled_in is not None and filled_in.data.get("fee") == str(fee.number):
        return filled_in.again(begun)
    return ProofForm(initial=begun, place=_place(fee.number))


def _place(fee: object) -> str:
    return f"_{fee}"


@require_safe
def fee_notice(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The notice of one fee, to be printed; for whoever may not see the case, as if there were none."""
    person, clock, language = cast(User, request.user), RealClock(), get_language() or "en"
    case = case_seen_by(person, public_id, clock=clock)
    if case is None:
        raise Http404
    inside = serves_the_authority(person, case, clock=clock)
    shown = fees_shown(case, inside=inside, clock=clock, language=language)
    fee = next((fee for fee in shown if fee.number == number and fee.owed.notice is not None), None)
    if fee is None:
        raise Http404
    context = {
        "case": case,
        "fee": fee,
        "authority": in_language(case.authority.name, language),
        "party": party_name(case.authority.party.code, language),
    }
    return render(request, "desk/fees/notice.html", context)
