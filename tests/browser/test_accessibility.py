"""What axe-core finds on the pages that no journey passes, on errors, on paper and from right to left."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from accounts.models import User
from authorisation.models import Case
from letters.models import Letter
from tests.browser import accessibility
from tests.browser.driving import Pages, apart, fits, picture, prove, sign_in
from tests.desk import cases as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_PUBLIC = {
    "front": "/",
    "sign-in": "/sign-in/",
    "sign-up": "/sign-up/",
    "password-forgotten": "/password/forgotten/",
    "check": "/check/",
    "check-unknown": "/check/AAAA-BBBB-CCCC/",
    "check-unreadable": "/check/?code=no",
    "register": "/register/",
    "register-nothing-found": "/register/?text=nothing+of+this+name",
    "not-found": "/nothing/",
}


def test_the_public_pages_and_those_that_say_no(pages: Pages) -> None:
    page = pages.open()
    found: list[str] = []
    for name, address in _PUBLIC.items():
        page.goto(address)
        picture(page, f"public-{name}")
        found += accessibility.faults(page)

    page.goto("/sign-in/")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    picture(page, "public-sign-in-with-mistakes")
    found += accessibility.faults(page)
    assert not found, "\n".join(found)


def test_the_administration(pages: Pages) -> None:
    page = pages.open()
    secret = apart(_administrator)
    sign_in(page, "admin@example.org")
    prove(page, secret)
    found: list[str] = []
    for name, address in (("front", "/admin/"), ("people", "/admin/accounts/user/")):
        page.goto(address)
        picture(page, f"admin-{name}")
        found += accessibility.faults(page)

    assert not found, "\n".join(found)


def _administrator() -> str:
    somebody = make.with_password(User.objects.create_superuser("admin@example.org", name="Adwoa"))
    secret = str(totp.generate_totp_secret())
    totp.TOTP.activate(somebody, secret)
    return secret


@pytest.fixture
def case(pages: Pages) -> Case:
    """A case with its issued letter; its applicant can sign in."""
    return apart(_carried_out)


def _carried_out() -> Case:
    case = make.carried_out("GHA-CHE-COOKSTOVE")
    make.with_password(case.opened_by)
    return Case.objects.select_related("opened_by", "authorisation").get(pk=case.pk)


def _addresses(case: Case) -> list[str]:
    assert case.authorisation is not None
    code = apart(lambda: Letter.objects.get(case=case).code)
    return [
        "/",
        "/register/",
        f"/register/{case.authorisation.identifier}/",
        f"/check/{code}/",
        "/cases/",
        f"/cases/{case.public_id}/",
    ]


def test_from_right_to_left(pages: Pages, case: Case, settings: Settings) -> None:
    settings.LANGUAGES = [("ar", "العربية")]
    settings.LANGUAGE_CODE = "ar"
    page = _at_home(pages, case)
    found: list[str] = []
    for number, address in enumerate(_addresses(case)):
        page.goto(address)
        picture(page, f"right-to-left-{number}")
        assert page.locator("html").get_attribute("dir") == "rtl"
        found += accessibility.faults(page)
        # What stands at the beginning of a line stands at the right.
        heading = page.get_by_role("heading", level=1).bounding_box()
        assert heading is not None
        assert heading["x"] + heading["width"] > 1280 / 2

    assert not found, "\n".join(found)


def test_on_paper(pages: Pages, case: Case) -> None:
    page = _at_home(pages, case)
    page.emulate_media(media="print")
    # The width of A4 between its margins.
    page.set_viewport_size({"width": 660, "height": 1000})
    for number, address in enumerate(_addresses(case)):
        page.goto(address)
        picture(page, f"paper-{number}")
        assert fits(page), address
        assert not accessibility.violations(page), address
        assert not page.get_by_role("navigation").filter(visible=True).count(), address
        assert not page.get_by_role("main").get_by_role("button").filter(visible=True).count(), address


def _at_home(pages: Pages, case: Case) -> Page:
    page = pages.open()
    page.goto("/sign-in/")
    page.locator("#id_login").fill(case.opened_by.email)
    page.locator("#id_password").fill(make.PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/cases/")
    return page
