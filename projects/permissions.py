"""Who may record what happens to outcomes of an authority: its desk officers, and entitled registries."""

from datetime import date
from typing import TypeGuard

from django.db.models import Q

from accounts.models import Authority, Function
from accounts.selectors import authorities_served, is_open, organisations_of, spans, tenures_held
from projects.models import RegistryEntitlement
from workflow.actors import Actor, Machine, Person, Program
from workflow.clock import Clock, today


def recording_roles(authority: Authority, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles that an actor has today towards the records of an authority: `desk_officer`, `registry`.

    A machine has the role of its own name. An office counts only where it belongs to the authority and is
    held today, an organisation only where it runs a registry that is entitled today.
    """
    if isinstance(actor, Machine):
        return frozenset({actor.trail_name})
    if isinstance(actor, Program):
        return frozenset({"registry"}) if registries_of(authority, actor, clock) else frozenset()
    if actor.office is not None:
        at_the_desk = acts_in(Function.DESK_OFFICER, authority, actor, clock)
        return frozenset({"desk_officer"} if at_the_desk else ())
    return frozenset({"registry"}) if registries_of(authority, actor, clock) else frozenset()


def registries_of(authority: Authority, actor: Actor, clock: Clock) -> frozenset[str]:
    """The registries in whose name an actor may record for an authority today; none for who has an office."""
    on = today(authority, clock)
    if not _acts_for_its_organisation(actor, on):
        return frozenset()
    entitled = RegistryEntitlement.objects.filter(in_force(on), authority=authority)
    return frozenset(entitled.filter(organisation=actor.organisation).values_list("registry", flat=True))


def in_force(on: date) -> Q:
    """Which entitlements hold on a day of their authority: begun, not run out, and not ended at once."""
    return spans(on) & Q(ended_at__isnull=True)


def serves(authority: Authority, actor: Actor, clock: Clock) -> bool:
    """Whether the actor is a machine of ours, or works for the authority today."""
    if isinstance(actor, Machine):
        return True
    on = today(authority, clock)
    return isinstance(actor, Person) and authority in authorities_served(actor.user, on=on)


def acts_in(function: Function, authority: Authority, actor: Actor, clock: Clock) -> bool:
    """Whether the actor acts in an office of this function at the authority, and holds it today."""
    return (
        isinstance(actor, Person)
        and actor.office is not None
        and actor.office.authority_id == authority.pk
        and actor.office.function == function
        and tenures_held(actor.user, actor.office, on=today(authority, clock)).exists()
    )


def _acts_for_its_organisation(actor: Actor, on: date) -> TypeGuard[Person | Program]:
    """Whether the actor names an organisation, and may today act in its name."""
    if isinstance(actor, Program):
        return is_open(actor.account)
    return (
        isinstance(actor, Person)
        and actor.office is None
        and actor.organisation is not None
        and actor.organisation in organisations_of(actor.user, on=on)
    )


def may_record(authority: Authority, actor: Actor, clock: Clock) -> bool:
    """Whether the actor may know of the authority's records, so as to be told why not to write them."""
    return serves(authority, actor, clock) or bool(recording_roles(authority, actor, clock))
