"""Reading for the applicant's pages: who may write, where each section stands, all answers, what is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Organisation, User
from accounts.names import in_language
from accounts.selectors import organisations_of, organisations_represented, standing_mandates
from accounts.services.chains import begun_everywhere
from authorisation import completeness, proposals, rules
from authorisation.application import APPLICATION_KINDS, ApplicationContent
from authorisation.completeness import Item
from authorisation.kinds import WITH_CONTENT_ITEMS
from authorisation.lifecycle import State
from authorisation.models import Case, Question
from authorisation.permissions import roles_in_case
from authorisation.procedures import BUILT_IN
from authorisation.roles import Role
from authorisation.rules import Finding
from authorisation.terms import asked_for
from desk.applications.places import Raw, at_place
from desk.applications.reading import Problem, Reading, read
from desk.applications.rows import rows_of
from desk.applications.sections import (
    SECTIONS,
    Asked,
    Field,
    Rows,
    Section,
    Years,
    overlaps,
    section_of,
)
from workflow.actors import Person
from workflow.clock import Clock
from workflow.refusals import Words

# Where an application may be written.
OPEN = frozenset({State.DRAFT, State.WITH_APPLICANT})


# -- who may -----------------------------------------------------------------------------------------


def organisation_acting(person: User, applicant: Organisation, *, on: date) -> Organisation | None:
    """The organisation of this person that may act for the applicant: itself, or one that it mandated."""
    own = organisations_of(person, on=on)
    if applicant in own:
        return applicant
    mandates = standing_mandates(on=on).filter(mandatary__in=own, principal=applicant)
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
    """The organisations for which the person may apply, by public id and name."""
    found = organisations_represented(person, on=begun_everywhere(clock.now()))
    return [(str(organisation.public_id), organisation.name) for organisation in found]


def kinds_offered() -> list[tuple[str, Words]]:
    """The kinds of case that can be applied for under the procedure."""
    return [(kind.value, capfirst(kind.label)) for kind in APPLICATION_KINDS if kind in BUILT_IN.kinds]


# -- the task list -----------------------------------------------------------------------------------


class Status(StrEnum):
    """How far a section is."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    COMPLETE = "complete"
    PROBLEM = "problem"

    @property
    def label(self) -> Words:
        """The word for it."""
        return _STATUS_WORDS[self]


_STATUS_WORDS: Mapping[str, Words] = {
    Status.NOT_STARTED: _("Not started"),
    Status.IN_PROGRESS: _("In progress"),
    Status.COMPLETE: _("Complete"),
    Status.PROBLEM: _("Has a problem"),
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
    # What is there and malformed is not missing: it is named as the problem that it is.
    malformed = [problem.place for problem in reading.problems]
    missing = [
        Wanted(item=item, section=section_of(place))
        for item, place in ((item, tuple(item.path.split("."))) for item in wanted)
        if not any(overlaps(other, place) for other in malformed)
    ]
    return Draft(raw=raw, reading=reading, missing=tuple(missing))


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the task list."""

    section: Section
    status: Status


def tasks(draft: Draft) -> list[Task]:
    """The task list."""
    return [Task(section=section, status=draft.status(section)) for section in SECTIONS]


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
                    lines=tuple(_told(asked, draft.raw)),
                    problems=tuple(problem.words for problem in draft.problems_of(section, asked)),
                )
                for asked in section.asked()
                if asked.applies(draft.raw)
            ),
        )
        for section in SECTIONS
    ]


def _told(asked: Asked, raw: Mapping[str, Raw]) -> Iterable[str]:
    if isinstance(asked, Field):
        return asked.answer.told(at_place(raw, asked.place))
    return [_told_row(asked, row) for row in rows_of(asked, raw)]


def _told_row(asked: Rows, row: Mapping[str, Raw]) -> str:
    told = [", ".join(column.answer.told(row.get(column.key))) for column in asked.columns]
    if isinstance(asked, Years):
        year, tonnes = told
        return f"{year}: {tonnes} t CO₂ eq" if tonnes else f"{year}:"
    return " · ".join(filter(None, told))


def findings(case: Case, draft: Draft) -> list[Finding]:
    """What the rules already say of what can be read."""
    return rules.findings(proposals.proposal(case, asked_for(draft.content), draft.content))


# -- what the authority asks -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A question that the authority asked, or an item that it named as missing.

    number      its number among those still open, from one
    item        the content item it is about, if it is about one
    section     where that is given
    is_given    the item is in the application now
    answer      what was written in answer so far
    """

    number: int
    question: Question
    item: Item | None
    section: Section | None
    is_given: bool
    answer: str


def asking(case: Case, draft: Draft) -> list[Asking]:
    """Everything the applicant is asked and has not answered yet, in the order in which it was asked."""
    missing = {item.path for item in completeness.missing(draft.content)}
    written = at_place(draft.raw, (ANSWERS,))
    kept = written if isinstance(written, dict) else {}
    return [
        Asking(
            number=number,
            question=question,
            item=completeness.BY_PATH.get(question.path),
            section=section_of(tuple(question.path.split("."))) if question.path else None,
            is_given=bool(question.path) and question.path not in missing,
            answer=str(kept.get(str(question.pk)) or ""),
        )
        for number, question in enumerate(case.questions.filter(answered_at__isnull=True), start=1)
    ]


# Answers in words that are not sent yet are kept beside the application, by the question's key. They are no
# content of it: what is frozen as a version leaves them out.
ANSWERS = "answers"
