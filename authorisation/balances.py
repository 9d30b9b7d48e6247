"""Moving one balance: one guarded UPDATE, and the entry that says what moved.

The UPDATE moves the tonnes only where they are, and where what they move into has room; what stands
afterwards comes back with it, so that nothing is read and then written. Volumes are whole t CO2 eq.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from audit.models import Event
from authorisation.models import Case, Ceiling, Entry, Line
from authorisation.models.volumes import Pool


class BalanceLost(RuntimeError):
    """A balance does not hold what its entries say: a fault of program or data, never an answer."""


@dataclass(frozen=True, kw_only=True)
class Moving:
    """What every entry of one act says: the case, the event of the trail, and the legal date."""

    case: Case
    event: Event
    on: date


def moving_of(event: Event, case: Case) -> Moving:
    """Entries of a line are of the case that opened it, on the authority's day of the event."""
    zone = ZoneInfo(case.authority.time_zone)
    return Moving(case=case, event=event, on=event.time.astimezone(zone).date())


# What must hold of a balance, by the pool that the tonnes move into. Where they come from another pool than
# from outside, that they are there is enough. `%(tonnes)s` is their number.
_ROOM_UNDER_A_CEILING: Mapping[Pool, str] = {
    Pool.RESERVED: "reserved + authorised + %(tonnes)s <= tonnes",
    Pool.AUTHORISED: "reserved + authorised + %(tonnes)s <= tonnes",
    Pool.DRAWN: "drawn + %(tonnes)s <= authorised",
}
_IS_DRAWN_AND_ISSUED = (
    "first_transferred + retained + %(tonnes)s <= drawn"
    " AND (transferred_ahead IS NULL OR first_transferred + retained + %(tonnes)s <= issued)"
)
_ROOM_ON_A_LINE: Mapping[Pool, str] = {
    Pool.DRAWN: "(NOT capped OR drawn + %(tonnes)s <= authorised)",
    Pool.ISSUED: "issued + %(tonnes)s <= drawn",
    Pool.FIRST_TRANSFERRED: _IS_DRAWN_AND_ISSUED,
    Pool.RETAINED: _IS_DRAWN_AND_ISSUED,
    Pool.USED_OR_CANCELLED: "used_or_cancelled + %(tonnes)s <= first_transferred",
}


def move(moving: Moving, balance: Line | Ceiling, source: Pool, target: Pool, tonnes: int) -> bool:
    """Moves tonnes within a balance and writes the entry; False where they are not there, or have no room.

    Nothing has moved then. Of the balance in hand, both pools and the number of its entries are as they stand
    afterwards; what somebody else moved meanwhile between others is not.
    """
    connection = connections[router.db_for_write(type(balance))]
    # On PostgreSQL both in one statement: the row of a hot ceiling is held no longer than it takes.
    moved = _moved_on_postgresql if connection.vendor == "postgresql" else _moved_on_sqlite
    return moved(connection, moving, balance, source, target, tonnes)


def must_move(moving: Moving, balance: Line | Ceiling, source: Pool, target: Pool, tonnes: int) -> None:
    """The same, of tonnes that were seen there under a lock. Raises BalanceLost where they are not."""
    if tonnes and not move(moving, balance, source, target, tonnes):
        raise BalanceLost(
            f"The {type(balance).__name__} {balance.pk} has not {tonnes} t for {source} → {target}."
        )


@cache
def _update(model: type[Line | Ceiling], source: Pool, target: Pool, next_entry: str) -> str:
    """The guarded UPDATE of a balance, which gives back what its entry says of it, and the number of that."""
    guards = _ROOM_ON_A_LINE if model is Line else _ROOM_UNDER_A_CEILING
    changes, conditions = [], ["id = %(balance)s"]
    if source != Pool.OUTSIDE:
        changes.append(f"{source.value} = {source.value} - %(tonnes)s")
        conditions.append(f"{source.value} >= %(tonnes)s")
    elif target in guards:
        conditions.append(guards[target])
    if target != Pool.OUTSIDE:
        changes.append(f"{target.value} = {target.value} + %(tonnes)s")
    return (
        f"UPDATE {model._meta.db_table} SET {', '.join(changes)}, entries_written = entries_written + 1,"  # noqa: S608 - names of ours
        f" last_entry_id = {next_entry}, last_source = '{source.value}', last_target = '{target.value}',"
        f" last_tonnes = %(tonnes)s WHERE {' AND '.join(conditions)}"
        f" RETURNING last_entry_id, entries_written, {_standing(source)} AS source_after,"
        f" {_standing(target)} AS target_after"
    )


