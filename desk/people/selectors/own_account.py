"""What a person is part of: the offices they hold, and the organisations they belong to or may act for."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.models import Function, Membership, User
from accounts.names import in_language
from accounts.selectors import mandates_on_paper, runs, standing_mandates, standing_tenures
from accounts.services.chains import begun_everywhere


@dataclass(frozen=True, kw_only=True)
class HeldOffice:
    """An office held today or later, by the date of its authority."""

    title: str
    authority: str
    since: date
    until: date | None


@dataclass(frozen=True, kw_only=True)
class OwnOrganisation:
    """An organisation that the person belongs to, and the names of those that let it act for them."""

    public_id: UUID
    name: str
    acts_for: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Offices and organisations of a person, and what of the desk is theirs to open.

    vets, directs   whether the person looks at organisations, or manages offices, for some authority today
    """

    offices: tuple[HeldOffice, ...]
    organisations: tuple[OwnOrganisation, ...]
    vets: bool
    directs: bool


def parts_of(person: User, *, at: datetime, language: str) -> Parts:
    """Everything the person has a part in at this instant, in a constant number of queries."""
    tenures = standing_tenures(person).order_by("starts_on", "pk")
    current = [
        tenure
        for tenure in tenures
        if tenure.ends_on is None or tenure.ends_on >= tenure.office.authority.legal_date(at)
    ]
    today = {
        tenure.office.function
        for tenure in current
        if tenure.starts_on <= tenure.office.authority.legal_date(at)
    }
    return Parts(
        offices=tuple(
            HeldOffice(
                title=in_language(tenure.office.title, language),
                authority=in_language(tenure.office.authority.name, language),
                since=tenure.starts_on,
                until=tenure.ends_on,
            )
            for tenure in current
        ),
        organisations=_organisations(person, begun_everywhere(at)),
        vets=Function.DESK_OFFICER in today,
        directs=Function.DIRECTOR in today,
    )


def _organisations(person: User, on: date) -> tuple[OwnOrganisation, ...]:
    memberships = Membership.objects.filter(runs(on), person=person).select_related("organisation")
    organisations = [membership.organisation for membership in memberships]
    standing = standing_mandates(on=on) | mandates_on_paper(on=on)
    mandates = list(standing.filter(mandatary__in=organisations).select_related("principal"))
    return tuple(
        OwnOrganisation(
            public_id=organisation.public_id,
            name=organisation.name,
            acts_for=tuple(
                mandate.principal.name for mandate in mandates if mandate.mandatary_id == organisation.pk
            ),
        )
        for organisation in organisations
    )
