"""The public check of a file: three answers, with the status apart; nothing told that is not public."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Function
from authorisation.services import decisions
from desk.checking import views
from letters import sandbox, storage
from letters.lifecycle import State
from letters.models import Letter
from letters.rendering import render
from letters.sandbox import Examined, Why
from tests.authorisation.factories import (
    Staff,
    content,
    in_decision,
    issued,
    letter_due,
    refused,
    signed,
    two_staffs,
)
from tests.desk.checking.looking_up import looked_up
from tests.letters.sample_content import authorisation
from workflow.actors import SYSTEM
from workflow.clock import RealClock
from workflow.door import Act, Move, pass_through

pytestmark = pytest.mark.django_db

PLACE = "Sunyani and Techiman"


def sent(client: Client, pdf: bytes | None, **more: Any) -> Any:
    file = {} if pdf is None else {"file": SimpleUploadedFile("letter.pdf", pdf, "application/pdf")}
    return client.post("/check/file/", file, **more)


def page_of(client: Client, pdf: bytes) -> str:
    answer = sent(client, pdf)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def kept_back(ours: Staff) -> Letter:
    """A letter of which a part is confidential."""
    case = decisions.approve(
        in_decision(ours, content(activity={"location": PLACE})),
        act=ours.act(Function.DECIDER),
        unpublished={"location": "Act 12, section 3"},
    )
    return issued(ours, case)


def test_a_file_is_genuine_not_genuine_or_cannot_be_judged_and_its_status_is_told_apart(
    client: Client,
) -> None:
    letter = kept_back(two_staffs()[0])
    pdf, copied = storage.fetch(letter.signed_sha256), storage.fetch(letter.public_sha256)

    # Genuine: the letter itself, and its public copy, which is called what it is.
    page = page_of(client, pdf)
    for told in ("to the last byte", letter.number, "Genuine?", "In force?", "as of"):
        assert told in page, told
    assert PLACE not in page
    page = page_of(client, copied)
    assert "Your file is the public copy of a letter" in page
    assert letter.number in page
    assert PLACE not in page

    # Not genuine: a byte more of either.
    page = page_of(client, pdf + b" ")
    for told in (
        "not a genuine letter",
        "bytes stand after the end",
        f"that of {letter.number}",
        "Not known",
    ):
        assert told in page, told
    assert "is not a genuine letter" in page_of(client, copied + b"\n%")

    # The status is another answer.
    pass_through(Act(actor=SYSTEM, clock=RealClock()), Move(step=Letter.withdraw, record=letter))
    page = page_of(client, pdf)
    assert "Yes, it was issued" in page
    assert "It is no longer in force" in page


@pytest.mark.parametrize("why", Why)
def test_what_could_not_be_examined_is_told_apart_from_what_is_not_genuine(
    why: Why, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.verification.examine_apart", lambda *_a, **_k: Examined(unfinished=why))
    page = page_of(client, b"%PDF-1.7 anything")
    assert ("cannot be said now" in page) == (why is not Why.LIMITS)
    assert ("is not a genuine letter" in page) == (why is Why.LIMITS)


def test_a_file_without_fault_that_the_register_does_not_know_cannot_be_judged(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.verification.examine_apart", lambda *_a, **_k: Examined())
    page = page_of(client, b"%PDF-1.7 anything")
    assert "cannot be said now" in page
    assert "Its signatures show no fault" in page


def test_files_from_outside_are_examined_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    within: list[Why | None] = []

    def examine(*_arguments: object) -> Examined:
        within.append(sandbox.examine_apart(b"", roots=[], one_at_a_time=True).unfinished)
        return Examined()

    monkeypatch.setattr(sandbox, "_examine", examine)
    assert sandbox.examine_apart(b"", roots=[], one_at_a_time=True).finished
    assert within == [Why.BUSY]
    assert sandbox.examine_apart(b"", roots=[], one_at_a_time=True).finished


def test_without_a_file_and_with_one_that_is_too_large_the_page_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = sent(client, None)
    assert answer.status_code == 422
    assert "Choose the file of the letter." in answer.content.decode()
    monkeypatch.setattr(views, "MOST_BYTES", 10)
    monkeypatch.setattr(views, "_AROUND", 10)
    answer = sent(client, b"0" * 1000)
    assert answer.status_code == 413
    assert "larger than any letter" in answer.content.decode()
    assert client.get("/check/file/")["Location"] == "/check/"


def test_a_form_from_elsewhere_is_refused() -> None:
    assert sent(Client(enforce_csrf_checks=True), b"%PDF-1.7").status_code == 403


def test_of_what_is_not_public_nothing_is_told_but_to_whoever_holds_the_letter(client: Client) -> None:
    ours, theirs = two_staffs()
    # Whoever holds a refusal is told that it is genuine, and nothing of what it says.
    refusal = refused(theirs).letters.get()
    page = page_of(client, storage.fetch(refusal.signed_sha256))
    assert "Letters of this kind are not public." in page
    assert "Not additional." not in page
    assert client.get(f"/check/{refusal.code}/letter.pdf").status_code == 404
    # A letter that waits for its signature is as unknown as a file that was never drawn.
    case = letter_due(ours)
    signed(ours, case)
    letter = case.letters.get()
    assert letter.state == State.SIGNING
    undecided, never_drawn = (
        page_of(client, pdf) for pdf in (storage.fetch(letter.unsigned_sha256), render(authorisation()))
    )
    assert _answer(undecided) == _answer(never_drawn)
    # To everybody else its number, its case and its code are as if they were not.
    nothing = looked_up(client, "NO-SUCH-NUMBER")
    for number in (refusal.number, refusal.case.reference, letter.number, case.reference, case.identifier):
        assert looked_up(client, number) == nothing, number


def _answer(page: str) -> str:
    return page[page.index("<h1") : page.index("What to do")]


# -- how often ---------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_go_on_and_others_are_answered(
    client: Client, settings: Settings
) -> None:
    settings.CHECK_RATES = {"check": "2/min", "check_file": "1/min"}
    assert sent(client, None).status_code == 422
    answer = sent(client, None)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert f"Go on in {answer['Retry-After']} second" in answer.content.decode()
    assert sent(client, None, REMOTE_ADDR="192.0.2.7").status_code == 422
    code, file = "/check/7K2M-Q9XW-4TNB/", "/check/7K2M-Q9XW-4TNB/letter.pdf"
    addresses = (code, "/check/number/?number=GS11677", file, code)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 429, 429]
    assert client.get("/check/").status_code == 200
