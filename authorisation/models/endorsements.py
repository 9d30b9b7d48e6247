"""What a letter of intent or of no objection creates: the way to an application, without any lines."""

from django.db import models

from accounts.models import Authority, Organisation
from audit.models import AppendOnly
from authorisation.lifecycle_of_endorsements import EndorsementLifecycle
from authorisation.models.cases import Case
from projects.models import Activity


class Endorsement(EndorsementLifecycle):
    """An endorsement in force, used, lapsed or withdrawn. The letter is known by its opaque id and digest.

    valid_until     the last day on which it is in force unused; none without an end
    reminders_due   whether its procedure promises the holder reminders before it lapses
    """

    lock_rank = 25

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="endorsements")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="endorsement")
    kind = models.CharField(max_length=30)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="endorsements")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="endorsements")
    letter = models.UUIDField()
    letter_sha256 = models.CharField(max_length=64)
    effective_on = models.DateField()
    valid_until = models.DateField(null=True)
    reminders_due = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("state", "valid_until"), name="endorsements_that_may_lapse"),)

    def __str__(self) -> str:
        return f"{self.kind} / {self.case}"


class EndorsementReminder(AppendOnly):
    """The holder was reminded that an endorsement will lapse: once for each day that its procedure names."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.PROTECT, related_name="reminders")
    day = models.DateField()
    reminded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("endorsement", "day"), name="one_endorsement_reminder_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.endorsement} / {self.day}"
