"""From a person to their roles in a case, and to what they may see."""

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Authority, Function, Organisation, Tenure, User
from accounts.selectors import (
    authorities_served,
    is_vetted,
    may_act_for,
    organisations_of,
    organisations_represented,
)
from authorisation.models import Case
from authorisation.procedures import procedure
from authorisation.roles import Role
from workflow.actors import CLOCK, SYSTEM, Actor, Person
from workflow.clock import Clock, today


def roles_in_case(case: Case, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles that this actor has in this case today, in the office or for the organisation named.

    None for an office of another authority, an office no longer held, or an organisation that is
    neither the applicant nor mandated by it, or that the authority has not vetted.
    """
    if actor == SYSTEM:
        return frozenset({Role.SYSTEM})
    if actor == CLOCK:
        return frozenset({Role.CLOCK})
    if not isinstance(actor, Person) or not actor.user.is_active:
        return frozenset()
    on = today(case.authority, clock)
    if actor.office is not None:
        return _roles_of_office(case, actor, on)
    if acts_for(actor, case.applicant, on=on) and not unvetted(actor, case.applicant, case.authority):
        return frozenset({Role.APPLICANT})
    return frozenset()


def acts_for(actor: Person, applicant: Organisation, *, on: date) -> bool:
    """Whether the actor belongs that day to the organisation named, and that may act for the applicant."""
    organisation = actor.organisation
    return (
        organisation is not None
        and organisation in organisations_of(actor.user, on=on)
        and may_act_for(organisation, applicant, on=on)
    )


def unvetted(actor: Person, applicant: Organisation, authority: Authority) -> list[Organisation]:
    """Of the applicant and whoever acts for it, those that the authority has not accepted."""
    concerned = [applicant, actor.organisation] if actor.organisation != applicant else [applicant]
    return [
        organisation
        for organisation in concerned
        if organisation is not None and not is_vetted(organisation, authority=authority)
    ]


def _roles_of_office(case: Case, actor: Person, on: date) -> frozenset[str]:
    office = actor.office
    if office is None or office.authority_id != case.authority_id:
        return frozenset()
    held = Tenure.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), office=office, person=actor.user, starts_on__lte=on
    )
    if not held.exists():
        return frozenset()
    terms = procedure(case.procedure_version)
    roles = set()
    if office.function == Function.DESK_OFFICER:
        roles.add(Role.DESK_OFFICER)
        if case.opened_by_id == actor.user.pk:
            roles.add(Role.OPENING_OFFICER)
    if office.function == Function.REVIEWER and office.body in terms.bodies:
        roles.add(Role.REVIEWER)
    if office.function == terms.deciding:
        roles.add(Role.DECIDER)
    if office.function in terms.signing:
        roles.add(Role.SIGNER)
    if office.function == Function.DIRECTOR:
        roles.add(Role.DIRECTOR)
    return frozenset(roles)


def may_see_case(case: Case, actor: Actor, clock: Clock) -> bool:
    """Whether the actor may know of the case: those of its authority, its applicant, and machines."""
    if not isinstance(actor, Person):
        return True
    return visible_cases(actor.user, on=today(case.authority, clock)).filter(pk=case.pk).exists()


def visible_cases(person: User, *, on: date) -> QuerySet[Case]:
    """The cases that a person may see: of the authorities they serve, and of those they may act for."""
    return Case.objects.filter(
        Q(authority__in=authorities_served(person, on=on))
        | Q(applicant__in=organisations_represented(person, on=on))
    )
