"""Use-cases of the deciding office, and what the signing office and the issued letter make of them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, cast

from accounts.models import Office
from audit.models import Event
from authorisation import proposals
from authorisation.models import Case, Decision
from authorisation.models.decisions import Outcome
from authorisation.terms import Terms, asked_for
from projects.lifecycle import ActivityState, ApproachState
from projects.models import Activity, CooperativeApproach
from workflow.actors import Person
from workflow.clock import today
from workflow.door import Act, Move, take
from workflow.steps import Facts, Step


def approve(
    case: Case,
    *,
    act: Act,
    conditions: Sequence[str] = (),
    granted: Terms | None = None,
    seen: int | None = None,
) -> Case:
    """Grants all that was asked for, perhaps under conditions. The letter follows, and then its effect.

    `granted` may add what takes nothing away from the request, such as a host retention.
    """
    asked = asked_for(proposals.content_of(case))
    terms = granted or asked
    return _decide(
        case, act, step=Case.approve, outcome=Outcome.APPROVE, granted=terms, conditions=conditions, seen=seen
    )


def approve_in_part(
    case: Case,
    *,
    act: Act,
    granted: Terms,
    reasons: Sequence[str],
    conditions: Sequence[str] = (),
    seen: int | None = None,
) -> Case:
    """Grants less than was asked for, with reasons."""
    return _decide(
        case,
        act,
        step=Case.approve_in_part,
        outcome=Outcome.APPROVE_IN_PART,
        granted=granted,
        reasons=reasons,
        conditions=conditions,
        seen=seen,
    )


def refuse(case: Case, *, act: Act, reasons: Sequence[str], seen: int | None = None) -> Case:
    """Refuses what was asked for, with reasons."""
    return _decide(case, act, step=Case.refuse, outcome=Outcome.REFUSE, reasons=reasons, seen=seen)


def send_back(case: Case, *, act: Act, reasons: str, seen: int | None = None) -> Case:
    """Sends the case back to review, with reasons."""
    move = Move(
        step=Case.send_back,
        record=case,
        facts={"reasoned": bool(reasons.strip())},
        reason=reasons,
        seen=seen,
    )
    return take(act, move)


def decline_move(case: Case, *, letter: str, digest: str, reasons: str) -> Move[Case]:
    """The case's part of a signing office's declining; the letter's part makes the letter void."""
    return Move(
        step=Case.decline_to_sign,
        record=case,
        facts={"letter": letter, "digest": digest, "reasoned": bool(reasons.strip())},
        reason=reasons,
    )


def conclusion_moves(
    case: Case, *, letter: str, digest: str, signed_on: date, notified_on: date, effective_on: date
) -> list[Move[Any]]:
    """What an issued letter does to its case, and to the activity and approach it authorises.

    letter    the opaque id of the letter
    digest    SHA-256 of its signed bytes
    """
    facts: Facts = {
        "letter": letter,
        "digest": digest,
        "signed_on": signed_on.isoformat(),
        "notified_on": notified_on.isoformat(),
        "effective_on": effective_on.isoformat(),
    }
    moves: list[Move[Any]] = [Move(step=Case.conclude, record=case, facts=facts)]
    if case.outcome != "granted":
        return moves
    by_case: Facts = {"case": str(case.public_id)}
    activity, approach = case.activity, case.approach
    if activity is not None and activity.state in (ActivityState.PROPOSED, ActivityState.ENDORSED):
        moves.append(Move(step=Activity.authorise, record=activity, facts=by_case))
    if approach is not None and approach.state in (ApproachState.PROPOSED, ApproachState.AGREED):
        moves.append(Move(step=CooperativeApproach.authorise, record=approach, facts=by_case))
    return moves


def under_conditions(granted: Terms, conditions: Sequence[str]) -> Terms:
    """The terms with these conditions besides their own, each once."""
    added = [text for text in conditions if text not in granted.conditions]
    return granted.model_copy(update={"conditions": (*granted.conditions, *added)})


def _decide(
    case: Case,
    act: Act,
    *,
    step: Step[Case],
    outcome: Outcome,
    granted: Terms | None = None,
    reasons: Sequence[str] = (),
    conditions: Sequence[str] = (),
    seen: int | None,
) -> Case:
    kept = [reason for reason in reasons if reason.strip()]
    if granted is not None:
        granted = under_conditions(granted, conditions)
    move = Move(
        step=step,
        record=case,
        facts={
            "outcome": outcome.value,
            "reasoned": bool(kept),
            "granted": granted.as_json() if granted else None,
        },
        reason="\n".join(kept),
        writes={"decided_on": today(case.authority, act.clock)},
        beside=(
            partial(
                _write_decision,
                act=act,
                outcome=outcome,
                granted=granted,
                reasons=kept,
                conditions=conditions,
            ),
        ),
        seen=seen,
    )
    return take(act, move)


def _write_decision(
    case: Case,
    event: Event,
    *,
    act: Act,
    outcome: Outcome,
    granted: Terms | None,
    reasons: Sequence[str],
    conditions: Sequence[str],
) -> None:
    person = cast(Person, act.actor)
    on = today(case.authority, act.clock)
    Decision.objects.create(
        case=case,
        office=cast(Office, person.office),
        person=person.user,
        outcome=outcome,
        requested=asked_for(proposals.content_of(case)).canonical(),
        granted=granted.canonical() if granted else "",
        reasons=list(reasons),
        conditions=list(conditions),
        decided_on=on,
        said_at=event.time,
        said_on=on,
    )
