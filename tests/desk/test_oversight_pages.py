"""A made-up country: what its lists say of an application, seen by whoever applies and by the officer."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.services import applications
from authorisation.services.procedures import load_procedure
from desk.procedures.selectors import page
from tests.authorisation.procedure_files import LISTS, SMALL
from tests.desk import cases as make
from tests.desk.browser import signed_in
from workflow.actors import SYSTEM, Person
from workflow.clock import RealClock
from workflow.door import Act

pytestmark = pytest.mark.django_db

CONTENT = {
    "ndc_period": {"from": 2021, "to": 2030},
    "activity": {
        "title": "A dam in the hills",
        "standard": "CAR",
        "sector": "Transportation",
        "activity_type": "Hydro",
        "ghgs": ["CO2", "SF6"],
    },
    "entities": [{"name": "Forests Ltd", "country": "VUT", "identification": "C-2", "roles": ["applicant"]}],
    "request": {"volumes_tco2e": {"2026": 10001}},
}
# Each with the tag that it bears.
SAID = {
    "stands on the negative list “Reserved for the country”, as “Hydropower above 5 MW”": "blocks",
    "The activity stands on no positive list in force on": "blocks",
    "The standard “CAR” is not among those that are eligible": "blocks",
    "The sector “Transportation” lies outside “First contribution”": "warns",
    "Gases outside “First contribution”: SF6.": "warns",
    "more than there is (check N8)": "blocks",
}


@pytest.fixture
def world() -> make.World:
    world = make.world()
    # Pages run on the clock of the day on which the tests do, so no entry may end.
    text = f"{SMALL}\n{LISTS}".replace("until = 2026-12-31\n", "").replace("until = 2027-12-31\n", "")
    load_procedure(text.encode(), name="vut.toml", actor=SYSTEM, clock=RealClock())
    return world


def drafted(world: make.World) -> Case:
    act = Act(actor=Person(user=world.member_of_forests, organisation=world.forests), clock=make.clock())
    case = applications.open_case(
        act=act, authority=world.there, kind=Kind.NO_OBJECTION, applicant=world.forests, content=CONTENT
    )
    assert case.procedure_version == "VUT/2026-1"
    return case


def shown(person: User, name: str, case: Case) -> str:
    response = signed_in(person).get(reverse(name, kwargs={"public_id": case.public_id}))
    assert response.status_code == 200
    return response.content.decode()


def tagged(text: str) -> dict[str, str]:
    """The items of the list of findings, each with what its tag says of it."""
    (listed,) = (part.split("</ul>")[0] for part in text.split('<ul class="findings">')[1:])
    items = listed.split("<li>")[1:]
    return {
        one: "blocks" if "tag-blocks" in one else "warns" if "tag-warns" in one else "tells" for one in items
    }


def test_applicant_and_officer_are_told_the_same_each_on_their_page(world: make.World) -> None:
    case = drafted(world)
    early = tagged(shown(world.member_of_forests, "application_check", case))
    act = Act(actor=Person(user=world.member_of_forests, organisation=world.forests), clock=make.clock())
    # A list that binds keeps nobody from submitting.
    case = applications.submit(case, act=act, declared=True)
    assert (case.state, case.submitted_on) == ("submitted", date(2026, 3, 2))
    later = tagged(shown(world.officer_there, "casework", case))
    on_case = tagged(shown(world.officer_there, "case", case))
    for told in (early, later, on_case):
        for sentence, tag in SAID.items():
            assert [given for item, given in told.items() if sentence in item] == [tag], sentence
    assert all("would block a decision" in item for item, tag in early.items() if tag == "blocks")
    assert any("Made-up Act, third schedule" in item for item in later)
    assert any("Decision 2/CMA.3, annex, paragraph 14; Made-up Act" in item for item in later)


def test_who_is_on_the_automatic_list_is_told_so_and_nothing_is_asked(world: make.World) -> None:
    case = drafted(world)
    act = Act(actor=Person(user=world.member_of_forests, organisation=world.forests), clock=make.clock())
    stoves = {
        "title": "Stoves",
        "sector": "Energy generation",
        "activity_type": "Energy Efficiency households",
    }
    applications.save_application(case, act=act, content={**CONTENT, "activity": stoves})
    case.refresh_from_db()
    told = tagged(shown(world.member_of_forests, "application_check", case))
    assert [tag for item, tag in told.items() if "its additionality is deemed" in item] == ["tells"]


def test_the_page_of_the_procedure_shows_lists_and_contribution_as_tables(
    client: Client, world: make.World
) -> None:
    text = client.get(reverse("procedure", kwargs={"version": "VUT/2026-1"})).content.decode()
    for told in (
        "Priority activities",
        "Hydropower above 5 MW",
        "Made-up Act, third schedule",
        "Gold Standard",
        "AMS-II.G",
        "First contribution",
        "Half of all power from the sun",
        "the inventory covers it",
    ):
        assert told in text, told
    assert page("VUT/2026-1", language="en") is not None


def test_a_list_that_was_not_read_says_so_on_the_page(client: Client) -> None:
    text = client.get(reverse("procedure", kwargs={"version": "GHA/2022-1"})).content.decode()
    assert "Eligible activities (Schedule 4)" in text
    assert "Not all entries are held here" in text
    text = client.get(reverse("procedure", kwargs={"version": "default/1"})).content.decode()
    assert "National oversight" not in text
