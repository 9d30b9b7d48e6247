"""Reads how many authorisations stand, for one act over all of them, with as many queries as for one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import F, Sum

from authorisation.figures import Standing
from authorisation.models import (
    Authorisation,
    AuthorisationVersion,
    Block,
    Case,
    Ceiling,
    Line,
)
from authorisation.procedures.shape import Procedure
from authorisation.taking_stock import AWAITING, LEVIED, Found, last_saying, standing_from
from projects.models import Activity, CooperativeApproach
from projects.selectors import expected_of


def standings_of(authorisations: Sequence[Authorisation], *, under: Procedure) -> list[Standing]:
    """How each stands now, in the order given, as `taking_stock.standing_of` has it of one.

    Of authorisations of one authority, read with its Party and their holders. A constant number of queries.
    """
    versions: dict[int, dict[int, AuthorisationVersion]] = defaultdict(dict)
    related = ("case__ndc_period", "case__activity", "case__approach")
    written = AuthorisationVersion.objects.filter(authorisation__in=authorisations).select_related(*related)
    for version in written.order_by("number"):
        versions[version.authorisation_id][version.number] = version
    granted = {one.pk: versions[one.pk][1].case for one in authorisations}
    activities = [case.activity for case in granted.values() if case.activity is not None]
    expected, above = expected_of(activities), _Above(list(granted.values()), activities)
    lines, totals = _lines(authorisations), _totals(list(granted.values()))
    approaches, awaiting = _approaches(authorisations), _awaiting(authorisations)
    holders = _holders(authorisations)
    return [
        standing_from(
            one,
            Found(
                granted=granted[one.pk],
                current=versions[one.pk][one.current_version],
                saying=last_saying(versions[one.pk].values()),
                lines=lines[one.pk],
                expected=expected.get(granted[one.pk].activity_id or 0, {}),
                total=totals.get(granted[one.pk].pk),
                above=above.of(granted[one.pk]),
                identifiers=frozenset(
                    ca_id
                    for authority, pk, ca_id in approaches
                    if authority == one.authority_id and pk != one.approach_id
                ),
                awaiting=awaiting.get(one.pk, ""),
                holders=holders[one.pk],
            ),
            under=under,
            own={},
        )
        for one in authorisations
    ]


class _Above:
    """The ceilings above the lines of cases, in the order in which `taking_stock` reads them of one."""

    def __init__(self, cases: Sequence[Case], activities: Sequence[Activity]) -> None:
        self._of_activity: dict[int | None, list[Ceiling]] = defaultdict(list)
        self._of_period: dict[tuple[int | None, int | None], list[Ceiling]] = defaultdict(list)
        for one in Ceiling.objects.filter(activity__in=activities).order_by("scope", "vintage", "pk"):
            self._of_activity[one.activity_id].append(one)
        of_period = Ceiling.objects.filter(
            authority__in={case.authority_id for case in cases},
            ndc_period__in={case.ndc_period_id for case in cases if case.ndc_period_id is not None},
            scope__in=(Ceiling.Scope.SECTOR, Ceiling.Scope.NATIONAL),
        )
        for one in of_period.order_by("scope", "pk"):
            self._of_period[one.authority_id, one.ndc_period_id].append(one)

    def of(self, case: Case) -> list[Ceiling]:
        """Those above one case."""
        if case.activity is None:
            return []
        sector = case.activity.sector
        return [
            *self._of_activity[case.activity_id],
            *(
                one
                for one in self._of_period[case.authority_id, case.ndc_period_id]
                if one.scope == Ceiling.Scope.NATIONAL or one.sector == sector
            ),
        ]


def _lines(authorisations: Sequence[Authorisation]) -> Mapping[int | None, list[Line]]:
    found: dict[int | None, list[Line]] = defaultdict(list)
    lines = Line.objects.filter(authorisation__in=authorisations).annotate(levied=LEVIED)
    for line in lines.order_by("vintage"):
        found[line.authorisation_id].append(line)
    return found


def _totals(cases: Sequence[Case]) -> Mapping[int | None, Ceiling]:
    """Of each case the ceiling over all vintages: the first of its ceilings."""
    found: dict[int | None, Ceiling] = {}
    for one in Ceiling.objects.filter(case__in=cases):
        found.setdefault(one.case_id, one)
    return found


def _approaches(authorisations: Sequence[Authorisation]) -> list[tuple[int, int, str]]:
    """Authority, key and identifier of every approach that bears one."""
    authorities = {one.authority_id for one in authorisations}
    found = CooperativeApproach.objects.filter(authority__in=authorities).values_list(
        "authority_id", "pk", "ca_id"
    )
    return [(authority, pk, ca_id) for authority, pk, ca_id in found if ca_id]


def _awaiting(authorisations: Sequence[Authorisation]) -> Mapping[int | None, str]:
    found = Case.objects.filter(AWAITING, authorisation__in=authorisations).order_by("-pk")
    # Of several the oldest is named: written last, it stays.
    return dict(found.values_list("authorisation_id", "reference"))


def _holders(authorisations: Sequence[Authorisation]) -> Mapping[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    held = Block.objects.filter(authorisation__in=authorisations, place=Block.Place.HELD).order_by()
    units = Sum(F("last_number") - F("first_number") + 1)
    for of, holder, tonnes in (
        held.values("authorisation", "holder")
        .annotate(units=units)
        .values_list("authorisation", "holder", "units")
    ):
        found[of][holder] = tonnes
    return found
