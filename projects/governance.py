"""Hands the door what it needs to know of approaches and activities: only the system moves them."""

from projects.models import Activity, CooperativeApproach
from workflow.actors import CLOCK, SYSTEM, Actor, Person
from workflow.clock import Clock
from workflow.governance import Governance, govern
from workflow.governed import Governed


def _roles(record: Governed, actor: Actor, clock: Clock) -> tuple[str, ...]:
    return () if isinstance(actor, Person) else (actor.trail_name,)


def _may_see(record: Governed, actor: Actor, clock: Clock) -> bool:
    return actor in (SYSTEM, CLOCK)


def register() -> None:
    """Registers both lifecycles with the door."""
    govern(Activity, Governance(roles=_roles, may_see=_may_see))
    govern(CooperativeApproach, Governance(roles=_roles, may_see=_may_see))
