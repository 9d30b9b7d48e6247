"""Use-cases of the desk and the reviewing bodies: completeness, acceptance, opinions, recommendation."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast

from accounts.models import Office
from audit.models import Event
from audit.trail import Json
from authorisation import completeness, proposals
from authorisation.models import Case, Recommendation, Waiver
from authorisation.models.decisions import Outcome
from authorisation.national_questions import missing_answers
from authorisation.services.rounds import write_questions
from authorisation.supporting_documents import BEFORE_REVIEW, wanted
from projects.services import Registering, record_tracking_arrangement, state_expected_mitigation
from workflow.actors import Person
from workflow.clock import today
from workflow.door import Act, Move, take


def return_for_completion(case: Case, *, act: Act, seen: int | None = None) -> Case:
    """Returns an application that lacks something, naming every missing item in a letter."""
    waived = set(case.waivers.values_list("path", flat=True))
    content = proposals.content_of(case)
    missing = [item for item in completeness.missing(content) if item.path not in waived]
    missing += missing_answers(case, content)
    questions = [(item.path, str(item.mend)) for item in missing]
    questions += [(want.place, want.sentence) for want in wanted(case, BEFORE_REVIEW)]
    move = Move(
        step=Case.return_for_completion,
        record=case,
        facts={"missing": cast(list[Json], [path for path, _words in questions])},
        beside=(partial(write_questions, act=act, questions=questions),),
        seen=seen,
    )
    return take(act, move)


def waive(case: Case, *, act: Act, path: str, reason: str, seen: int | None = None) -> Case:
    """Finds a content item not applicable to this application, with the reason."""
    move = Move(
        step=Case.waive,
        record=case,
        facts={"path": path, "reasoned": bool(reason.strip())},
        reason=reason,
        beside=(partial(_write_waiver, act=act, path=path, reason=reason),),
        seen=seen,
    )
    return take(act, move)


def accept(case: Case, *, act: Act, seen: int | None = None) -> Case:
    """Accepts a complete application for review, and takes over what it says of the activity."""
    move = Move(step=Case.accept, record=case, beside=(partial(_take_over, act=act),), seen=seen)
    return take(act, move)


def ask(case: Case, *, act: Act, questions: Sequence[tuple[str, str]], seen: int | None = None) -> Case:
    """Asks the applicant: pairs of the place in the application ("" for none) and the question."""
    asked = [(path, text) for path, text in questions if text.strip()]
    move = Move(
        step=Case.ask,
        record=case,
        facts={"questions": len(asked), "paths": cast(list[Json], [path for path, _text in asked])},
        beside=(partial(write_questions, act=act, questions=asked),),
        seen=seen,
        asked={"questions": [[path, text] for path, text in asked]},
    )
    return take(act, move)


def recommend(
    case: Case,
    *,
    act: Act,
    outcome: Outcome,
    reasons: str,
    answers: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> Case:
    """Recommends an outcome to the deciding office; `answers` says something to every rule finding."""
    answered = {rule: text for rule, text in (answers or {}).items() if text.strip()}
    move = Move(
        step=Case.recommend,
        record=case,
        facts={
            "outcome": outcome.value,
            "reasoned": bool(reasons.strip()),
            "answered_rules": cast(list[Json], sorted(answered)),
        },
        reason=reasons,
        beside=(partial(_write_recommendation, act=act, outcome=outcome, reasons=reasons, answers=answered),),
        seen=seen,
        asked={"outcome": outcome.value, "answers": cast(Json, answered)},
    )
    return take(act, move)


def _office(act: Act) -> Office | None:
    return act.actor.office if isinstance(act.actor, Person) else None


def _person(act: Act) -> Person:
    return cast(Person, act.actor)


def _write_waiver(case: Case, event: Event, *, act: Act, path: str, reason: str) -> None:
    Waiver.objects.create(
        case=case, path=path, reason=reason, given_by=_person(act).user, given_at=event.time
    )


def _take_over(case: Case, event: Event, *, act: Act) -> None:
    """What the desk has checked becomes what is registered: expected mitigation and tracking."""
    if case.authorisation is not None:
        return
    content = proposals.content_of(case)
    registering = Registering(authority=case.authority, actor=act.actor.trail_name, at=event.time)
    if case.activity is not None and content.activity is not None:
        state_expected_mitigation(case.activity, content.activity.expected_tco2e or {}, registering)
    if content.request is not None and content.request.tracking_registry:
        record_tracking_arrangement(case.authority.party, content.request.tracking_registry)


def _write_recommendation(
    case: Case, event: Event, *, act: Act, outcome: Outcome, reasons: str, answers: Mapping[str, str]
) -> None:
    Recommendation.objects.create(
        case=case,
        office=cast(Office, _office(act)),
        person=_person(act).user,
        outcome=outcome,
        reasons=reasons,
        answers=dict(answers),
        said_at=event.time,
        said_on=today(case.authority, act.clock),
    )
