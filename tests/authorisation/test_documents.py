"""Supporting documents: who may add what when, versions, findings, what is wanted, and what is frozen."""

import hashlib
import json
from dataclasses import replace
from typing import Any, cast

import pytest

from accounts.models import Function
from accounts.services import create_membership
from audit.immutability import RecordIsImmutable
from audit.models import Event
from authorisation import proposals
from authorisation.document_types import OTHER, PAPER, document_types, name_of_type
from authorisation.guards.documents import documents_for_decision_are_in_order
from authorisation.models import ApplicationVersion, Case, CaseDocument, DocumentFinding
from authorisation.models.decisions import Outcome
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import DocumentRule, Procedure, Stage
from authorisation.procedures.shipped import SHIPPED
from authorisation.required_documents import required_documents
from authorisation.services import applications, desk, documents
from authorisation.services.documents import Said, Upload
from authorisation.supporting_documents import frozen, lines_of, types_offered
from projects.documents import document_bytes
from projects.models import Document
from tests.authorisation.factories import (
    Staff,
    content,
    drafted,
    in_review,
    letter_due,
    questioned,
    recommended,
    submitted,
    two_staffs,
    with_applicant,
    withdrawn,
)
from tests.projects.files import office, pdf
from workflow.actors import Person
from workflow.door import Act, take
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

ACCEPTED, REJECTED = DocumentFinding.Verdict.ACCEPTED, DocumentFinding.Verdict.REJECTED


def add(
    case: Case, act: Act, *, kind: str = "consultation", file: bytes = b"minutes", **said: Any
) -> CaseDocument:
    upload = Upload(content=file, name="minutes.txt" if file.isascii() else "minutes.pdf")
    documents.add_document(case, upload, Said(type=kind, **said), act=act)
    return CaseDocument.objects.latest("pk")


def refusal(case: Case, act: Act, **given: Any) -> tuple[Refusal, list[str]]:
    """Why a document may not be added; and nothing is then there that was not."""
    before = (CaseDocument.objects.count(), Document.objects.count())
    with pytest.raises(Refused) as refused:
        add(case, act, **given)
    assert (CaseDocument.objects.count(), Document.objects.count()) == before
    return refused.value.kind, [reason.code for reason in refused.value.reasons]


def judge(of: Staff, document: CaseDocument, verdict: DocumentFinding.Verdict, reasons: str = "") -> Case:
    act = of.act(Function.DESK_OFFICER)
    return documents.judge_document(document.case, document, act=act, verdict=verdict, reasons=reasons)


