"""Takes a case file through its whole life, with demonstration people, on a clock of its own."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

from django.utils.translation import gettext as _

from accounts.models import Function
from authorisation import proposals
from authorisation.handling import procedure_for
from authorisation.kinds import Kind
from authorisation.lifecycle import ENDED
from authorisation.models import Authorisation, Case
from authorisation.models.decisions import Outcome
from authorisation.procedures.shape import OfficeRule, Procedure
from authorisation.services import decisions, desk, expiry
from authorisation.terms import asked_for
from authorisation.verdicts import Verdict
from desk import acts_afterwards, afterwards
from desk.acts_afterwards import ActWalk
from desk.case_file import CaseFile, DecisionContent, EventContent
from desk.cast import Cast, cast_for
from desk.grants import granted_terms
from desk.walking import IN_ORDER, LetterNotProduced, Walker
from projects.content import EntityContent
from workflow.clock import RealClock, SetClock, noon
from workflow.refusals import Reason, Refused

# A prior letter is applied for so long before what needs it, and decided after so many days.
LEAD = timedelta(days=40)
DECIDED_AFTER = timedelta(days=12)


@dataclass(frozen=True, kw_only=True)
class _Due:
    """Something that is to be done on a day; `older` where it is older than a letter of the same day."""

    day: date
    run: Callable[[], None]
    older: bool = False


@dataclass(frozen=True, kw_only=True)
class EventResult:
    """What became of one event after the letter: done, refused, or not handled yet."""

    on: date
    event: str
    result: str
    reasons: tuple[Reason, ...] = ()


@dataclass(kw_only=True)
class Journey:
    """A case file on its way: the case it became, and what went otherwise than the file says.

    `prior` are the cases whose letters the procedure asks for first, in the order in which they were granted.
    """

    file: CaseFile
    case: Case | None = None
    prior: list[Case] = field(default_factory=list)
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
        self.submitted_on = cast(date, file.submitted_on)
        request = file.request
        self.kind = Kind((request.kind if request and request.kind else "consolidated").replace("-", "_"))
        self.people = self._people()
        self.terms = procedure_for(self.people.authority, self.submitted_on)
        self.dues = self._dues()
        self.acts: dict[int, ActWalk] = {}
        self.to_come = list(dict.fromkeys(prior_kinds(self.terms, self.kind)))
        begins_on = self.submitted_on - LEAD * len(self.to_come)
        self.clock = SetClock(noon(self.people.authority, begins_on))
        self.walker = Walker(self.people, self.clock, begins_on)

    def _people(self) -> Cast:
        unnamed = EntityContent(name=f"Applicant of {self.file.id}", country=None)
        return cast_for(
            str(self.file.party),
            self.file.applicant or unnamed,
            at=RealClock().now(),
            on=self.submitted_on,
        )

    def carry_out(self) -> Journey:
        try:
            for kind in self.to_come:
                self._prior_letter(kind)
            self._apply()
            if self.file.decision is not None:
                self._decide(self.file.decision)
        except Refused as refusal:
            self.journey.refusals += [str(reason) for reason in refusal.reasons]
        except LetterNotProduced as fault:
            self.journey.refusals.append(str(fault))
        while self.dues:
            self.dues.pop(0).run()
        if self.journey.case is not None:
            self.journey.case = Case.objects.get(pk=self.journey.case.pk)
        return self.journey

    # -- what must be in force before --------------------------------------------------------

    def _prior_letter(self, kind: Kind) -> None:
        """A letter that the procedure asks for first, applied for by the same people and granted."""
        prior = Walker(self.people, self.clock, self.walker.day)
        self.walker = prior
        begins_on = prior.day
        prior.apply(kind, _asking_for(kind, self.file.application.as_json()))
        prior.on(begins_on + DECIDED_AFTER / 4)
        prior.accept()
        prior.review(Verdict.FAVOURABLE, IN_ORDER)
        prior.on(begins_on + DECIDED_AFTER / 2)
        prior.recommend(Outcome.APPROVE, IN_ORDER)
        prior.on(begins_on + DECIDED_AFTER)
        prior.approve()
        prior.letter(prior.day)
        self.journey.prior.append(prior.case)
        self.walker = Walker(self.people, self.clock, begins_on + LEAD)
        self.walker.on(begins_on + LEAD)

    # -- the application ---------------------------------------------------------------------

    def _apply(self) -> None:
        try:
            self.walker.apply(
                self.kind,
                self.file.application.as_json(),
                source_id=self.file.id or "",
                unverified=self.file.assumed or (),
            )
        finally:
            self.journey.case = getattr(self.walker, "case", None)
        self._events_until(self.submitted_on)

    # -- review and decision -----------------------------------------------------------------

    def _decide(self, decision: DecisionContent) -> None:
        walker, decided_on = self.walker, cast(date, decision.decided_on)
        if decision.outcome == "return":
            self._events_until(decided_on)
            walker.on(decided_on)
            walker.step(
                lambda case: desk.return_for_completion(case, act=walker.office(Function.DESK_OFFICER))
            )
            walker.letter(
                decision.signed_on or decided_on, offices=[OfficeRule(function=Function.DESK_OFFICER)]
            )
            return
        self._review(decision, decided_on)
        self._events_until(decided_on)
        walker.on(decided_on)
        walker.step(lambda case: self._decision(case, decision))
        signed_on = decision.signed_on or decided_on
        self._events_until(signed_on)
        walker.letter(signed_on)

    def _review(self, decision: DecisionContent, decided_on: date) -> None:
        """Completeness, opinions and recommendation, spread over the days until the decision."""
        walker = self.walker
        began, quarter = walker.day, (decided_on - walker.day) / 4
        self._go_on(began + quarter)
        walker.accept()
        reasons = "; ".join(decision.reasons or ()) or IN_ORDER
        self._go_on(began + 2 * quarter)
        walker.review(_verdict(decision), reasons)
        self._go_on(began + 3 * quarter)
        walker.recommend(Outcome(str(decision.outcome)), reasons)

    def _go_on(self, day: date) -> None:
        """Goes on to a day; what the file dates before it comes first."""
        self._events_until(day)
        self.walker.on(day)

    def _decision(self, case: Case, decision: DecisionContent) -> Case:
        act, reasons = self.walker.deciding(), decision.reasons or ()
        if decision.outcome == "refuse":
            return decisions.refuse(case, act=act, reasons=reasons)
        granted = granted_terms(asked_for(proposals.content_of(case)), decision)
        # What a published source does not say of the host's share is as the procedure has it.
        granted = decisions.set_by_procedure(granted, case)
        conditions = decision.conditions or ()
        if decision.outcome == "approve":
            return decisions.approve(case, act=act, granted=granted, conditions=conditions)
        return decisions.approve_in_part(
            case, act=act, granted=granted, reasons=reasons, conditions=conditions
        )

    # -- afterwards --------------------------------------------------------------------------

    def _dues(self) -> list[_Due]:
        """Every event on its day, and before it what has to come before: the notice, and the hearing."""
        found: list[_Due] = []
        for event in self.file.afterwards or ():
            on = cast(date, event.on)
            if event.event in acts_afterwards.WITH_NOTICE:
                since = self._in_force_from(on)
                notice, heard = (
                    max(on - acts_afterwards.NOTICE, since),
                    max(on - acts_afterwards.HEARD, since),
                )
                found.append(_Due(day=notice, run=partial(self._give_notice, event)))
                found.append(_Due(day=heard, run=partial(self._hear, event)))
            found.append(_Due(day=on, run=partial(self._carry_out, event), older=bool(event.before_grant)))
        return sorted(found, key=lambda due: due.day)

    def _in_force_from(self, on: date) -> date:
        """The day of the letter, before which nobody can be given notice; at the latest that of the event."""
        decision = self.file.decision
        signed_on = (decision.signed_on or decision.decided_on) if decision is not None else None
        return min(signed_on or on, on)

    def _events_until(self, day: date) -> None:
        """Carries out what is dated before a day, or on it where it is older than the letter."""
        while self.dues and (self.dues[0].day < day or (self.dues[0].older and self.dues[0].day == day)):
            self.dues.pop(0).run()

    def _act(self, event: EventContent) -> ActWalk | None:
        case = self.journey.case
        if case is None:
            return None
        return self.acts.setdefault(id(event), ActWalk(event, self.file, self.walker, case))

    def _give_notice(self, event: EventContent) -> None:
        """What cannot be given notice of yet is tried again on the day of the event itself."""
        act = self._act(event)
        if act is not None:
            with suppress(Refused):
                act.give_notice(act.notice_day)

    def _hear(self, event: EventContent) -> None:
        act = self._act(event)
        if act is not None:
            act.be_heard(act.heard_day)

    def _carry_out(self, event: EventContent) -> None:
        self.walker.on(cast(date, event.on))
        self._let_expire()
        result = self._afterwards(event)
        self.journey.events.append(result)
        self.journey.refusals += _otherwise(event, result)

    def _afterwards(self, event: EventContent) -> EventResult:
        on, name, case = cast(date, event.on), str(event.event), self.journey.case
        try:
            if name in afterwards.HANDLED:
                afterwards.carry_out(event, self.file, self.walker, case)
            elif name in acts_afterwards.HANDLED and case is not None:
                self._about(event, case)
            else:
                return EventResult(on=on, event=name, result="not handled yet")
        except Refused as refusal:
            return EventResult(on=on, event=name, result="refused", reasons=refusal.reasons)
        return EventResult(on=on, event=name, result="done")

    def _about(self, event: EventContent, case: Case) -> None:
        """An act about the authorisation, or about the case while it is open."""
        fresh = Case.objects.get(pk=case.pk)
        if event.event == "appeal":
            acts_afterwards.appeal(event, self.walker, fresh)
        elif event.event == "transfer_of_holder" and fresh.state not in ENDED:
            # The walker takes the case on as it stands now: a step that follows has to see this one.
            self.walker.case = acts_afterwards.record_holder(event, self.walker, fresh)
        else:
            act = self._act(event)
            if act is not None:
                act.carry_out()

    def _let_expire(self) -> None:
        """The clock's own work: demonstrations run on clocks of their own."""
        case = self.journey.case
        found = Authorisation.objects.filter(cases=case.pk).first() if case is not None else None
        if found is not None:
            expiry.expire(found, clock=self.clock)


