"""What administrators change of people and Parties, and nobody else does."""

from datetime import date

import pytest

from accounts.models import Function, Party, User
from accounts.services import change_person, deactivate_person, keep_party
from tests.accounts.factories import AT, authority, office, person, tenure
from tests.accounts.story import last_facts, refused, story

pytestmark = pytest.mark.django_db


def _administrator(email: str = "chief@example.org") -> User:
    return User.objects.create_superuser(email)


def _closed() -> User:
    """Somebody who administered, whose account is closed."""
    former = _administrator("former@example.org")
    return deactivate_person(former, actor="system", at=AT)


def _changed(of: User, by: User, *, name: str = "Ama", is_staff: bool = False) -> User:
    return change_person(of, name=name, language="fr", is_staff=is_staff, by=by, at=AT)


def test_only_administrators_change_people() -> None:
    ama, kofi, former = person("ama@example.org"), person("kofi@example.org"), _closed()
    for stranger in (kofi, ama, former):
        with refused("People are changed by administrators"):
            _changed(ama, stranger)


def test_nobody_changes_their_own_rank_and_everything_else_of_themself_they_may() -> None:
    chief, ama = _administrator(), person("ama@example.org")
    with refused("Nobody changes what they may do themself"):
        _changed(chief, chief, is_staff=False)
    with refused("Nobody changes what they may do themself"):
        _changed(ama, ama, is_staff=True)
    assert _changed(chief, chief, name="Chief", is_staff=True).name == "Chief"


def test_an_administrator_gives_and_takes_the_rank_of_others_who_are_signed_out_with_it() -> None:
    chief, ama = _administrator(), person("ama@example.org")
    ghana = authority()
    tenure(office(ghana, function=Function.REVIEWER), ama)
    before = ama.get_session_auth_hash()

    raised = _changed(ama, chief, is_staff=True)

    assert raised.is_staff
    assert raised.get_session_auth_hash() != before
    assert story(ghana)[-1] == "person_changed"
    assert last_facts(ghana)["administers"] is True
    assert not _changed(raised, chief).is_staff


def test_only_administrators_change_parties() -> None:
    ama, former, chief = person("ama@example.org"), _closed(), _administrator()
    ghana = authority()
    party = Party.objects.get(code="GHA")
    party.left_on = date(2030, 1, 1)
    for stranger in (ama, former):
        with refused("Parties are changed by administrators"):
            keep_party(party, by=stranger, at=AT)

    keep_party(party, by=chief, at=AT)

    assert Party.objects.get(code="GHA").left_on == date(2030, 1, 1)
    assert story(ghana)[-1] == "party_changed"
