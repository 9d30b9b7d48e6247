"""What the pages of recording show: an activity with what happened to its outcomes, and a registry's part.

People of the authority see everything of an activity. Who records for a registry sees the authorisations
that are tracked in it and what was recorded in it, and nothing else. Every page asks a constant number of
queries. Volumes are whole t CO2 eq.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import rfc8785
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Organisation, Party
from accounts.names import in_language, party_name
from accounts.wording import grouped, long_date
from authorisation.guards.recording import USING
from authorisation.issuing import FIRST_VINTAGE
from authorisation.models import (
    Authorisation,
    AuthorisationVersion,
    IssuedVintage,
    Line,
    Recording,
    Reversal,
)
from authorisation.reversed import Balance, balances
from authorisation.standing import registries_tracking, terms_in_force
from desk.offers import Offer, offer_of, offers
from desk.people.selectors.paging import Part, part_of
from desk.recording.forms import Choices, OneVintageForm, ReplacementForm
from projects.models import Activity, Document, RegistryEntitlement
from projects.permissions import registries_of, serves
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.refusals import Words

PAGE = 25


@dataclass(frozen=True, kw_only=True)
class Reader:
    """As whom somebody looks at an authority's records: as one of its people, or for registries of theirs."""

    capacities: tuple[Person, ...]
    inside: bool
    registries: frozenset[str]

    @property
    def reads(self) -> bool:
        """Whether there is anything for them."""
        return self.inside or bool(self.registries)


def reader_of(activity: Activity, capacities: Sequence[Person], clock: Clock) -> Reader:
    """Who the person is towards the authority of an activity."""
    own = [registries_of(activity.authority, one, clock) for one in capacities]
    return Reader(
        capacities=tuple(capacities),
        inside=any(serves(activity.authority, one, clock) for one in capacities[:1]),
        registries=frozenset().union(*own),
    )


def tracked_in(registries: Collection[str]) -> QuerySet[Authorisation]:
    """The authorisations whose outcomes are tracked in one of these registries, by what is in force."""
    current = AuthorisationVersion.objects.filter(
        authorisation=OuterRef("pk"), number=OuterRef("current_version")
    )
    # The terms are canonical JSON: a registry stands in them in exactly one way.
    names = "|".join(re.escape(rfc8785.dumps(name).decode()) for name in sorted(registries))
    found = Authorisation.objects.annotate(current_terms=Subquery(current.values("terms")[:1]))
    return found.filter(current_terms__regex=f'"tracking_registry":({names})') if names else found.none()


# -- one act ---------------------------------------------------------------------------------------


def choices_of(authorisation: Authorisation, *, registries: Collection[str]) -> Choices:
    """What can be recorded of an authorisation."""
    terms, language = terms_in_force(authorisation), get_language() or "en"
    host = authorisation.authority.party.code
    codes: Iterable[str] = terms.parties or Party.objects.order_by("code").values_list("code", flat=True)
    named = sorted(
        ((code, party_name(code, language)) for code in codes if code != host), key=lambda pair: pair[1]
    )
    return Choices(
        vintages=list(authorisation.lines.order_by("vintage").values_list("vintage", flat=True)),
        parties=named,
        entities=sorted(one.name for one in terms.entities if USING & set(one.roles)),
        registries=registries,
        tracked_in=terms.tracking_registry or "",
        retains=terms.host_retention_percent or "",
    )


def choices_of_issuance(activity: Activity, *, registries: Collection[str], clock: Clock) -> Choices:
    """What can be recorded as an issuance: of every vintage that has begun."""
    return Choices(
        vintages=range(FIRST_VINTAGE, today(activity.authority, clock).year + 1),
        registries=registries,
        tracked_in=next(iter(registries_tracking(activity)), ""),
    )


def choices_of_reversals(activity: Activity, *, registries: Collection[str]) -> Choices:
    """What can be recorded as a reversal, or as the replacement of one; two queries and the registries."""
    found = Reversal.objects.filter(activity=activity).select_related("recording").order_by("pk")
    if registries:
        found = found.filter(recording__registry__in=registries)
    open_ones = []
    for one in found.annotate(replaced=Coalesce(Sum("replacements__tonnes"), 0)):
        outstanding = one.tonnes - one.replaced
        if outstanding:
            values = {
                "sort": one.get_sort_display(),
                "vintage": one.vintage,
                "day": long_date(one.recording.on),
                "tonnes": grouped(outstanding),
            }
            said = _("%(sort)s of vintage %(vintage)s, %(day)s: %(tonnes)s t to be replaced") % values
            open_ones.append((str(one.public_id), said))
    return Choices(
        vintages=(),
        registries=registries,
        tracked_in=next(iter(registries_tracking(activity)), ""),
        reversals=open_ones,
    )


