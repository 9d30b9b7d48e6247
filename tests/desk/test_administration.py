"""Django's administration pages: people and Parties, for staff with a second factor, and nothing else."""

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import Party, User
from audit.models import ChainHead, Event
from config.administration import site
from desk.access import Access, declared_access
from tests.accounts.factories import person
from tests.desk import browser
from tests.desk import cases as make
from tests.desk.test_access import _leaves
from workflow.governed import Governed

pytestmark = pytest.mark.django_db


def _administrator() -> User:
    return browser.with_app(User.objects.create_superuser("chief@example.org"))


def test_people_and_parties_are_all_there_is() -> None:
    assert {model for model, _ in site._registry.items()} == {User, Party}
    registered: list[type[models.Model]] = list(site._registry)
    assert not [model for model in registered if issubclass(model, Governed | ChainHead)]


def test_every_page_is_declared_to_be_for_administrators() -> None:
    (pages,) = (one for one in get_resolver().url_patterns if str(one.pattern) == "admin/")
    leaves = list(_leaves([pages]))
    assert len(leaves) > 5
    assert {declared_access(leaf.callback) for leaf in leaves} == {Access.ADMINISTRATORS}


def test_a_case_cannot_be_changed_there() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    client = browser.signed_in(_administrator())
    for name in ("authorisation_case", "accounts_tenure", "accounts_organisation", "mfa_authenticator"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}_changelist")
    before = (case.state, case.version, Event.objects.count())
    for address in (f"/admin/authorisation/case/{case.pk}/change/", "/admin/authorisation/"):
        assert client.post(address, {"state": "granted"}).status_code == 404
    case.refresh_from_db()
    assert (case.state, case.version, Event.objects.count()) == before
    assert "authorisation" not in client.get("/admin/").content.decode().replace("Authorisation desk", "")


def test_only_staff_with_a_second_factor_come_in() -> None:
    world = make.world()
    assert Client().get("/admin/")["Location"].startswith("/sign-in/")
    officer = Client()
    officer.force_login(world.officer)
    assert officer.get("/admin/").status_code == 404
    chief = User.objects.create_superuser("chief@example.org")
    client = Client()
    client.force_login(chief)
    assert client.get("/admin/")["Location"] == reverse("mfa_index")
    browser.with_app(chief)
    assert client.get("/admin/")["Location"].startswith(reverse("mfa_reauthenticate"))
    browser.prove_again(client, chief)
    assert client.get("/admin/").status_code == 200


def test_an_administrator_opens_and_closes_accounts_and_sets_nobodys_password() -> None:
    client = browser.signed_in(_administrator())
    made = client.post(
        "/admin/accounts/user/add/", {"email": "Esi@Example.org", "name": "Esi", "language": "en"}
    )
    assert made.status_code == 302, made.content
    esi = User.objects.get(email="esi@example.org")
    assert not esi.has_usable_password()
    page = client.get(f"/admin/accounts/user/{esi.pk}/change/").content.decode()
    assert 'name="password"' not in page
    assert 'name="email"' not in page
    sent = {
        "name": "Esi A.",
        "language": "fr",
        "email": "taken@example.org",
        "is_active": "",
        "password": "x",
    }
    client.post(f"/admin/accounts/user/{esi.pk}/change/", sent)
    esi.refresh_from_db()
    assert (esi.name, esi.email, esi.is_active) == ("Esi A.", "esi@example.org", True)
    generation = esi.session_generation
    client.post("/admin/accounts/user/", {"action": "close", "_selected_action": [str(esi.pk)]})
    esi.refresh_from_db()
    assert (esi.is_active, esi.session_generation) == (False, generation + 1)
    client.post("/admin/accounts/user/", {"action": "reopen", "_selected_action": [str(esi.pk)]})
    esi.refresh_from_db()
    assert esi.is_active


def test_nothing_is_deleted_and_nobody_raises_themself() -> None:
    administrator = _administrator()
    client = browser.signed_in(administrator)
    somebody, party = person("somebody@example.org"), Party.objects.get(code="GHA")
    for address in (
        f"/admin/accounts/user/{somebody.pk}/delete/",
        f"/admin/accounts/party/{party.pk}/delete/",
    ):
        assert client.post(address, {"post": "yes"}).status_code == 403
    client.post(
        "/admin/accounts/user/",
        {"action": "delete_selected", "_selected_action": [str(somebody.pk)], "post": "yes"},
    )
    assert User.objects.filter(pk=somebody.pk).exists()
    client.post("/admin/accounts/user/", {"action": "close", "_selected_action": [str(administrator.pk)]})
    administrator.refresh_from_db()
    assert administrator.is_active
    page = client.get(f"/admin/accounts/user/{administrator.pk}/change/").content.decode()
    assert 'name="is_staff"' not in page
    assert isinstance(site, admin.AdminSite)