def _standing(pool: Pool) -> str:
    return "CAST(NULL AS bigint)" if pool == Pool.OUTSIDE else pool.value


# A move names its entry, which is written after it, by a number taken beforehand. SQLite has one writer at a
# time, and entries are never removed.
_NEXT_ON_POSTGRESQL = f"nextval('{Entry._meta.db_table}_id_seq')"
_NEXT_ON_SQLITE = f"(SELECT coalesce(max(id), 0) + 1 FROM {Entry._meta.db_table})"  # noqa: S608 - a name of ours


def _take_over(
    balance: Line | Ceiling, source: Pool, target: Pool, written: int, source_after: int, target_after: int
) -> None:
    """The balance in hand becomes what the database gave back."""
    balance.entries_written = written
    if source != Pool.OUTSIDE:
        setattr(balance, source.value, source_after)
    if target != Pool.OUTSIDE:
        setattr(balance, target.value, target_after)


def _moved_on_sqlite(
    connection: BaseDatabaseWrapper,
    moving: Moving,
    balance: Line | Ceiling,
    source: Pool,
    target: Pool,
    tonnes: int,
) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            _update(type(balance), source, target, _NEXT_ON_SQLITE),
            {"balance": balance.pk, "tonnes": tonnes},
        )
        row = cursor.fetchone()
    if row is None:
        return False
    entry, sequence, source_after, target_after = row
    Entry.objects.create(
        pk=entry,
        line=balance if isinstance(balance, Line) else None,
        ceiling=balance if isinstance(balance, Ceiling) else None,
        case=moving.case,
        sequence=sequence,
        source=source,
        target=target,
        tonnes=tonnes,
        source_after=source_after,
        target_after=target_after,
        event=moving.event.digest,
        moved_on=moving.on,
        moved_at=moving.event.time,
    )
    _take_over(balance, source, target, sequence, source_after, target_after)
    return True


def _moved_on_postgresql(
    connection: BaseDatabaseWrapper,
    moving: Moving,
    balance: Line | Ceiling,
    source: Pool,
    target: Pool,
    tonnes: int,
) -> bool:
    values: dict[str, Any] = {
        "balance": balance.pk,
        "tonnes": tonnes,
        "case": moving.case.pk,
        "event": moving.event.digest,
        "on": moving.on,
        "at": moving.event.time,
    }
    with _prepared(connection) as cursor:
        cursor.execute(_update_and_insert(type(balance), source, target), values)
        row = cursor.fetchone()
    if row is None:
        return False
    _take_over(balance, source, target, *row)
    return True


@cache
def _update_and_insert(model: type[Line | Ceiling], source: Pool, target: Pool) -> str:
    """The guarded UPDATE, and the INSERT of its entry, in one statement of PostgreSQL."""
    side = "line_id" if model is Line else "ceiling_id"
    return (
        f"WITH moved AS ({_update(model, source, target, _NEXT_ON_POSTGRESQL)})"  # noqa: S608 - names of ours
        f" INSERT INTO {Entry._meta.db_table} (id, {side}, case_id, sequence, source, target, tonnes,"
        " source_after, target_after, event, moved_on, moved_at)"
        f" SELECT last_entry_id, %(balance)s, %(case)s, entries_written, '{source.value}', '{target.value}',"
        " %(tonnes)s, source_after, target_after, %(event)s, %(on)s, %(at)s FROM moved"
        " RETURNING sequence, source_after, target_after"
    )


def _prepared(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor whose statements the server plans once for a connection, as its settings allow.

    Planning costs as much as the move itself. Django's own cursors put the values into the text.
    """
    connection.ensure_connection()
    prepare: Callable[[Any], CursorWrapper] = cast(Any, connection)._prepare_cursor  # noqa: SLF001 - as `cursor()`
    return prepare(psycopg.Cursor(connection.connection))
