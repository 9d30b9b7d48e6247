"""Where every tonne is: of an authorisation by vintage and pool, entry by entry; of an NDC period by ceiling.

Every page asks a constant number of queries. Volumes are whole t CO2 eq.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function, User
from accounts.names import in_language, party_name
from audit.trail import events_of
from authorisation.kinds import AUTHORISING
from authorisation.lifecycle import State
from authorisation.models import ApplicationVersion, Authorisation, Case, Ceiling, Entry, Line
from authorisation.models.volumes import Pool
from desk.people.selectors.authorities import authorities_in_function
from desk.selectors.seen import authorisations_seen_by
from desk.volumes.charts import Piece, Row
from projects.models import NdcPeriod
from workflow.clock import Clock, today
from workflow.refusals import Words

PAGE = 50

# The pools of a line that its page shows as columns, in the order in which tonnes pass through them.
COLUMNS: Mapping[Pool, Words] = {
    Pool.RESERVED: _("reserved"),
    Pool.AUTHORISED: _("authorised"),
    Pool.ISSUED: _("issued"),
    Pool.FIRST_TRANSFERRED: _("first transferred"),
    Pool.USED_OR_CANCELLED: _("used or cancelled"),
    Pool.RETAINED: _("retained"),
    Pool.REVOKED: _("revoked"),
}


# -- an authorisation --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Vintage:
    """One line: its pools in the order of COLUMNS, and the disjoint parts in which its tonnes lie now.

    capped   whether its letter sets a ceiling for the vintage
    """

    vintage: int
    capped: bool
    pools: tuple[int, ...]
    parts: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One entry: when, of which vintage, from where to where, and what stood there afterwards."""

    on: date
    vintage: int
    sequence: int
    source: Words
    target: Words
    tonnes: int
    source_after: int | None
    target_after: int | None
    event: str


@dataclass(frozen=True, kw_only=True)
class Entries:
    """One page of entries, in the order of vintage and sequence, and from where the next one goes on."""

    rows: tuple[Moved, ...]
    further: str
    began_later: bool


@dataclass(frozen=True, kw_only=True)
class VolumesPage:
    """The volumes of one authorisation.

    total   the ceiling over all vintages together, where its letter sets one
    """

    identifier: str
    title: str
    state: Words
    as_of: date
    vintages: tuple[Vintage, ...]
    sums: tuple[int, ...]
    total: int | None
    entries: Entries

    @property
    def rows(self) -> list[Row]:
        """The bars of the chart."""
        return [Row(label=str(one.vintage), pieces=one.parts) for one in self.vintages]


def authorisation_seen_by(person: User, identifier: str, *, clock: Clock) -> Authorisation | None:
    """The authorisation where the person may see a case about it: those of its authority, and its holder."""
    found = authorisations_seen_by(person, clock=clock).select_related("authority", "activity__authority")
    return found.filter(identifier=identifier).first()


def volumes_page(found: Authorisation, *, clock: Clock, after: str = "") -> VolumesPage:
    """Its lines as they stand, and a page of what moved them; `after` is a vintage and a sequence."""
    lines = list(found.lines.all())
    vintages = tuple(_vintage(line) for line in lines)
    total = Ceiling.objects.filter(
        scope=Ceiling.Scope.TOTAL, case__authorisation_version__authorisation=found
    )
    return VolumesPage(
        identifier=found.identifier,
        title=found.activity.title,
        state=found.get_state_display(),
        as_of=today(found.authority, clock),
        vintages=vintages,
        sums=tuple(sum(one.pools[place] for one in vintages) for place in range(len(COLUMNS))),
        total=total.values_list("tonnes", flat=True).first(),
        entries=_entries(found, after),
    )


def _vintage(line: Line) -> Vintage:
    return Vintage(
        vintage=line.vintage,
        capped=line.capped,
        pools=tuple(getattr(line, pool.value) for pool in COLUMNS),
        parts=parts_of(line),
    )


