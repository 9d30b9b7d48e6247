"""The pages about organisations, vetting, offices and paper do what the use-cases allow, and no more."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from accounts.models import (
    Authority,
    Function,
    Invitation,
    Mandate,
    Membership,
    Office,
    Organisation,
    Tenure,
    User,
    Vetting,
)
from accounts.second_factor import has_second_factor
from accounts.selectors import is_vetted, members_of
from accounts.services import ask_for_vetting, give_mandate, record_mandate_on_paper, register_organisation
from audit.models import Event
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.procedures import BUILT_IN
from authorisation.services import applications
from authorisation.services.applicants import invite_first_person
from authorisation.services.desk import return_for_completion
from desk.people.selectors.organisation_page import organisation_page
from desk.people.selectors.paging import PAGE
from desk.people.selectors.vetting_page import vetting_page
from projects.documents import document_bytes
from projects.models import Document
from tests.accounts.factories import office, organisation, person, tenure
from tests.accounts.story import everything
from tests.desk import browser
from tests.desk import cases as make
from tests.projects.files import pdf
from workflow.actors import Person, Proof
from workflow.clock import RealClock
from workflow.door import Act
from workflow.outbox import deliver_due
from workflow.refusals import Refused

# The door opens transactions of its own.
pytestmark = pytest.mark.django_db(transaction=True)

PDF = pdf()


def _client(somebody: User) -> Client:
    client = Client()
    client.force_login(somebody)
    return client


def _at(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs=kwargs)


def _now_here(world: make.World) -> str:
    return world.here.legal_date(RealClock().now()).isoformat()


# -- organisations ---------------------------------------------------------------------------------


def test_a_person_registers_an_organisation_asks_to_be_let_in_and_the_desk_answers() -> None:
    world = make.world()
    client = _client(world.stranger)
    register = {"name": "Wind Ltd", "country": "GHA", "identification": "W-1"}
    assert client.post(_at("register_organisation"), register).status_code == 302
    wind = Organisation.objects.get(name="Wind Ltd")
    assert members_of(wind, on=RealClock().now().date()) == [world.stranger]
    page = client.get(_at("organisation", public_id=wind.public_id)).content.decode()
    assert "Wind Ltd" in page

    asked = client.post(
        _at("ask_for_vetting", public_id=wind.public_id), {"authority": str(world.here.public_id)}
    )
    assert asked.status_code == 302
    vetting = Vetting.objects.get(organisation=wind)
    assert "Wind Ltd" in _client(world.officer).get(_at("vetting")).content.decode()
    assert "Wind Ltd" not in _client(world.officer_there).get(_at("vetting")).content.decode()
    answer = _at("decide_vetting", public_id=vetting.public_id)
    before = everything()
    for stranger in (world.officer_there, world.stranger, world.member):
        assert _client(stranger).post(answer, {"outcome": "accepted"}).status_code == 404
    refused = _client(world.officer).post(answer, {"outcome": "refused"})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert everything() == before

    assert _client(world.officer).post(answer, {"outcome": "accepted"}).status_code == 302
    assert is_vetted(wind, authority=world.here)
    assert not is_vetted(wind, authority=world.there)


def test_what_is_wrong_with_a_new_organisation_is_said_and_what_was_typed_stays() -> None:
    world = make.world()
    client = _client(world.stranger)
    before = everything()
    taken = {"name": "Stoves again", "country": "GHA", "identification": "C-1"}
    refused = client.post(_at("register_organisation"), taken)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "An organisation with this identification number exists already." in page
    assert 'value="Stoves again"' in page
    assert everything() == before


def test_an_invited_colleague_opens_an_account_from_the_mail_and_joins() -> None:
    world = make.world()
    mail.outbox.clear()
    sent = _client(world.member).post(
        _at("invite_colleague", public_id=world.stoves.public_id), {"email": "nana@example.org"}
    )
    assert sent.status_code == 302
    (message,) = mail.outbox
    assert message.to == ["nana@example.org"]
    (link,) = re.findall(r"http://\S+(/invitations/\S+/)", str(message.body))
    assert Client().get(link)["Location"] == f"/sign-in/?next={link}"
    eve, nana = _client(world.stranger), _client(person("nana@example.org"))
    before = everything()
    wrong = eve.post(link)
    assert wrong.status_code == 422
    assert "sent to another e-mail address" in wrong.content.decode()
    assert nana.get(link).status_code == 200
    assert everything() == before, "to look is not to accept"

    assert nana.post(link).status_code == 302
    assert nana.get(_at("organisation", public_id=world.stoves.public_id)).status_code == 200
    assert nana.post(link).status_code == 422
    assert Membership.objects.filter(organisation=world.stoves).count() == 2
    assert nana.get("/invitations/guessed/").status_code == 404


def test_where_the_mail_cannot_be_sent_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.world()

    def fail(_backend: object, _messages: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    refused = _client(world.member).post(
        _at("invite_colleague", public_id=world.stoves.public_id), {"email": "nana@example.org"}
    )
    assert refused.status_code == 422
    assert "could not be sent" in refused.content.decode()


def test_a_mandate_opens_the_clients_cases_and_its_end_closes_them() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves in two valleys")
    consultant = _client(world.member_of_forests)
    address = _at("case", public_id=case.public_id)
    assert consultant.get(address).status_code == 404
    given = _client(world.member).post(
        _at("give_mandate", public_id=world.stoves.public_id),
        {"country": "GHA", "identification": "C-2", "starts_on": RealClock().now().date().isoformat()},
    )
    assert given.status_code == 302
    mandate = Mandate.objects.get()
    # In the authority's zone the day may not have begun, or be over: so for all of yesterday and today.
    Mandate.objects.filter(pk=mandate.pk).update(starts_on=mandate.starts_on - timedelta(days=2))
    assert consultant.get(address).status_code == 200
    end = _at("revoke_mandate", public_id=mandate.public_id)
    assert _client(world.stranger).post(end).status_code == 404
    assert consultant.get(address).status_code == 200

    assert _client(world.member).post(end).status_code == 302
    assert consultant.get(address).status_code == 404


def test_who_does_not_belong_to_an_organisation_changes_nothing_of_it() -> None:
    world = make.world()
    _client(world.member).post(
        _at("invite_colleague", public_id=world.stoves.public_id), {"email": "nana@example.org"}
    )
    invitation = Invitation.objects.get()
    own = {"public_id": world.stoves.public_id}
    attempts = [
        (_at("organisation", **own), {}),
        (_at("invite_colleague", **own), {"email": "eve@example.org"}),
        (_at("remove_colleague", **own, person=world.member.public_id), {}),
        (_at("give_mandate", **own), {"country": "GHA", "identification": "C-2", "starts_on": "2030-01-01"}),
        (_at("ask_for_vetting", **own), {"authority": str(world.here.public_id)}),
        (_at("withdraw_invitation", public_id=invitation.public_id), {}),
    ]
    before = everything()
    for stranger in (world.member_of_forests, world.officer, world.stranger):
        client = _client(stranger)
        for address, sent in attempts:
            assert client.get(address).status_code == 404, address
            assert client.post(address, sent).status_code == 404, address
    assert everything() == before


# -- offices ---------------------------------------------------------------------------------------


def _director(world: make.World) -> User:
    director = browser.with_app(person("director@example.org", name="Dede"))
    tenure(office(world.here, function=Function.DIRECTOR), director, starts_on=make.FROM)
    return director


def test_a_director_gives_offices_and_appoints_deputies_each_with_a_second_factor_at_the_act() -> None:
    world = make.world()
    director = _director(world)
    signing = office(world.here, function=Function.SIGNER)
    minister, deputy = person("minister@example.org", name="Efua"), person("deputy@example.org", name="Yaw")
    client = browser.signed_in(director)
    give = _at("appoint", public_id=signing.public_id)
    sent = {"email": minister.email, "starts_on": _now_here(world)}
    before = everything()
    led = client.post(give, sent)
    assert led["Location"].startswith(reverse("mfa_reauthenticate"))
    assert everything() == before, "nothing is given before the second factor is shown again"

    led = client.post(led["Location"], {"code": browser.code(director)})
    browser.half_a_minute_passes()
    assert led.status_code == 200, "and then it goes on by itself"
    code = led.context["code"]
    assert code in led.content.decode()
    assert code not in client.get(reverse("offices")).content.decode(), "shown once"
    (held,) = Tenure.objects.filter(office=signing)
    assert (held.person, held.ends_on) == (minister, None)

    query = f"?person={minister.public_id}&starts_on={held.starts_on.isoformat()}"
    last = (held.starts_on + timedelta(days=5)).isoformat()
    client.post(
        _at("appoint_deputy", public_id=signing.public_id) + query,
        {"email": deputy.email, "starts_on": held.starts_on.isoformat(), "ends_on": last},
    )
    assert Tenure.objects.get(office=signing, person=deputy).deputy_of == held
    page = client.get(reverse("offices")).content.decode()
    assert "Yaw" in page
    assert "for Efua" in page
    yesterday = (held.starts_on - timedelta(days=1)).isoformat()
    end = _at("dismiss", public_id=signing.public_id) + query
    refused = client.post(end, {"when": "with a day", "ends_on": yesterday})
    assert refused.status_code == 422
    assert "cannot be ended in the past" in refused.content.decode()
    assert client.post(end, {"when": "with a day", "ends_on": ""}).status_code == 422
    client.post(end, {"when": "with a day", "ends_on": last})
    held.refresh_from_db()
    assert held.ends_on is not None
    client.post(
        _at("open_office", public_id=world.here.public_id),
        {"function": Function.DECIDER, "title": "Head", "language": "en"},
    )
    assert Office.objects.filter(authority=world.here, function=Function.DECIDER).exists()


def test_a_director_gives_no_office_to_themself_and_manages_no_other_authority() -> None:
    world = make.world()
    director = _director(world)
    client = browser.signed_in(director)
    browser.prove_again(client, director)
    ours, theirs = office(world.here, function=Function.SIGNER), office(world.there, function=Function.SIGNER)
    sent = {"email": director.email, "starts_on": _now_here(world)}
    before = everything()
    refused = client.post(_at("appoint", public_id=ours.public_id), sent)
    assert refused.status_code == 422
    assert "Nobody gives an office to themself" in refused.content.decode()
    assert client.post(_at("appoint", public_id=theirs.public_id), sent).status_code == 404
    elsewhere = _at("open_office", public_id=world.there.public_id)
    opening = {"function": Function.SIGNER, "title": "Mine", "language": "en"}
    assert client.post(elsewhere, opening).status_code == 404
    unknown = client.post(_at("appoint", public_id=ours.public_id), {**sent, "email": "nobody@example.org"})
    assert "Nobody has an account with this address" in unknown.content.decode()
    assert everything() == before


def test_the_offices_of_a_body_are_called_by_its_name_and_an_unknown_one_by_its_code() -> None:
    world = make.world()
    (code, body), *_others = BUILT_IN.bodies.items()
    office(world.here, function=Function.CHAIR, body=code)
    office(world.here, function=Function.REVIEWER, body="abolished")

    text = browser.signed_in(_director(world)).get(reverse("offices")).content.decode()

    assert f"Chair, <bdi>{body.label}</bdi>" in text
    assert code not in text
    assert "Reviewer, <bdi>abolished</bdi>" in text


def test_an_officer_and_an_applicant_do_not_manage_offices() -> None:
    world = make.world()
    _director(world)
    signing = office(world.here, function=Function.SIGNER)
    sent = {"email": world.stranger.email, "starts_on": _now_here(world)}
    before = everything()
    for somebody in (world.officer, world.member):
        browser.with_app(somebody)
        client = browser.signed_in(somebody)
        browser.prove_again(client, somebody)
        assert client.get(reverse("offices")).status_code == 404
        assert client.post(_at("appoint", public_id=signing.public_id), sent).status_code == 404
    assert _without_passwords(everything()) == _without_passwords(before)


def _without_passwords(rows: list[str]) -> list[str]:
    """Whom the test signs in gets the test's password."""
    return [re.sub(r'"password": "[^"]*"', "", text) for text in rows]


