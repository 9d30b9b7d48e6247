import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError

from accounts.models import User
from tests.accounts.factories import person

pytestmark = pytest.mark.django_db


def test_the_email_address_is_kept_in_lower_case_and_signs_in_however_it_is_typed() -> None:
    ama = User.objects.create_user(" Ama@Example.ORG ", "correct horse battery")
    assert ama.email == "ama@example.org"
    assert authenticate(username="AMA@example.org", password="correct horse battery") == ama
    assert authenticate(username="AMA@example.org", password="another") is None


def test_two_people_cannot_share_an_email_address_that_differs_in_capitals_only() -> None:
    person("ama@example.org")
    with pytest.raises(IntegrityError):
        User(email="AMA@example.org").save()


def test_a_person_without_an_email_address_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")
    assert not User.objects.exists()


def test_a_person_made_without_a_password_cannot_sign_in_with_one() -> None:
    ama = person()
    assert not ama.has_usable_password()


def test_the_text_of_a_person_says_neither_name_nor_address() -> None:
    ama = person("ama@example.org", name="Ama Mensah")
    assert str(ama) == f"person:{ama.public_id}" == ama.actor
    assert "Ama" not in repr(ama)
    assert "example" not in repr(ama)
    assert ama.get_full_name() == ama.get_short_name() == "Ama Mensah"


def test_only_who_is_made_an_administrator_may_use_the_administration_pages() -> None:
    assert not person().is_staff
    chief = User.objects.create_superuser("chief@example.org", "correct horse battery")
    assert chief.is_staff
    assert chief.is_superuser
