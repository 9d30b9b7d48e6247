"""Moving one balance: one guarded UPDATE, and the entry that says what moved.

The UPDATE moves the tonnes only where they are, and where what they move into has room; what stands
afterwards comes back with it, so that nothing is read and then written. Volumes are whole t CO2 eq.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from audit.models import Event
from authorisation.models import Case, Ceiling, Entry, Line
from authorisation.models.volumes import POOLS_OF_CEILINGS, POOLS_OF_LINES, Pool


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
# What a move changes of a balance.
_COUNTED: Mapping[type[Line | Ceiling], tuple[str, ...]] = {
    Line: ("entries_written", *(pool.value for pool in POOLS_OF_LINES)),
    Ceiling: ("entries_written", *(pool.value for pool in POOLS_OF_CEILINGS)),
}


def move(moving: Moving, balance: Line | Ceiling, source: Pool, target: Pool, tonnes: int) -> bool:
    """Moves tonnes within a balance and writes the entry; False where they are not there, or have no room.

    Nothing has moved then. The balance in hand has its pools as they stand afterwards.
    """
    key = uuid4()
    connection = connections[router.db_for_write(type(balance))]
    if connection.vendor == "postgresql":
        # Both in one statement: the row of a hot ceiling is held no longer than it takes.
        return _moved_and_entered(connection, moving, balance, source, target, tonnes, key)
    if not _moved(connection, balance, source, target, tonnes, key):
        return False
    _enter(moving, balance, source, target, tonnes, key)
    return True


def must_move(moving: Moving, balance: Line | Ceiling, source: Pool, target: Pool, tonnes: int) -> None:
    """The same, of tonnes that were seen there under a lock. Raises BalanceLost where they are not."""
    if tonnes and not move(moving, balance, source, target, tonnes):
        raise BalanceLost(
            f"The {type(balance).__name__} {balance.pk} has not {tonnes} t for {source} → {target}."
        )


@cache
def _update(model: type[Line | Ceiling], source: Pool, target: Pool) -> str:
    """The guarded UPDATE of a balance, which gives its number of entries and its pools back."""
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
        f" last_entry_id = %(key)s, last_source = '{source.value}', last_target = '{target.value}',"
        f" last_tonnes = %(tonnes)s WHERE {' AND '.join(conditions)}"
        f" RETURNING {', '.join(_COUNTED[model])}"
    )


def _values(
    connection: BaseDatabaseWrapper, balance: Line | Ceiling, tonnes: int, key: UUID
) -> dict[str, Any]:
    return {
        "key": Entry._meta.get_field("key").get_db_prep_value(key, connection),
        "tonnes": tonnes,
        "balance": balance.pk,
    }


def _taken_over(balance: Line | Ceiling, row: tuple[Any, ...] | None) -> bool:
    """The balance in hand becomes what the database gave back; False where it gave nothing."""
    if row is None:
        return False
    for name, value in zip(_COUNTED[type(balance)], row, strict=True):
        setattr(balance, name, value)
    return True


def _moved(
    connection: BaseDatabaseWrapper,
    balance: Line | Ceiling,
    source: Pool,
    target: Pool,
    tonnes: int,
    key: UUID,
) -> bool:
    with connection.cursor() as cursor:
        values = _values(connection, balance, tonnes, key)
        cursor.execute(_update(type(balance), source, target), values)
        return _taken_over(balance, cursor.fetchone())


def _moved_and_entered(
    connection: BaseDatabaseWrapper,
    moving: Moving,
    balance: Line | Ceiling,
    source: Pool,
    target: Pool,
    tonnes: int,
    key: UUID,
) -> bool:
    values = {
        **_values(connection, balance, tonnes, key),
        "case": moving.case.pk,
        "event": moving.event.digest,
        "on": moving.on,
        "at": moving.event.time,
    }
    with _prepared(connection) as cursor:
        cursor.execute(_update_and_insert(type(balance), source, target), values)
        return _taken_over(balance, cursor.fetchone())


@cache
def _update_and_insert(model: type[Line | Ceiling], source: Pool, target: Pool) -> str:
    """The guarded UPDATE, and the INSERT of its entry, in one statement of PostgreSQL."""
    after = [
        f"moved.{pool.value}" if pool != Pool.OUTSIDE else "CAST(NULL AS bigint)" for pool in (source, target)
    ]
    side = "line_id" if model is Line else "ceiling_id"
    return (
        f"WITH moved AS ({_update(model, source, target)}), entered AS (INSERT INTO {Entry._meta.db_table}"  # noqa: S608 - names of ours
        f" (key, {side}, case_id, sequence, source, target, tonnes, source_after, target_after, event,"
        " moved_on, moved_at) SELECT %(key)s, %(balance)s, %(case)s, moved.entries_written,"
        f" '{source.value}', '{target.value}', %(tonnes)s, {after[0]}, {after[1]}, %(event)s, %(on)s, %(at)s"
        " FROM moved)"
        " SELECT * FROM moved"
    )


def _prepared(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor whose statements the server plans once for a connection, as its settings allow.

    Planning costs as much as the move itself. Django's own cursors put the values into the text.
    """
    connection.ensure_connection()
    prepare: Callable[[Any], CursorWrapper] = cast(Any, connection)._prepare_cursor  # noqa: SLF001 - as `cursor()`
    return prepare(psycopg.Cursor(connection.connection))


def _enter(
    moving: Moving, balance: Line | Ceiling, source: Pool, target: Pool, tonnes: int, key: UUID
) -> None:
    Entry.objects.create(
        key=key,
        line=balance if isinstance(balance, Line) else None,
        ceiling=balance if isinstance(balance, Ceiling) else None,
        case=moving.case,
        sequence=balance.entries_written,
        source=source,
        target=target,
        tonnes=tonnes,
        source_after=None if source == Pool.OUTSIDE else getattr(balance, source.value),
        target_after=None if target == Pool.OUTSIDE else getattr(balance, target.value),
        event=moving.event.digest,
        moved_on=moving.on,
        moved_at=moving.event.time,
    )