@pytest.fixture
def asks_for_a_consultation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The procedure requires one document before review, and one of its own types before a decision."""
    rules = (
        DocumentRule(type="consultation", name={"en": "Minutes of the consultation"}),
        DocumentRule(type="sheet", name={"en": "Carbon sheet", "fr": "Fiche carbone"}, stage=Stage.DECISION),
        DocumentRule(type="map", name={"en": "Map"}, required=False),
    )
    handling = {kind: replace(way, documents=rules) for kind, way in BUILT_IN.handling.items()}
    shipped = cast(dict[str, Procedure], SHIPPED)
    monkeypatch.setitem(shipped, BUILT_IN.version, replace(BUILT_IN, handling=handling))


# -- adding ----------------------------------------------------------------------------------------


def test_a_document_is_there_with_who_and_when_and_its_bytes_and_its_name_is_not_in_the_trail() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    act = ours.act()
    upload = Upload(content=pdf(), name="C:\\papers\\Afi \u202eApplicant.pdf", declared="application/pdf")
    documents.add_document(case, upload, Said(type="consultation", title="  With   elders "), act=act)
    row = CaseDocument.objects.get()
    assert (row.case, row.type, row.title, row.number) == (case, "consultation", "With elders", 1)
    assert (row.added_by, row.office, row.added_at) == (ours.applicant, None, act.clock.now())
    kept = row.document
    assert (kept.name, kept.media_type, kept.authority) == (
        "Afi Applicant.pdf", "application/pdf", ours.authority,
    )  # fmt: skip
    assert document_bytes(kept) == upload.content
    assert kept.scanned is False
    event = Event.objects.get(action="add_document")
    assert event.stream == case.trail_stream
    assert event.actor == f"person:{ours.applicant.public_id}"
    facts = json.loads(event.facts)
    assert facts["sha256"] == hashlib.sha256(upload.content).hexdigest()
    assert "Afi" not in event.facts
    assert "elders" not in event.facts


def test_the_same_type_and_title_is_a_new_version_and_the_old_one_stays() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    first = add(case, ours.act(), file=b"one")
    second = add(case, ours.act(), file=b"two")
    add(case, ours.act(), title="With elders")
    lines = lines_of(case)
    assert [(line.title, [row.number for row in line.versions]) for line in lines] == [
        ("", [2, 1]),
        ("With elders", [1]),
    ]
    assert lines[0].current == second
    assert document_bytes(first.document) == b"one"
    first.type = "rights"
    with pytest.raises(RecordIsImmutable):
        first.save()


def test_pressing_twice_adds_once() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    act = ours.act(key="pressed")
    add(case, act)
    add(case, act)
    assert CaseDocument.objects.count() == 1
    with pytest.raises(Refused) as refused:
        add(case, act, file=b"something else")
    assert [reason.code for reason in refused.value.reasons] == ["key-used"]


def test_an_applicant_adds_to_a_draft_and_then_only_what_is_asked() -> None:
    ours, _theirs = two_staffs()
    assert refusal(submitted(ours), ours.act()) == (Refusal.RULE, ["documents-not-now", "document-not-asked"])
    assert types_offered(submitted(ours)) == []
    # A document may go with the answer to a question about something else; of no type that nobody asked for.
    for case in (with_applicant(ours), questioned(ours)):
        assert [known.code for known in types_offered(case)] == [OTHER]
        assert refusal(case, ours.act()) == (Refusal.RULE, ["document-not-asked"])
        assert refusal(case, ours.act(), kind=OTHER)[1] == ["document-title"]
        assert add(case, ours.act(), kind=OTHER, title="How stoves are counted").number == 1


def test_a_question_about_a_document_opens_its_type_and_is_answered_by_it() -> None:
    ours, _theirs = two_staffs()
    case = desk.ask(
        in_review(ours),
        act=ours.act(Function.DESK_OFFICER),
        questions=[("documents.consultation", "Send the minutes, signed.")],
    )
    assert [known.code for known in types_offered(case)] == ["consultation"]
    with pytest.raises(Refused) as refused:
        applications.answer(case, act=ours.act())
    assert [reason.code for reason in refused.value.reasons] == ["question-open"]
    assert refusal(case, ours.act(), kind="rights")[1] == ["document-not-asked"]
    add(case, ours.act())
    assert applications.answer(Case.objects.get(pk=case.pk), act=ours.act()).state == "in_review"


def test_an_officer_adds_at_any_open_state_with_a_note_and_nobody_else_does() -> None:
    ours, theirs = two_staffs()
    for made in (drafted, submitted, with_applicant, in_review, letter_due):
        case = made(ours)
        officer = ours.act(Function.DESK_OFFICER)
        assert refusal(case, officer)[1] == ["document-note"]
        row = add(case, ours.act(Function.DESK_OFFICER), note="Sent by post.")
        assert (row.note, row.office) == ("Sent by post.", ours.offices[Function.DESK_OFFICER][0])
        for function in (Function.REVIEWER, Function.DECIDER, Function.SIGNER):
            assert refusal(case, ours.act(function), note="x")[0] is Refusal.ROLE
        assert refusal(case, theirs.act(Function.DESK_OFFICER), note="x")[0] is Refusal.UNSEEN
        assert refusal(case, theirs.act())[0] is Refusal.UNSEEN
    assert refusal(withdrawn(ours), ours.act(Function.DESK_OFFICER), note="x")[0] is Refusal.STATE


def test_a_confidential_document_has_a_basis_and_an_unknown_type_is_none() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    assert refusal(case, ours.act(), confidential=True, basis=" ")[1] == ["A16"]
    assert refusal(case, ours.act(), kind="passport")[1] == ["document-type-unknown"]
    assert refusal(case, ours.act(), kind=PAPER)[1] == ["document-not-asked"]
    kept = add(case, ours.act(), confidential=True, basis="trade secret").document
    assert (kept.confidentiality, kept.confidentiality_basis) == ("confidential", "trade secret")
    kept = add(case, ours.act(), basis="not marked").document
    assert (kept.confidentiality, kept.confidentiality_basis) == ("public", "")


def test_a_file_that_fails_a_check_leaves_no_row_and_no_event() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    events = Event.objects.count()
    for file in (b"", b"\xff\xfe\xff", office("docx")):
        with pytest.raises(Refused):
            add(case, ours.act(), file=file)
    assert (CaseDocument.objects.count(), Document.objects.count()) == (0, 0)
    assert Event.objects.count() == events
    assert Case.objects.get(pk=case.pk).version == 0


# -- removing --------------------------------------------------------------------------------------


def test_what_is_removed_from_a_draft_is_not_handed_in_and_its_number_is_not_used_again() -> None:
    ours, theirs = two_staffs()
    case = drafted(ours)
    first = add(case, ours.act())
    for act in (ours.act(Function.DESK_OFFICER), theirs.act()):
        with pytest.raises(Refused):
            documents.remove_document(case, first, act=act)
    assert len(lines_of(case)) == 1
    documents.remove_document(case, first, act=ours.act())
    assert lines_of(case) == ()
    assert add(case, ours.act()).number == 2
    with pytest.raises(Refused) as refused:
        documents.remove_document(case, first, act=ours.act())
    assert [reason.code for reason in refused.value.reasons] == ["document-not-current"]
    handed_in = applications.submit(Case.objects.get(pk=case.pk), act=ours.act(), declared=True)
    with pytest.raises(Refused) as refused:
        documents.remove_document(handed_in, CaseDocument.objects.latest("pk"), act=ours.act())
    assert refused.value.kind is Refusal.STATE


# -- versions of the application --------------------------------------------------------------------


def test_each_frozen_version_lists_the_documents_it_was_submitted_with() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours, content(activity={"methodology": None}))
    first = add(case, ours.act(), file=b"one")
    case = applications.submit(Case.objects.get(pk=case.pk), act=ours.act(), declared=True)
    judge(ours, first, REJECTED, "Not signed.")
    case = desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER))
    second = add(case, ours.act(), file=b"two")
    applications.save_application(case, act=ours.act(), content=content())
    applications.answer(Case.objects.get(pk=case.pk), act=ours.act())
    listed = [json.loads(version.documents) for version in ApplicationVersion.objects.order_by("number")]
    expected = [
        {
            "document": str(row.document.public_id),
            "type": "consultation",
            "title": "",
            "version": row.number,
            "sha256": row.document.sha256,
        }
        for row in (first, second)
    ]
    assert listed == [expected[:1], expected[1:]]
    facts = json.loads(Event.objects.get(action="submit").facts)
    assert facts["documents"] == [{"type": "consultation", "sha256": first.document.sha256}]


def test_a_document_that_comes_while_the_application_is_handed_in_is_not_slipped_under_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    monkeypatch.setattr("authorisation.services.applications.take", _adding_first(case, ours))
    with pytest.raises(Refused) as refused:
        applications.submit(case, act=ours.act(), declared=True)
    assert [reason.code for reason in refused.value.reasons] == ["application-changed"]
    assert frozen(case)
    assert Case.objects.get(pk=case.pk).state == "draft"


def _adding_first(case: Case, of: Staff) -> Any:
    """Between reading and locking somebody adds a document."""

    def after_somebody(act: Act, move: Any) -> Any:
        add(case, of.act())
        return take(act, move)

    return after_somebody


# -- findings --------------------------------------------------------------------------------------


def test_a_rejected_document_holds_acceptance_up_until_another_is_accepted() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    row = add(case, ours.act())
    case = applications.submit(Case.objects.get(pk=case.pk), act=ours.act(), declared=True)
    with pytest.raises(Refused) as refused:
        judge(ours, row, REJECTED)
    assert [reason.code for reason in refused.value.reasons] == ["document-reasons"]
    judge(ours, row, REJECTED, "Not signed, 100% of it.")
    with pytest.raises(Refused) as refused:
        desk.accept(Case.objects.get(pk=case.pk), act=ours.act(Function.DESK_OFFICER))
    (reason,) = refused.value.reasons
    assert reason.code == "document-rejected"
    assert reason.mend_text == "Not signed, 100% of it."
    # The applicant is asked for it, in the letter too, and answers with a new version.
    case = desk.return_for_completion(Case.objects.get(pk=case.pk), act=ours.act(Function.DESK_OFFICER))
    question = case.questions.get()
    assert question.path == "documents.consultation"
    assert "100% of it" in question.text
    letter = json.loads(case.letters.get().content)
    assert [item["path"] for item in letter["items"]] == ["documents.consultation"]
    second = add(case, ours.act(), file=b"signed")
    case = applications.answer(Case.objects.get(pk=case.pk), act=ours.act())
    assert case.state == "submitted"
    with pytest.raises(Refused) as refused:
        judge(ours, row, ACCEPTED)
    assert [reason.code for reason in refused.value.reasons] == ["document-not-current"]
    judge(ours, second, REJECTED, "Still not.")
    judge(ours, second, ACCEPTED)
    assert desk.accept(Case.objects.get(pk=case.pk), act=ours.act(Function.DESK_OFFICER)).state == "in_review"


def test_only_a_desk_officer_without_a_conflict_judges_and_only_while_it_is_checked() -> None:
    ours, theirs = two_staffs()
    case = drafted(ours)
    row = add(case, ours.act())
    with pytest.raises(Refused) as refused:
        judge(ours, row, ACCEPTED)
    assert refused.value.kind is Refusal.STATE
    applications.submit(Case.objects.get(pk=case.pk), act=ours.act(), declared=True)
    for act in (ours.act(), ours.act(Function.REVIEWER), theirs.act(Function.DESK_OFFICER)):
        with pytest.raises(Refused) as refused:
            documents.judge_document(case, row, act=act, verdict=ACCEPTED)
        assert refused.value.kind in (Refusal.ROLE, Refusal.UNSEEN)
    own = ours.act(Function.DESK_OFFICER)
    assert isinstance(own.actor, Person)
    create_membership(
        ours.organisation, person=own.actor.user, starts_on=own.clock.now().date(), actor="system",
        at=own.clock.now(),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        judge(ours, row, ACCEPTED)
    assert "conflict-of-interest" in [reason.code for reason in refused.value.reasons]
    assert DocumentFinding.objects.count() == 0


# -- what a procedure requires -----------------------------------------------------------------------


def test_without_data_a_procedure_requires_nothing() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    assert [required_documents(case, stage) for stage in Stage] == [(), (), (), ()]


@pytest.mark.usefixtures("asks_for_a_consultation")
def test_a_required_document_is_shown_at_submission_and_holds_up_review_and_recommendation() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    assert json.loads(Event.objects.get(action="submit").facts)["missing"] == ["documents.consultation"]
    with pytest.raises(Refused) as refused:
        desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    assert [str(reason) for reason in refused.value.reasons] == [
        "The document “Minutes of the consultation” is required, and not here."
    ]
    case = desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER))
    assert [known.code for known in types_offered(case)] == ["consultation"]
    add(case, ours.act())
    case = applications.answer(Case.objects.get(pk=case.pk), act=ours.act())
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    found = documents_for_decision_are_in_order(case, ours.holding(Function.DESK_OFFICER))
    assert [reason.values["document"] for reason in found] == ["Carbon sheet"]
    add(case, ours.act(Function.DESK_OFFICER), kind="sheet", note="From the ministry.")
    assert not list(documents_for_decision_are_in_order(case, ours.holding(Function.DESK_OFFICER)))


@pytest.mark.usefixtures("asks_for_a_consultation")
def test_types_have_names_in_languages_and_a_procedure_has_its_own() -> None:
    types = document_types(BUILT_IN.version)
    assert types["sheet"].name("fr") == "Fiche carbone"
    assert types["consultation"].name("fr") == "Minutes of the consultation"
    assert types["rights"].name("fr").startswith("Justificatif")
    assert name_of_type("no such", BUILT_IN.version) == "no such"


# -- downloads -------------------------------------------------------------------------------------


def test_the_download_of_a_confidential_document_is_an_event_and_that_of_a_public_one_is_none() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    public = add(case, ours.act())
    secret = add(case, ours.act(), kind="rights", confidential=True, basis="trade secret")
    for row in (public, secret):
        documents.note_download(row, act=ours.act(Function.REVIEWER))
    event = Event.objects.get(action="download_document")
    held, person = ours.offices[Function.REVIEWER]
    assert (event.stream, event.actor, event.office) == (
        case.trail_stream, f"person:{person.public_id}", f"office:{held.public_id}",
    )  # fmt: skip
    assert json.loads(event.facts)["document"] == str(secret.document.public_id)


# -- what is marked confidential -------------------------------------------------------------------


def test_a_mark_of_confidentiality_warns_while_drafting_and_is_answered_at_recommendation() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    add(case, ours.act())
    assert proposals.findings_on_request(case) == []
    add(case, ours.act(), kind="rights", title="Lease", confidential=True, basis="names of elders")
    (finding,) = proposals.findings_on_request(case)
    assert (finding.rule, finding.blocks, finding.informs) == ("A16", False, False)
    assert "Proof of rights" in str(finding.reason)
    case = applications.submit(case, act=ours.act(), declared=True)
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    assert "A16" in json.loads(Event.objects.get(action="submit").facts)["warnings"]

    with pytest.raises(Refused) as refused:
        desk.recommend(
            case,
            act=ours.act(Function.DESK_OFFICER),
            outcome=Outcome.APPROVE,
            reasons="It holds.",
            answers={},
        )
    assert "A16" in [reason.code for reason in refused.value.reasons]
    told = Event.objects.latest("pk").facts
    assert "elders" not in told
    assert "Lease" not in told
    assert Case.objects.get(pk=case.pk).state == "in_review"
    assert recommended(ours, case).state == "in_decision"


def test_a_mark_that_an_earlier_version_had_and_the_last_has_not_asks_nothing() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    add(case, ours.act(), confidential=True, basis="trade secret")
    assert [one.rule for one in proposals.findings_on_request(case)] == ["A16"]
    add(case, ours.act())
    assert proposals.findings_on_request(case) == []
