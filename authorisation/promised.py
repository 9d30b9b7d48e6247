"""What an authority has promised of an implementation period: reserved and authorised, t CO2 eq."""

from typing import TYPE_CHECKING

from django.db.models import F, Sum

from authorisation.kinds import Kind
from authorisation.oversight import Promised

if TYPE_CHECKING:
    from authorisation.models import Case

# The kinds whose authorisations are of outcomes; the others promise no tonne.
_OF_OUTCOMES = (Kind.OUTCOMES, Kind.CONSOLIDATED)


def promised_beside(case: "Case", first: int, last: int) -> Promised:
    """What the other cases of its authority hold of the vintages of these years. Three queries.

    Of the vintages and the total of a case, both of which bound it, the lower sum counts. A total over no
    vintages belongs to the period that the case names.
    """
    others = case.authority.cases.exclude(pk=case.pk)
    of_period = others.filter(ndc_period__first_year__lte=last, ndc_period__last_year__gte=first)
    by_line = dict(
        others.filter(lines__capped=True, lines__vintage__range=(first, last))
        .annotate(held=Sum(F("lines__reserved") + F("lines__authorised")))
        .values_list("pk", "held")
    )
    totals = dict(
        of_period.filter(ceilings__isnull=False)
        .annotate(held=F("ceilings__reserved") + F("ceilings__authorised"))
        .values_list("pk", "held")
    )
    open_ended = (
        of_period.filter(kind__in=_OF_OUTCOMES, state__in=("letter_due", "granted"), outcome="granted")
        .exclude(lines__capped=True)
        .exclude(ceilings__isnull=False)
    )
    return Promised(
        tonnes=sum(_lower(by_line.get(held, 0), totals.get(held, 0)) for held in {*by_line, *totals}),
        open_ended=open_ended.count(),
    )


def _lower(by_line: int, total: int) -> int:
    # One that holds nothing beside one that does is not given, or is one of an earlier decision.
    return min(by_line, total) if by_line and total else by_line or total
