"""The public check for programs: the answers of the pages, under their limits, and no more."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Function
from audit.models import Event
from authorisation.models import Case
from desk.api import checking
from letters import storage
from letters.models import Letter
from letters.sandbox import Examined, Why
from tests.authorisation.factories import (
    content,
    granted,
    in_decision,
    letter_due,
    refused,
    two_staffs,
)
from tests.authorisation.test_outcomes import ONE, asking, authorised, issue
from tests.desk.browser import prove_again
from tests.desk.checking.test_checking_files import PLACE, kept_back
from tests.desk.work.people import before_the_code_changes, browser_of

pytestmark = pytest.mark.django_db
FILE, NUMBER = "/api/v1/checks/file", "/api/v1/checks/number"


def sent(client: Client, pdf: bytes) -> Any:
    return client.post(FILE, {"file": SimpleUploadedFile("letter.pdf", pdf, "application/pdf")})


def test_a_file_is_answered_as_on_the_page_and_nothing_is_kept(client: Client) -> None:
    letter = kept_back(two_staffs()[0])
    before = Event.objects.count()
    found = sent(client, storage.fetch(letter.signed_sha256)).json()
    assert (found["answer"], found["is_public_copy"]) == ("genuine", False)
    assert found["letter"]["number"] == letter.number
    assert found["letter"]["public_sha256"] == letter.public_sha256
    assert found["letter"]["status"]["in_force"] is True
    assert PLACE not in str(found)

    copied = sent(client, storage.fetch(letter.public_sha256)).json()
    assert (copied["answer"], copied["is_public_copy"]) == ("genuine", True)
    assert PLACE not in str(copied)

    forged = sent(client, storage.fetch(letter.signed_sha256) + b" ").json()
    assert (forged["answer"], forged["letter"]) == ("not genuine", None)
    assert any("bytes stand after the end" in sentence for sentence in forged["sentences"])
    assert Event.objects.count() == before


def test_whoever_holds_a_letter_that_is_not_public_is_told_that_it_is_genuine_and_nothing_that_it_says(
    client: Client,
) -> None:
    refusal = refused(two_staffs()[0]).letters.get()
    found = sent(client, storage.fetch(refusal.signed_sha256)).json()
    assert (found["answer"], found["letter"]["says"]) == ("genuine", None)
    assert "Not additional." not in str(found)


@pytest.mark.parametrize(("why", "answer"), [(Why.BUSY, "cannot say"), (Why.LIMITS, "not genuine")])
def test_what_could_not_be_examined_is_told_apart(
    why: Why, answer: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def examine(*_arguments: object, one_at_a_time: bool, **_options: object) -> Examined:
        asked.append(one_at_a_time)
        return Examined(unfinished=why)

    monkeypatch.setattr("letters.verification.examine_apart", examine)
    assert sent(client, b"%PDF-1.7 anything").json()["answer"] == answer
    # In the process apart, with what else comes from outside.
    assert asked == [True]


def test_a_file_that_is_too_large_is_not_read_and_none_is_a_mistake(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post(FILE, {}).status_code == 422
    monkeypatch.setattr(checking, "MOST_BYTES", 10)
    assert sent(client, b"0" * 100).status_code == 413
    monkeypatch.setattr(checking, "_AROUND", 10)
    answer = sent(client, b"0" * 100)
    assert answer.status_code == 413
    assert "larger than any letter" in answer.json()["detail"]


def test_a_number_and_a_serial_say_what_is_authorised_and_what_is_left(client: Client) -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours, asking("Use or Cancellation", volumes_tco2e={"2026": 60}))
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-100", "Anna")])
    found = client.get(NUMBER, {"number": authorisation.identifier}).json()
    (one,) = found["authorisations"]
    assert (one["authorisation"], one["ceiling_tco2e"], one["left_tco2e"], one["open"]) == (
        authorisation.identifier,
        60,
        60,
        True,
    )
    assert (found["tonnes"], found["units"]) == (None, [])

    found = client.get(NUMBER, {"number": f"{ONE}11-70"}).json()
    assert (found["tonnes"], found["not_covered"]) == (60, 10)
    assert [(unit["serial"], unit["tonnes"]) for unit in found["units"]] == [(f"{ONE}11-60", 50)]
    assert "Anna" not in str(found)


def test_what_is_undecided_or_not_covered_is_as_unknown_as_what_nobody_ever_heard_of(client: Client) -> None:
    ours, theirs = two_staffs()
    granted(ours, content(activity={"registry_id": "GS11677"}))
    letter_due(theirs, content(activity={"registry_id": "GS99999"}))
    answers = [client.get(NUMBER, {"number": number}) for number in ("GS99999", "GS00000", f"{ONE}1-5")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    # A letter has a number too, and the register is not asked for it: only its code opens it.
    number = Letter.objects.exclude(signed_sha256="").first()
    assert number is not None
    assert client.get(NUMBER, {"number": number.number}).status_code == 404
    for nothing in ("", " ", "x" * 301, "a\x00b"):
        assert client.get(NUMBER, {"number": nothing}).status_code == 422


def test_questions_and_files_are_counted_with_those_of_the_pages(client: Client, settings: Settings) -> None:
    cache.clear()
    settings.CHECK_RATES = {"check": "2/min", "check_file": "1/min"}
    assert client.get("/check/number/", {"number": "GS1"}).status_code == 404
    first = client.get(NUMBER, {"number": "GS1"})
    assert (first.status_code, first["RateLimit-Limit"], first["RateLimit-Remaining"]) == (404, "2", "0")
    limited = client.get(NUMBER, {"number": "GS1"})
    assert limited.status_code == 429
    assert int(limited["Retry-After"]) > 0
    assert client.get("/check/number/", {"number": "GS1"}).status_code == 429

    assert sent(client, b"%PDF").status_code == 200
    assert sent(client, b"%PDF").status_code == 429
    cache.clear()


def test_a_program_marks_a_part_confidential_with_its_basis_and_not_what_is_always_public() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours, content(activity={"location": PLACE}))
    decider = browser_of(ours, Function.DECIDER)
    before_the_code_changes()
    prove_again(decider, ours.offices[Function.DECIDER][1])
    office = str(ours.offices[Function.DECIDER][0].public_id)

    def approve(key: str, *unpublished: dict[str, str]) -> Any:
        return decider.post(
            f"/api/v1/cases/{case.public_id}/acts/approve",
            {"office": office, "version": case.version, "unpublished": list(unpublished)},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    without = approve("one", {"part": "location", "basis": " "})
    assert without.status_code == 422
    assert "confidential" in str(without.json()["reasons"]) or "basis" in str(without.json()["reasons"])
    assert approve("two", {"part": "volumes", "basis": "Act 12"}).status_code == 422
    assert Case.objects.get(pk=case.pk).state == "in_decision"
    assert not case.decisions.exists()

    assert approve("three", {"part": "location", "basis": "Act 12, section 3"}).status_code == 200
    assert case.decisions.get().unpublished == {"location": "Act 12, section 3"}
