from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Authority, Function, Office, OfficeInvitation, Tenure
from accounts.second_factor import awaits_set_up_code
from accounts.selectors import offices_held
from accounts.services import accept_office, deactivate_person, found_authority, invite_director
from accounts.services.foundation import HOLDS, Invited
from audit.models import Event
from tests.accounts.factories import AT, DAY, office, person, tenure, two_authorities
from tests.accounts.story import everything, refused, story

pytestmark = pytest.mark.django_db

RIGHT: dict[str, Any] = {
    "name": {"fr": "Agence du climat", "en": "Climate Agency"},
    "time_zone": "Africa/Dakar",
    "languages": ["fr", "en"],
    "director": "Awa@agence.example",
}


def _founded(**changes: Any) -> Invited:
    return found_authority("SEN", **{**RIGHT, **changes}, at=AT)


def test_an_authority_is_founded_with_one_office_to_which_somebody_is_invited() -> None:
    two_authorities()
    invited = _founded()
    senegal = Authority.objects.get(slug="sen")
    assert (senegal.time_zone, senegal.languages) == ("Africa/Dakar", ["fr", "en"])
    (direction,) = Office.objects.filter(authority=senegal)
    assert direction.function == Function.DIRECTOR
    assert set(direction.title) == {"fr", "en"}
    assert story(senegal) == ["authority_created", "office_created", "director_invited"]
    assert not Tenure.objects.filter(office=direction).exists()
    kept = str(OfficeInvitation.objects.values()) + str(Event.objects.values())
    assert invited.token not in kept
    assert invited.set_up_code not in kept
    assert "awa@" not in str(Event.objects.values())

    awa = person("awa@agence.example")
    accept_office(invited.token, by=awa, at=AT)

    assert offices_held(awa, authority=senegal, on=DAY) == [direction]
    assert awaits_set_up_code(awa)
    assert story(senegal)[-2:] == ["office_accepted", "tenure_started"]
    with refused("does not hold, or no longer"):
        accept_office(invited.token, by=awa, at=AT)


@contextmanager
def _nothing_written(*sentences: str) -> Iterator[None]:
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        yield
    for sentence in sentences:
        assert any(sentence in message for message in refusal.value.messages), refusal.value.messages
    assert len(refusal.value.messages) == len(sentences)
    assert everything() == before
    assert not OfficeInvitation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"time_zone": "Dakar"}, "is no time zone"),
        ({"languages": ["fr", "xx-none"], "name": {"fr": "A", "xx-none": "B"}}, "is no language tag"),
        ({"languages": ["fr"]}, "which is no language of the authority"),
        ({"name": {"fr": "Agence"}}, "The name in “en” is missing"),
        ({"director": "awa"}, "valid email"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(changes: dict[str, Any], sentence: str) -> None:
    two_authorities()
    with pytest.raises(ValidationError) as refusal:
        _founded(**changes)
    assert any(sentence in message for message in refusal.value.messages), refusal.value.messages
    assert not Authority.objects.filter(slug="sen").exists()
    assert not OfficeInvitation.objects.exists()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    two_authorities()
    with _nothing_written("is not the code of a Party", "is no time zone", "valid email"):
        found_authority("SENE", **{**RIGHT, "time_zone": "Dakar", "director": "awa"}, at=AT)


def test_a_party_has_one_authority() -> None:
    two_authorities()
    with _nothing_written("was founded already"):
        found_authority("GHA", **RIGHT, at=AT)


def test_the_invitation_holds_for_its_address_and_its_days() -> None:
    two_authorities()
    invited = _founded()
    awa, eve = person("awa@agence.example"), person("eve@agence.example")
    with refused("sent to another e-mail address"):
        accept_office(invited.token, by=eve, at=AT)
    with refused("does not hold, or no longer"):
        accept_office("guessed", by=awa, at=AT)
    with refused("does not hold, or no longer"):
        accept_office(invited.token, by=awa, at=AT + HOLDS)
    assert not Tenure.objects.filter(person__in=[awa, eve]).exists()


def test_another_is_invited_only_where_nobody_directs_and_the_earlier_invitation_falls() -> None:
    ghana, _ = two_authorities()
    first = invite_director("GHA", director="awa@agence.example", at=AT)
    second = invite_director("GHA", director="awa@agence.example", at=AT + timedelta(hours=1))
    assert Office.objects.filter(authority=ghana, function=Function.DIRECTOR).count() == 1
    awa = person("awa@agence.example")
    with refused("does not hold, or no longer"):
        accept_office(first.token, by=awa, at=AT)
    accept_office(second.token, by=awa, at=AT)
    with refused("Somebody directs this authority"):
        invite_director("GHA", director="eve@agence.example", at=AT)
    with refused("has no authority here"):
        invite_director("PER", director="eve@agence.example", at=AT)


def test_a_director_of_yesterday_directs_no_more() -> None:
    ghana, vanuatu = two_authorities()
    yesterday = DAY - timedelta(days=1)
    former = office(ghana, function=Function.DIRECTOR)
    tenure(former, person("former@gha.example"), starts_on=yesterday, ends_on=yesterday)
    tenure(office(vanuatu, function=Function.DIRECTOR), person("director@vut.example"))
    assert invite_director("GHA", director="awa@agence.example", at=AT).invitation.office == former


def test_nobody_whose_account_is_closed_takes_an_office() -> None:
    invited, awa = _founded(), person("awa@agence.example")
    awa = deactivate_person(awa, actor="system", at=AT)
    with refused("does not hold, or no longer"):
        accept_office(invited.token, by=awa, at=AT)


def test_whom_nobody_could_write_to_is_not_invited() -> None:
    _founded()
    with refused("Enter a valid email address"):
        invite_director("SEN", director="nobody", at=AT)


def test_the_office_to_which_somebody_is_invited_is_one_of_that_authority() -> None:
    ghana, _vanuatu = two_authorities()
    office(ghana, function=Function.DIRECTOR)
    first = _founded()
    again = invite_director("SEN", director="esi@agence.example", at=AT)
    assert again.invitation.office == first.invitation.office
    assert again.invitation.office.authority.slug == "sen"