def _otherwise(event: EventContent, result: EventResult) -> list[str]:
    """Sentences on an event that went otherwise than its `expect` says; without one it is to be done."""
    wanted = "refused" if (event.expect or "").startswith("refused") else "done"
    if result.result in (wanted, "not handled yet"):
        return []
    if result.result == "refused":
        return [f"{result.on} {result.event}: {reason}" for reason in result.reasons]
    return [
        _("%(on)s %(event)s: was to be refused, and was done.") % {"on": result.on, "event": result.event}
    ]


def prior_kinds(terms: Procedure, kind: Kind) -> Iterator[Kind]:
    """The kinds that must be in force before a case of this kind, each after what it needs itself."""
    handling = terms.handling.get(kind)
    for before in handling.prerequisites if handling is not None else ():
        yield from prior_kinds(terms, before)
        yield before


def _asking_for(kind: Kind, content: dict[str, Any]) -> dict[str, Any]:
    """What the file says of people and activity, asking for a letter of a kind that comes before."""
    asked = {"kind": kind.value}
    return {**content, "request": asked}


def _verdict(decision: DecisionContent) -> Verdict:
    if decision.outcome == "refuse":
        return Verdict.UNFAVOURABLE
    return Verdict.WITH_CONDITIONS if decision.conditions else Verdict.FAVOURABLE
