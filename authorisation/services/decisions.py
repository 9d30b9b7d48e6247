"""Use-cases of the deciding office, and what the signing office and the issued letter make of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.models import Office, User
from audit.models import Event
from audit.trail import Json
from authorisation import acts, proposals
from authorisation.acts import AnyPlan
from authorisation.consent import with_consent
from authorisation.deputies import in_stead_of
from authorisation.handling import bodies_of, handling_of, standing_requirements
from authorisation.host_share import with_share
from authorisation.kinds import AUTHORISING, ENDORSING, OF_OUTCOMES, Kind
from authorisation.models import Case, Decision, Endorsement
from authorisation.models.decisions import Outcome
from authorisation.planned import effect_for, is_about, plan_of
from authorisation.requirements import Requirement, as_json
from authorisation.services.reviews import write_reopening
from authorisation.services.taking_effect import concluding_moves
from authorisation.terms import Terms, asked_for
from projects.lifecycle import ActivityState, ApproachState
from projects.models import Activity, CooperativeApproach
from workflow.actors import Person
from workflow.clock import today
from workflow.door import Act, Move, take
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused
from workflow.steps import Facts, Step


def approve(
    case: Case,
    *,
    act: Act,
    conditions: Sequence[str] = (),
    requirements: Sequence[Requirement] = (),
    left_out: Collection[str] = (),
    asking_reason: str = "",
    granted: Terms | None = None,
    share_reason: str = "",
    unpublished: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> Case:
    """Grants all that was asked for, perhaps under conditions. The letter follows, and then its effect.

    `requirements`: typed conditions precedent and obligations, besides those of the procedure; one that bears
    the code of the procedure's own takes its place. `left_out`: codes of the procedure's own that are not
    asked here. `asking_reason`: why this decision asks otherwise than its procedure, where it does.
    `granted` may add what takes nothing away from the request, such as a host retention; without it, the host
    keeps what its procedure sets. `share_reason`: why it keeps another share, where it does. `unpublished`:
    what the public is not told (codes of authorisation.publication.Unpublished), each with its basis.
    """
    plan = None
    if is_about(case):
        plan = plan_of(case)
        granted = effect_for(case, plan).terms
    terms = granted or set_by_procedure(asked_for(proposals.content_of(case)), case)
    return _decide(
        case,
        act,
        step=Case.approve,
        outcome=Outcome.APPROVE,
        granted=terms,
        conditions=conditions,
        requirements=requirements,
        left_out=left_out,
        asking_reason=asking_reason,
        share_reason=share_reason,
        plan=plan,
        unpublished=unpublished,
        seen=seen,
    )


def set_by_procedure(terms: Terms, case: Case) -> Terms:
    """The terms with what the procedure sets where they say nothing: the host's share, and whose consent."""
    handling = handling_of(case)
    return with_consent(with_share(terms, handling), handling, host=case.authority.party.code)


def part_of(case: Case, volumes: Mapping[int, int]) -> AnyPlan:
    """The act of a case for these volumes by vintage, t CO2 eq. Raises Refused where it has no such part."""
    try:
        return acts.read({**plan_of(case).model_dump(mode="json"), "volumes": dict(volumes)})
    except ValidationError:
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="no-part",
                    words=_("This act has no such part: it is granted whole, or other volumes are named."),
                    mend=_("Approve it in full, name volumes by vintage, or refuse it."),
                )
            ],
        ) from None


def approve_act_in_part(
    case: Case,
    *,
    act: Act,
    volumes: Mapping[int, int],
    reasons: Sequence[str],
    requirements: Sequence[Requirement] = (),
    seen: int | None = None,
) -> Case:
    """Grants an act about an authorisation for less volume than it asks for, with reasons.

    volumes: t CO2 eq by vintage; of a change the new ceilings, of any other act what is added or taken.
    requirements: obligations of the holder that come with it.
    """
    plan = part_of(case, volumes)
    return _decide(
        case,
        act,
        step=Case.approve_in_part,
        outcome=Outcome.APPROVE_IN_PART,
        granted=effect_for(case, plan).terms,
        reasons=reasons,
        requirements=requirements,
        plan=plan,
        seen=seen,
    )


