"""For tests only: a database without the triggers that protect the trail, for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.triggers import install, wanted


@contextmanager
def lifted_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Drop every trigger of ours, as the owner of the tables could, and reinstate all of them."""
    with connection.cursor() as cursor:
        for ban in wanted(connection):
            name, table = connection.ops.quote_name(ban.name), connection.ops.quote_name(ban.table)
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
    try:
        yield
    finally:
        if connection.in_atomic_block and not connection.needs_rollback:
            # PostgreSQL alters no table whose foreign keys are still to be checked.
            connection.check_constraints()
        install(connection)
