"""The registries that may record for an authority, for whoever directs it: granting, and ending at once."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Function
from accounts.names import in_language
from desk.acting import acting_at, once_proved
from desk.people.selectors.paging import named, part_of
from desk.people.views.one_form import FormPage, one_form, sent
from desk.recording.entitling_forms import EndForm, GrantForm
from projects.documents import take_in
from projects.entitlements import Granted, end_entitlement, grant_entitlement
from projects.models import RegistryEntitlement
from workflow.clock import RealClock, today


@require_safe
def registries(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The registries that were entitled; for whoever does not direct the authority, as if there were none."""
    authority, _director = acting_at(request, public_id, Function.DIRECTOR)
    found = RegistryEntitlement.objects.filter(authority=authority).select_related("organisation")
    after = named(request.GET.get("after"))
    part = part_of(found, order=("registry", "starts_on", "pk"), after=after)
    on = today(authority, RealClock())
    rows = [(one, one.ended_at is None and (one.ends_on is None or one.ends_on >= on)) for one in part.rows]
    context = {
        "authority": authority,
        "name": in_language(authority.name, get_language() or "en"),
        "part": part,
        "rows": rows,
    }
    return render(request, "desk/recording/registries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Entitles a registry."""
    authority, director = acting_at(request, public_id, Function.DIRECTOR)
    clock = RealClock()
    posted = request.method == "POST"
    form = GrantForm(
        sent(request),
        files=request.FILES if posted else None,
        initial={"starts_on": today(authority, clock)},
    )

    def do(given: dict[str, Any]) -> str:
        file = given["file"]
        granted = Granted(
            registry=given["registry"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            basis=given["basis"],
            file=(
                take_in(file.read(), name=file.name or "", declared=file.content_type or "")
                if file is not None
                else None
            ),
        )
        grant_entitlement(authority, given["organisation"], granted, actor=director, clock=clock)
        return _("The registry is entitled.")

    page = FormPage(
        title=_("Entitle a registry"),
        button=_("Entitle it"),
        back=reverse("registries", kwargs={"public_id": authority.public_id}),
        back_label=_("Registries that record"),
        lead=[
            in_language(authority.name, get_language() or "en"),
            _("It records by itself what happens to outcomes that are tracked in it, and sees nothing else."),
        ],
    )
    return one_form(request, form, page, once_proved(request, do))


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ends an entitlement at once."""
    entitlement = (
        RegistryEntitlement.objects.select_related("authority", "organisation")
        .filter(public_id=public_id)
        .first()
    )
    if entitlement is None:
        raise Http404
    authority, director = acting_at(request, entitlement.authority.public_id, Function.DIRECTOR)

    def do(given: dict[str, Any]) -> str:
        end_entitlement(entitlement, reasons=given["reasons"], actor=director, clock=RealClock())
        return _("It has ended. What was recorded stands.")

    page = FormPage(
        title=_("End the entitlement at once"),
        button=_("End it"),
        back=reverse("registries", kwargs={"public_id": authority.public_id}),
        back_label=_("Registries that record"),
        lead=[
            f"{entitlement.registry} · {entitlement.organisation.name}",
            _("From this moment it records nothing more. What it has recorded stands."),
        ],
    )
    return one_form(request, EndForm(sent(request)), page, once_proved(request, do))
