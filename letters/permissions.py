"""From a person to their roles towards a letter, and to the letters they may see."""

from django.db.models import Q, QuerySet

from accounts.models import Function, Tenure
from authorisation.permissions import may_see_case
from letters.kinds import kind_of
from letters.lifecycle import Role
from letters.models import Letter
from workflow.actors import CLOCK, SYSTEM, Actor, Person
from workflow.clock import Clock, today


def roles_towards_letter(letter: Letter, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles that this actor has towards this letter today, in the office named."""
    if actor == SYSTEM:
        return frozenset({Role.SYSTEM})
    if actor == CLOCK or not isinstance(actor, Person) or actor.office is None:
        return frozenset()
    office, on = actor.office, today(letter.authority, clock)
    held = Tenure.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), office=office, person=actor.user, starts_on__lte=on
    )
    if office.authority_id != letter.authority_id or not actor.user.is_active or not held.exists():
        return frozenset()
    signing = kind_of(letter.kind).signing_offices
    signed = letter.signatures.count()
    roles = set()
    if office.function in signing:
        roles.add(Role.SIGNER)
    if signed < len(signing) and office.function == signing[signed]:
        roles.add(Role.NEXT_SIGNER)
    if office.function == Function.DESK_OFFICER:
        roles.add(Role.DESK_OFFICER)
    return frozenset(roles)


def may_see_letter(letter: Letter, actor: Actor, clock: Clock) -> bool:
    """Whoever may see the case may see its letters."""
    return may_see_case(letter.case, actor, clock)


def issued(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """The letters that have been issued, also those that were superseded or withdrawn since."""
    return letters.exclude(signed_sha256="")