def test_an_officer_who_is_dismissed_finds_with_the_very_next_click_that_it_is_over() -> None:
    world = make.world()
    director = _director(world)
    client, officer = browser.signed_in(director), browser.signed_in(world.officer)
    browser.prove_again(client, director)
    held = Tenure.objects.get(person=world.officer)
    query = f"?person={world.officer.public_id}&starts_on={held.starts_on.isoformat()}"
    assert officer.get(_at("vetting")).status_code == 200

    ended = client.post(_at("dismiss", public_id=held.office.public_id) + query, {"when": "at once"})

    assert ended.status_code == 302
    assert officer.get(_at("vetting"))["Location"].startswith("/sign-in/")
    assert browser.signed_in(world.officer).get(_at("vetting")).status_code == 404
    assert client.get(_at("dismiss", public_id=held.office.public_id) + query).status_code == 404


def test_a_director_resets_a_colleagues_lost_second_factor_who_is_told_by_mail() -> None:
    world = make.world()
    director = _director(world)
    signing = office(world.here, function=Function.SIGNER)
    minister = browser.with_app(person("minister@example.org", name="Efua"))
    held = tenure(signing, minister, starts_on=make.FROM)
    client, theirs = browser.signed_in(director), browser.signed_in(minister)
    query = f"?person={minister.public_id}&starts_on={held.starts_on.isoformat()}"
    address = _at("reset_second_factor", public_id=signing.public_id) + query
    before = everything()
    unproved = client.post(address)
    assert unproved["Location"].startswith(reverse("mfa_reauthenticate"))
    officer = browser.signed_in(browser.with_app(world.officer))
    browser.prove_again(officer, world.officer)
    assert officer.post(address).status_code == 404
    assert _without_passwords(everything()) == _without_passwords(before)
    assert has_second_factor(minister)
    mail.outbox.clear()

    browser.prove_again(client, director)
    page = client.post(address)

    assert page.status_code == 200
    assert not has_second_factor(minister)
    assert theirs.get(reverse("account_email"))["Location"].startswith("/sign-in/")
    deliver_due()
    (message,) = mail.outbox
    assert message.to == [minister.email]
    assert page.context["code"] not in str(message.body)
    own = Tenure.objects.get(person=director)
    query = f"?person={director.public_id}&starts_on={own.starts_on.isoformat()}"
    refused = client.post(_at("reset_second_factor", public_id=own.office.public_id) + query)
    assert "Nobody resets their own" in refused.content.decode()
    assert has_second_factor(director)


