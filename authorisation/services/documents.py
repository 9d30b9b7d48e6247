"""Use-cases of supporting documents: add, remove, accept or reject, and note who took a confidential one."""

from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from django.db import transaction
from django.db.models import Max

from accounts.models import Office
from audit import trail
from audit.models import Event
from audit.trail import Happening, Json
from authorisation.fees import COUNTING
from authorisation.models import Case, CaseDocument, DocumentFinding, EarlierLetter, FeeProof
from authorisation.models.fees import ProofState
from projects.documents import TakenIn, record_document, take_in
from projects.models import Document
from workflow.actors import Person
from workflow.door import Act, Move, take


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says of a document that they add.

    type, title    what it is; documents of one type and title are versions of each other
    confidential   whether it is marked so, and `basis` why: one needs the other
    note           why an officer adds it
    """

    type: str
    title: str = ""
    confidential: bool = False
    basis: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as somebody sent it: its bytes, its name there, and the media type that the browser named."""

    content: bytes
    name: str
    declared: str = ""


def add_document(case: Case, upload: Upload, said: Said, *, act: Act, seen: int | None = None) -> Case:
    """Adds a document to a case, or a new version of one.

    Raises Refused where the file fails a check, the type is not asked for now, or the actor may not; nothing
    has then changed. The file is checked and scanned before anything is locked.
    """
    file = take_in(upload.content, name=upload.name, declared=upload.declared)
    return add_taken_in(case, file, said, act=act, seen=seen)


def add_taken_in(case: Case, file: TakenIn, said: Said, *, act: Act, seen: int | None = None) -> Case:
    """The same for a file that was taken in before."""
    said = replace(
        said,
        title=" ".join(said.title.split()),
        basis=said.basis.strip() if said.confidential else "",
        note=said.note.strip(),
    )
    by_office = isinstance(act.actor, Person) and act.actor.office is not None
    move = Move(
        step=Case.add_document,
        record=case,
        facts={
            **file.facts(),
            "type": said.type,
            "by": "office" if by_office else "applicant",
            "titled": bool(said.title),
            "noted": bool(said.note),
            "marked": said.confidential,
            "confidential": bool(said.basis),
        },
        beside=(partial(_add, act=act, file=file, said=said),),
        seen=seen,
        asked={"type": said.type, "title": said.title, "sha256": file.sha256, "basis": said.basis},
    )
    return take(act, move)


def _add(case: Case, event: Event, *, act: Act, file: TakenIn, said: Said) -> None:
    write_document(case, event, act=act, file=file, said=said)


def write_document(case: Case, event: Event, *, act: Act, file: TakenIn, said: Said) -> CaseDocument:
    """Writes a version of a document of a case, within the transaction of the step that adds it."""
    person = cast(Person, act.actor)
    document = record_document(
        file,
        authority=case.authority,
        received_by=person.user,
        at=event.time,
        confidentiality_basis=said.basis,
    )
    # Removed versions keep their numbers.
    before = case.documents.filter(type=said.type, title=said.title).aggregate(last=Max("number"))["last"]
    return CaseDocument.objects.create(
        case=case,
        document=document,
        type=said.type,
        title=said.title,
        number=(before or 0) + 1,
        note=said.note,
        added_by=person.user,
        office=person.office,
        added_at=event.time,
    )


def remove_document(case: Case, document: CaseDocument, *, act: Act, seen: int | None = None) -> Case:
    """Takes a document, with all its versions, out of an application that is not submitted yet."""
    move = Move(
        step=Case.remove_document,
        record=case,
        facts={"document": str(document.document.public_id), "type": document.type},
        beside=(partial(_write_removal, act=act, document=document),),
        seen=seen,
    )
    return take(act, move)


def _write_removal(case: Case, event: Event, *, act: Act, document: CaseDocument) -> None:
    removed = case.documents.filter(type=document.type, title=document.title, removed_at__isnull=True)
    FeeProof.objects.filter(document__in=removed, standing__in=COUNTING).update(standing=ProofState.REMOVED)
    removed.update(removed_at=event.time, removed_by=cast(Person, act.actor).user)


def judge_document(
    case: Case,
    document: CaseDocument,
    *,
    act: Act,
    verdict: DocumentFinding.Verdict,
    reasons: str = "",
    seen: int | None = None,
) -> Case:
    """Accepts a version of a document, or rejects it with reasons. It may be found otherwise later."""
    reasons = reasons.strip()
    move = Move(
        step=Case.judge_document,
        record=case,
        facts={
            "document": str(document.document.public_id),
            "type": document.type,
            "version": document.number,
            "verdict": verdict.value,
            "reasoned": bool(reasons),
        },
        reason=reasons,
        beside=(partial(_write_finding, act=act, document=document, verdict=verdict, reasons=reasons),),
        seen=seen,
    )
    return take(act, move)


def _write_finding(
    _case: Case,
    event: Event,
    *,
    act: Act,
    document: CaseDocument,
    verdict: DocumentFinding.Verdict,
    reasons: str,
) -> None:
    person = cast(Person, act.actor)
    DocumentFinding.objects.create(
        document=document,
        verdict=verdict,
        reasons=reasons,
        office=cast(Office, person.office),
        found_by=person.user,
        found_at=event.time,
    )


def note_download(document: CaseDocument, *, act: Act) -> None:
    """Writes into the trail of the case who takes a confidential document; of a public one nothing."""
    if document.document.confidentiality != Document.Confidentiality.CONFIDENTIAL:
        return
    _note(
        document.case_id,
        {
            "document": str(document.document.public_id),
            "type": document.type,
            "version": document.number,
        },
        act=act,
    )


def note_download_of_minutes(case: Case, minutes: Document, *, act: Act) -> None:
    """The same of the minutes of a reviewing body, which are always confidential."""
    _note(case.pk, {"document": str(minutes.public_id), "type": "minutes"}, act=act)


def note_download_of_earlier_letter(letter: EarlierLetter, *, act: Act) -> None:
    """The same of the scan of a letter that was brought in; of a public one nothing."""
    document = letter.document
    if document is None or document.confidentiality != Document.Confidentiality.CONFIDENTIAL:
        return
    facts: dict[str, Json] = {"document": str(document.public_id), "type": "earlier_letter"}
    _note(letter.version.case_id, facts, act=act)


def note_export(case: Case, sha256: str, *, act: Act) -> None:
    """Writes into the trail of the case who took the application along as one file."""
    _note(case.pk, {"sha256": sha256}, act=act, action="export_application")


def _note(case_id: int, facts: dict[str, Json], *, act: Act, action: str = "download_document") -> None:
    with transaction.atomic():
        case = Case.locked(case_id)
        trail.append(
            case,
            Happening(
                action=action,
                from_state=case.state,
                to_state=case.state,
                actor=act.actor.trail_name,
                office=act.actor.trail_office,
                facts=facts,
                procedure_version=case.procedure_version,
                request_id=act.request_id,
                at=act.clock.now(),
            ),
        )
