"""Organisations that ask an authority to let them in, for the officers of its desk."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Function, User, Vetting
from accounts.names import country_name
from accounts.selectors import open_vettings
from desk.people.forms import VettingForm
from desk.people.selectors.authorities import authorities_in_function
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock


def vetting(request: HttpRequest) -> HttpResponse:
    """What the desks on which this person sits were asked and have not answered, oldest first."""
    person = cast(User, request.user)
    authorities = authorities_in_function(person, Function.DESK_OFFICER, clock=RealClock())
    if not authorities:
        raise Http404
    return render(request, "desk/vetting.html", {"asked": open_vettings(authorities)})


def decide_vetting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer to one of them; to officers of other authorities, as if it were not there."""
    person, clock = cast(User, request.user), RealClock()
    authorities = authorities_in_function(person, Function.DESK_OFFICER, clock=clock)
    asked = (
        Vetting.objects.select_related("organisation", "authority")
        .filter(public_id=public_id, authority__in=authorities)
        .first()
    )
    if asked is None:
        raise Http404
    organisation = asked.organisation

    def decide(given: dict[str, Any]) -> str:
        services.decide_vetting(
            asked,
            outcome=Vetting.Outcome(given["outcome"]),
            reasons=given["reasons"],
            by=person,
            at=clock.now(),
        )
        return _("The organisation is told on its page.")

    page = FormPage(
        title=organisation.name,
        button=_("Answer"),
        back=reverse("vetting"),
        back_label=_("Organisations that ask to be let in"),
        lead=[
            _("Country of incorporation: %(country)s")
            % {"country": country_name(organisation.country, get_language() or "en")},
            _("Identification number there: %(number)s") % {"number": organisation.identification or "–"},
        ],
    )
    return one_form(request, VettingForm(sent(request)), page, decide)
