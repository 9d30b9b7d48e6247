"""Who outside the authority must be told of an act, by when, and when they were; and their addresses."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Office, User
from authorisation.lifecycle_of_announcements import AnnouncementLifecycle
from authorisation.models.authorisations import Authorisation
from authorisation.models.cases import Case
from authorisation.recipients import Recipient


class Announcement(AnnouncementLifecycle):
    """One recipient that must be told of one act: a version, or a change of the authorisation's state.

    act         the step that was taken: `conclude` for the first grant, else that of the authorisation
    event       digest of its event; `version` the version that was made, or that stood then
    whom        which Party (code), registry or standard; empty for the platform and the public
    acted_on    the legal date of the act; `due_on` the last day to tell
    done_on, link   when they were told, and where that can be seen; `by_mail` where the system wrote to them
    """

    class Act(models.TextChoices):
        GRANT = "conclude", _("authorisation")
        AMEND = "amend", _("new version")
        SUSPEND = "suspend", _("suspension")
        RESUME = "resume", _("resumption")
        REVOKE = "revoke", _("revocation")
        SURRENDER = "surrender", _("surrender")
        EXPIRE = "expire", _("expiry")

    lock_rank = 35

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="announcements")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="announcements")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="announcements")
    act = models.CharField(max_length=30, choices=Act.choices)
    event = models.CharField(max_length=64)
    version_told = models.PositiveSmallIntegerField()
    recipient = models.CharField(max_length=20, choices=Recipient.choices)
    whom = models.CharField(max_length=200, blank=True, default="")
    acted_on = models.DateField()
    done_on = models.DateField(null=True)
    link = models.URLField(max_length=500, blank=True, default="")
    note = models.TextField(blank=True, default="")
    by_mail = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("authority", "state", "due_on"), name="announcements_on_the_board"),)
        constraints = (
            models.UniqueConstraint(fields=("event", "recipient", "whom"), name="told_once_of_an_act"),
        )

    def __str__(self) -> str:
        return f"{self.authorisation} {self.act} {self.recipient}"


class Correspondent(models.Model):
    """Where an authority writes to a Party (code), a registry or a standard (name); may be empty."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="correspondents")
    recipient = models.CharField(max_length=20, choices=Recipient.choices)
    whom = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")

    class Meta:
        ordering = ("recipient", "whom")
        constraints = (
            models.UniqueConstraint(fields=("authority", "recipient", "whom"), name="one_address_of_each"),
            models.CheckConstraint(
                name="written_to_by_name",
                condition=Q(recipient__in=["counterpart", "registry", "standard"]) & ~Q(whom=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.recipient} {self.whom}"
