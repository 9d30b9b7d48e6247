"""The offices of an authority, for whoever directs it: opening, giving, deputies, ending."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Authority, Function, Office, Tenure, User
from accounts.names import in_language
from desk.people.forms import AppointmentForm, DeputyForm, EndForm, OfficeForm, TenureForm
from desk.people.selectors.authorities import authorities_in_function
from desk.people.selectors.offices_page import offices_page
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock, today


def offices(request: HttpRequest) -> HttpResponse:
    """The offices of every authority that this person directs."""
    directed = _directed(request)
    if not directed:
        raise Http404
    shown = offices_page(directed, clock=RealClock(), language=get_language() or "en")
    return render(request, "desk/offices.html", {"authorities": shown})


def open_office(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new office of an authority."""
    authority = next((one for one in _directed(request) if one.public_id == public_id), None)
    if authority is None:
        raise Http404

    def open_it(given: dict[str, Any]) -> str:
        function = Function(given["function"])
        services.open_office(
            authority,
            function=function,
            title={given["language"]: given["title"]},
            body=given["body"] if function == Function.REVIEWER else "",
            by=_person(request),
            at=RealClock().now(),
        )
        return _("The office is open. Nobody holds it yet.")

    page = _page(title=_("Open an office"), button=_("Open the office"), lead=[_name(authority)])
    return one_form(request, OfficeForm(sent(request)), page, open_it)


def appoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody given an office."""
    office = _office(request, public_id)
    form = AppointmentForm(sent(request), initial={"starts_on": today(office.authority, RealClock())})

    def give(given: dict[str, Any]) -> str:
        services.appoint(
            office,
            person=cast(User, form.person),
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            by=_person(request),
            at=RealClock().now(),
        )
        return _("The office is given.")

    page = _page(title=_("Give an office"), button=_("Give the office"), lead=[_title(office)])
    return one_form(request, form, page, give)


def appoint_deputy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody who holds the office of a person who is absent, or has delegated it."""
    office, tenure = _tenure(request, public_id)
    form = DeputyForm(sent(request))

    def give(given: dict[str, Any]) -> str:
        services.appoint_deputy(
            tenure,
            person=cast(User, form.person),
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            by=_person(request),
            at=RealClock().now(),
        )
        return _("The deputy is appointed.")

    page = _page(
        title=_("Appoint a deputy"),
        button=_("Appoint"),
        lead=[
            _title(office),
            _("In the stead of %(name)s") % {"name": tenure.person.name or tenure.person.email},
        ],
    )
    return one_form(request, form, page, give)


def dismiss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A tenure ended with a day."""
    office, tenure = _tenure(request, public_id)

    def end(given: dict[str, Any]) -> str:
        services.dismiss(tenure, ends_on=given["ends_on"], by=_person(request), at=RealClock().now())
        return _("The tenure ends.")

    page = _page(
        title=_("End a tenure"),
        button=_("End it"),
        lead=[_title(office), tenure.person.name or tenure.person.email],
    )
    return one_form(request, EndForm(sent(request)), page, end)


def _directed(request: HttpRequest) -> list[Authority]:
    return authorities_in_function(_person(request), Function.DIRECTOR, clock=RealClock())


def _office(request: HttpRequest, public_id: UUID) -> Office:
    found = Office.objects.select_related("authority").filter(
        public_id=public_id, authority__in=_directed(request)
    )
    office = found.first()
    if office is None:
        raise Http404
    return office


def _tenure(request: HttpRequest, public_id: UUID) -> tuple[Office, Tenure]:
    """The office, and the tenure of it that the address names by its holder and first day."""
    office = _office(request, public_id)
    tenure = TenureForm(request.GET).found_in(office)
    if tenure is None:
        raise Http404
    return office, tenure


def _page(*, title: str, button: str, lead: list[str]) -> FormPage:
    return FormPage(title=title, button=button, back=reverse("offices"), back_label=_("Offices"), lead=lead)


def _name(authority: Authority) -> str:
    return in_language(authority.name, get_language() or "en")


def _title(office: Office) -> str:
    return in_language(office.title, get_language() or "en")


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
