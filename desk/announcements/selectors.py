"""What pages show of who must be told; a constant number of queries for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import Authority
from accounts.names import in_language, party_name
from authorisation.lifecycle_of_announcements import State
from authorisation.models import Announcement
from authorisation.recipients import Recipient
from workflow.clock import Clock, today

PAGE = 25


@dataclass(frozen=True, kw_only=True)
class Row:
    """One task to tell somebody. `whom`: the Party in words, or the registry or standard."""

    row: Announcement
    whom: str
    overdue: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.row.state == State.DUE


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of the list, by the day until which it is due."""

    authorities: tuple[Authority, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    further: UUID | None
    began_later: bool


def listed(
    authorities: Sequence[Authority],
    *,
    clock: Clock,
    language: str,
    recipient: str = "",
    state: str = "",
    after: UUID | None = None,
) -> Listed:
    """Who is to be told of what at these authorities; what is not done yet, where no state is named."""
    found = Announcement.objects.filter(authority__in=authorities, state=state or State.DUE)
    if recipient:
        found = found.filter(recipient=recipient)
    edge = found.filter(public_id=after).values("due_on", "pk").first() if after else None
    on_page = found
    if edge is not None:
        on_page = found.filter(Q(due_on__gt=edge["due_on"]) | Q(due_on=edge["due_on"], pk__gt=edge["pk"]))
    related = on_page.select_related("authority", "authorisation__activity")
    rows = list(related.order_by("due_on", "pk")[: PAGE + 1])
    days = {authority.pk: today(authority, clock) for authority in authorities}
    return Listed(
        authorities=tuple(authorities),
        names=tuple(in_language(authority.name, language) for authority in authorities),
        rows=tuple(_row(row, days[row.authority_id], language) for row in rows[:PAGE]),
        further=rows[PAGE - 1].public_id if len(rows) > PAGE else None,
        began_later=edge is not None,
    )


def _row(row: Announcement, on: date, language: str) -> Row:
    is_party = row.recipient == Recipient.COUNTERPART
    return Row(
        row=row,
        whom=party_name(row.whom, language) if is_party else row.whom,
        overdue=row.state == State.DUE and row.due_on is not None and row.due_on < on,
    )


def still_to_tell(authorities: Sequence[Authority], *, clock: Clock) -> tuple[int, int]:
    """How many are still to be told at these authorities, and of how many the day has passed; one query."""
    due = Announcement.objects.filter(authority__in=authorities, state=State.DUE, case__simulated=False)
    over = Q(pk__in=[])
    for authority in authorities:
        over |= Q(authority=authority, due_on__lt=today(authority, clock))
    counts = due.aggregate(all=Count("pk"), over=Count("pk", filter=over))
    return counts["all"], counts["over"]
