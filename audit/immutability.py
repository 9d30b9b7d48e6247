"""How a model refuses that its rows change: the exception, the marks of protection, the refusing querysets.

What is refused here is refused once more by the database itself (`audit.triggers`): these classes give an
early and clear refusal, the triggers hold also for SQL that no model has seen.
"""

from collections.abc import Iterable
from enum import Flag, auto
from typing import Any, NoReturn, TypeVar

from django.db import models

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class RecordIsImmutable(Exception):
    """Somebody tried to change or delete a record that stays as it was written."""


class Protection(Flag):
    """What the database refuses for the rows of a model; a model may stand under several."""

    APPEND_ONLY = auto()
    WRITE_ONCE = auto()
    KEPT = auto()
    CHAIN_HEAD = auto()


class KeptQuerySet(models.QuerySet[M_co, M_co]):
    """Rows that can never be deleted, nor be overwritten or skipped by an insertion."""

    def delete(self) -> NoReturn:
        """Always raises `RecordIsImmutable`."""
        raise RecordIsImmutable(f"{self.model._meta.label} is never deleted.")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(
        self,
        objs: Iterable[M_co],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Any = None,
        unique_fields: Any = None,
    ) -> list[M_co]:
        """Insert new rows; raises `RecordIsImmutable` where rows could be skipped or overwritten."""
        if ignore_conflicts or update_conflicts:
            raise RecordIsImmutable(
                f"{self.model._meta.label}: a row that stands already is neither overwritten nor skipped."
            )
        return super().bulk_create(objs, batch_size)


class AppendOnlyQuerySet(KeptQuerySet[M_co]):
    """Rows that are written once and then only read."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Always raises `RecordIsImmutable`."""
        raise RecordIsImmutable(f"{self.model._meta.label} is append-only: its rows never change.")

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(
        self, objs: Iterable[M_co], fields: Iterable[str], batch_size: int | None = None
    ) -> NoReturn:
        """Always raises `RecordIsImmutable`."""
        raise RecordIsImmutable(f"{self.model._meta.label} is append-only: its rows never change.")

    bulk_update.alters_data = True  # type: ignore[attr-defined]
