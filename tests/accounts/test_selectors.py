from datetime import timedelta

import pytest

from accounts.models import Function
from accounts.selectors import (
    authorities_served,
    authority_of_party,
    holders_of,
    members_of,
    offices_held,
    offices_of,
    organisation_with,
    organisations_of,
)
from accounts.services import create_membership
from tests.accounts.factories import AT, DAY, office, organisation, person, tenure, two_authorities

pytestmark = pytest.mark.django_db

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=11)
LAST = DAY + timedelta(days=10)


def test_an_office_is_held_from_the_first_day_until_the_last_both_included() -> None:
    ghana, vanuatu = two_authorities()
    ama, desk = person(), office(ghana)
    tenure(desk, ama, ends_on=LAST)
    held = {day: offices_held(ama, authority=ghana, on=day) for day in (BEFORE, DAY, LAST, AFTER)}
    assert held == {BEFORE: [], DAY: [desk], LAST: [desk], AFTER: []}
    assert offices_held(ama, authority=vanuatu, on=DAY) == []
    assert authorities_served(ama, on=DAY) == [ghana]
    assert authorities_served(ama, on=AFTER) == []


def test_a_tenure_without_an_end_goes_on() -> None:
    ghana, _ = two_authorities()
    ama, desk = person(), office(ghana)
    tenure(desk, ama)
    assert offices_held(ama, authority=ghana, on=DAY + timedelta(days=9999)) == [desk]


def test_who_is_deactivated_holds_no_office_and_belongs_nowhere() -> None:
    ghana, _ = two_authorities()
    ama, desk, stoves = person(), office(ghana), organisation()
    tenure(desk, ama)
    create_membership(stoves, person=ama, starts_on=DAY, actor="system", at=AT)
    assert holders_of(desk, on=DAY) == members_of(stoves, on=DAY) == [ama]
    ama.is_active = False
    ama.save()
    assert offices_held(ama, authority=ghana, on=DAY) == []
    assert authorities_served(ama, on=DAY) == []
    assert organisations_of(ama, on=DAY) == []
    assert holders_of(desk, on=DAY) == []
    assert members_of(stoves, on=DAY) == []


def test_one_person_may_hold_two_offices_each_counted_once() -> None:
    ghana, _ = two_authorities()
    ama, desk, review = person(), office(ghana), office(ghana, function=Function.REVIEWER, body="Technical")
    tenure(desk, ama, ends_on=DAY)
    tenure(desk, ama, starts_on=DAY + timedelta(days=1))
    tenure(review, ama)
    assert offices_held(ama, authority=ghana, on=LAST) == [desk, review]


def test_offices_are_found_by_function_and_body_of_one_authority() -> None:
    ghana, vanuatu = two_authorities()
    desk = office(ghana)
    technical = office(ghana, function=Function.REVIEWER, body="Technical")
    line = office(ghana, function=Function.REVIEWER, body="Line ministry")
    office(vanuatu, function=Function.REVIEWER, body="Technical")
    assert offices_of(ghana) == [desk, line, technical]
    assert offices_of(ghana, function=Function.REVIEWER, body="Technical") == [technical]
    assert offices_of(ghana, function=Function.SIGNER) == []


def test_a_membership_counts_from_the_first_day_until_the_last() -> None:
    stoves, other, ama = organisation(), organisation("Other", identification="C-2"), person()
    create_membership(stoves, person=ama, starts_on=DAY, ends_on=LAST, actor="system", at=AT)
    belongs = {day: organisations_of(ama, on=day) for day in (BEFORE, DAY, LAST, AFTER)}
    assert belongs == {BEFORE: [], DAY: [stoves], LAST: [stoves], AFTER: []}
    assert members_of(other, on=DAY) == []


def test_the_authority_of_a_party_is_found_by_its_code() -> None:
    ghana, vanuatu = two_authorities()
    assert authority_of_party("GHA") == ghana
    assert authority_of_party("VUT") == vanuatu
    assert authority_of_party("PER") is None


def test_an_organisation_is_found_by_country_and_number() -> None:
    stoves = organisation()
    assert organisation_with(country="GHA", identification="C-1") == stoves
    assert organisation_with(country="VUT", identification="C-1") is None
