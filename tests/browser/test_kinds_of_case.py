"""Every kind of case that asks for something, in a browser, from the applicant's draft to the issued letter.

What the applicant writes is proved, section by section, by the whole way (`test_whole_way`); here each kind
begins with a draft that is written, and is then taken through the pages by everybody whom it concerns.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core import mail
from playwright.sync_api import Page

from accounts.models import Function
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.procedures import BUILT_IN, SHIPPED
from authorisation.procedures.shape import OfficeRule
from letters.models import Letter
from tests.authorisation import factories as make
from tests.browser.driving import DESK, TELEPHONE, Pages, apart, arrived, fits, picture, shows, sign_in
from tests.browser.journey import Journey, Somebody
from tests.desk.cases import PASSWORD, with_password

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Of each kind the letter that grants it.
GRANTED_BY = {
    Kind.INTENT: "intent",
    Kind.NO_OBJECTION: "no_objection",
    Kind.APPROACH: "authorisation_of_approach",
    Kind.ENTITIES: "authorisation_of_entities",
    Kind.OUTCOMES: "authorisation",
    Kind.ACKNOWLEDGEMENT: "acknowledgement",
}


def _everybody(
    prepare: Callable[[make.Staff], Case],
) -> tuple[str, Somebody, dict[Function, Somebody]]:
    """A case of the first of two authorities; its applicant, and whoever holds the offices."""
    here, _there = make.two_staffs()
    case = prepare(here)
    holders = {function: person for function, (_office, person) in here.offices.items()}
    offices = {
        function: Somebody(with_password(person).email, PASSWORD) for function, person in holders.items()
    }
    return case.reference, Somebody(with_password(here.applicant).email, PASSWORD), offices


def _journey(pages: Pages, prepare: Callable[[make.Staff], Case], name: str) -> Journey:
    mail.outbox.clear()
    reference, applicant, offices = apart(lambda: _everybody(prepare))

    def look(page: Page, what: str) -> None:
        assert arrived(page).get_by_role("heading", level=1).count() == 1, what
        picture(page, f"kind-{name}-{what}")
        page.set_viewport_size({"width": TELEPHONE, "height": 800})
        assert fits(page), what
        page.set_viewport_size({"width": DESK, "height": 800})

    journey = Journey(
        authority="Authority of GHA",
        offices=offices,
        page_of=pages.open,
        look=look,
        developer=applicant,
        reference=reference,
    )
    sign_in(journey.applicant, applicant.email)
    return journey


def _submit(journey: Journey) -> None:
    page = journey.applicant
    page.goto("/cases/")
    page.get_by_role("row", name=journey.reference).get_by_role("link").first.click()
    page.get_by_role("link", name="Continue the application").click()
    journey.look(page, "tasks")
    page.get_by_role("link", name="Check your answers").click()
    page.get_by_label("I declare for").check()
    page.get_by_role("button", name="Submit").click()
    assert "submitted" in page.get_by_role("status").inner_text()


def _accept(journey: Journey) -> None:
    desk = journey.office(Function.DESK_OFFICER)
    desk.get_by_role("row", name=journey.reference).get_by_role("link", name="Check completeness").click()
    journey.look(desk, "completeness")
    desk.get_by_role("button", name="Accept for review").click()


def _last_letter(reference: str) -> Letter:
    return Letter.objects.filter(case__reference=reference).latest("pk")


@pytest.mark.parametrize("kind", GRANTED_BY)
def test_each_kind_goes_from_its_draft_to_its_letter(pages: Pages, kind: Kind) -> None:
    journey = _journey(pages, lambda here: make.drafted(here, kind=kind), kind.value)
    _submit(journey)
    _accept(journey)
    journey.give_opinion()
    journey.recommend()
    journey.decide()
    journey.sign()
    letter = apart(lambda: _last_letter(journey.reference))
    assert (letter.kind, letter.state) == (GRANTED_BY[kind], "issued")
    assert apart(lambda: Case.objects.get(reference=journey.reference).state) == "granted"
    anybody = pages.open()
    anybody.goto(f"/check/{letter.code}/")
    journey.look(anybody, "checked")
    assert letter.number in anybody.get_by_role("main").inner_text()


def test_an_appeal_is_decided_by_others_than_the_decision(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = replace(
        BUILT_IN.handling[Kind.APPEAL], bodies=(), deciding=OfficeRule(function=Function.DIRECTOR)
    )
    terms = replace(BUILT_IN, version="test/appeals", handling={**BUILT_IN.handling, Kind.APPEAL: heard})
    monkeypatch.setattr("authorisation.procedures.SHIPPED", {**SHIPPED, terms.version: terms})
    monkeypatch.setattr("authorisation.services.applications.procedure_for", lambda authority, on: terms)
    monkeypatch.setattr(
        "authorisation.services.appeals.procedure_for", lambda authority, on: terms, raising=False
    )
    journey = _journey(pages, make.refused, "appeal")
    page = journey.applicant
    page.goto("/cases/")
    page.get_by_role("row", name=journey.reference).get_by_role("link").first.click()
    page.get_by_role("link", name="Appeal against the decision").click()
    journey.look(page, "grounds")
    page.get_by_label("What is wrong with the decision?").fill("The stoves last longer than was said.")
    page.get_by_role("button", name="Open the appeal").click()
    appeal = apart(lambda: Case.objects.get(kind=Kind.APPEAL))
    journey.reference = appeal.reference
    _submit(journey)
    _accept(journey)
    journey.recommend()
    director = journey.office(Function.DIRECTOR)
    director.goto(f"/desk/cases/{appeal.public_id}/decision/")
    journey.look(director, "decision")
    director.locator("#approve").get_by_role("button", name="Approve").click()
    if shows(director, "Code"):
        journey.prove(director, Function.DIRECTOR)
    assert apart(lambda: Case.objects.get(pk=appeal.pk).state) == "letter_due"
    decider = journey.office(Function.DECIDER)
    decider.goto(f"/desk/cases/{appeal.public_id}/decision/")
    assert not arrived(decider).locator("#approve").get_by_role("button", name="Approve").count()
