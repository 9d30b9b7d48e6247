"""Takes one case on, step by step, each by who may, on a clock that is set: the legs of a walkthrough."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from accounts.models import Function
from authorisation import completeness, proposals
from authorisation.fees import Payment, owed_by
from authorisation.handling import bodies_of, handling_of
from authorisation.kinds import Kind
from authorisation.models import Case, DocumentFinding
from authorisation.models.decisions import Outcome
from authorisation.national_questions import NATIONAL, questions_of
from authorisation.procedures.shape import Body, OfficeRule
from authorisation.required_documents import required_documents
from authorisation.services import applications, decisions, desk, documents, fees, reviews
from authorisation.supporting_documents import BEFORE_DECISION
from authorisation.verdicts import SheetAnswer, Verdict
from desk.cast import Cast
from letters import services as letters
from letters.lifecycle import State as LetterState
from letters.models import Letter
from workflow import outbox
from workflow.actors import Person
from workflow.clock import SetClock, noon
from workflow.door import Act
from workflow.models import OutboxMessage

# How long a letter may take that another worker has already begun to produce.
PATIENCE = timedelta(minutes=2)

# What the demonstration's people say where the case file says nothing.
ANSWERED = "As described in the documents of the application."
IN_ORDER = "The application meets the criteria of the review."


class LetterNotProduced(RuntimeError):
    """A letter could not be produced; the text says why."""


def filled_in(body: Body) -> reviews.Sheet:
    """The review sheet of a body, every question answered with yes."""
    return {item.code: (SheetAnswer.YES, "") for item in body.sheet}


class Walker:
    """One case on its way, with its people and its clock."""

    def __init__(self, people: Cast, clock: SetClock, day: date) -> None:
        self.people, self.clock, self.day = people, clock, day
        self.case: Case

    # -- who and when ------------------------------------------------------------------------

    def on(self, day: date) -> None:
        """Goes on to noon of a day, never back."""
        self.day = max(day, self.day)
        moment = noon(self.people.authority, self.day)
        self.clock.move_to(max(moment, self.clock.instant))

    def step(self, take: Callable[[Case], Case]) -> None:
        """Takes one step, a minute after the last."""
        self.clock.move_to(self.clock.instant + timedelta(minutes=1))
        self.case = take(self.case)

    def applicant(self) -> Act:
        """An act of the applicant."""
        return self._act(self.people.applying())

    def office(self, function: Function) -> Act:
        """An act of an office by its function."""
        return self._act(self.people.in_office(function, self.clock.now()))

    def _act(self, actor: Person) -> Act:
        return Act(actor=actor, clock=self.clock)

    # -- the application ---------------------------------------------------------------------

    def apply(
        self, kind: Kind, content: Mapping[str, Any], *, source_id: str = "", unverified: Sequence[str] = ()
    ) -> None:
        """Opens the case and submits it, with every document and proof that its procedure asks for."""
        self.case = applications.open_case(
            act=self.applicant(),
            authority=self.people.authority,
            kind=kind,
            applicant=self.people.organisation,
            content=content,
            source_id=source_id,
            unverified=unverified,
        )
        self._answer_national_questions()
        for stage in BEFORE_DECISION:
            for document in required_documents(self.case, stage):
                self._add(document.type, confidential=document.confidential)
        self.pay()
        self.step(lambda case: applications.submit(case, act=self.applicant(), declared=True))

    def _answer_national_questions(self) -> None:
        """What the authority asks besides is answered in a word: no source says it."""
        answers: dict[str, Any] = {question.code: ANSWERED for question in questions_of(self.case)}
        if answers:
            applications.change_application(
                self.case,
                act=self.applicant(),
                change=lambda written: {**written, NATIONAL: {**answers, **(written.get(NATIONAL) or {})}},
            )

    def _add(self, type_code: str, *, confidential: bool = False) -> None:
        text = f"Demonstration document of the type {type_code} for {self.case.reference}.\n"
        upload = documents.Upload(content=text.encode(), name=f"{type_code}.txt")
        said = documents.Said(
            type=type_code,
            confidential=confidential,
            basis="The procedure holds such documents confidential." if confidential else "",
        )
        self.step(lambda case: documents.add_document(case, upload, said, act=self.applicant()))

    def pay(self) -> None:
        """Hands in a proof of each fee that is asked for now."""
        for owed in owed_by(self.case):
            if owed.state == Payment.OWED:
                self.step(self._paying(owed.number))

    def _paying(self, fee: int) -> Callable[[Case], Case]:
        reference = f"{self.case.reference}-F{fee}"
        text = f"Demonstration proof of the payment {reference}.\n"
        upload = documents.Upload(content=text.encode(), name="payment.txt")
        return lambda case: fees.hand_in_proof(
            case, upload, fee=fee, reference=reference, act=self.applicant()
        )

    def check_payments(self) -> None:
        """The desk accepts every proof that was handed in."""
        for owed in owed_by(self.case):
            if owed.state == Payment.HANDED_IN:
                self.step(self._accepting(owed.number))

    def _accepting(self, fee: int) -> Callable[[Case], Case]:
        return lambda case: fees.judge_proof(
            case,
            fee=fee,
            verdict=DocumentFinding.Verdict.ACCEPTED,
            act=self.office(Function.DESK_OFFICER),
        )

    # -- review ------------------------------------------------------------------------------

    def accept(self) -> None:
        """The desk finds not applicable what the applicant left out with a reason, and accepts."""
        for path, reason in completeness.notes(proposals.content_of(self.case)).items():
            self.step(self._waiving(path, reason))
        self.pay()
        self.check_payments()
        self.step(lambda case: desk.accept(case, act=self.office(Function.DESK_OFFICER)))

    def _waiving(self, path: str, reason: str) -> Callable[[Case], Case]:
        return lambda case: desk.waive(case, act=self.office(Function.DESK_OFFICER), path=path, reason=reason)

    def review(self, verdict: Verdict, reasons: str) -> None:
        """Every body that is asked gives its opinion, all of the same mind."""
        for body in bodies_of(self.case):
            if body.members > 1:
                for member in self.people.members_of(body, self.clock.now()):
                    self.step(self._voting(body, member, verdict, reasons))
            self.step(self._speaking(body, verdict, reasons))

    def _voting(self, body: Body, member: Person, verdict: Verdict, reasons: str) -> Callable[[Case], Case]:
        return lambda case: reviews.vote(
            case, act=self._act(member), verdict=verdict, reasons=reasons, sheet=filled_in(body)
        )

    def _speaking(self, body: Body, verdict: Verdict, reasons: str) -> Callable[[Case], Case]:
        several = body.members > 1
        return lambda case: reviews.give_opinion(
            case,
            act=self._act(self.people.speaker_of(body, self.clock.now())),
            verdict=verdict,
            reasons=reasons,
            sheet=None if several else filled_in(body),
            minutes=f"Minutes of {body.name.get('en', body.code)}: {reasons}" if several else "",
        )

    def recommend(self, outcome: Outcome, reasons: str) -> None:
        """The desk recommends, with an answer to every finding."""
        self.pay()
        self.check_payments()
        self.step(
            lambda case: desk.recommend(
                case,
                act=self.office(Function.DESK_OFFICER),
                outcome=outcome,
                reasons=reasons,
                answers={
                    finding.rule: f"For decision: {finding.reason}"
                    for finding in proposals.findings_on_request(case)
                },
            )
        )

    # -- decision and letter -----------------------------------------------------------------

    def deciding(self) -> Act:
        """An act of the office that decides cases of this kind."""
        return self._act(self.people.meant_by(handling_of(self.case).deciding, self.clock.now()))

    def approve(self) -> None:
        """All that was asked for is granted."""
        self.step(lambda case: decisions.approve(case, act=self.deciding()))

    def letter(self, signed_on: date, offices: Sequence[OfficeRule] | None = None) -> None:
        """The letter drawn last is rendered, signed by every office that signs it, sealed and issued."""
        letter = self._produced(LetterState.SIGNING)
        self.on(signed_on)
        self.pay()
        self.check_payments()
        for rule in handling_of(self.case).signing if offices is None else offices:
            self.clock.move_to(self.clock.instant + timedelta(minutes=1))
            act = self._act(self.people.meant_by(rule, self.clock.now()))
            letter = letters.consent(letter, act=act, digest=letter.unsigned_sha256)
        self._produced(LetterState.ISSUED)
        self.case = Case.objects.get(pk=self.case.pk)

    def _produced(self, state: LetterState) -> Letter:
        """Delivers what the outbox holds for the case's last letter, until it has come to this state."""
        began = time.monotonic()
        while True:
            letter = Letter.objects.filter(case=self.case).latest("pk")
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
