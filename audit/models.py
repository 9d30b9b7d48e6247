"""The rows of the trail, the salts of its commitments, and the abstract models that protect others."""

from collections.abc import Collection
from typing import Any, ClassVar, NoReturn
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.immutability import AppendOnlyQuerySet, KeptQuerySet, Protection, RecordIsImmutable


class AppendOnly(models.Model):
    """Rows that are written once, never changed, never deleted: by model, queryset and database trigger."""

    protection: ClassVar[Protection] = Protection.APPEND_ONLY

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new row; raises `RecordIsImmutable` for a stored one."""
        if not self._state.adding:
            raise RecordIsImmutable(f"{self._meta.label} is append-only: its rows never change.")
        # A primary key set by hand would make Django try an UPDATE first.
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always raises `RecordIsImmutable`."""
        raise RecordIsImmutable(f"{self._meta.label} is never deleted.")


class Kept(models.Model):
    """Rows that may change and are never deleted: by model, queryset and database trigger."""

    protection: ClassVar[Protection] = Protection.KEPT

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always raises `RecordIsImmutable`."""
        raise RecordIsImmutable(f"{self._meta.label} is never deleted.")


class WriteOnce(Kept):
    """Rows that are never deleted, with fields that never change once they hold something.

    `write_once` names those fields; null and the empty text count as nothing yet.
    """

    protection: ClassVar[Protection] = Protection.WRITE_ONCE
    write_once: ClassVar[tuple[str, ...]] = ()

    class Meta(Kept.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row; raises `RecordIsImmutable`, naming the fields, when one that is set would change.

        Costs one query for a stored row: what was loaded may be older than what stands in the database.
        """
        if not self._state.adding:
            changed = self._rewritten(kwargs.get("using"), kwargs.get("update_fields"))
            if changed:
                raise RecordIsImmutable(
                    f"{self._meta.label}: {', '.join(changed)} can be set once and never changed."
                )
        super().save(*args, **kwargs)

    def _rewritten(self, using: str | None, update_fields: Collection[str] | None) -> list[str]:
        """The write-once fields that would be written, and whose stored value differs from the one here."""
        deferred = self.get_deferred_fields()
        fields = [
            field
            for field in self._meta.concrete_fields
            if field.name in self.write_once
            and field.attname not in deferred
            and (update_fields is None or {field.name, field.attname} & set(update_fields))
        ]
        if not fields:
            return []
        rows = type(self)._base_manager.using(using or self._state.db).filter(pk=self.pk)
        stored = rows.values(*(field.attname for field in fields)).first()
        if stored is None:
            return []
        return [
            field.name
            for field in fields
            if stored[field.attname] not in (None, "")
            and field.to_python(getattr(self, field.attname)) != stored[field.attname]
        ]


class ChainHead(models.Model):
    """A record with a stream of events of its own: it holds the sequence and the digest of the last one.

    Whoever changes such a record locks its row, so appending needs no further lock and no row is hot.
    Only `audit.trail.append` moves the head; a trigger lets it go forward by one event and in no other way:
    saving an instance that is out of date fails instead of turning the chain back.
    """

    protection: ClassVar[Protection] = Protection.CHAIN_HEAD

    public_id = models.UUIDField(_("public identifier"), default=uuid4, unique=True, editable=False)
    trail_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    trail_digest = models.CharField(max_length=64, default="", blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def trail_stream(self) -> str:
        """The name of this record's stream, for example `authorisation.case:0f3c…`."""
        return f"{stream_prefix(type(self))}{self.public_id}"


def stream_prefix(model: type[models.Model]) -> str:
    """What the streams of a `ChainHead` model begin with: the label of that model, and a colon."""
    # A proxy, or a child with a table of its own, shares the head and therefore the stream of its parent.
    return f"{model._meta.get_field('trail_sequence').model._meta.label_lower}:"


class Event(AppendOnly):
    """One event of the trail, in format 1 (`audit.chain` says what the digest covers)."""

    format = models.PositiveSmallIntegerField(default=1)
    stream = models.CharField(max_length=200)
    sequence = models.PositiveBigIntegerField()
    action = models.CharField(max_length=100)
    from_state = models.CharField(max_length=100, blank=True)
    to_state = models.CharField(max_length=100, blank=True)
    actor = models.CharField(max_length=50, help_text="person: or service: and a public id; system; clock")
    office = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True)
    facts = models.TextField(default="{}", help_text="RFC 8785 canonical JSON, as text")
    procedure_version = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(max_length=100, blank=True)
    time = models.DateTimeField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            # Also the index by which a stream is read in order.
            models.UniqueConstraint(fields=["stream", "sequence"], name="event_has_one_place_in_its_stream"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="event_sequence_starts_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence}"


class Salt(models.Model):
    """What opens one commitment (`audit.commitments`); deleting it erases what the trail says of a person."""

    commitment = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=64)
    subject = models.CharField(
        max_length=100, blank=True, db_index=True, help_text="opaque id of the person it is about"
    )

    class Meta:
        verbose_name = _("salt")
        verbose_name_plural = _("salts")

    def __str__(self) -> str:
        return self.commitment
