"""The applicant's journey: opening, writing in any order, checking, submitting, answering, giving up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Function, User
from accounts.services import create_membership, give_mandate, revoke_mandate
from audit.models import Event
from authorisation.kinds import Kind
from authorisation.models import Application, Case
from authorisation.services import applications, desk
from desk.applications.sections import SECTIONS
from desk.applications.urls import urlpatterns
from tests.accounts import factories
from tests.desk import cases as make
from tests.desk.filling import fill_in, form_on
from tests.workflow.tables import changed, everything
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

if TYPE_CHECKING:
    from tests.desk.filling import Answer

pytestmark = pytest.mark.django_db

NAMES = [section.name for section in SECTIONS]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(page: str, case: Case, **more: str) -> str:
    return reverse(page, kwargs={"public_id": case.public_id, **more})


def section_of(case: Case, name: str) -> str:
    return address("application_section", case, name=name)


def written(case: Case) -> Mapping[str, Any]:
    content: Mapping[str, Any] = Application.objects.get(case=case).content
    return content


def text(response: Answer) -> str:
    return response.content.decode()


def officer_of(world: make.World) -> Person:
    return Person(user=world.officer, office=world.officer.tenures.get().office)


def returned(case: Case, world: make.World) -> Case:
    act = Act(actor=officer_of(world), clock=RealClock())
    return desk.return_for_completion(Case.objects.get(pk=case.pk), act=act)


# What somebody types into each section who does everything right.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "activity": {
        "activity__title": "Efficient stoves",
        "activity__scale": "project",
        "activity__standard": "Gold Standard",
        "activity__methodology": "TPDDTEC 4.0",
        "activity__sector": "Energy generation",
        "activity__activity_type": "Energy Efficiency households",
        "activity__metric": "GHG",
        "activity__gwp": "AR5 100-year",
        "activity__crediting_period__from_day": "1",
        "activity__crediting_period__from_month": "1",
        "activity__crediting_period__from_year": "2024",
        "activity__crediting_period__to_day": "31",
        "activity__crediting_period__to_month": "12",
        "activity__crediting_period__to_year": "2030",
    },
    "expected-mitigation": {
        "activity__expected_tco2e-0-year": "2024",
        "activity__expected_tco2e-0-tonnes": "12 000",
        "activity__expected_tco2e-1-year": "2025",
        "activity__expected_tco2e-1-tonnes": "30000",
    },
    "cooperative-approach": {
        "cooperative_approach__name": "Kenya – Switzerland",
        "cooperative_approach__parties-0-code": "KEN",
    },
    "entities": {"entities-0-roles": ["applicant", "seller"]},
    "uses": {"request__uses": ["NDC"]},
    "volumes": {
        "request__volumes_tco2e-0-year": "2024",
        "request__volumes_tco2e-0-tonnes": "10000",
    },
    "periods": {
        "request__outcomes_occur__from_day": "1",
        "request__outcomes_occur__from_month": "1",
        "request__outcomes_occur__from_year": "2024",
        "request__outcomes_occur__to_day": "31",
        "request__outcomes_occur__to_month": "12",
        "request__outcomes_occur__to_year": "2030",
        "request__last_use_on_day": "31",
        "request__last_use_on_month": "12",
        "request__last_use_on_year": "2032",
        "ndc_period__from": "2021",
        "ndc_period__to": "2030",
    },
    "terms": {
        "request__tracking_registry": "Registry of Kenya",
        "request__change_terms": "Only before first transfer.",
    },
}


def opened(client: Client, world: make.World, **asked: str) -> Case:
    before = set(Case.objects.values_list("pk", flat=True))
    response = client.post(
        reverse("new_application"),
        {
            "authority": str(world.here.public_id),
            "organisation": str(world.stoves.public_id),
            "kind": "consolidated",
            "title": "Stoves",
            **asked,
        },
    )
    assert response.status_code == 302, text(response)
    return Case.objects.exclude(pk__in=before).get()


def submitted_by(client: Client, case: Case, **sent: Any) -> Answer:
    return fill_in(client, address("application_check", case), declared="yes", **sent)


# -- the whole way -----------------------------------------------------------------------------------


def test_from_a_new_application_to_an_answer_everything_goes_through_the_pages() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    # In any order: the last section first.
    for name in reversed(NAMES):
        if name != "terms":
            response = fill_in(client, section_of(case, name), **ANSWERS[name])
            assert response["Location"] == address("application", case), name

    page = text(client.get(address("application", case)))
    assert page.count("status-complete") == len(NAMES) - 1
    # The terms, and the supporting documents, of which none is asked for.
    assert page.count("status-not-started") == 2
    check = text(client.get(address("application_check", case)))
    assert "Name the registry in which the outcomes are tracked." in check
    assert "12\N{NARROW NO-BREAK SPACE}000 t CO₂ eq" in check
    assert submitted_by(client, case)["Location"] == address("case", case)
    assert Case.objects.get().state == "submitted"

    case = returned(case, world)
    answering = address("application_answer", case)
    assert "Name the registry in which the outcomes are tracked." in text(client.get(answering))
    # One item is given in the application, the other is answered in words.
    fill_in(client, section_of(case, "terms"), request__tracking_registry="Registry of Kenya")
    questions = [question.path for question in case.questions.all()]
    words = {
        f"answer-{number}": "" if path == "request.tracking_registry" else "The law says so already."
        for number, path in enumerate(questions, start=1)
    }
    response = fill_in(client, answering, send="yes", **words)

    assert response["Location"] == address("case", case)
    case.refresh_from_db()
    assert case.state == "submitted"
    assert case.versions.count() == 2
    assert {question.answer for question in case.questions.all()} == {"", "The law says so already."}
    assert '"tracking_registry":"Registry of Kenya"' in case.versions.latest("number").content
    assert "answers" not in case.versions.latest("number").content


def test_a_new_application_begins_with_what_is_known_already() -> None:
    world = make.world()

    case = opened(signed_in(world.member), world, title="Efficient stoves")

    assert case.state == "draft"
    assert (case.authority, case.applicant, case.kind) == (world.here, world.stoves, "consolidated")
    assert written(case)["activity"] == {"title": "Efficient stoves"}
    assert written(case)["entities"][0]["name"] == "Stoves Ltd"
    assert written(case)["cooperative_approach"] == {"parties": ["KEN"]}


def test_a_new_application_that_says_too_little_opens_nothing_and_says_what_to_choose() -> None:
    world = make.world()
    client = signed_in(world.member)
    before = everything()

    response = client.post(reverse("new_application"), {"title": "Stoves", "kind": "appeal"})

    assert response.status_code == 422
    page = text(response)
    assert 'href="#id_authority"' in page
    assert "This authority does not offer that." in page
    assert 'value="Stoves"' in page
    assert changed(before, everything()) == {}


def test_an_organisation_that_the_authority_has_not_accepted_is_told_so() -> None:
    world = make.world()
    newcomers = factories.organisation("Newcomers", identification="C-9")
    create_membership(newcomers, person=world.member, starts_on=make.FROM, actor="system", at=make.AT)
    client = signed_in(world.member)
    before = everything()

    response = client.post(
        reverse("new_application"),
        {
            "authority": str(world.here.public_id),
            "organisation": str(newcomers.public_id),
            "kind": "consolidated",
            "title": "Stoves",
        },
    )

    assert response.status_code == 403
    assert "Newcomers has not been accepted by this authority yet." in text(response)
    assert changed(before, everything()) == {}


def test_nobody_applies_for_an_organisation_that_is_not_theirs() -> None:
    world = make.world()
    for person in (world.member_of_forests, world.officer, world.stranger):
        client = signed_in(person)
        before = everything()
        response = client.post(
            reverse("new_application"),
            {
                "authority": str(world.here.public_id),
                "organisation": str(world.stoves.public_id),
                "kind": "consolidated",
                "title": "Stoves",
            },
        )
        assert response.status_code == 422, person.name
        assert changed(before, everything()) == {}


def test_a_consultant_applies_under_a_mandate_and_no_longer_once_it_is_revoked() -> None:
    world = make.world()
    mandate = give_mandate(
        world.stoves, mandatary=world.forests, starts_on=make.AT.date(), by=world.member, at=make.AT
    )
    consultant = signed_in(world.member_of_forests)

    case = opened(consultant, world)
    response = fill_in(consultant, section_of(case, "terms"), **ANSWERS["terms"])

    assert response.status_code == 302
    assert written(case)["request"]["tracking_registry"] == "Registry of Kenya"
    here = section_of(case, "terms")
    form = form_on(consultant.get(here), here) | {"request__tracking_registry": ["Another"]}
    revoke_mandate(mandate, by=world.member, at=make.AT)
    before = everything()
    assert consultant.post(here, form).status_code == 404
    assert changed(before, everything()) == {}


# -- saved as typed ----------------------------------------------------------------------------------

MALFORMED: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "activity": (
        {
            "activity__crediting_period__from_day": "31",
            "activity__crediting_period__from_month": "Feb",
            "activity__crediting_period__from_year": "2024",
        },
        "“31 Feb 2024” is no date",
    ),
    "expected-mitigation": (
        {"activity__expected_tco2e-0-year": "2024", "activity__expected_tco2e-0-tonnes": "12.000,5"},
        "“12.000,5” is no whole number of tonnes",
    ),
    "cooperative-approach": (
        {"cooperative_approach__ca_id": "CA-1"},
        "“CA-1” is no identifier of a cooperative approach",
    ),
    "entities": ({"entities-0-country": "ZZZ"}, "“ZZZ” is no country: choose one from the list."),
    "uses": ({"request__uses": ["Flights"]}, "“Flights” is no use"),
    "volumes": (
        {"request__volumes_tco2e-0-year": "2o24", "request__volumes_tco2e-0-tonnes": "5"},
        "“2o24” is no vintage",
    ),
    "periods": (
        {
            "request__last_use_on_day": "",
            "request__last_use_on_month": "13",
            "request__last_use_on_year": "2030",
        },
        "“13 2030” is no date",
    ),
    "terms": ({"request__tracking_registry": "x" * 301}, "is too long: 301 characters"),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_malformed_is_saved_shown_again_as_typed_and_explained(name: str) -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    typed, sentence = MALFORMED[name]
    here = section_of(case, name)

    response = fill_in(client, here, **typed)

    assert response["Location"] == here, "the page comes back, by a redirect"
    # Signed out, and in again another day.
    page = signed_in(world.member).get(here)
    again = form_on(page, here)
    for field, value in typed.items():
        assert again[field] == (value if isinstance(value, list) else [value]), field
    assert text(page).count(sentence) == 2, "in the summary, and beside the field"
    assert "<title>Error:" in text(page)
    assert "What you wrote is saved." in text(page)
    assert "status-problem" in text(client.get(address("application", case)))
    assert sentence in text(client.get(address("application_check", case)))


@pytest.mark.parametrize("name", NAMES)
def test_the_summary_of_errors_leads_to_a_field_that_is_there(name: str) -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    fill_in(client, section_of(case, name), **MALFORMED[name][0])

    page = text(client.get(section_of(case, name)))

    anchor = page.partition('<li><a href="#')[2].partition('"')[0]
    assert f'id="{anchor}"' in page


@pytest.mark.parametrize("name", NAMES)
def test_a_section_sent_untouched_changes_nothing(name: str) -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    for each in NAMES:
        fill_in(client, section_of(case, each), **ANSWERS[each])
    before = written(case)

    fill_in(client, section_of(case, name))

    assert written(case) == before


def test_a_section_changes_nothing_of_another_even_where_its_form_came_torn() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    for name in NAMES:
        fill_in(client, section_of(case, name), **ANSWERS[name])
    before = written(case)

    client.post(
        section_of(case, "terms"), {"request__tracking_registry": "Other", "activity__title": "Other"}
    )

    assert written(case) == before, "a form that does not say what it asked writes nothing"


def test_two_people_who_write_different_sections_at_once_lose_nothing() -> None:
    world = make.world()
    case = opened(signed_in(world.member), world)
    act = Act(actor=Person(user=world.member, organisation=world.stoves), clock=RealClock())
    one, other = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)

    assert one.application.content == other.application.content
    # What the second writes is there before the first reads: each change is made to what stands then.
    applications.change_application(other, act=act, change=lambda now: {**now, "ndc_period": {"from": 2021}})
    applications.change_application(one, act=act, change=lambda now: {**now, "blocks": []})

    assert written(case)["ndc_period"] == {"from": 2021}
    assert written(case)["blocks"] == []


def test_a_form_saves_itself_while_somebody_writes_and_takes_nothing_out() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "uses")
    fill_in(client, here, request__uses=["IMP"])
    fill_in(client, here, request__oimp__imp="CORSIA")
    sent = form_on(client.get(here), here) | {"request__uses": ["NDC"]}

    response = client.post(here, sent, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "<html" not in text(response)
    assert written(case)["request"]["uses"] == ["NDC"]
    assert written(case)["request"]["oimp"] == {"imp": ["CORSIA"]}, "only a person's own saving takes out"


def test_what_was_typed_comes_back_where_the_application_cannot_be_changed_any_more() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "terms")
    form = form_on(client.get(here), here) | {"request__tracking_registry": ["Typed too late"]}
    client.get(submitted_by(client, case)["Location"])
    before = everything()

    response = client.post(here, form)

    assert response.status_code == 409
    assert 'value="Typed too late"' in text(response)
    assert "The application cannot be changed now: it is with the authority." in text(response)
    assert "What you wrote below is not saved." in text(response)
    assert changed(before, everything()) == {}


# -- what applies, and rows that grow ----------------------------------------------------------------


def test_purposes_and_first_transfer_are_asked_for_only_where_the_uses_ask_for_them() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "uses")
    assert "request__oimp" not in text(client.get(here))

    response = fill_in(client, here, request__uses=["NDC", "IMP"])

    assert response["Location"] == here
    page = text(client.get(here))
    assert "there is more to answer below" in page
    assert 'name="request__oimp__imp"' in page
    assert 'name="request__first_transfer_definition"' in page
    assert 'name="request__oimp__op"' not in page


def test_what_is_not_asked_for_any_more_is_taken_out_with_a_word() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "uses")
    fill_in(client, here, request__uses=["NDC", "IMP"])
    fill_in(client, here, request__oimp__imp="CORSIA", request__first_transfer_definition="Issuance")

    response = fill_in(client, here, request__uses=["NDC"])

    assert written(case)["request"] == {"kind": "consolidated", "uses": ["NDC"]}
    told = text(client.get(response["Location"]))
    assert "“International mitigation purposes (IMP)” is not asked for these uses" in told
    assert "“When are outcomes for these purposes first transferred?” is not asked" in told


def test_rows_grow_and_shrink_without_javascript_and_keep_what_was_typed() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "entities")

    grown = fill_in(client, here, more="entities", **{"entities-0-name": "Stoves Limited"})
    assert grown.status_code == 302
    sent = form_on(client.get(grown["Location"]), here)
    assert sent["entities-0-name"] == ["Stoves Limited"]
    assert sent["entities-1-name"] == [""]
    sent |= {"entities-1-name": ["Buyers AG"], "entities-1-country": ["CHE"], "entities-1-roles": ["user"]}
    client.post(here, sent)
    assert [entity["name"] for entity in written(case)["entities"]] == ["Stoves Limited", "Buyers AG"]

    fill_in(client, here, remove="entities-0", **{"entities-1-name": "Buyers SA"})
    assert [entity["name"] for entity in written(case)["entities"]] == ["Buyers SA"]


def test_a_year_typed_twice_is_kept_twice_until_one_is_corrected() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "expected-mitigation")
    name = "activity__expected_tco2e"
    typed = {
        f"{name}-0-year": "2025",
        f"{name}-0-tonnes": "1",
        f"{name}-1-year": "2025",
        f"{name}-1-tonnes": "2",
    }

    fill_in(client, here, **typed)

    page = client.get(here)
    assert "The year 2025 stands here more than once" in text(page)
    assert {field: form_on(page, here)[field] for field in typed} == {f: [v] for f, v in typed.items()}
    fill_in(client, here, **{f"{name}-1-year": "2026"})
    assert written(case)["activity"]["expected_tco2e"] == {"2025": 1, "2026": 2}


# -- checking and submitting -------------------------------------------------------------------------


def test_the_page_to_check_says_what_is_missing_and_what_the_rules_say_and_still_lets_submit() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    for name in ("expected-mitigation", "uses"):
        fill_in(client, section_of(case, name), **ANSWERS[name])
    volumes = {"request__volumes_tco2e-0-year": "2024", "request__volumes_tco2e-0-tonnes": "99000"}
    fill_in(client, section_of(case, "volumes"), **volumes)

    page = text(client.get(address("application_check", case)))

    assert "would block a decision" in page
    narrow = "\N{NARROW NO-BREAK SPACE}"
    assert f"99{narrow}000 t of vintage 2024 are more than the 12{narrow}000 t" in page
    assert "Lower the volume of this vintage" in page
    assert f"{section_of(case, 'periods')}?from=check" in page
    assert submitted_by(client, case).status_code == 302


def test_from_the_page_to_check_one_comes_back_to_it() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = section_of(case, "terms")
    sent = form_on(client.get(f"{here}?from=check"), here) | {"request__tracking_registry": ["R"]}

    assert client.post(here, sent)["Location"] == address("application_check", case)


def test_without_the_declaration_nothing_is_submitted_and_the_page_says_why() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = address("application_check", case)

    response = fill_in(client, here)

    assert response.status_code == 422
    assert '<a href="#declared">The declaration that the application is true' in text(response)
    assert "Make the declaration." in text(response)
    assert Case.objects.get().state == "draft"
    assert not case.versions.exists()


def test_every_reason_against_submitting_is_named_at_once() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    fill_in(client, section_of(case, "activity"), activity__title="")
    fill_in(
        client, section_of(case, "entities"), **{"entities-0-name": "", "entities-0-roles": ["applicant"]}
    )

    page = text(fill_in(client, address("application_check", case)))

    assert "The application does not name the applicant." in page
    assert "The application does not name the activity." in page
    assert "The declaration that the application is true and complete was not made." in page
    assert Case.objects.get().state == "draft"


def test_what_is_malformed_is_not_submitted_and_every_place_is_named() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    for name in ("periods", "volumes"):
        fill_in(client, section_of(case, name), **MALFORMED[name][0])
    client.get(address("application", case))
    before = everything()

    response = submitted_by(client, case)

    assert response.status_code == 422
    assert "“13 2030” is no date" in text(response)
    assert "“2o24” is no vintage" in text(response)
    assert changed(before, everything()) == {}


def test_pressing_submit_twice_submits_once() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = address("application_check", case)
    sent = form_on(client.get(here), here) | {"declared": ["yes"]}

    assert [client.post(here, sent).status_code for _time in range(2)] == [302, 302]

    assert Event.objects.filter(stream=case.trail_stream, action="submit").count() == 1
    assert case.versions.count() == 1


def test_whoever_saw_an_older_case_is_told_what_changed() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = address("application_check", case)
    sent = form_on(client.get(here), here) | {"declared": ["yes"]}

    for seen in ("7", "nonsense", ""):
        assert client.post(here, {**sent, "seen": seen}).status_code == 409, seen
    assert Case.objects.get().state == "draft"


def test_an_application_that_is_with_the_authority_leads_to_the_page_of_its_case() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    submitted_by(client, case)

    for name in ("application", "application_check", "application_answer"):
        assert client.get(address(name, case))["Location"] == address("case", case), name
    assert client.get(section_of(case, "terms"))["Location"] == address("case", case)


# -- answering, and giving up ------------------------------------------------------------------------


def test_answers_can_be_kept_and_sent_another_day() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    submitted_by(client, case)
    case = returned(case, world)
    here = address("application_answer", case)

    kept = fill_in(client, here, save="yes", **{"answer-1": "Half an ans"})

    assert kept["Location"] == here
    assert "Half an ans" in text(signed_in(world.member).get(here))
    assert Case.objects.get().state == "with_applicant"
    assert not case.questions.exclude(answer="").exists()


def test_unanswered_questions_are_named_and_what_was_written_stays() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    submitted_by(client, case)
    case = returned(case, world)

    response = fill_in(client, address("application_answer", case), send="yes", **{"answer-2": "Because."})

    assert response.status_code == 422
    page = text(response)
    assert 'href="#answer-1"' in page
    assert 'href="#answer-2"' not in page
    assert ">Because.</textarea>" in page
    assert Case.objects.get().state == "with_applicant"


def test_an_application_is_given_up_only_after_being_asked_once_more() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)
    here = address("application_withdraw", case)
    before = everything()
    assert "Do you want to withdraw" in text(client.get(here))
    assert changed(before, everything()) == {}

    response = fill_in(client, here, reason="The plan changed.")

    assert response["Location"] == address("case", case)
    assert Case.objects.get().state == "withdrawn"
    assert Event.objects.get(stream=case.trail_stream, action="withdraw").reason == "The plan changed."
    again = client.post(here, {"key": str(uuid4()), "seen": "1"})
    assert again.status_code == 409


# -- the list, and the page of a case ----------------------------------------------------------------


def test_the_list_says_what_needs_the_applicant_and_where_to_go_on() -> None:
    world = make.world()
    client = signed_in(world.member)
    drafted, handed_in, asked = (opened(client, world, title=title) for title in ("One", "Two", "Three"))
    for case in (handed_in, asked):
        submitted_by(client, case)
    returned(asked, world)

    page = text(client.get(reverse("cases")))

    assert page.count("Needs you") == 2
    assert f'href="{address("application", drafted)}"' in page
    assert f'href="{address("application_answer", asked)}"' in page
    assert address("application_answer", handed_in) not in page
    assert reverse("new_application") in page
    of_the_officer = text(signed_in(world.officer).get(reverse("cases")))
    assert "Needs you" not in of_the_officer
    assert reverse("new_application") not in of_the_officer


def test_the_page_of_a_case_offers_the_applicant_what_they_may_do_now_and_others_nothing() -> None:
    world = make.world()
    client = signed_in(world.member)
    case = opened(client, world)

    def offered(person: User) -> set[str]:
        page = text(signed_in(person).get(address("case", case)))
        names = ("application", "application_answer", "application_withdraw")
        return {name for name in names if f'href="{address(name, case)}"' in page}

    assert offered(world.member) == {"application", "application_withdraw"}
    assert offered(world.officer) == set()
    submitted_by(client, case)
    assert offered(world.member) == {"application_withdraw"}
    returned(case, world)
    assert offered(world.member) == {"application_answer", "application_withdraw"}


# -- who may -----------------------------------------------------------------------------------------

# The matrix over all addresses asks the same of each; here it is asked in every state that they serve in.
IN_BOTH_STATES = pytest.mark.parametrize(
    "state", [pytest.param(state, marks=pytest.mark.proof) for state in ("draft", "with_applicant")]
)
STRANGERS: Mapping[str, Callable[[make.World], User]] = {
    "a member of another organisation": lambda world: world.member_of_forests,
    "an officer of another authority": lambda world: world.officer_there,
    "somebody who belongs nowhere": lambda world: world.stranger,
}


def _addresses(case: Case) -> list[str]:
    """Every address of the journey that is about a case, every section of it too."""
    found = []
    for pattern in urlpatterns:
        if "public_id" in pattern.pattern.converters and "document" not in pattern.pattern.converters:
            several = NAMES if "name" in pattern.pattern.converters else [""]
            found += [
                address(str(pattern.name), case, **({"name": name} if name else {})) for name in several
            ]
    return found


def _in_state(state: str, world: make.World) -> Case:
    client = signed_in(world.member)
    case = opened(client, world)
    if state != "draft":
        submitted_by(client, case)
    return returned(case, world) if state == "with_applicant" else case


@IN_BOTH_STATES
def test_every_page_is_for_the_applicants_own_people(state: str) -> None:
    world = make.world()
    case = _in_state(state, world)
    colleague = make.with_password(factories.person("colleague@example.org", name="Colleague"))
    create_membership(world.stoves, person=colleague, starts_on=make.FROM, actor="system", at=make.AT)

    for person in (world.member, colleague):
        client = signed_in(person)
        opens = {where for where in _addresses(case) if client.get(where).status_code == 200}
        shut = {where for where in _addresses(case) if where not in opens}
        # Nothing is asked of a draft, and there is no notice to answer.
        later = {address("application_answer", case), address("application_hearing", case)}
        assert shut == (later if state == "draft" else set()), person.name


@pytest.mark.parametrize("who", STRANGERS)
@IN_BOTH_STATES
def test_to_strangers_no_page_is_there_and_nothing_they_send_changes_anything(state: str, who: str) -> None:
    world = make.world()
    case = _in_state(state, world)
    client = signed_in(STRANGERS[who](world))
    forms = _sent_by_the_applicant(case, world)
    before = everything()

    for where in _addresses(case):
        assert client.get(where).status_code == 404, where
        assert client.post(where, forms.get(where, {})).status_code in (404, 405), where
    assert changed(before, everything()) == {}


@IN_BOTH_STATES
def test_the_authority_sees_the_case_and_writes_nothing_into_the_application(state: str) -> None:
    world = make.world()
    case = _in_state(state, world)
    client = signed_in(world.officer)
    forms = _sent_by_the_applicant(case, world)
    before = everything()

    for where in _addresses(case):
        assert client.get(where).status_code == 403, where
        assert client.post(where, forms.get(where, {})).status_code in (403, 405), where
    assert changed(before, everything()) == {}


@IN_BOTH_STATES
def test_who_has_not_signed_in_is_led_to_the_sign_in(state: str) -> None:
    world = make.world()
    case = _in_state(state, world)
    forms = _sent_by_the_applicant(case, world)
    before = everything()

    for where in [*_addresses(case), reverse("new_application")]:
        for response in (Client().get(where), Client().post(where, forms.get(where, {}))):
            assert response.status_code == 302, where
            assert response["Location"].startswith("/sign-in/"), where
    # What the forms held waits in the sessions of these browsers until their person has signed in.
    assert set(changed(before, everything())) <= {"sessions.Session"}


def test_an_organisation_that_the_authority_has_not_accepted_sees_its_case_and_writes_nothing() -> None:
    world = make.world()
    newcomers = factories.organisation("Newcomers", identification="C-9")
    create_membership(newcomers, person=world.stranger, starts_on=make.FROM, actor="system", at=make.AT)
    case = applications.open_case(
        act=Act(actor=officer_of(world), clock=RealClock()),
        authority=world.here,
        kind=Kind.CONSOLIDATED,
        applicant=newcomers,
        content={"activity": {"title": "On paper"}},
    )
    client = signed_in(world.stranger)
    before = everything()

    assert client.get(address("case", case)).status_code == 200
    for where in _addresses(case):
        assert client.get(where).status_code == 403, where
        assert client.post(where, {"declared": "yes"}).status_code in (403, 405), where
    assert changed(before, everything()) == {}


def test_who_left_the_organisation_writes_no_more() -> None:
    world = make.world()
    case = _in_state("draft", world)
    forms = _sent_by_the_applicant(case, world)
    membership = world.member.memberships.get()
    type(membership).objects.filter(pk=membership.pk).update(ends_on=make.AT.date() - timedelta(days=1))
    client = signed_in(world.member)
    before = everything()

    for where in _addresses(case):
        assert client.get(where).status_code == 404, where
        assert client.post(where, forms.get(where, {})).status_code in (404, 405), where
    assert changed(before, everything()) == {}


def _sent_by_the_applicant(case: Case, world: make.World) -> dict[str, dict[str, list[str]]]:
    """What the applicant's own forms would send: whoever else sends it must be refused for who they are."""
    client = signed_in(world.member)
    forms = {}
    for where in _addresses(case):
        page = client.get(where)
        if page.status_code == 200 and f'action="{where}"' in text(page):
            forms[where] = form_on(page, where) | {"declared": ["yes"], "send": ["yes"]}
    assert section_of(case, "terms") in forms
    return forms