def test_a_deputy_acts_within_the_days_and_the_trail_says_for_whom() -> None:
    world = make.world()
    director = _director(world)
    now = RealClock().now()
    desk = Office.objects.get(authority=world.here, function=Function.DESK_OFFICER)
    deputy, today = person("deputy@example.org"), world.here.legal_date(now)
    client, theirs = browser.signed_in(director), _client(deputy)
    browser.prove_again(client, director)
    query = f"?person={world.officer.public_id}&starts_on={make.FROM.isoformat()}"
    give = _at("appoint_deputy", public_id=desk.public_id) + query
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=3)).isoformat()}
    own = client.post(give, {"email": world.officer.email, **days})
    assert "their own deputy" in own.content.decode()
    assert theirs.get(_at("vetting")).status_code == 404
    assert client.post(give, {"email": deputy.email, **days}).status_code == 302
    second = client.post(give, {"email": world.stranger.email, **days})
    assert "There is a deputy from" in second.content.decode()
    assert theirs.get(_at("vetting")).status_code == 200
    case = make.submitted(world.here, world.stoves, world.member, title="Stoves")
    proof = Proof(method="totp", at=now)
    return_for_completion(
        case, act=Act(actor=Person(user=deputy, office=desk, proof=proof), clock=RealClock())
    )
    event = Event.objects.get(action="return_for_completion")
    assert f'"deputy_for":"{world.officer.actor}"' in event.facts
    assert event.actor == deputy.actor


