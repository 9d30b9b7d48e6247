"""Movements of volumes: what a decision reserves, a letter authorises, and any other end releases.

Every move is one guarded UPDATE of a balance and one entry. A move that would pass a ceiling moves
nothing and yields the reason; the door then rolls the whole act back. Balances are always moved in
the same order (lines by vintage, then ceilings by scope, the hottest last), so that two acts never
wait for each other in a circle. Volumes are whole t CO2 eq.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from authorisation.models import Authorisation, Case, Ceiling, Entry, Line
from authorisation.models.volumes import Pool
from authorisation.terms import Terms
from projects.models import Activity
from projects.selectors import expected_by_vintage
from workflow.refusals import Reason

Scope = Ceiling.Scope


class BalanceLost(RuntimeError):
    """A balance does not hold what its entries say: a fault of program or data, never an answer."""


@dataclass(frozen=True, kw_only=True)
class Moving:
    """What every entry of one act says: the case, the event of the trail, and the legal date."""

    case: Case
    event: Event
    on: date


def reserve(moving: Moving, terms: Terms) -> list[Reason]:
    """Reserves what is granted, in place of what the case had reserved before."""
    if _held(moving.case):
        # Released and reserved again, a ceiling may be touched out of order: all are locked first, in order.
        list(_above(moving.case).select_for_update())
        release(moving)
    lines = _lines_for(moving.case, terms)
    ceilings = _ceilings_for(moving.case, terms)
    reasons: list[Reason] = []
    for line, tonnes in lines:
        if tonnes:
            _move_line(moving, line, Pool.OUTSIDE, Pool.RESERVED, tonnes)
    for ceiling, tonnes in ceilings:
        if tonnes and not _move_ceiling(moving, ceiling, Pool.OUTSIDE, Pool.RESERVED, tonnes):
            reasons.append(_passed(ceiling, tonnes))
    return reasons


def release(moving: Moving) -> None:
    """Returns all that the case has reserved to where it came from."""
    _move_reserved(moving, Pool.OUTSIDE)


def authorise(moving: Moving, authorisation: Authorisation) -> None:
    """What the case has reserved becomes authorised, on the lines of this authorisation."""
    moving.case.lines.update(authorisation=authorisation)
    _move_reserved(moving, Pool.AUTHORISED)


def _move_reserved(moving: Moving, target: Pool) -> None:
    for line in moving.case.lines.order_by("vintage"):
        if line.reserved:
            _move_line(moving, line, Pool.RESERVED, target, line.reserved)
    for ceiling, tonnes in _held(moving.case):
        if not _move_ceiling(moving, ceiling, Pool.RESERVED, target, tonnes):
            raise BalanceLost(f"The ceiling {ceiling.pk} holds no {tonnes} t in {Pool.RESERVED}.")


def reserved_by(case: Case) -> dict[int, int]:
    """What this case holds as reserved under each ceiling, by the ceiling's key, from its entries."""
    held: dict[int, int] = {}
    moved = case.entries.filter(ceiling__isnull=False).values_list("ceiling_id", "source", "target", "tonnes")
    for ceiling, source, target, tonnes in moved:
        sign = (target == Pool.RESERVED) - (source == Pool.RESERVED)
        held[ceiling] = held.get(ceiling, 0) + sign * tonnes
    return {ceiling: tonnes for ceiling, tonnes in held.items() if tonnes}


def _held(case: Case) -> list[tuple[Ceiling, int]]:
    """The ceilings under which this case holds something, with what it holds, in moving order."""
    held = reserved_by(case)
    ceilings = Ceiling.objects.filter(pk__in=held).order_by("scope", "vintage", "pk")
    return [(ceiling, held[ceiling.pk]) for ceiling in ceilings]


def _lines_for(case: Case, terms: Terms) -> list[tuple[Line, int]]:
    """A line per vintage with its ceiling, or without one where the terms set none."""
    wanted: dict[int, tuple[bool, int]]
    if terms.volumes is not None:
        wanted = {vintage: (True, tonnes) for vintage, tonnes in terms.volumes.items()}
    else:
        wanted = dict.fromkeys(_vintages_in_period(case.activity, terms), (False, 0))
    lines = []
    for vintage, (capped, tonnes) in sorted(wanted.items()):
        line, _made = Line.objects.get_or_create(case=case, vintage=vintage, defaults={"capped": capped})
        if line.capped != capped:
            Line.objects.filter(pk=line.pk).update(capped=capped)
        lines.append((line, tonnes))
    return lines


def _vintages_in_period(activity: Activity | None, terms: Terms) -> list[int]:
    expected = expected_by_vintage(activity) if activity is not None else {}
    first = terms.outcomes_from.year if terms.outcomes_from else 0
    last = terms.outcomes_to.year if terms.outcomes_to else 9999
    return [vintage for vintage in expected if first <= vintage <= last]


def _ceilings_for(case: Case, terms: Terms) -> list[tuple[Ceiling, int]]:
    """Every ceiling that is given, with what the terms take of it, in moving order."""
    found: list[tuple[Ceiling, int]] = []
    volume = terms.volume
    if terms.total is not None:
        total, _made = Ceiling.objects.update_or_create(
            case=case, scope=Scope.TOTAL, defaults={"tonnes": terms.total}
        )
        found.append((total, volume or 0))
    by_vintage: Mapping[int, int] = terms.volumes or {}
    for ceiling in _above(case, by_vintage):
        taken = by_vintage.get(ceiling.vintage, 0) if ceiling.vintage is not None else volume or 0
        found.append((ceiling, taken))
    return found


