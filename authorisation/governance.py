"""Hands the door what it needs to know of cases and authorisations: roles, dates and movements."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from audit.models import Event
from authorisation import acts, carrying_out, volumes
from authorisation.balances import moving_of
from authorisation.blocks import taken_by_others
from authorisation.conclusion import bring_in, bring_into_force, endorse, next_identifier
from authorisation.kinds import AUTHORISING, ENDORSING, OF_OUTCOMES
from authorisation.lifecycle import State
from authorisation.models import Announcement, Authorisation, Case, Endorsement, Obligation
from authorisation.permissions import (
    may_see_announcement,
    may_see_authorisation,
    may_see_case,
    roles_in_case,
    roles_towards_announcement,
    roles_towards_obligation,
)
from authorisation.planned import is_about
from authorisation.roles import Role
from authorisation.running import due_on_entering
from authorisation.terms import Terms
from authorisation.transfers import record_cancellation, record_first_transfer, record_use
from authorisation.vetting import withheld
from projects.permissions import recording_roles
from workflow.actors import CLOCK, SYSTEM, Actor
from workflow.clock import Clock, today
from workflow.governance import Governance, govern
from workflow.governed import Governed
from workflow.refusals import Reason
from workflow.steps import Facts


def _reserve(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    moving = moving_of(event, case)
    if is_about(case):
        authorisation = Authorisation.locked(case.authorisation_id or 0)
        granted = Terms.model_validate(facts["granted"])
        return carrying_out.reserve(moving, authorisation, acts.read(cast(Any, facts["plan"])), granted)
    if case.kind not in AUTHORISING:
        return ()
    if not case.identifier:
        case.identifier = next_identifier(case.authority.party.code, moving.on.year)
        case.save(update_fields=["identifier"])
    if case.kind not in OF_OUTCOMES:
        # An approach or entities authorised alone are an instrument of their own, without lines.
        return ()
    reasons = volumes.reserve(moving, Terms.model_validate(facts["granted"]))
    return [*reasons, *taken_by_others(case)]


def _release(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    if is_about(case):
        authorisation = Authorisation.locked(case.authorisation_id or 0)
        volumes.release(moving_of(event, case))
        carrying_out.hold_back_transfers(authorisation, but=case)
    else:
        volumes.release(moving_of(event, case))
    return ()


def _conclude(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    if case.outcome != "granted":
        return ()
    if case.kind in ENDORSING:
        endorse(moving_of(event, case), facts)
    if case.kind in AUTHORISING:
        bring_into_force(moving_of(event, case), facts)
    return ()


def _bring_in(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    year = date.fromisoformat(str(facts["decided_on"])).year
    case.identifier = next_identifier(case.authority.party.code, year)
    case.save(update_fields=["identifier"])
    return bring_in(moving_of(event, case), facts)


def _block_first_transfers(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    if case.authorisation is not None:
        Authorisation.objects.filter(pk=case.authorisation.pk).update(transfers_blocked=True)
    return ()


def _entering(case: Case, state: str, clock: Clock) -> Mapping[str, Any]:
    """Until when the next step is due: what is left of the clock that runs in the state entered."""
    due_on = due_on_entering(case, State(state), today(case.authority, clock))
    # A warning is about the run in which it was given.
    return {"due_on": due_on, "warned_on": None}


def _machines_only(record: Governed, actor: Actor, clock: Clock) -> Collection[str]:
    return {SYSTEM: (Role.SYSTEM,), CLOCK: (Role.CLOCK,)}.get(actor, ()) if actor in (SYSTEM, CLOCK) else ()


def register() -> None:
    """Registers the lifecycles with the door."""
    govern(
        Case,
        Governance(
            roles=roles_in_case,
            withheld=withheld,
            may_see=may_see_case,
            kinds=lambda case: case.kinds,
            procedure_version=lambda case: case.procedure_version,
            entering=_entering,
            movements={
                "reserve": _reserve,
                "release": _release,
                "conclude": _conclude,
                "bring_in": _bring_in,
                "block_first_transfers": _block_first_transfers,
            },
        ),
    )
    govern(
        Authorisation,
        Governance[Authorisation](
            roles=lambda authorisation, actor, clock: recording_roles(authorisation.authority, actor, clock),
            may_see=may_see_authorisation,
            movements={
                "first_transfer": record_first_transfer,
                "use": record_use,
                "cancel": record_cancellation,
                "take_effect": carrying_out.take_effect,
                "end_what_was_brought_in": carrying_out.end_what_was_brought_in,
            },
        ),
    )
    govern(
        Obligation,
        Governance[Obligation](
            roles=roles_towards_obligation,
            may_see=lambda obligation, actor, clock: may_see_authorisation(
                obligation.authorisation, actor, clock
            ),
            kinds=lambda obligation: (obligation.sort,),
            procedure_version=lambda obligation: obligation.case.procedure_version,
        ),
    )
    govern(
        Announcement,
        Governance[Announcement](
            roles=roles_towards_announcement,
            may_see=may_see_announcement,
            procedure_version=lambda announcement: announcement.case.procedure_version,
        ),
    )
    govern(
        Endorsement,
        Governance[Endorsement](
            roles=_machines_only,
            may_see=lambda endorsement, actor, clock: actor in (SYSTEM, CLOCK),
            procedure_version=lambda endorsement: endorsement.case.procedure_version,
        ),
    )
