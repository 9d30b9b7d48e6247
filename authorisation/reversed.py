"""The arithmetic of reversals: what was reversed of an activity, what replaces it, what is outstanding.

Volumes are whole t CO2 eq. Nothing here moves a line.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from authorisation.models import IssuedVintage, Replacement, Reversal
from projects.models import Activity


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Of one reversal, or of a vintage: reversed, replaced, and what is still to be replaced."""

    reversed: int
    replaced: int

    @property
    def outstanding(self) -> int:
        """What nothing replaces yet."""
        return self.reversed - self.replaced


def balance_of(reversal: Reversal) -> Balance:
    """How one reversal stands."""
    replaced = reversal.replacements.aggregate(tonnes=Sum("tonnes"))["tonnes"] or 0
    return Balance(reversed=reversal.tonnes, replaced=replaced)


def balances(activity: Activity) -> dict[int, Balance]:
    """How the reversals of an activity stand, by vintage of what was reversed; two queries."""
    gone = _by_vintage(Reversal.objects.filter(activity=activity).order_by().values_list("vintage"))
    given = Replacement.objects.filter(reversal__activity=activity).order_by()
    back = _by_vintage(given.values_list("reversal__vintage"))
    return {
        vintage: Balance(reversed=tonnes, replaced=back.get(vintage, 0))
        for vintage, tonnes in sorted(gone.items())
    }


def _by_vintage(rows: Iterable[object]) -> dict[int, int]:
    found = rows.annotate(sum=Sum("tonnes"))  # type: ignore[attr-defined]
    return dict(found)


def issued_less_reversed(activity: Activity, vintage: int) -> int | None:
    """What of a vintage was issued and is not reversed; None where no issuance of it is recorded."""
    issued = IssuedVintage.objects.filter(activity=activity, vintage=vintage)
    tonnes = issued.aggregate(tonnes=Sum("tonnes"))["tonnes"]
    if tonnes is None:
        return None
    gone = activity.reversals.filter(vintage=vintage).aggregate(tonnes=Sum("tonnes"))["tonnes"] or 0
    return int(tonnes - gone)