# -- vetting withdrawn, and mandates on paper ----------------------------------------------------------


def test_a_withdrawn_vetting_leaves_the_cases_in_sight_and_takes_every_step_away() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves in two valleys")
    vetting = Vetting.objects.get(organisation=world.stoves, authority=world.here)
    address = _at("withdraw_vetting", public_id=vetting.public_id)
    before = everything()
    for stranger in (world.officer_there, world.member, world.stranger):
        assert _client(stranger).post(address, {"reasons": "No."}).status_code == 404
        assert _client(stranger).get(_at("organisations_let_in")).status_code == (
            200 if stranger == world.officer_there else 404
        )
    officer = _client(world.officer)
    assert officer.post(address, {"reasons": " "}).status_code == 422
    assert everything() == before
    assert "Stoves Ltd" in officer.get(_at("organisations_let_in")).content.decode()
    assert "Stoves Ltd" not in officer.get(_at("organisations_let_in") + "?q=Forests").content.decode()
    mail.outbox.clear()

    assert officer.post(address, {"reasons": "Struck off the register."}).status_code == 302

    deliver_due()
    (message,) = mail.outbox
    assert message.to == [world.member.email]
    assert "Struck off" not in f"{message.subject} {message.body}", "what is confidential goes into no mail"
    assert "The reasons stand on the page of your organisation" in " ".join(str(message.body).split())
    assert _at("organisation", public_id=world.stoves.public_id) in str(message.body)
    member = _client(world.member)
    assert member.get(_at("case", public_id=case.public_id)).status_code == 200
    own = member.get(_at("organisation", public_id=world.stoves.public_id)).content.decode()
    assert "Struck off the register." in own
    act = Act(actor=Person(user=world.member, organisation=world.stoves), clock=RealClock())
    with pytest.raises(Refused):
        applications.submit(case, act=act, declared=True)
    case.refresh_from_db()
    assert case.state == "draft"


