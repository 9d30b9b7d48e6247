"""Reading the supporting documents of a case: what is there, in which versions, and what is still wanted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from audit.trail import Json
from authorisation.document_types import (
    OTHER,
    PAPER,
    PROOF_OF_PAYMENT,
    DocumentType,
    document_types,
    offered_to_applicants,
)
from authorisation.fees import OPEN, Owed, Payment, fees_of, owed_by
from authorisation.procedures.shape import Stage
from authorisation.required_documents import required_documents
from workflow.refusals import Words

if TYPE_CHECKING:
    from authorisation.models import Case, Question
    from authorisation.models.documents import CaseDocument

# A place in the application begins so where it is a document: "documents.consultation".
_PLACE = "documents."

# What must be there for the step out of the completeness check, and for the recommendation.
BEFORE_REVIEW = (Stage.SUBMISSION, Stage.REVIEW)
BEFORE_DECISION = (*BEFORE_REVIEW, Stage.DECISION)


def place_of(type_code: str) -> str:
    """The place of a document of this type, as questions to the applicant name it."""
    return f"{_PLACE}{type_code}"


def type_at(place: str) -> str:
    """The type of document that stands at a place; "" where the place is no document's."""
    return place.removeprefix(_PLACE) if place.startswith(_PLACE) else ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One document of a case with all its versions, the newest first.

    `type_name` is in the language of the page.
    """

    type: str
    type_name: str
    title: str
    versions: tuple["CaseDocument", ...]

    @property
    def current(self) -> "CaseDocument":
        """The version that counts."""
        return self.versions[0]

    @property
    def earlier(self) -> tuple["CaseDocument", ...]:
        """The versions that were superseded."""
        return self.versions[1:]

    @property
    def name(self) -> str:
        """What the document is called: its title, or its type."""
        return self.title or self.type_name


def lines_of(case: "Case", *, language: str | None = None) -> tuple[Line, ...]:
    """The documents of a case, in the order of their types, in two queries."""
    types = document_types(case.procedure_version)
    order = list(types)
    rows = case.documents.filter(removed_at__isnull=True).select_related("document", "added_by", "office")
    found: dict[tuple[str, str], list[CaseDocument]] = {}
    for row in rows.prefetch_related("findings__office"):
        found.setdefault((row.type, row.title), []).append(row)
    lines = [
        Line(
            type=code,
            type_name=types[code].name(language) if code in types else code,
            title=title,
            versions=tuple(sorted(versions, key=lambda row: row.number, reverse=True)),
        )
        for (code, title), versions in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: (_rank(order, line.type), line.title)))


def _rank(order: Sequence[str], code: str) -> int:
    return order.index(code) if code in order else len(order)


def current_of(case: "Case") -> list["CaseDocument"]:
    """The version that counts of each document, with what was found of it, in two queries."""
    return [line.current for line in lines_of(case)]


def marked_confidential(case: "Case") -> dict[str, str]:
    """The types of the documents that count and are marked confidential, each with the basis of one of them.

    Without any basis, where one of them has none. A type is named in the language of the page.
    """
    found: dict[str, str] = {}
    for line in lines_of(case):
        kept = line.current.document
        if kept.confidentiality == kept.Confidentiality.CONFIDENTIAL:
            what = Named(line.type, line.type_name)
            found[what] = kept.confidentiality_basis if found.get(what, "any") else ""
    return found


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A document that is wanted before a step: it is not here, or what is here was rejected.

    name          what the document is called, and `type_name` its type, in the language of the page
    words, mend   sentences, about the `%(document)s`
    """

    type: str
    code: str
    name: str
    type_name: str
    words: Words
    mend: Words

    @property
    def is_fee(self) -> bool:
        """Whether it is the proof of payment of a fee: handed in under "Fees", not among the documents."""
        return self.code in (_FEE, _FEE_REJECTED)

    @property
    def place(self) -> str:
        """Where it stands in the application."""
        return place_of(self.type)

    @property
    def sentence(self) -> str:
        """What is wrong, and what mends it, in the language of the page."""
        values = {"document": self.name}
        return f"{str(self.words) % values} {str(self.mend) % values}".strip()


