"""The pages of exports, for whoever directs the authority: asked for, followed, taken along."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Authority, Function
from accounts.names import in_language
from desk.acting import acting_at, once_proved
from desk.exporting import services
from desk.exporting.models import Export
from desk.exporting.selectors import exports_page
from desk.exporting.services import Taken
from desk.people.forms import ConfirmForm
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock, today


@require_safe
def exports(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was exported, and how far the one is that is being made; to others as if there were none."""
    authority, _director = acting_at(request, public_id, Function.DIRECTOR)
    context = {
        "authority": authority,
        "name": in_language(authority.name, get_language() or "en"),
        "page": exports_page(authority, at=RealClock().now(), after=request.GET.get("after", "")),
    }
    return render(request, "desk/exporting/exports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Has everything that the authority owns exported."""
    authority, director = acting_at(request, public_id, Function.DIRECTOR)

    def do(_given: dict[str, Any]) -> str:
        services.ask_for_export(authority, actor=director, clock=RealClock())
        return _("The export is being made in the background. Follow it here.")

    page = FormPage(
        title=_("Export everything that the authority owns"),
        button=_("Have it made"),
        back=reverse("exports", kwargs={"public_id": authority.public_id}),
        back_label=_("Exports"),
        lead=[
            in_language(authority.name, get_language() or "en"),
            _("The file holds all cases, letters, documents and the trail, with what is confidential."),
            _("It is kept for seven days. Who has it made and who takes it along stands in the trail."),
        ],
    )
    return one_form(request, ConfirmForm(sent(request)), page, once_proved(request, do))


@require_http_methods(["GET", "HEAD", "POST"])
def take_along(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file of an export."""
    export = Export.objects.select_related("authority__party").filter(public_id=public_id).first()
    if export is None:
        raise Http404
    authority, director = acting_at(request, export.authority.public_id, Function.DIRECTOR)

    taken: list[Taken] = []

    def do(_given: dict[str, Any]) -> HttpResponse:
        taken.append(services.take_along(export, actor=director, clock=RealClock()))
        return HttpResponse()

    page = FormPage(
        title=_("Take the export along?"),
        button=_("Download the file"),
        back=reverse("exports", kwargs={"public_id": authority.public_id}),
        back_label=_("Exports"),
        lead=[
            in_language(authority.name, get_language() or "en"),
            _("It holds what is confidential, and names of people: keep it as you keep the database."),
        ],
    )
    answer = one_form(request, ConfirmForm(sent(request)), page, once_proved(request, do))
    return _streamed(taken[0], authority) if taken else answer


def _streamed(taken: Taken, authority: Authority) -> HttpResponseBase:
    name = f"{authority.slug}-export-{today(authority, RealClock()):%Y-%m-%d}.tar.gz"
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(taken.size)}
    return StreamingHttpResponse(taken.pieces, content_type="application/gzip", headers=told)