def test_a_form_sent_without_its_token_is_refused() -> None:
    world = make.world()
    case = _in_state("draft", world)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.member)
    before = everything()

    for where in (*_addresses(case), reverse("new_application")):
        assert client.post(where, {"declared": "yes"}).status_code in (403, 405), where
    assert changed(before, everything()) == {}


def test_a_section_that_there_is_not_is_not_there() -> None:
    world = make.world()
    case = _in_state("draft", world)

    assert signed_in(world.member).get(section_of(case, "nothing")).status_code == 404


# -- what it costs -----------------------------------------------------------------------------------


def test_every_page_costs_the_same_with_ten_cases_and_with_a_thousand() -> None:
    world = make.world()
    case = _in_state("with_applicant", world)
    client = signed_in(world.member)

    def costs() -> dict[str, int]:
        found = {}
        for where in (*_addresses(case), reverse("new_application"), reverse("cases")):
            with CaptureQueriesContext(connection) as counted:
                assert client.get(where).status_code == 200
            found[where] = len(counted)
        return found

    make.many_drafts(world.here, world.stoves, world.member, count=9)
    with_ten = costs()
    make.many_drafts(world.here, world.stoves, world.member, count=990)

    assert costs() == with_ten
    assert max(with_ten.values()) <= 32


def test_an_office_of_the_authority_gives_nobody_the_applicants_pages_for_another_function() -> None:
    world = make.world()
    case = _in_state("draft", world)
    decider = factories.person("decider@example.org", name="Decider")
    factories.tenure(factories.office(world.here, function=Function.REVIEWER), decider, starts_on=make.FROM)
    client = signed_in(decider)
    before = everything()

    response = client.post(section_of(case, "terms"), {"asked": "request__tracking_registry"})

    assert response.status_code == 403
    assert changed(before, everything()) == {}
