"""Verification of the trail in a database: every event re-computed, every head compared with its stream."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, Error, connections, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from audit.chain import Fault, Record, Verdict, verify
from audit.models import ChainHead, Event, stream_prefix
from audit.trail import event_record

_CHUNK = 2000

# What reading a row raises where the database let in a value that is no date, number or identifier.
_UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, Error)

# Where a head stands: public id of the record, or last part of the stream's name; sequence; digest.
_Place = tuple[str, int, str]


def verify_database(*, using: str = DEFAULT_DB_ALIAS) -> Verdict:
    """Verify all events and all heads as they stand at one moment, while others may go on writing.

    Memory does not grow with the number of events; the number of queries grows with that of models only.
    A tail that was cut off is found by the head that stands further on.
    """
    with _one_moment(using):
        verdict = verify(_entries(using))
        faults = [*verdict.faults, *_stray_streams(using)]
        for model in _models_with_a_head():
            try:
                faults.extend(_head_faults(model, using))
            except _UNREADABLE as error:
                what = _("The records of %(model)s cannot be read: %(error)s.")
                faults.append(Fault(what=what % {"model": model._meta.label, "error": error}))
    return Verdict(events=verdict.events, streams=verdict.streams, faults=tuple(faults))


@contextmanager
def _one_moment(using: str) -> Iterator[None]:
    """A view of the database that does not change while it is read, without holding up any writer."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # atomic() would take SQLite's write lock where the settings ask for it at the start.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _entries(using: str) -> Iterator[Record | Fault]:
    """All events in order, each as its record, or as a fault where the row cannot be one."""
    last: Event | None = None
    events = Event.objects.using(using).order_by("stream", "sequence")
    try:
        for event in events.iterator(_CHUNK):
            last = event
            try:
                yield event_record(event)
            except (ValueError, TypeError) as error:
                what = _("its facts cannot be read: %(error)s.") % {"error": error}
                yield Fault(stream=event.stream, sequence=_number(event.sequence), what=what)
    except _UNREADABLE as error:
        what = _("the event after this one cannot be read, nor can any further one: %(error)s.")
        yield Fault(
            stream=last.stream if last else None,
            sequence=_number(last.sequence) if last else None,
            what=what % {"error": error},
        )


def _number(value: object) -> int | None:
    return value if type(value) is int else None


def _models_with_a_head() -> list[type[ChainHead]]:
    """Every installed model whose own table holds chain heads, in order of its label."""
    found = [
        model
        for model in apps.get_models()
        if issubclass(model, ChainHead)
        and model._meta.managed
        and model._meta.get_field("trail_sequence").model is model
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def _head_faults(model: type[ChainHead], using: str) -> Iterator[Fault]:
    """Compare every head of a model with the last event of its stream; both are read once, by public id."""
    prefix = stream_prefix(model)
    heads = _heads(model, using)
    tails = _tails(prefix, using)
    head, tail = next(heads, None), next(tails, None)
    while head or tail:
        if isinstance(tail, Fault):
            yield tail
            tail = next(tails, None)
        elif head and tail and head[0] == tail[0]:
            if head != tail:
                yield _misplaced(prefix, head, tail)
            head, tail = next(heads, None), next(tails, None)
        elif head and (tail is None or head[0] < tail[0]):
            if head[1:] != (0, ""):
                what = _("the record stands at event %(head)s, but there is none: the events were removed.")
                yield Fault(stream=prefix + head[0], what=what % {"head": head[1]})
            head = next(heads, None)
        elif tail:
            yield Fault(stream=prefix + tail[0], what=_("it has events, but the record itself is gone."))
            tail = next(tails, None)


def _heads(model: type[ChainHead], using: str) -> Iterator[_Place]:
    rows = model._base_manager.using(using).order_by("public_id")
    places = rows.values_list("public_id", "trail_sequence", "trail_digest")
    for public_id, sequence, digest in places.iterator(_CHUNK):
        yield str(public_id), sequence, digest


def _tails(prefix: str, using: str) -> Iterator[_Place | Fault]:
    """The last event of every stream that begins so; a fault for a name that no such record can have."""
    events = Event.objects.using(using)
    later = events.filter(stream=OuterRef("stream"), sequence__gt=OuterRef("sequence"))
    last = events.filter(~Exists(later), stream__startswith=prefix).order_by("stream")
    for stream, sequence, digest in last.values_list("stream", "sequence", "digest").iterator(_CHUNK):
        name = stream.removeprefix(prefix)
        # Names of public ids sort alike in every collation, so that both sides can be read in step.
        yield (name, sequence, digest) if _is_public_id(name) else _no_record(stream)


def _is_public_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _misplaced(prefix: str, head: _Place, tail: _Place) -> Fault:
    """The fault of a head that is not where its stream ends."""
    numbers = {"head": head[1], "tail": tail[1]}
    if type(head[1]) is not int or type(tail[1]) is not int:
        # SQLite keeps a text also where a number belongs.
        return Fault(stream=prefix + tail[0], what=_("the record or its last event has no number."))
    if head[1] > tail[1]:
        what = _("the record stands at event %(head)d, but the events end at %(tail)d: the tail was cut off.")
    elif head[1] < tail[1]:
        what = _("the record stands at event %(head)d, but there are events up to %(tail)d.")
    else:
        what = _("the record holds another digest than this last event: one of them was changed.")
    return Fault(stream=prefix + tail[0], sequence=tail[1], what=what % numbers)


def _no_record(stream: str) -> Fault:
    return Fault(stream=stream, what=_("it has events, but no record has a stream of this name."))


def _stray_streams(using: str) -> Iterator[Fault]:
    """Streams whose name begins like that of no model."""
    known = Q(pk__in=[])
    for model in _models_with_a_head():
        known |= Q(stream__startswith=stream_prefix(model))
    stray: models.QuerySet[Event, str] = (
        Event.objects.using(using)
        .exclude(known)
        .values_list("stream", flat=True)
        .distinct()
        .order_by("stream")
    )
    for stream in stray.iterator(_CHUNK):
        yield _no_record(stream)
