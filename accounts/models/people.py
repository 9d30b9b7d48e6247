"""People who sign in. Their names are personal data: `str()` of a person is the opaque actor name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


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
    # Empty until the person chooses one: until then their browser says which.
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
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
