"""What every address of the API does alike: problems, pages, marks, rates, and one answer for one key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.test import Client
from rest_framework.settings import api_settings

from accounts.models import Function
from audit.models import Event
from authorisation.models import Case
from authorisation.services import applications
from desk.api import repeating
from desk.api.models import AnsweredCall
from tests.authorisation.factories import (
    Staff,
    content,
    drafted,
    granted,
    in_decision,
    in_review,
    submitted,
    two_staffs,
)
from tests.desk.api.calling import bearing, get, post, token_of
from tests.desk.browser import signed_in
from tests.desk.work.people import browser_of
from workflow.clock import SetClock

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def act(browser: Client, case: Case, step: str, sent: Any, *, key: str = "") -> Any:
    """A step of a case, as a person sends it."""
    address = f"/api/v1/cases/{case.public_id}/acts/{step}"
    headers = {"Idempotency-Key": key or str(uuid4())}
    return browser.post(address, sent, content_type="application/json", headers=headers)


def accepting(of: Staff, case: Case) -> dict[str, Any]:
    office = str(of.offices[Function.DESK_OFFICER][0].public_id)
    return {"office": office, "version": case.version}


def about(number: int) -> dict[str, Any]:
    return content(activity={"title": f"Stoves {number}", "registry_id": f"GS-{number}"})


def test_a_refusal_says_every_reason_and_what_mends_it() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours, content(activity={"methodology": None}, request={"change_terms": None}))
    refused = act(browser_of(ours, Function.DESK_OFFICER), case, "accept", accepting(ours, case))

    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["status"], problem["type"]) == (422, "/problems/rule")
    assert len(problem["reasons"]) >= 2
    assert all(reason["text"] and reason["mend"] for reason in problem["reasons"])
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_an_act_is_carried_out_by_the_use_case_of_the_pages_and_answered_with_the_case() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer = browser_of(ours, Function.DESK_OFFICER)
    offered = {one["step"]: one for one in officer.get(f"/api/v1/cases/{case.public_id}").json()["actions"]}
    assert offered["accept"]["allowed"]
    assert offered["withdraw"]["reasons"], "not theirs, and why"

    done = act(officer, case, "accept", {"office": offered["accept"]["office"], "version": case.version})
    assert (done.status_code, done.json()["state"]) == (200, "in_review")
    stale = act(
        officer, case, "recommend", {**accepting(ours, case), "outcome": "approve", "reasons": "Good."}
    )
    assert (stale.status_code, stale.json()["reasons"][0]["code"]) == (409, "stale")


def test_an_applicant_is_not_told_what_the_authority_deliberates() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    address = f"/api/v1/cases/{case.public_id}"
    inside = {
        one["step"]: one for one in browser_of(ours, Function.DESK_OFFICER).get(address).json()["actions"]
    }
    assert {reason["code"] for reason in inside["recommend"]["reasons"]} - {"role"}, (
        "the opinions are missing"
    )
    outside = signed_in(ours.applicant).get(address).json()["actions"]
    theirs = {"withdraw", "add_document", "record_holder"}
    told = {reason["code"] for one in outside if one["step"] not in theirs for reason in one["reasons"]}
    assert told == {"role"}


def test_a_key_that_was_set_free_meanwhile_is_to_be_sent_again() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer, sent = browser_of(ours, Function.DESK_OFFICER), accepting(ours, case)
    with mock.patch.object(AnsweredCall, "save", side_effect=IntegrityError):
        waiting = act(officer, case, "accept", sent, key="one")
    assert (waiting.status_code, waiting.json()["type"]) == (409, "/problems/in-progress")
    assert act(officer, case, "accept", sent, key="one").status_code == 200


def test_what_cannot_be_read_is_said_field_by_field() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    answer = act(browser_of(ours, Function.DESK_OFFICER), case, "waive", {"version": "new"})
    assert answer.status_code == 422
    assert {reason["text"].partition(":")[0] for reason in answer.json()["reasons"]} == {
        "version",
        "path",
        "reason",
    }
    assert not AnsweredCall.objects.exists()


def test_terms_that_cannot_be_read_are_said_by_their_place() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    office = str(ours.offices[Function.DECIDER][0].public_id)
    sent = {
        "office": office,
        "version": case.version,
        "reasons": ["Less."],
        "granted": {"volumes": {"2026": -1}},
    }
    answer = act(browser_of(ours, Function.DECIDER), case, "approve_in_part", sent)
    assert answer.status_code == 422
    assert "volumes.2026" in answer.json()["detail"]
    assert Case.objects.get(pk=case.pk).state == "in_decision"


@pytest.mark.parametrize(
    "address",
    [
        "nothing",
        "cases/nothing",
        "cases/00000000-0000-4000-8000-000000000000",
        "letters/7K2M-Q9XW-4TNB",
        "register/NO-1",
    ],
)
def test_what_there_is_not_is_404(address: str) -> None:
    ours, _theirs = two_staffs()
    assert get(address, token_of(ours.organisation, ours.applicant)).status_code == 404


def test_a_list_goes_on_page_by_page_without_a_primary_key() -> None:
    ours, _theirs = two_staffs()
    cases = [drafted(ours, about(number)) for number in range(5)]
    secret = token_of(ours.organisation, ours.applicant)
    seen: list[str] = []
    address = "cases?page_size=2"
    while address:
        page = get(address, secret).json()
        assert all("pk" not in row for row in page["results"])
        seen += [row["reference"] for row in page["results"]]
        address = (page["next"] or "").partition("/api/v1/")[2]
    assert seen == sorted((case.reference for case in cases), reverse=True)


def test_a_filter_by_a_word_there_is_not_is_a_mistake() -> None:
    ours, _theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant)
    draft = drafted(ours)
    assert [row["id"] for row in get("cases?state=draft", secret).json()["results"]] == [str(draft.public_id)]
    assert get("cases?state=granted", secret).json()["results"] == []
    assert get("cases?state=finished", secret).status_code == 422


def test_every_list_is_narrowed_by_its_filters_and_a_word_there_is_not_is_a_mistake() -> None:
    ours, _theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant)
    submitted(ours, about(1))
    case = granted(ours, about(2))
    assert case.activity is not None
    assert case.authorisation is not None
    slug = ours.authority.slug
    found = {
        "activities": {"registry_id=GS-2": 1, "state=authorised": 1, f"authority={slug}": 2},
        "authorisations": {"registry_id=GS-2": 1, "state=in_force": 1, f"authority={slug}": 1},
    }
    for address, filters in found.items():
        for asked, rows in {**filters, "registry_id=GS-3": 0}.items():
            assert len(get(f"{address}?{asked}", secret).json()["results"]) == rows, (address, asked)
        assert get(f"{address}?state=finished", secret).status_code == 422
        assert get(f"{address}?registry_id=%00", secret).status_code == 422
    approach = {"ca_id": case.authorisation.approach.ca_id or "", "state": "authorised"}
    for name, value in approach.items():
        assert len(get(f"approaches?{name}={value.lower()}").json()["results"]) == 1, name
    assert get("approaches?party=zzz").json()["results"] == []
    assert get("entities?country=zzz", secret).json()["results"] == []
    assert get("entities?country=", secret).json()["results"]


def test_what_is_known_already_is_not_sent_again() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    secret = token_of(ours.organisation, ours.applicant)
    first = get(f"cases/{case.public_id}", secret)
    again = get(f"cases/{case.public_id}", secret, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    applications.withdraw(case, act=ours.act())
    changed = get(f"cases/{case.public_id}", secret, **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_whoever_calls_too_often_is_asked_to_wait_and_told_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "api", "3/min")
    cache.clear()
    ours, _theirs = two_staffs()
    secret, other = (token_of(ours.organisation, ours.applicant, name=name) for name in ("one", "other"))
    answers = [get("cases", secret) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert get("cases", other).status_code == 200, "another account has its own"


def test_a_browser_of_another_site_cannot_act() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    session = browser_of(ours, Function.DESK_OFFICER)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = session.cookies
    assert act(strict, case, "accept", accepting(ours, case)).status_code == 403
    assert Case.objects.get(pk=case.pk).state == "submitted"


# -- one key, one answer -------------------------------------------------------------------------


def test_a_call_sent_twice_is_carried_out_once_and_answered_alike() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer, sent = browser_of(ours, Function.DESK_OFFICER), accepting(ours, case)
    first, again = (act(officer, case, "accept", sent, key="one") for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    other = act(officer, case, "accept", {**sent, "version": 0}, key="one")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/key-used")


def test_a_refusal_too_is_answered_alike_though_it_would_be_done_now() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer, sent = browser_of(ours, Function.DESK_OFFICER), {**accepting(ours, case), "version": 0}
    first, again = (act(officer, case, "accept", sent, key="one") for _time in range(2))
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.json() == again.json()
    assert again["Content-Type"] == "application/problem+json"


@pytest.mark.django_db(transaction=True)
def test_of_many_calls_under_one_key_at_once_one_is_carried_out() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer, sent = browser_of(ours, Function.DESK_OFFICER), accepting(ours, case)
    together = Barrier(20)

    def call(_number: int) -> Any:
        browser = Client()
        browser.cookies = officer.cookies
        together.wait(30)
        try:
            return act(browser, case, "accept", sent, key="one")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(call, range(20)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["type"] for answer in waiting} <= {"/problems/in-progress"}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert Event.objects.filter(stream=case.trail_stream, action="accept").count() == 1
    assert not Event.objects.filter(stream=case.trail_stream, action="accept:refused").exists()


@pytest.mark.parametrize("key", ["", " ", "k" * 81])
def test_a_call_without_a_key_does_nothing(key: str) -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer = browser_of(ours, Function.DESK_OFFICER)
    answer = officer.post(
        f"/api/v1/cases/{case.public_id}/acts/accept",
        accepting(ours, case),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/key-missing")
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_a_call_whose_process_died_is_carried_out_by_the_next_and_its_twin_waits() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer, sent = browser_of(ours, Function.DESK_OFFICER), accepting(ours, case)
    done = act(officer, case, "accept", sent, key="one")
    call = AnsweredCall.objects.all()
    call.update(status=None, body=None)
    waiting = act(officer, case, "accept", sent, key="one")
    assert (waiting.status_code, waiting.json()["type"], waiting["Retry-After"]) == (
        409,
        "/problems/in-progress",
        "1",
    )
    call.update(begun_at=LONG_AGO)
    again = act(officer, case, "accept", sent, key="one")
    assert again.json() == done.json(), "the door did nothing twice"
    assert call.get().status == 200


def test_an_answer_is_kept_for_thirty_days() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    act(browser_of(ours, Function.DESK_OFFICER), case, "accept", accepting(ours, case), key="one")
    begun = AnsweredCall.objects.get().begun_at
    for days, left in ((30, 1), (31, 0)):
        repeating.forget_old(SetClock(begun + timedelta(days=days), simulated=False))
        assert AnsweredCall.objects.count() == left


def test_a_program_takes_no_step_of_a_case() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    secret = token_of(ours.organisation, ours.applicant)
    answer = post(f"cases/{case.public_id}/acts/submit", {"version": case.version, "declared": True}, secret)
    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).state == "draft"
    assert "Authorization" in bearing(secret)
