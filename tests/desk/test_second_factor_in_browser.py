"""A passkey in a browser, under the policy of every page: set up, asked for, and shown again at the act."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Function, User
from tests.accounts.factories import office, person, tenure
from tests.desk import cases as make
from tests.desk.test_journey_in_browser import _QUIET

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A folder in which to leave pictures of the pages, for whoever wants to look.
PICTURES = os.environ.get("TEST_PICTURES", "")


@pytest.fixture
def director(transactional_db: None) -> User:
    """Made before the browser is there: its driver runs an event loop in this thread."""
    cache.clear()
    world = make.world()
    somebody = make.with_password(person("director@example.org", name="Dede"))
    tenure(office(world.here, function=Function.DIRECTOR), somebody, starts_on=date(2021, 1, 1))
    tenure(office(world.here, function=Function.SIGNER), world.member, starts_on=date(2021, 1, 1))
    return somebody


@pytest.fixture
def page(director: User, live_server: LiveServer) -> Iterator[Page]:
    """A page in a browser with an authenticator of its own, which always agrees; no error stays unseen."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed here: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=_QUIET)
        context = browser.new_context(base_url=live_server.url)
        opened = context.new_page()
        keys = context.new_cdp_session(opened)
        keys.send("WebAuthn.enable")
        agreeing = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
        keys.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**agreeing, "isUserVerified": True, "automaticPresenceSimulation": True}},
        )
        faults: list[str] = []
        opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        yield opened
        browser.close()
        assert faults == []


def _picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES, f"{name}.png"), full_page=True)


def test_a_director_sets_up_a_passkey_signs_in_with_it_and_shows_it_again_to_give_an_office(
    page: Page, director: User
) -> None:
    def sign_in() -> None:
        page.goto("/sign-in/")
        _picture(page, "sign-in")
        page.get_by_label("E-mail address").fill(director.email)
        page.get_by_label("Password", exact=True).fill(make.PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()

    sign_in()
    assert page.get_by_role("heading", level=1).inner_text() == "Second factor"
    _picture(page, "second-factor")
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    _picture(page, "app")
    page.goto("/account/second-factor/passkeys/add/")
    _picture(page, "add-passkey")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    _picture(page, "recovery-codes")
    page.goto("/account/")
    _picture(page, "account")
    page.get_by_role("button", name="Sign out").click()

    sign_in()
    _picture(page, "authenticate")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Cases").wait_for()
    page.goto("/offices/")
    _picture(page, "offices")
    page.get_by_role("link", name="Give the office").first.click()
    _picture(page, "give")
    page.get_by_label("E-mail address of the account").fill("stranger@example.org")
    page.get_by_role("button", name="Give the office").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Confirm that it is you"
    _picture(page, "confirm")
    page.goto(page.url.replace("/confirm/?", "/confirm/passkey/?"))
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Offices").wait_for()
    assert "The office is given." in page.get_by_role("status").inner_text()
    assert page.locator("bdi", has_text="Stranger").count() == 1
    page.goto("/account/password/")
    _picture(page, "password")
    page.goto("/organisations/register/")
    _picture(page, "register")
