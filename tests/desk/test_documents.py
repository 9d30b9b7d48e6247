"""Supporting documents on pages: adding without a script, downloads, judging, and applications on paper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from audit.models import Event
from authorisation.kinds import Kind
from authorisation.models import Case, CaseDocument, DocumentFinding
from authorisation.services import applications, documents
from authorisation.services.documents import Said, Upload
from projects.documents import document_bytes
from projects.models import Document
from tests.accounts import factories
from tests.desk import cases as make
from tests.desk.filling import form_on
from tests.projects.files import pdf, program
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

if TYPE_CHECKING:
    from tests.desk.filling import Answer

pytestmark = pytest.mark.django_db


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def address(page: str, case: Case, **more: str) -> str:
    return reverse(page, kwargs={"public_id": case.public_id, **more})


def text(response: Answer) -> str:
    return response.content.decode()


def send(client: Client, page: str, post: str = "", **typed: Any) -> Answer:
    """Opens a page, fills in its form, a file too, and sends it."""
    post = post or page
    sent = {**form_on(client.get(page), post), **typed}
    return client.post(post, {name: value for name, value in sent.items() if value is not None})


def file(name: str = "minutes.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content, content_type="")


def added(case: Case, world: make.World, *, confidential: bool = False, **said: Any) -> CaseDocument:
    documents.add_document(
        case,
        Upload(content=pdf(), name="minutes.pdf"),
        Said(
            type="consultation",
            confidential=confidential,
            basis="trade secret" if confidential else "",
            **said,
        ),
        act=Act(actor=Person(user=world.member, organisation=world.stoves), clock=RealClock()),
    )
    return CaseDocument.objects.latest("pk")


def download(document: CaseDocument) -> str:
    return reverse("document_file", kwargs={"public_id": document.document.public_id})


def test_an_applicant_adds_replaces_and_removes_a_document_of_a_draft_on_plain_pages() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    client = signed_in(world.member)
    page = address("application_documents", case)
    assert page in text(client.get(address("application", case)))
    for name in ("one.pdf", "two.pdf"):
        response = send(client, page, type="consultation", file=file(name))
        assert response.status_code == 302, text(response)
    shown = text(client.get(page))
    assert "two.pdf" in shown
    assert "1 earlier version" in shown
    assert "one.pdf" in shown
    for elsewhere in (address("application_check", case), address("case", case)):
        assert "two.pdf" in text(client.get(elsewhere))
    current = CaseDocument.objects.latest("pk")
    away = address("application_document_remove", case, document=str(current.document.public_id))
    assert send(client, page, away).status_code == 302
    assert "two.pdf" not in text(client.get(page))
    assert CaseDocument.objects.filter(removed_at__isnull=True).count() == 0


def test_a_file_that_is_refused_is_named_with_fault_and_remedy_and_what_was_said_of_it_is_kept() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    client = signed_in(world.member)
    page = address("application_documents", case)
    response = send(
        client, page, type="consultation", title="Signed minutes", file=file("invoice.pdf", program())
    )
    assert response.status_code == 422
    shown = text(response)
    assert "“invoice.pdf” is not what its name says" in shown
    assert "Save it anew" in shown
    assert 'value="Signed minutes"' in shown
    response = send(client, page, type="consultation", file=None)
    assert "Choose a file." in text(response)
    assert (CaseDocument.objects.count(), Document.objects.count()) == (0, 0)


def test_a_document_is_given_out_as_a_file_to_who_may_see_the_case_and_is_not_there_for_others() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    secret = added(case, world, confidential=True)
    public = added(case, world, title="Public")
    for document in (secret, public):
        for person in (world.member, world.officer):
            response = signed_in(person).get(download(document))
            assert response.status_code == 200
            assert b"".join(response.streaming_content) == pdf_of(document)  # type: ignore[attr-defined]
            assert response["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
            assert response["Content-Type"] == "application/pdf"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Content-Security-Policy"].startswith("sandbox;")
            assert "no-store" in response["Cache-Control"]
    taken = Event.objects.filter(action="download_document")
    assert {json.loads(event.facts)["document"] for event in taken} == {str(secret.document.public_id)}
    assert [event.actor for event in taken.order_by("pk")] == [
        f"person:{world.member.public_id}",
        f"person:{world.officer.public_id}",
    ]
    assert all(event.office for event in taken)
    for person in (world.member_of_forests, world.officer_there, world.stranger):
        assert signed_in(person).get(download(secret)).status_code == 404
        assert signed_in(person).get(download(public)).status_code == 404
    assert Client().get(download(public)).status_code == 302
    assert taken.count() == 2
    assert signed_in(world.member).post(download(public)).status_code == 405


def pdf_of(document: CaseDocument) -> bytes:

    return document_bytes(document.document)


def test_what_was_removed_is_not_given_out_any_more() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    document = added(case, world)
    act = Act(actor=Person(user=world.member, organisation=world.stoves), clock=RealClock())
    documents.remove_document(Case.objects.get(pk=case.pk), document, act=act)
    assert signed_in(world.member).get(download(document)).status_code == 404


def test_others_can_neither_add_nor_remove_nor_see_the_page() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    document = added(case, world)
    away = address("application_document_remove", case, document=str(document.document.public_id))
    for person, status in (
        (world.member_of_forests, 404),
        (world.officer_there, 404),
        (world.stranger, 404),
        (world.officer, 403),
    ):
        client = signed_in(person)
        assert client.get(address("application_documents", case)).status_code == status
        assert client.post(address("application_documents", case), {"file": file()}).status_code == status
        assert client.post(away).status_code == status
    assert CaseDocument.objects.filter(removed_at__isnull=True).count() == 1


def test_an_officer_judges_documents_one_by_one_and_the_applicant_reads_why() -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    document = added(case, world)
    act = Act(actor=Person(user=world.member, organisation=world.stoves), clock=RealClock())
    applications.submit(Case.objects.get(pk=case.pk), act=act, declared=True)
    client = signed_in(world.officer)
    page, judge = address("casework", case), address("casework_act", case, step="judge_document")
    response = send(client, page, judge, verdict="rejected", reasons="")
    assert response.status_code == 422
    assert "It is not said why the document is rejected." in text(response)
    assert DocumentFinding.objects.count() == 0
    assert send(client, page, judge, verdict="rejected", reasons="Not signed.").status_code == 302
    assert document.finding is not None
    for person, where in ((world.officer, page), (world.member, address("case", case))):
        shown = text(signed_in(person).get(where))
        assert "rejected" in shown
        assert "Not signed." in shown
    assert "was rejected" in text(client.get(page))
    assert send(client, page, judge, verdict="accepted").status_code == 302
    assert document.findings.count() == 2


def test_an_officer_adds_a_document_with_a_note() -> None:
    world = make.world()
    case = make.submitted(world.here, world.stoves, world.member, title="Stoves")
    client = signed_in(world.officer)
    page, post = address("casework", case), address("casework_act", case, step="add_document")
    assert f"{page}#add_document" in text(client.get(address("case", case)))
    response = send(client, page, post, type="rights", file=file("title.pdf"), note="")
    assert response.status_code == 422
    assert "It is not said why the authority adds this document." in text(response)
    response = send(client, page, post, type="rights", file=file("title.pdf"), note="From the registrar.")
    assert response.status_code == 302, text(response)
    assert CaseDocument.objects.get().note == "From the registrar."
    assert "From the registrar." in text(signed_in(world.member).get(address("case", case)))


def _on_paper(world: make.World) -> Case:
    """A draft that an officer opened for an applicant on paper, its scan attached, not handed in yet."""
    office = world.officer.tenures.get().office
    act = Act(actor=Person(user=world.officer, office=office), clock=RealClock())
    case = applications.open_case(
        act=act,
        authority=world.here,
        kind=Kind.CONSOLIDATED,
        applicant=world.stoves,
        content={
            "activity": {"title": "By post"},
            "entities": [{"name": "Stoves Ltd", "country": "GHA", "roles": ["applicant"]}],
        },
    )
    said = Said(type="paper-application", confidential=True, basis="an application on paper")
    return documents.add_document(case, Upload(content=pdf(), name="scan.pdf"), said, act=act)


def test_who_filed_on_paper_finds_submit_and_withdraw_on_the_case_and_nobody_else_does() -> None:
    world = make.world()
    case = _on_paper(world)
    colleague = factories.person("colleague@example.org")
    factories.tenure(
        factories.office(world.here, function=Function.DESK_OFFICER), colleague, starts_on=make.FROM
    )
    page = address("casework", case)
    shown = text(signed_in(world.officer).get(address("case", case)))
    assert f"{page}#submit" in shown
    assert f"{page}#withdraw" in shown
    shown = text(signed_in(colleague).get(address("case", case)))
    assert f"{page}#submit" not in shown
    assert f"{page}#withdraw" not in shown
    client = signed_in(world.officer)
    submit = address("casework_act", case, step="submit")
    response = send(client, page, submit)
    assert response.status_code == 422
    assert Case.objects.get(pk=case.pk).state == "draft"
    assert send(client, page, submit, declared="on").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "submitted"
    away = address("casework_act", case, step="withdraw")
    assert send(client, page, away, reason="They wrote so.").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "withdrawn"
