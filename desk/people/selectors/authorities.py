"""In which authorities a person holds a function now, each by its own date."""

from accounts.models import Authority, Function, Office, Tenure, User
from workflow.clock import Clock, today


def authorities_in_function(person: User, function: Function, *, clock: Clock) -> list[Authority]:
    """The authorities in which the person holds an office with this function today, in one query."""
    offices = offices_in_function(person, function, clock=clock)
    return list({office.authority.pk: office.authority for office in offices}.values())


def offices_in_function(person: User, function: Function, *, clock: Clock) -> list[Office]:
    """The offices with this function that the person holds today, in one query."""
    if not person.is_active:
        return []
    tenures = Tenure.objects.filter(person=person, office__function=function).select_related(
        "office__authority"
    )
    found: dict[int, Office] = {}
    for tenure in tenures:
        on = today(tenure.office.authority, clock)
        if tenure.starts_on <= on and (tenure.ends_on is None or tenure.ends_on >= on):
            found[tenure.office_id] = tenure.office
    return list(found.values())
