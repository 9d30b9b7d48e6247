"""Whose a second factor is: codes handed over by those who answer for it, and what to do when one is lost."""

import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, SetUpCode, User
from accounts.second_factor import (
    awaits_set_up_code,
    digest_of_code,
    has_second_factor,
    needs_second_factor,
    open_set_up_code,
)
from accounts.selectors import holds_function
from accounts.services.chains import locked_authority, locked_people
from accounts.services.people import end_sessions, tell_everybody_concerned

HOLDS = timedelta(days=14)

# Letters and digits that nobody takes for one another on paper; sixty bits in twelve of them (RFC 4648, 6).
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def new_code() -> str:
    """A code to be told once, in groups of four."""
    return "-".join("".join(secrets.choice(_SIGNS) for _sign in range(4)) for _group in range(3))


def code_for_office(person: User, *, by: User, at: datetime) -> str:
    """The code that goes with an office that asks for a second factor; empty where it was confirmed before.

    One that the person set up before they needed it was nobody's concern: it counts once they confirm it.
    """
    confirmed = has_second_factor(person) and needs_second_factor(person, at=at)
    if confirmed and not awaits_set_up_code(person):
        return ""
    return issue_set_up_code(person, by=by, at=at)


@transaction.atomic
def issue_set_up_code(person: User, *, by: User | None, at: datetime) -> str:
    """A new code, told once; one issued before no longer holds. `by` None: the installation."""
    code = new_code()
    keep_set_up_code(person, digest=digest_of_code(code), by=by, at=at)
    return code


def keep_set_up_code(person: User, *, digest: str, by: User | None, at: datetime) -> SetUpCode:
    """Stores the digest of a code that was told already; one issued before no longer holds."""
    SetUpCode.objects.filter(person=person, redeemed_at__isnull=True, replaced_at__isnull=True).update(
        replaced_at=at
    )
    return SetUpCode.objects.create(
        person=person, code_sha256=digest, issued_by=by, issued_at=at, expires_at=at + HOLDS
    )


@transaction.atomic
def redeem_set_up_code(person: User, *, digest: str, at: datetime) -> SetUpCode:
    """Takes the second factor that the person has just shown, or set up, for theirs; it counts from now on.

    Event `second_factor_confirmed` wherever they have a part. ValidationError for a code that does not hold.
    """
    current = locked_people([person])[person.pk]
    found = open_set_up_code(current, digest, at=at)
    if found is None or not has_second_factor(current):
        raise ValidationError(_("This code does not hold, or no longer. Ask for a new one."))
    found.redeemed_at = at
    found.save(update_fields=["redeemed_at"])
    tell_everybody_concerned(current, "second_factor_confirmed", facts={}, actor=current.actor, at=at)
    return found


@transaction.atomic
def reset_second_factor(person: User, *, authority: Authority, by: User, at: datetime) -> str:
    """Takes a lost second factor away, recovery codes too, and ends all sessions; the new code, told once.

    By a director of the authority, for whoever holds an office of it, and never for oneself. Event
    `second_factor_reset` wherever the person has a part.
    """
    current = locked_people([person])[person.pk]
    head = locked_authority(authority)
    on = head.legal_date(at)
    if not holds_function(by, Function.DIRECTOR, authority=head, on=on):
        raise ValidationError(
            _("The offices of this authority are managed by whoever directs it today. Ask a director.")
        )
    if by.pk == current.pk:
        raise ValidationError(_("Nobody resets their own second factor. Let another director do it."))
    given = current.tenures.filter(office__authority=head, ended_at__isnull=True)
    if not given.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)).exists():
        raise ValidationError(_("This person holds no office of the authority."))
    return _reset(current, actor=by.actor, by=by, at=at)


@transaction.atomic
def reset_by_installation(person: User, *, at: datetime) -> str:
    """The same by whoever runs the installation: for its administrators, and for an only director."""
    return _reset(locked_people([person])[person.pk], actor="system", by=None, at=at)


def _reset(person: User, *, actor: str, by: User | None, at: datetime) -> str:
    Authenticator.objects.filter(user=person).delete()
    code = issue_set_up_code(person, by=by, at=at)
    end_sessions(person)
    tell_everybody_concerned(person, "second_factor_reset", facts={}, actor=actor, at=at)
    return code
