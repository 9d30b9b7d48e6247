"""Versions of national procedures that were loaded, word for word. Shipped ones have no record."""

from django.db import models

from accounts.models import Authority
from audit.models import AppendOnly


class ProcedureVersion(AppendOnly):
    """One version of one authority's procedure: the exact text of its file (TOML), under its SHA-256.

    `event` is the digest of the event of the authority's stream that says who loaded it.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="procedure_versions")
    version = models.CharField(max_length=40, unique=True)
    in_force_from = models.DateField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    loaded_by = models.CharField(max_length=60)
    loaded_at = models.DateTimeField()
    event = models.CharField(max_length=64)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="procedure_with_a_text", condition=~models.Q(text="")),)

    def __str__(self) -> str:
        return self.version
