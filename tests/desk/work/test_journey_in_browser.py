"""A submitted case to its issued letter in a browser without JavaScript, through every office."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Function, User
from authorisation.models import Case
from letters.models import Letter
from tests.authorisation import factories as make
from tests.desk.browser import code, half_a_minute_passes, with_app
from tests.desk.cases import PASSWORD, with_password
from workflow import outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


T = TypeVar("T")

_OFFICES = (Function.DESK_OFFICER, Function.REVIEWER, Function.DECIDER, Function.SIGNER)
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def _apart(do: Callable[[], T]) -> T:
    """Does something in a thread of its own: the browser's driver runs an event loop in this one."""

    def done() -> T:
        try:
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(done).result()


@pytest.fixture
def staff(transactional_db: None) -> make.Staff:
    """An authority whose offices are held by people with passwords and authenticator apps."""
    here, _there = make.two_staffs()
    for function in _OFFICES:
        with_password(with_app(here.offices[function][1]))
    return here


@pytest.fixture
def case(staff: make.Staff) -> Case:
    return make.submitted(staff)


@pytest.fixture
def browser(case: Case) -> Iterator[Browser]:
    """Debian's Chromium, without a window; made once the case is there."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed here: apt-get install chromium")
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=_QUIET)
        yield launched
        launched.close()


@pytest.fixture(params=[1280, 360], ids=["desk", "telephone"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def _signed_in(browser: Browser, live_server: LiveServer, person: User, width: int) -> Page:
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        accept_downloads=True,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    _prove(page, person)
    return page


def _prove(page: Page, person: User) -> None:
    # A code read at the end of its half minute has passed when it arrives: then the next one is given.
    for _time in range(2):
        page.get_by_label("Code").fill(_apart(lambda: code(person)))
        page.get_by_role("main").get_by_role("button").first.click()
        _apart(half_a_minute_passes)
        if not page.get_by_label("Code").count():
            return
    raise AssertionError(page.get_by_role("main").inner_text())


def test_the_authority_takes_a_case_from_its_desk_to_an_issued_letter(
    browser: Browser, live_server: LiveServer, staff: make.Staff, case: Case, width: int
) -> None:
    people: Mapping[Function, User] = {function: staff.offices[function][1] for function in _OFFICES}
    pages = {function: _signed_in(browser, live_server, people[function], width) for function in _OFFICES}

    officer = pages[Function.DESK_OFFICER]
    officer.goto("/desk/")
    officer.get_by_role("link", name="Check completeness").click()
    officer.get_by_role("button", name="Accept for review").click()
    assert "The application was accepted for review." in officer.get_by_role("status").inner_text()

    reviewer = pages[Function.REVIEWER]
    reviewer.goto("/desk/")
    reviewer.get_by_role("link", name="Give the opinion of your body").click()
    reviewer.get_by_label("favourable", exact=True).check()
    reviewer.get_by_role("button", name="Give the opinion").click()
    assert "The opinion gives no reasons." in reviewer.get_by_role("alert").inner_text()
    reviewer.locator("#give_opinion_reasons").fill("The baseline is sound.")
    reviewer.get_by_role("button", name="Give the opinion").click()
    assert "The opinion was recorded." in reviewer.get_by_role("status").inner_text()

    officer.goto("/desk/")
    officer.get_by_role("link", name="Recommend").click()
    officer.get_by_label("approval", exact=True).check()
    officer.locator("#recommend_reasons").fill("As reviewed.")
    officer.get_by_role("button", name="Recommend").click()

    head = pages[Function.DECIDER]
    head.goto("/desk/")
    head.get_by_role("link", name="Decide").click()
    head.locator("#approve").get_by_role("button", name="Approve").click()
    _prove(head, people[Function.DECIDER])
    assert _apart(lambda: Case.objects.get(pk=case.pk).state) == "letter_due"
    _apart(outbox.deliver_due)

    letter = _apart(lambda: Letter.objects.get(case=case))
    assert (letter.state, letter.fault) == ("signing", "")
    minister = pages[Function.SIGNER]
    minister.goto("/desk/")
    assert "Sign the letter" in minister.get_by_role("main").inner_text()
    minister.get_by_role("link", name="Sign the letter").click()
    with minister.expect_download() as downloading:
        minister.get_by_role("link", name="Read the letter").click()
    read = downloading.value.path().read_bytes()
    assert hashlib.sha256(read).hexdigest() == letter.unsigned_sha256
    minister.get_by_role("button", name="Sign this letter").click()
    _prove(minister, people[Function.SIGNER])
    _apart(outbox.deliver_due)
    minister.goto(reverse("signing", kwargs={"public_id": letter.public_id}))
    assert "The letter is sealed and issued." in minister.get_by_role("main").inner_text()

    case = _apart(lambda: Case.objects.select_related("authorisation").get(pk=case.pk))
    assert case.state == "granted"
    assert case.authorisation is not None
    public = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    public.goto("/register/")
    public.get_by_role("link", name=case.authorisation.identifier).click()
    public.get_by_role("link", name=f"Check this letter {letter.number}").click()
    assert "Yes, it was issued" in public.get_by_role("main").inner_text()
