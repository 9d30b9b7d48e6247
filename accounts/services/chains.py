"""What every use-case of accounts does: lock a head, validate, write, and append one event to its chain.

Locks are taken in this order: people, organisations, authorities; several of a kind by their keys. They keep
others from changing a row, not from referring to it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Authority, Organisation, ServiceAccount, User
from audit.models import ChainHead
from audit.trail import Happening, Json, append


def write(record: models.Model) -> None:
    """Validates and stores a new record. Raises ValidationError."""
    record.full_clean()
    record.save(force_insert=True)


def record(head: ChainHead, action: str, *, facts: Mapping[str, Json], actor: str, at: datetime) -> None:
    """Appends an event to the chain of a head that the caller has locked."""
    append(head, Happening(action=action, facts=facts, actor=actor, at=at))


def locked_authority(authority: Authority) -> Authority:
    """The authority as it is now, locked until the transaction ends."""
    return Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)


def locked_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it is now, locked until the transaction ends."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def locked_organisations(*organisations: Organisation) -> dict[int, Organisation]:
    """Several organisations, locked one after the other so that nobody waits in a circle; by their keys."""
    return {one.pk: locked_organisation(one) for one in sorted(organisations, key=lambda one: one.pk)}


def locked_people(people: Iterable[User]) -> dict[int, User]:
    """People as they are now, locked until the transaction ends; by their keys.

    Whoever takes something from a person holds this lock, and so does the door while the person acts: of an
    act and the end of the right to it one comes first, and an act never comes after.
    """
    keys = sorted({person.pk for person in people})
    return {key: User.objects.select_for_update(no_key=True).get(pk=key) for key in keys}


def hold(person: User, organisation: Organisation | None = None) -> None:
    """Keeps what the person may do, also for the organisation, as it is until the transaction ends."""
    locked_people([person])
    if organisation is not None:
        locked_organisation(organisation)


def hold_account(account: ServiceAccount) -> None:
    """The same for a program: whoever ends its account, or its organisation's rights, waits or came first."""
    locked_organisation(account.organisation)
    ServiceAccount.objects.select_for_update(no_key=True).get(pk=account.pk)


def iso(day: date | None) -> str | None:
    """A day as facts write it."""
    return day.isoformat() if day else None


def begun_everywhere(at: datetime) -> date:
    """The last day that has begun in every time zone: organisations work with authorities of many."""
    return (at - timedelta(hours=12)).date()


def refuse_overlap(spans: Iterable[tuple[date, date | None]], message: str) -> None:
    """Refuses if two of the spans (first day, last day or open) share a day."""
    for (_start, earlier_end), (later_start, _end) in pairwise(sorted(spans, key=lambda span: span[0])):
        if earlier_end is None or earlier_end >= later_start:
            raise ValidationError(message)
