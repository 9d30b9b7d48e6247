"""A case as its page tells it: what it asks, where it stands, what is missing, what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import ValidationError

from accounts.models import User
from accounts.names import country_name, in_language, party_name
from authorisation import completeness, proposals
from authorisation.application import ApplicationContent
from authorisation.completeness import Item
from authorisation.handling import bodies_of, handling_of, procedure_of
from authorisation.kinds import WITH_CONTENT_ITEMS, Kind
from authorisation.lifecycle import ENDED
from authorisation.models import Case, Decision, Opinion, Question, QuestionRound, Recommendation, Waiver
from authorisation.models.decisions import Outcome
from authorisation.national_questions import item_at, missing_answers
from authorisation.rules import Finding
from authorisation.terms import Terms, asked_for
from desk import permissions
from desk.selectors.rounds import rounds_shown
from desk.selectors.standing import Standing, standing_of
from desk.timeline import Line, timeline
from letters.kinds import kind_of
from letters.lifecycle import State as LetterState
from letters.models import Letter
from letters.permissions import issued
from projects.problems import sentences_of
from workflow.clock import Clock, today
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Volume:
    """The tonnes of one vintage; None where none were asked for, granted, or none was decided yet."""

    vintage: int
    asked: int | None
    granted: int | None


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """What is asked for and granted, in whole t CO2 eq.

    asked_sum, granted_sum       over the vintages; None where none is given by vintage
    asked_total, granted_total   a ceiling over all vintages, where one is given
    decided                      whether there is a column of what is granted
    nothing_granted              the request was refused
    """

    vintages: tuple[Volume, ...]
    asked_sum: int | None
    asked_total: int | None
    granted_sum: int | None
    granted_total: int | None
    decided: bool
    nothing_granted: bool

    @property
    def are_given(self) -> bool:
        """Whether any volume is asked for or granted at all."""
        return bool(self.vintages) or self.asked_total is not None or self.granted_total is not None

    @property
    def has_totals(self) -> bool:
        """Whether a ceiling over all vintages is asked for or granted."""
        return self.asked_total is not None or self.granted_total is not None


@dataclass(frozen=True, kw_only=True)
class LetterRow:
    """A letter of the case. `file` is its id where there are signed bytes to download."""

    number: str
    kind: Words
    state: str
    state_label: Words
    date: date
    code: str
    file: UUID | None


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Everything the page of a case shows one person.

    authority, party, country, approach_parties   names in the language of the page
    title              of the activity, as registered or as written so far
    unreadable         why the application as it stands cannot be read, where it cannot
    missing, questions what the applicant still has to give
    rounds             the rounds of questions so far
    procedure          what the procedure that it follows is called
    reviewed_by, decided_by   the bodies and the office that work on it: never the people
    findings           what the rules say of the request while the case is open
    decision           once it is out; to the authority from the moment it was taken
    opinions           each under the name of its body; with the recommendation shown to the authority alone
    """

    case: Case
    authority: str
    party: str
    country: str
    kind: Words
    title: str
    approach_parties: tuple[str, ...]
    standing: Standing
    asked: Terms | None
    unreadable: tuple[str, ...]
    volumes: Volumes | None
    missing: tuple[Item, ...]
    waivers: tuple[tuple[Words, str], ...]
    questions: tuple[Question, ...]
    rounds: tuple[QuestionRound, ...]
    procedure: str
    reviewed_by: tuple[str, ...]
    decided_by: str
    findings: tuple[Finding, ...]
    decision: Decision | None
    opinions: tuple[tuple[Words, Opinion], ...]
    recommendation: Recommendation | None
    letters: tuple[LetterRow, ...]
    story: tuple[Line, ...]


