"""The pages: who sees what, what they say, and what it costs."""

import hashlib
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import check_password
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.services import end_tenure
from audit.models import Event
from authorisation.handling import bodies_of
from authorisation.models import Case
from desk.letter_codes import code_as_printed
from desk.selectors.case_list import PAGE, CaseList, case_list
from desk.selectors.case_page import case_page
from desk.selectors.seen import case_seen_by, cases_seen_by
from tests.desk import cases as make

pytestmark = pytest.mark.django_db


def _signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _case_address(case: Case) -> str:
    return reverse("case", kwargs={"public_id": case.public_id})


def _titles(listed: CaseList) -> list[str]:
    return [row.title for row in listed.rows]


def _without_token(page: bytes) -> str:
    """The page without what differs at every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode())


# -- signing in ------------------------------------------------------------------------------------


def test_a_person_signs_in_with_address_and_password_and_out_again_by_post() -> None:
    world = make.world()
    client = Client()

    asked = client.post(reverse("account_login"), {"login": "Officer@Example.org", "password": make.PASSWORD})
    assert asked.status_code == 302
    assert asked["Location"] == reverse("cases")
    assert client.session["_auth_user_id"] == str(world.officer.pk)

    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session, "a visit alone signs nobody out"
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_signs_nobody_in_and_says_so() -> None:
    world = make.world()
    client = Client()

    response = client.post(reverse("account_login"), {"login": world.officer.email, "password": "wrong"})

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert "_auth_user_id" not in client.session


# -- the list --------------------------------------------------------------------------------------


def test_everybody_sees_the_cases_of_their_authority_and_organisation_and_no_others() -> None:
    world = make.world()
    make.draft(world.here, world.stoves, world.member, title="Stoves here")
    make.draft(world.there, world.stoves, world.member, title="Stoves there")
    make.draft(world.here, world.forests, world.member_of_forests, title="Forests here")

    def seen(person: User) -> set[str]:
        return set(_titles(case_list(person, clock=make.clock())))

    assert seen(world.officer) == {"Stoves here", "Forests here"}
    assert seen(world.officer_there) == {"Stoves there"}
    assert seen(world.member) == {"Stoves here", "Stoves there"}
    assert seen(world.member_of_forests) == {"Forests here"}
    assert seen(world.stranger) == set()


def test_an_office_that_ended_shows_nothing_on_the_next_day_of_its_authority() -> None:
    world = make.world()
    make.draft(world.there, world.stoves, world.member, title="Stoves there")
    tenure = world.officer_there.tenures.get()
    end_tenure(tenure, ends_on=make.AT.date(), actor="system", at=make.AT)
    # Efate is eleven hours ahead: midnight there is one in the afternoon, universal time.
    before, after = (make.AT.replace(hour=12, minute=59), make.AT.replace(hour=13, minute=1))

    assert cases_seen_by(world.officer_there, clock=make.clock(before)).count() == 1
    assert cases_seen_by(world.officer_there, clock=make.clock(after)).count() == 0


def test_the_list_goes_from_the_newest_case_to_the_oldest_and_back_without_leaving_one_out() -> None:
    world = make.world()
    make.many_drafts(world.here, world.stoves, world.member, count=PAGE * 2 + 5)
    make.many_drafts(world.there, world.forests, world.member_of_forests, count=3)

    def page(**where: object) -> CaseList:
        return case_list(world.officer, clock=make.clock(), **where)  # type: ignore[arg-type]

    first = page()
    second = page(after=first.older)
    third = page(after=second.older)

    found = [title for listed in (first, second, third) for title in _titles(listed)]
    assert found == [f"X-2026-{number:04d}" for number in range(PAGE * 2 + 5, 0, -1)]
    assert (first.newer, third.older) == (None, None)
    assert page(before=third.newer) == second
    assert page(before=second.newer).rows == first.rows


def test_a_place_in_the_list_that_a_person_may_not_see_is_no_place_to_go_on_from() -> None:
    world = make.world()
    make.draft(world.here, world.stoves, world.member, title="Stoves here")
    foreign = make.draft(world.there, world.forests, world.member_of_forests, title="Forests there")
    make.draft(world.here, world.stoves, world.member, title="More stoves here")

    listed = case_list(world.officer, clock=make.clock(), after=foreign.public_id)

    assert _titles(listed) == ["More stoves here", "Stoves here"]


def test_the_list_can_be_narrowed_to_a_state_and_leaves_nonsense_aside() -> None:
    world = make.world()
    make.draft(world.here, world.stoves, world.member, title="Still a draft")
    make.submitted(world.here, world.stoves, world.member, title="Handed in")
    client = _signed_in(world.officer)

    submitted = client.get(reverse("cases"), {"state": "submitted"}).content.decode()
    assert "Handed in" in submitted
    assert "Still a draft" not in submitted
    nonsense = client.get(reverse("cases"), {"state": "'; --", "after": "x"}).content.decode()
    assert "Handed in" in nonsense
    assert "Still a draft" in nonsense


def test_the_list_says_who_is_waited_on_since_when_and_until_when() -> None:
    world = make.world()
    make.submitted(world.here, world.stoves, world.member, title="Handed in")

    (row,) = case_list(world.officer, clock=make.clock()).rows
    assert str(row.standing.waiting_on) == "the desk: completeness check"
    assert row.standing.since == make.AT.date()
    assert row.standing.until == make.AT.date() + timedelta(days=14)
    assert not row.standing.overdue
    (late,) = case_list(world.officer, clock=make.clock(make.AT + timedelta(days=15))).rows
    assert late.standing.overdue


@pytest.mark.parametrize("count", [10, 1000])
def test_the_list_costs_the_same_with_ten_cases_and_with_a_thousand(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world = make.world()
    make.many_drafts(world.here, world.stoves, world.member, count=count)
    client = _signed_in(world.officer)

    # Time zones, offices, organisations (of which an officer has none), cases: at that hour all authorities
    # have the same day.
    with django_assert_num_queries(4):
        listed = case_list(world.officer, clock=make.clock())
    assert len(listed.rows) == min(count, PAGE)
    # With the session, its person, and whom they may act for; elsewhere it may be another day: twice more.
    with CaptureQueriesContext(connection) as counted:
        response = client.get(reverse("cases"))
    assert response.content.decode().count('role="rowheader"') == min(count, PAGE)
    assert len(counted) <= 14


# -- a case ----------------------------------------------------------------------------------------


def test_a_case_is_there_for_its_people_and_not_there_for_others() -> None:
    world = make.world()
    case = make.submitted(world.here, world.stoves, world.member, title="Handed in")
    address = _case_address(case)

    for person in (world.officer, world.member):
        assert _signed_in(person).get(address).status_code == 200
    unknown = reverse("case", kwargs={"public_id": uuid4()})
    for person in (world.officer_there, world.member_of_forests, world.stranger):
        client = _signed_in(person)
        refused, absent = client.get(address), client.get(unknown)
        assert (refused.status_code, absent.status_code) == (404, 404)
        # The page says at which address it is, to come back to it in another language.
        told, nothing = (
            _without_token(answer.content).replace(where, "")
            for answer, where in ((refused, address), (absent, unknown))
        )
        assert told == nothing, "nobody learns that the case exists"


def test_a_case_says_what_is_missing_and_what_mends_it() -> None:
    world = make.world()
    case = make.submitted(world.here, world.stoves, world.member, title="Handed in")

    page = _signed_in(world.member).get(_case_address(case)).content.decode()

    assert "Give the mitigation expected in each calendar year" in page
    assert "Where the case stands" in page
    assert '<time datetime="2026-03-16">' in page
    assert "The application was submitted." in page
    assert "No letter has been issued yet." in page


def test_a_draft_that_cannot_be_read_says_why_instead_of_breaking() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Wrong")
    case.application.content = {"activity": {"title": "Wrong"}, "request": {"total_tco2e": -5}}
    case.application.save()

    page = _signed_in(world.member).get(_case_address(case))

    assert page.status_code == 200
    assert "request.total_tco2e" in page.content.decode()


def test_a_granted_case_shows_volumes_decision_letter_and_story_in_the_time_of_its_authority() -> None:
    make.world()
    case = make.carried_out("SGP-RFP1-GHA-KWAHU")
    decision, letter = case.decisions.get(), make.letter_of(case)

    page = _signed_in(make.officer_of(case)).get(_case_address(case)).content.decode()

    assert letter.number in page
    assert letter.code in page
    assert decision.reasons[0] in page
    assert "Sum of the vintages" in page
    assert "330\N{NARROW NO-BREAK SPACE}000" in page
    assert "Seen by the authority only." in page
    assert f"Opinion of the {bodies_of(case)[0].label}<" in page
    assert f"({case.authority.time_zone})" in page
    assert page.count("<h1") == 1


def test_the_applicant_reads_the_decision_with_the_letter_and_no_deliberation_at_all() -> None:
    make.world()
    case = make.carried_out("SGP-RFP1-GHA-KWAHU")
    applicant = case.opened_by
    opinion = case.opinions.get()

    found = case_seen_by(applicant, case.public_id, clock=make.clock())
    assert found is not None
    page = case_page(found, person=applicant, clock=make.clock(), language="en")

    assert page.decision == case.decisions.get()
    assert page.opinions == ()
    assert page.recommendation is None
    told = {line.step: line.reason for line in page.story}
    assert told["case.give_opinion"] == ""
    assert told["case.recommend"] == ""
    assert opinion.reasons


def test_before_its_letter_is_issued_a_decision_is_the_authoritys_alone() -> None:
    make.world()
    case = make.carried_out("SGP-RFP1-GHA-KWAHU")
    events = Event.objects.filter(stream=case.trail_stream, action="approve_in_part")
    assert events.exists()
    # As it stood the moment before: the state is read, the rest of the page follows from it.
    found = case_seen_by(case.opened_by, case.public_id, clock=make.clock())
    assert found is not None
    found.__dict__["state"] = "letter_due"

    page = case_page(found, person=case.opened_by, clock=make.clock(), language="en")

    assert page.decision is None
    assert page.volumes is not None
    assert not page.volumes.decided
    sentences = [line.sentence for line in page.story]
    assert "A decision was taken. It says what was decided with its letter." in sentences
    assert "The request was approved in part; the letter was drawn." not in sentences


# -- the file of a letter --------------------------------------------------------------------------


def test_a_letter_is_downloaded_to_the_last_byte_by_those_who_may_see_its_case() -> None:
    world = make.world()
    case = make.carried_out("GHA-CHE-COOKSTOVE")
    letter = make.letter_of(case)
    address = reverse("letter_file", kwargs={"public_id": letter.public_id})

    response = _signed_in(make.officer_of(case)).get(address)

    assert response.status_code == 200
    assert hashlib.sha256(response.getvalue()).hexdigest() == letter.signed_sha256
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{letter.number}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    for person in (world.officer, world.member, world.stranger):
        assert _signed_in(person).get(address).status_code == 404


def test_a_letter_whose_bytes_were_changed_is_not_given_out() -> None:
    make.world()
    case = make.carried_out("GHA-CHE-COOKSTOVE")
    letter = make.letter_of(case)
    name = f"{letter.signed_sha256[:2]}/{letter.signed_sha256[2:4]}/{letter.signed_sha256}.pdf"
    store = storages["letters"]
    with store.open(name, "rb") as file:
        pdf = file.read()
    store.delete(name)
    with store.open(name, "wb") as file:
        file.write(pdf + b"\n")
    try:
        response = _signed_in(make.officer_of(case)).get(
            reverse("letter_file", kwargs={"public_id": letter.public_id})
        )
    finally:
        store.delete(name)

    assert response.status_code == 500
    assert b"%PDF" not in response.content
    assert letter.number in response.content.decode()


# -- the public check ------------------------------------------------------------------------------


def test_anybody_with_the_code_is_told_that_a_letter_is_genuine_how_it_stands_and_what_it_says(
    client: Client,
) -> None:
    make.world()
    letter = make.letter_of(make.carried_out("SGP-RFP1-PRY-BOOMITRA"))

    page = client.get(reverse("check_code", kwargs={"code": letter.code})).content.decode()

    assert "Yes, it was issued" in page
    assert "is in force on" in page
    assert letter.number in page
    assert "Boomitra grassland soil carbon" in page
    assert "National Climate Change Secretariat" in page
    assert "100\N{NARROW NO-BREAK SPACE}000" in page
    assert "DEMONSTRATION" in page
    assert "".join(re.findall(r"<span>([0-9a-f]{8})</span>", page)) == letter.signed_sha256


def test_of_a_letter_that_is_not_public_only_its_existence_is_told(client: Client) -> None:
    make.world()
    letter = make.letter_of(make.carried_out("GHA-CHE-COMPOST"))

    page = client.get(reverse("check_code", kwargs={"code": letter.code})).content.decode()
    answer = client.get(reverse("api_letter", kwargs={"code": letter.code})).json()

    assert letter.number in page
    assert "Letters of this kind are not public." in page
    assert "compost" not in page.lower()
    assert answer["genuine"] is True
    assert answer["says"] is None
    assert "compost" not in str(answer).lower()


def test_a_code_is_read_in_any_case_and_with_or_without_hyphens_and_spaces(client: Client) -> None:
    make.world()
    letter = make.letter_of(make.carried_out("GHA-CHE-COOKSTOVE"))
    plain = letter.code.replace("-", "")

    for typed in (plain, plain.lower(), f" {letter.code.lower()} ", " ".join(letter.code.split("-"))):
        response = client.get(reverse("check"), {"code": typed})
        assert response["Location"] == reverse("check_code", kwargs={"code": letter.code}), typed
        assert client.get(reverse("check_code", kwargs={"code": typed})).status_code == 200, typed


@pytest.mark.parametrize(
    "typed", ["", "7K2M", "7K2M-Q9XW-4TNBX", "7K2M-Q9XW-4TN!", "٧K2M-Q9XW-4TNB", "/../x"]
)
def test_what_cannot_be_a_code_is_said_beside_the_box(client: Client, typed: str) -> None:
    page = client.get(reverse("check"), {"code": typed}).content.decode()

    assert 'aria-invalid="true"' in page
    assert code_as_printed(typed) is None


def test_an_unknown_code_is_answered_with_what_to_check(client: Client) -> None:
    response = client.get(reverse("check_code", kwargs={"code": "7K2M-Q9XW-4TNB"}))

    assert response.status_code == 404
    assert "What to check" in response.content.decode()


def test_a_letter_not_yet_issued_is_unknown_to_the_public(client: Client) -> None:
    make.world()
    letter = make.letter_of(make.carried_out("GHA-CHE-COOKSTOVE"))
    # The same letter under another code that was never issued: only issued letters are found.
    fields = {field.attname: getattr(letter, field.attname) for field in letter._meta.concrete_fields}
    fields |= {"id": None, "public_id": uuid4(), "number": "X-1", "code": "7K2M-Q9XW-4TNB"}
    type(letter)._base_manager.bulk_create([type(letter)(**{**fields, "signed_sha256": ""})])

    assert client.get(reverse("check_code", kwargs={"code": "7K2M-Q9XW-4TNB"})).status_code == 404
    assert client.get(reverse("api_letter", kwargs={"code": "7K2M-Q9XW-4TNB"})).status_code == 404


def test_the_api_says_the_same_as_the_page(client: Client) -> None:
    make.world()
    letter = make.letter_of(make.carried_out("SGP-RFP1-PRY-BOOMITRA"))

    answer = client.get(f"/api/v1/letters/{letter.code.lower()}").json()

    assert answer["number"] == letter.number
    assert answer["sha256"] == letter.signed_sha256
    assert answer["status"]["in_force"] is True
    assert answer["demonstration"] is True
    assert answer["says"]["ceilings_tco2e"] == {"2026": 50000, "2027": 50000}
    assert answer["says"]["last_use_on"] == "2030-12-31"


def test_the_api_answers_an_unknown_code_with_a_problem_document(client: Client) -> None:
    response = client.get("/api/v1/letters/7K2M-Q9XW-4TNB")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 404


# -- every page ------------------------------------------------------------------------------------


def test_every_page_has_what_a_page_needs_and_nothing_that_the_policy_forbids() -> None:
    make.world()
    case = make.carried_out("GHA-CHE-COOKSTOVE")
    code = make.letter_of(case).code
    anybody, officer = Client(), _signed_in(make.officer_of(case))
    addresses = [
        (anybody, reverse("front")),
        (anybody, reverse("account_login")),
        (anybody, reverse("check")),
        (anybody, reverse("check_code", kwargs={"code": code})),
        (anybody, reverse("check_code", kwargs={"code": "nothing"})),
        (anybody, "/no/such/page/"),
        (officer, reverse("front")),
        (officer, reverse("cases")),
        (officer, _case_address(case)),
        (officer, reverse("account_logout")),
    ]
    for client, address in addresses:
        page = client.get(address).content.decode()
        assert '<html lang="en" dir="ltr">' in page, address
        assert page.count("<h1") == 1, address
        assert page.count("<main") == 1, address
        assert 'href="#content"' in page, address
        assert "Nothing here is a legal act" in page, address
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|https?://", page), address


def test_outside_a_demonstration_no_page_says_that_it_is_one(client: Client, settings: Settings) -> None:
    settings.DEMONSTRATION = False

    assert "Nothing here is a legal act" not in client.get(reverse("front")).content.decode()


def test_pages_for_people_signed_in_are_kept_by_nobody() -> None:
    world = make.world()

    response = _signed_in(world.officer).get(reverse("cases"))

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_the_people_of_the_demonstration_have_the_password_that_it_prints(settings: Settings) -> None:
    case = make.carried_out("GHA-CHE-COMPOST")

    assert check_password(settings.DEMONSTRATION_PASSWORD, case.opened_by.password)
    assert Client().login(username=case.opened_by.email, password="wrong") is False
