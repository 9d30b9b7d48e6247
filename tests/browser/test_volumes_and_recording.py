"""The pages of volumes and of recording in a browser: at a desk, on a telephone, right to left, on paper."""

from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, Page
from pytest_django.fixtures import Settings

from accounts.models import Function, User
from authorisation.models import Authorisation, FirstTransfer, IssuedVintage
from authorisation.services import decisions
from tests.authorisation.factories import Staff, content, granted, in_decision, in_review, two_staffs
from tests.browser import accessibility
from tests.browser.driving import TELEPHONE, Pages, apart, fits, picture, sign_in
from tests.desk.cases import with_password
from workflow.clock import RealClock

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _authorised() -> tuple[Authorisation, User]:
    """An authorisation in force, one decided on, one asked for; and the officer of the desk."""
    ours, _theirs = two_staffs()
    case = granted(ours)
    _asked_for(ours)
    officer = with_password(ours.holding(Function.DESK_OFFICER).user)
    return Authorisation.objects.select_related("activity").get(cases=case), officer


def _asked_for(of: Staff) -> None:
    decided = in_decision(of, content(request={"volumes_tco2e": {"2028": 1000}}))
    decisions.approve(decided, act=of.act(Function.DECIDER))
    in_review(of, content(request={"volumes_tco2e": {"2028": 500}}))


def _record(page: Page, *, tonnes: str, vintage: str = "2026") -> None:
    day = RealClock().now().date() - timedelta(days=2)
    page.get_by_label("On which day did it happen?").fill(day.isoformat())
    page.get_by_label(vintage, exact=True).fill(tonnes)


def test_an_officer_records_an_issuance_and_a_first_transfer(pages: Pages) -> None:
    authorisation, officer = apart(_authorised)
    page = pages.open(javascript=False)
    found: list[str] = []

    def look(name: str) -> None:
        picture(page, f"recording-{name}")
        page.set_viewport_size({"width": TELEPHONE, "height": 800})
        picture(page, f"recording-{name}-telephone")
        assert fits(page), name
        page.set_viewport_size({"width": 1280, "height": 800})

    sign_in(page, officer.email)
    page.goto(f"/authorisations/{authorisation.identifier}/volumes/")
    look("volumes")
    page.get_by_role("link", name="Issuances, and everything that was recorded").click()
    look("activity-empty")
    page.get_by_role("link", name="Record an issuance").click()
    look("issuance-form")
    _record(page, tonnes="750")
    page.get_by_role("button", name="See what it does").click()
    look("issuance-refused")
    page.get_by_label("Reference of the evidence").fill("Registry notice 2026/118")
    notice = FilePayload(name="notice.txt", mimeType="text/plain", buffer=b"Issued: 750")
    page.get_by_label("Or the document that shows it").set_input_files(notice)
    page.get_by_role("button", name="See what it does").click()
    look("issuance-seen")
    assert apart(IssuedVintage.objects.count) == 0
    page.get_by_role("button", name="Change what was filled in").click()
    look("issuance-changing")
    page.get_by_role("button", name="See what it does").click()
    page.get_by_role("button", name="Record it").click()
    look("activity-issued")
    assert apart(lambda: list(IssuedVintage.objects.values_list("tonnes", "covered"))) == [(750, 600)]

    page.get_by_role("link", name="First transfer").click()
    look("transfer-form")
    _record(page, tonnes="610")
    page.get_by_label("To which Party?").select_option("CHE")
    page.get_by_label("Reference of the evidence").fill("Transfer 9")
    page.get_by_role("button", name="See what it does").click()
    look("transfer-refused")
    page.get_by_label("2026", exact=True).fill("400")
    page.get_by_role("button", name="See what it does").click()
    look("transfer-seen")
    page.get_by_role("button", name="Record it").click()
    look("activity-transferred")
    assert apart(lambda: list(FirstTransfer.objects.values_list("tonnes", flat=True))) == [400]

    scripted = pages.open()
    sign_in(scripted, officer.email)
    for address in (
        f"/authorisations/{authorisation.identifier}/volumes/",
        f"/activities/{authorisation.activity.public_id}/",
        f"/activities/{authorisation.activity.public_id}/record/issuance/",
        f"/authorisations/{authorisation.identifier}/record/use/",
        "/desk/budget/",
    ):
        scripted.goto(address)
        found += accessibility.faults(scripted)
    assert not found, "\n".join(found)


def test_volumes_and_budget_from_right_to_left_on_a_telephone_and_on_paper(
    pages: Pages, settings: Settings
) -> None:
    authorisation, officer = apart(_authorised)
    page = pages.open()
    sign_in(page, officer.email)
    settings.LANGUAGES = [("ar", "العربية")]
    settings.LANGUAGE_CODE = "ar"
    for name, address in (
        ("volumes", f"/authorisations/{authorisation.identifier}/volumes/"),
        ("budget", "/desk/budget/"),
        ("activity", f"/activities/{authorisation.activity.public_id}/"),
        ("form", f"/authorisations/{authorisation.identifier}/record/first-transfer/"),
    ):
        page.goto(address)
        assert page.locator("html").get_attribute("dir") == "rtl"
        picture(page, f"rtl-{name}")
        page.set_viewport_size({"width": TELEPHONE, "height": 800})
        picture(page, f"rtl-{name}-telephone")
        assert fits(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(media="print")
        picture(page, f"rtl-{name}-on-paper")
        page.emulate_media(media="screen")
