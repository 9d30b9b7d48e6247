"""Records with a lifecycle: what they all carry, and what they refuse outside the door."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from audit.models import ChainHead

M = TypeVar("M", bound=models.Model)

# What the door alone writes, on every governed record.
DOOR_COLUMNS = frozenset(
    {"state", "came_from", "outcome", "version", "waiting_since", "due_on", "trail_sequence", "trail_digest"}
)


class OutsideTheDoor(TypeError):
    """Somebody tried to write past the door: a fault in the program, never an answer to a person."""


class GovernedQuerySet(models.QuerySet[M]):
    """Refuses to write in bulk what the door alone may write."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        if args or {"ignore_conflicts", "update_conflicts"} & {name for name, on in kwargs.items() if on}:
            raise OutsideTheDoor("A record with a lifecycle is never overwritten.")
        objs = list(objs)
        for record in objs:
            _refuse_a_life_before(record)
        return super().bulk_create(objs, **kwargs)

    def update(self, **columns: Any) -> int:
        _refuse_door_columns(columns)
        return super().update(**columns)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        fields = list(fields)
        _refuse_door_columns(fields)
        return super().bulk_update(objs, fields, batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise OutsideTheDoor("A record with a lifecycle is never deleted.")


def _refuse_a_life_before(record: models.Model) -> None:
    """A new record stands where its lifecycle begins, and nothing has happened to it."""
    begun = ("state", "came_from", "outcome", "version", "trail_sequence", "trail_digest")
    defaults = {name: record._meta.get_field(name).get_default() for name in begun}  # type: ignore[union-attr]
    moved = [name for name in begun if getattr(record, name) != defaults[name]]
    if moved:
        raise OutsideTheDoor(f"A new record is at its beginning; only the door writes {', '.join(moved)}.")


def _refuse_door_columns(columns: Collection[str]) -> None:
    touched = DOOR_COLUMNS & set(columns)
    if touched:
        raise OutsideTheDoor(f"Only the door writes {', '.join(sorted(touched))}.")


class Governed(ChainHead):
    """A record whose state the door alone changes.

    The concrete lifecycle adds `state` (a `StateField`). `version` counts accepted steps, so that
    an act on a page that has grown old can be told so; `came_from` and `outcome` are what a step
    leaves behind for a later one; `waiting_since` and `due_on` say since when and until when
    somebody is waited on.
    """

    # The door locks the records of one act in the order of their ranks, so that two acts on the
    # same records never wait for each other.
    lock_rank: ClassVar[int]

    came_from = models.CharField(max_length=30, blank=True, default="", editable=False)
    outcome = models.CharField(max_length=30, blank=True, default="", editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    waiting_since = models.DateTimeField(null=True, blank=True, editable=False)
    due_on = models.DateField(null=True, blank=True, editable=False)

    objects = GovernedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Inserts a new record; of a stored one only named columns, and never the door's.

        A stale copy saved whole would write an old state back, and so would a new one under an old key.
        """
        if self._state.adding:
            _refuse_a_life_before(self)
            kwargs["force_insert"] = True
        else:
            columns = kwargs.get("update_fields")
            if columns is None:
                raise OutsideTheDoor("Name the columns to save: a whole stale copy would undo a step.")
            _refuse_door_columns(list(columns))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise OutsideTheDoor("A record with a lifecycle is never deleted.")

    @classmethod
    def locked(cls, pk: int) -> Self:
        """A fresh copy of the row, locked until the end of the transaction."""
        return cls._base_manager.select_for_update(of=("self",)).get(pk=pk)

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """As Django's, which alone cannot: it assigns the state, and the field refuses that."""
        names = [f.attname for f in self._meta.concrete_fields] if fields is None else list(fields)
        kept = self.__dict__.pop("state", None) if "state" in names else None
        try:
            super().refresh_from_db(using=using, fields=names, from_queryset=from_queryset)
        finally:
            if kept is not None and "state" not in self.__dict__:
                self.__dict__["state"] = kept
