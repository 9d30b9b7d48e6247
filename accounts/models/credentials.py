"""What people and programs prove themselves by, besides passwords and second factors."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User


class SetUpCode(models.Model):
    """What a person is handed to show that a second factor is theirs; of the code only the digest is kept.

    As long as one is open, nothing that the person's second factor proves counts. `issued_by` is empty where
    whoever runs the installation issued it.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="set_up_codes")
    code_sha256 = models.CharField(max_length=64, editable=False)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("set-up code")
        verbose_name_plural = _("set-up codes")
        ordering = ["issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(redeemed_at__isnull=True, replaced_at__isnull=True),
                name="one_open_set_up_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.issued_at.isoformat()}"


class Scope(models.TextChoices):
    """What a token opens. A token that names no scope opens nothing."""

    READ = "read", _("read the cases, authorisations and letters of the organisation")
    REPORT = "report", _("report issuance, first transfer, use and cancellation for an entitled registry")


class ServiceAccount(models.Model):
    """A program that acts for an organisation, such as a registry. It has tokens, and no sign-in.

    What it may do follows from its organisation, and ends with it; `ended_at` ends it at once.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="service_accounts")
    name = models.CharField(_("name"), max_length=100)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("service account")
        verbose_name_plural = _("service accounts")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(ended_at__isnull=True),
                name="one_service_account_per_name",
                violation_error_message=_("The organisation has a service account of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.actor

    @property
    def actor(self) -> str:
        """How the trail names this program: opaque, and the same for ever."""
        return f"service:{self.public_id}"


class ServiceToken(models.Model):
    """A secret by which a service account proves itself, told once: only its digest is kept.

    begins         its first signs, by which people tell tokens apart
    last_used_at   to the minute: not every request is a write
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="tokens")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    begins = models.CharField(max_length=12, editable=False)
    scopes = models.JSONField(default=list)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["issued_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="token_expires_after_it_was_issued"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
