"""An organisation as its page shows it: who belongs to it, who acts for it, which authorities let it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Invitation, Mandate, Membership, Organisation, Vetting
from accounts.names import country_name, in_language
from accounts.selectors import runs, standing_mandates
from accounts.services.chains import begun_everywhere
from desk.people.selectors.paging import Part, named, part_of


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What an authority answered, or that it has not yet."""

    authority: str
    vetting: Vetting


@dataclass(frozen=True, kw_only=True)
class OrganisationPage:
    """Everything the page shows: of each list a part. `given` and `held` are mandates that stand, or wait."""

    organisation: Organisation
    country: str
    members: Part[Membership]
    invitations: Part[Invitation]
    given: Part[Mandate]
    held: Part[Mandate]
    standings: tuple[Standing, ...]


def organisation_page(
    organisation: Organisation, *, at: datetime, language: str, places: Mapping[str, str] | None = None
) -> OrganisationPage:
    """The page, in a constant number of queries.

    places  by list (`people`, `invited`, `given`, `held`) the public id of the person, invitation or mandate
            that the page before ended with
    """
    on = begun_everywhere(at)
    from_on = {name: named(text) for name, text in (places or {}).items()}
    member = from_on.get("people")
    invitations = organisation.invitations.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    )
    later = Mandate.objects.filter(revoked_at__isnull=True, starts_on__gt=on)
    on_paper = Mandate.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), revoked_at__isnull=True, authority__isnull=False
    )
    mandates = (standing_mandates(on=on) | later | on_paper).select_related(
        "principal", "mandatary", "authority"
    )
    vettings = organisation.vettings.select_related("authority").order_by("authority__slug", "-pk")
    return OrganisationPage(
        organisation=organisation,
        country=country_name(organisation.country, language),
        members=part_of(
            organisation.memberships.filter(runs(on)).select_related("person"),
            order=("starts_on", "pk"),
            after={"person__public_id": member["public_id"]} if member else None,
            # Of a person's memberships, which never overlap, the last.
            seen=organisation.memberships.order_by("-starts_on", "-pk"),
        ),
        invitations=part_of(
            invitations,
            order=("invited_at", "pk"),
            after=from_on.get("invited"),
            seen=organisation.invitations.all(),
        ),
        given=part_of(
            mandates.filter(principal=organisation),
            order=("starts_on", "pk"),
            after=from_on.get("given"),
            seen=Mandate.objects.filter(principal=organisation),
        ),
        held=part_of(
            mandates.filter(mandatary=organisation),
            order=("starts_on", "pk"),
            after=from_on.get("held"),
            seen=Mandate.objects.filter(mandatary=organisation),
        ),
        standings=tuple(
            Standing(authority=in_language(vetting.authority.name, language), vetting=vetting)
            for vetting in vettings
        ),
    )
