"""When an act about an authorisation takes effect: with its issued letter, or on the later day that it names.

The door carries the act out as a step of the authorisation (`authorisation.carrying_out`), in one transaction
with what concludes its case and what becomes of the letters.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import Authority
from audit.models import Event
from audit.trail import Json, event_record
from authorisation.acts import AnyPlan
from authorisation.kinds import ABOUT_AUTHORISATIONS, Kind
from authorisation.lifecycle import State
from authorisation.lifecycle_of_authorisations import State as InstrumentState
from authorisation.models import Authorisation, Case
from authorisation.planned import granted_plan_of
from authorisation.standing import granting_case
from projects.lifecycle import ApproachState
from projects.models import CooperativeApproach
from workflow.door import Move
from workflow.steps import Facts, Step


def concluding_moves(case: Case, facts: Facts) -> list[Move[Any]]:
    """What an issued letter does to a case about an authorisation, and to the authorisation.

    An act that is to take effect on a later day than that of its letter waits for it (`due`).
    """
    plan, authorisation = granted_plan_of(case), case.authorisation
    if case.outcome != "granted" or plan is None or authorisation is None:
        return [Move(step=Case.conclude, record=case, facts=facts)]
    dated = {**facts, "effective_on": effective_on(plan, facts).isoformat()}
    moves: list[Move[Any]] = [Move(step=Case.conclude, record=case, facts=dated)]
    if takes_effect_at_once(dated):
        moves += [_move(case, authorisation, plan, dated), *_of_the_approach(authorisation, case, plan)]
    return moves


def effective_on(plan: AnyPlan, facts: Facts) -> date:
    """The day on which the act takes effect: that of the last signature, or a later one that it names."""
    signed_on = date.fromisoformat(str(facts["signed_on"]))
    return max(signed_on, plan.effective_on or signed_on)


def takes_effect_at_once(facts: Facts) -> bool:
    """Whether the day on which it takes effect has come when it is notified."""
    return str(facts["effective_on"]) <= str(facts["notified_on"])


def takes_effect(case: Case, *, signed_on: date, on: date) -> bool:
    """Whether the granted act of a case takes effect with a letter signed on a day and issued on another."""
    plan = granted_plan_of(case)
    return plan is None or effective_on(plan, {"signed_on": signed_on.isoformat()}) <= on


def due(authority: Authority, on: date) -> list[Case]:
    """The granted cases whose acts wait for a day that has come, oldest first. Demonstrations never wait."""
    waiting = Case.objects.filter(
        authority=authority,
        kind__in=ABOUT_AUTHORISATIONS,
        state=State.GRANTED,
        authorisation_version=None,
        simulated=False,
    )
    return [
        case
        for case in waiting.select_related("authority", "authorisation").order_by("pk")
        if str(_facts_of_conclusion(case)["effective_on"]) <= on.isoformat()
    ]


def waiting_moves(case: Case) -> list[Move[Any]]:
    """What carries out an act that has waited for its day."""
    plan, authorisation = granted_plan_of(case), case.authorisation
    if plan is None or authorisation is None:
        raise ValueError(f"Case {case.reference} was granted without an act.")
    facts = _facts_of_conclusion(case)
    return [_move(case, authorisation, plan, facts), *_of_the_approach(authorisation, case, plan)]


def _facts_of_conclusion(case: Case) -> Mapping[str, Json]:
    event = Event.objects.filter(stream=case.trail_stream, action="conclude").latest("sequence")
    facts = event_record(event)["facts"]
    return facts if isinstance(facts, dict) else {}


def _move(case: Case, authorisation: Authorisation, plan: AnyPlan, facts: Facts) -> Move[Authorisation]:
    return Move(
        step=_step(plan),
        record=authorisation,
        facts={
            **facts,
            "case": str(case.public_id),
            "act": plan.type,
            "version": authorisation.current_version + 1,
        },
    )


def _of_the_approach(authorisation: Authorisation, case: Case, plan: AnyPlan) -> list[Move[Any]]:
    """What an act about the authorisation of a cooperative approach alone does to that approach.

    Of three objects each is an instrument of its own: an act about outcomes or entities leaves the approach
    as it is, and so does one about an approach that another such authorisation in force still bears.
    """
    if granting_case(authorisation).kind != Kind.APPROACH:
        return []
    approach = CooperativeApproach.objects.get(pk=authorisation.approach_id)
    of_it = Authorisation.objects.filter(approach=approach, state=InstrumentState.IN_FORCE)
    of_it = of_it.filter(versions__number=1, versions__case__kind__in=(Kind.APPROACH, Kind.CONSOLIDATED))
    others = of_it.exclude(pk=authorisation.pk).exists()
    step = _step(plan)
    by_case: Facts = {"case": str(case.public_id)}
    if step is Authorisation.suspend and approach.state == ApproachState.AUTHORISED and not others:
        return [Move(step=CooperativeApproach.suspend, record=approach, facts=by_case)]
    if step is Authorisation.resume and approach.state == ApproachState.SUSPENDED:
        return [Move(step=CooperativeApproach.resume, record=approach, facts=by_case)]
    ends = step in (Authorisation.revoke, Authorisation.surrender)
    if ends and approach.state != ApproachState.ENDED and not others:
        return [Move(step=CooperativeApproach.end, record=approach, facts=by_case)]
    return []


def _step(plan: AnyPlan) -> Step[Authorisation]:
    whole = getattr(plan, "volumes", None) is None
    steps: Mapping[str, Step[Authorisation]] = {
        Kind.SUSPENSION: Authorisation.suspend,
        Kind.RESUMPTION: Authorisation.resume,
        **({Kind.REVOCATION: Authorisation.revoke, Kind.SURRENDER: Authorisation.surrender} if whole else {}),
    }
    return steps.get(plan.type, Authorisation.amend)
