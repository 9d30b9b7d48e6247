"""The pages of volumes. The views decide nothing."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Function, User
from accounts.names import in_language
from authorisation.reversed import balances
from authorisation.services.ceilings import CeilingSet, set_ceiling
from desk.acting import acting_at, capacities_of, once_proved
from desk.people.views.one_form import FormPage, one_form, sent
from desk.recording.selectors import reader_of, recording_offers
from desk.volumes import selectors
from desk.volumes.charts import chart
from desk.volumes.forms import CeilingForm
from workflow.clock import RealClock


@require_safe
def volumes(request: HttpRequest, identifier: str) -> HttpResponse:
    """Where every tonne of an authorisation is; for whoever may not see its case, as if there were none."""
    clock = RealClock()
    found = selectors.authorisation_seen_by(cast(User, request.user), identifier, clock=clock)
    if found is None:
        raise Http404
    page = selectors.volumes_page(found, clock=clock, after=request.GET.get("after", ""))
    capacities = capacities_of(request, authority=found.authority)
    context = {
        "page": page,
        "columns": list(selectors.COLUMNS.values()),
        "offers": recording_offers(found, capacities, clock),
        "inside": reader_of(found.activity, capacities, clock).inside,
        "activity": found.activity,
        "reversed": list(balances(found.activity).items()),
        "chart": chart(page.rows, right_to_left=get_language_bidi()),
    }
    return render(request, "desk/volumes/authorisation.html", context)


@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    """The budget of each NDC period of the authorities that this person serves."""
    found = selectors.budgets(cast(User, request.user), clock=RealClock(), language=get_language() or "en")
    if not found:
        raise Http404
    drawn = [
        (one, [(period, chart(period.rows, right_to_left=get_language_bidi())) for period in one.periods])
        for one in found
    ]
    return render(request, "desk/volumes/budget.html", {"budgets": drawn})


@require_http_methods(["GET", "HEAD", "POST"])
def set_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sets a ceiling; for whoever does not direct that authority, as if there were none."""
    authority, director = acting_at(request, public_id, Function.DIRECTOR)
    form = CeilingForm(sent(request), authority=authority, initial=request.GET.dict())

    def do(given: dict[str, Any]) -> str:
        what = CeilingSet(
            period=form.periods[given["period"]],
            sector=given["sector"],
            tonnes=given["tonnes"],
            reason=given["reason"],
            source=given["source"],
        )
        set_ceiling(authority, what, actor=director, clock=RealClock())
        return _("The ceiling is set.")

    page = FormPage(
        title=_("Set a ceiling"),
        button=_("Set the ceiling"),
        back=reverse("budget"),
        back_label=_("Budget"),
        lead=[
            in_language(authority.name, get_language() or "en"),
            _("What is already reserved or authorised counts under it at once, and stays."),
        ],
    )
    return one_form(request, form, page, once_proved(request, do))
