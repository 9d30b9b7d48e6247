"""The outbox, the acts carried out under an idempotency key, and running numbers."""

import uuid

from django.db import models
from django.db.models import Q

from audit.models import AppendOnly


class OutboxMessage(models.Model):
    """One effect to be carried out after the commit that wrote this row.

    The row is the truth; whoever delivers it is muscle. `simulated_at` is the time of the clock
    under which it was written, where that was not the world's: the handler is then told that time.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    effect = models.CharField(max_length=60)
    payload = models.JSONField()
    simulated_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    last_fault = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = (
            models.Index(
                fields=("due_at", "id"),
                name="outbox_open",
                condition=Q(delivered_at__isnull=True, parked_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="outbox_delivered_or_parked",
                condition=Q(delivered_at__isnull=True) | Q(parked_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.effect} {self.key}"


class CarriedOutAct(AppendOnly):
    """An act that was carried out under an idempotency key: asked again, it is not done again."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    carried_out_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("actor", "key"), name="one_act_per_key"),)

    def __str__(self) -> str:
        return self.key


class Series(models.Model):
    """The last number given in a series."""

    name = models.CharField(max_length=100, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name
