"""Reading for the applicant's pages: who may write, where each section stands, all answers, what is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Organisation, User
from accounts.names import in_language
from accounts.selectors import (
    mandates_on_paper,
    organisations_of,
    organisations_represented,
    standing_mandates,
)
from accounts.services.chains import begun_everywhere
from authorisation import completeness, proposals, rules
from authorisation.application import APPLICATION_KINDS, ApplicationContent
from authorisation.clarification import (
    ANSWERS,
    changed_since_submitted,
    is_answered_by_change,
    open_round,
)
from authorisation.completeness import Item
from authorisation.document_types import DocumentType, document_types
from authorisation.fees import Owed, Payment
from authorisation.handling import procedure_for
from authorisation.kinds import WITH_CONTENT_ITEMS
from authorisation.lifecycle import State
from authorisation.models import Case, Question
from authorisation.national_questions import item_at, missing_answers
from authorisation.permissions import roles_in_case
from authorisation.roles import Role
from authorisation.rules import Finding
from authorisation.supporting_documents import (
    BEFORE_REVIEW,
    answered_by_a_document,
    lines_of,
    type_at,
    wanted,
)
from authorisation.supporting_documents import Wanted as WantedDocument
from authorisation.terms import asked_for
from desk.applications.places import Place, Raw, at_place
from desk.applications.questions import Asked, Field, Rows, Section, Years, overlaps
from desk.applications.reading import Problem, Reading, read
from desk.applications.rows import rows_of
from desk.applications.sections import SECTIONS, section_of, sections_for
from desk.documents.selectors import Shown, documents_shown
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.refusals import Words

# Where an application may be written.
OPEN = frozenset({State.DRAFT, State.WITH_APPLICANT})


# -- who may -----------------------------------------------------------------------------------------


def organisation_acting(person: User, applicant: Organisation, *, on: date) -> Organisation | None:
    """The organisation of this person that may act for the applicant: itself, or one that it mandated."""
    own = organisations_of(person, on=on)
    if applicant in own:
        return applicant
    mandates = (standing_mandates(on=on) | mandates_on_paper(on=on)).filter(
        mandatary__in=own, principal=applicant
    )
    found = mandates.select_related("mandatary").order_by("pk").first()
    return found.mandatary if found else None


def is_applicant(case: Case, actor: Person, *, clock: Clock) -> bool:
    """Whether the actor is the applicant in this case today."""
    return Role.APPLICANT in roles_in_case(case, actor, clock)


def authorities_offered(language: str) -> list[tuple[str, str]]:
    """Every authority of this installation, by public id and name."""
    found = [
        (str(authority.public_id), in_language(authority.name, language))
        for authority in Authority.objects.order_by("slug")
    ]
    return sorted(found, key=lambda pair: pair[1].casefold())


def organisations_offered(person: User, *, clock: Clock) -> list[tuple[str, str]]:
    """The organisations for which the person may apply, by public id and name.

    Where a mandate is on paper, it depends on the authority whether they may; opening the case says so.
    """
    on = begun_everywhere(clock.now())
    found = organisations_represented(person, on=on)
    on_paper = mandates_on_paper(on=on).filter(mandatary__in=organisations_of(person, on=on))
    found += [mandate.principal for mandate in on_paper.select_related("principal").order_by("pk")]
    return list({str(one.public_id): (str(one.public_id), one.name) for one in found}.values())


def kinds_offered(*, clock: Clock) -> list[tuple[str, Words]]:
    """The kinds of case that can be applied for here today, at one authority or another."""
    in_use = {
        kind
        for authority in Authority.objects.select_related("party")
        for kind in procedure_for(authority, today(authority, clock)).kinds
    }
    return [(kind.value, capfirst(kind.label)) for kind in APPLICATION_KINDS if kind in in_use]


# -- the task list -----------------------------------------------------------------------------------


class Status(StrEnum):
    """How far a section is."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    COMPLETE = "complete"
    PROBLEM = "problem"
    LOCKED = "locked"

    @property
    def label(self) -> Words:
        """The word for it."""
        return _STATUS_WORDS[self]


