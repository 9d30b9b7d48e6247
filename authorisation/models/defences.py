"""What the database refuses of volumes, whatever program asks: moves without entries, entries without moves.

Without re-adding: a balance names the entry of its last move and what it moved. Its pools change only by
exactly that; the entry says exactly that, with the balances that stand there now, and follows the one before.
A balance that names no entry at commit breaks its foreign key. So balance and sum of entries are one, by
induction over the moves. In SQL that SQLite and PostgreSQL share.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.bans import Ban, Statement
from authorisation.models.outcomes import Block
from authorisation.models.volumes import POOLS_OF_CEILINGS, POOLS_OF_LINES, Ceiling, Entry, Line, Pool

_LAST = ("last_entry_id", "last_source", "last_target", "last_tonnes", "entries_written")


def bans(connection: BaseDatabaseWrapper) -> Iterator[Ban]:
    """The bans of lines, ceilings and entries; on SQLite those of blocks that overlap."""
    for model, pools in ((Line, POOLS_OF_LINES), (Ceiling, POOLS_OF_CEILINGS)):
        yield from _of_balance(model._meta.db_table, pools)
    yield _of_entries()
    if connection.vendor == "sqlite":
        yield from _of_blocks()


def _of_balance(table: str, pools: tuple[Pool, ...]) -> Iterator[Ban]:
    columns = frozenset({*(pool.value for pool in pools), *_LAST})
    moved = " OR ".join(f"NEW.{pool.value} <> OLD.{pool.value}" for pool in pools)
    named = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _LAST)
    by_last_move = " AND ".join(
        f"NEW.{pool.value} = OLD.{pool.value}"
        f" + CASE WHEN NEW.last_target = '{pool.value}' THEN NEW.last_tonnes ELSE 0 END"
        f" - CASE WHEN NEW.last_source = '{pool.value}' THEN NEW.last_tonnes ELSE 0 END"
        for pool in pools
    )
    yield Ban(
        table=table,
        name=f"volumes_move_{table}",
        statement=Statement.UPDATE,
        condition=(
            f"({moved} OR {named}) AND NOT (NEW.entries_written = OLD.entries_written + 1"
            " AND NEW.last_entry_id IS NOT NULL AND NEW.last_entry_id IS DISTINCT FROM OLD.last_entry_id"
            f" AND NEW.last_tonnes > 0 AND {by_last_move})"
        ),
        message=f"{table}: pools change by one move at a time, as its entry says",
        columns=columns,
    )
    yield Ban(
        table=table,
        name=f"volumes_begin_{table}",
        statement=Statement.REPLACE,
        condition=" OR ".join([*(f"NEW.{pool.value} <> 0" for pool in pools), "NEW.entries_written <> 0"]),
        message=f"{table}: a new balance holds nothing",
        columns=columns,
    )


def _of_entries() -> Ban:
    table, lines, ceilings = (model._meta.db_table for model in (Entry, Line, Ceiling))
    says = " AND ".join(
        [
            "b.last_entry_id = NEW.key",
            "b.entries_written = NEW.sequence",
            "b.last_source = NEW.source",
            "b.last_target = NEW.target",
            "b.last_tonnes = NEW.tonnes",
        ]
    )
    of_line = _stands("source", POOLS_OF_LINES) + " AND " + _stands("target", POOLS_OF_LINES)
    of_ceiling = _stands("source", POOLS_OF_CEILINGS) + " AND " + _stands("target", POOLS_OF_CEILINGS)
    # Each side by itself, so that the index of its entries answers.
    before = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} e WHERE e.{side} = NEW.{side} AND e.sequence = NEW.sequence - 1)"  # noqa: S608
        for side in ("line_id", "ceiling_id")
    )
    return Ban(
        table=table,
        name=f"volumes_follow_{table}",
        statement=Statement.REPLACE,
        condition=(
            f"NOT (EXISTS (SELECT 1 FROM {lines} b WHERE b.id = NEW.line_id AND {says} AND {of_line})"  # noqa: S608
            f" OR EXISTS (SELECT 1 FROM {ceilings} b WHERE b.id = NEW.ceiling_id"
            f" AND {says} AND {of_ceiling}))"
            f" OR (NEW.sequence > 1 AND NOT ({before}))"
        ),
        message=f"{table}: an entry says what its balance has just moved, after the one before",
        columns=frozenset({"key"}),
    )


def _stands(side: str, pools: tuple[Pool, ...]) -> str:
    """The balance after the entry is what stands in the pool; there is none outside."""
    cases = " ".join(f"WHEN '{pool.value}' THEN b.{pool.value}" for pool in pools)
    return (
        f"CASE WHEN NEW.{side} = '{Pool.OUTSIDE.value}' THEN NEW.{side}_after IS NULL"
        f" ELSE COALESCE(NEW.{side}_after = CASE NEW.{side} {cases} END, FALSE) END"
    )


def _of_blocks() -> Iterator[Ban]:
    """What the exclusion constraint says on PostgreSQL."""
    table = Block._meta.db_table
    overlaps = (
        f"EXISTS (SELECT 1 FROM {table} b WHERE b.series_id = NEW.series_id AND b.id IS NOT NEW.id"  # noqa: S608
        " AND b.first_number <= NEW.last_number AND b.last_number >= NEW.first_number)"
    )
    for purpose, statement in (("begin", Statement.REPLACE), ("move", Statement.UPDATE)):
        yield Ban(
            table=table,
            name=f"volumes_{purpose}_{table}",
            statement=statement,
            condition=overlaps,
            message=f"{table}: blocks of one series do not overlap",
            columns=frozenset({"series_id"}),
        )
