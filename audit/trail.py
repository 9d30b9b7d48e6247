"""Writing to the trail and reading from it: what happened, the event made of it, the head that moves on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from django.db import models, transaction

from audit.canonical import Json, canonical_text, parse_canonical, plain_json
from audit.chain import FORMAT, Fault, Record, Verdict, digest_of, genesis, instant_text, verify
from audit.models import ChainHead, Event

__all__ = [
    "ConcurrentAppend",
    "Fault",
    "Happening",
    "Json",
    "Record",
    "Verdict",
    "append",
    "event_record",
    "events_of",
    "linked",
    "verify",
]

_ACTOR = re.compile(r"system|clock|(?:person|service):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

_LENGTHS = MappingProxyType({field.name: field.max_length for field in Event._meta.concrete_fields})


class ConcurrentAppend(Exception):
    """The head of a stream is not where its record was read: somebody else has appended. Read it again."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """What happened, before it has its place in a stream.

    `actor` is `person:` or `service:` and a public id, `system` or `clock`. `facts` are JSON without floats.
    `at` is aware. Personal data goes into none of these in clear, only as a commitment (`audit.commitments`).
    """

    action: str
    actor: str
    at: datetime
    from_state: str = ""
    to_state: str = ""
    office: str = ""
    reason: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
    procedure_version: str = ""
    request_id: str = ""


def linked(head: ChainHead, happening: Happening) -> Event:
    """The unsaved event that would follow the head, which stays as it is.

    Raises `TypeError` for facts that are not JSON (floats, lazy texts, keys that are no texts), `ValueError`
    for a naive time, an actor who is not opaque, an empty action, or a text that a database could not keep.
    """
    stream = head.trail_stream
    facts = plain_json(happening.facts, "facts")
    if not isinstance(facts, dict):
        raise TypeError(f"facts: a {type(happening.facts).__name__} is not an object of named facts.")
    texts = {
        "action": happening.action,
        "from_state": happening.from_state,
        "to_state": happening.to_state,
        "actor": happening.actor,
        "office": happening.office,
        "reason": happening.reason,
        "procedure_version": happening.procedure_version,
        "request_id": happening.request_id,
    }
    instant_text(happening.at)
    event = Event(
        format=FORMAT,
        stream=stream,
        sequence=head.trail_sequence + 1,
        **{name: _kept_text(name, text) for name, text in texts.items()},
        facts=canonical_text(facts),
        time=happening.at.astimezone(UTC),
        previous=head.trail_digest if head.trail_sequence else genesis(stream),
    )
    if not event.action:
        raise ValueError("action: an event must say what was done.")
    if not _ACTOR.fullmatch(event.actor):
        raise ValueError("actor: must be system, clock, or person: or service: and an id; names stay out.")
    event.digest = digest_of(_covered(event, facts))
    return event


def append(head: ChainHead, happening: Happening) -> Event:
    """Write the event that follows the head and move the head to it: one UPDATE, one INSERT, both or neither.

    The caller holds the lock of the head's row. Raises `ConcurrentAppend` when the head was not where this
    instance says, and as `linked` does. A transaction that saw `ConcurrentAppend` can only be rolled back.
    """
    using = head._state.db
    if head._state.adding or using is None:
        raise ValueError(f"{head._meta.label}: a record must be stored before anything can happen to it.")
    event = linked(head, happening)
    # The guarded UPDATE comes first: of two writers the second waits here and is then told,
    # instead of running into the unique place of the first one's event.
    with transaction.atomic(using=using, savepoint=False):
        moved = (
            type(head)
            ._base_manager.using(using)
            .filter(pk=head.pk, trail_sequence=head.trail_sequence, trail_digest=head.trail_digest)
            .update(trail_sequence=event.sequence, trail_digest=event.digest)
        )
        if moved != 1:
            raise ConcurrentAppend(f"{event.stream} has moved on from event {head.trail_sequence}.")
        event.save(using=using)
    head.trail_sequence, head.trail_digest = event.sequence, event.digest
    return event


def events_of(stream: str) -> models.QuerySet[Event]:
    """The events of a stream, in order."""
    return Event.objects.filter(stream=stream).order_by("sequence")


def event_record(event: Event) -> Record:
    """Exactly what the digest of an event covers, and the digest; for exports and for verification.

    Raises `ValueError` when the stored facts are not the canonical text of a JSON object.
    """
    facts = parse_canonical(event.facts)
    if isinstance(facts, dict):
        return {**_covered(event, facts), "digest": event.digest}
    raise ValueError("they are not an object")


def _covered(event: Event, facts: dict[str, Json]) -> Record:
    return {
        "format": event.format,
        "stream": event.stream,
        "sequence": event.sequence,
        "action": event.action,
        "from": event.from_state,
        "to": event.to_state,
        "actor": event.actor,
        "office": event.office,
        "reason": event.reason,
        "facts": facts,
        "procedure_version": event.procedure_version,
        "request_id": event.request_id,
        "time": instant_text(event.time),
        "previous": event.previous,
    }


def _kept_text(name: str, value: str) -> str:
    """The text as both databases keep it; raises `TypeError` or `ValueError` where they would not."""
    text = plain_json(value, name)
    if not isinstance(text, str):
        raise TypeError(f"{name}: {type(value).__name__} is not a text.")
    if "\x00" in text:
        raise ValueError(f"{name}: the text holds a NUL character, which PostgreSQL cannot keep.")
    longest = _LENGTHS.get(name)
    if longest is not None and len(text) > longest:
        raise ValueError(f"{name}: {len(text)} characters, but at most {longest} can be kept.")
    return text