def case_page(case: Case, *, person: User, clock: Clock, language: str) -> CasePage:
    """The page of a case that this person may see, in a constant number of queries."""
    inside = permissions.serves_the_authority(person, case, clock=clock)
    content, unreadable = _content(case)
    asked = asked_for(content) if content else None
    decision = case.decisions.last() if inside or permissions.is_decision_out(case) else None
    waivers = list(case.waivers.all())
    story = timeline(case, language=language)
    authority, bodies = case.authority, {body.code: body.label for body in bodies_of(case)}
    return CasePage(
        case=case,
        authority=in_language(authority.name, language),
        party=party_name(authority.party.code, language),
        country=country_name(case.applicant.country, language),
        kind=Kind(case.kind).label,
        title=_title(case, content),
        approach_parties=_parties(case, language),
        standing=standing_of(case, clock=clock),
        asked=asked,
        unreadable=unreadable,
        volumes=_volumes(asked, decision) if asked else None,
        missing=_missing(case, content, waivers),
        waivers=tuple((_label(waiver), waiver.reason) for waiver in waivers),
        questions=_open_questions(case),
        rounds=rounds_shown(case),
        procedure=procedure_of(case).label,
        reviewed_by=tuple(bodies.values()),
        decided_by=handling_of(case).deciding.label,
        findings=_findings(case, content, on=today(case.authority, clock)),
        decision=decision,
        opinions=tuple((bodies.get(one.body, one.body), one) for one in case.opinions.all() if inside),
        recommendation=case.recommendations.last() if inside else None,
        letters=_letters(case, all_of_them=inside),
        story=tuple(story if inside else permissions.story_for_applicant(case, story)),
    )


def _content(case: Case) -> tuple[ApplicationContent | None, tuple[str, ...]]:
    """The application, or the sentences that say why a draft cannot be read yet."""
    if not case.versions.exists():
        try:
            ApplicationContent.model_validate(case.application.content)
        except ValidationError as error:
            return None, tuple(sentences_of(error))
    return proposals.content_of(case), ()


def _title(case: Case, content: ApplicationContent | None) -> str:
    if case.activity is not None:
        return case.activity.title
    activity = content.activity if content else None
    return (activity.title if activity else "") or ""


def _parties(case: Case, language: str) -> tuple[str, ...]:
    if case.approach is None:
        return ()
    codes = case.approach.parties.values_list("code", flat=True)
    return tuple(sorted(party_name(code, language) for code in codes))


def _volumes(asked: Terms, decision: Decision | None) -> Volumes:
    granted = Terms.model_validate_json(decision.granted) if decision and decision.granted else None
    by_asked, by_granted = asked.volumes or {}, (granted.volumes if granted else None) or {}
    return Volumes(
        vintages=tuple(
            Volume(vintage=vintage, asked=by_asked.get(vintage), granted=by_granted.get(vintage))
            for vintage in sorted({*by_asked, *by_granted})
        ),
        asked_sum=_sum(by_asked.values()),
        asked_total=asked.total,
        granted_sum=_sum(by_granted.values()),
        granted_total=granted.total if granted else None,
        decided=granted is not None,
        nothing_granted=decision is not None and decision.outcome == Outcome.REFUSE,
    )


def _sum(tonnes: Iterable[int]) -> int | None:
    given = list(tonnes)
    return sum(given) if given else None


def _missing(case: Case, content: ApplicationContent | None, waivers: Sequence[Waiver]) -> tuple[Item, ...]:
    if content is None or case.state in ENDED:
        return ()
    waived = {waiver.path for waiver in waivers}
    items = completeness.missing(content) if case.kind in WITH_CONTENT_ITEMS else []
    return tuple(item for item in items + missing_answers(case, content) if item.path not in waived)


def _label(waiver: Waiver) -> Words:
    item = completeness.BY_PATH.get(waiver.path)
    return item.label if item else waiver.path


def _open_questions(case: Case) -> tuple[Question, ...]:
    """Questions that are not about a missing item: those are named with what mends them."""
    unanswered = case.questions.filter(answered_at__isnull=True)
    return tuple(
        question
        for question in unanswered
        if question.path not in completeness.BY_PATH and item_at(case, question.path) is None
    )


def _findings(case: Case, content: ApplicationContent | None, *, on: date) -> tuple[Finding, ...]:
    if content is None or case.state in ENDED:
        return ()
    return tuple(proposals.findings_on_request(case, on=on))


def _letters(case: Case, *, all_of_them: bool) -> tuple[LetterRow, ...]:
    """The letters in the order in which they were drawn; before it is issued, a letter is the authority's."""
    letters = Letter.objects.filter(case=case).order_by("pk")
    return tuple(
        LetterRow(
            number=letter.number,
            kind=kind_of(letter.kind).title,
            state=letter.state,
            state_label=LetterState(letter.state).label,
            date=letter.dated,
            code=letter.code,
            file=letter.public_id if letter.signed_sha256 else None,
        )
        for letter in (letters if all_of_them else issued(letters))
    )
