"""In which authorities a person holds a function now, each by its own date."""

from accounts.models import Authority, Function, Office, User
from accounts.selectors import standing_tenures
from workflow.clock import Clock, today


def authorities_in_function(person: User, *functions: Function, clock: Clock) -> list[Authority]:
    """The authorities in which the person holds an office with such a function today, in one query."""
    offices = offices_in_function(person, *functions, clock=clock)
    return list({office.authority.pk: office.authority for office in offices}.values())


def offices_in_function(person: User, *functions: Function, clock: Clock) -> list[Office]:
    """The offices with such a function that the person holds today, in one query."""
    found: dict[int, Office] = {}
    for tenure in standing_tenures(person).filter(office__function__in=functions):
        on = today(tenure.office.authority, clock)
        if tenure.starts_on <= on and (tenure.ends_on is None or tenure.ends_on >= on):
            found[tenure.office_id] = tenure.office
    return list(found.values())
