"""An authority's own endpoints: opened by who directs it, told of what is its own and of nothing else."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User
from audit.models import Event
from desk.webhooks import services
from desk.webhooks.delivering import PATIENCE
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Attempt, Endpoint, Message
from tests.authorisation.factories import Staff, granted, two_staffs
from tests.desk.browser import code, prove_again, signed_in, with_app
from tests.desk.webhooks.listening import kinds_told, let_time_pass
from tests.desk.webhooks.servers import Server
from workflow import outbox
from workflow.actors import Person, Proof
from workflow.clock import RealClock
from workflow.door import PROOF_LASTS
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db
ADDRESS = "https://files.example.org/in"


def directing(of: Staff) -> Person:
    """The director, who has just shown the second factor."""
    office, user = of.offices[Function.DIRECTOR]
    return shown(Person(user=user, office=office))


def shown(person: Person) -> Person:
    """The person, with the second factor that they have just shown."""
    return replace(person, proof=Proof(method="totp", at=RealClock().now()))


def own(of: Staff, address: str = ADDRESS, kinds: tuple[str, ...] = tuple(EventKind.values)) -> Endpoint:
    """An endpoint of the authority, opened by its director."""
    return services.open_endpoint(
        of.authority, address=address, kinds=kinds, actor=directing(of), clock=RealClock()
    )


def proved(person: User) -> Client:
    """The person's browser, with the second factor shown once more."""
    browser: Client = signed_in(with_app(person))
    prove_again(browser, person)
    return browser


def test_an_authority_is_told_of_its_own_cases_and_of_no_other_authoritys() -> None:
    ours, theirs = two_staffs()
    here, there = own(ours), own(theirs)
    case = granted(ours)
    outbox.deliver_due()
    assert sorted(kinds_told(here)) == ["authorisation.issued", "letter.issued"]
    assert kinds_told(there) == []
    told = json.loads(Message.objects.get(endpoint=here, kind="letter.issued").body)
    assert (told["endpoint"], told["data"]["case"]) == (str(here.public_id), str(case.public_id))


def test_who_directs_the_authority_alone_opens_replaces_and_ends_and_nothing_changes_for_others() -> None:
    ours, theirs = two_staffs()
    endpoint = own(ours)
    before = (list(Endpoint.objects.values()), Message.objects.count(), Event.objects.count())
    clock, at = RealClock(), RealClock().now()
    for person in (
        theirs.offices[Function.DIRECTOR][1],
        ours.offices[Function.DESK_OFFICER][1],
        ours.offices[Function.DECIDER][1],
        ours.applicant,
    ):
        for refused in (
            lambda by: services.open_endpoint(
                ours.authority,
                address=f"{ADDRESS}/2",
                kinds=["letter.issued"],
                actor=shown(Person(user=by)),
                clock=clock,
            ),
            lambda by: services.replace_endpoint(
                endpoint,
                address=f"{ADDRESS}/2",
                kinds=["letter.issued"],
                actor=shown(Person(user=by)),
                clock=clock,
            ),
            lambda by: services.pause_endpoint(endpoint, by=by, at=at),
            lambda by: services.end_endpoint(endpoint, actor=shown(Person(user=by)), clock=clock),
            lambda by: services.send_again(Message.objects.get(), by=by, at=at),
        ):
            with pytest.raises(ValidationError):
                refused(person)
    assert (list(Endpoint.objects.values()), Message.objects.count(), Event.objects.count()) == before


def test_without_the_second_factor_just_shown_nothing_is_opened_led_elsewhere_or_ended() -> None:
    ours, _theirs = two_staffs()
    endpoint, clock = own(ours), RealClock()
    before = (list(Endpoint.objects.values()), Message.objects.count(), Event.objects.count())
    director, at, kinds = directing(ours), RealClock().now(), ["letter.issued"]

    def opens(by: Person) -> object:
        address = f"{ADDRESS}/2"
        return services.open_endpoint(ours.authority, address=address, kinds=kinds, actor=by, clock=clock)

    def replaces(by: Person) -> object:
        address = f"{ADDRESS}/2"
        return services.replace_endpoint(endpoint, address=address, kinds=kinds, actor=by, clock=clock)

    def ends(by: Person) -> object:
        return services.end_endpoint(endpoint, actor=by, clock=clock)

    for proof in (
        None,
        Proof(method="totp", at=at - PROOF_LASTS - timedelta(seconds=1)),
        Proof(method="password", at=at),
        Proof(method="demonstration", at=at),
    ):
        for refused in (opens, replaces, ends):
            with pytest.raises(Refused) as refusal:
                refused(replace(director, proof=proof))
            assert [reason.code for reason in refusal.value.reasons] == ["proof"]
            assert refusal.value.reasons[0].mend_text
    assert (list(Endpoint.objects.values()), Message.objects.count(), Event.objects.count()) == before
    services.end_endpoint(endpoint, actor=director, clock=clock)
    assert Endpoint.objects.get().ended_at is not None


def test_an_endpoint_belongs_to_a_program_or_to_an_authority_and_the_database_holds_it() -> None:
    ours, _theirs = two_staffs()
    endpoint = own(ours)
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(authority=None)
    with pytest.raises(ValidationError):
        own(ours)  # one at an address


