"""One act over many authorisations through the API: looked at, asked for once, and followed."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Function
from authorisation.models import ActOverMany, Authorisation, Case, Concerned, PlannedAct
from desk.api.models import AnsweredCall
from desk.changing import progress
from tests.authorisation.factories import Staff, concluded, content, letter_due, two_staffs
from tests.authorisation.test_outcomes import authorised, transfer
from tests.desk.api.calling import get, post, token_of
from tests.desk.api.test_acts import send
from tests.desk.browser import signed_in
from tests.desk.test_volume_pages import said
from tests.desk.work.people import browser_of
from workflow.models import OutboxMessage
from workflow.outbox import deliver_due

pytestmark = pytest.mark.django_db

PLAN = {"type": "revocation", "grounds": "The law has changed."}
LOOK, OPEN = "acts-over-many/effects", "acts-over-many"


def another(of: Staff, number: int) -> Authorisation:
    named = content(activity={"title": f"Lamps {number}", "registry_id": f"MA-{number}"})
    return concluded(of, letter_due(of, named))


def about(of: Staff, *many: Authorisation, **plan: Any) -> dict[str, Any]:
    identifiers = [one.identifier for one in many]
    return {"authority": of.authority.slug, "plan": {**PLAN, **plan}, "identifiers": identifiers}


def officer(of: Staff) -> Client:
    return browser_of(of, Function.DESK_OFFICER)


def written() -> tuple[int, ...]:
    """How much there is of everything that such an act writes."""
    return tuple(model.objects.count() for model in (ActOverMany, Concerned, Case, PlannedAct, OutboxMessage))


def test_it_is_looked_at_asked_for_once_and_followed_to_its_cases() -> None:
    ours, theirs = two_staffs()
    first, second, foreign = authorised(ours), another(ours, 78), another(theirs, 79)
    transfer(ours, second, {2026: 600, 2027: 1500})
    desk, body, before = officer(ours), about(ours, first, second, foreign), written()
    seen = send(desk, LOOK, body)
    assert seen.status_code == 200, seen.json()
    effects = seen.json()["effects"]
    assert [one["authorisation"] for one in effects] == [first.identifier, second.identifier]
    assert (seen.json()["possible"], effects[0]["effect"]["revoked"]) == (1, 2100)
    assert [one["code"] for one in effects[1]["effect"]["forbidden"]] == ["A12", "A18"]
    assert written() == before, "who looks writes nothing"

    asked, again = (send(desk, OPEN, body, key="one") for _time in range(2))
    assert (asked.status_code, again.status_code) == (201, 201)
    assert asked.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert send(desk, OPEN, {**body, "identifiers": [first.identifier]}, key="one").status_code == 409
    told = asked.json()
    assert (told["type"], told["total"], told["opened"], told["waiting"]) == ("revocation", 2, 0, 2)
    assert (ActOverMany.objects.count(), Concerned.objects.count()) == (1, 2)
    deliver_due()
    after = desk.get(f"/api/v1/{OPEN}/{told['id']}").json()
    case = Case.objects.get(kind="revocation")
    assert (after["total"], after["opened"], after["refused"], after["waiting"]) == (2, 1, 1, 0)
    done, left_out = after["authorisations"]
    assert done == {"authorisation": first.identifier, "case": str(case.public_id), "against": []}
    assert (left_out["authorisation"], left_out["case"]) == (second.identifier, None)
    assert [one["code"] for one in left_out["against"]] == ["A12", "A18"]
    assert all(one["text"] for one in left_out["against"])
    page = reverse("acts_over_many_opened", args=[ours.authority.public_id, told["id"]])
    assert "1 of 2 cases are open." in said(desk.get(page)), "the page follows what was asked for here"


def test_a_call_that_was_cut_short_is_the_same_act_under_its_key() -> None:
    ours, _theirs = two_staffs()
    body, desk = about(ours, authorised(ours)), officer(ours)
    told = send(desk, OPEN, body, key="one").json()
    AnsweredCall.objects.all().delete()
    assert send(desk, OPEN, body, key="one").json()["id"] == told["id"]
    assert (ActOverMany.objects.count(), Concerned.objects.count()) == (1, 1)
    assert send(desk, OPEN, body, key="two").json()["id"] != told["id"]


def test_all_of_a_sector_is_meant_and_what_waits_its_turn_is_not_begun_again() -> None:
    ours, _theirs = two_staffs()
    first = authorised(ours)
    named = about(ours, first)
    body = {"authority": named["authority"], "plan": PLAN, "sector": first.activity.sector}
    desk = officer(ours)
    assert send(desk, OPEN, body).json()["total"] == 1
    again = send(desk, OPEN, body)
    assert again.status_code == 422
    texts = [one["text"] for one in again.json()["reasons"]]
    assert any("No authorisation of this authority answers to that." in one for one in texts)
    assert ActOverMany.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifiers": []},
        {"sector": "Energy generation"},
        {"identifiers": ["nothing"]},
        {"identifiers": [], "sector": "Alchemy"},
        {"plan": {"type": "revocation"}},
        {"plan": {"type": "revocation", "grounds": " "}},
        {"plan": {"type": "surrender", "grounds": "No more."}},
        {"plan": {"type": "resumption", "grounds": "Mended.", "cure_until": "2030-01-01"}},
        {"plan": {"type": "revocation", "grounds": "So.", "effective_on": "soon"}},
        {"plan": "all of it"},
        {"plan": None},
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_its_reasons_and_leaves_nothing(wrong: Any) -> None:
    ours, _theirs = two_staffs()
    body, desk, before = {**about(ours, authorised(ours)), **wrong}, officer(ours), written()
    for address in (LOOK, OPEN):
        answer = send(desk, address, body)
        assert answer.status_code == 422, answer.json()
        assert answer.json()["reasons"]
        assert all(one["text"] for one in answer.json()["reasons"])
    assert written() == before


def test_a_call_without_a_key_asks_for_nothing() -> None:
    ours, _theirs = two_staffs()
    body, desk, before = about(ours, authorised(ours)), officer(ours), written()
    answer = desk.post(f"/api/v1/{OPEN}", body, content_type="application/json")
    assert answer.status_code == 400
    assert written() == before


def test_for_strangers_it_is_not_there_and_a_program_is_told_who_opens_it() -> None:
    ours, theirs = two_staffs()
    body = about(ours, authorised(ours))
    desk = officer(ours)
    told = send(desk, OPEN, body).json()
    secret, before = token_of(ours.organisation, ours.applicant), written()
    for stranger in (officer(theirs), browser_of(ours, Function.REVIEWER), signed_in(ours.applicant)):
        answers = [send(stranger, address, body) for address in (LOOK, OPEN)]
        answers.append(stranger.get(f"/api/v1/{OPEN}/{told['id']}"))
        assert [one.status_code for one in answers] == [404, 404, 404]
    assert desk.get(f"/api/v1/{OPEN}/{uuid4()}").status_code == 404
    by_program = [post(address, body, secret) for address in (LOOK, OPEN)]
    by_program.append(get(f"{OPEN}/{told['id']}", secret))
    assert [one.status_code for one in by_program] == [403, 403, 403]
    assert [one.json()["reasons"][0]["mend"] for one in by_program] == ["Ask one of them to open it."] * 3
    assert written() == before


def test_one_is_followed_from_page_to_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AT_A_TIME", 2)
    ours, _theirs = two_staffs()
    many = [another(ours, number) for number in range(3)]
    desk = officer(ours)
    first = send(desk, OPEN, about(ours, *many)).json()
    assert [one["authorisation"] for one in first["authorisations"]] == [one.identifier for one in many[:2]]
    assert first["further"] == many[1].identifier
    rest = desk.get(f"/api/v1/{OPEN}/{first['id']}", {"after": first["further"]}).json()
    assert [one["authorisation"] for one in rest["authorisations"]] == [many[2].identifier]
    assert (rest["total"], rest["further"]) == (3, "")


def test_one_is_looked_at_from_page_to_page_and_what_is_possible_is_told_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "AT_A_TIME", 2)
    ours, _theirs = two_staffs()
    many = [authorised(ours), *(another(ours, number) for number in range(2))]
    transfer(ours, many[2], {2026: 600, 2027: 1500})
    desk, body, before = officer(ours), about(ours, *many), written()
    first = send(desk, LOOK, body).json()
    assert [one["authorisation"] for one in first["effects"]] == [one.identifier for one in many[:2]]
    assert (first["total"], first["possible"], first["further"]) == (3, 2, many[1].identifier)
    rest = send(desk, f"{LOOK}?after={first['further']}", body).json()
    assert [one["authorisation"] for one in rest["effects"]] == [many[2].identifier]
    assert (rest["total"], rest["possible"], rest["further"]) == (3, 2, "")
    unknown = send(desk, f"{LOOK}?after=nothing", body).json()
    assert unknown == first, "from the first, where none is meant by that name"
    assert written() == before


def test_looking_and_following_ask_the_same_of_two_and_of_five() -> None:
    ours, _theirs = two_staffs()
    desk = officer(ours)
    many = [another(ours, number) for number in range(2)]

    def queries() -> tuple[int, int]:
        body = about(ours, *many)
        with CaptureQueriesContext(connection) as looking:
            seen = send(desk, LOOK, body)
        told = send(desk, OPEN, body).json()
        with CaptureQueriesContext(connection) as following:
            followed = desk.get(f"/api/v1/{OPEN}/{told['id']}").json()
        assert len(seen.json()["effects"]) == len(followed["authorisations"]) == len(many)
        return len(looking), len(following)

    queries()  # what is read once for all is read
    few = queries()
    many += [another(ours, number) for number in range(2, 5)]
    assert queries() == few
