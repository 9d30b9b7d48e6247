"""Use-cases of people: what an administrator changes of them, closing and opening an account, sessions."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Authority, Organisation, User
from accounts.services.chains import locked_authority, locked_organisations, locked_people, record
from audit.commitments import commit
from audit.trail import Json


def end_sessions(person: User) -> None:
    """Signs the person out everywhere, with their next click."""
    User.objects.filter(pk=person.pk).update(session_generation=F("session_generation") + 1)


def choose_language(person: User, code: str) -> None:
    """Remembers in which language the person reads the pages: a taste, which no trail records."""
    User.objects.filter(pk=person.pk).update(language=code)


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


@transaction.atomic
def change_person(person: User, *, name: str, language: str, is_staff: bool, by: User, at: datetime) -> User:
    """What an administrator changes of a person; event `person_changed` where the person has a part.

    Of the name the trail holds a commitment. Nobody changes their own rank; whoever loses it is signed out.
    """
    current = locked_people([person])[person.pk]
    if is_staff != current.is_staff and by.pk == current.pk:
        raise ValidationError(_("Nobody changes what they may do themself. Let another administrator do it."))
    if not by.is_staff or not by.is_active:
        raise ValidationError(_("People are changed by administrators."))
    facts: dict[str, Json] = {}
    if name != current.name:
        facts["name"] = commit(name, subject=str(current.public_id))
    if language != current.language:
        facts["language"] = language
    if is_staff != current.is_staff:
        facts["administers"] = is_staff
        end_sessions(current)
    current.name, current.language, current.is_staff = name, language, is_staff
    current.full_clean(exclude=["password"])
    current.save(update_fields=["name", "language", "is_staff"])
    if facts:
        tell_everybody_concerned(current, "person_changed", facts=facts, actor=by.actor, at=at)
    return User.objects.get(pk=current.pk)


def _turn(person: User, *, active: bool, action: str, actor: str, at: datetime) -> User:
    current = locked_people([person])[person.pk]
    if current.is_active == active:
        raise ValidationError(
            _("This account is open already.") if active else _("This account is closed already.")
        )
    if actor == current.actor:
        raise ValidationError(_("Nobody closes or opens their own account. Let another administrator do it."))
    current.is_active = active
    current.save(update_fields=["is_active"])
    end_sessions(current)
    tell_everybody_concerned(current, action, facts={}, actor=actor, at=at)
    return User.objects.get(pk=current.pk)


def tell_everybody_concerned(
    person: User, action: str, *, facts: Mapping[str, Json], actor: str, at: datetime
) -> None:
    """Appends an event about a person to the chain of everybody in whom they have a part, today or later."""
    to_come = Q(ended_at__isnull=True) & (Q(ends_on__isnull=True) | Q(ends_on__gte=at.date()))
    organisations = Organisation.objects.filter(memberships__in=person.memberships.filter(to_come))
    authorities = Authority.objects.filter(offices__tenures__in=person.tenures.filter(to_come))
    heads: list[Authority | Organisation] = [
        *locked_organisations(*organisations.distinct()).values(),
        *(locked_authority(authority) for authority in authorities.distinct().order_by("pk")),
    ]
    for head in heads:
        record(head, action, facts={"person": str(person.public_id), **facts}, actor=actor, at=at)
