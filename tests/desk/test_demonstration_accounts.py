"""The demonstration's accounts sign in as everybody else does: nothing lets them past the second factor."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.second_factor import has_second_factor, needs_second_factor
from accounts.selectors import is_vetted
from desk import demonstration
from desk.cast import Cast, cast_for
from projects.content import EntityContent
from tests.desk import browser
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db

APPLICANT = EntityContent(name="Stoves Ltd", country="GHA", identification="C-1", roles=("applicant",))


def _cast() -> tuple[Cast, Cast]:
    """The people of two Parties, to both of which the same organisation applies."""
    cache.clear()
    at = RealClock().now()
    return cast_for("GHA", APPLICANT, at=at), cast_for("VUT", APPLICANT, at=at)


def test_whoever_decides_signs_or_directs_signs_in_with_the_printed_secret_and_not_without() -> None:
    _cast()
    accounts = [account for account in demonstration.accounts() if account.totp_secret]
    people = {account.email: User.objects.get(email=account.email) for account in accounts}
    needing = [person for person in User.objects.all() if needs_second_factor(person, at=RealClock().now())]
    assert len(needing) == 6
    assert {person.email for person in needing} <= set(people)
    for account in accounts[:3]:
        client = Client()
        sent = {"login": account.email, "password": settings.DEMONSTRATION_PASSWORD}
        assert client.post(reverse("account_login"), sent)["Location"] == reverse("mfa_authenticate")
        assert client.get(reverse("cases"))["Location"].startswith("/sign-in/")
        client.post(reverse("mfa_authenticate"), {"code": browser.code_of(account.totp_secret)})
        assert client.get(reverse("cases")).status_code == 200


def test_the_secrets_are_made_once_and_the_applicant_is_let_in_by_each_authority() -> None:
    ghana, vanuatu = _cast()
    before = {account.email: account.totp_secret for account in demonstration.accounts()}
    again, _vanuatu = _cast()
    assert {account.email: account.totp_secret for account in demonstration.accounts()} == before
    assert again.authority == ghana.authority
    for cast in (ghana, vanuatu):
        assert is_vetted(cast.organisation, authority=cast.authority)
    assert ghana.organisation == vanuatu.organisation
    assert not has_second_factor(ghana.applicant)
