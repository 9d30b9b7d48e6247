"""Of people and organisations: whose are named, offered, listed and ended, towards whom, and by whom."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Authority, Function, Invitation, Mandate, Organisation, User, Vetting
from accounts.services import ask_for_vetting, create_membership, give_mandate, invite
from authorisation.kinds import Kind
from authorisation.models import Case
from desk.applications.selectors import organisation_acting, organisations_offered
from desk.notices.audiences import Telling, people_of
from desk.notices.models import Audience
from desk.people.forms import AskForVettingForm, TenureForm
from desk.people.paper import Paper, file_on_paper
from desk.people.selectors.offices_page import offices_page
from desk.people.selectors.on_paper import on_paper_page
from desk.people.selectors.organisation_page import organisation_page
from desk.people.selectors.vetting_page import vetting_page
from projects.documents import receive_document
from projects.models import Document
from tests.accounts.factories import AT, DAY, organisation, person
from tests.authorisation.factories import Staff
from tests.desk.browser import at_a_browser
from tests.desk.who.few import Few
from tests.letters.papers import scan_as
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

pytestmark = pytest.mark.django_db

DESK, DIRECTOR = Function.DESK_OFFICER, Function.DIRECTOR


def _browser(user: User) -> Client:
    return at_a_browser(User.objects.get(pk=user.pk))


def _officer(of: Staff) -> User:
    return of.offices[DESK][1]


def _now() -> Any:
    return RealClock().now()


def _member(of: Organisation, email: str) -> User:
    user = person(email)
    create_membership(of, person=user, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    return user


def _on_paper(principal: Organisation, mandatary: Organisation, authority: Authority, *, by: User) -> Mandate:
    return Mandate.objects.create(
        principal=principal,
        mandatary=mandatary,
        authority=authority,
        paper_reference="PoA 7/2026",
        paper_dated_on=DAY,
        starts_on=DAY,
        given_by=by,
        confirmed_at=AT,
        confirmed_by=by,
    )


# -- offices ---------------------------------------------------------------------------------------


def test_offices_are_listed_under_their_own_authority(made: Few) -> None:
    authorities = [made.ours.authority, made.theirs.authority]
    page = offices_page(authorities, clock=RealClock(), language="en")
    for shown, authority in zip(page.authorities, authorities, strict=True):
        own = {office.public_id for office in authority.offices.all()}
        assert {row.public_id for row in shown.offices} == own
    alone = offices_page(authorities[:1], clock=RealClock(), language="en")
    assert len(alone.authorities) == 1
    assert {office.authority for office in alone.part.rows} == {made.ours.authority}


def test_a_tenure_is_named_by_its_holder_and_first_day(made: Few) -> None:
    office, director = made.ours.offices[DIRECTOR]
    for named, found in (
        (director, director),
        (made.everything, made.everything),
        (_officer(made.ours), None),
    ):
        form = TenureForm({"person": str(named.public_id), "starts_on": DAY.isoformat()})
        tenure = form.found_in(office)
        assert (tenure.person if tenure else None) == found
    address = reverse("dismiss", kwargs={"public_id": office.public_id})
    nobody = f"{address}?person={_officer(made.ours).public_id}&starts_on={DAY.isoformat()}"
    somebody = f"{address}?person={made.everything.public_id}&starts_on={DAY.isoformat()}"
    browser = made.browser(DIRECTOR)
    assert [browser.get(one).status_code for one in (nobody, somebody)] == [404, 200]


# -- being let in ----------------------------------------------------------------------------------


def test_an_organisation_asks_those_that_have_not_let_it_in(made: Few) -> None:
    for of, other in ((made.ours, made.theirs), (made.theirs, made.ours)):
        field: Any = AskForVettingForm(organisation=of.organisation).fields["authority"]
        assert list(field.queryset) == [other.authority]


def test_the_desk_that_was_asked_answers_and_goes_on_from_what_it_was_asked(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    asked = ask_for_vetting(theirs.organisation, authority=ours.authority, by=theirs.applicant, at=_now())
    address = reverse("decide_vetting", kwargs={"public_id": asked.public_id})
    assert _browser(_officer(ours)).get(address).status_code == 200
    for other in (_officer(theirs), ours.offices[Function.SIGNER][1], theirs.applicant):
        assert _browser(other).get(address).status_code == 404
    paper = _on_paper(theirs.organisation, ours.organisation, theirs.authority, by=ours.applicant)
    own = {"after": str(asked.public_id), "paper": str(paper.public_id)}
    for authority, of_asked, of_paper in ((ours.authority, True, False), (theirs.authority, False, True)):
        page = vetting_page([authority], **own)
        assert (page.asked.began_later, page.papers.began_later) == (of_asked, of_paper)


def test_who_is_invited_from_paper_is_told_to_the_authority_that_invited(made: Few) -> None:
    paper = organisation("Paper", identification="P-1")
    for of in (made.ours, made.theirs):
        vetting = Vetting.objects.get(organisation=of.organisation, authority=of.authority)
        vetting.pk, vetting.public_id, vetting.organisation = None, uuid4(), paper
        vetting.save()
    invitation = Invitation.objects.create(
        organisation=paper,
        email="esi@example.org",
        token_sha256="0" * 64,
        invited_by=_officer(made.theirs),
        authority=made.theirs.authority,
        invited_at=_now(),
        expires_at=_now() + timedelta(days=7),
    )
    for of, told in ((made.ours, None), (made.theirs, invitation)):
        (row,) = on_paper_page([of.authority], after="", at=_now()).rows
        assert (row.organisation, row.invitation) == (paper, told)
    address = reverse("withdraw_invitation", kwargs={"public_id": invitation.public_id})
    assert _browser(_officer(made.theirs)).get(address).status_code == 200
    for other in (_officer(made.ours), made.ours.applicant, made.theirs.applicant):
        assert _browser(other).get(address).status_code == 404


def test_an_invitation_is_withdrawn_by_the_organisation_and_by_nobody_elses(made: Few) -> None:
    ours = made.ours
    invitation, _token = invite(ours.organisation, email="kofi@example.org", by=ours.applicant, at=_now())
    address = reverse("withdraw_invitation", kwargs={"public_id": invitation.public_id})
    assert _browser(ours.applicant).get(address).status_code == 200
    for other in (made.theirs.applicant, _officer(ours), _officer(made.theirs)):
        assert _browser(other).get(address).status_code == 404


# -- mandates --------------------------------------------------------------------------------------


def test_a_page_of_an_organisation_names_its_own_mandates(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    advice, lamps = (organisation(name, identification=name) for name in ("Advice", "Lamps"))
    mandates = [
        give_mandate(principal, mandatary=mandatary, starts_on=DAY, ends_on=None, by=by, at=AT)
        for principal, mandatary, by in (
            (ours.organisation, advice, ours.applicant),
            (theirs.organisation, ours.organisation, theirs.applicant),
            (theirs.organisation, lamps, theirs.applicant),
        )
    ]
    given, held, others = mandates
    page = organisation_page(ours.organisation, at=_now(), language="en")
    assert (list(page.given.rows), list(page.held.rows)) == ([given], [held])
    for one, of_given, of_held in ((given, True, False), (held, False, True), (others, False, False)):
        places = {"given": str(one.public_id), "held": str(one.public_id)}
        page = organisation_page(ours.organisation, at=_now(), language="en", places=places)
        assert (page.given.began_later, page.held.began_later) == (of_given, of_held)


def test_a_mandate_is_ended_by_both_its_sides_and_the_desk_it_holds_towards(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    paper = organisation("Paper", identification="P-1")
    mandate = _on_paper(paper, theirs.organisation, ours.authority, by=theirs.applicant)
    address = reverse("revoke_mandate", kwargs={"public_id": mandate.public_id})
    for one in (theirs.applicant, _officer(ours)):
        assert _browser(one).get(address).status_code == 200
    for other in (ours.applicant, _officer(theirs), ours.offices[Function.SIGNER][1]):
        assert _browser(other).get(address).status_code == 404


def test_one_acts_for_whoever_mandated_ones_organisation_and_for_nobody_else(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    advice, rival = (organisation(name, identification=name) for name in ("Advice", "Rival"))
    kofi, abena = _member(advice, "kofi@example.org"), _member(rival, "abena@example.org")
    give_mandate(ours.organisation, mandatary=advice, starts_on=DAY, ends_on=None, by=ours.applicant, at=AT)
    paper = organisation("Paper", identification="P-1")
    _on_paper(paper, rival, theirs.authority, by=abena)
    on = DAY + timedelta(days=2)
    acting = {
        (user.email, applicant.name): organisation_acting(user, applicant, on=on)
        for user in (kofi, abena)
        for applicant in (ours.organisation, theirs.organisation, paper)
    }
    assert {key: found for key, found in acting.items() if found} == {
        ("kofi@example.org", ours.organisation.name): advice,
        ("abena@example.org", "Paper"): rival,
    }
    offered = {
        user.email: {name for _id, name in organisations_offered(user, clock=RealClock())}
        for user in (kofi, abena)
    }
    assert offered["kofi@example.org"] == {"Advice", ours.organisation.name}
    assert offered["abena@example.org"] == {"Rival", "Paper"}


def test_whoever_has_a_mandate_on_paper_is_told_of_cases_of_the_authority_that_it_names(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    telling = Telling(case=made.cases["in_decision"], on=DAY + timedelta(days=2))
    own = {ours.applicant, made.everything}
    _on_paper(ours.organisation, theirs.organisation, theirs.authority, by=theirs.applicant)
    assert set(people_of(Audience.APPLICANT, telling)) == own
    _on_paper(ours.organisation, theirs.organisation, ours.authority, by=theirs.applicant)
    assert set(people_of(Audience.APPLICANT, telling)) == own | {theirs.applicant}


# -- paper -----------------------------------------------------------------------------------------


def test_an_officer_files_what_came_on_paper_once_at_their_authority(made: Few) -> None:
    scan = scan_as("PDF").content
    paper = Paper(
        kind=Kind.CONSOLIDATED,
        name="Paper Stoves",
        country="GHA",
        identification="P-7",
        title="Stoves on paper",
        scan=scan,
        file_name="paper.pdf",
        declared=True,
    )
    before = Case.objects.count()

    def filed(actor: Person) -> Case:
        act = Act(actor=actor, clock=made.ours.clock)
        return file_on_paper(paper, authority=made.ours.authority, act=act)

    for actor in (made.ours.applying(), Person(user=_officer(made.ours))):
        with pytest.raises(ValidationError, match="An officer files"):
            filed(actor)
    receive_document(
        scan,
        authority=made.theirs.authority,
        name="paper.pdf",
        media_type="application/pdf",
        received_by=_officer(made.theirs),
        at=AT,
    )
    assert Case.objects.count() == before
    filed(made.ours.holding(DESK))
    assert Document.objects.filter(sha256=sha256(scan).hexdigest()).count() == 2
    with pytest.raises(ValidationError, match="received before"):
        filed(made.ours.holding(DESK))
    assert Case.objects.count() == before + 1
