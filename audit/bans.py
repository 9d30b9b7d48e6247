"""What the database refuses for the rows of a protected model, in SQL that SQLite and PostgreSQL share."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name
from django.db.models.sql import Query

from audit.immutability import Protection


class Statement(StrEnum):
    """The kind of statement that a ban refuses."""

    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    # On SQLite, INSERT OR REPLACE deletes the row in its way without asking any trigger for deletions.
    REPLACE = "INSERT"


@dataclass(frozen=True, kw_only=True)
class Ban:
    """One refusal: a kind of statement on one table, where a condition on OLD and NEW holds (or always).

    `only` says of which rows at all, by OLD and NEW alone. PostgreSQL then looks into tables for these only,
    and keeps its plan for that: where it may be spared a look, it plans anew each time. `columns` are those
    of the table without which the ban can wait. `afterwards` has PostgreSQL ask once the statement is done:
    to ask before, it locks the row first and changes it then, which a hot row feels.
    """

    table: str
    name: str
    statement: Statement
    condition: str | None
    message: str
    columns: frozenset[str] = frozenset()
    only: str = ""
    afterwards: bool = False


def protection_of(model: type[models.Model]) -> Protection:
    """Every protection that a model has from its abstract parents."""
    found = Protection(0)
    for parent in model.__mro__:
        own = vars(parent).get("protection")
        if isinstance(own, Protection):
            found |= own
    return found


def bans_of(model: type[models.Model], connection: BaseDatabaseWrapper, columns: set[str]) -> list[Ban]:
    """The bans of a concrete model with a table of its own, which has these columns at present.

    Deterministic: the same model gives the same bans, to be compared with what a database holds.
    """
    protection = protection_of(model)
    quoted = _Quoted(model, connection, columns)
    on_sqlite = connection.vendor == "sqlite"
    found: list[Ban] = []

    def ban(purpose: str, statement: Statement, condition: str | None, message: str) -> None:
        name = truncate_name(f"audit_{purpose}_{quoted.table}", connection.ops.max_name_length())
        found.append(
            Ban(table=quoted.table, name=name, statement=statement, condition=condition, message=message)
        )

    if Protection.APPEND_ONLY in protection:
        ban("no_update", Statement.UPDATE, None, f"{quoted.table} is append-only: its rows never change")
    elif changes := [*quoted.rewritten_fields(), *quoted.moved_head()]:
        if on_sqlite and Protection.WRITE_ONCE in protection:
            changes.append(quoted.row_in_the_way(other_than_old=True))
        ban(
            "no_rewrite",
            Statement.UPDATE,
            " OR ".join(f"({change})" for change in changes),
            f"{quoted.table}: what is set once never changes, and a head of the trail moves on by one event",
        )
    elif on_sqlite and Protection.KEPT in protection:
        ban(
            "no_displacement",
            Statement.UPDATE,
            quoted.row_in_the_way(other_than_old=True),
            f"{quoted.table}: no row takes the place of another",
        )
    if protection & (Protection.APPEND_ONLY | Protection.WRITE_ONCE | Protection.KEPT):
        message = f"{quoted.table}: rows are never deleted"
        ban("no_delete", Statement.DELETE, None, message)
        if on_sqlite:
            ban("no_replace", Statement.REPLACE, quoted.row_in_the_way(other_than_old=False), message)
        else:
            ban("no_truncate", Statement.TRUNCATE, None, message)
    return found


class _Quoted:
    """The columns of one model's own table, written into conditions over OLD and NEW."""

    def __init__(self, model: type[models.Model], connection: BaseDatabaseWrapper, columns: set[str]) -> None:
        self.model = model
        self.connection = connection
        self.table = model._meta.db_table
        # Between two migrations a table may still lack columns that the model has already.
        self.fields = {
            field.name: field for field in model._meta.local_concrete_fields if field.column in columns
        }

    def rewritten_fields(self) -> list[str]:
        """For a write-once model: its key changes, or a write-once field that is set."""
        if Protection.WRITE_ONCE not in protection_of(self.model):
            return []
        names = getattr(self.model, "write_once", ())
        unknown = [name for name in names if name not in {f.name for f in self.model._meta.get_fields()}]
        if unknown:
            raise ImproperlyConfigured(
                f"{self.model._meta.label}.write_once names no field: {', '.join(unknown)}"
            )
        conditions = [self._changes(self.model._meta.pk)]
        for field in (self.fields[name] for name in names if name in self.fields):
            column = self._name(field)
            is_set = [f"OLD.{column} IS NOT NULL"]
            if isinstance(field, (models.CharField, models.TextField, models.FileField)):
                is_set.append(f"OLD.{column} <> ''")
            conditions.append(" AND ".join([*is_set, self._changes(field)]))
        return conditions

    def moved_head(self) -> list[str]:
        """For a chain head: the stream's name changes, or the head moves otherwise than on by one event."""
        if (
            Protection.CHAIN_HEAD not in protection_of(self.model)
            or not {"public_id", "trail_sequence", "trail_digest"} <= self.fields.keys()
        ):
            return []
        sequence = self._name(self.fields["trail_sequence"])
        return [
            self._changes(self.fields["public_id"]),
            f"NEW.{sequence} <> OLD.{sequence} AND NEW.{sequence} <> OLD.{sequence} + 1",
            f"NEW.{sequence} = OLD.{sequence} AND {self._changes(self.fields['trail_digest'])}",
        ]

    def row_in_the_way(self, *, other_than_old: bool) -> str:
        """A stored row has the key, or a unique value, of NEW."""
        table = self.connection.ops.quote_name(self.table)
        other = f" AND NOT ({self._same(self.model._meta.pk, 'OLD')})" if other_than_old else ""
        return " OR ".join(
            f"{applies}EXISTS (SELECT 1 FROM {table} WHERE {same}{other})"  # noqa: S608 - names, quoted
            for applies, same in self._unique()
        )

    def _unique(self) -> Iterator[tuple[str, str]]:
        """Per uniqueness: where NEW falls under it (SQL that ends with AND, or nothing), and what matches."""
        for field in self.fields.values():
            if field.unique:
                yield "", self._same(field)
        for names in self.model._meta.unique_together:
            if self.fields.keys() >= set(names):
                yield "", " AND ".join(self._same(self.fields[name]) for name in names)
        for constraint in self.model._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or not (
                self.fields.keys() >= set(constraint.fields)
            ):
                continue
            if not constraint.fields:
                raise ImproperlyConfigured(
                    f"{self.model._meta.label}: uniqueness of an expression ({constraint.name}) cannot be "
                    "protected against INSERT OR REPLACE; store the expression's value in a unique field."
                )
            same = " AND ".join(self._same(self.fields[name]) for name in constraint.fields)
            if constraint.condition is None:
                yield "", same
            else:
                condition = self._sql(constraint.condition)
                new = ", ".join(
                    f"NEW.{self._name(field)} AS {self._name(field)}" for field in self.fields.values()
                )
                applies = f"EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {condition}) AND "  # noqa: S608
                yield applies, f"{same} AND {condition}"

    def _sql(self, condition: models.Q) -> str:
        """The condition of a partial unique index, with its values written out."""
        query = Query(model=self.model, alias_cols=False)
        compiler = query.get_compiler(connection=self.connection)
        sql, parameters = query.build_where(condition).as_sql(compiler, self.connection)
        quote_value = self.connection.schema_editor().quote_value
        return f"({sql % tuple(quote_value(value) for value in parameters)})"

    def _same(self, field: Any, row: str = "NEW") -> str:
        return f"{self.connection.ops.quote_name(self.table)}.{self._name(field)} = {row}.{self._name(field)}"

    def _changes(self, field: Any) -> str:
        return f"OLD.{self._name(field)} IS DISTINCT FROM NEW.{self._name(field)}"

    def _name(self, field: Any) -> str:
        return self.connection.ops.quote_name(field.column)