def _above(case: Case, vintages: Iterable[int] = ()) -> QuerySet[Ceiling]:
    """The ceilings above a case's own, brought to what is expected of the activity, in moving order."""
    if case.activity is not None:
        expect(case.activity, vintages)
    return ceilings_above(case)


def ceilings_above(case: Case) -> QuerySet[Ceiling]:
    """The ceilings of a case's activity, of its sector and of its NDC period, in moving order."""
    if case.activity is None:
        return Ceiling.objects.none()
    of_the_period = Q(authority=case.authority, ndc_period=case.ndc_period)
    return Ceiling.objects.filter(
        Q(activity=case.activity)
        | (of_the_period & Q(scope=Scope.SECTOR, sector=case.activity.sector))
        | (of_the_period & Q(scope=Scope.NATIONAL))
    ).order_by("scope", "vintage", "pk")


def expect(activity: Activity, vintages: Iterable[int] = ()) -> None:
    """Brings the ceilings of an activity to what it is expected to achieve: nothing in a vintage left out.

    `vintages` are those of which something is wanted, and which need a ceiling even if it is none.
    A figure below what is already reserved or authorised leaves the ceiling at that: what was
    given is not taken back by an estimate.
    """
    expected = expected_by_vintage(activity)
    for vintage, tonnes in sorted({**dict.fromkeys(vintages, 0), **expected}.items()):
        _set_ceiling(activity, Scope.VINTAGE, vintage, tonnes)
    _set_ceiling(activity, Scope.ACTIVITY, None, sum(expected.values()))


def _set_ceiling(activity: Activity, scope: Scope, vintage: int | None, tonnes: int) -> None:
    ceiling, made = Ceiling.objects.get_or_create(
        activity=activity, scope=scope, vintage=vintage, defaults={"tonnes": tonnes}
    )
    if not made and ceiling.tonnes != tonnes:
        held = F("reserved") + F("authorised")
        moved = (
            Ceiling.objects.filter(pk=ceiling.pk)
            .alias(held=held)
            .filter(held__lte=tonnes)
            .update(tonnes=tonnes)
        )
        if not moved:
            Ceiling.objects.filter(pk=ceiling.pk).update(tonnes=held)


def _move_line(moving: Moving, line: Line, source: Pool, target: Pool, tonnes: int) -> None:
    if not _guarded(Line.objects.filter(pk=line.pk), source, target, tonnes):
        raise BalanceLost(f"The line of vintage {line.vintage} holds no {tonnes} t in {source}.")
    line.refresh_from_db()
    _enter(moving, line, None, source, target, tonnes)


def _move_ceiling(moving: Moving, ceiling: Ceiling, source: Pool, target: Pool, tonnes: int) -> bool:
    """False where there is not enough room: nothing has then moved."""
    rows = Ceiling.objects.filter(pk=ceiling.pk)
    if source == Pool.OUTSIDE:
        rows = rows.alias(after=F("reserved") + F("authorised") + tonnes).filter(after__lte=F("tonnes"))
    if not _guarded(rows, source, target, tonnes):
        return False
    ceiling.refresh_from_db()
    _enter(moving, None, ceiling, source, target, tonnes)
    return True


def _guarded(rows: QuerySet[Any], source: Pool, target: Pool, tonnes: int) -> bool:
    """One UPDATE that moves the tonnes if they are there."""
    columns = {"entries_written": F("entries_written") + 1}
    if source != Pool.OUTSIDE:
        rows = rows.filter(**{f"{source}__gte": tonnes})
        columns[source.value] = F(source.value) - tonnes
    if target != Pool.OUTSIDE:
        columns[target.value] = F(target.value) + tonnes
    return rows.update(**columns) == 1


def _enter(
    moving: Moving,
    line: Line | None,
    ceiling: Ceiling | None,
    source: Pool,
    target: Pool,
    tonnes: int,
) -> None:
    balance = line or ceiling
    Entry.objects.create(
        line=line,
        ceiling=ceiling,
        case=moving.case,
        sequence=balance.entries_written if balance else 0,
        source=source,
        target=target,
        tonnes=tonnes,
        source_after=None if source == Pool.OUTSIDE else getattr(balance, source.value),
        target_after=None if target == Pool.OUTSIDE else getattr(balance, target.value),
        event=moving.event.digest,
        moved_on=moving.on,
        moved_at=moving.event.time,
    )


def _passed(ceiling: Ceiling, tonnes: int) -> Reason:
    ceiling.refresh_from_db()
    free = ceiling.tonnes - ceiling.reserved - ceiling.authorised
    if ceiling.vintage is not None:
        return Reason(
            code="A3",
            words=_(
                "%(tonnes)s t of vintage %(vintage)s are more than the %(free)s t that are free of the "
                "activity's expected mitigation (rule A3)."
            ),
            values={"tonnes": tonnes, "vintage": ceiling.vintage, "free": free},
            mend=_("Lower the volume of this vintage."),
        )
    return Reason(
        code="A3" if ceiling.scope == Scope.ACTIVITY else "ceiling",
        words=_("%(tonnes)s t are more than the %(free)s t that are free under the ceiling “%(scope)s”."),
        values={"tonnes": tonnes, "free": free, "scope": Scope(ceiling.scope).name.lower()},
        mend=_("Lower the volume."),
    )
