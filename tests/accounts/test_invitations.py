from datetime import timedelta

import pytest

from accounts.models import Authority, Function, Invitation, Organisation, User
from accounts.selectors import members_of
from accounts.services import (
    accept_invitation,
    create_membership,
    deactivate_person,
    end_tenure,
    invite,
    invite_first_person,
    remove_member,
    withdraw_invitation,
)
from accounts.services.invitations import HOLDS
from audit.commitments import opens
from audit.models import Event
from tests.accounts.factories import AT, DAY, office, organisation, person, tenure, two_authorities
from tests.accounts.story import last_facts, refused, story

pytestmark = pytest.mark.django_db

SOONER, LATER = DAY - timedelta(days=1), AT + timedelta(hours=1)


def _with_member() -> tuple[Organisation, User]:
    two_authorities()
    stoves, ama = organisation(), person("ama@example.org")
    create_membership(stoves, person=ama, starts_on=SOONER, actor="system", at=AT)
    return stoves, ama


def test_a_colleague_who_was_invited_joins_with_the_token_that_only_they_were_told() -> None:
    stoves, ama = _with_member()
    _invitation, token = invite(stoves, email=" Kofi@Example.org", by=ama, at=AT)
    kofi = person("kofi@example.org")

    accept_invitation(token, by=kofi, at=LATER)

    assert members_of(stoves, on=DAY) == [ama, kofi]
    assert story(stoves)[-3:] == ["colleague_invited", "invitation_accepted", "membership_started"]
    stored = Invitation.objects.get()
    assert (stored.accepted_by, stored.accepted_at) == (kofi, LATER)
    assert token not in str(Invitation.objects.values()), "only a digest is kept"


def test_the_trail_holds_a_commitment_to_the_address_and_never_the_address() -> None:
    stoves, ama = _with_member()
    invite(stoves, email="kofi@example.org", by=ama, at=AT)
    assert opens(last_facts(stoves)["address"], "kofi@example.org")
    assert not Event.objects.filter(facts__contains="kofi").exists()


def test_an_invitation_holds_once() -> None:
    stoves, ama = _with_member()
    _invitation, token = invite(stoves, email="kofi@example.org", by=ama, at=AT)
    kofi = person("kofi@example.org")
    accept_invitation(token, by=kofi, at=AT)
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=kofi, at=LATER)


def test_an_invitation_ends_with_its_week() -> None:
    stoves, ama = _with_member()
    _invitation, token = invite(stoves, email="kofi@example.org", by=ama, at=AT)
    kofi = person("kofi@example.org")
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=kofi, at=AT + HOLDS)
    accept_invitation(token, by=kofi, at=AT + HOLDS - timedelta(seconds=1))
    assert kofi in members_of(stoves, on=DAY + HOLDS)


def test_whoever_finds_the_token_without_the_address_does_not_join() -> None:
    stoves, ama = _with_member()
    _invitation, token = invite(stoves, email="kofi@example.org", by=ama, at=AT)
    eve, kofi = person("eve@example.org"), person("kofi@example.org")
    with refused("sent to another e-mail address"):
        accept_invitation(token, by=eve, at=AT)
    with refused("does not hold, or no longer"):
        accept_invitation("guessed", by=kofi, at=AT)


def test_an_invitation_taken_back_or_sent_anew_no_longer_holds() -> None:
    stoves, ama = _with_member()
    kofi = person("kofi@example.org")
    first, token = invite(stoves, email=kofi.email, by=ama, at=AT)
    second, newer = invite(stoves, email=kofi.email, by=ama, at=LATER)
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=kofi, at=LATER)
    withdraw_invitation(second, by=ama, at=LATER)
    with refused("does not hold, or no longer"):
        accept_invitation(newer, by=kofi, at=LATER)
    with refused("used or taken back already"):
        withdraw_invitation(first, by=ama, at=LATER)


def test_an_invitation_falls_with_the_membership_of_who_sent_it() -> None:
    stoves, ama = _with_member()
    esi, kofi = person("esi@example.org"), person("kofi@example.org")
    create_membership(stoves, person=esi, starts_on=SOONER - timedelta(days=1), actor="system", at=AT)
    _invitation, token = invite(stoves, email=kofi.email, by=ama, at=AT)
    deactivate_person(ama, actor="system", at=AT)
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=kofi, at=LATER)


def test_only_members_invite_and_never_who_belongs_already() -> None:
    stoves, ama = _with_member()
    stranger = person("stranger@example.org")
    with refused("Only who belongs to the organisation"):
        invite(stoves, email="kofi@example.org", by=stranger, at=AT)
    with refused("belongs to the organisation already"):
        invite(stoves, email="AMA@example.org", by=ama, at=AT)
    invitation, _token = invite(stoves, email="kofi@example.org", by=ama, at=AT)
    with refused("Only who belongs to the organisation"):
        withdraw_invitation(invitation, by=stranger, at=AT)


def test_a_member_ends_the_membership_of_another_at_once_but_not_of_the_last() -> None:
    stoves, ama = _with_member()
    esi, stranger = person("esi@example.org"), person("stranger@example.org")
    with refused("Nobody would belong"):
        remove_member(stoves, person=ama, by=ama, at=AT)
    create_membership(stoves, person=esi, starts_on=SOONER, actor="system", at=AT)
    with refused("Only who belongs to the organisation"):
        remove_member(stoves, person=esi, by=stranger, at=AT)
    with refused("does not belong"):
        remove_member(stoves, person=stranger, by=ama, at=AT)

    remove_member(stoves, person=esi, by=ama, at=AT + timedelta(days=1))

    assert members_of(stoves, on=DAY + timedelta(days=1)) == [ama]
    assert story(stoves)[-1] == "membership_ended"


