"""An organisation as its page shows it: who belongs to it, who acts for it, which authorities let it in."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Invitation, Mandate, Membership, Organisation, Vetting
from accounts.names import country_name, in_language
from accounts.selectors import runs, standing_mandates
from accounts.services.chains import begun_everywhere


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What an authority answered, or that it has not yet."""

    authority: str
    vetting: Vetting


@dataclass(frozen=True, kw_only=True)
class OrganisationPage:
    """Everything the page shows. `given` and `held` are mandates that stand."""

    organisation: Organisation
    country: str
    members: tuple[Membership, ...]
    invitations: tuple[Invitation, ...]
    given: tuple[Mandate, ...]
    held: tuple[Mandate, ...]
    standings: tuple[Standing, ...]


def organisation_page(organisation: Organisation, *, at: datetime, language: str) -> OrganisationPage:
    """The page, in a constant number of queries."""
    on = begun_everywhere(at)
    members = organisation.memberships.filter(runs(on), person__is_active=True).select_related("person")
    invitations = organisation.invitations.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    )
    later = Mandate.objects.filter(revoked_at__isnull=True, starts_on__gt=on)
    mandates = (standing_mandates(on=on) | later).select_related("principal", "mandatary")
    vettings = organisation.vettings.select_related("authority").order_by("authority__slug", "-pk")
    return OrganisationPage(
        organisation=organisation,
        country=country_name(organisation.country, language),
        members=tuple(members),
        invitations=tuple(invitations),
        given=tuple(mandates.filter(principal=organisation)),
        held=tuple(mandates.filter(mandatary=organisation)),
        standings=tuple(
            Standing(authority=in_language(vetting.authority.name, language), vetting=vetting)
            for vetting in vettings
        ),
    )
