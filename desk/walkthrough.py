"""Takes a case file through its whole life, with demonstration people, on a clock of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from accounts.models import Function
from authorisation import completeness, proposals
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.models.decisions import Outcome, Verdict
from authorisation.services import applications, decisions, desk
from authorisation.terms import asked_for
from desk.case_file import CaseFile, DecisionContent, EventContent
from desk.cast import Cast, cast_for
from desk.grants import granted_terms
from letters import services as letters
from letters.lifecycle import State as LetterState
from letters.models import Letter
from projects.content import EntityContent
from workflow import outbox
from workflow.actors import Person
from workflow.clock import RealClock, SetClock, noon
from workflow.door import Act
from workflow.models import OutboxMessage
from workflow.refusals import Reason, Refused

# How long a letter may take that another worker has already begun to produce.
PATIENCE = timedelta(minutes=2)


class LetterNotProduced(RuntimeError):
    """A letter could not be produced; the text says why."""


@dataclass(frozen=True, kw_only=True)
class EventResult:
    """What became of one event after the letter: done, refused, or not handled yet."""

    on: date
    event: str
    result: str
    reasons: tuple[Reason, ...] = ()


@dataclass(kw_only=True)
class Journey:
    """A case file on its way: the case it became, and what went otherwise than the file says."""

    file: CaseFile
    case: Case | None = None
    refusals: list[str] = field(default_factory=list)
    events: list[EventResult] = field(default_factory=list)

    @property
    def all_handled(self) -> bool:
        """Whether every event after the letter was carried out or refused, and none left for later."""
        return all(event.result != "not handled yet" for event in self.events)


def already_here(file: CaseFile) -> bool:
    """Whether a case with this id is in the database."""
    return Case.objects.filter(source_id=file.id).exists()


def carry_out(file: CaseFile) -> Journey:
    """Carries out application, review, decision and letter, each by who may, on its own day."""
    return _Walk(file).carry_out()


class _Walk:
    """One case file with its clock and its people."""

    def __init__(self, file: CaseFile) -> None:
        self.journey = Journey(file=file)
        self.file = file
        submitted_on = cast(date, file.submitted_on)
        self.day = submitted_on
        self.clock = SetClock(RealClock().now())
        self.people = self._people()
        self.clock = SetClock(noon(self.people.authority, submitted_on))

    def _people(self) -> Cast:
        party = str(self.file.party)
        unnamed = EntityContent(name=f"Applicant of {self.file.id}", country=None)
        return cast_for(party, self.file.applicant or unnamed, at=self.clock.now())

    def carry_out(self) -> Journey:
        try:
            self._apply()
            if self.file.decision is not None:
                self._decide(self.file.decision)
        except Refused as refusal:
            self.journey.refusals += [str(reason) for reason in refusal.reasons]
        except LetterNotProduced as fault:
            self.journey.refusals.append(str(fault))
        for event in sorted(self.file.afterwards or (), key=lambda event: cast(date, event.on)):
            self.journey.events.append(self._afterwards(event))
        if self.journey.case is not None:
            self.journey.case = Case.objects.get(pk=self.journey.case.pk)
        return self.journey

    # -- the application ---------------------------------------------------------------------

    def _apply(self) -> None:
        request = self.file.request
        kind = Kind((request.kind if request and request.kind else "consolidated").replace("-", "_"))
        self.journey.case = applications.open_case(
            act=self._applicant(),
            authority=self.people.authority,
            kind=kind,
            applicant=self.people.organisation,
            content=self.file.application.as_json(),
            source_id=self.file.id or "",
            unverified=self.file.assumed or (),
        )
        self._step(lambda case: applications.submit(case, act=self._applicant(), declared=True))

    # -- review and decision -----------------------------------------------------------------

    def _decide(self, decision: DecisionContent) -> None:
        decided_on = cast(date, decision.decided_on)
        if decision.outcome == "return":
            self._on(decided_on)
            self._step(lambda case: desk.return_for_completion(case, act=self._office(Function.DESK_OFFICER)))
            self._letter(Function.DESK_OFFICER, decision.signed_on or decided_on)
            return
        self._review(decision, decided_on)
        self._on(decided_on)
        self._step(lambda case: self._decision(case, decision))
        self._letter(Function.SIGNER, decision.signed_on or decided_on)

    def _review(self, decision: DecisionContent, decided_on: date) -> None:
        """Completeness, opinion and recommendation, spread over the days until the decision."""
        span = (decided_on - self.day).days
        self._on(self.day + timedelta(days=span // 4))
        content = proposals.content_of(cast(Case, self.journey.case))
        for path, reason in completeness.notes(content).items():
            self._step(self._waiving(path, reason))
        self._step(lambda case: desk.accept(case, act=self._office(Function.DESK_OFFICER)))
        reasons = "; ".join(decision.reasons or ()) or "The application meets the criteria of the review."
        self._on(self.day + timedelta(days=span // 4))
        self._step(
            lambda case: desk.give_opinion(
                case, act=self._office(Function.REVIEWER), verdict=_verdict(decision), reasons=reasons
            )
        )
        self._on(self.day + timedelta(days=span // 4))
        self._step(
            lambda case: desk.recommend(
                case,
                act=self._office(Function.DESK_OFFICER),
                outcome=Outcome(str(decision.outcome)),
                reasons=reasons,
                answers={
                    finding.rule: f"For decision: {finding.reason}"
                    for finding in proposals.findings_on_request(case)
                },
            )
        )

    def _waiving(self, path: str, reason: str) -> Callable[[Case], Case]:
        return lambda case: desk.waive(
            case, act=self._office(Function.DESK_OFFICER), path=path, reason=reason
        )

    def _decision(self, case: Case, decision: DecisionContent) -> Case:
        act, reasons = self._office(Function.DECIDER), decision.reasons or ()
        if decision.outcome == "refuse":
            return decisions.refuse(case, act=act, reasons=reasons)
        granted = granted_terms(asked_for(proposals.content_of(case)), decision)
        conditions = decision.conditions or ()
        if decision.outcome == "approve":
            return decisions.approve(case, act=act, granted=granted, conditions=conditions)
        return decisions.approve_in_part(
            case, act=act, granted=granted, reasons=reasons, conditions=conditions
        )

    # -- the letter --------------------------------------------------------------------------

    def _letter(self, function: Function, signed_on: date) -> None:
        """The letter is rendered, signed by its office on its day, sealed and issued."""
        letter = self._produced(LetterState.SIGNING)
        self._on(signed_on)
        letters.consent(letter, act=self._office(function), digest=letter.unsigned_sha256)
        self._produced(LetterState.ISSUED)

    def _produced(self, state: LetterState) -> Letter:
        """Delivers what the outbox holds for the case's last letter, until it has come to this state."""
        began = time.monotonic()
        while True:
            case = cast(Case, self.journey.case)
            letter = Letter.objects.filter(case=case).latest("pk")
            if letter.state == state:
                return letter
            if letter.state == LetterState.FAILED:
                raise LetterNotProduced(f"Letter {letter.number}: {letter.fault}")
            if time.monotonic() - began > PATIENCE.total_seconds():
                raise LetterNotProduced(f"Letter {letter.number} is still {letter.state}.")
            waiting = OutboxMessage.objects.filter(
                payload__record=str(letter.public_id), delivered_at__isnull=True
            )
            for message in waiting:
                if message.parked_at is not None:
                    raise LetterNotProduced(f"Letter {letter.number}: {message.last_fault}")
                if not outbox.deliver(message.pk):
                    time.sleep(0.1)

    # -- afterwards --------------------------------------------------------------------------

    def _afterwards(self, event: EventContent) -> EventResult:
        return EventResult(on=cast(date, event.on), event=str(event.event), result="not handled yet")

    # -- who and when ------------------------------------------------------------------------

    def _on(self, day: date) -> None:
        self.day = max(day, self.day)
        moment = noon(self.people.authority, self.day)
        self.clock.move_to(max(moment, self.clock.instant))

    def _step(self, take: Callable[[Case], Case]) -> None:
        self.clock.move_to(self.clock.instant + timedelta(minutes=1))
        self.journey.case = take(cast(Case, self.journey.case))

    def _applicant(self) -> Act:
        return Act(actor=self.people.applying(), clock=self.clock)

    def _office(self, function: Function) -> Act:
        actor: Person = self.people.in_office(function, self.clock.now())
        return Act(actor=actor, clock=self.clock)


def _verdict(decision: DecisionContent) -> Verdict:
    if decision.outcome == "refuse":
        return Verdict.UNFAVOURABLE
    return Verdict.WITH_CONDITIONS if decision.conditions else Verdict.FAVOURABLE
