"""The offices of an authority with who holds them, from-until, for whoever directs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.models import Authority, Function, Office, Tenure
from accounts.names import in_language
from workflow.clock import Clock, today


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One tenure, running or to come. `deputy_of` names whose office it is, for a deputy."""

    person: UUID
    name: str
    email: str
    starts_on: date
    ends_on: date | None
    deputy_of: str
    can_have_deputy: bool


@dataclass(frozen=True, kw_only=True)
class OfficeRow:
    """An office and everybody who holds it now or later."""

    public_id: UUID
    title: str
    function: str
    body: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, kw_only=True)
class AuthorityOffices:
    """An authority and its offices."""

    public_id: UUID
    name: str
    offices: tuple[OfficeRow, ...]


def offices_page(authorities: Iterable[Authority], *, clock: Clock, language: str) -> list[AuthorityOffices]:
    """The offices of these authorities, in two queries for each."""
    return [
        AuthorityOffices(
            public_id=authority.public_id,
            name=in_language(authority.name, language),
            offices=tuple(_rows(authority, today(authority, clock), language)),
        )
        for authority in authorities
    ]


def _rows(authority: Authority, on: date, language: str) -> Iterable[OfficeRow]:
    tenures = (
        Tenure.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), office__authority=authority)
        .select_related("person", "deputy_of__person")
        .order_by("starts_on", "pk")
    )
    of_office: dict[int, list[Tenure]] = {}
    for tenure in tenures:
        of_office.setdefault(tenure.office_id, []).append(tenure)
    for office in Office.objects.filter(authority=authority):
        yield OfficeRow(
            public_id=office.public_id,
            title=in_language(office.title, language),
            function=str(Function(office.function).label),
            body=office.body,
            holders=tuple(_holder(tenure) for tenure in of_office.get(office.pk, [])),
        )


def _holder(tenure: Tenure) -> Holder:
    return Holder(
        person=tenure.person.public_id,
        name=tenure.person.name or tenure.person.email,
        email=tenure.person.email,
        starts_on=tenure.starts_on,
        ends_on=tenure.ends_on,
        deputy_of=(tenure.deputy_of.person.name or tenure.deputy_of.person.email) if tenure.deputy_of else "",
        can_have_deputy=tenure.deputy_of is None,
    )
