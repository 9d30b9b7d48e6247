"""What every use-case of accounts does: lock a head, validate, write, and append one event to its chain."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Authority, Organisation
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
    return Authority.objects.select_for_update().get(pk=authority.pk)


def locked_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it is now, locked until the transaction ends."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


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
