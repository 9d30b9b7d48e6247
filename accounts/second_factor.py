"""Who must have a second factor, who has one, which proofs count as one, and whose it was shown to be."""

import hashlib
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q

from accounts.models import DECISIVE_FUNCTIONS, SetUpCode, Tenure, User

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
        ended_at__isnull=True,
        person=person,
        office__function__in=DECISIVE_FUNCTIONS,
    ).exists()


def may_lose(authenticator: Authenticator, *, at: datetime) -> bool:
    """Whether the person has another second factor than this one, or needs none."""
    others = Authenticator.objects.filter(user=authenticator.user, type__in=METHODS)
    return others.exclude(pk=authenticator.pk).exists() or not needs_second_factor(authenticator.user, at=at)


def awaits_set_up_code(person: User) -> bool:
    """Whether a code was handed to the person that they have not entered: until then a factor proves nothing.

    One that has run out is awaited too: another must be issued.
    """
    return SetUpCode.objects.filter(
        person=person, redeemed_at__isnull=True, replaced_at__isnull=True
    ).exists()


def needs_set_up_code(person: User, *, at: datetime) -> bool:
    """Whether the person may set up a second factor only with the code that they were handed.

    So it is for the first factor of whoever needs one: a password alone does not decide whose it is.
    """
    if has_second_factor(person):
        return False
    return awaits_set_up_code(person) or needs_second_factor(person, at=at)


def open_set_up_code(person: User, digest: str, *, at: datetime) -> SetUpCode | None:
    """The code of this person with this digest, if it may still be entered."""
    return SetUpCode.objects.filter(
        person=person,
        code_sha256=digest,
        redeemed_at__isnull=True,
        replaced_at__isnull=True,
        expires_at__gt=at,
    ).first()


def digest_of_code(code: str) -> str:
    """What is kept of a set-up code, however it was typed."""
    return hashlib.sha256("".join(code.upper().split()).replace("-", "").encode()).hexdigest()