_STATUS_WORDS: Mapping[str, Words] = {
    Status.NOT_STARTED: _("Not started"),
    Status.IN_PROGRESS: _("In progress"),
    Status.COMPLETE: _("Complete"),
    Status.PROBLEM: _("Has a problem"),
    Status.LOCKED: _("Locked: nothing was asked about it"),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A content item that the application does not give, and the section in which to give it."""

    item: Item
    section: Section | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An application while it is written: as far as it can be read, what is wrong, and what is missing."""

    raw: Mapping[str, Raw]
    reading: Reading
    missing: tuple[Wanted, ...]
    sections: tuple[Section, ...] = SECTIONS

    @property
    def content(self) -> ApplicationContent:
        """What can be read of it."""
        return self.reading.content

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What cannot."""
        return self.reading.problems

    def problems_in(self, section: Section) -> list[Problem]:
        """The problems of one section."""
        return [problem for problem in self.problems if section.holds(problem.place)]

    def problems_of(self, section: Section, asked: Asked) -> list[Problem]:
        """The problems of one question. What is about several is said once, at the first of them."""
        return [problem for problem in self.problems_in(section) if section.asked_at(problem.place) == asked]

    def status(self, section: Section) -> Status:
        """How far a section is."""
        if self.problems_in(section):
            return Status.PROBLEM
        if not any(at_place(self.raw, asked.place) is not None for asked in section.asked()):
            return Status.NOT_STARTED
        if any(wanted.section == section for wanted in self.missing):
            return Status.IN_PROGRESS
        return Status.COMPLETE


def draft_of(case: Case, *, raw: Mapping[str, Raw] | None = None) -> Draft:
    """The application of a case as it is being written; `raw` where it is not the one that is stored."""
    raw = case.application.content if raw is None else raw
    reading = read(raw)
    wanted = completeness.missing(reading.content) if case.kind in WITH_CONTENT_ITEMS else []
    wanted += missing_answers(case, reading.content)
    sections = sections_for(case)
    # What is there and malformed is not missing: it is named as the problem that it is.
    malformed = [problem.place for problem in reading.problems]
    missing = [
        Wanted(item=item, section=section_of(place, sections))
        for item, place in ((item, tuple(item.path.split("."))) for item in wanted)
        if not any(overlaps(other, place) for other in malformed)
    ]
    return Draft(raw=raw, reading=reading, missing=tuple(missing), sections=sections)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the task list."""

    section: Section
    status: Status


def tasks(draft: Draft, *, opened: frozenset[Place] | None = None) -> list[Task]:
    """The task list; where only some places are `opened`, sections without any of them are locked."""
    return [
        Task(
            section=section,
            status=draft.status(section)
            if opened is None or any(section.holds(place) for place in opened)
            else Status.LOCKED,
        )
        for section in draft.sections
    ]


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The supporting documents of an application, and those that are wanted: not here, or rejected."""

    shown: tuple[Shown, ...]
    wanted: tuple[WantedDocument, ...]

    @property
    def status(self) -> Status:
        """How far they are. Nobody must send any where the procedure asks for none."""
        if any(want.code == "document-rejected" for want in self.wanted):
            return Status.PROBLEM
        if self.wanted:
            return Status.IN_PROGRESS if self.shown else Status.NOT_STARTED
        return Status.COMPLETE if self.shown else Status.NOT_STARTED

    @property
    def optional(self) -> bool:
        """Whether nothing is wanted."""
        return not self.wanted


def fees_status(owed: Iterable[Owed]) -> Status:
    """How far the applicant is with the fees that are asked for now."""
    states = {one.state for one in owed}
    if Payment.REJECTED in states:
        return Status.PROBLEM
    if Payment.OWED in states:
        return Status.NOT_STARTED
    return Status.COMPLETE


def papers(case: Case, *, language: str) -> Papers:
    """The supporting documents as their applicant sees them."""
    return Papers(
        shown=documents_shown(case, inside=False, language=language),
        wanted=tuple(wanted(case, BEFORE_REVIEW, language=language)),
    )


# -- checking the answers ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of a summary: the question, what was answered, and what is wrong with that."""

    label: Words
    lines: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The answers of one section."""

    section: Section
    status: Status
    told: tuple[Told, ...]


def summaries(draft: Draft) -> list[Summary]:
    """Every answer of the application, section by section."""
    return [
        Summary(
            section=section,
            status=draft.status(section),
            told=tuple(
                Told(
                    label=asked.label,
                    lines=tuple(told_of(asked, draft.raw)),
                    problems=tuple(problem.words for problem in draft.problems_of(section, asked)),
                )
                for asked in section.asked()
                if asked.applies(draft.raw)
            ),
        )
        for section in draft.sections
    ]


def told_of(asked: Asked, raw: Mapping[str, Raw]) -> Iterable[str]:
    """The answer to a question in words, line by line."""
    if isinstance(asked, Field):
        return asked.answer.told(at_place(raw, asked.place))
    return [_told_row(asked, row) for row in rows_of(asked, raw)]


def _told_row(asked: Rows, row: Mapping[str, Raw]) -> str:
    told = [", ".join(column.answer.told(row.get(column.key))) for column in asked.columns]
    if isinstance(asked, Years):
        year, tonnes = told
        return f"{year}: {tonnes} t CO₂ eq" if tonnes else f"{year}:"
    return " · ".join(filter(None, told))


def findings(case: Case, draft: Draft, *, on: date) -> list[Finding]:
    """What the rules and national oversight already say of what can be read, on that day."""
    content = draft.content
    terms = asked_for(content)
    found = rules.findings(proposals.proposal(case, terms, content))
    found += proposals.on_confidentiality(case)
    return [*found, *proposals.oversight_of(case, terms, content, on=on)]


# -- what the authority asks -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A question that the authority asked, or an item that it named as missing.

    number      its number among the questions of the case
    item        the content item it is about, if it is about one
    document    the type of document it asks for, if it asks for one
    section     where that is given
    is_given    the item is in the application now
    answer      what was written in answer so far
    """

    number: int
    question: Question
    item: Item | None
    document: DocumentType | None
    section: Section | None
    is_given: bool
    answer: str


def asking(case: Case, draft: Draft) -> list[Asking]:
    """Everything the applicant is asked and has not answered yet, in the order in which it was asked."""
    missing = {
        item.path for item in completeness.missing(draft.content) + missing_answers(case, draft.content)
    }
    written = at_place(draft.raw, (ANSWERS,))
    kept = written if isinstance(written, dict) else {}
    lines = lines_of(case)
    types = document_types(case.procedure_version)
    waiting, changed = open_round(case), changed_since_submitted(case, draft.content)
    clarifies = waiting is not None and waiting.purpose == waiting.Purpose.CLARIFICATION

    def is_given(question: Question) -> bool:
        if type_at(question.path):
            return answered_by_a_document(question, lines)
        if clarifies:
            return is_answered_by_change(question, changed)
        return bool(question.path) and question.path not in missing

    return [
        Asking(
            number=question.number or 0,
            question=question,
            item=completeness.BY_PATH.get(question.path) or item_at(case, question.path),
            document=types.get(type_at(question.path)),
            section=section_of(tuple(question.path.split(".")), draft.sections) if question.path else None,
            is_given=is_given(question),
            answer=str(kept.get(str(question.pk)) or ""),
        )
        for question in case.questions.filter(answered_at__isnull=True)
    ]
