"""Who is told: the people behind each audience of a case, as they are when the notice goes out.

A deputy holds the office while deputising, so they are told what its holder is told; an office that has
ended, or an account that is closed, is told nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Function, Membership, Office, Tenure, User
from accounts.selectors import mandates_on_paper, runs, standing_mandates
from authorisation.clockwork import silent_bodies
from authorisation.concerned import told_of
from authorisation.guards.conflicts import people_out
from authorisation.handling import handling_of
from authorisation.lifecycle import State
from authorisation.models import Case
from authorisation.procedures.shape import OfficeRule
from authorisation.reviews import SITTING
from desk.notices.models import Audience
from letters.lifecycle import State as LetterState
from letters.models import Letter
from letters.signatories import signing_offices_of


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What a notice is about; `letter` where the step was its own, `bodies` where only these are meant."""

    case: Case
    on: date
    letter: Letter | None = None
    bodies: Collection[str] = ()


def people_of(audience: Audience, telling: Telling) -> list[User]:
    """The people of an audience today, each once, by primary key."""
    return list(_PEOPLE[audience](telling).order_by("pk").distinct())


def _applicant(telling: Telling) -> QuerySet[User]:
    """The members of whom the case concerns, and of whoever holds their mandate towards this authority."""
    case = telling.case
    mandates = standing_mandates(on=telling.on) | mandates_on_paper(on=telling.on).filter(
        authority=case.authority
    )
    concerned = told_of(case)
    acting = Q(organisation__in=concerned) | Q(
        organisation__in=mandates.filter(principal__in=concerned).values("mandatary")
    )
    return User.objects.filter(memberships__in=Membership.objects.filter(runs(telling.on)).filter(acting))


def _holders(telling: Telling, rules: Iterable[OfficeRule]) -> QuerySet[User]:
    """Who holds an office of the authority that one of these rules means."""
    offices = Office.objects.filter(authority=telling.case.authority_id)
    fitting = [
        office.pk for office in offices if any(rule.fits(office.function, office.body) for rule in rules)
    ]
    return User.objects.filter(tenures__in=Tenure.objects.filter(runs(telling.on), office__in=fitting))


def _desk(telling: Telling) -> QuerySet[User]:
    return _holders(telling, (OfficeRule(function=Function.DESK_OFFICER),))


def _bodies(telling: Telling) -> QuerySet[User]:
    """The members of the bodies that have not spoken, or of those that are named; nobody out of review."""
    if telling.case.state != State.IN_REVIEW:
        return User.objects.none()
    codes = telling.bodies or [body.code for body in silent_bodies(telling.case)]
    rules = [OfficeRule(function=function, unit=code) for function in SITTING for code in codes]
    return _holders(telling, rules).exclude(pk__in=people_out(telling.case))


def _decider(telling: Telling) -> QuerySet[User]:
    """The deciding office, while the case waits for it."""
    if telling.case.state != State.IN_DECISION:
        return User.objects.none()
    return _holders(telling, (handling_of(telling.case).deciding,))


def _signers(telling: Telling) -> QuerySet[User]:
    """The office whose signature the letter waits for, or all that sign it where it could not be made."""
    letter = telling.letter or telling.case.letters.order_by("pk").last()
    if telling.letter is not None and telling.letter.state == LetterState.FAILED:
        return _holders(telling, signing_offices_of(telling.letter))
    if letter is None or letter.state != LetterState.SIGNING:
        return User.objects.none()
    signing, signed = signing_offices_of(letter), letter.signatures.count()
    return _holders(telling, signing[signed : signed + 1])


def _director(telling: Telling) -> QuerySet[User]:
    return _holders(telling, (OfficeRule(function=Function.DIRECTOR),))


_PEOPLE: Mapping[Audience, Callable[[Telling], QuerySet[User]]] = {
    Audience.APPLICANT: _applicant,
    Audience.DESK: _desk,
    Audience.BODIES: _bodies,
    Audience.DECIDER: _decider,
    Audience.SIGNERS: _signers,
    Audience.DIRECTOR: _director,
}
