"""The chain of events, format 1: what a digest covers, how one event binds the next, and its re-computation.

Pure: no database and no clock. A *record* is the JSON object that an event's digest covers, with the digest:

    format              1
    stream, sequence    whose event, and which in order, from 1
    action, from, to    what was done, and between which states
    actor, office       who (opaque), and in which office
    reason, facts       why; and what else is known, a JSON object
    procedure_version, request_id
    time                UTC, ISO 8601 with microseconds and Z
    previous            digest of the event before; of the first, the genesis of the stream
    digest              SHA-256 (hex) of the RFC 8785 text of all of the above

What no chain can show by itself: that its last events were cut off together with every record of them, or
that all of it was computed anew. That needs a digest which has left the house.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from django.utils.translation import gettext as _

from audit.canonical import Json, canonical_text

FORMAT = 1

Record: TypeAlias = dict[str, Json]

_TEXTS = (
    "stream", "action", "from", "to", "actor", "office", "reason", "procedure_version", "request_id", "time",
    "previous", "digest",
)  # fmt: skip
KEYS = frozenset(_TEXTS) | {"format", "sequence", "facts"}

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a trail and where; stream and sequence are None where a fault has no such place."""

    what: str
    stream: str | None = None
    sequence: int | None = None

    def sentence(self) -> str:
        """The fault in one sentence that begins with its place."""
        if self.stream is None:
            return self.what
        if self.sequence is None:
            return _("%(stream)s: %(what)s") % {"stream": self.stream, "what": self.what}
        return _("%(stream)s, event %(sequence)d: %(what)s") % {
            "stream": self.stream,
            "sequence": self.sequence,
            "what": self.what,
        }


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How many events of how many streams were read, and their faults in order of reading."""

    events: int
    streams: int
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not self.faults


def genesis(stream: str) -> str:
    """What the first event of a stream has for its previous digest: it binds the chain to the stream."""
    return hashlib.sha256(b"authorisation-trail/1\n" + stream.encode("utf-8")).hexdigest()


def instant_text(at: datetime) -> str:
    """An instant as the trail writes it, `2026-03-01T08:30:00.000000Z`; raises `ValueError` if naive."""
    if at.utcoffset() is None:
        raise ValueError("The time of an event must be aware of its time zone.")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def digest_of(record: Mapping[str, Json]) -> str:
    """The digest of a record, over everything in it but its own digest. Raises as `canonical_text` does."""
    covered = {key: value for key, value in record.items() if key != "digest"}
    return hashlib.sha256(canonical_text(covered).encode("utf-8")).hexdigest()


def verify(entries: Iterable[Record | Fault]) -> Verdict:
    """Re-compute chains from their genesis, in memory that does not grow with the number of events.

    `entries` are records stream by stream, each stream in order of sequence; an entry that could not be read
    as a record comes as a fault, with its place if that is known. Of every stream the first fault is told:
    what follows a broken link proves nothing.
    """
    events = streams = 0
    faults: list[Fault] = []
    stream: str | None = None
    sequence, previous, broken = 0, "", False
    for entry in entries:
        events += 1
        named = entry.stream if isinstance(entry, Fault) else _text(entry, "stream")
        if named is not None and named != stream:
            streams += 1
            stream, sequence, previous, broken = named, 0, genesis(named), False
        if broken:
            continue
        fault = entry if isinstance(entry, Fault) else _fault_in(entry, sequence + 1, previous)
        if fault is None:
            sequence, previous = sequence + 1, _text(entry, "digest")
        else:
            faults.append(fault)
            broken = True
    return Verdict(events=events, streams=streams, faults=tuple(faults))


def _text(record: Record | Fault, key: str) -> str:
    value = None if isinstance(record, Fault) else record.get(key)
    return value if isinstance(value, str) else ""


def _fault_in(record: Record, sequence: int, previous: str) -> Fault | None:
    """What is wrong with a record that should be number `sequence` and follow the digest `previous`."""
    here = record.get("sequence")
    at = here if type(here) is int else None
    what = _shape_fault(record)
    if what is None and at != sequence:
        what = _("event %(expected)d is missing or out of order.") % {"expected": sequence}
        at = sequence if at is None else at
    if what is None and digest_of(record) != record["digest"]:
        what = _("the digest does not match the content: the event was changed.")
    if what is None and record["previous"] != previous:
        what = (
            _("it does not start from the genesis of its stream.")
            if sequence == 1
            else _("it does not follow the event before it: the link is broken.")
        )
    return None if what is None else Fault(stream=_text(record, "stream"), sequence=at, what=what)


def _shape_fault(record: Record) -> str | None:
    """Why this is not a record of a known format, or None."""
    if type(record.get("format")) is not int or record["format"] != FORMAT:
        return _("the format %(format)s is not known here.") % {"format": repr(record.get("format"))[:40]}
    if record.keys() != KEYS:
        odd = sorted(record.keys() ^ KEYS)
        return _("its parts are not those of an event: %(parts)s.") % {"parts": ", ".join(odd)[:200]}
    wrong = [key for key in _TEXTS if not isinstance(record[key], str)]
    wrong += [] if type(record["sequence"]) is int else ["sequence"]
    wrong += [] if isinstance(record["facts"], dict) else ["facts"]
    if wrong:
        return _("these parts are of the wrong kind: %(parts)s.") % {"parts": ", ".join(wrong)}
    if not _TIME.fullmatch(_text(record, "time")):
        return _("its time is not written as UTC with microseconds.")
    return None