def test_an_invitation_that_was_used_or_taken_back_is_not_taken_back_again() -> None:
    stoves, ama = _with_member()
    used, token = invite(stoves, email="kofi@example.org", by=ama, at=AT)
    accept_invitation(token, by=person("kofi@example.org"), at=AT)
    taken_back, _token = invite(stoves, email="esi@example.org", by=ama, at=AT)
    withdraw_invitation(taken_back, by=ama, at=AT)
    for one in (used, taken_back):
        with refused("was used or taken back already"):
            withdraw_invitation(one, by=ama, at=LATER)


# -- the first person ------------------------------------------------------------------------------


def _from_paper() -> tuple[Authority, Organisation, User, User]:
    """An organisation with nobody here, an officer and a director of an authority."""
    ghana, _vanuatu = two_authorities()
    officer, director = person("officer@gha.example"), person("director@gha.example")
    tenure(office(ghana), officer, starts_on=SOONER)
    tenure(office(ghana, function=Function.DIRECTOR), director, starts_on=SOONER)
    return ghana, organisation("Paper Stoves"), officer, director


def test_the_first_person_is_invited_by_the_desk_or_a_director_and_joins() -> None:
    ghana, paper, officer, director = _from_paper()
    first, _token = invite_first_person(paper, authority=ghana, email="esi@example.org", by=director, at=AT)
    _again, token = invite_first_person(paper, authority=ghana, email="Ama@example.org", by=officer, at=AT)
    first.refresh_from_db()
    assert first.withdrawn_at == AT, "there is one first person"
    assert story(ghana)[-2:] == ["first_person_invited"] * 2
    assert opens(last_facts(ghana)["address"], "ama@example.org")
    assert last_facts(ghana)["organisation"] == str(paper.public_id)

    ama = person("ama@example.org")
    accept_invitation(token, by=ama, at=LATER)

    assert members_of(paper, on=DAY) == [ama]
    assert story(paper)[-2:] == ["invitation_accepted", "membership_started"]
    with refused("Somebody belongs to this organisation"):
        invite_first_person(paper, authority=ghana, email="esi@example.org", by=officer, at=AT)


def test_a_new_first_person_leaves_the_invitations_of_other_organisations_alone() -> None:
    ghana, paper, officer, _director = _from_paper()
    wells = organisation("Wells", identification="C-9")
    other, _token = invite_first_person(wells, authority=ghana, email="esi@example.org", by=officer, at=AT)
    invite_first_person(paper, authority=ghana, email="ama@example.org", by=officer, at=AT)
    other.refresh_from_db()
    assert other.withdrawn_at is None


def test_nobody_else_invites_the_first_person_and_nobody_themself() -> None:
    ghana, paper, officer, _director = _from_paper()
    vanuatu = Authority.objects.get(slug="vut")
    elsewhere, reviewer, former = (
        person(f"{name}@example.net") for name in ("elsewhere", "reviewer", "former")
    )
    tenure(office(vanuatu), elsewhere, starts_on=SOONER)
    tenure(office(ghana, function=Function.REVIEWER), reviewer, starts_on=SOONER)
    tenure(office(ghana), former, starts_on=SOONER, ends_on=SOONER)
    for stranger in (elsewhere, reviewer, former, person("stranger@example.net")):
        with refused("by the desk of the authority, or a director"):
            invite_first_person(paper, authority=ghana, email="esi@example.org", by=stranger, at=AT)
    with refused("Nobody invites themself"):
        invite_first_person(paper, authority=ghana, email=" Officer@gha.example", by=officer, at=AT)


def test_the_invitation_of_a_first_person_falls_with_the_office_of_who_sent_it() -> None:
    ghana, paper, officer, _director = _from_paper()
    _invitation, token = invite_first_person(
        paper, authority=ghana, email="ama@example.org", by=officer, at=AT
    )
    end_tenure(officer.tenures.get(), ends_on=None, actor="system", at=AT)
    ama = person("ama@example.org")
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=ama, at=LATER)


def test_the_invitation_of_a_first_person_falls_with_the_first_one() -> None:
    ghana, paper, officer, _director = _from_paper()
    _invitation, token = invite_first_person(
        paper, authority=ghana, email="ama@example.org", by=officer, at=AT
    )
    create_membership(paper, person=person("esi@example.org"), starts_on=DAY, actor="system", at=AT)
    ama = person("ama@example.org")
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=ama, at=LATER)


def test_the_desk_takes_the_invitation_of_a_first_person_back_and_no_invitation_of_a_colleague() -> None:
    ghana, paper, officer, director = _from_paper()
    stoves, ama = organisation("Wells", identification="C-9"), person("ama@example.org")
    create_membership(stoves, person=ama, starts_on=SOONER, actor="system", at=AT)
    of_colleague, _token = invite(stoves, email="kofi@example.org", by=ama, at=AT)
    first, token = invite_first_person(paper, authority=ghana, email="esi@example.org", by=officer, at=AT)
    for invitation, stranger in ((of_colleague, officer), (of_colleague, director), (first, ama)):
        with refused("Only who belongs to the organisation"):
            withdraw_invitation(invitation, by=stranger, at=AT)

    withdraw_invitation(first, by=director, at=AT)

    esi = person("esi@example.org")
    with refused("does not hold, or no longer"):
        accept_invitation(token, by=esi, at=LATER)
