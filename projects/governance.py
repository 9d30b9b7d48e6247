"""Hands the door what it needs to know of approaches and activities: who moves them, and who records."""

from projects.models import Activity, CooperativeApproach
from projects.permissions import may_record, recording_roles
from workflow.actors import CLOCK, SYSTEM, Actor, Machine
from workflow.clock import Clock
from workflow.governance import Governance, govern
from workflow.governed import Governed


def _roles(record: Governed, actor: Actor, clock: Clock) -> tuple[str, ...]:
    return (actor.trail_name,) if isinstance(actor, Machine) else ()


def _may_see(record: Governed, actor: Actor, clock: Clock) -> bool:
    return actor in (SYSTEM, CLOCK)


def register() -> None:
    """Registers both lifecycles with the door."""
    govern(
        Activity,
        Governance[Activity](
            roles=lambda activity, actor, clock: recording_roles(activity.authority, actor, clock),
            may_see=lambda activity, actor, clock: may_record(activity.authority, actor, clock),
        ),
    )
    govern(CooperativeApproach, Governance(roles=_roles, may_see=_may_see))
