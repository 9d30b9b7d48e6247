"""Hands the door what it needs to know of cases and authorisations: roles, dates and movements."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from audit.models import Event
from authorisation import volumes
from authorisation.conclusion import bring_into_force, next_identifier
from authorisation.lifecycle import CLOCK as CLOCK_OF_STATE
from authorisation.lifecycle import State
from authorisation.models import Authorisation, Case
from authorisation.permissions import may_see_case, roles_in_case
from authorisation.procedures import procedure
from authorisation.roles import Role
from authorisation.terms import Terms
from authorisation.volumes import Moving
from workflow.actors import CLOCK, SYSTEM, Actor
from workflow.clock import Clock, today
from workflow.governance import Governance, govern
from workflow.refusals import Reason
from workflow.steps import Facts


def _moving(case: Case, event: Event) -> Moving:
    return Moving(case=case, event=event, on=event.time.astimezone(ZoneInfo(case.authority.time_zone)).date())


def _reserve(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    if not case.identifier:
        case.identifier = next_identifier(case.authority.party.code, _moving(case, event).on.year)
        case.save(update_fields=["identifier"])
    return volumes.reserve(_moving(case, event), Terms.model_validate(facts["granted"]))


def _release(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    volumes.release(_moving(case, event))
    if case.authorisation is not None:
        Authorisation.objects.filter(pk=case.authorisation.pk).update(transfers_blocked=False)
    return ()


def _conclude(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    if case.outcome == "granted":
        bring_into_force(_moving(case, event), facts)
    return ()


def _block_first_transfers(case: Case, facts: Facts, event: Event) -> Collection[Reason]:
    if case.authorisation is not None:
        Authorisation.objects.filter(pk=case.authorisation.pk).update(transfers_blocked=True)
    return ()


def _entering(case: Case, state: str, clock: Clock) -> Mapping[str, Any]:
    """Until when the next step is due: the days of the clock that runs in the state entered."""
    running = CLOCK_OF_STATE.get(State(state))
    if running is None:
        return {"due_on": None}
    days = procedure(case.procedure_version).days[running]
    return {"due_on": today(case.authority, clock) + timedelta(days=days)}


def _roles_in_authorisation(authorisation: Authorisation, actor: Actor, clock: Clock) -> Collection[str]:
    return {SYSTEM: (Role.SYSTEM,), CLOCK: (Role.CLOCK,)}.get(actor, ()) if actor in (SYSTEM, CLOCK) else ()


def register() -> None:
    """Registers both lifecycles with the door."""
    govern(
        Case,
        Governance(
            roles=roles_in_case,
            may_see=may_see_case,
            kinds=lambda case: case.kinds,
            procedure_version=lambda case: case.procedure_version,
            entering=_entering,
            movements={
                "reserve": _reserve,
                "release": _release,
                "conclude": _conclude,
                "block_first_transfers": _block_first_transfers,
            },
        ),
    )
    govern(
        Authorisation,
        Governance(
            roles=_roles_in_authorisation,
            may_see=lambda authorisation, actor, clock: actor in (SYSTEM, CLOCK),
        ),
    )
