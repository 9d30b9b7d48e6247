"""Parties, authorities, people, organisations, memberships, offices and who holds them; who may act for whom.

Records of the trail's chain (`Authority`, `Organisation`) are written by `accounts.services` only.
Names of people are personal data: `str()` of a person is the opaque actor name, fit for logs and the trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.validators import validate_country, validate_languages, validate_texts, validate_time_zone
from audit.models import ChainHead


class PersonManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is their sign-in name, kept in lower case.

    Whoever opens an account for somebody else answers for the address: it counts as verified. Those who
    sign up by themselves do not come this way.
    """

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """One person; without a password nobody signs in with it. Raises `ValueError` without e-mail."""
        if not email:
            raise ValueError(_("A person needs an e-mail address."))
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        with transaction.atomic(using=self._db):
            person.save(using=self._db)
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """One person who may use the administration pages (reference data and people only)."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this e-mail address, however it is capitalised."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. People are deactivated or pseudonymised, never deleted."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_staff = models.BooleanField(_("may use the administration pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    # Counted up, it ends every session of the person at once, wherever sessions are kept.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email")]

    def __str__(self) -> str:
        return self.actor

    @property
    def actor(self) -> str:
        """How the trail names this person: opaque, and the same for ever."""
        return f"person:{self.public_id}"

    def get_session_auth_hash(self) -> str:
        """What a session must know to go on: it changes with the password and with the generation."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the secrets used before."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes) -> str:
        value = f"{self.session_generation}:{self.password}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """The name as the person writes it."""
        return self.name

    def get_short_name(self) -> str:
        """The name as the person writes it: no rule cuts a name short in every country."""
        return self.name


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
    """A person belongs to an organisation from one day until another, both included."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.organisation.public_id}"


class Function(models.TextChoices):
    """What an office is there for; roles in a case derive from it."""

    DESK_OFFICER = "desk_officer", _("desk officer")
    REVIEWER = "reviewer", _("reviewer")
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
    known from the start.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="tenures")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tenures")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.office} / {self.person}"


class Vetting(models.Model):
    """An authority looks at an organisation before that may act towards it. One answer per question."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="vettings")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="vettings")
    asked_on = models.DateField(_("asked on"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.organisation.public_id} / {self.authority.slug}"


class Invitation(models.Model):
    """A colleague is asked by e-mail to join an organisation. Of the token only the digest is kept."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
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
    """An organisation lets another, such as a consultant, act for it: from-until, or until revoked."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    principal = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_given")
    mandatary = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_held")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
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
        ]

    def __str__(self) -> str:
        return f"{self.mandatary.public_id} for {self.principal.public_id}"
