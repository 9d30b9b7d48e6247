"""From a person to their roles towards a letter, and to the letters they may see."""

from django.db.models import QuerySet

from accounts.models import Function
from accounts.selectors import tenures_held
from authorisation.permissions import may_see_case
from letters.lifecycle import Role
from letters.models import Letter
from letters.signatories import signing_offices_of
from workflow.actors import SYSTEM, Actor, Person
from workflow.clock import Clock, today


def roles_towards_letter(letter: Letter, actor: Actor, clock: Clock) -> frozenset[str]:
    """The roles that this actor has towards this letter today, in the office named."""
    if actor == SYSTEM:
        return frozenset({Role.SYSTEM})
    if not isinstance(actor, Person) or actor.office is None:
        return frozenset()
    office, on = actor.office, today(letter.authority, clock)
    if office.authority_id != letter.authority_id or not tenures_held(actor.user, office, on=on).exists():
        return frozenset()
    signing = signing_offices_of(letter)
    signed = letter.signatures.count()
    roles = set()
    if any(rule.fits(office.function, office.body) for rule in signing):
        roles.add(Role.SIGNER)
    if signed < len(signing) and signing[signed].fits(office.function, office.body):
        roles.add(Role.NEXT_SIGNER)
    if office.function == Function.DESK_OFFICER:
        roles.add(Role.DESK_OFFICER)
    if office.function == Function.DIRECTOR:
        roles.add(Role.DIRECTOR)
    return frozenset(roles)


def may_see_letter(letter: Letter, actor: Actor, clock: Clock) -> bool:
    """Whoever may see the case may see its letters."""
    return may_see_case(letter.case, actor, clock)


def issued(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """The letters that have been issued, also those that were superseded or withdrawn since."""
    return letters.exclude(signed_sha256="")
