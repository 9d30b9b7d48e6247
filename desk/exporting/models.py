"""An export that a director asked for, made in the background, and the parts in which it lies."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, User


class Export(models.Model):
    """Everything that an authority owns, as one file that is kept for some days.

    bounds      the last rows that it holds, by primary key: of documents, of letters, and under `rows` of
                every model; `place` where the reading of rows goes on, `read_at` at which instants it began
    cursor      within a stage the row after which it goes on
    turn        which turn of the outbox may go on with it: an older one finds its work done
    tries       how often this turn was begun: a worker that dies is not followed for ever
    done        of `total` documents and letters, how many were looked at
    fault       the class of what went wrong; its words might name somebody
    lost        files that the store no longer holds
    ended_at    when it was ready, or had failed
    """

    class Standing(models.TextChoices):
        RUNNING = "running", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        REMOVED = "removed", _("removed")

    class Stage(models.TextChoices):
        ROWS = "rows", _("The rows are read.")
        DOCUMENTS = "documents", _("The documents are copied.")
        LETTERS = "letters", _("The letters are copied.")
        CLOSING = "closing", _("The list of its files is written.")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="exports")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    standing = models.CharField(max_length=20, choices=Standing.choices, default=Standing.RUNNING)
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.ROWS)
    bounds = models.JSONField(default=dict)
    cursor = models.PositiveBigIntegerField(default=0)
    turn = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=200, blank=True, default="")
    lost = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = (
            models.UniqueConstraint(
                fields=("authority",), condition=Q(standing="running"), name="one_export_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)


class ExportPart(models.Model):
    """What one turn wrote: some of the bytes of the export, which are its parts one after the other.

    name   in the store of exports
    files  of each file its path, size, SHA-256 and number of rows; `lost` those that were not there
    """

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    files = models.JSONField(default=list)
    lost = models.JSONField(default=list)

    class Meta:
        verbose_name = _("part of an export")
        verbose_name_plural = _("parts of exports")
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("export", "number"), name="one_part_per_number"),)

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
