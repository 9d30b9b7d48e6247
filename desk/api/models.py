"""The answers to calls that changed something, kept so that a call sent twice is carried out once."""

from django.db import models
from django.db.models import Q


class AnsweredCall(models.Model):
    """A call with an idempotency key: what was asked, and once it is carried out, the answer.

    caller        the opaque name of who called
    fingerprint   SHA-256 of method, address and body: another call may not use the key
    begun_at      whoever finds no answer long after carries it out again, under the same key at the door
    body          the answer as JSON text, so that it comes back to the letter as it went
    """

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)  # noqa: DJ001 - no answer is not an empty one

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("caller", "key"), name="one_call_per_key"),
            models.CheckConstraint(
                name="answered_with_a_status", condition=Q(body__isnull=True) | Q(status__isnull=False)
            ),
        )
        indexes = (models.Index(fields=("begun_at",), name="calls_by_age"),)

    def __str__(self) -> str:
        return self.key
