"""The offices that a person holds today, each by the date of its own authority."""

from dataclasses import dataclass

from accounts.models import Authority, Office, Tenure, User
from workflow.clock import Clock, today


@dataclass(frozen=True, kw_only=True)
class Held:
    """An office that is held today."""

    office: Office
    authority: Authority

    @property
    def function(self) -> str:
        """The function of the office."""
        return self.office.function


def offices_today(person: User, *, clock: Clock) -> list[Held]:
    """The offices that a person holds today, in one query; none for an account that is closed."""
    if not person.is_active:
        return []
    tenures = Tenure.objects.filter(person=person).select_related("office__authority")
    found: dict[int, Held] = {}
    for tenure in tenures:
        authority, on = tenure.office.authority, today(tenure.office.authority, clock)
        if tenure.starts_on <= on and (tenure.ends_on is None or on <= tenure.ends_on):
            found[tenure.office_id] = Held(office=tenure.office, authority=authority)
    return list(found.values())
