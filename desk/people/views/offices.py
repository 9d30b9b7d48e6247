"""The offices of an authority, for whoever directs it: opening, giving, deputies, ending."""

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Authority, Function, Office, Tenure, User
from accounts.names import in_language
from accounts.services.offices import Appointed
from accounts.services.second_factors import HOLDS
from authorisation.handling import procedure_for
from desk.people.forms import (
    AppointmentForm,
    ConfirmForm,
    DeputyForm,
    EndForm,
    OfficeForm,
    PlaceOfOfficeForm,
    TenureForm,
)
from desk.people.selectors.authorities import authorities_in_function
from desk.people.selectors.offices_page import offices_page, one_office
from desk.people.told_by_mail import tell
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock, today


def offices(request: HttpRequest) -> HttpResponse:
    """The offices of every authority that this person directs; or of one of them further holders."""
    directed = _directed(request)
    if not directed:
        raise Http404
    clock, language = RealClock(), get_language() or "en"
    one = PlaceOfOfficeForm(request.GET).office_named()
    if one is not None:
        office = _office(request, one)
        after = TenureForm(request.GET).found_in(office)
        page = one_office(office, clock=clock, language=language, after=after)
    else:
        page = offices_page(directed, clock=clock, language=language, after=request.GET.get("after", ""))
    return render(request, "desk/offices.html", {"page": page})


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
            body=given["body"],
            by=_person(request),
            at=RealClock().now(),
        )
        return _("The office is open. Nobody holds it yet.")

    page = _page(title=_("Open an office"), button=_("Open the office"), lead=[_name(authority)])
    terms = procedure_for(authority, today(authority, RealClock()))
    return one_form(request, OfficeForm(sent(request), terms=terms), page, open_it)


def appoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody given an office."""
    office = _office(request, public_id)
    form = AppointmentForm(sent(request), initial={"starts_on": today(office.authority, RealClock())})

    def give(given: dict[str, Any]) -> str | HttpResponse:
        with transaction.atomic():
            appointed = services.appoint(
                office,
                person=cast(User, form.person),
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                by=_person(request),
                at=RealClock().now(),
            )
            _tell(appointed)
        return _handed_over(request, appointed, _("The office is given."))

    page = _page(title=_("Give an office"), button=_("Give the office"), lead=[_title(office)])
    return one_form(request, form, page, give)


def appoint_deputy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody who holds the office of a person who is absent, or has delegated it."""
    office, tenure = _tenure(request, public_id)
    form = DeputyForm(sent(request))

    def give(given: dict[str, Any]) -> str | HttpResponse:
        with transaction.atomic():
            appointed = services.appoint_deputy(
                tenure,
                person=cast(User, form.person),
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                by=_person(request),
                at=RealClock().now(),
            )
            _tell(appointed)
        return _handed_over(request, appointed, _("The deputy is appointed."))

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
    """A tenure ended at once, or with a day."""
    office, tenure = _tenure(request, public_id)

    def end(given: dict[str, Any]) -> str:
        services.dismiss(tenure, ends_on=given["ends_on"], by=_person(request), at=RealClock().now())
        return _("The tenure has ended.") if given["ends_on"] is None else _("The tenure ends with that day.")

    page = _page(
        title=_("End a tenure"),
        button=_("End it"),
        lead=[_title(office), tenure.person.name or tenure.person.email],
    )
    return one_form(request, EndForm(sent(request)), page, end)


def reset_second_factor(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The lost second factor of somebody in office taken away, and a code for another handed over."""
    office, tenure = _tenure(request, public_id)

    def reset(_given: dict[str, Any]) -> HttpResponse:
        with transaction.atomic():
            code = services.reset_second_factor(
                tenure.person, authority=office.authority, by=_person(request), at=RealClock().now()
            )
            tell("second_factor_reset", clock=RealClock(), person=str(tenure.person.public_id))
        return _code_page(request, tenure.person, code, _("The second factor is taken away."))

    page = _page(
        title=_("Take the second factor away?"),
        button=_("Take it away"),
        lead=[
            tenure.person.name or tenure.person.email,
            _(
                "Do this when it is lost. The person is signed out everywhere, told by "
                "mail, and sets up another "
                "with a code that you hand over. Make sure first that it is this person who asks."
            ),
        ],
    )
    return one_form(request, ConfirmForm(sent(request)), page, reset)


def _tell(appointed: Appointed) -> None:
    if appointed.set_up_code:
        tenure = appointed.tenure
        tell(
            "office_given",
            clock=RealClock(),
            person=str(tenure.person.public_id),
            authority=str(tenure.office.authority.public_id),
        )


def _handed_over(request: HttpRequest, appointed: Appointed, done: str) -> str | HttpResponse:
    if not appointed.set_up_code:
        return done
    return _code_page(request, appointed.tenure.person, appointed.set_up_code, done)


def _code_page(request: HttpRequest, person: User, code: str, done: str) -> HttpResponse:
    """Shows a code, this once: it is kept nowhere."""
    context = {"person": person, "code": code, "done": done, "days": HOLDS.days}
    return render(request, "desk/people/set_up_code.html", context)


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
