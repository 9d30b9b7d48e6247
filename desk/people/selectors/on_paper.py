"""Organisations that an authority knows from paper alone, page by page, and whom their desk has invited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Authority, Invitation, Organisation
from authorisation.applicants import known_from_paper
from desk.people.selectors.paging import Part, named, part_of


@dataclass(frozen=True, kw_only=True)
class Row:
    """An organisation, and the invitation of its first person that is open, if one is."""

    organisation: Organisation
    invitation: Invitation | None


@dataclass(frozen=True, kw_only=True)
class OnPaper:
    """One page, by name."""

    rows: tuple[Row, ...]
    part: Part[Organisation]


def on_paper_page(authorities: Sequence[Authority], *, after: str, at: datetime) -> OnPaper:
    """The organisations after the one named `after`, in a constant number of queries."""
    part = part_of(
        known_from_paper(authorities),
        order=("name", "pk"),
        after=named(after),
        # Somebody may belong to it by now.
        seen=Organisation.objects.all(),
    )
    open_ones = Invitation.objects.filter(
        organisation__in=part.rows,
        authority__in=authorities,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=at,
    )
    invitations = {invitation.organisation_id: invitation for invitation in open_ones}
    return OnPaper(
        rows=tuple(Row(organisation=one, invitation=invitations.get(one.pk)) for one in part.rows),
        part=part,
    )
