"""Who calls, and as whom they act: in the pages and in the API, by what the session or the token shows."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.exceptions import PermissionDenied as NotAllowed
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import Authority, Function, Scope, ServiceToken, User
from accounts.services import deactivate_person, issue_set_up_code
from authorisation.models import ActOverMany, Case, Recording
from desk.access import for_administrators
from desk.acting import acting_at, actor_of, to_second_factor
from desk.api.callers import BearerToken, Caller, TokenHolder
from desk.api.permissions import MayCall
from tests.authorisation.factories import Staff
from tests.desk.api.calling import bearing
from tests.desk.browser import at_a_browser
from tests.desk.who.few import Few
from workflow.actors import Program
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db


def request_of(person: Any, *, shown: bool = True) -> HttpRequest:
    """As the middleware hands it on."""
    request = RequestFactory().get("/")
    request.user = person
    request.session = at_a_browser(person, shown=shown).session if isinstance(person, User) else cast(Any, {})
    cast(Any, request)._messages = FallbackStorage(request)
    return request


def called_by(who: Any, *, shown: bool = True) -> Request:
    request = Request(request_of(who, shown=shown))
    request.user = who
    return request


def holder(of: Staff, function: Function) -> User:
    return User.objects.get(pk=of.offices[function][1].pk)


def token(made: Few) -> TokenHolder:
    found = ServiceToken.objects.get(account__organisation=made.ours.organisation)
    return TokenHolder(found.account, tuple(found.scopes))


# -- pages -----------------------------------------------------------------------------------------


def test_one_acts_in_an_office_or_for_an_organisation_of_ones_own_and_in_no_other(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    director, applicant = holder(ours, Function.DIRECTOR), User.objects.get(pk=ours.applicant.pk)
    own, foreign = (of.offices[Function.DIRECTOR][0] for of in (ours, theirs))
    assert actor_of(request_of(director), office=own.public_id).office == own
    assert actor_of(request_of(applicant), organisation=ours.organisation.public_id).organisation
    assert actor_of(request_of(applicant)).organisation is None
    refused: list[tuple[Any, dict[str, UUID]]] = [
        (director, {"office": foreign.public_id}),
        (director, {"office": uuid4()}),
        (director, {"organisation": ours.organisation.public_id}),
        (applicant, {"office": own.public_id}),
        (applicant, {"organisation": theirs.organisation.public_id}),
        (AnonymousUser(), {}),
    ]
    for person, named in refused:
        with pytest.raises(PermissionDenied):
            actor_of(request_of(person), **named)
    request = request_of(applicant)
    deactivate_person(applicant, actor="system", at=RealClock().now())
    request.user = User.objects.get(pk=applicant.pk)
    with pytest.raises(PermissionDenied):
        actor_of(request)


def test_a_page_of_an_authority_is_opened_in_an_office_there(made: Few) -> None:
    ours, theirs = made.ours.authority, made.theirs.authority
    director = holder(made.ours, Function.DIRECTOR)
    office = made.ours.offices[Function.DIRECTOR][0]
    assert acting_at(request_of(director), ours.public_id, Function.DIRECTOR)[1].office == office
    refused: list[tuple[User, Authority, Function]] = [
        (director, theirs, Function.DIRECTOR),
        (director, ours, Function.DESK_OFFICER),
        (holder(made.theirs, Function.DIRECTOR), ours, Function.DIRECTOR),
        (User.objects.get(pk=made.ours.applicant.pk), ours, Function.DIRECTOR),
    ]
    for person, authority, function in refused:
        with pytest.raises(Http404):
            acting_at(request_of(person), authority.public_id, function)


def test_who_has_a_second_factor_shows_it_and_who_has_none_is_led_to_setting_one_up(made: Few) -> None:
    with pytest.raises(ReauthenticationRequired):
        to_second_factor(request_of(holder(made.ours, Function.DIRECTOR)))
    assert to_second_factor(request_of(User.objects.get(pk=made.ours.applicant.pk))).status_code == 302


def test_pages_of_administration_are_for_whoever_administers(made: Few) -> None:
    view: Any = for_administrators(lambda _request: HttpResponse("People"))
    person = User.objects.get(pk=made.everything.pk)
    with pytest.raises(Http404):
        view(request_of(person))
    person.is_staff = True
    assert view(request_of(person)).content == b"People"


# -- the API ---------------------------------------------------------------------------------------


def _authenticated(header: str) -> Any:
    return BearerToken().authenticate(Request(RequestFactory().get("/", headers={"Authorization": header})))


def test_a_token_is_known_or_refused_and_another_header_is_none(made: Few) -> None:
    found, _token = _authenticated(bearing(made.secret)["Authorization"])
    assert found.account.organisation == made.ours.organisation
    assert _authenticated(f"Basic {made.secret}") is None
    for secret in ("desk_unknown", ""):
        with pytest.raises(AuthenticationFailed):
            _authenticated(f"Bearer {secret}")


def test_who_may_call(made: Few) -> None:
    reading = cast(APIView, SimpleNamespace(scope=Scope.READ))
    reporting = cast(APIView, SimpleNamespace(scope=Scope.REPORT))
    director, applicant = holder(made.ours, Function.DIRECTOR), User.objects.get(pk=made.ours.applicant.pk)
    reads = TokenHolder(token(made).account, (Scope.READ,))
    closed = User(is_active=False)
    may = MayCall().has_permission
    assert may(called_by(reads), reading)
    assert may(called_by(director), reading)
    assert may(called_by(applicant, shown=False), reading), "of whom no second factor is asked"
    for nobody in (AnonymousUser(), closed, SimpleNamespace(is_active=True)):
        assert not may(called_by(nobody) if nobody is not closed else _by_closed(applicant), reading)
    unproved = holder(made.ours, Function.DECIDER)
    for request, view in ((called_by(reads), reporting), (called_by(director, shown=False), reading)):
        with pytest.raises(NotAllowed):
            may(request, view)
    issue_set_up_code(unproved, by=None, at=RealClock().now())
    with pytest.raises(NotAllowed):
        may(called_by(unproved), reading)


def _by_closed(person: User) -> Request:
    request = called_by(person)
    deactivate_person(User.objects.get(pk=person.pk), actor="system", at=RealClock().now())
    request.user = User.objects.get(pk=person.pk)
    return request


def test_what_a_program_and_a_person_may_see_and_act_as(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    program, person = Caller(called_by(token(made))), Caller(called_by(holder(ours, Function.SIGNER)))
    everywhere = Caller(called_by(holder(theirs, Function.SIGNER)))
    own = set(Case.objects.filter(authority=ours.authority))
    assert set(program.cases()) == set(person.cases()) == own
    assert set(everywhere.cases()) == set(Case.objects.filter(authority=theirs.authority))
    assert list(program.authorisations()) == list(person.authorisations()) == [made.authorisation]
    assert list(everywhere.authorisations()) == [made.of_theirs]
    office = ours.offices[Function.SIGNER][0]
    assert program.capacities(ours.authority) == []
    assert [one.office for one in person.capacities(ours.authority)] == [office]
    assert isinstance(program.acting(office=office.public_id, organisation=None), Program)
    assert person.acting(office=office.public_id, organisation=None).trail_office


def _answer(who: Client, made: Few, address: str, body: Any, *, as_program: bool = False) -> int:
    headers = {"Idempotency-Key": str(uuid4())}
    if as_program:
        headers |= bearing(made.secret)
    answer = who.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)
    return int(answer.status_code)


def test_one_act_over_many_is_for_the_desk_and_director_of_the_authority_named(made: Few) -> None:
    body = {
        "authority": made.ours.authority.slug,
        "plan": {"type": "suspension", "grounds": "The law has changed."},
        "identifiers": [made.authorisation.identifier],
    }
    elsewhere = {**body, "authority": made.theirs.authority.slug}
    desk = made.browser(Function.DESK_OFFICER)
    signer, applicant = made.browser(Function.SIGNER), at_a_browser(made.ours.applicant)
    for address in ("acts-over-many/effects", "acts-over-many"):
        assert _answer(Client(), made, address, body, as_program=True) == 403
        for who, sent in ((desk, elsewhere), (signer, body), (applicant, body)):
            assert _answer(who, made, address, sent) == 404
    assert not ActOverMany.objects.exists()
    assert _answer(desk, made, "acts-over-many/effects", body) == 200
    assert _answer(desk, made, "acts-over-many", body) == 201
    (asked,) = ActOverMany.objects.all()
    address = f"/api/v1/acts-over-many/{asked.name.partition(':')[2]}"
    assert desk.get(address).status_code == 200
    theirs = at_a_browser(holder(made.theirs, Function.DESK_OFFICER))
    for who in (theirs, signer, applicant):
        assert who.get(address).status_code == 404


def test_what_an_act_would_do_is_shown_to_whoever_could_open_it(made: Few) -> None:
    address = f"authorisations/{made.authorisation.identifier}/effects"
    suspending = {"plan": {"type": "suspension", "grounds": "As found."}}
    more = {"plan": {"type": "top_up", "grounds": "More stoves.", "volumes": {"2026": 4}}}
    desk, signer = made.browser(Function.DESK_OFFICER), made.browser(Function.SIGNER)
    applicant = at_a_browser(made.ours.applicant)
    assert _answer(desk, made, address, suspending) == 200
    assert _answer(applicant, made, address, more) == 200
    assert _answer(Client(), made, address, more, as_program=True) == 200
    assert _answer(applicant, made, address, suspending) == 403
    assert _answer(signer, made, address, suspending) == 403
    assert _answer(Client(), made, address, suspending, as_program=True) == 403
    foreign = f"authorisations/{made.of_theirs.identifier}/effects"
    assert _answer(Client(), made, foreign, more, as_program=True) == 404


def test_who_borrows_an_office_is_told_so_only_where_they_may_know_of_the_record(made: Few) -> None:
    office = str(made.ours.offices[Function.DESK_OFFICER][0].public_id)
    today = made.ours.authority.legal_date(RealClock().now()).isoformat()
    body = {"office": office, "on": today, "evidence": "A report", "volumes_tco2e": {"2026": 1}}
    identifier, activity = made.authorisation.identifier, made.authorisation.activity.public_id
    for address, more in (
        (f"authorisations/{identifier}/first-transfers", {"to_party": "CHE"}),
        (f"activities/{activity}/issuances", {}),
    ):
        sent = {**body, **more}
        assert _answer(made.browser(Function.SIGNER), made, address, sent) == 403
        assert _answer(at_a_browser(made.ours.applicant), made, address, sent) == 403
        assert _answer(at_a_browser(made.theirs.applicant), made, address, sent) == 404
        assert _answer(at_a_browser(holder(made.theirs, Function.DESK_OFFICER)), made, address, sent) == 404
    assert not Recording.objects.exists()
