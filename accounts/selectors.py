"""Reading accounts: who holds which office, who belongs to which organisation, whose authority is whose.

Every day (`on`) is a local date of the authority; the first and last day of a tenure or membership count,
unless it was ended at once: that gives nothing any more. Whether an account is open is read with the rest,
not from the person at hand, who may have been loaded before it was closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import (
    Authority,
    Function,
    Invitation,
    Mandate,
    Membership,
    Office,
    OfficeInvitation,
    Organisation,
    ServiceAccount,
    Tenure,
    User,
    Vetting,
)


def language_of(person: User, *, authority: Authority | None = None) -> str:
    """The language in which a person is written to: the one they chose.

    Who has chosen none reads, of the languages that the pages have, the first of the authority with which
    they have to do; else that of the installation.
    """
    there_are = dict(settings.LANGUAGES)
    of_authority = authority.languages if authority is not None else []
    wanted = [person.language, *(tag.partition("-")[0] for tag in of_authority)]
    return next((tag for tag in wanted if tag in there_are), settings.LANGUAGE_CODE)


def spans(on: date, prefix: str = "") -> Q:
    """The from-until span includes the day."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})
    )


def runs(on: date, prefix: str = "") -> Q:
    """The tenure or membership includes the day, was not ended at once, and the person's account is open."""
    standing = Q(**{f"{prefix}ended_at__isnull": True, f"{prefix}person__is_active": True})
    return spans(on, prefix) & standing


def standing_tenures(person: User) -> QuerySet[Tenure]:
    """The tenures of a person that were not ended at once, past and future ones too; none if closed."""
    tenures = Tenure.objects.filter(person=person, person__is_active=True, ended_at__isnull=True)
    return tenures.select_related("office__authority")


def tenures_held(person: User, office: Office, *, on: date) -> QuerySet[Tenure]:
    """By which tenures the person holds the office on that day: usually one, or none."""
    return Tenure.objects.filter(runs(on), person=person, office=office)


def held_on(person: User, office: Office, *, on: date) -> bool:
    """Whether the person held the office on a day that has passed, whatever became of the account since."""
    return Tenure.objects.filter(spans(on), person=person, office=office).exists()


def deputises(person: User, office: Office, *, on: date) -> User | None:
    """In whose stead the person holds the office on that day; None where it is theirs, or not held at all."""
    return _principal(tenures_held(person, office, on=on))


def stood_in_for(person: User, office: Office, *, on: date) -> User | None:
    """The same of a day that has passed, whatever became of the tenure and the account since."""
    return _principal(Tenure.objects.filter(spans(on), person=person, office=office))


def _principal(held: QuerySet[Tenure]) -> User | None:
    tenures = list(held.select_related("deputy_of__person"))
    if not tenures or any(tenure.deputy_of is None for tenure in tenures):
        return None
    principal = tenures[0].deputy_of
    return principal.person if principal is not None else None


def acting_tenure(office: Office, *, on: date) -> Tenure | None:
    """By which tenure the office acts on that day: its holder's, or that of the deputy in the holder's stead.

    Of several holders it is the longest that counts; None where nobody holds it.
    """
    tenures = list(
        Tenure.objects.filter(runs(on), office=office).select_related("person", "deputy_of__person")
    )
    own = [tenure for tenure in tenures if tenure.deputy_of_id is None]
    if not own:
        return tenures[0] if tenures else None
    deputies = (tenure for tenure in tenures if tenure.deputy_of_id == own[0].pk)
    return next(deputies, own[0])


def offices_held(person: User, *, authority: Authority, on: date) -> list[Office]:
    """The offices of that authority the person holds on that day; none for a deactivated person."""
    tenures = Tenure.objects.filter(runs(on), person=person)
    return list(Office.objects.filter(authority=authority, tenures__in=tenures).distinct())


def holds_function(person: User, function: Function, *, authority: Authority, on: date) -> bool:
    """Whether the person holds an office of that authority with this function on that day."""
    return any(office.function == function for office in offices_held(person, authority=authority, on=on))


def authorities_served(person: User, *, on: date) -> list[Authority]:
    """The authorities in which the person holds any office on that day."""
    tenures = Tenure.objects.filter(runs(on), person=person)
    return list(Authority.objects.filter(offices__tenures__in=tenures).distinct())


def holders_of(office: Office, *, on: date) -> list[User]:
    """The active people who hold the office on that day, longest first."""
    tenures = Tenure.objects.filter(runs(on), office=office).select_related("person")
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
    memberships = Membership.objects.filter(runs(on), person=person)
    return list(Organisation.objects.filter(memberships__in=memberships).distinct())