def _filed(authority: Authority, officer: User, applicant: Organisation) -> Case:
    """A case that the desk opened for an applicant."""
    desk = Office.objects.get(authority=authority, function=Function.DESK_OFFICER)
    return applications.open_case(
        act=Act(actor=Person(user=officer, office=desk), clock=RealClock()),
        authority=authority,
        kind=Kind.CONSOLIDATED,
        applicant=applicant,
        content={"activity": {"title": "Stoves, by post"}},
    )


def test_a_mandate_on_paper_opens_cases_towards_the_authority_that_confirmed_it() -> None:
    world = make.world()
    consultant, officer = _client(world.member_of_forests), _client(world.officer)
    yesterday = (RealClock().now().date() - timedelta(days=2)).isoformat()
    record = _at("record_mandate", public_id=world.forests.public_id)
    sent = {
        "name": "Paper Stoves",
        "country": "GHA",
        "identification": "P-1",
        "authority": str(world.here.public_id),
        "reference": "PoA 7",
        "dated_on": yesterday,
        "starts_on": yesterday,
    }
    assert _client(world.member).post(record, sent).status_code == 404
    own = consultant.post(record, {**sent, "identification": "C-1"})
    assert "has an account here" in own.content.decode()
    assert consultant.post(record, sent).status_code == 302
    mandate = Mandate.objects.get()
    confirm = _at("confirm_mandate", public_id=mandate.public_id)
    for stranger in (world.officer_there, world.member, world.member_of_forests):
        assert _client(stranger).post(confirm, {"seen": "on"}).status_code == 404
    assert "PoA 7" in officer.get(_at("vetting")).content.decode()
    assert officer.post(confirm, {}).status_code == 422
    case = _at("case", public_id=_filed(world.here, world.officer, mandate.principal).public_id)
    assert consultant.get(case).status_code == 404
    assert officer.post(confirm, {"seen": "on"}).status_code == 302
    assert consultant.get(case).status_code == 200
    elsewhere = _filed(world.there, world.officer_there, mandate.principal)
    assert consultant.get(_at("case", public_id=elsewhere.public_id)).status_code == 404
    end = _at("revoke_mandate", public_id=mandate.public_id)
    assert _client(world.officer_there).post(end).status_code == 404
    assert officer.post(end).status_code == 302
    assert consultant.get(case).status_code == 404


