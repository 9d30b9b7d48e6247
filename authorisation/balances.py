"""Moving one balance: one guarded UPDATE, and the entry that says what moved.

The UPDATE moves the tonnes only where they are, and where what they move into has room; what stands
afterwards comes back with it, so that nothing is read and then written. Volumes are whole t CO2 eq.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

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


# What must hold of a balance, by the pool that the tonnes move into. Where they come from another pool than
# from outside, that they are there is enough. `{t}` is the number of tonnes.
_ROOM_UNDER_A_CEILING: Mapping[Pool, str] = {
    Pool.RESERVED: "reserved + authorised + {t} <= tonnes",
    Pool.AUTHORISED: "reserved + authorised + {t} <= tonnes",
    Pool.DRAWN: "drawn + {t} <= authorised",
}
_IS_DRAWN_AND_ISSUED = (
    "first_transferred + retained + {t} <= drawn"
    " AND (transferred_ahead IS NULL OR first_transferred + retained + {t} <= issued)"
)
_ROOM_ON_A_LINE: Mapping[Pool, str] = {
    Pool.DRAWN: "(NOT capped OR drawn + {t} <= authorised)",
    Pool.ISSUED: "issued + {t} <= drawn",
    Pool.FIRST_TRANSFERRED: _IS_DRAWN_AND_ISSUED,
    Pool.RETAINED: _IS_DRAWN_AND_ISSUED,
    Pool.USED_OR_CANCELLED: "used_or_cancelled + {t} <= first_transferred",
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


def _update(
    connection: BaseDatabaseWrapper,
    balance: Line | Ceiling,
    source: Pool,
    target: Pool,
    tonnes: int,
    key: UUID,
) -> tuple[str, list[Any]]:
    """The guarded UPDATE of a balance, which gives its number of entries and its pools back."""
    guards = _ROOM_ON_A_LINE if isinstance(balance, Line) else _ROOM_UNDER_A_CEILING
    changes, conditions = [], ["id = %s"]
    if source != Pool.OUTSIDE:
        changes.append(f"{source.value} = {source.value} - {tonnes:d}")
        conditions.append(f"{source.value} >= {tonnes:d}")
    elif target in guards:
        conditions.append(guards[target].replace("{t}", f"{tonnes:d}"))
    if target != Pool.OUTSIDE:
        changes.append(f"{target.value} = {target.value} + {tonnes:d}")
    statement = (
        f"UPDATE {balance._meta.db_table} SET {', '.join(changes)}, entries_written = entries_written + 1,"  # noqa: S608 - names and numbers of ours
        " last_entry_id = %s, last_source = %s, last_target = %s, last_tonnes = %s"
        f" WHERE {' AND '.join(conditions)} RETURNING entries_written, {', '.join(_pools(balance))}"
    )
    entry = Entry._meta.get_field("key").get_db_prep_value(key, connection)
    return statement, [entry, source.value, target.value, tonnes, balance.pk]


def _pools(balance: Line | Ceiling) -> list[str]:
    return [pool.value for pool in (POOLS_OF_LINES if isinstance(balance, Line) else POOLS_OF_CEILINGS)]


def _taken_over(balance: Line | Ceiling, row: tuple[Any, ...] | None) -> bool:
    """The balance in hand becomes what the database gave back; False where it gave nothing."""
    if row is None:
        return False
    for name, value in zip(("entries_written", *_pools(balance)), row, strict=True):
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
        cursor.execute(*_update(connection, balance, source, target, tonnes, key))
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
    update, values = _update(connection, balance, source, target, tonnes, key)
    after = [
        f"moved.{pool.value}" if pool != Pool.OUTSIDE else "CAST(NULL AS bigint)" for pool in (source, target)
    ]
    side = "line_id" if isinstance(balance, Line) else "ceiling_id"
    statement = (
        f"WITH moved AS ({update}), entered AS (INSERT INTO {Entry._meta.db_table}"  # noqa: S608 - names of ours
        f" (key, {side}, case_id, sequence, source, target, tonnes, source_after, target_after, event,"
        " moved_on, moved_at) SELECT %s, %s, %s, moved.entries_written, %s, %s, %s,"
        f" {after[0]}, {after[1]}, %s, %s, %s FROM moved) SELECT * FROM moved"
    )
    values += [key, balance.pk, moving.case.pk, source.value, target.value, tonnes]
    values += [moving.event.digest, moving.on, moving.event.time]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return _taken_over(balance, cursor.fetchone())


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
