"""Reads how an authorisation stands, for `authorisation.effect`: through its relations, so guards may ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.db.models import F, Q, Sum

from authorisation.figures import Above, LineFigures, Standing
from authorisation.kinds import ABOUT_AUTHORISATIONS, OF_OUTCOMES, Kind
from authorisation.procedures.shape import Procedure
from authorisation.terms import Terms
from projects.selectors import expected_by_vintage

if TYPE_CHECKING:
    from authorisation.models import Authorisation, AuthorisationVersion, Case, Ceiling, Line

_POOLS = tuple(one.name for one in fields(LineFigures) if one.name != "capped")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is read of an authorisation and around it.

    granted   the case that brought it into force, with its period, activity and approach
    saying    the last version whose letter says what is authorised
    expected  the mitigation expected of its activity, t CO2 eq by vintage
    total     the ceiling over all its vintages, where it has one
    above     the ceilings above its lines: those of its activity, then of the sector, then of the period
    awaiting  the reference of an act that is decided and awaits its letter; "" where none is
    """

    granted: "Case"
    current: "AuthorisationVersion"
    saying: "AuthorisationVersion"
    lines: "Iterable[Line]"
    expected: Mapping[int, int]
    total: "Ceiling | None"
    above: "Sequence[Ceiling]"
    identifiers: frozenset[str]
    awaiting: str
    holders: Mapping[str, int]


def standing_of(
    authorisation: "Authorisation", *, under: Procedure, beside: "Case | None" = None
) -> Standing:
    """How it stands now: all that an act can touch. A constant number of queries.

    `under`: the version of the procedure under which the act is, or would be, handled.
    `beside`: the case that asks. What it has reserved itself, and that it awaits its letter, do not count.
    """
    versions = authorisation.versions.select_related("case__ndc_period", "case__activity", "case__approach")
    # An authorisation has a handful of versions.
    by_number = {one.number: one for one in versions.order_by("number")}
    granted = by_number[1].case
    others = authorisation.authority.approaches.exclude(pk=authorisation.approach_id)
    awaiting = authorisation.cases.filter(AWAITING)
    if beside is not None:
        awaiting = awaiting.exclude(pk=beside.pk)
    found = Found(
        granted=granted,
        current=by_number[authorisation.current_version],
        saying=last_saying(by_number.values()),
        lines=list(authorisation.lines.annotate(levied=LEVIED)),
        expected=expected_by_vintage(granted.activity) if granted.activity is not None else {},
        total=granted.ceilings.first(),
        above=_ceilings_above(granted),
        identifiers=frozenset(one for one in others.values_list("ca_id", flat=True) if one),
        awaiting=awaiting.values_list("reference", flat=True).first() or "",
        holders=_holders(authorisation),
    )
    own = reserved_of(beside, "ceiling_id") if beside is not None else {}
    return standing_from(authorisation, found, under=under, own=own)


# Acts about an authorisation that are decided and whose letter has not taken effect.
AWAITING = Q(state="letter_due", outcome="granted") | Q(
    state="granted", authorisation_version=None, kind__in=ABOUT_AUTHORISATIONS
)


def last_saying(versions: "Iterable[AuthorisationVersion]") -> "AuthorisationVersion":
    """Of the versions of an authorisation, ascending, the last whose letter says what is authorised.

    A suspension and its end leave that letter as it is.
    """
    return [one for one in versions if one.case.kind not in (Kind.SUSPENSION, Kind.RESUMPTION)][-1]


def standing_from(
    authorisation: "Authorisation", found: Found, *, under: Procedure, own: Mapping[int, int]
) -> Standing:
    """The figures of what was read. `own`: what the case that asks holds of the ceilings above, by their key.

    Asks nothing where the holder and the authority's Party of the authorisation were read with it.
    """
    granted, current = found.granted, found.current
    period, activity, approach = granted.ndc_period, granted.activity, granted.approach
    terms, of_outcomes = Terms.model_validate_json(current.terms), granted.kind in OF_OUTCOMES
    if not of_outcomes:
        # An approach or entities authorised alone hold no volume, whatever their application spoke of.
        terms = terms.model_copy(update={"volumes": None, "total": None})
    return Standing(
        identifier=authorisation.identifier,
        state=authorisation.state,
        version=authorisation.current_version,
        letter=found.saying.letter,
        holding=current.letter if current.case.kind == Kind.SUSPENSION else None,
        objects=granted.kind,
        terms=terms,
        lines={line.vintage: _figures(line) for line in found.lines},
        revoked=found.total.revoked if found.total is not None else 0,
        ca_id=approach.ca_id if approach is not None else None,
        methodology=(activity.methodology or None) if activity is not None else None,
        expected=found.expected,
        above=tuple(_above(found.above, found.expected, own)) if of_outcomes else (),
        first_year=period.first_year if period is not None else None,
        last_year=period.last_year if period is not None else None,
        identifiers=found.identifiers,
        awaiting=found.awaiting,
        holders=found.holders,
        transfers_blocked=authorisation.transfers_blocked,
        holder=authorisation.holder.name,
        host=authorisation.authority.party.code,
        standard=activity.standard if activity is not None else "",
        telling=under.told,
    )


def reserved_of(case: "Case", side: str) -> dict[int, int]:
    """What is reserved of a case by its entries, by key: of its lines (`line_id`), or `ceiling_id`."""
    held: dict[int, int] = {}
    moved = case.entries.filter(**{f"{side}__isnull": False}).values_list(side, "source", "target", "tonnes")
    for balance, source, target, tonnes in moved:
        sign = (target == "reserved") - (source == "reserved")
        held[balance] = held.get(balance, 0) + sign * tonnes
    return {balance: tonnes for balance, tonnes in held.items() if tonnes}


# With this the lines are read: what of the first transfers of each was taken of its issuances.
LEVIED = Sum("first_transfers__tonnes", filter=Q(first_transfers__share__gt=""), default=0)


def _figures(line: "Line") -> LineFigures:
    return LineFigures(capped=line.capped, **{pool: getattr(line, pool) for pool in _POOLS})


def _above(
    ceilings: "Iterable[Ceiling]", expected: Mapping[int, int], own: Mapping[int, int]
) -> Iterable[Above]:
    """The ceilings above, those of the activity as what is expected of it has them; none is touched."""
    known = set()
    for one in ceilings:
        scope, held = one.Scope(one.scope), one.reserved + one.authorised - own.get(one.pk, 0)
        allowed = one.tonnes
        if scope == one.Scope.VINTAGE:
            known.add(one.vintage)
            allowed = max(expected.get(one.vintage or 0, 0), held)
        elif scope == one.Scope.ACTIVITY:
            allowed = max(sum(expected.values()), held)
        yield Above(scope=scope.name.lower(), vintage=one.vintage, tonnes=allowed, held=held)
    for vintage in sorted(set(expected) - known):
        yield Above(scope="vintage", vintage=vintage, tonnes=expected[vintage], held=0)


def _ceilings_above(granted: "Case") -> "list[Ceiling]":
    if granted.activity is None:
        return []
    of_sector_or_period = Q(scope=4, sector=granted.activity.sector) | Q(scope=5)
    of_period = granted.authority.ceilings.filter(of_sector_or_period, ndc_period=granted.ndc_period_id)
    return [*granted.activity.ceilings.order_by("scope", "vintage", "pk"), *of_period.order_by("scope", "pk")]


def _holders(authorisation: "Authorisation") -> dict[str, int]:
    held = authorisation.blocks.filter(place="held")
    sums = held.values("holder").annotate(units=Sum(F("last_number") - F("first_number") + 1))
    return dict(sums.values_list("holder", "units"))
