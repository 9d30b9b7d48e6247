"""A notice to a person, and whether they want notices by e-mail too."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from authorisation.models import Case
from workflow.models import OutboxMessage


class Audience(models.TextChoices):
    """As what somebody is told: it decides what the notice says."""

    APPLICANT = "applicant", _("applicant or holder")
    DESK = "desk", _("desk")
    BODIES = "bodies", _("reviewing bodies")
    DECIDER = "decider", _("deciding office")
    SIGNERS = "signers", _("signing office")
    DIRECTOR = "director", _("director")


class Notice(models.Model):
    """One person is told of one event, once, whoever they are in the case; the words are made on reading.

    stream, sequence   the event of the trail that it is about
    step               the step, or what the clock did
    until              by when something is due, where it is
    mail               the message by which it goes out as an e-mail, where the person wants that
    mailed_at          when the mail server took it
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    audience = models.CharField(max_length=20, choices=Audience.choices)
    stream = models.CharField(max_length=200)
    sequence = models.PositiveBigIntegerField()
    step = models.CharField(max_length=60)
    until = models.DateField(null=True)
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="+", null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("person", "-id"), name="notices_of_a_person"),
            models.Index(fields=("person",), name="unread_notices", condition=models.Q(read_at__isnull=True)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("person", "stream", "sequence"), name="one_notice_per_person_and_event"
            ),
        )

    def __str__(self) -> str:
        return f"{self.audience} {self.step}"


class NoticePreference(models.Model):
    """Whether a person wants their notices by e-mail too; whoever has said nothing does."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="notice_preference")
    by_mail = models.BooleanField(_("send me my notices by e-mail too"), default=True)

    def __str__(self) -> str:
        return str(self.person)