def members_of(organisation: Organisation, *, on: date) -> list[User]:
    """The active people who belong to the organisation on that day, longest first."""
    memberships = Membership.objects.filter(runs(on), organisation=organisation).select_related("person")
    return [membership.person for membership in memberships]


def authority_of_party(code: str) -> Authority | None:
    """The designated national authority of a Party here, if this installation holds it."""
    return Authority.objects.select_related("party").filter(party__code=code).first()


def organisation_with(*, country: str, identification: str) -> Organisation | None:
    """The organisation of that country with that identification number, if it has an account here."""
    return Organisation.objects.filter(country=country, identification=identification).first()


def belongs_to(person: User, organisation: Organisation, *, on: date) -> bool:
    """Whether the person belongs to the organisation on that day."""
    return organisation in organisations_of(person, on=on)


def may_act_for(
    organisation: Organisation, principal: Organisation, *, on: date, authority: Authority | None = None
) -> bool:
    """Whether the organisation is the principal itself, or holds its mandate on that day.

    A mandate on paper counts only towards the `authority` that confirmed it.
    """
    if organisation == principal:
        return True
    mandates = standing_mandates(on=on)
    if authority is not None:
        mandates |= mandates_on_paper(on=on).filter(authority=authority)
    return mandates.filter(mandatary=organisation, principal=principal).exists()


def standing_mandates(*, on: date) -> QuerySet[Mandate]:
    """The mandates given here that hold on that day, towards every authority, and were not revoked."""
    return Mandate.objects.filter(spans(on), revoked_at__isnull=True, authority__isnull=True)


def mandates_on_paper(*, on: date) -> QuerySet[Mandate]:
    """The mandates on paper that hold on that day, each towards the authority that confirmed it."""
    return Mandate.objects.filter(
        spans(on), revoked_at__isnull=True, authority__isnull=False, confirmed_at__isnull=False
    )


def organisations_represented(person: User, *, on: date) -> list[Organisation]:
    """The organisations for which the person may act on that day: their own, and those that mandated them.

    Mandates on paper are not among them: they hold towards one authority only (`mandates_on_paper`).
    """
    return represented_by(organisations_of(person, on=on), on=on)


def represented_by(own: Sequence[Organisation], *, on: date) -> list[Organisation]:
    """These organisations themselves, and those that gave any of them a mandate; nothing of nobody."""
    if not own:
        return []
    mandates = standing_mandates(on=on).filter(mandatary__in=own)
    return list(
        Organisation.objects.filter(
            Q(pk__in=[organisation.pk for organisation in own]) | Q(mandates_given__in=mandates)
        ).distinct()
    )


def still_open() -> Q:
    """The service accounts that are not ended."""
    return Q(ended_at__isnull=True)


def is_open(account: ServiceAccount) -> bool:
    """Whether a service account is not ended."""
    return ServiceAccount.objects.filter(still_open(), pk=account.pk).exists()


def is_vetted(organisation: Organisation, *, authority: Authority) -> bool:
    """Whether this authority has accepted the organisation, and has not withdrawn that.

    What another found says nothing here.
    """
    return accepted_vettings([authority]).filter(organisation=organisation).exists()


def accepted_vettings(authorities: Iterable[Authority]) -> QuerySet[Vetting]:
    """The answers by which organisations may act towards these authorities, by name."""
    accepted = Vetting.objects.filter(
        authority__in=list(authorities), outcome=Vetting.Outcome.ACCEPTED, withdrawn_on__isnull=True
    )
    return accepted.select_related("organisation", "authority").order_by("organisation__name", "pk")


def unconfirmed_mandates(authorities: Iterable[Authority]) -> QuerySet[Mandate]:
    """The mandates on paper that these authorities have not confirmed yet, oldest first."""
    waiting = Mandate.objects.filter(
        authority__in=list(authorities), confirmed_at__isnull=True, revoked_at__isnull=True
    )
    return waiting.select_related("principal", "mandatary", "authority").order_by("pk")


def open_vettings(authorities: Iterable[Authority]) -> QuerySet[Vetting]:
    """What these authorities were asked and have not answered, oldest first."""
    return Vetting.objects.filter(authority__in=list(authorities), outcome="").select_related(
        "organisation", "authority"
    )


def invitation_with(token_sha256: str) -> Invitation | None:
    """The invitation whose token has this digest, used or not."""
    found = Invitation.objects.filter(token_sha256=token_sha256)
    return found.select_related("organisation", "invited_by").first()


def office_invitation_with(token_sha256: str) -> OfficeInvitation | None:
    """The invitation to an office whose token has this digest, used or not."""
    found = OfficeInvitation.objects.filter(token_sha256=token_sha256)
    return found.select_related("office__authority").first()
