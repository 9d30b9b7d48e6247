"""The pages of service accounts: a token is shown once, and what it opens can be seen and ended."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ServiceAccount, ServiceToken
from tests.authorisation.factories import two_staffs
from tests.desk.api.calling import get
from tests.desk.browser import signed_in

pytestmark = pytest.mark.django_db


def test_a_member_opens_an_account_issues_a_token_that_a_program_uses_and_revokes_it() -> None:
    ours, _theirs = two_staffs()
    browser: Client = signed_in(ours.applicant)
    page = reverse("programs", kwargs={"public_id": ours.organisation.public_id})
    organisation = reverse("organisation", kwargs={"public_id": ours.organisation.public_id})
    assert page in browser.get(organisation).content.decode()

    opened = reverse("open_service_account", kwargs={"public_id": ours.organisation.public_id})
    assert browser.post(opened, {"name": "Registry"}, follow=True).redirect_chain[-1][0] == page
    account = ServiceAccount.objects.get()
    issue = reverse("issue_token", kwargs={"public_id": account.public_id})
    shown = browser.post(issue, {"scopes": ["read"], "days": "30"})
    (secret,) = re.findall(r"desk_[\w-]{43}", shown.content.decode())
    assert "no-store" in shown["Cache-Control"]
    assert get("cases", secret).status_code == 200

    listed = browser.get(page).content.decode()
    assert secret not in listed
    assert ServiceToken.objects.get().begins in listed
    revoke = reverse("revoke_token", kwargs={"public_id": ServiceToken.objects.get().public_id})
    browser.post(revoke, {})
    assert get("cases", secret).status_code == 401
    assert ServiceToken.objects.get().begins not in browser.get(page).content.decode()


def test_a_token_that_opens_nothing_is_not_issued_and_the_page_says_why() -> None:
    ours, _theirs = two_staffs()
    browser = signed_in(ours.applicant)
    browser.post(
        reverse("open_service_account", kwargs={"public_id": ours.organisation.public_id}),
        {"name": "Registry"},
    )
    issue = reverse("issue_token", kwargs={"public_id": ServiceAccount.objects.get().public_id})
    refused = browser.post(issue, {"days": "367"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "This field is required." in page
    assert "less than or equal to 366" in page
    assert not ServiceToken.objects.exists()


def test_two_accounts_of_one_name_are_refused() -> None:
    ours, _theirs = two_staffs()
    browser = signed_in(ours.applicant)
    opened = reverse("open_service_account", kwargs={"public_id": ours.organisation.public_id})
    browser.post(opened, {"name": "Registry"})
    again = browser.post(opened, {"name": "Registry"})
    assert again.status_code == 422
    assert "already" in again.content.decode()
    assert ServiceAccount.objects.count() == 1
