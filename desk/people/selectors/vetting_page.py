"""What a desk has still to answer about organisations: who asks to be let in, and papers to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Authority, Mandate, Vetting
from accounts.selectors import open_vettings, unconfirmed_mandates
from desk.people.selectors.paging import Part, named, part_of


@dataclass(frozen=True, kw_only=True)
class VettingPage:
    """One page of each, the oldest first."""

    asked: Part[Vetting]
    papers: Part[Mandate]


def vetting_page(authorities: Sequence[Authority], *, after: str, paper: str) -> VettingPage:
    """The questions after the one named `after`, and the papers after the mandate named `paper`."""
    return VettingPage(
        asked=part_of(
            open_vettings(authorities),
            order=("asked_on", "pk"),
            after=named(after),
            seen=Vetting.objects.filter(authority__in=authorities),
        ),
        papers=part_of(
            unconfirmed_mandates(authorities),
            order=("pk",),
            after=named(paper),
            seen=Mandate.objects.filter(authority__in=authorities),
        ),
    )
