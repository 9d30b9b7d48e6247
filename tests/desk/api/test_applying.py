"""An application through the API: opened, written and sent documents by the use-cases of the pages."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BoundedSemaphore
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import Function
from audit.models import Event
from authorisation.models import Case, CaseDocument
from desk.api.models import AnsweredCall
from projects.content_store import ContentStore
from tests.authorisation.factories import Staff, drafted, submitted, two_staffs
from tests.desk.api.calling import post, token_of
from tests.desk.browser import signed_in
from tests.desk.work.people import browser_of

pytestmark = pytest.mark.django_db


def opening(of: Staff, **more: Any) -> dict[str, Any]:
    organisation = str(of.organisation.public_id)
    sent = {"organisation": organisation, "applicant": organisation, "authority": of.authority.slug}
    return {**sent, "kind": "consolidated", "application": {"activity": {"title": "Stoves"}}, **more}


def acting(of: Staff) -> dict[str, Any]:
    return {"organisation": str(of.organisation.public_id)}


def send(browser: Client, address: str, sent: Any, *, key: str = "", method: str = "post") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    call = getattr(browser, method)
    return call(f"/api/v1/{address}", sent, content_type="application/json", headers=headers)


def upload(browser: Client, case: Case, *, content: bytes = b"Here.", key: str = "", **more: Any) -> Any:
    file = SimpleUploadedFile("map.txt", content, content_type="text/plain")
    sent = {"version": Case.objects.get(pk=case.pk).version, "type": "other", "title": "A map", "file": file}
    headers = {"Idempotency-Key": key or str(uuid4())}
    return browser.post(f"/api/v1/cases/{case.public_id}/documents", {**sent, **more}, headers=headers)


def test_an_application_is_opened_written_and_submitted() -> None:
    ours, _theirs = two_staffs()
    browser = signed_in(ours.applicant)
    organisation = str(ours.organisation.public_id)

    opened = send(browser, "cases", opening(ours), key="one")
    assert opened.status_code == 201, opened.json()
    case = Case.objects.get(public_id=opened.json()["id"])
    assert (case.state, case.applicant, case.opened_by) == ("draft", ours.organisation, ours.applicant)
    assert case.application.content["activity"] == {"title": "Stoves"}
    assert case.application.content["cooperative_approach"]["parties"] == [ours.authority.party.code]
    again = send(browser, "cases", opening(ours), key="one")
    assert (again.json(), Case.objects.count()) == (opened.json(), 1)
    AnsweredCall.objects.all().delete()
    assert send(browser, "cases", opening(ours), key="one").json() == opened.json(), "also after a crash"
    assert Case.objects.count() == 1

    patch = {"activity": {"location": "The hills", "title": None}, "request": {"uses": ["NDC"]}}
    sent = {"organisation": organisation, "application": patch}
    written = send(browser, f"cases/{case.public_id}/application", sent, method="patch")
    assert written.status_code == 200, written.json()
    content = written.json()["application"]
    assert content["activity"] == {"location": "The hills"}, "null takes out, the rest stands"
    assert content["request"] == {"kind": "consolidated", "uses": ["NDC"]}

    send(
        browser,
        f"cases/{case.public_id}/application",
        {"organisation": organisation, "application": {"activity": {"title": "Stoves"}}},
        method="patch",
    )
    step = {"organisation": organisation, "version": case.version, "declared": True}
    assert send(browser, f"cases/{case.public_id}/acts/submit", step).json()["state"] == "submitted"
    late = send(browser, f"cases/{case.public_id}/application", sent, method="patch")
    assert (late.status_code, late.json()["reasons"][0]["code"]) == (409, "not-open")
    case.application.refresh_from_db()
    assert case.application.content["activity"]["title"] == "Stoves"


@pytest.mark.parametrize(
    ("application", "sentence"),
    [
        ([], "an object of sections"),
        ({"activty": {}}, "activty is no place"),
        ({"activity": {"tilte": "Stoves"}}, "activity.tilte is no place"),
        ({"activity": {"title": "a\x00b"}}, "signs that nobody can write"),
        ({"activity": {"title": [[[[[[[[[[[[[[]]]]]]]]]]]]]]}}, "nested too deeply"),
        ({"request": {"uses": ["VCM"]}}, "request.uses"),
        ({"request": {"total_tco2e": 1.5}}, "request.total_tco2e"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(application: Any, sentence: str) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    before = case.application.content
    browser = signed_in(ours.applicant)
    for address, method, sent in (
        ("cases", "post", opening(ours, application=application)),
        (f"cases/{case.public_id}/application", "patch", {**acting(ours), "application": application}),
    ):
        answer = send(browser, address, sent, method=method)
        assert answer.status_code == 422
        assert sentence in answer.json()["detail"]
    assert Case.objects.get().application.content == before


def test_neither_a_program_nor_somebody_else_opens_or_writes() -> None:
    ours, theirs = two_staffs()
    case = drafted(ours)
    before = case.application.content
    secret = token_of(ours.organisation, ours.applicant)
    program = post("cases", opening(ours, organisation=None), secret)
    assert (program.status_code, program.json()["reasons"][0]["code"]) == (403, "role")
    stranger = signed_in(theirs.applicant)
    assert send(stranger, "cases", opening(ours)).status_code == 403
    mine = acting(theirs)
    assert send(stranger, "cases", opening(ours, **mine)).status_code == 403
    sent = {**mine, "application": {"activity": {"title": "Mine"}}}
    assert send(stranger, f"cases/{case.public_id}/application", sent, method="patch").status_code == 404
    officer = browser_of(ours, Function.REVIEWER)
    office = str(ours.offices[Function.REVIEWER][0].public_id)
    sent = {"office": office, "application": {"activity": {"title": "Mine"}}}
    assert send(officer, f"cases/{case.public_id}/application", sent, method="patch").status_code in (
        403,
        404,
    )
    assert upload(stranger, case, **mine).status_code == 404
    assert Case.objects.get().application.content == before
    assert not CaseDocument.objects.exists()


def test_a_document_is_checked_and_added_once() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    browser, organisation = signed_in(ours.applicant), acting(ours)
    added = upload(browser, case, key="one", **organisation)
    assert added.status_code == 201, added.json()
    kept = CaseDocument.objects.get(case=case)
    assert (kept.type, kept.title, kept.document.name) == ("other", "A map", "map.txt")
    assert ContentStore("documents").fetch(kept.document.sha256) == b"Here."

    organisation["version"] = case.version
    assert upload(browser, case, key="one", **organisation).json() == added.json()
    other = upload(browser, case, content=b"Elsewhere.", key="one", **organisation)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/key-used"), "another file"
    del organisation["version"]
    bad = upload(browser, case, content=b"MZ\x90\x00", **organisation)
    assert bad.status_code == 422
    assert bad.json()["reasons"][0]["mend"]
    unfounded = upload(browser, case, **organisation, confidential=True)
    assert unfounded.status_code == 422
    assert CaseDocument.objects.count() == 1


# A server of PostgreSQL has a hundred connections as it comes, and not all of them for one test.
CONNECTIONS = 60


def at_once(number: int, call: Any) -> list[Any]:
    """The answers to so many calls that are sent together, each carried out once it has a connection."""
    together, connections = Barrier(number), BoundedSemaphore(CONNECTIONS)

    def one(_number: int) -> Any:
        together.wait(60)
        with connections:
            try:
                return call()
            finally:
                connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_calls_under_one_key_one_is_carried_out() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer = browser_of(ours, Function.DESK_OFFICER)
    office = str(ours.offices[Function.DESK_OFFICER][0].public_id)

    def accept() -> Any:
        browser = Client()
        browser.cookies = officer.cookies
        sent = {"office": office, "version": case.version}
        return send(browser, f"cases/{case.public_id}/acts/accept", sent, key="one")

    answers = at_once(100, accept)
    assert {answer.status_code for answer in answers} <= {200, 409}
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["type"] for answer in waiting} <= {"/problems/in-progress"}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert Event.objects.filter(stream=case.trail_stream, action="accept").count() == 1
    assert not Event.objects.filter(stream=case.trail_stream, action="accept:refused").exists()

    applicant = signed_in(ours.applicant)

    def open_one() -> Any:
        browser = Client()
        browser.cookies = applicant.cookies
        return send(browser, "cases", opening(ours), key="one")

    answers = at_once(100, open_one)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Case.objects.count() == 2
