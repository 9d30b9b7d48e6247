"""How the database is emptied after a test that commits.

Django empties every table. Two things of ours stand against that: the triggers that refuse to delete
what must never be deleted, and the rows that migrations load, which would be gone for the next test.
So on SQLite the database is copied back as it was before the first test. On PostgreSQL no trigger acts for
that one moment, and of the tables that migrations fill only what a test added is removed. On both, a row of
those that a test changed or removed is an error of the test.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Row = tuple[Any, ...]


class ReferenceData:
    """The rows that are there before the first test: what the migrations loaded."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        self._rows = {table: rows for table in tables if (rows := _rows(connection, table))}

    @property
    def tables(self) -> frozenset[str]:
        """The tables that hold such rows."""
        return frozenset(self._rows)

    def is_there(self, connection: BaseDatabaseWrapper) -> None:
        """Raises AssertionError where a test changed or removed a row."""
        for table, before in self._rows.items():
            now = _rows(connection, table)
            lost = [key for key, row in before.items() if now.get(key) != row]
            assert not lost, f"A test changed or removed rows of {table} that a migration loaded: {lost[:5]}"

    def restore(self, connection: BaseDatabaseWrapper) -> None:
        """Removes what a test added."""
        for table, before in self._rows.items():
            now = _rows(connection, table)
            if now == before:
                continue
            name, key_column = connection.ops.quote_name(table), _key_column(connection, table)
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"DELETE FROM {name} WHERE {key_column} = %s", [[key] for key in now if key not in before]
                )


def keep_reference_data(connection: BaseDatabaseWrapper) -> None:
    """Makes this connection's flush keep what the migrations loaded, whatever the triggers say."""
    kept = ReferenceData(connection)
    before = _copy(connection) if connection.vendor == "sqlite" else None

    def sql_flush(_style: Any, tables: Iterable[str], **_options: bool) -> list[str]:
        """The names of the tables to empty: what is to be executed is said below."""
        return [connection.ops.quote_name(table) for table in tables if table not in kept.tables]

    def execute_sql_flush(names: Iterable[str]) -> None:
        kept.is_there(connection)
        if before is not None:
            before.backup(connection.connection)
            return
        filled = _with_rows(connection, list(names))
        of_migrations = [connection.ops.quote_name(table) for table in kept.tables]
        with (
            transaction.atomic(using=connection.alias),
            _without_triggers(connection, [*filled, *of_migrations]),
        ):
            with connection.cursor() as cursor:
                for name in filled:
                    cursor.execute(f"DELETE FROM {name}")
            kept.restore(connection)

    # What is made after migrations is kept with what they loaded, and need not be looked for each time.
    flush.emit_post_migrate_signal = lambda *_args, **_options: None  # type: ignore[attr-defined]
    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign, assignment]
    connection.ops.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign, assignment]


def _with_rows(connection: BaseDatabaseWrapper, names: list[str]) -> list[str]:
    """Those of the tables in which something stands: few do after a test, and emptying one costs files."""
    asked = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT FROM {name})" for number, name in enumerate(names)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [names[number] for (number,) in cursor.fetchall()]


@contextmanager
def _without_triggers(connection: BaseDatabaseWrapper, names: Iterable[str]) -> Iterator[None]:
    """The tables without the triggers of ours, in the caller's transaction; after it with each as it was."""
    with connection.cursor() as cursor:
        held = []
        for name in names:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'", [name]
            )
            held += [(name, connection.ops.quote_name(trigger)) for (trigger,) in cursor.fetchall()]
        for name, trigger in held:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER {trigger}")
        yield
        # PostgreSQL alters no table whose foreign keys are still to be checked.
        connection.check_constraints()
        for name, trigger in held:
            cursor.execute(f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {trigger}")


def _copy(connection: BaseDatabaseWrapper) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(copy)
    return copy


def _key_column(connection: BaseDatabaseWrapper, table: str) -> str:
    with connection.cursor() as cursor:
        column = connection.introspection.get_primary_key_column(cursor, table)
    assert column, f"{table} has no primary key"
    return connection.ops.quote_name(column)


def _rows(connection: BaseDatabaseWrapper, table: str) -> Mapping[Any, Row]:
    """Every row of the table under its primary key."""
    key, name = _key_column(connection, table), connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, {name}.* FROM {name}")
        return {row[0]: row[1:] for row in cursor.fetchall()}
