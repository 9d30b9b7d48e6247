"""The way through the pages in a browser, with JavaScript switched off."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from letters.models import Letter
from tests.desk import cases as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Nothing of the browser's own reaches out while a test runs.
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def letter(transactional_db: None) -> Letter:
    """An issued letter; another Party's case beside it.

    Made before the browser is there: its driver runs an event loop in this thread, where neither the
    database nor the library that seals letters likes to be called.
    """
    make.carried_out("VUT-CHE-RURAL-ELEC")
    case = make.carried_out("GHA-CHE-COOKSTOVE")
    return Letter.objects.select_related("case__opened_by").get(case=case)


@pytest.fixture
def browser(letter: Letter) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed here: apt-get install chromium")
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=_QUIET)
        yield launched
        launched.close()


@pytest.fixture(params=[1280, 360], ids=["desk", "telephone"])
def page(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page without JavaScript, as wide as a desk's screen or a telephone's."""
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        accept_downloads=True,
        viewport={"width": request.param, "height": 800},
    )
    yield context.new_page()
    context.close()


def test_an_applicant_signs_in_opens_the_case_downloads_the_letter_and_anybody_checks_it(
    page: Page, letter: Letter, tmp_path: Path
) -> None:
    case = letter.case
    page.goto("/cases/")
    page.get_by_label("E-mail address").fill(case.opened_by.email)
    page.get_by_label("Password").fill(settings.DEMONSTRATION_PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Cases"
    assert page.get_by_role("rowheader").count() == 1
    page.get_by_role("link", name=case.reference).click()

    assert "Transformative Cookstove Activity" in page.get_by_role("heading", level=1).inner_text()
    assert "Nobody: the case has ended" in page.get_by_role("main").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name=f"Download {letter.number}").click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert file.name == f"{letter.number}.pdf"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == letter.signed_sha256

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Check a letter").first.click()
    page.get_by_label("Code of the letter").fill(letter.code.lower().replace("-", " "))
    page.get_by_role("button", name="Check the letter").click()

    answer = page.get_by_role("main").inner_text()
    assert "Yes, it was issued" in answer
    assert letter.number in answer
    assert page.url.endswith(f"/check/{letter.code}/")
    page.goto(f"/cases/{case.public_id}/")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
