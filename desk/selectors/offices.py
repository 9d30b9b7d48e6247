"""The offices that a person holds today, each by the date of its own authority."""

from dataclasses import dataclass

from accounts.models import Authority, Office, User
from accounts.selectors import standing_tenures
from workflow.clock import Clock, today


@dataclass(frozen=True, kw_only=True)
class Held:
    """An office that is held today."""

    office: Office
    authority: Authority
    # Whose seat it is, where the office sits in a body: a deputy's is that of whom they stand in for.
    seat: int

    @property
    def function(self) -> str:
        """The function of the office."""
        return self.office.function


def offices_today(person: User, *, clock: Clock) -> list[Held]:
    """The offices that a person holds today, in one query; none for an account that is closed."""
    found: dict[int, Held] = {}
    for tenure in standing_tenures(person).select_related("deputy_of"):
        authority, on = tenure.office.authority, today(tenure.office.authority, clock)
        if tenure.starts_on <= on and (tenure.ends_on is None or on <= tenure.ends_on):
            found[tenure.office_id] = Held(
                office=tenure.office,
                authority=authority,
                seat=tenure.deputy_of.person_id if tenure.deputy_of is not None else person.pk,
            )
    return list(found.values())
