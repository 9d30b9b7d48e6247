"""By Tab, Enter and Space alone: signing in, a section, the decision. The focus is always seen."""

import pytest
from playwright.sync_api import Page

from accounts.models import Function
from authorisation.models import Case
from tests.authorisation import factories as make
from tests.browser.driving import Pages, apart
from tests.desk.browser import code, half_a_minute_passes, with_app
from tests.desk.cases import PASSWORD, with_password
from tests.desk.work.people import before_the_code_changes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# More than any page here has places to stop at.
_ENOUGH = 150

# The element with the focus: what it is called, whether it is seen to have the focus, and where it is.
_FOCUSED = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const style = getComputedStyle(here), box = here.getBoundingClientRect();
    const label = here.labels && here.labels.length ? here.labels[0].textContent : here.textContent;
    const marked = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== 'none';
    const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
    const name = (label || here.getAttribute('aria-label') || '').replace(/\\s+/g, ' ').trim();
    return [name, marked && inside, here.id || here.name];
}"""


def _tab(page: Page) -> str | None:
    """One Tab further: what is called so now has the focus, and is seen to; None past the end of the page."""
    page.keyboard.press("Tab")
    found = page.evaluate(_FOCUSED)
    if found is None:
        return None
    name, seen, place = found
    assert seen, f"{page.url}: the focus is on “{name or place}”, and nobody sees it"
    return str(name)


def _tab_to(page: Page, name: str) -> None:
    """Goes on by Tab until something of this name has the focus."""
    for _stop in range(_ENOUGH):
        if (_tab(page) or "").startswith(name):
            return
    raise AssertionError(f"{page.url}: nobody reaches “{name}” by Tab")


def _press(page: Page, key: str = "Enter") -> None:
    """Presses what leads to another page, and waits for that."""
    with page.expect_navigation():
        page.keyboard.press(key)


def _round(page: Page) -> list[str]:
    """Every stop of the page in turn, until the focus leaves it at its end."""
    page.evaluate("document.activeElement.blur()")
    stops: list[str] = []
    for _stop in range(_ENOUGH):
        name = _tab(page)
        if name is None or (stops and name == stops[0]):
            return stops
        stops.append(name)
    raise AssertionError(f"{page.url}: the focus does not leave the page: {stops[-6:]}")


def _sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    _tab_to(page, "E-mail address")
    page.keyboard.type(email)
    _tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    _press(page)


def test_the_first_stop_skips_to_the_content(pages: Pages) -> None:
    page = pages.open()
    page.goto("/check/")

    assert _tab(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert _tab(page) == "Code of the letter"


def test_an_applicant_signs_in_and_writes_a_section(pages: Pages) -> None:
    def prepared() -> str:
        here, _there = make.two_staffs()
        make.drafted(here)
        return with_password(here.applicant).email

    page = pages.open()
    _sign_in(page, apart(prepared))
    _tab_to(page, "Continue")
    _press(page)
    _tab_to(page, "Uses and first transfer")
    _press(page)
    _tab_to(page, "OP: another purpose")
    page.keyboard.press("Space")
    _tab_to(page, "Save and go on")
    _press(page, "Space")
    _tab_to(page, "Other purpose (OP)")
    page.keyboard.type("voluntary carbon market")
    _press(page)

    assert "is saved" in page.get_by_role("status").first.inner_text()
    stops = _round(page)
    assert stops[0] == "Skip to the content"
    assert "Check your answers" in stops


def _to_decide() -> tuple[make.Staff, Case]:
    here, _there = make.two_staffs()
    with_password(with_app(here.offices[Function.DECIDER][1]))
    before_the_code_changes()
    return here, make.in_decision(here)


def test_a_head_decides(pages: Pages) -> None:
    here, case = apart(_to_decide)
    head = here.offices[Function.DECIDER][1]
    page = pages.open()
    _sign_in(page, head.email)
    _tab_to(page, "Code")
    page.keyboard.type(apart(lambda: code(head)))
    _press(page)
    page.goto("/desk/")
    _tab_to(page, "Decide")
    _press(page)
    assert {"Approve", "Refuse", "Preview the letter (opens in a new tab)"} <= set(_round(page))

    _tab_to(page, "Approve")
    _press(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Confirm that it is you"
    apart(half_a_minute_passes)
    _tab_to(page, "Code")
    page.keyboard.type(apart(lambda: code(head)))
    _press(page)

    said = page.get_by_role("main").inner_text()
    assert apart(lambda: Case.objects.get(pk=case.pk).state) == "letter_due", said
