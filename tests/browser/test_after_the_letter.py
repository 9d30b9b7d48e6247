"""What becomes of an authorisation after its letter, in a browser: a reduction, a heard revocation."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Function
from authorisation.models import Authorisation, Line, Obligation
from letters import storage
from letters.models import Letter
from tests.authorisation import factories as make
from tests.authorisation.obliging import REPORT, with_letter
from tests.browser import accessibility
from tests.browser.driving import DESK, PICTURES, TELEPHONE, Pages, apart, picture, sign_in
from tests.browser.journey import Journey, Somebody
from tests.desk.cases import PASSWORD, with_password
from workflow import outbox

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


People = tuple[str, Somebody, dict[Function, Somebody]]


def _in_force() -> People:
    """An authorisation of 600 t of 2026 and 1500 t of 2027; its holder, and the offices of its authority."""
    here, _there = make.two_staffs()
    return _with_people(here, Authorisation.objects.get(cases=make.granted(here)))


def _owing_a_report() -> People:
    """The same, whose letter asks for a report that has been overdue since September."""
    here, _there = make.two_staffs()
    return _with_people(here, with_letter(here, REPORT))


def _with_people(here: make.Staff, authorisation: Authorisation) -> People:
    holders = {function: person for function, (_office, person) in here.offices.items()}
    offices = {
        function: Somebody(with_password(person).email, PASSWORD) for function, person in holders.items()
    }
    holder = Somebody(with_password(here.applicant).email, PASSWORD)
    return authorisation.identifier, holder, offices


@pytest.fixture
def journey(pages: Pages) -> Journey:
    """Everybody at their browsers. Each page is looked at, at a desk and on a telephone."""
    return _journey(pages, _in_force)


def _journey(pages: Pages, begin: Callable[[], People]) -> Journey:
    mail.outbox.clear()
    identifier, holder, offices = apart(begin)
    found: list[str] = []

    def look(page: Page, name: str) -> None:
        if not name.startswith(("after-", "decision")):
            return
        picture(page, name)
        page.set_viewport_size({"width": TELEPHONE, "height": 800})
        picture(page, f"{name}-telephone")
        page.set_viewport_size({"width": DESK, "height": 800})
        found.extend(accessibility.faults(page))
        assert not found, "\n".join(found)

    made = Journey(
        authority="Authority of GHA",
        offices=offices,
        page_of=pages.open,
        look=look,
        developer=holder,
    )
    made.identifier = identifier
    sign_in(made.applicant, holder.email)
    return made


def _held() -> dict[int, int]:
    return {line.vintage: line.authorised for line in Line.objects.order_by("vintage")}


def _through_review_to_the_letter(journey: Journey) -> None:
    journey.give_opinion()
    journey.recommend()
    journey.decide()
    journey.sign()


def _versions(journey: Journey, page: Page) -> list[str]:
    """The public page of the authorisation, and which letter replaced which."""
    page.goto(f"/register/{journey.identifier}/")
    journey.look(page, "after-register")
    rows = page.get_by_role("row").filter(has=page.locator("[data-label='Replaced by']"))
    return [row.locator("[data-label='Replaced by']").inner_text().strip() for row in rows.all()]


def test_a_holder_asks_for_lower_ceilings_and_the_letter_is_replaced(journey: Journey) -> None:
    page = journey.applicant
    page.goto(f"/authorisations/{journey.identifier}/acts/")
    journey.look(page, "after-acts-of-holder")
    page.get_by_role("link", name="Lower the ceilings").click()
    page.get_by_label("2026", exact=True).fill("250")
    page.get_by_label("Grounds").fill("Fewer stoves are in use than planned.")
    journey.look(page, "after-reduction-form")
    page.get_by_role("button", name="See what it would do").click()
    journey.look(page, "after-reduction-effect")
    assert apart(_held) == {2026: 600, 2027: 1500}
    page.get_by_role("button", name="Ask the authority for it").click()
    journey.look(page, "after-reduction-undeclared")
    page.get_by_label("I declare that what is said here is true").check()
    page.get_by_role("button", name="Ask the authority for it").click()
    assert "Your request has gone to the authority." in page.get_by_role("status").inner_text()
    journey.reference = page.locator(".over").first.inner_text()
    journey.look(page, "after-reduction-asked")

    desk = journey.office(Function.DESK_OFFICER)
    desk.get_by_role("row", name=journey.reference).get_by_role("link", name="Check completeness").click()
    journey.look(desk, "after-reduction-at-the-desk")
    desk.get_by_role("button", name="Accept for review").click()
    _through_review_to_the_letter(journey)
    assert apart(_held) == {2026: 250, 2027: 1500}
    assert _versions(journey, page) == [journey.number, "–"]


def test_a_revocation_is_noticed_heard_decided_with_its_effect_in_view_and_published(
    journey: Journey,
) -> None:
    desk = journey.office(Function.DESK_OFFICER)
    desk.goto(f"/authorisations/{journey.identifier}/acts/")
    journey.look(desk, "after-acts-of-the-desk")
    desk.get_by_role("link", name=re.compile("^Revoke")).click()
    desk.get_by_label("Grounds").fill("Stoves were counted twice.")
    journey.look(desk, "after-revocation-form")
    desk.get_by_role("button", name="See what it would do").click()
    journey.look(desk, "after-revocation-effect")
    desk.get_by_role("button", name="Open the case").click()
    journey.reference = desk.locator(".over bdi").first.inner_text()
    journey.look(desk, "after-revocation-opened")
    holder = journey.applicant
    holder.goto("/cases/")
    assert journey.reference not in holder.get_by_role("main").inner_text(), "it is only planned"
    desk.locator("#serve_notice").get_by_role("button").click()
    apart(outbox.deliver_due)
    desk.goto("/desk/")
    journey.sign_in_office(desk, Function.DESK_OFFICER)

    holder.goto("/cases/")
    holder.get_by_role("link", name=journey.reference).first.click()
    journey.look(holder, "after-noticed")
    holder.get_by_role("link", name="Answer the notice").click()
    journey.look(holder, "after-hearing")
    holder.get_by_label("What do you say to it?").fill("Only those of two villages were.")
    holder.get_by_role("button", name="Send the answer").click()
    assert "Your answer has gone to the authority." in holder.get_by_role("status").inner_text()
    assert apart(_held) == {2026: 600, 2027: 1500}
    _through_review_to_the_letter(journey)
    assert apart(_held) == {2026: 0, 2027: 0}
    assert _versions(journey, holder) == [journey.number, "–"]
    assert "revoked" in holder.get_by_role("main").inner_text()


def _letters() -> list[str]:
    """The kinds of the letters issued, in their order; left in the folder of pictures where there is one."""
    letters = Letter.objects.exclude(signed_sha256="").order_by("issued_at", "pk")
    for number, letter in enumerate(letters if PICTURES else ()):
        path = Path(PICTURES) / f"breach-{number}-{letter.kind}.pdf"
        path.write_bytes(storage.fetch(letter.signed_sha256))
    return [letter.kind for letter in letters]


def _owed() -> list[str]:
    return [one.state for one in Obligation.objects.order_by("turn")]


def test_a_breach_suspends_once_heard_and_is_made_good_and_the_authorisation_resumed(pages: Pages) -> None:
    journey = _journey(pages, _owing_a_report)
    owed = f"/authorisations/{journey.identifier}/obligations/"
    holder, desk = journey.applicant, journey.office(Function.DESK_OFFICER)
    holder.goto(owed)
    assert "overdue" in holder.get_by_role("main").inner_text()
    journey.look(holder, "after-report-overdue")

    desk.goto(owed)
    desk.get_by_role("link", name="Find a breach").click()
    desk.get_by_label("Reasons").fill("The report of the first half-year has not come.")
    desk.get_by_role("main").get_by_role("button", name="Find a breach").click()
    journey.look(desk, "after-breach-found")
    desk.get_by_role("link", name="Open a suspension").click()
    assert "Report on progress" in desk.get_by_label("Grounds").input_value()
    journey.look(desk, "after-breach-suspending")
    desk.get_by_role("main").get_by_role("button", name="Open a suspension").click()
    journey.reference = desk.locator(".over bdi").first.inner_text()
    journey.look(desk, "after-breach-suspension-opened")
    desk.locator("#serve_notice").get_by_role("button").click()
    apart(outbox.deliver_due)
    desk.goto("/desk/")
    journey.sign_in_office(desk, Function.DESK_OFFICER)

    holder.goto("/cases/")
    holder.get_by_role("link", name=journey.reference).first.click()
    journey.look(holder, "after-breach-noticed")
    holder.get_by_role("link", name="Answer the notice").click()
    holder.get_by_label("What do you say to it?").fill("It comes next week.")
    holder.get_by_role("button", name="Send the answer").click()
    _through_review_to_the_letter(journey)
    holder.goto(owed)
    assert journey.reference in holder.get_by_role("main").inner_text()
    journey.look(holder, "after-breach-suspended")
    _versions(journey, holder)
    assert "suspended" in holder.get_by_role("main").inner_text()

    holder.goto(owed)
    holder.get_by_role("link", name="Hand in evidence").first.click()
    holder.get_by_label("Reference").fill("Report 1 of 30 November")
    holder.get_by_role("main").get_by_role("button", name="Hand in evidence").click()
    desk.goto(owed)
    desk.get_by_role("link", name="Find it met").first.click()
    desk.get_by_label("Reasons").fill("Complete.")
    desk.get_by_role("main").get_by_role("button", name="Find it met").click()
    assert apart(_owed)[0] == "met"
    holder.goto(f"/authorisations/{journey.identifier}/acts/")
    holder.get_by_role("link", name=re.compile("resumed|Resume|resumption")).click()
    holder.get_by_label("Grounds").fill("The report was handed in and found complete.")
    holder.get_by_role("button", name="See what it would do").click()
    holder.get_by_label("I declare that what is said here is true").check()
    holder.get_by_role("button", name="Ask the authority for it").click()
    journey.reference = holder.locator(".over").first.inner_text()
    desk.goto("/desk/")
    desk.get_by_role("row", name=journey.reference).get_by_role("link", name="Check completeness").click()
    desk.get_by_role("button", name="Accept for review").click()
    _through_review_to_the_letter(journey)
    _versions(journey, holder)
    assert "in force" in holder.get_by_role("main").inner_text()
    assert apart(_letters) == ["authorisation", "notice", "suspension", "resumption"]


def _two_in_force() -> People:
    """Two authorisations of one holder; the journey is about the first."""
    here, _there = make.two_staffs()
    first = Authorisation.objects.get(cases=make.granted(here))
    make.granted(here, make.content(activity={"title": "Lamps", "registry_id": "MA-99"}))
    return _with_people(here, first)


def _identifiers() -> list[str]:
    return list(Authorisation.objects.order_by("pk").values_list("identifier", flat=True))


def _address_of_acts_over_many() -> str:
    authority = Authorisation.objects.earliest("pk").authority
    return reverse("acts_over_many", kwargs={"public_id": authority.public_id})


def test_one_act_suspends_many_each_with_a_notice_of_its_own(pages: Pages) -> None:
    journey = _journey(pages, _two_in_force)
    first, second = apart(_identifiers)
    desk = journey.office(Function.DESK_OFFICER)
    desk.goto(apart(_address_of_acts_over_many))
    desk.get_by_label("Suspend", exact=True).check()
    desk.get_by_label("Grounds", exact=True).fill("The law on carbon markets has been replaced.")
    desk.get_by_label("Or these authorisations").fill(f"{first}\n{second}")
    journey.look(desk, "after-many-form")
    desk.get_by_role("button", name="See what it would do").click()
    journey.look(desk, "after-many-effect")
    assert first in desk.get_by_role("main").inner_text()
    desk.get_by_role("button", name="Open 2 cases").click()
    assert "0 of 2 cases are open." in desk.get_by_role("main").inner_text()
    journey.look(desk, "after-many-waiting")
    apart(outbox.deliver_due)
    # The page looks again by itself.
    desk.get_by_text("2 of 2 cases are open.").wait_for()
    journey.look(desk, "after-many-opened")
    desk.locator(".offered").get_by_role("link").first.click()
    journey.reference = desk.locator(".over bdi").first.inner_text()
    desk.locator("#serve_notice").get_by_role("button").click()
    apart(outbox.deliver_due)
    desk.goto("/desk/")
    journey.sign_in_office(desk, Function.DESK_OFFICER)
    holder = journey.applicant
    holder.goto("/cases/")
    holder.get_by_role("link", name=journey.reference).first.click()
    holder.get_by_role("link", name="Answer the notice").click()
    holder.get_by_label("What do you say to it?").fill("Under the new law it would be given again.")
    holder.get_by_role("button", name="Send the answer").click()
    _through_review_to_the_letter(journey)
    _versions(journey, holder)
    assert "suspended" in holder.get_by_role("main").inner_text()
    holder.goto(f"/register/{second}/")
    assert "in force" in holder.get_by_role("main").inner_text(), "the other has its own way to go"
