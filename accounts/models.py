"""Parties, authorities, people, organisations, memberships, offices and who holds them.

Records of the trail's chain (`Authority`, `Organisation`) are written by `accounts.services` only.
Names of people are personal data: `str()` of a person is the opaque actor name, fit for logs and the trail.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.validators import validate_country, validate_languages, validate_texts, validate_time_zone
from audit.models import ChainHead


class PersonManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is their sign-in name, kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """One person; without a password nobody signs in with it. Raises `ValueError` without e-mail."""
        if not email:
            raise ValueError(_("A person needs an e-mail address."))
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
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
    """A person holds an office from one day until another, both included; two people may overlap."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="tenures")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tenures")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.office} / {self.person}"
