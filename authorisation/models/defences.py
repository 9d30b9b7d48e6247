"""What the database refuses of volumes, whatever program asks: moves without entries, entries without moves.

Without re-adding: a balance names the entry of its last move and what it moved. Its pools change only by
exactly that; the entry says exactly that, with the balances that stand there now, and follows the one before.
A balance that names no entry at commit breaks its foreign key. So balance and sum of entries are one, by
induction over the moves; and balances are kept (`audit.models.Kept`), so that entries stay those of one.
In SQL that SQLite and PostgreSQL share.
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
    yield from _of_entries()
    if connection.vendor == "sqlite":
        yield from _of_blocks()


def _of_balance(table: str, pools: tuple[Pool, ...]) -> Iterator[Ban]:
    columns = frozenset({*(pool.value for pool in pools), *_LAST})
    moved = " OR ".join(f"NEW.{pool.value} <> OLD.{pool.value}" for pool in pools)
    named = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in ("id", *_LAST))
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
            f"({moved} OR {named}) AND NOT (NEW.id = OLD.id AND NEW.entries_written = OLD.entries_written + 1"
            " AND NEW.last_entry_id IS NOT NULL AND NEW.last_entry_id IS DISTINCT FROM OLD.last_entry_id"
            f" AND NEW.last_tonnes > 0 AND {by_last_move})"
        ),
        message=f"{table}: pools change by one move at a time, as its entry says",
        columns=columns,
        afterwards=True,
    )
    yield Ban(
        table=table,
        name=f"volumes_begin_{table}",
        statement=Statement.REPLACE,
        condition=" OR ".join([*(f"NEW.{pool.value} <> 0" for pool in pools), "NEW.entries_written <> 0"]),
        message=f"{table}: a new balance holds nothing",
        columns=columns,
    )


def _of_entries() -> Iterator[Ban]:
    """An entry of a line, and one of a ceiling; which of both an entry is of, a CHECK says."""
    table = Entry._meta.db_table
    says = " AND ".join(
        [
            "b.last_entry_id = NEW.id",
            "b.entries_written = NEW.sequence",
            "b.last_source = NEW.source",
            "b.last_target = NEW.target",
            "b.last_tonnes = NEW.tonnes",
        ]
    )
    sides = (
        ("volumes_follow_line", "NEW.line_id IS NOT NULL", "line_id", Line, POOLS_OF_LINES),
        # Also one of neither, which follows nothing.
        ("volumes_follow", "NEW.line_id IS NULL", "ceiling_id", Ceiling, POOLS_OF_CEILINGS),
    )
    for name, only, side, model, pools in sides:
        stands = f"{_stands('source', pools)} AND {_stands('target', pools)}"
        yield Ban(
            table=table,
            name=f"{name}_{table}",
            statement=Statement.REPLACE,
            only=only,
            condition=(
                f"NOT EXISTS (SELECT 1 FROM {model._meta.db_table} b WHERE b.id = NEW.{side}"  # noqa: S608
                f" AND {says} AND {stands})"
                f" OR NEW.sequence > 1 AND NOT EXISTS (SELECT 1 FROM {table} e"
                f" WHERE e.{side} = NEW.{side} AND e.sequence = NEW.sequence - 1)"
            ),
            message=f"{table}: an entry says what its balance has just moved, after the one before",
            columns=frozenset({"sequence"}),
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
    others = f"FROM {table} b WHERE b.series_id = NEW.series_id AND b.id IS NOT NEW.id"
    # Of those that begin before it only the last can reach into it, for they do not overlap: so the trigger
    # looks at two blocks, however long the series is.
    overlaps = (
        f"(EXISTS (SELECT 1 {others} AND b.first_number BETWEEN NEW.first_number AND NEW.last_number)"
        f" OR (SELECT b.last_number {others} AND b.first_number < NEW.first_number"
        " ORDER BY b.first_number DESC LIMIT 1) >= NEW.first_number)"
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
