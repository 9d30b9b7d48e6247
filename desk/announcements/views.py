"""The pages of who must be told. The views decide nothing: the use-cases do."""

from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Function, User
from accounts.names import in_language
from authorisation.lifecycle_of_announcements import State
from authorisation.models import Announcement
from authorisation.recipients import Recipient
from authorisation.services import announcements
from desk.act_forms import fresh
from desk.acting import acting_at, capacities_of
from desk.announcements import selectors
from desk.announcements.forms import CorrespondentForm, DoneForm, ExcuseForm, ListForm
from desk.offers import offer_of, offers
from desk.overdue.selectors import served
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock
from workflow.door import Act

_FORMS = {"record_done": DoneForm, "excuse": ExcuseForm}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Who is to be told; for whoever serves no authority, as if there were no such page."""
    clock = RealClock()
    authorities = served(cast(User, request.user), clock=clock)
    if not authorities:
        raise Http404
    form = ListForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    recipient, state = asked.get("recipient", ""), asked.get("state", "")
    page = selectors.listed(
        authorities,
        clock=clock,
        language=get_language() or "en",
        recipient=recipient,
        state=state,
        after=asked.get("after"),
    )
    context = {
        "page": page,
        "recipient": recipient,
        "state": state or State.DUE,
        "recipients": Recipient.choices,
        "states": State.choices,
    }
    return render(request, "desk/announcements/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Records that they were told, or why they need not be."""
    clock, person = RealClock(), cast(User, request.user)
    related = Announcement.objects.select_related("authority", "authorisation__activity", "case")
    found = related.filter(public_id=public_id, authority__in=served(person, clock=clock)).first()
    if found is None or step not in _FORMS:
        raise Http404
    offer = offer_of(step, offers(found, capacities_of(request, authority=found.authority), clock))
    if offer is None:
        raise Http404
    if not offer.is_theirs:
        raise PermissionDenied
    actor = offer.actor
    form = _FORMS[step](sent(request), initial=fresh(found.version, actor))

    def do(given: dict[str, Any]) -> str:
        carried = Act(actor=actor, clock=clock, key=str(given["key"]))
        if step == "excuse":
            announcements.excuse(found, act=carried, reasons=given["reasons"], seen=given["seen"])
            return _("It is recorded as not needed.")
        announcements.record_done(found, act=carried, on=given["on"], link=given["link"], seen=given["seen"])
        return _("It is recorded as done.")

    page = FormPage(
        title=offer.label,
        button=offer.label,
        back=reverse("announcements"),
        back_label=_("Who must be told"),
        lead=[
            f"{found.authorisation.identifier}: {found.get_act_display()}",
            f"{found.get_recipient_display()} {found.whom}".strip(),
        ],
    )
    return one_form(request, form, page, do)


@require_http_methods(["GET", "HEAD", "POST"])
def correspondent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sets to whom an authority writes by itself; for others than its desk and director, as if none."""
    authority, actor = acting_at(request, public_id, Function.DESK_OFFICER, Function.DIRECTOR)
    language = get_language() or "en"
    form = CorrespondentForm(sent(request), authority=authority)

    def do(given: dict[str, Any]) -> str:
        announcements.set_correspondent(
            authority,
            recipient=Recipient(given["recipient"]),
            whom=given["whom"],
            email=given["email"],
            actor=actor,
            clock=RealClock(),
        )
        return _("The address is kept.")

    known = authority.correspondents.exclude(email="")[: selectors.PAGE]
    page = FormPage(
        title=_("Where the authority writes by itself"),
        button=_("Keep the address"),
        back=reverse("announcements"),
        back_label=_("Who must be told"),
        lead=[
            in_language(authority.name, language),
            *(f"{one.get_recipient_display()} {one.whom}: {one.email}" for one in known),
        ],
    )
    return one_form(request, form, page, do)
