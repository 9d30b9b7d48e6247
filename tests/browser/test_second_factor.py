"""A passkey in a browser, under the policy of every page: set up, asked for, and shown again at the act."""

from datetime import date

import pytest
from playwright.sync_api import Page

from accounts.models import Function, User
from accounts.services import issue_set_up_code
from tests.accounts.factories import office, person, tenure
from tests.browser import accessibility
from tests.browser.driving import Pages, apart, picture, sign_in
from tests.desk import cases as make
from workflow.clock import RealClock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def director(pages: Pages) -> User:
    """Holds an office that asks for a second factor, and has none yet."""
    return apart(_director)


def _director() -> User:
    world = make.world()
    somebody = make.with_password(person("director@example.org", name="Dede"))
    tenure(office(world.here, function=Function.DIRECTOR), somebody, starts_on=date(2021, 1, 1))
    tenure(office(world.here, function=Function.SIGNER), world.member, starts_on=date(2021, 1, 1))
    return somebody


@pytest.fixture
def page(pages: Pages) -> Page:
    """A page in a browser with an authenticator of its own, which always agrees."""
    opened = pages.open()
    keys = opened.context.new_cdp_session(opened)
    keys.send("WebAuthn.enable")
    agreeing = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    keys.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**agreeing, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    return opened


def _look(page: Page, name: str) -> None:
    picture(page, name)
    assert accessibility.faults(page) == []


def test_a_director_sets_up_a_passkey_signs_in_with_it_and_shows_it_again_to_give_an_office(
    page: Page, director: User
) -> None:
    sign_in(page, director.email)
    assert page.get_by_role("heading", level=1).inner_text() == "Second factor"
    _look(page, "second-factor")
    page.get_by_role("link", name="Set up an authenticator app").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Enter your set-up code"
    _look(page, "set-up-code")
    page.get_by_label("Set-up code").fill(
        apart(lambda: issue_set_up_code(director, by=None, at=RealClock().now()))
    )
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    _look(page, "app")
    page.goto("/account/second-factor/passkeys/add/")
    _look(page, "add-passkey")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    _look(page, "recovery-codes")
    page.goto("/account/")
    _look(page, "account")
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, director.email)
    _look(page, "authenticate")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Cases").wait_for()
    page.goto("/offices/")
    _look(page, "offices")
    page.get_by_role("link", name="Give the office").first.click()
    _look(page, "give")
    page.get_by_label("E-mail address of the account").fill("stranger@example.org")
    page.get_by_role("button", name="Give the office").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Confirm that it is you"
    _look(page, "confirm")
    page.goto(page.url.replace("/confirm/?", "/confirm/passkey/?"))
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Offices").wait_for()
    assert "The office is given." in page.get_by_role("status").inner_text()
    assert page.locator("bdi", has_text="Stranger").count() == 1
    page.goto("/account/password/")
    _look(page, "password")
    page.goto("/organisations/register/")
    _look(page, "register")