def approve_in_part(
    case: Case,
    *,
    act: Act,
    granted: Terms,
    reasons: Sequence[str],
    conditions: Sequence[str] = (),
    requirements: Sequence[Requirement] = (),
    left_out: Collection[str] = (),
    asking_reason: str = "",
    share_reason: str = "",
    unpublished: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> Case:
    """Grants less than was asked for, with reasons. Everything else is as for `approve`."""
    return _decide(
        case,
        act,
        step=Case.approve_in_part,
        outcome=Outcome.APPROVE_IN_PART,
        granted=granted,
        reasons=reasons,
        conditions=conditions,
        requirements=requirements,
        left_out=left_out,
        asking_reason=asking_reason,
        share_reason=share_reason,
        unpublished=unpublished,
        seen=seen,
    )


def refuse(case: Case, *, act: Act, reasons: Sequence[str], seen: int | None = None) -> Case:
    """Refuses what was asked for, with reasons."""
    return _decide(case, act, step=Case.refuse, outcome=Outcome.REFUSE, reasons=reasons, seen=seen)


def send_back(
    case: Case,
    *,
    act: Act,
    reasons: str,
    bodies: Sequence[str] | None = None,
    seen: int | None = None,
) -> Case:
    """Sends the case back to review, with reasons.

    `bodies`: codes of those that are to give their opinion anew, by default all; what they said is history.
    """
    anew = [body.code for body in bodies_of(case)] if bodies is None else list(bodies)
    move = Move(
        step=Case.send_back,
        record=case,
        facts={"reasoned": bool(reasons.strip()), "bodies": cast(list[Json], anew)},
        reason=reasons,
        beside=(partial(write_reopening, act=act, bodies=anew, reasons=reasons),),
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
    if is_about(case):
        return concluding_moves(case, facts)
    moves: list[Move[Any]] = [Move(step=Case.conclude, record=case, facts=facts)]
    if case.outcome != "granted" or case.kind not in AUTHORISING:
        return moves + _endorsing_moves(case)
    moves += authorising_moves(case)
    if case.activity is not None:
        by_case: Facts = {"case": str(case.public_id)}
        asked = handling_of(case).prerequisites
        relied_on = case.activity.endorsements.filter(kind__in=asked, state="in_force")
        moves += [Move(step=Endorsement.use, record=one, facts=by_case) for one in relied_on]
    return moves


def authorising_moves(case: Case) -> list[Move[Any]]:
    """What a granted case does to the activity and the approach that it authorises."""
    by_case: Facts = {"case": str(case.public_id)}
    activity = case.activity if case.kind in OF_OUTCOMES else None
    approach = case.approach if case.kind in (Kind.APPROACH, Kind.CONSOLIDATED, Kind.OUTCOMES) else None
    moves: list[Move[Any]] = []
    if activity is not None and activity.state in (ActivityState.PROPOSED, ActivityState.ENDORSED):
        moves.append(Move(step=Activity.authorise, record=activity, facts=by_case))
    elif activity is not None and activity.state in (ActivityState.AUTHORISED, ActivityState.SUSPENDED):
        # Taken in any case: what is issued meanwhile waits, or is there to be covered.
        moves.append(Move(step=Activity.authorise_further, record=activity, facts=by_case))
    if approach is not None and approach.state in (ApproachState.PROPOSED, ApproachState.AGREED):
        moves.append(Move(step=CooperativeApproach.authorise, record=approach, facts=by_case))
    return moves


def _endorsing_moves(case: Case) -> list[Move[Any]]:
    """A granted letter of intent or of no objection endorses an activity that was only proposed."""
    activity = case.activity
    endorses = case.outcome == "granted" and case.kind in ENDORSING
    if not endorses or activity is None or activity.state != ActivityState.PROPOSED:
        return []
    return [Move(step=Activity.endorse, record=activity, facts={"case": str(case.public_id)})]


def under_conditions(granted: Terms, conditions: Sequence[str]) -> Terms:
    """The terms with these conditions besides their own, each once."""
    added = [text for text in conditions if text not in granted.conditions]
    return granted.model_copy(update={"conditions": (*granted.conditions, *added)})


def asked_of_holder(
    case: Case, typed: Sequence[Requirement] = (), left_out: Collection[str] = ()
) -> tuple[Requirement, ...]:
    """What a grant asks of the holder: what the procedure always asks, then what this decision does.

    What was typed under the code of one of the procedure's own takes its place; those `left_out` are not
    asked.
    """
    standing = standing_requirements(case)
    own = {one.code for one in standing}
    instead = {one.code: one for one in typed if one.code in own}
    added = (one for one in typed if one.code not in own)
    named = (replace(one, code=f"decision_{number}") for number, one in enumerate(added, start=1))
    return (*(instead.get(one.code, one) for one in standing if one.code not in left_out), *named)


def _decide(
    case: Case,
    act: Act,
    *,
    step: Step[Case],
    outcome: Outcome,
    granted: Terms | None = None,
    reasons: Sequence[str] = (),
    conditions: Sequence[str] = (),
    requirements: Sequence[Requirement] = (),
    left_out: Collection[str] = (),
    asking_reason: str = "",
    share_reason: str = "",
    plan: AnyPlan | None = None,
    unpublished: Mapping[str, str] | None = None,
    seen: int | None,
) -> Case:
    kept = [reason for reason in reasons if reason.strip()]
    reasoned = bool(kept)
    # They stand with the other reasons, and are no reason for anything else that is withheld.
    kept += [reason.strip() for reason in (share_reason, asking_reason) if reason.strip()]
    if granted is not None:
        granted = under_conditions(granted, conditions)
    asked = asked_of_holder(case, requirements, left_out) if granted is not None else ()
    move = Move(
        step=step,
        record=case,
        facts={
            "outcome": outcome.value,
            "reasoned": reasoned,
            "share_reasoned": bool(share_reason.strip()),
            **({"asking_reasoned": True} if asking_reason.strip() else {}),
            "granted": granted.as_json() if granted else None,
            **({"plan": plan.model_dump(mode="json")} if plan is not None else {}),
            **({"requirements": cast(list[Json], [as_json(one) for one in asked])} if asked else {}),
            "in_stead_of": _in_stead_of(case, act),
            **({"unpublished": dict(unpublished)} if unpublished else {}),
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
                plan=plan,
                requirements=asked,
                unpublished=unpublished or {},
            ),
        ),
        seen=seen,
    )
    return take(act, move)


def _in_stead_of(case: Case, act: Act) -> list[Json]:
    """The people in whose stead the actor decides, by their opaque names."""
    actor = act.actor
    if not isinstance(actor, Person) or actor.office is None:
        return []
    principals = in_stead_of(actor.user, actor.office, on=today(case.authority, act.clock))
    found = User.objects.filter(pk__in=principals).order_by("pk").values_list("public_id", flat=True)
    return [str(name) for name in found]


def _write_decision(
    case: Case,
    event: Event,
    *,
    act: Act,
    outcome: Outcome,
    granted: Terms | None,
    reasons: Sequence[str],
    conditions: Sequence[str],
    plan: AnyPlan | None,
    requirements: Sequence[Requirement],
    unpublished: Mapping[str, str],
) -> None:
    person = cast(Person, act.actor)
    on = today(case.authority, act.clock)
    Decision.objects.create(
        case=case,
        office=cast(Office, person.office),
        person=person.user,
        outcome=outcome,
        requested=proposals.terms_asked(case).canonical(),
        granted=granted.canonical() if granted else "",
        plan=plan.canonical() if plan is not None else "",
        reasons=list(reasons),
        conditions=list(conditions),
        requirements=[as_json(one) for one in requirements],
        unpublished=dict(unpublished),
        decided_on=on,
        said_at=event.time,
        said_on=on,
    )
