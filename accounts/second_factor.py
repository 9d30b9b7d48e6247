"""Who must have a second factor, who has one, and which proofs count as one."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q

from accounts.models import DECISIVE_FUNCTIONS, Tenure, User

# Something a person has, and has shown. A recovery code is a sheet of paper that lets them in to set up a
# new factor; it decides and signs nothing.
METHODS = frozenset({Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value})


def has_second_factor(person: User) -> bool:
    """Whether the person has set up an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=person, type__in=METHODS).exists())


def needs_second_factor(person: User, *, at: datetime) -> bool:
    """Whether the person decides or signs anywhere, manages offices, or administers this installation.

    An office counts from the first instant at which its day has begun anywhere until that day is over
    everywhere: a second factor is asked for too early rather than too late.
    """
    if person.is_staff or person.is_superuser:
        return True
    day = timedelta(days=1)
    return Tenure.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=at.date() - day),
        starts_on__lte=at.date() + day,
        person=person,
        office__function__in=DECISIVE_FUNCTIONS,
    ).exists()


def may_lose(authenticator: Authenticator, *, at: datetime) -> bool:
    """Whether the person has another second factor than this one, or needs none."""
    others = Authenticator.objects.filter(user=authenticator.user, type__in=METHODS)
    return others.exclude(pk=authenticator.pk).exists() or not needs_second_factor(authenticator.user, at=at)
