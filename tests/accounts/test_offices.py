from datetime import timedelta

import pytest

from accounts.models import Authority, Function, Office, Tenure, User
from accounts.selectors import holders_of, offices_held
from accounts.services import appoint, appoint_deputy, deactivate_person, dismiss, open_office
from tests.accounts.factories import AT, DAY, office, person, tenure, two_authorities
from tests.accounts.story import last_facts, refused, story

pytestmark = pytest.mark.django_db

BEFORE, NEXT, LAST = DAY - timedelta(days=1), DAY + timedelta(days=1), DAY + timedelta(days=10)
NOT_A_DIRECTOR = "managed by whoever directs it"


def _directed() -> tuple[Authority, User, Tenure]:
    """An authority with its director; the other authority has one too."""
    ghana, vanuatu = two_authorities()
    direction, elsewhere = (
        office(ghana, function=Function.DIRECTOR),
        office(vanuatu, function=Function.DIRECTOR),
    )
    director = person("director@gha.example")
    tenure(elsewhere, person("director@vut.example"), starts_on=BEFORE)
    return ghana, director, tenure(direction, director, starts_on=BEFORE)


def _signing(ghana: Authority) -> tuple[Office, Tenure]:
    signing, minister = office(ghana, function=Function.SIGNER), person("minister@gha.example")
    return signing, tenure(signing, minister, starts_on=BEFORE)


def test_a_director_opens_an_office_and_gives_it_from_until() -> None:
    ghana, director, _ = _directed()
    desk = open_office(ghana, function=Function.DESK_OFFICER, title={"en": "Desk"}, by=director, at=AT)
    ama = person("ama@gha.example")
    given = appoint(desk, person=ama, starts_on=NEXT, ends_on=LAST, by=director, at=AT)
    held = {day: offices_held(ama, authority=ghana, on=day) for day in (DAY, NEXT, LAST)}
    assert held == {DAY: [], NEXT: [desk], LAST: [desk]}
    assert story(ghana)[-2:] == ["office_created", "tenure_started"]
    assert given.deputy_of is None


def test_nobody_gives_an_office_to_themself() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    with refused("Nobody gives an office to themself"):
        appoint(signing, person=director, starts_on=DAY, by=director, at=AT)
    with refused("Nobody gives an office to themself"):
        appoint_deputy(minister, person=director, starts_on=DAY, ends_on=LAST, by=director, at=AT)
    assert offices_held(director, authority=ghana, on=DAY) == [
        Office.objects.get(authority=ghana, function=Function.DIRECTOR)
    ]


def test_who_does_not_direct_this_authority_today_manages_nothing_of_it() -> None:
    ghana, _director, _ = _directed()
    signing, minister = _signing(ghana)
    ama = person("ama@gha.example")
    former = person("former@gha.example")
    tenure(office(ghana, function=Function.DIRECTOR), former, starts_on=BEFORE, ends_on=BEFORE)
    elsewhere = User.objects.get(email="director@vut.example")
    for stranger in (minister.person, former, elsewhere):
        with refused(NOT_A_DIRECTOR):
            appoint(signing, person=ama, starts_on=DAY, by=stranger, at=AT)
        with refused(NOT_A_DIRECTOR):
            appoint_deputy(minister, person=ama, starts_on=DAY, ends_on=LAST, by=stranger, at=AT)
        with refused(NOT_A_DIRECTOR):
            dismiss(minister, ends_on=DAY, by=stranger, at=AT)
        with refused(NOT_A_DIRECTOR):
            open_office(ghana, function=Function.SIGNER, title={"en": "Mine"}, by=stranger, at=AT)


def test_a_deputy_holds_the_office_in_the_stead_of_its_holder_on_known_days() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    deputy = person("deputy@gha.example")
    appointed = appoint_deputy(minister, person=deputy, starts_on=NEXT, ends_on=LAST, by=director, at=AT)
    assert appointed.deputy_of == minister
    assert holders_of(signing, on=DAY) == [minister.person]
    assert holders_of(signing, on=NEXT) == [minister.person, deputy]
    assert holders_of(signing, on=LAST + timedelta(days=1)) == [minister.person]
    assert last_facts(ghana)["deputy_of"] == str(minister.person.public_id)
    third = person("third@gha.example")
    with refused("A deputy has no deputy"):
        appoint_deputy(appointed, person=third, starts_on=NEXT, ends_on=LAST, by=director, at=AT)


def test_a_deputy_does_not_outlast_the_holder() -> None:
    ghana, director, _ = _directed()
    _office, minister = _signing(ghana)
    deputy = person("deputy@gha.example")
    ending = dismiss(minister, ends_on=NEXT, by=director, at=AT)
    with refused("only on days on which the holder does"):
        appoint_deputy(ending, person=deputy, starts_on=DAY, ends_on=LAST, by=director, at=AT)


def test_an_office_is_neither_given_nor_ended_for_the_past_nor_given_to_a_closed_account() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    ama = person("ama@gha.example")
    with refused("not for days that have passed"):
        appoint(signing, person=ama, starts_on=BEFORE, by=director, at=AT)
    with refused("cannot be ended in the past"):
        dismiss(minister, ends_on=BEFORE - timedelta(days=1), by=director, at=AT)
    closed = deactivate_person(ama, actor="system", at=AT)
    with refused("account is closed"):
        appoint(signing, person=closed, starts_on=DAY, by=director, at=AT)


def test_a_tenure_ended_with_yesterday_ends_the_sessions_and_one_that_goes_on_does_not() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    before = minister.person.get_session_auth_hash()
    ending = dismiss(minister, ends_on=LAST, by=director, at=AT)
    assert User.objects.get(pk=minister.person_id).get_session_auth_hash() == before
    dismiss(ending, ends_on=BEFORE, by=director, at=AT)
    assert User.objects.get(pk=minister.person_id).get_session_auth_hash() != before
    assert holders_of(signing, on=DAY) == []


def test_an_authority_keeps_a_director() -> None:
    _ghana, director, direction = _directed()
    with refused("Nobody would direct the authority"):
        dismiss(direction, ends_on=LAST, by=director, at=AT)
    successor = person("successor@gha.example")
    appoint(direction.office, person=successor, starts_on=NEXT, by=director, at=AT)
    dismiss(direction, ends_on=LAST, by=director, at=AT)
    assert holders_of(direction.office, on=LAST + timedelta(days=1)) == [successor]
