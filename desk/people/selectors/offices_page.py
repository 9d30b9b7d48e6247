"""The offices of an authority with who holds them, from-until, for whoever directs it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import Authority, Function, Office, Tenure
from accounts.names import in_language
from authorisation.handling import procedure_for
from desk.people.selectors.paging import PAGE, Part, named, part_of
from workflow.clock import Clock, today

_OFFICES = ("authority__slug", "function", "body", "pk")
_HOLDERS = ("starts_on", "pk")


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
    """An office and who holds it now or later; `last` is the one after whom there are more.

    `body` is the reviewing body that it sits in, in the words of today's procedure; its code where the
    procedure knows none such; empty where the title says the same.
    """

    public_id: UUID
    title: str
    function: str
    body: str
    holders: tuple[Holder, ...]
    last: Holder | None


@dataclass(frozen=True, kw_only=True)
class AuthorityOffices:
    """An authority and those of its offices that are on this page."""

    public_id: UUID
    name: str
    offices: tuple[OfficeRow, ...]


@dataclass(frozen=True, kw_only=True)
class OfficesPage:
    """One page of the offices."""

    authorities: tuple[AuthorityOffices, ...]
    part: Part[Office]


def offices_page(
    authorities: Sequence[Authority], *, clock: Clock, language: str, after: str = ""
) -> OfficesPage:
    """The offices after the one named `after`, each with its first holders, in a constant number of queries.

    An authority that has none of them here is shown on the first page alone.
    """
    offices = Office.objects.filter(authority__in=authorities)
    part = part_of(offices, order=_OFFICES, after=named(after))
    place = Window(RowNumber(), partition_by=F("office"), order_by=_HOLDERS)
    tenures = _tenures(authorities, clock).filter(office__in=part.rows)
    first = tenures.annotate(place=place).filter(place__lte=PAGE + 1).order_by(*_HOLDERS)
    held: dict[int, list[Tenure]] = {}
    for tenure in first:
        held.setdefault(tenure.office_id, []).append(tenure)
    names = {authority.pk: _names(authority, clock) for authority in authorities}
    rows = [
        (office, _row(office, held.get(office.pk, []), names[office.authority_id], language))
        for office in part.rows
    ]
    shown = [
        _of_authority(
            authority, [row for office, row in rows if office.authority_id == authority.pk], language
        )
        for authority in authorities
    ]
    if part.began_later:
        shown = [one for one in shown if one.offices]
    return OfficesPage(authorities=tuple(shown), part=part)


def one_office(office: Office, *, clock: Clock, language: str, after: Tenure | None) -> OfficesPage:
    """The page of one office alone, with its holders after that tenure."""
    authority = office.authority
    held = part_of(
        _tenures([authority], clock).filter(office=office),
        order=_HOLDERS,
        after={"pk": after.pk} if after is not None else None,
    )
    # One more than fit on the page says that there are more.
    tenures = [*held.rows, *([held.last] if held.last else [])]
    row = _row(office, tenures, _names(authority, clock), language)
    return OfficesPage(
        authorities=(_of_authority(authority, [row], language),),
        part=Part(rows=(office,), last=None, began_later=True),
    )


def _tenures(authorities: Iterable[Authority], clock: Clock) -> QuerySet[Tenure]:
    """Those running or to come, each by the date of its authority."""
    not_over = Q(ends_on__isnull=True)
    for authority in authorities:
        not_over |= Q(office__authority=authority, ends_on__gte=today(authority, clock))
    standing = Tenure.objects.filter(not_over, ended_at__isnull=True)
    return standing.select_related("person", "deputy_of__person")


def _of_authority(authority: Authority, rows: Iterable[OfficeRow], language: str) -> AuthorityOffices:
    return AuthorityOffices(
        public_id=authority.public_id, name=in_language(authority.name, language), offices=tuple(rows)
    )


def _names(authority: Authority, clock: Clock) -> Mapping[str, str]:
    """What today's procedure calls the bodies that review, by code. A unit is called as its office is."""
    terms = procedure_for(authority, today(authority, clock))
    rules = (rule for one in terms.handling.values() for rule in (one.deciding, *one.signing))
    return {rule.unit: "" for rule in rules} | {code: body.label for code, body in terms.bodies.items()}


def _row(office: Office, tenures: Sequence[Tenure], names: Mapping[str, str], language: str) -> OfficeRow:
    holders = tuple(_holder(tenure) for tenure in tenures[:PAGE])
    title, body = in_language(office.title, language), names.get(office.body, office.body)
    return OfficeRow(
        public_id=office.public_id,
        title=title,
        function=str(Function(office.function).label),
        body="" if body in title else body,
        holders=holders,
        last=holders[-1] if len(tenures) > PAGE else None,
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
