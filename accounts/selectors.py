"""Reading accounts: who holds which office, who belongs to which organisation, whose authority is whose.

Every day (`on`) is a local date of the authority; first and last day of a tenure or membership are included.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import (
    Authority,
    Function,
    Invitation,
    Mandate,
    Membership,
    Office,
    Organisation,
    Tenure,
    User,
    Vetting,
)


def runs(on: date, prefix: str = "") -> Q:
    """The from-until span of a tenure or membership includes the day."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})
    )


def offices_held(person: User, *, authority: Authority, on: date) -> list[Office]:
    """The offices of that authority the person holds on that day; none for a deactivated person."""
    if not person.is_active:
        return []
    tenures = Tenure.objects.filter(runs(on), person=person)
    return list(Office.objects.filter(authority=authority, tenures__in=tenures).distinct())


def holds_function(person: User, function: Function, *, authority: Authority, on: date) -> bool:
    """Whether the person holds an office of that authority with this function on that day."""
    return any(office.function == function for office in offices_held(person, authority=authority, on=on))


def authorities_served(person: User, *, on: date) -> list[Authority]:
    """The authorities in which the person holds any office on that day."""
    if not person.is_active:
        return []
    tenures = Tenure.objects.filter(runs(on), person=person)
    return list(Authority.objects.filter(offices__tenures__in=tenures).distinct())


def holders_of(office: Office, *, on: date) -> list[User]:
    """The active people who hold the office on that day, longest first."""
    tenures = Tenure.objects.filter(runs(on), office=office, person__is_active=True).select_related("person")
    return [tenure.person for tenure in tenures]


def offices_of(
    authority: Authority, *, function: Function | None = None, body: str | None = None
) -> list[Office]:
    """The offices of an authority, those of one function or reviewing body if asked."""
    offices = Office.objects.filter(authority=authority)
    if function is not None:
        offices = offices.filter(function=function)
    if body is not None:
        offices = offices.filter(body=body)
    return list(offices)


def organisations_of(person: User, *, on: date) -> list[Organisation]:
    """The organisations the person belongs to on that day; none for a deactivated person."""
    if not person.is_active:
        return []
    memberships = Membership.objects.filter(runs(on), person=person)
    return list(Organisation.objects.filter(memberships__in=memberships).distinct())


def members_of(organisation: Organisation, *, on: date) -> list[User]:
    """The active people who belong to the organisation on that day, longest first."""
    memberships = Membership.objects.filter(runs(on), organisation=organisation, person__is_active=True)
    return [membership.person for membership in memberships.select_related("person")]


def authority_of_party(code: str) -> Authority | None:
    """The designated national authority of a Party here, if this installation holds it."""
    return Authority.objects.select_related("party").filter(party__code=code).first()


def organisation_with(*, country: str, identification: str) -> Organisation | None:
    """The organisation of that country with that identification number, if it has an account here."""
    return Organisation.objects.filter(country=country, identification=identification).first()


def belongs_to(person: User, organisation: Organisation, *, on: date) -> bool:
    """Whether the person belongs to the organisation on that day."""
    return organisation in organisations_of(person, on=on)


def may_act_for(organisation: Organisation, principal: Organisation, *, on: date) -> bool:
    """Whether the organisation is the principal itself, or holds its mandate on that day."""
    return (
        organisation == principal
        or standing_mandates(on=on).filter(mandatary=organisation, principal=principal).exists()
    )


def standing_mandates(*, on: date) -> QuerySet[Mandate]:
    """The mandates that hold on that day and were not revoked."""
    return Mandate.objects.filter(runs(on), revoked_at__isnull=True)


def organisations_represented(person: User, *, on: date) -> list[Organisation]:
    """The organisations for which the person may act on that day: their own, and those that mandated them."""
    own = organisations_of(person, on=on)
    mandates = standing_mandates(on=on).filter(mandatary__in=own)
    return list(
        Organisation.objects.filter(
            Q(pk__in=[organisation.pk for organisation in own]) | Q(mandates_given__in=mandates)
        ).distinct()
    )


def is_vetted(organisation: Organisation, *, authority: Authority) -> bool:
    """Whether this authority has accepted the organisation; what another found says nothing here."""
    vettings = Vetting.objects.filter(organisation=organisation, authority=authority)
    return vettings.filter(outcome=Vetting.Outcome.ACCEPTED).exists()


def open_vettings(authorities: Iterable[Authority]) -> QuerySet[Vetting]:
    """What these authorities were asked and have not answered, oldest first."""
    return Vetting.objects.filter(authority__in=list(authorities), outcome="").select_related(
        "organisation", "authority"
    )


def invitation_with(token_sha256: str) -> Invitation | None:
    """The invitation whose token has this digest, used or not."""
    found = Invitation.objects.filter(token_sha256=token_sha256)
    return found.select_related("organisation", "invited_by").first()
