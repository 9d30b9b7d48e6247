"""The applicant's way in a browser with JavaScript switched off, at a desk and on a telephone."""

import re

import pytest
from playwright.sync_api import Page, expect

from authorisation.models import Case
from authorisation.services import desk
from tests.browser.driving import DESK, TELEPHONE, Pages, apart, fits, sign_in
from tests.desk import cases as make
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def returned(pages: Pages) -> Case:
    """A case that was returned to its applicant."""
    return apart(_returned)


def _returned() -> Case:
    world = make.world()
    case = make.submitted(world.here, world.stoves, world.member, title="Returned stoves")
    officer = Person(user=world.officer, office=world.officer.tenures.get().office)
    return desk.return_for_completion(case, act=Act(actor=officer, clock=RealClock()))


@pytest.fixture(params=[DESK, TELEPHONE], ids=["desk", "telephone"])
def page(pages: Pages, returned: Case, request: pytest.FixtureRequest) -> Page:
    """A page without JavaScript; the applicant's member has signed in."""
    page = pages.open(javascript=False, width=request.param)
    sign_in(page, "member@example.org")
    return page


def test_an_applicant_opens_writes_mends_checks_and_submits(page: Page) -> None:
    page.get_by_role("link", name="New application").click()
    page.get_by_role("button", name="Open the application").click()
    page.get_by_role("link", name="Give the activity a title.").click()
    page.get_by_label("To which authority do you apply?").select_option(label="Authority of KEN")
    page.get_by_label("Authorisation of approach, outcomes and entities together").check()
    page.get_by_label("What is the activity called?").fill("Stoves by telephone")
    page.get_by_role("button", name="Open the application").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Stoves by telephone"
    assert fits(page)
    page.get_by_role("link", name="Expected mitigation by year").click()
    page.get_by_label("Year").first.fill("2026")
    page.get_by_label("t CO₂ eq").first.fill("a lot")
    # Enter saves: it neither removes nor adds a row.
    page.get_by_label("t CO₂ eq").first.press("Enter")

    expect(page).to_have_title(re.compile("^Error:"))
    assert page.get_by_label("t CO₂ eq").first.input_value() == "a lot"
    assert fits(page)
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
    assert fits(page)
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("link", name="The declaration that the application is true").click()
    page.get_by_label("I declare for Stoves Ltd").check()
    page.get_by_role("button", name="Submit").click()

    assert "Your application was submitted." in page.get_by_role("status").inner_text()
    assert "The desk: completeness check" in page.get_by_role("main").inner_text()


def test_an_applicant_finds_what_needs_them_and_answers_it(page: Page, returned: Case) -> None:
    page.get_by_role("link", name=f"Answer {returned.reference}").click()

    assert fits(page)
    answers = page.get_by_label("What you want to say about it")
    for number in range(answers.count()):
        answers.nth(number).fill("The agreement says so.")
    page.get_by_role("button", name="Save and come back later").click()
    assert answers.first.input_value() == "The agreement says so."
    page.get_by_role("button", name="Send answers").click()

    assert "Your answers were sent to the authority." in page.get_by_role("status").inner_text()
    assert "The applicant answered." in page.get_by_role("main").inner_text()
