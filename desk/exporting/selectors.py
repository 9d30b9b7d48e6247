"""The exports of an authority, newest first, and how far the one is that is being made."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Authority
from desk.exporting.models import Export
from desk.people.selectors.paging import named

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Row:
    """One export. `there`: whether its file can be taken along now."""

    export: Export
    there: bool


@dataclass(frozen=True, kw_only=True)
class ExportsPage:
    """One page of them. `running` is the one that is being made, whatever page it stands on."""

    running: Export | None
    rows: tuple[Row, ...]
    further: UUID | None
    began_later: bool


def exports_page(authority: Authority, *, at: datetime, after: str = "") -> ExportsPage:
    """The page, in a constant number of queries."""
    own = authority.exports.select_related("asked_by")
    known = named(after)
    edge = own.filter(**known).values_list("pk", flat=True).first() if known else None
    listed = own.order_by("-pk") if edge is None else own.filter(pk__lt=edge).order_by("-pk")
    found = list(listed[: PAGE + 1])
    return ExportsPage(
        running=own.filter(standing=Export.Standing.RUNNING).first(),
        rows=tuple(Row(export=one, there=_is_there(one, at)) for one in found[:PAGE]),
        further=found[PAGE - 1].public_id if len(found) > PAGE else None,
        began_later=edge is not None,
    )


def _is_there(one: Export, at: datetime) -> bool:
    is_kept = one.expires_at is not None and one.expires_at > at
    return one.standing == Export.Standing.READY and is_kept
