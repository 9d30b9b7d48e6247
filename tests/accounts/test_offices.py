from datetime import timedelta

import pytest

from accounts.models import Authority, Function, Office, Tenure, User
from accounts.selectors import deputises, holders_of, offices_held
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
    assert given.tenure.deputy_of is None
    assert given.set_up_code == "", "a desk officer needs no second factor"


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
    appointed = appoint_deputy(
        minister, person=deputy, starts_on=NEXT, ends_on=LAST, by=director, at=AT
    ).tenure
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


def _session_of(person: User) -> str:
    return User.objects.get(pk=person.pk).get_session_auth_hash()


def test_a_tenure_ended_at_once_gives_nothing_from_that_instant_on_and_one_with_a_day_goes_on() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    before = _session_of(minister.person)
    ending = dismiss(minister, ends_on=LAST, by=director, at=AT)
    assert _session_of(minister.person) == before
    assert holders_of(signing, on=LAST) == [minister.person], "through the whole of its last day"

    dismiss(ending, ends_on=None, by=director, at=AT)

    assert _session_of(minister.person) != before
    for day in (BEFORE, DAY, NEXT):
        assert holders_of(signing, on=day) == [], "also where the day is still yesterday's"
    minister.refresh_from_db()
    assert (minister.ends_on, minister.ended_at) == (DAY, AT)
    assert last_facts(ghana)["at_once"] is True
    with refused("ended already"):
        dismiss(minister, ends_on=None, by=director, at=AT)
    again = appoint(signing, person=minister.person, starts_on=DAY, by=director, at=AT)
    assert holders_of(signing, on=DAY) == [again.tenure.person], "it may be given anew the same day"


def test_what_began_today_or_is_still_to_begin_ends_at_once_too() -> None:
    ghana, director, _ = _directed()
    desk = office(ghana)
    for number, first in enumerate((DAY, NEXT)):
        begun = tenure(desk, person(f"officer{number}@gha.example"), starts_on=first)
        dismiss(begun, ends_on=None, by=director, at=AT)
    assert holders_of(desk, on=DAY) == holders_of(desk, on=NEXT) == []


def test_with_the_holder_the_deputy_ends() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    deputy, later = person("deputy@gha.example"), person("later@gha.example")
    appoint_deputy(minister, person=deputy, starts_on=DAY, ends_on=LAST, by=director, at=AT)
    after = LAST + timedelta(days=1)
    appoint_deputy(minister, person=later, starts_on=after, ends_on=after, by=director, at=AT)

    dismiss(minister, ends_on=NEXT, by=director, at=AT)
    assert holders_of(signing, on=NEXT) == [minister.person, deputy]
    assert holders_of(signing, on=NEXT + timedelta(days=1)) == holders_of(signing, on=after) == []

    sessions = _session_of(deputy)
    dismiss(minister, ends_on=None, by=director, at=AT)
    assert holders_of(signing, on=DAY) == []
    assert _session_of(deputy) != sessions


def test_deputies_do_not_overlap_and_nobody_is_their_own() -> None:
    ghana, director, _ = _directed()
    _signing_office, minister = _signing(ghana)
    first, second = person("first@gha.example"), person("second@gha.example")
    appoint_deputy(minister, person=first, starts_on=NEXT, ends_on=LAST, by=director, at=AT)
    with refused("There is a deputy from"):
        appoint_deputy(minister, person=second, starts_on=LAST, ends_on=LAST, by=director, at=AT)
    with refused("their own deputy"):
        appoint_deputy(minister, person=minister.person, starts_on=DAY, ends_on=DAY, by=director, at=AT)
    appoint_deputy(minister, person=second, starts_on=DAY, ends_on=DAY, by=director, at=AT)


def test_the_trail_knows_in_whose_stead_somebody_holds_an_office() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    deputy = person("deputy@gha.example")
    appoint_deputy(minister, person=deputy, starts_on=NEXT, ends_on=LAST, by=director, at=AT)
    assert deputises(deputy, signing, on=NEXT) == minister.person
    assert deputises(deputy, signing, on=DAY) is None
    assert deputises(minister.person, signing, on=NEXT) is None


def test_an_only_director_is_not_dismissed_at_once_nor_is_a_deputy_enough() -> None:
    _ghana, director, direction = _directed()
    deputy = person("deputy@gha.example")
    tenure(office(_ghana, function=Function.DIRECTOR), deputy, starts_on=BEFORE, ends_on=BEFORE)
    with refused("Nobody would direct the authority"):
        dismiss(direction, ends_on=None, by=director, at=AT)
    other = person("other@gha.example")
    tenure(direction.office, other, starts_on=BEFORE)
    appoint_deputy(direction, person=deputy, starts_on=DAY, ends_on=LAST, by=other, at=AT)
    dismiss(direction, ends_on=None, by=other, at=AT)
    assert holders_of(direction.office, on=DAY) == [other]


def test_an_authority_keeps_a_director() -> None:
    _ghana, director, direction = _directed()
    with refused("Nobody would direct the authority"):
        dismiss(direction, ends_on=LAST, by=director, at=AT)
    successor = person("successor@gha.example")
    appoint(direction.office, person=successor, starts_on=NEXT, by=director, at=AT)
    dismiss(direction, ends_on=LAST, by=director, at=AT)
    assert holders_of(direction.office, on=LAST + timedelta(days=1)) == [successor]


def test_nobody_deputises_for_who_holds_the_office_no_more_or_not_yet() -> None:
    ghana, director, _ = _directed()
    signing, minister = _signing(ghana)
    deputy, successor = person("deputy@gha.example"), person("successor@gha.example")
    dismiss(minister, ends_on=None, by=director, at=AT)
    with refused("was ended already"):
        appoint_deputy(minister, person=deputy, starts_on=DAY, ends_on=DAY, by=director, at=AT)
    later = appoint(signing, person=successor, starts_on=NEXT, by=director, at=AT).tenure
    with refused("only on days on which the holder does"):
        appoint_deputy(later, person=deputy, starts_on=DAY, ends_on=LAST, by=director, at=AT)


def test_an_office_is_ended_with_a_day_on_which_nobody_directs_unless_it_is_the_direction() -> None:
    ghana, director, direction = _directed()
    _signing_office, minister = _signing(ghana)
    Tenure.objects.filter(pk=direction.pk).update(ends_on=NEXT)
    dismiss(minister, ends_on=LAST, by=director, at=AT)
    minister.refresh_from_db()
    assert minister.ends_on == LAST