# -- on paper --------------------------------------------------------------------------------------


def _paper(world: make.World, **changes: object) -> dict[str, object]:
    return {
        "office": str(Office.objects.get(authority=world.here).public_id),
        "kind": "consolidated",
        "name": "Paper Stoves",
        "country": "GHA",
        "identification": "P-1",
        "title": "Stoves, by post",
        "declared": "on",
        "scan": SimpleUploadedFile("paper.pdf", PDF, content_type="application/pdf"),
        **changes,
    }


def test_an_officer_files_an_application_that_came_on_paper_with_its_scan() -> None:
    world = make.world()
    client = _client(world.officer)
    assert client.get(reverse("case_on_paper")).status_code == 200
    assert client.post(reverse("case_on_paper"), _paper(world)).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.authority, case.applicant.name) == ("submitted", world.here, "Paper Stoves")
    assert case.opened_by == world.officer
    document = Document.objects.get()
    assert document_bytes(document) == PDF
    submitted = Event.objects.get(action="submit")
    assert document.sha256 in submitted.facts
    assert '"on_paper":true' in submitted.facts

    again = client.post(reverse("case_on_paper"), _paper(world))
    assert again.status_code == 422
    assert "received before" in again.content.decode()
    assert Case.objects.count() == 1


def test_paper_is_filed_by_the_desk_it_came_to_and_with_a_scan() -> None:
    world = make.world()
    elsewhere = str(Office.objects.get(authority=world.there).public_id)
    before = (Case.objects.count(), Document.objects.count(), Organisation.objects.count())
    for wrong in (
        {"office": elsewhere},
        {"scan": SimpleUploadedFile("paper.pdf", b"MZ no pdf")},
        {"scan": ""},
        {"declared": ""},
        {"title": ""},
    ):
        assert (
            _client(world.officer).post(reverse("case_on_paper"), _paper(world, **wrong)).status_code == 422
        )
    for stranger in (world.member, world.stranger):
        assert _client(stranger).post(reverse("case_on_paper"), _paper(world)).status_code == 404
    assert (Case.objects.count(), Document.objects.count(), Organisation.objects.count()) == before


def test_the_account_page_names_what_is_mine() -> None:
    world = make.world()
    page = _client(world.officer).get(reverse("account_email")).content.decode()
    assert reverse("vetting") in page
    assert reverse("offices") not in page
    page = _client(world.member).get(reverse("account_email")).content.decode()
    assert "Stoves Ltd" in page
    assert reverse("vetting") not in page
    assert organisation("Unseen", identification="C-7").name not in page


# -- the first person of an organisation that came on paper ----------------------------------------


def _from_paper(world: make.World) -> Organisation:
    """An applicant whose paper an officer of this authority took in, and of which nobody is here."""
    paper = organisation("Paper Stoves", identification="P-1")
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    Case.objects.filter(pk=case.pk).update(applicant=paper)
    return paper


def test_the_desk_invites_the_first_person_of_an_organisation_known_from_paper_who_joins_it() -> None:
    world = make.world()
    paper, client = _from_paper(world), _client(world.officer)
    page = _at("organisations_on_paper")
    invite = _at("invite_first_person", public_id=paper.public_id)
    assert invite in client.get(page).content.decode()

    assert client.post(invite, {"email": world.stranger.email}).status_code == 302

    listed = client.get(page).content.decode()
    assert world.stranger.email in listed
    (told,) = mail.outbox
    (link,) = re.findall(r"https?://[^/]+(/invitations/\S+/)", str(told.body))
    assert _client(world.stranger).post(link).status_code == 302
    assert members_of(paper, on=RealClock().now().date()) == [world.stranger]
    assert invite not in client.get(page).content.decode(), "it has people now"
    assert client.get(invite).status_code == 404