def parts_of(line: Line) -> tuple[Piece, ...]:
    """The tonnes of a line in disjoint parts: each tonne stands in exactly one of them.

    Pools nest: what is used was first transferred, what is first transferred or retained was drawn from what
    is authorised, what was issued and covered likewise.
    """
    left_host = line.first_transferred + line.retained
    issued = max(line.issued - left_host, 0)
    drawn = max(line.drawn, left_host, line.issued)
    return (
        Piece(kind="used", label=_("used or cancelled"), tonnes=line.used_or_cancelled),
        Piece(
            kind="first-transferred",
            label=_("first transferred, not yet used"),
            tonnes=line.first_transferred - line.used_or_cancelled,
        ),
        Piece(kind="retained", label=_("retained by the host"), tonnes=line.retained),
        Piece(kind="issued", label=_("issued, not yet first transferred"), tonnes=issued),
        Piece(
            kind="authorised",
            label=_("authorised, not yet issued"),
            tonnes=max(line.authorised - drawn, 0),
        ),
        Piece(kind="reserved", label=_("reserved"), tonnes=line.reserved),
        Piece(kind="revoked", label=_("revoked"), tonnes=line.revoked),
    )


def _entries(found: Authorisation, after: str) -> Entries:
    moved = Entry.objects.filter(line__authorisation=found).select_related("line")
    edge = _edge(after)
    on_page = moved
    if edge is not None:
        vintage, sequence = edge
        on_page = moved.filter(Q(line__vintage__gt=vintage) | Q(line__vintage=vintage, sequence__gt=sequence))
    listed = list(on_page.order_by("line__vintage", "sequence")[: PAGE + 1])
    rows = tuple(_moved(one) for one in listed[:PAGE])
    return Entries(
        rows=rows,
        further=f"{rows[-1].vintage}-{rows[-1].sequence}" if len(listed) > PAGE else "",
        began_later=edge is not None,
    )


def _edge(after: str) -> tuple[int, int] | None:
    vintage, _dash, sequence = after.partition("-")
    short = len(vintage) == 4 and len(sequence) < 10
    if short and all(part.isascii() and part.isdigit() for part in (vintage, sequence)):
        return int(vintage), int(sequence)
    return None


def _moved(entry: Entry) -> Moved:
    return Moved(
        on=entry.moved_on,
        vintage=entry.line.vintage if entry.line is not None else 0,
        sequence=entry.sequence,
        source=Pool(entry.source).label,
        target=Pool(entry.target).label,
        tonnes=entry.tonnes,
        source_after=entry.source_after,
        target_after=entry.target_after,
        event=entry.event,
    )


# -- the budget of an NDC period -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A ceiling of a period, or a sector without one: what it allows, and what is under it.

    sector     empty for the whole period
    asked      by requests that are not decided yet; where they name no volume they are in `open_ended`
    reason, source, set_on   of the last time it was set
    """

    sector: str
    ceiling: int | None
    reserved: int
    authorised: int
    asked: int
    open_ended: int
    reason: str = ""
    source: str = ""
    set_on: date | None = None

    @property
    def held(self) -> int:
        """Reserved or authorised."""
        return self.reserved + self.authorised

    @property
    def free(self) -> int | None:
        """What is left; None where there is no ceiling."""
        return None if self.ceiling is None else self.ceiling - self.held

    @property
    def lacks(self) -> int:
        """By how much what is asked for passes what is left."""
        return 0 if self.free is None else max(self.asked - self.free, 0)

    @property
    def row(self) -> Row:
        """Its bar."""
        return Row(
            label=self.sector or str(_("All sectors")),
            pieces=(
                Piece(kind="authorised", label=_("authorised"), tonnes=self.authorised),
                Piece(kind="reserved", label=_("reserved"), tonnes=self.reserved),
                Piece(kind="asked", label=_("asked for"), tonnes=self.asked),
            ),
            limit=self.ceiling,
        )


@dataclass(frozen=True, kw_only=True)
class Period:
    """One implementation period: the whole of it first, then its sectors."""

    years: str
    standings: tuple[Standing, ...]

    @property
    def rows(self) -> list[Row]:
        """The bars of the chart."""
        return [one.row for one in self.standings]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The periods of one authority's Party. `directs`: whether the reader may set ceilings there."""

    authority: Authority
    name: str
    party: str
    directs: bool
    periods: tuple[Period, ...]


@dataclass
class _Sum:
    reserved: int = 0
    authorised: int = 0
    asked: int = 0
    open_ended: int = 0


# A place of a budget: the period, and the sector or nothing.
_Place = tuple[int, str]
_PENDING = (State.SUBMITTED, State.WITH_APPLICANT, State.IN_REVIEW, State.IN_DECISION)


def budgets(person: User, *, clock: Clock, language: str) -> list[Budget]:
    """Of every authority that the person serves today."""
    directed = {one.pk for one in authorities_in_function(person, Function.DIRECTOR, clock=clock)}
    served = authorities_in_function(person, *Function, clock=clock)
    return [
        Budget(
            authority=authority,
            name=in_language(authority.name, language),
            party=party_name(authority.party.code, language),
            directs=authority.pk in directed,
            periods=tuple(_periods(authority)),
        )
        for authority in served
    ]


