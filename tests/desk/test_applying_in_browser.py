"""The applicant's way in a browser with JavaScript switched off, at a desk and on a telephone."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from authorisation.models import Case
from authorisation.services import desk
from tests.desk import cases as make
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def returned(transactional_db: None) -> Case:
    """A case that was returned to its applicant, made before the browser's driver takes the thread."""
    world = make.world()
    case = make.submitted(world.here, world.stoves, world.member, title="Returned stoves")
    officer = Person(user=world.officer, office=world.officer.tenures.get().office)
    return desk.return_for_completion(case, act=Act(actor=officer, clock=RealClock()))


@pytest.fixture
def browser(returned: Case) -> Iterator[Browser]:
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
    """A page without JavaScript; the applicant's member has signed in."""
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": request.param, "height": 800}
    )
    page = context.new_page()
    page.goto("/cases/")
    page.get_by_label("E-mail address").fill("member@example.org")
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def _fits(page: Page) -> bool:
    """Nothing sticks out of the side of the page: every box of the content ends inside the window."""
    boxes = page.locator("main input:visible, main select:visible, main textarea:visible, main a:visible")
    width = (page.viewport_size or {"width": 0})["width"]
    ends = [box["x"] + box["width"] for box in (each.bounding_box() for each in boxes.all()) if box]
    return max(ends) <= width


def test_an_applicant_opens_writes_mends_checks_and_submits(page: Page) -> None:
    page.get_by_role("link", name="New application").click()
    page.get_by_role("button", name="Open the application").click()
    page.get_by_role("link", name="Give the activity a title.").click()
    page.get_by_label("To which authority do you apply?").select_option(label="Authority of KEN")
    page.get_by_label("Authorisation of approach, outcomes and entities together").check()
    page.get_by_label("What is the activity called?").fill("Stoves by telephone")
    page.get_by_role("button", name="Open the application").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Stoves by telephone"
    assert _fits(page)
    page.get_by_role("link", name="Expected mitigation by year").click()
    page.get_by_label("Year").first.fill("2026")
    page.get_by_label("t CO₂ eq").first.fill("a lot")
    # Enter saves: it neither removes nor adds a row.
    page.get_by_label("t CO₂ eq").first.press("Enter")

    assert page.title().startswith("Error:")
    assert page.get_by_label("t CO₂ eq").first.input_value() == "a lot"
    assert _fits(page)
    page.get_by_role("link", name="“a lot” is no whole number of tonnes").click()
    assert page.url.endswith("#id_activity__expected_tco2e-0-tonnes")
    page.get_by_label("t CO₂ eq").first.fill("12 000")
    page.get_by_role("button", name="Save and go on").click()
    assert "“Expected mitigation by year” is saved." in page.get_by_role("status").inner_text()

    page.get_by_role("link", name="Uses and first transfer").click()
    page.get_by_label("IMP: an international mitigation purpose").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("International mitigation purposes (IMP)").fill("CORSIA first phase")
    page.get_by_label("When are outcomes for these purposes first transferred?").select_option("Issuance")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_role("link", name="Cooperative approach").click()
    page.get_by_role("button", name="Add another Party").click()
    page.get_by_label("Party 2").select_option(label="Switzerland")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_role("link", name="Check your answers").click()
    content = page.get_by_role("main").inner_text()
    assert "12\N{NARROW NO-BREAK SPACE}000 t CO₂ eq" in content
    assert "Switzerland" in content
    assert "CORSIA first phase" in content
    assert _fits(page)
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("link", name="The declaration that the application is true").click()
    page.get_by_label("I declare for Stoves Ltd").check()
    page.get_by_role("button", name="Submit").click()

    assert "Your application was submitted." in page.get_by_role("status").inner_text()
    assert "The desk: completeness check" in page.get_by_role("main").inner_text()


def test_an_applicant_finds_what_needs_them_and_answers_it(page: Page, returned: Case) -> None:
    page.get_by_role("link", name=f"Answer {returned.reference}").click()

    assert _fits(page)
    answers = page.get_by_label("What you want to say about it")
    for number in range(answers.count()):
        answers.nth(number).fill("The agreement says so.")
    page.get_by_role("button", name="Save and come back later").click()
    assert answers.first.input_value() == "The agreement says so."
    page.get_by_role("button", name="Send answers").click()

    assert "Your answers were sent to the authority." in page.get_by_role("status").inner_text()
    assert "The applicant answered." in page.get_by_role("main").inner_text()