def test_a_replaced_endpoint_keeps_its_id_and_what_waited_goes_to_the_new_address(server: Server) -> None:
    ours, _theirs = two_staffs()
    endpoint = own(ours, "https://nowhere.example.org:8443/in")
    actor, clock, at = directing(ours), RealClock(), RealClock().now()
    Message.objects.update(standing=Message.Standing.HELD, due_at=None)
    Endpoint.objects.update(set_aside_at=at, failing_since=at, failures=9)
    with pytest.raises(ValidationError):
        services.replace_endpoint(
            endpoint, address="https://10.0.0.1/", kinds=["letter.issued"], actor=actor, clock=clock
        )
    with pytest.raises(ValidationError):
        services.replace_endpoint(
            endpoint, address=endpoint.address, kinds=EventKind.values, actor=actor, clock=clock
        )
    replaced = services.replace_endpoint(
        endpoint, address=server.address, kinds=["letter.issued"], actor=actor, clock=clock
    )
    assert (replaced.public_id, replaced.kinds) == (endpoint.public_id, ["letter.issued"])
    assert (replaced.waits, replaced.failures) == (False, 0)
    outbox.deliver_due()
    assert [message.standing for message in Message.objects.all()] == ["delivered", "delivered"]
    assert len(server.asked) == 2
    event = Event.objects.get(action="endpoint_replaced")
    assert event.stream == ours.authority.trail_stream
    assert json.loads(event.facts)["before"]["address"] == endpoint.address


def test_one_that_a_person_has_wait_goes_on_waiting_at_its_new_address() -> None:
    ours, _theirs = two_staffs()
    by, at = ours.offices[Function.DIRECTOR][1], RealClock().now()
    endpoint = services.pause_endpoint(own(ours), by=by, at=at)
    services.replace_endpoint(
        endpoint, address=f"{ADDRESS}/2", kinds=endpoint.kinds, actor=directing(ours), clock=RealClock()
    )
    endpoint.refresh_from_db()
    assert endpoint.waits
    assert {message.standing for message in Message.objects.order_by("-pk")[:1]} == {"held"}


def test_one_that_fails_for_days_is_set_aside_and_who_directs_the_authority_is_told() -> None:
    ours, theirs = two_staffs()
    endpoint = own(ours)
    outbox.deliver_due()
    assert Attempt.objects.get().fault == "no_name"
    Endpoint.objects.update(failing_since=RealClock().now() - PATIENCE - timedelta(hours=1))
    let_time_pass()
    outbox.deliver_due()
    endpoint.refresh_from_db()
    assert endpoint.set_aside_at is not None
    outbox.deliver_due()
    told = {address for sent in mail.outbox for address in sent.to}
    assert ours.offices[Function.DIRECTOR][1].email in told
    assert not told & {theirs.offices[Function.DIRECTOR][1].email, ours.applicant.email}


def test_the_page_asks_for_the_second_factor_and_goes_on_with_what_was_sent(server: Server) -> None:
    ours, _theirs = two_staffs()
    director = ours.offices[Function.DIRECTOR][1]
    browser: Client = signed_in(with_app(director))
    opened = reverse("open_endpoint_of_authority", kwargs={"public_id": ours.authority.public_id})
    empty = browser.post(opened, {"address": "", "kinds": []})
    assert empty.status_code == 422, "what is missing is said before anybody looks for a telephone"
    asked = browser.post(opened, {"address": server.address, "kinds": ["letter.issued"]})
    assert asked.headers["Location"].startswith("/account/second-factor/")
    assert (Endpoint.objects.count(), Event.objects.filter(action="endpoint_opened").count()) == (0, 0)
    browser.post(asked.headers["Location"], {"code": code(director)}, follow=True)
    assert Endpoint.objects.get().address == server.address


def test_the_page_opens_replaces_and_ends_with_the_second_factor_shown_again(server: Server) -> None:
    ours, theirs = two_staffs()
    director = ours.offices[Function.DIRECTOR][1]
    browser: Client = proved(director)
    listed = reverse("endpoints_of_authority", kwargs={"public_id": ours.authority.public_id})
    assert listed in browser.get(reverse("offices")).content.decode()
    opened = reverse("open_endpoint_of_authority", kwargs={"public_id": ours.authority.public_id})
    right = {"address": server.address, "kinds": ["letter.issued"]}
    assert browser.post(opened, right).headers["Location"] == listed
    outbox.deliver_due()
    endpoint = Endpoint.objects.get()
    page = reverse("endpoint", kwargs={"public_id": endpoint.public_id})
    shown = browser.get(page).content.decode()
    assert "delivered" in shown
    replaces = reverse("replace_endpoint", kwargs={"public_id": endpoint.public_id})
    assert replaces in shown
    assert browser.post(replaces, {**right, "kinds": EventKind.values}).status_code == 302
    endpoint.refresh_from_db()
    assert endpoint.kinds == EventKind.values
    strange = proved(theirs.offices[Function.DIRECTOR][1])
    for address in (listed, opened, page, replaces):
        assert strange.get(address).status_code == 404
        assert signed_in(ours.applicant).get(address).status_code == 404
