"""Movements of volumes: what a decision reserves, a letter authorises, and any other end releases.

Every move is one guarded UPDATE of a balance and one entry. A move that would pass a ceiling moves
nothing and yields the reason; the door then rolls the whole act back. Balances are always moved in
the same order (lines by vintage, then ceilings by scope, the hottest last), so that two acts never
wait for each other in a circle. Volumes are whole t CO2 eq.
"""

from collections.abc import Iterable, Mapping

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from authorisation.balances import Moving, move, must_move
from authorisation.models import Authorisation, Case, Ceiling, Line
from authorisation.models.volumes import Pool
from authorisation.taking_stock import reserved_of
from authorisation.terms import Terms
from projects.models import Activity
from projects.selectors import expected_by_vintage
from workflow.refusals import Reason

Scope = Ceiling.Scope


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
            must_move(moving, line, Pool.OUTSIDE, Pool.RESERVED, tonnes)
    for ceiling, tonnes in ceilings:
        if tonnes and not move(moving, ceiling, Pool.OUTSIDE, Pool.RESERVED, tonnes):
            reasons.append(passed(ceiling, tonnes))
    return reasons


def release(moving: Moving) -> None:
    """Returns all that the case has reserved to where it came from."""
    _move_reserved(moving, Pool.OUTSIDE)


def authorise(moving: Moving, authorisation: Authorisation) -> None:
    """What the case has reserved becomes authorised, on the lines of this authorisation."""
    moving.case.lines.update(authorisation=authorisation)
    _move_reserved(moving, Pool.AUTHORISED)


def settle_reserved(moving: Moving) -> None:
    """What the case has reserved becomes authorised, on the lines where it stands."""
    _move_reserved(moving, Pool.AUTHORISED)


def _move_reserved(moving: Moving, target: Pool) -> None:
    on_lines = reserved_of(moving.case, "line_id")
    for line in Line.objects.filter(pk__in=on_lines).order_by("vintage"):
        must_move(moving, line, Pool.RESERVED, target, on_lines[line.pk])
    for ceiling, tonnes in _held(moving.case):
        must_move(moving, ceiling, Pool.RESERVED, target, tonnes)


def reserved_by(case: Case) -> dict[int, int]:
    """What this case holds as reserved under each ceiling, by the ceiling's key, from its entries."""
    return reserved_of(case, "ceiling_id")


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
    there = Ceiling.objects.filter(activity=activity, scope__in=(Scope.VINTAGE, Scope.ACTIVITY))
    as_set = {
        (scope, vintage): tonnes for scope, vintage, tonnes in there.values_list("scope", "vintage", "tonnes")
    }
    for vintage, tonnes in sorted({**dict.fromkeys(vintages, 0), **expected}.items()):
        if as_set.get((Scope.VINTAGE, vintage)) != tonnes:
            _set_ceiling(activity, Scope.VINTAGE, vintage, tonnes)
    total = sum(expected.values())
    if as_set.get((Scope.ACTIVITY, None)) != total:
        _set_ceiling(activity, Scope.ACTIVITY, None, total)


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


def passed(ceiling: Ceiling, tonnes: int) -> Reason:
    """Why so many tonnes are not to be had under a ceiling."""
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
        values={"tonnes": tonnes, "free": free, "scope": _named(Scope(ceiling.scope))},
        mend=_("Lower the volume."),
    )


def _named(scope: Scope) -> Named:
    return Named(scope.name.lower(), scope.label)
