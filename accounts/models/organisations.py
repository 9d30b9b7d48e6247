"""Organisations: who belongs to them, who acts for them, and which authorities let them in."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.authorities import Authority
from accounts.models.people import User
from accounts.validators import validate_country
from audit.models import ChainHead


class Organisation(ChainHead):
    """The account of people who work together: an applicant, a holder, a consultant, a State body."""

    name = models.CharField(_("name"), max_length=300)
    name_latin = models.CharField(_("name in Latin script"), max_length=300, blank=True)
    country = models.CharField(_("country of incorporation"), max_length=3, validators=[validate_country])
    identification = models.CharField(_("identification number there"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "identification"],
                condition=~Q(identification=""),
                name="one_organisation_per_identification",
                violation_error_message=_("An organisation with this identification number exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person belongs to an organisation from one day until another, both included, or ended at once."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    # The instant at which it was ended at once; `ends_on` is then that day, and gives nothing any more.
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("A membership cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ends_on__isnull=False),
                name="membership_ended_at_once_has_a_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.organisation.public_id}"


class Vetting(models.Model):
    """An authority looks at an organisation before that may act towards it. One answer per question.

    What was accepted may be withdrawn; the organisation may then ask anew.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", pgettext_lazy("organisation", "refused")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="vettings")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="vettings")
    asked_on = models.DateField(_("asked on"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    # The organisation is part of the State of the authority; `unit` is that of the authority it belongs to.
    of_the_state = models.BooleanField(_("part of the State"), default=False)
    unit = models.CharField(_("unit of the authority"), max_length=100, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_reasons = models.TextField(_("reasons of the withdrawal"), blank=True)

    class Meta:
        verbose_name = _("vetting")
        verbose_name_plural = _("vettings")
        ordering = ["asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "authority"],
                condition=Q(outcome=""),
                name="one_open_vetting",
                violation_error_message=_(
                    "The authority has been asked to look at this organisation already."
                ),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_on__isnull=True, decided_by__isnull=True)
                | Q(outcome__in=["accepted", "refused"], decided_on__isnull=False, decided_by__isnull=False),
                name="vetting_decided_by_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(unit="") | Q(of_the_state=True), name="vetting_unit_of_the_state"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawal_reasons="")
                | (
                    Q(outcome="accepted", withdrawn_on__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawal_reasons="")
                ),
                name="vetting_withdrawn_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.public_id} / {self.authority.slug}"


class Invitation(models.Model):
    """A colleague is asked by e-mail to join an organisation. Of the token only the digest is kept.

    Of an organisation known from paper alone nobody could ask: its first person is invited by the desk of
    the `authority` that knows it.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["invited_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="invitation_accepted_by_somebody_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Mandate(models.Model):
    """An organisation lets another, such as a consultant, act for it: from-until, or until revoked.

    An organisation without an account here gives it on paper: somebody of the mandatary records it
    (`given_by`) for one authority, towards which alone it holds, once that has confirmed the paper.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    principal = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_given")
    mandatary = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_held")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(
        Authority,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        help_text=_("for a mandate on paper: towards which authority it holds"),
    )
    paper_reference = models.CharField(_("reference of the paper"), max_length=200, blank=True)
    paper_dated_on = models.DateField(_("date of the paper"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="mandate_ends_after_it_starts",
                violation_error_message=_("A mandate cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("mandatary")),
                name="mandate_is_for_another",
                violation_error_message=_("An organisation needs no mandate from itself."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="mandate_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(authority__isnull=True, paper_reference="", paper_dated_on__isnull=True)
                | (Q(authority__isnull=False, paper_dated_on__isnull=False) & ~Q(paper_reference="")),
                name="mandate_on_paper_names_the_paper",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(authority__isnull=False, confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="mandate_on_paper_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandatary.public_id} for {self.principal.public_id}"
