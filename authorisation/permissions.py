"""From a person to their roles in a case, and to what they may see."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Authority, Function, Office, Organisation, ServiceAccount, User
from accounts.selectors import (
    authorities_served,
    is_open,
    is_vetted,
    mandates_on_paper,
    may_act_for,
    organisations_of,
    represented_by,
    still_open,
    tenures_held,
)
from authorisation.concerned import concerned_by, of_holders
from authorisation.handling import handling_of
from authorisation.kinds import Initiative
from authorisation.lifecycle import State
from authorisation.models import Announcement, Authorisation, Case, Obligation
from authorisation.procedures.shape import Body
from authorisation.reviews import body_of, speaks_for
from authorisation.roles import Role
from authorisation.standing import terms_in_force
from projects.permissions import registries_of, serves
from workflow.actors import CLOCK, SYSTEM, Actor, Machine, Person, Program
from workflow.clock import Clock, today


def roles_in_case(case: Case, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles that this actor has in this case today, in the office or for the organisation named.

    None for an office of another authority, an office no longer held, or an organisation that is
    neither the one that the case concerns nor mandated by it, or that the authority has not vetted.
    """
    if actor == SYSTEM:
        return frozenset({Role.SYSTEM})
    if actor == CLOCK:
        return frozenset({Role.CLOCK})
    if not isinstance(actor, Person):
        return frozenset()
    on = today(case.authority, clock)
    if actor.office is not None:
        return _roles_of_office(case, actor, on)
    theirs = concerned_by(case)
    if acts_for(actor, theirs, on=on, authority=case.authority) and not unvetted(
        actor, theirs, case.authority
    ):
        return frozenset({Role.APPLICANT})
    return frozenset()


def acts_for(actor: Person, applicant: Organisation, *, on: date, authority: Authority) -> bool:
    """Whether the actor belongs that day to the organisation named, and that may act for the applicant.

    A mandate on paper counts only towards the authority that confirmed it.
    """
    organisation = actor.organisation
    return (
        organisation is not None
        and organisation in organisations_of(actor.user, on=on)
        and may_act_for(organisation, applicant, on=on, authority=authority)
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
    if not tenures_held(actor.user, office, on=on).exists():
        return frozenset()
    return roles_of_holder(case, office, actor.user.pk, body=body_of(case, office, actor.user.pk))


def roles_of_holder(case: Case, office: Office, person: int, *, body: Body | None) -> frozenset[str]:
    """The roles in this case of a person (primary key) who holds the office, and reviews for that body."""
    handling = handling_of(case)
    roles = set()
    if office.function == Function.DESK_OFFICER:
        roles.add(Role.DESK_OFFICER)
        if case.opened_by_id == person:
            roles.add(Role.OPENING_OFFICER)
    if body is not None:
        roles.add(Role.REVIEWER)
        if body.members > 1:
            roles.add(Role.MEMBER)
        if speaks_for(body, office):
            roles.add(Role.CHAIR)
    if handling.deciding.fits(office.function, office.body):
        roles.add(Role.DECIDER)
    if any(rule.fits(office.function, office.body) for rule in handling.signing):
        roles.add(Role.SIGNER)
    if office.function == Function.DIRECTOR:
        roles.add(Role.DIRECTOR)
    return frozenset(roles)


def may_see_case(case: Case, actor: Actor, clock: Clock) -> bool:
    """Whether the actor may know of the case: those of its authority, its applicant, and machines."""
    if isinstance(actor, Machine):
        return True
    if isinstance(actor, Program):
        return cases_of_program(actor).filter(pk=case.pk).exists()
    return visible_cases(actor.user, on=today(case.authority, clock)).filter(pk=case.pk).exists()


def may_see_authorisation(authorisation: Authorisation, actor: Actor, clock: Clock) -> bool:
    """Whether the actor may know of it: its authority, the registry that tracks it, and its holder."""
    if isinstance(actor, Machine) or serves(authorisation.authority, actor, clock):
        return True
    if terms_in_force(authorisation).tracking_registry in registries_of(
        authorisation.authority, actor, clock
    ):
        return True
    if isinstance(actor, Program):
        return is_open(actor.account) and authorisation.holder == actor.organisation
    on = today(authorisation.authority, clock)
    return acts_for(actor, authorisation.holder, on=on, authority=authorisation.authority)


# What an authority plans about somebody's authorisation, they see once it is no draft any more.
_PLANNED = Q(state=State.DRAFT) & ~Q(initiative=Initiative.ASKED_FOR)


def cases_of_program(program: Program) -> QuerySet[Case]:
    """The cases that a program may read, while its account is open: those its organisation's people see."""
    # Asked in the same statement: a program reads often.
    is_open_still = Exists(ServiceAccount.objects.filter(still_open(), pk=program.account.pk))
    own = [program.organisation]
    return Case.objects.filter(is_open_still, Q(applicant__in=own) | of_holders(own), ~_PLANNED)


def roles_towards_obligation(obligation: Obligation, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles towards what is asked of a holder: the holder, desk officer and director of its authority."""
    if not isinstance(actor, Person) or actor.office is not None:
        return _roles_at(obligation.authority, actor, clock)
    holder, on = obligation.authorisation.holder, today(obligation.authority, clock)
    theirs = acts_for(actor, holder, on=on, authority=obligation.authority)
    vetted = not unvetted(actor, holder, obligation.authority)
    return frozenset({Role.HOLDER} if theirs and vetted else ())


def roles_towards_announcement(announcement: Announcement, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles towards a task to tell somebody: desk officer and director of its authority, and machines."""
    return _roles_at(announcement.authority, actor, clock)


def may_see_announcement(announcement: Announcement, actor: Actor, clock: Clock) -> bool:
    """Whether the actor may know of it: those who serve its authority, and machines."""
    if not isinstance(actor, Person):
        return actor in (SYSTEM, CLOCK)
    authority = announcement.authority
    return authority in authorities_served(actor.user, on=today(authority, clock))


def _roles_at(authority: Authority, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles of an office at an authority, where it is held today; those of machines have their names."""
    if actor in (SYSTEM, CLOCK):
        return frozenset({Role.SYSTEM if actor == SYSTEM else Role.CLOCK})
    if not isinstance(actor, Person) or actor.office is None:
        return frozenset()
    office, on = actor.office, today(authority, clock)
    if office.authority_id != authority.pk or not tenures_held(actor.user, office, on=on).exists():
        return frozenset()
    known = {Function.DESK_OFFICER: Role.DESK_OFFICER, Function.DIRECTOR: Role.DIRECTOR}
    role = known.get(Function(office.function))
    return frozenset({role} if role is not None else ())


def visible_cases(person: User, *, on: date) -> QuerySet[Case]:
    """The cases that a person may see: of the authorities they serve, and of those they may act for."""
    visible = Q(authority__in=authorities_served(person, on=on))
    own = organisations_of(person, on=on)
    if own:
        on_paper = mandates_on_paper(on=on).filter(
            mandatary__in=own, principal=OuterRef("applicant"), authority=OuterRef("authority")
        )
        represented = represented_by(own, on=on)
        theirs = Q(applicant__in=represented) | Q(Exists(on_paper)) | of_holders(represented)
        visible |= theirs & ~_PLANNED
    return Case.objects.filter(visible)