@dataclass(frozen=True, kw_only=True)
class ToReplace:
    """Of a vintage of which something is reversed or replaced: how it stands, and how it will.

    first_transferred   of the vintage under authorisations, which stands whatever is recorded here
    """

    vintage: int
    before: Balance
    after: Balance
    first_transferred: int


def to_replace(activity: Activity, form: OneVintageForm) -> ToReplace:
    """What a form that was filled in would make of the balance of reversals; it says nothing of a line."""
    tonnes, vintage = form.cleaned_data["amount"], form.cleaned_data["vintage"]
    replaces = isinstance(form, ReplacementForm)
    if replaces:
        vintage = Reversal.objects.get(public_id=form.cleaned_data["reversal"]).vintage
    before = balances(activity).get(vintage, Balance(reversed=0, replaced=0))
    after = Balance(
        reversed=before.reversed + (0 if replaces else tonnes),
        replaced=before.replaced + (tonnes if replaces else 0),
    )
    lines = Line.objects.filter(authorisation__activity=activity, vintage=vintage)
    gone = lines.aggregate(tonnes=Sum("first_transferred"))["tonnes"] or 0
    return ToReplace(vintage=vintage, before=before, after=after, first_transferred=gone)


# -- an activity -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class IssuedOf:
    """Of one vintage: what was issued, and what authorisations cover of it."""

    vintage: int
    tonnes: int
    covered: int

    @property
    def not_covered(self) -> int:
        """What can be neither transferred nor used."""
        return self.tonnes - self.covered


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One thing that was recorded: when it happened, of which vintages, with which evidence, and by whom."""

    id: UUID
    kind: Words
    on: date
    registry: str
    volumes: tuple[tuple[int, int], ...]
    detail: str
    reference: str
    document: Document | None
    by: str
    authorisation: str


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """An activity, as far as the reader may see it. Of what was recorded, and of authorisations, a part."""

    activity: Activity
    as_of: date
    issuing: Offer | None
    reversing: Offer | None
    replacing: Offer | None
    reversed: tuple[tuple[int, Balance], ...]
    issued: tuple[IssuedOf, ...]
    authorisations: Part[Authorisation]
    recorded: tuple[Recorded, ...]
    further: UUID | None
    began_later: bool


STEPS = ("record_first_transfer", "record_use", "record_cancellation")


def activity_page(
    activity: Activity, reader: Reader, *, clock: Clock, after: str = "", authorisation: str = ""
) -> ActivityPage:
    """The page. `after` is what was recorded last on the page before, `authorisation` that of its list."""
    shown = Authorisation.objects.filter(activity=activity)
    issued = IssuedVintage.objects.filter(activity=activity)
    happened = Recording.objects.filter(activity=activity)
    if not reader.inside:
        shown = shown.filter(pk__in=tracked_in(reader.registries).values("pk"))
        issued = issued.filter(recording__registry__in=reader.registries)
        happened = happened.filter(registry__in=reader.registries)
    rows, further, began_later = _part(happened, after)
    offered = offers(activity, reader.capacities, clock)
    return ActivityPage(
        activity=activity,
        as_of=today(activity.authority, clock),
        issuing=offer_of("record_issuance", offered),
        reversing=offer_of("record_reversal", offered),
        replacing=offer_of("record_replacement", offered),
        reversed=tuple(balances(activity).items()) if reader.inside else (),
        issued=tuple(
            IssuedOf(vintage=vintage, tonnes=tonnes, covered=covered)
            for vintage, tonnes, covered in issued.order_by("vintage")
            .values_list("vintage")
            .annotate(Sum("tonnes"), Sum("covered"))
        ),
        authorisations=part_of(
            shown, order=("pk",), after={"identifier": authorisation} if authorisation else None
        ),
        recorded=tuple(_recorded(one) for one in rows),
        further=further,
        began_later=began_later,
    )


def recording_offers(authorisation: Authorisation, capacities: Sequence[Person], clock: Clock) -> list[Offer]:
    """What may be recorded of an authorisation, in whichever capacity comes nearest to it."""
    return [one for one in offers(authorisation, capacities, clock) if one.step in STEPS]


def _part(happened: QuerySet[Recording], after: str) -> tuple[Sequence[Recording], UUID | None, bool]:
    edge = happened.filter(public_id=after).values_list("pk", flat=True).first() if _is_id(after) else None
    found = happened.filter(pk__lt=edge) if edge is not None else happened
    rows = list(
        found.select_related("document", "office", "organisation", "authorisation", "reversal", "replacement")
        .prefetch_related(
            "vintages",
            "first_transfers__line",
            "first_transfers__to_party",
            "uses__line",
            "uses__by_party",
            "cancellations__line",
        )
        .order_by("-pk")[: PAGE + 1]
    )
    return rows[:PAGE], rows[PAGE - 1].public_id if len(rows) > PAGE else None, edge is not None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _recorded(one: Recording) -> Recorded:
    moved: dict[int, int] = {}
    for vintage, tonnes in _volumes(one):
        moved[vintage] = moved.get(vintage, 0) + tonnes
    language = get_language() or "en"
    by = in_language(one.office.title, language) if one.office is not None else ""
    return Recorded(
        id=one.public_id,
        kind=one.get_kind_display(),
        on=one.on,
        registry=one.registry,
        volumes=tuple(sorted(moved.items())),
        detail=_detail(one, language),
        reference=one.evidence,
        document=one.document,
        by=by or (one.organisation.name if one.organisation is not None else ""),
        authorisation=one.authorisation.identifier if one.authorisation is not None else "",
    )


def _volumes(one: Recording) -> Iterable[tuple[int, int]]:
    """Of an issuance what was issued, whatever it first transferred; else what was said to have happened."""
    if one.kind == Recording.Kind.ISSUANCE:
        return [(issued.vintage, issued.tonnes) for issued in one.vintages.all()]
    if one.kind == Recording.Kind.FIRST_TRANSFER:
        return [(first.line.vintage, first.tonnes) for first in one.first_transfers.all()]
    if one.kind == Recording.Kind.USE:
        return [(use.line.vintage, use.tonnes) for use in one.uses.all()]
    if one.kind == Recording.Kind.REVERSAL:
        return [(one.reversal.vintage, one.reversal.tonnes)]
    if one.kind == Recording.Kind.REPLACEMENT:
        return [(one.replacement.vintage, one.replacement.tonnes)]
    return [(gone.line.vintage, gone.tonnes) for gone in one.cancellations.all()]


def _detail(one: Recording, language: str) -> str:
    """To whom, by whom, or for what; empty for an issuance."""
    told: set[str] = set()
    if one.kind == Recording.Kind.FIRST_TRANSFER:
        for first in one.first_transfers.all():
            told |= {party_name(first.to_party.code, language) if first.to_party else "", first.serial}
    elif one.kind == Recording.Kind.USE:
        for use in one.uses.all():
            told |= {party_name(use.by_party.code, language) if use.by_party else "", use.by_entity}
    elif one.kind == Recording.Kind.CANCELLATION:
        told = {gone.purpose for gone in one.cancellations.all()}
    elif one.kind == Recording.Kind.REVERSAL:
        told = {str(one.reversal.get_sort_display())}
    elif one.kind == Recording.Kind.REPLACEMENT:
        told = {one.replacement.serial}
    return ", ".join(sorted(told - {""}))


# -- a registry ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RegistryPage:
    """What a registry records of: the authorisations that are tracked in it, a page of them, newest first."""

    entitlement: RegistryEntitlement
    authority: str
    rows: tuple[Authorisation, ...]
    further: str
    began_later: bool


def entitlements_of(organisations: Sequence[Organisation], *, clock: Clock) -> list[RegistryEntitlement]:
    """The entitlements of these organisations that hold today."""
    found = RegistryEntitlement.objects.filter(organisation__in=organisations, ended_at__isnull=True)
    return [
        one
        for one in found.select_related("authority", "organisation").order_by("registry", "pk")
        if one.starts_on <= today(one.authority, clock)
        and (one.ends_on is None or one.ends_on >= today(one.authority, clock))
    ]


def registry_page(entitlement: RegistryEntitlement, *, after: str = "") -> RegistryPage:
    """The page of a registry."""
    found = tracked_in([entitlement.registry]).filter(authority=entitlement.authority)
    edge = found.filter(identifier=after).values_list("pk", flat=True).first() if after else None
    listed = found.filter(pk__lt=edge) if edge is not None else found
    rows = list(listed.select_related("activity").order_by("-pk")[: PAGE + 1])
    return RegistryPage(
        entitlement=entitlement,
        authority=in_language(entitlement.authority.name, get_language() or "en"),
        rows=tuple(rows[:PAGE]),
        further=rows[PAGE - 1].identifier if len(rows) > PAGE else "",
        began_later=edge is not None,
    )
