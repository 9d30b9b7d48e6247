"""The triggers by which a database refuses what the models refuse: which are wanted, which are missing.

A migration that rebuilds a table loses its triggers (SQLite does so for most changes), therefore they are set
up after every migration. One that removes a write-once field must first drop the triggers of the table.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeAlias

from django.apps import apps
from django.db import NotSupportedError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit import triggers_on_postgresql, triggers_on_sqlite
from audit.bans import Ban, bans_of, protection_of

_DIALECTS: dict[str, ModuleType] = {"sqlite": triggers_on_sqlite, "postgresql": triggers_on_postgresql}

# Gives the further bans of a database; those of which a column is not there yet wait for a later migration.
Provider: TypeAlias = Callable[[BaseDatabaseWrapper], Iterable[Ban]]

_providers: list[Provider] = []


def also_want(provider: Provider) -> None:
    """Has the bans of a provider set up and checked with ours; called once, when a package is ready."""
    _providers.append(provider)


def protected_models() -> list[type[models.Model]]:
    """Every installed model with a table of its own and a protection, in order of its table."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if protection_of(model) and model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def wanted(connection: BaseDatabaseWrapper) -> list[Ban]:
    """The bans of every protected table that this database has so far."""
    return list(_wanted(connection))


def missing(connection: BaseDatabaseWrapper) -> list[Ban]:
    """The bans that are not in place as they should be: never set up, dropped, replaced or disabled.

    Raises `NotSupportedError` for a database other than SQLite and PostgreSQL.
    """
    dialect = _dialect(connection)
    held = dialect.held(connection)
    return [
        ban
        for ban in _wanted(connection)
        if held.get((ban.table, ban.name)) != dialect.wanted(ban, connection)
    ]


def install(connection: BaseDatabaseWrapper) -> list[Ban]:
    """Put in place what is missing, all or nothing, and return it; a protected database is not touched."""
    absent = missing(connection)
    if absent:
        dialect = _dialect(connection)
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for ban in absent:
                for statement in dialect.creation(ban, connection):
                    cursor.execute(statement)
    return absent


@contextmanager
def lifted_for_migration(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers of SQLite while migrations rebuild tables, and with them again whatever happens.

    A trigger that reads another table stands in the way of rebuilding that one. PostgreSQL rebuilds none.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for _table, name in triggers_on_sqlite.held(connection):
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
    try:
        yield
    finally:
        install(connection)


def install_after_migration(*, using: str, **_kwargs: Any) -> None:
    """Receiver of `post_migrate`: `install` on the database that was migrated."""
    install(connections[using])


def _wanted(connection: BaseDatabaseWrapper) -> Iterator[Ban]:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in protected_models():
            if model._meta.db_table in tables:
                described = connection.introspection.get_table_description(cursor, model._meta.db_table)
                yield from bans_of(model, connection, {column.name for column in described})
        for provider in _providers:
            yield from (ban for ban in provider(connection) if _applies(ban, tables, connection, cursor))


def _applies(ban: Ban, tables: set[str], connection: BaseDatabaseWrapper, cursor: Any) -> bool:
    """Between two migrations a table may still lack columns of which a ban speaks."""
    if ban.table not in tables:
        return False
    described = connection.introspection.get_table_description(cursor, ban.table)
    return ban.columns <= {column.name for column in described}


def _dialect(connection: BaseDatabaseWrapper) -> ModuleType:
    if connection.vendor not in _DIALECTS:
        raise NotSupportedError(
            f"The trail is protected on SQLite and PostgreSQL only, not on {connection.display_name}."
        )
    return _DIALECTS[connection.vendor]
