"""From the sign-up of a developer to a letter checked in public, in a browser, person by person."""

from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Page

from accounts.models import Function
from tests.authorisation import factories as make
from tests.browser import accessibility
from tests.browser.driving import DESK, TELEPHONE, Pages, apart, arrived, picture
from tests.browser.journey import Journey, Somebody
from tests.desk.cases import PASSWORD, with_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _staff() -> dict[Function, Somebody]:
    """Two authorities; the offices of the first are held by people who have a password and nothing more."""
    here, _there = make.two_staffs()
    holders = {function: person for function, (_office, person) in here.offices.items()}
    return {function: Somebody(with_password(person).email, PASSWORD) for function, person in holders.items()}


def _faults(page: Page) -> list[str]:
    """A page has one heading, and its title says so when something is wrong."""
    headings = arrived(page).get_by_role("heading", level=1).count()
    wrong = page.get_by_role("main").get_by_role("alert").count() > 0
    found = [] if headings == 1 else [f"{page.url} has {headings} headings of the first level"]
    if page.title().startswith("Error:") != wrong:
        found.append(f"{page.url} and its title differ about whether something is wrong")
    return found


@pytest.mark.parametrize(
    ("javascript", "width"),
    [
        # With JavaScript every page of the way is opened by the other journeys of this folder too.
        pytest.param(True, DESK, marks=pytest.mark.proof, id="with JavaScript"),
        pytest.param(False, TELEPHONE, id="without JavaScript on a telephone"),
    ],
)
def test_from_a_sign_up_to_a_letter_that_anybody_checks(
    pages: Pages, tmp_path: Path, javascript: bool, width: int
) -> None:
    mail.outbox.clear()
    found: list[str] = []

    def look(page: Page, name: str) -> None:
        picture(page, f"{width}-{name}")
        found.extend(_faults(page))
        # axe-core is itself a script, and what it reads is the same without one.
        if javascript:
            found.extend(accessibility.faults(page))

    journey = Journey(
        authority="Authority of GHA",
        offices=apart(_staff),
        page_of=lambda: pages.open(javascript=javascript, width=width),
        look=look,
    )
    journey.sign_up()
    journey.register_organisation()
    journey.vet()

    journey.open_application()
    journey.fill_in()
    journey.check_and_submit()

    journey.return_for_completion()
    journey.complete()
    journey.accept_and_ask()
    journey.answer()
    journey.give_opinion()
    journey.recommend()

    journey.decide()
    journey.sign()

    journey.download(tmp_path)
    journey.check()

    assert not found, "\n".join(found)