def _periods(authority: Authority) -> Iterable[Period]:
    sums: dict[_Place, _Sum] = {}
    _add_held(authority, sums)
    _add_asked(authority, sums)
    ceilings = {
        (one.ndc_period_id or 0, one.sector): one.tonnes
        for one in authority.ceilings.filter(ndc_period__isnull=False)
    }
    told = _last_set(authority)
    for period in NdcPeriod.objects.filter(party=authority.party).order_by("first_year", "last_year"):
        years = f"{period.first_year}–{period.last_year}"
        sectors = sorted({sector for key, sector in {*sums, *ceilings} if key == period.pk and sector})
        yield Period(
            years=years,
            standings=tuple(
                _standing(
                    sector,
                    ceilings.get((period.pk, sector)),
                    sums.get((period.pk, sector), _Sum()),
                    told.get((period.first_year, period.last_year, sector)),
                )
                for sector in ("", *sectors)
            ),
        )


def _standing(sector: str, ceiling: int | None, sums: _Sum, told: "_Told | None") -> Standing:
    return Standing(
        sector=sector,
        ceiling=ceiling,
        reserved=sums.reserved,
        authorised=sums.authorised,
        asked=sums.asked,
        open_ended=sums.open_ended,
        reason=told.reason if told else "",
        source=told.source if told else "",
        set_on=told.on if told else None,
    )


def _add_held(authority: Authority, sums: dict[_Place, _Sum]) -> None:
    """What cases hold of the mitigation of their activities, which every decision and draw counts in."""
    moved = (
        Entry.objects.filter(
            ceiling__scope=Ceiling.Scope.ACTIVITY, case__authority=authority, case__ndc_period__isnull=False
        )
        .order_by()
        .values_list("case__ndc_period", "case__activity__sector", "source", "target")
        .annotate(Sum("tonnes"))
    )
    for period, sector, source, target, tonnes in moved:
        for place in _places(period, sector):
            held = sums.setdefault(place, _Sum())
            held.reserved += tonnes * ((target == Pool.RESERVED) - (source == Pool.RESERVED))
            held.authorised += tonnes * ((target == Pool.AUTHORISED) - (source == Pool.AUTHORISED))


def _add_asked(authority: Authority, sums: dict[_Place, _Sum]) -> None:
    """Pending requests are demand: what was last submitted, and nothing is reserved for yet."""
    last = ApplicationVersion.objects.filter(case=OuterRef("pk")).order_by("-number")
    pending = (
        Case.objects.filter(
            authority=authority, state__in=_PENDING, kind__in=AUTHORISING, ndc_period__isnull=False
        )
        .exclude(lines__reserved__gt=0)
        .exclude(ceilings__reserved__gt=0)
        .annotate(asked=Subquery(last.values("content")[:1]))
        .order_by()
        .values_list("ndc_period", "activity__sector", "asked")
    )
    for period, sector, content in pending:
        wanted = _volume(json.loads(content)) if content else None
        for place in _places(period, sector or ""):
            held = sums.setdefault(place, _Sum())
            if wanted is None:
                held.open_ended += 1
            else:
                held.asked += wanted


def _places(period: int, sector: str) -> Sequence[_Place]:
    return ((period, ""), (period, sector)) if sector else ((period, ""),)


def _volume(content: Mapping[str, Any]) -> int | None:
    """The volume of a request as it was frozen: of all ceilings that it names, the lowest."""
    request = content.get("request") or {}
    by_vintage = request.get("volumes_tco2e")
    given = [] if not by_vintage else [sum(by_vintage.values())]
    if request.get("total_tco2e") is not None:
        given.append(request["total_tco2e"])
    return min(given, default=None)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the trail of the authority says of the last time a ceiling was set."""

    reason: str
    source: str
    on: date


def _last_set(authority: Authority) -> dict[tuple[int, int, str], _Told]:
    found: dict[tuple[int, int, str], _Told] = {}
    zone = ZoneInfo(authority.time_zone)
    for event in events_of(authority.trail_stream).filter(action="set_ceiling"):
        facts = json.loads(event.facts)
        key = (facts["first_year"], facts["last_year"], facts["sector"])
        found[key] = _Told(reason=event.reason, source=facts["source"], on=event.time.astimezone(zone).date())
    return found
