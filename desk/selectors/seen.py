"""Which cases a person may see, each by the date of its own authority."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Authority, User
from authorisation.models import Authorisation, AuthorisationVersion, Case
from authorisation.permissions import visible_cases
from letters.models import Letter
from letters.permissions import issued
from workflow.clock import Clock


def cases_seen_by(person: User, *, clock: Clock) -> QuerySet[Case]:
    """The cases that a person may see now.

    Offices and memberships hold from day to day, and the day is the authority's: where it is already
    tomorrow, an office that ended today shows nothing any more.
    """
    now = clock.now()
    zones = set(Authority.objects.order_by().values_list("time_zone", flat=True).distinct())
    day_in = {zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}
    seen = Case.objects.none()
    for day in sorted(set(day_in.values())):
        there = [zone for zone in sorted(zones) if day_in[zone] == day]
        seen |= visible_cases(person, on=day).filter(authority__time_zone__in=there)
    return seen


def case_seen_by(person: User, public_id: UUID, *, clock: Clock) -> Case | None:
    """The case with this id, or None where there is none or the person may not see it."""
    cases = cases_seen_by(person, clock=clock).select_related(
        "authority__party", "applicant", "activity", "approach", "authorisation", "application"
    )
    return cases.filter(public_id=public_id).first()


def authorisations_seen_by(person: User, *, clock: Clock) -> QuerySet[Authorisation]:
    """The authorisations of which a person may see every tonne: a version is of a case they may see."""
    cases = AuthorisationVersion.objects.filter(case__in=cases_seen_by(person, clock=clock))
    return Authorisation.objects.filter(pk__in=cases.values("authorisation"))


def issued_letter_seen_by(person: User, public_id: UUID, *, clock: Clock) -> Letter | None:
    """The issued letter with this id, or None where there is none or the person may not see its case."""
    letters = issued(Letter.objects.filter(public_id=public_id))
    return letters.filter(case__in=cases_seen_by(person, clock=clock)).first()
