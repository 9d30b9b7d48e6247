"""Whether anything at all has changed: every row of every table, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from audit.models import ChainHead, Event

# Written with requests: who is signed in, how often a password was wrong, what a program was answered.
_NO_RECORDS = frozenset({"django_session", "desk_cache", "desk_answeredcall"})


@dataclass(frozen=True)
class Digest:
    """Of every table one digest; of the trail its events, and apart from them those of refused acts."""

    tables: tuple[tuple[str, str], ...]
    refusals: int

    def changed_since(self, before: "Digest") -> list[str]:
        """The tables whose rows are not the same."""
        then = dict(before.tables)
        return [table for table, rows in self.tables if then[table] != rows]


def digest() -> Digest:
    """Every row of the database as it is now.

    Left aside are sessions, the counters of wrong passwords, and what the trail may say of an act that was
    refused: that one event, and with it the place of the head of its chain.
    """
    tables = {model._meta.db_table: _columns(model) for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        refused = (
            "action LIKE '%%:refused'" if connection.vendor == "postgresql" else "action LIKE '%:refused'"
        )
        found = {
            table: _of_rows(cursor, table, columns, f" WHERE NOT {refused}" if table == _EVENTS else "")
            for table, columns in sorted(tables.items())
            if table not in _NO_RECORDS
        }
        cursor.execute(f"SELECT count(*) FROM {_EVENTS} WHERE {refused}")
        (refusals,) = cursor.fetchone()
    return Digest(tables=tuple(found.items()), refusals=refusals)


_EVENTS = Event._meta.db_table
_HEADS = ("trail_sequence", "trail_digest")


def _columns(model: type[models.Model]) -> list[str]:
    heads = _HEADS if issubclass(model, ChainHead) else ()
    return [str(field.column) for field in model._meta.local_concrete_fields if field.name not in heads]


def _of_rows(cursor: Any, table: str, columns: list[str], where: str) -> str:
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    cursor.execute(f"SELECT {named} FROM {connection.ops.quote_name(table)}{where}")
    return sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is rolled back, in which the door may open its own as if there were none."""
    with transaction.atomic():
        # What django.test.TestCase says of its transactions, so that a durable one may begin inside.
        connection.atomic_blocks[-1]._from_testcase = True  # type: ignore[attr-defined]
        try:
            yield
        finally:
            transaction.set_rollback(True)
