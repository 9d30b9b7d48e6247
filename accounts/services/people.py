"""Use-cases of people: closing and opening an account, and ending its sessions."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Authority, Organisation, User
from accounts.services.chains import record


def end_sessions(person: User) -> None:
    """Signs the person out everywhere, with their next click."""
    User.objects.filter(pk=person.pk).update(session_generation=F("session_generation") + 1)


@transaction.atomic
def deactivate_person(person: User, *, actor: str, at: datetime) -> User:
    """Closes an account and ends its sessions at once.

    Event `person_deactivated` on the chain of every authority and organisation in which the person has a
    part today or later: their offices and memberships rest from now on.
    """
    return _turn(person, active=False, action="person_deactivated", actor=actor, at=at)


@transaction.atomic
def reactivate_person(person: User, *, actor: str, at: datetime) -> User:
    """Opens a closed account again; event `person_reactivated` on the same chains."""
    return _turn(person, active=True, action="person_reactivated", actor=actor, at=at)


def _turn(person: User, *, active: bool, action: str, actor: str, at: datetime) -> User:
    current = User.objects.select_for_update().get(pk=person.pk)
    if current.is_active == active:
        raise ValidationError(
            _("This account is open already.") if active else _("This account is closed already.")
        )
    if actor == current.actor:
        raise ValidationError(_("Nobody closes or opens their own account. Let another administrator do it."))
    current.is_active = active
    current.save(update_fields=["is_active"])
    end_sessions(current)
    on = at.date()
    runs_on = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    authorities = Authority.objects.filter(offices__tenures__in=current.tenures.filter(runs_on))
    organisations = Organisation.objects.filter(memberships__in=current.memberships.filter(runs_on))
    heads: list[Authority | Organisation] = [
        *Authority.objects.select_for_update().filter(pk__in=authorities.values("pk")).order_by("pk"),
        *Organisation.objects.select_for_update().filter(pk__in=organisations.values("pk")).order_by("pk"),
    ]
    for head in heads:
        record(head, action, facts={"person": str(current.public_id)}, actor=actor, at=at)
    return User.objects.get(pk=current.pk)
