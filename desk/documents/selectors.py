"""What pages show of a case's documents, and which document a person may download."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import in_language
from authorisation.models import Case, CaseDocument
from authorisation.models.documents import DocumentFinding
from authorisation.supporting_documents import Line, lines_of
from desk.selectors.seen import cases_seen_by
from projects.models import Document
from workflow.clock import Clock
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a document, as a page shows it.

    by          the office that added it, or the applicant's organisation; for the applicant's own people,
                and for the authority of its own, the person
    finding     what the desk found of it last; None where it has not looked at it
    """

    id: UUID
    name: str
    size: int
    number: int
    at: datetime
    by: str
    note: str
    confidential: bool
    basis: str
    scanned: bool
    finding: DocumentFinding | None

    @property
    def state(self) -> str:
        """A word for the page's own use: accepted, rejected, or waiting."""
        return self.finding.verdict if self.finding is not None else "waiting"

    @property
    def state_label(self) -> Words:
        """The word that is shown."""
        return self.finding.get_verdict_display() if self.finding is not None else _("not checked yet")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One document with its versions, the newest first."""

    type: str
    type_name: str
    title: str
    name: str
    current: Version
    earlier: tuple[Version, ...]


def documents_shown(case: Case, *, inside: bool, language: str) -> tuple[Shown, ...]:
    """The documents of a case for one of its pages; `inside` for people of its authority. Two queries."""
    return tuple(_shown(case, line, inside, language) for line in lines_of(case, language=language))


def _shown(case: Case, line: Line, inside: bool, language: str) -> Shown:
    versions = [version_shown(case, row, inside, language) for row in line.versions]
    return Shown(
        type=line.type,
        type_name=line.type_name,
        title=line.title,
        name=line.name,
        current=versions[0],
        earlier=tuple(versions[1:]),
    )


def version_shown(case: Case, row: CaseDocument, inside: bool, language: str) -> Version:
    """One version of a document for a page; `inside` for people of the case's authority."""
    kept = row.document
    return Version(
        id=kept.public_id,
        name=kept.name,
        size=kept.size,
        number=row.number,
        at=row.added_at.astimezone(ZoneInfo(case.authority.time_zone)),
        by=_by(case, row, inside, language),
        note=row.note,
        confidential=kept.confidentiality == Document.Confidentiality.CONFIDENTIAL,
        basis=kept.confidentiality_basis,
        scanned=kept.scanned,
        finding=row.finding,
    )


def _by(case: Case, row: CaseDocument, inside: bool, language: str) -> str:
    """An office speaks for itself to outsiders, and so does an organisation to an authority."""
    group = in_language(row.office.title, language) if row.office is not None else case.applicant.name
    own = inside == (row.office is not None)
    person = row.added_by.get_full_name()
    return f"{person}, {group}" if own and person else group


def document_seen_by(person: User, public_id: UUID, *, clock: Clock) -> CaseDocument | None:
    """The document with this id; None where there is none, or the person may not see its case.

    What was removed from a draft is not there any more.
    """
    found = CaseDocument.objects.select_related("document", "case__authority")
    return found.filter(
        document__public_id=public_id,
        removed_at__isnull=True,
        case__in=cases_seen_by(person, clock=clock),
    ).first()


def document_of(case: Case, public_id: UUID) -> CaseDocument | None:
    """The document of a case with this id; None where it has none.

    Also one that was removed: what is then asked of it is refused with the reason, or was done already.
    """
    return case.documents.select_related("document").filter(document__public_id=public_id).first()
