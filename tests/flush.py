"""How the database is emptied after a test that commits.

Django empties every table. Two things of ours stand against that: the triggers that refuse to delete
what must never be deleted, and the rows that migrations load, which would be gone for the next test.
So on SQLite the database is copied back as it was before the first test. On PostgreSQL the triggers are
lifted for that one moment, and of the tables that migrations fill only what a test added is removed. On
both, a row of those that a test changed or removed is an error of the test.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
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


def keep_reference_data(
    connection: BaseDatabaseWrapper,
    lifted_triggers: Callable[[BaseDatabaseWrapper], AbstractContextManager[None]],
) -> None:
    """Makes this connection's flush keep what the migrations loaded, whatever the triggers say."""
    kept = ReferenceData(connection)
    plain_sql, plain_execute = connection.ops.sql_flush, connection.ops.execute_sql_flush
    before = _copy(connection) if connection.vendor == "sqlite" else None

    def sql_flush(style: Any, tables: Iterable[str], **options: bool) -> list[str]:
        return plain_sql(style, [table for table in tables if table not in kept.tables], **options)

    def execute_sql_flush(statements: Iterable[str]) -> None:
        kept.is_there(connection)
        if before is not None:
            before.backup(connection.connection)
            return
        with lifted_triggers(connection), transaction.atomic(using=connection.alias):
            plain_execute(statements)
            kept.restore(connection)

    # What is made after migrations is kept with what they loaded, and need not be looked for each time.
    flush.emit_post_migrate_signal = lambda *_args, **_options: None  # type: ignore[attr-defined]
    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]
    connection.ops.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign, assignment]


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
