"""Use-case of the ceilings that an authority sets for an NDC period: its budget, and caps of sectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function
from accounts.services.chains import locked_authority
from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation.balances import Moving, must_move
from authorisation.models import Authorisation, Case, Ceiling, Entry
from authorisation.models.volumes import Pool
from projects import codes
from projects.models import Activity, NdcPeriod
from projects.permissions import acts_in
from workflow.actors import SYSTEM, Actor
from workflow.clock import Clock, today
from workflow.door import refuse_unproved
from workflow.refusals import Kind, Reason, Refused, Words

Scope = Ceiling.Scope
Held = Mapping[int, Mapping[Pool, int]]


@dataclass(frozen=True, kw_only=True)
class CeilingSet:
    """A ceiling as it is to stand: of a sector, or of the whole period where `sector` is empty; t CO2 eq.

    reason, source   why, and where it is laid down (a law, a decision of the cabinet, the contribution)
    """

    period: NdcPeriod
    tonnes: int
    reason: str
    source: str
    sector: str = ""


def set_ceiling(authority: Authority, given: CeilingSet, *, actor: Actor, clock: Clock) -> Ceiling:
    """Sets the budget of an NDC period or the cap of a sector in it; the trail of the authority tells.

    Whoever directs the authority may, having just proved who they are, and whoever works at the machine
    itself. What decisions and authorisations already hold of the period counts under a new ceiling from its
    first moment: a ceiling below that is refused. Nothing is decided meanwhile: cases, authorisations and
    activities of the period stay locked. Raises Refused with every reason.
    """
    _refuse_others(actor, authority, clock)
    with transaction.atomic():
        locked = locked_authority(authority)
        _hold_still(locked, given.period)
        found = _ceilings(locked, given).select_for_update().first()
        held = {} if found is not None else _held_already(locked, given)
        taken = (
            found.reserved + found.authorised
            if found is not None
            else sum(tonnes for pools in held.values() for tonnes in pools.values())
        )
        reasons = [*_unfit(locked, given), *_below(given, taken)]
        if reasons:
            raise Refused(Kind.RULE, reasons)
        event = _tell(locked, given, actor, clock, before=found.tonnes if found is not None else None)
        if found is None:
            return _opened(locked, given, held, event, clock)
        room = F("reserved") + F("authorised")
        _ceilings(locked, given).alias(held=room).filter(held__lte=given.tonnes).update(tonnes=given.tonnes)
        found.refresh_from_db()
        return found


def _refuse_others(actor: Actor, authority: Authority, clock: Clock) -> None:
    if actor != SYSTEM and not acts_in(Function.DIRECTOR, authority, actor, clock):
        raise Refused(
            Kind.ROLE,
            [
                Reason(
                    code="role",
                    words=_("You may not set a ceiling for this authority."),
                    mend=_("Let whoever directs the authority do it."),
                )
            ],
        )
    refuse_unproved(actor, clock)


def _hold_still(authority: Authority, period: NdcPeriod) -> None:
    """Whoever reserves, authorises or covers holds one of these; locked in the order of the door."""
    cases = Case.objects.filter(authority=authority, ndc_period=period)
    for rows in (
        cases,
        Authorisation.objects.filter(authority=authority),
        Activity.objects.filter(authority=authority),
    ):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _ceilings(authority: Authority, given: CeilingSet) -> QuerySet[Ceiling]:
    scope = Scope.SECTOR if given.sector else Scope.NATIONAL
    return Ceiling.objects.filter(
        authority=authority, ndc_period=given.period, scope=scope, sector=given.sector
    )


def _held_already(authority: Authority, given: CeilingSet) -> Held:
    """What each case holds of the period, by pool: what it holds of the mitigation of its activity."""
    of_sector = Q(case__activity__sector=given.sector) if given.sector else Q()
    moved = (
        Entry.objects.filter(
            of_sector,
            ceiling__scope=Scope.ACTIVITY,
            case__authority=authority,
            case__ndc_period=given.period,
        )
        .order_by()
        .values_list("case", "source", "target")
        .annotate(Sum("tonnes"))
    )
    held: dict[int, dict[Pool, int]] = {}
    for case, source, target, tonnes in moved:
        pools = held.setdefault(case, {Pool.RESERVED: 0, Pool.AUTHORISED: 0})
        for pool in pools:
            pools[pool] += tonnes * ((target == pool) - (source == pool))
    return held


def _opened(authority: Authority, given: CeilingSet, held: Held, event: Event, clock: Clock) -> Ceiling:
    ceiling = Ceiling.objects.create(
        scope=Scope.SECTOR if given.sector else Scope.NATIONAL,
        authority=authority,
        ndc_period=given.period,
        sector=given.sector,
        tonnes=given.tonnes,
    )
    on = today(authority, clock)
    cases = Case.objects.in_bulk(held)
    for key in sorted(held):
        moving = Moving(case=cases[key], event=event, on=on)
        for pool, tonnes in held[key].items():
            must_move(moving, ceiling, Pool.OUTSIDE, pool, tonnes)
    return ceiling


def _unfit(authority: Authority, given: CeilingSet) -> Sequence[Reason]:
    found = []
    if given.period.party_id != authority.party_id:
        found.append(
            _reason(
                "period",
                _("The period is not one of this authority’s Party."),
                _("Choose a period of the Party’s own contribution."),
            )
        )
    if given.sector and given.sector not in codes.SECTORS.codes:
        found.append(
            _reason(
                "sector",
                _("“%(sector)s” is not a sector of the nomenclature."),
                _("Choose one of its sectors."),
                sector=given.sector,
            )
        )
    if not given.reason.strip():
        found.append(_reason("reason", _("The reason is missing."), _("Say why the ceiling is set so.")))
    if not given.source.strip():
        found.append(
            _reason(
                "source", _("The source is missing."), _("Name the law or the decision that lays it down.")
            )
        )
    return found


def _below(given: CeilingSet, taken: int) -> Sequence[Reason]:
    if given.tonnes >= taken:
        return ()
    return (
        _reason(
            "ceiling-below",
            _("%(taken)s t are already reserved or authorised under it: it cannot be %(tonnes)s t."),
            _("Set it to what is held or more. What was given is not taken back by a ceiling."),
            taken=taken,
            tonnes=given.tonnes,
        ),
    )


def _reason(code: str, words: Words, mend: Words, **values: str | int) -> Reason:
    return Reason(code=code, words=words, mend=mend, values=values)


def _tell(
    authority: Authority, given: CeilingSet, actor: Actor, clock: Clock, *, before: int | None
) -> Event:
    return trail.append(
        authority,
        Happening(
            action="set_ceiling",
            actor=actor.trail_name,
            office=actor.trail_office,
            reason=given.reason.strip(),
            facts={
                "scope": "sector" if given.sector else "national",
                "sector": given.sector,
                "first_year": given.period.first_year,
                "last_year": given.period.last_year,
                "tonnes": given.tonnes,
                "before": before,
                "source": given.source.strip(),
            },
            at=clock.now(),
        ),
    )
