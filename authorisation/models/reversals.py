"""Removals that were reversed and units that were credited in excess, and what replaces them.

Only recorded: nothing of it moves a line, and what was first transferred stands. Volumes are whole t CO2 eq.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnly
from authorisation.models.outcomes import Recording
from projects.models import Activity


class Reversal(AppendOnly):
    """Tonnes of one vintage that are no mitigation any more, or never were; the day is the recording's."""

    class Sort(models.TextChoices):
        REVERSAL = "reversal", _("reversal of removals")
        OVER_CREDITING = "over_crediting", _("credited in excess")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recording = models.OneToOneField(Recording, on_delete=models.PROTECT, related_name="reversal")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="reversals")
    sort = models.CharField(max_length=20, choices=Sort.choices)
    vintage = models.PositiveSmallIntegerField()
    tonnes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="reverses_something", condition=Q(tonnes__gt=0)),)

    def __str__(self) -> str:
        return f"{self.vintage}: {self.tonnes}"


class Replacement(AppendOnly):
    """Units that replace some of it: of a vintage, from a buffer or elsewhere; by serial if they have one."""

    recording = models.OneToOneField(Recording, on_delete=models.PROTECT, related_name="replacement")
    reversal = models.ForeignKey(Reversal, on_delete=models.PROTECT, related_name="replacements")
    vintage = models.PositiveSmallIntegerField()
    tonnes = models.PositiveBigIntegerField()
    serial = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="replaces_something", condition=Q(tonnes__gt=0)),)

    def __str__(self) -> str:
        return f"{self.vintage}: {self.tonnes}"
