"""A case that was taken out of sight between a page and its act: the page says that there is none."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Function
from authorisation.services import applications, desk, documents, fees, outcomes
from desk.applications import appealing, hearing
from tests.desk.browser import at_a_browser
from tests.desk.who.few import Few
from workflow.refusals import Kind, Reason, Refused

pytestmark = pytest.mark.django_db

_CARRIED = {"seen": 1, "key": "00000000-0000-4000-8000-000000000000"}


def _unseen(*_arguments: object, **_options: object) -> object:
    raise Refused(Kind.UNSEEN, [Reason(code="unseen", words="No such case.", mend="")])


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("paid.txt", b"What was paid.", content_type="text/plain")


def _paper() -> Mapping[str, Any]:
    return {**_CARRIED, "type": "other", "title": "A map", "file": _file()}


def _at(name: str, state: str, /, **more: Any) -> Callable[[Few], str]:
    return lambda made: reverse(name, kwargs={"public_id": made.cases[state].public_id, **more})


def _removal(made: Few) -> str:
    return _at("application_document_remove", "draft", document=made.map_added())(made)


def _recording(made: Few) -> str:
    return reverse(
        "record", kwargs={"identifier": made.authorisation.identifier, "happening": "cancellation"}
    )


def _as_officer(made: Few) -> Mapping[str, Any]:
    return {**_CARRIED, "office": str(made.ours.offices[Function.DESK_OFFICER][0].public_id)}


# The use-case that meets what is out of sight by now, where it is called, and what is sent by whom.
APPLYING: list[tuple[Any, str, Callable[[Few], str], Callable[[], Mapping[str, Any]]]] = [
    (appealing, "open_appeal", _at("application_appeal", "granted"), lambda: {"grounds": "Not so."}),
    (hearing, "hear", _at("application_hearing", "draft"), lambda: {"statement": "Not so."}),
    (documents, "add_document", _at("application_documents", "draft"), _paper),
    (documents, "remove_document", _removal, lambda: {"seen": 1}),
    (
        applications,
        "change_application",
        _at("application_section", "draft", name="activity"),
        lambda: {"asked": "activity__title", "activity__title": "More stoves"},
    ),
    (applications, "answer", _at("application_answer", "draft"), lambda: {"seen": 1}),
    (
        fees,
        "hand_in_proof",
        _at("application_fees", "draft"),
        lambda: {**_CARRIED, "fee": 1, "reference": "X-1", "file": _file()},
    ),
]


@pytest.mark.parametrize(("module", "act", "address", "sent"), APPLYING, ids=[row[1] for row in APPLYING])
def test_an_applicant_is_told_that_there_is_no_such_page(
    module: Any,
    act: str,
    address: Callable[[Few], str],
    sent: Callable[[], Mapping[str, Any]],
    made: Few,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, where = at_a_browser(made.ours.applicant), address(made)
    called = Mock(side_effect=_unseen)
    monkeypatch.setattr(module, act, called)
    answer = browser.post(where, sent())
    assert called.called
    assert "404.html" in [template.name for template in answer.templates]
    assert answer.status_code == 404


def test_the_desk_is_told_so_too(made: Few, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, called = made.browser(Function.DESK_OFFICER), Mock(side_effect=_unseen)
    monkeypatch.setattr(desk, "accept", called)
    monkeypatch.setattr(outcomes, "foresee", called)
    accepting = browser.post(_at("casework_act", "submitted", step="accept")(made), _as_officer(made))
    assert called.call_count == 1
    gone = {"on": "2026-03-02", "reference": "A report", "purpose": "Voluntary", "tonnes_2026": "1"}
    recording = browser.post(_recording(made), {**_as_officer(made), **gone, "go": "look"})
    assert called.call_count == 2
    for answer in (accepting, recording):
        assert "404.html" in [template.name for template in answer.templates]
        assert answer.status_code == 404
