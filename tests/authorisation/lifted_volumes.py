"""For tests only: a database in which one defence of the volumes stands alone, for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from audit.triggers import install
from authorisation.models import Ceiling, Line, defences


@contextmanager
def without_triggers_of_volumes() -> Iterator[None]:
    """Drops the triggers of lines, ceilings, entries and blocks, as an owner could, and reinstates them."""
    _settle()
    with connection.cursor() as cursor:
        for ban in defences.bans(connection):
            on_table = f" ON {ban.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {ban.name}{on_table}")
    try:
        yield
    finally:
        _settle()
        install(connection)


def _settle() -> None:
    """PostgreSQL alters no table whose deferred foreign keys are still to be checked."""
    if connection.in_atomic_block and not connection.needs_rollback:
        connection.check_constraints()


@contextmanager
def without_checks_of_volumes() -> Iterator[None]:
    """Switches the CHECK constraints of lines and ceilings off: on SQLite for this connection only."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
        return
    _settle()
    tables = [model._meta.db_table for model in (Line, Ceiling)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid::regclass::text = ANY(%s)",
            [tables],
        )
        dropped = cursor.fetchall()
        for table, name, _definition in dropped:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    try:
        yield
    finally:
        _settle()
        with connection.cursor() as cursor:
            for table, name, definition in dropped:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')
                cursor.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')
