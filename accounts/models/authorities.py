"""Parties, their authorities, and the offices in which people act for them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.validators import validate_languages, validate_texts, validate_time_zone
from audit.models import ChainHead


class Party(models.Model):
    """A State or organisation that is, or was, a Party to the Paris Agreement.

    `joined_on` is empty for those that joined before 2021: no outcome of an earlier year can be authorised.
    """

    code = models.CharField(_("code"), max_length=3, unique=True, help_text=_("ISO 3166-1 alpha-3, or EUE"))
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left with effect of"), null=True, blank=True)

    class Meta:
        verbose_name = _("Party")
        verbose_name_plural = _("Parties")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_on__isnull=True)
                | Q(left_on__isnull=True)
                | Q(left_on__gte=F("joined_on")),
                name="party_joins_before_it_leaves",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Authority(ChainHead):
    """The designated national authority of one Party."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="authority")
    slug = models.SlugField(max_length=50, unique=True)
    name = models.JSONField(help_text=_("one text per language"), validators=[validate_texts])
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    languages = models.JSONField(help_text=_("the first is the default"), validators=[validate_languages])

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def legal_date(self, at: datetime) -> date:
        """The authority's date at an instant, in its own time zone."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


class Function(models.TextChoices):
    """What an office is there for; roles in a case derive from it."""

    DESK_OFFICER = "desk_officer", _("desk officer")
    REVIEWER = "reviewer", _("reviewer")
    CHAIR = "chair", _("chair")
    DECIDER = "decider", _("decider")
    SIGNER = "signer", _("signer")
    DIRECTOR = "director", _("director")


# Offices that decide or sign, or that say who does: their holders need a second factor.
DECISIVE_FUNCTIONS = frozenset({Function.DECIDER, Function.SIGNER, Function.DIRECTOR})


class Office(models.Model):
    """A function of an authority that people hold from-until; an office signs, not a person."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="offices")
    function = models.CharField(_("function"), max_length=20, choices=Function.choices)
    body = models.CharField(
        _("body"), max_length=100, blank=True, help_text=_("the reviewing body it sits in")
    )
    title = models.JSONField(help_text=_("one text per language"), validators=[validate_texts])

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["authority", "function", "body", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(function__in=Function.values), name="office_has_a_known_function"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority.slug}/{self.function}"


class Tenure(models.Model):
    """A person holds an office from one day until another, both included; two people may overlap.

    A deputy holds it in the stead of another holder, who is absent or has delegated it, until a day that is
    known from the start. A tenure that was ended at once gives nothing from that instant on.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="tenures")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tenures")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    # The instant at which it was ended at once; `ends_on` is then that day, and gives nothing any more.
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    deputy_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("in the stead of"),
    )

    class Meta:
        verbose_name = _("tenure")
        verbose_name_plural = _("tenures")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="tenure_ends_after_it_starts",
                violation_error_message=_("A tenure cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(deputy_of__isnull=True) | Q(ends_on__isnull=False),
                name="deputy_until_a_known_day",
                violation_error_message=_("A deputy holds the office until a day that is known."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ends_on__isnull=False),
                name="tenure_ended_at_once_has_a_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} / {self.person}"


class OfficeInvitation(models.Model):
    """The first director of an authority is asked to hold the office. Of both secrets only digests are kept.

    `token_sha256` is of the link, `set_up_sha256` of the code with which the second factor is then set up.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    set_up_sha256 = models.CharField(max_length=64, editable=False)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation to an office")
        verbose_name_plural = _("invitations to offices")
        ordering = ["invited_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="office_invitation_accepted_by_somebody_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