def test_an_organisation_is_opened_by_the_authority_that_it_came_to_first_and_by_no_other() -> None:
    world = make.world()
    paper = _from_paper(world)
    later = make.draft(world.there, world.stoves, world.member, title="Stoves")
    Case.objects.filter(pk=later.pk).update(applicant=paper)
    somebody, client = world.officer_there, _client(world.officer_there)
    before = everything()

    assert "Paper Stoves" not in client.get(_at("organisations_on_paper")).content.decode()
    refused = client.post(_at("invite_first_person", public_id=paper.public_id), {"email": "esi@example.org"})
    with pytest.raises(Refused) as refusal:
        invite_first_person(
            paper, authority=world.there, email="esi@example.org", by=somebody, at=RealClock().now()
        )

    assert refused.status_code == 404
    assert [reason.code for reason in refusal.value.reasons] == ["not-known-from-paper"]
    assert everything() == before


# -- long lists ------------------------------------------------------------------------------------


def test_a_long_list_of_people_is_read_page_by_page_and_nobody_is_left_out_or_shown_twice() -> None:
    world = make.world()
    address = _at("organisation", public_id=world.stoves.public_id)
    for number in range(2 * PAGE):
        joined = person(f"colleague{number}@example.org", name=f"Colleague <{number}>")
        Membership.objects.create(person=joined, organisation=world.stoves, starts_on=make.FROM)
    client, read, following = _client(world.member), list[str](), ""
    for _page in range(3):
        text = client.get(address + following).content.decode()
        read += re.findall(r"Colleague &lt;(\d+)&gt;</bdi>", text)
        following = "".join(re.findall(r'rel="next" href="(\?people=[^"]+)"', text))
    assert sorted(map(int, read)) == list(range(2 * PAGE))
    assert following == ""
    assert "Colleague" in client.get(f"{address}?people=nobody").content.decode(), "no place: the first page"


def test_the_further_holders_of_an_office_are_read_on_a_page_of_their_own() -> None:
    world = make.world()
    client = browser.signed_in(_director(world))
    signing = office(world.here, function=Function.SIGNER)
    for number in range(PAGE + 5):
        tenure(signing, person(f"signs{number}@here.example", name=f"Signer <{number}>"))
    text = client.get(_at("offices")).content.decode()
    first = re.findall(r"<bdi>Signer &lt;(\d+)&gt;", text)
    (following,) = re.findall(rf'href="(\?office={signing.public_id}[^"]+)"', text)
    further = re.findall(
        r"<bdi>Signer &lt;(\d+)&gt;",
        client.get(_at("offices") + following.replace("&amp;", "&")).content.decode(),
    )
    assert sorted(map(int, first + further)) == list(range(PAGE + 5))
    of_another = office(world.there, function=Function.SIGNER)
    assert client.get(f"{_at('offices')}?office={of_another.public_id}").status_code == 404


def test_a_place_in_a_list_of_others_is_no_place_to_go_on_from() -> None:
    world = make.world()
    starts_on = world.here.legal_date(RealClock().now())
    theirs = ask_for_vetting(_joined(world, "Wind"), authority=world.there, by=world.stranger, at=make.AT)
    given = give_mandate(
        world.forests,
        mandatary=theirs.organisation,
        starts_on=starts_on,
        by=world.member_of_forests,
        at=RealClock().now(),
    )
    on_paper = record_mandate_on_paper(
        world.forests,
        name="Wells",
        country="GHA",
        identification="W-7",
        authority=world.there,
        reference="1/2026",
        dated_on=starts_on,
        starts_on=starts_on,
        by=world.member_of_forests,
        at=RealClock().now(),
    )
    desk = vetting_page([world.here], after=str(theirs.public_id), paper=str(on_paper.public_id))
    own = organisation_page(
        world.stoves,
        at=RealClock().now(),
        language="en",
        places={"given": str(given.public_id), "held": str(given.public_id)},
    )
    parts = (desk.asked, desk.papers, own.given, own.held)
    assert [part.began_later for part in parts] == [False] * len(parts)
    there = vetting_page([world.there], after=str(theirs.public_id), paper=str(on_paper.public_id))
    assert there.asked.began_later
    assert there.papers.began_later


def _joined(world: make.World, name: str) -> Organisation:
    """An organisation of the stranger."""
    return register_organisation(name, country="GHA", identification=name, by=world.stranger, at=make.AT)
