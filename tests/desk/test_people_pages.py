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
from accounts.selectors import is_vetted, members_of
from audit.models import Event
from authorisation.models import Case
from projects.documents import document_bytes
from projects.models import Document
from tests.accounts.factories import office, organisation, person, tenure
from tests.accounts.story import everything
from tests.desk import browser
from tests.desk import cases as make
from workflow.clock import RealClock

# The door opens transactions of its own.
pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.7 a scan"


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
    assert (led.status_code, led["Location"]) == (302, reverse("offices")), "and then it goes on by itself"
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
    refused = client.post(_at("dismiss", public_id=signing.public_id) + query, {"ends_on": yesterday})
    assert refused.status_code == 422
    assert "cannot end before it starts" in refused.content.decode()
    client.post(_at("dismiss", public_id=signing.public_id) + query, {"ends_on": last})
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