def wanted(case: "Case", stages: Iterable[Stage], *, language: str | None = None) -> list[Wanted]:
    """The documents that are wanted before a step: rejected ones, then required ones that are not here.

    And last, of each fee that is due by then, a proof of its payment.
    """
    stages = tuple(stages)
    lines = lines_of(case, language=language)
    types = document_types(case.procedure_version)
    found = [
        _rejected(line)
        for line in lines
        if line.current.is_rejected and not (line.type == PROOF_OF_PAYMENT and line.title and fees_of(case))
    ]
    here = {line.type for line in lines}
    for stage in stages:
        for required in required_documents(case, stage):
            if required.type not in here:
                here.add(required.type)
                found.append(_missing(types[required.type], language))
    found += [
        _unpaid(owed, types[PROOF_OF_PAYMENT], language)
        for owed in owed_by(case)
        if owed.fee.stage in stages and owed.state in OPEN
    ]
    return found


def _rejected(line: Line) -> Wanted:
    finding = line.current.finding
    return Wanted(
        type=line.type,
        code="document-rejected",
        name=line.name,
        type_name=line.type_name,
        words=_("The document “%(document)s” was rejected."),
        # What an officer wrote is no pattern.
        mend=finding.reasons.replace("%", "%%") if finding is not None else "",
    )


def _missing(known: DocumentType, language: str | None) -> Wanted:
    return Wanted(
        type=known.code,
        code="document-missing",
        name=known.name(language),
        type_name=known.name(language),
        words=_("The document “%(document)s” is required, and not here."),
        mend=_("Add it under “Supporting documents”."),
    )


_FEE, _FEE_REJECTED = "fee-unpaid", "fee-rejected"


def _unpaid(owed: Owed, known: DocumentType, language: str | None) -> Wanted:
    rejected = owed.state == Payment.REJECTED
    return Wanted(
        type=known.code,
        code=_FEE_REJECTED if rejected else _FEE,
        name=owed.amount,
        type_name=known.name(language),
        words=_("The proof of payment of the fee of %(document)s was rejected.")
        if rejected
        else _("A fee of %(document)s is due, and no proof of payment is here."),
        mend=_("Hand the proof in under “Fees”."),
    )


def types_offered(case: "Case") -> list[DocumentType]:
    """The types of which the applicant may add a document now; none while the case is with the authority.

    To a draft they add what they like; later, what they were asked for. Where a question is about something
    else, a document may go with the answer to it, under a title of its own.
    """
    types = document_types(case.procedure_version)
    if fees_of(case):
        # Handed in with its fee, and with the reference of the payment.
        types = {code: known for code, known in types.items() if code != PROOF_OF_PAYMENT}
    if case.state == "draft":
        return offered_to_applicants(types.values())
    if case.state != "with_applicant":
        return []
    places = list(case.questions.filter(answered_at__isnull=True).values_list("path", flat=True))
    asked = [types[code] for code in dict.fromkeys(map(type_at, places)) if code in types and code != OTHER]
    if any(type_at(place) in ("", OTHER) for place in places):
        asked.append(types[OTHER])
    return asked


def answered_by_a_document(question: "Question", lines: Iterable[Line]) -> bool:
    """Whether a question about a document has one of its type that came after it."""
    code = type_at(question.path)
    return bool(code) and any(
        line.type == code and line.current.added_at >= question.asked_at for line in lines
    )


def frozen(case: "Case") -> list[dict[str, Json]]:
    """The documents with which an application is handed in, as its version lists them."""
    return [
        {
            "document": str(row.document.public_id),
            "type": row.type,
            "title": row.title,
            "version": row.number,
            "sha256": row.document.sha256,
        }
        for row in current_of(case)
    ]


def scan_of(case: "Case") -> str:
    """SHA-256 of the scan of an application on paper, where one is attached; else ""."""
    scans = [row.document.sha256 for row in current_of(case) if row.type == PAPER]
    return scans[-1] if scans else ""
