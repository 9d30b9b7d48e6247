"""From the outbox: an export is made turn by turn, each of seconds, and goes on where the last one ended.

A worker may die in any turn, and is allowed minutes for each: what a turn has written is a part of the
export, kept with where the next goes on, in one transaction. The rows are those of one instant as long as
they are read in one turn; where there are more, each turn has its own, and the manifest names them. The bytes
of an export are those of its parts one after the other: members of gzip, which together are one, around the
members of one tar.
"""

import gzip
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from accounts.services.chains import locked_authority
from desk.exporting.models import Export, ExportPart
from desk.exporting.services import EFFECT, KEPT, STORE, tell
from desk.exporting.writing import (
    Enough,
    Place,
    Writing,
    bounds_of,
    documents_of,
    last_rows,
    letters_of,
    one_instant,
    write_files,
    write_manifest,
    write_procedures,
    write_rows,
)
from workflow import outbox
from workflow.actors import SYSTEM
from workflow.clock import RealClock
from workflow.effects import Delivery

# A turn copies files for so long, or so many bytes of them, and then gives way to what else is due.
SECONDS = 20.0
# Rows are read for longer, so that those of nearly every authority are of one instant. A worker is allowed
# four minutes (config/celery.py), and what was read takes some seconds to be packed.
ROWS_SECONDS = 100.0
BYTES = 256 * 1024 * 1024
# Begun so often, a turn was broken off by more than chance.
MOST_TRIES = 3
_BLOCK = 512
_END = b"\0" * (2 * _BLOCK)


@dataclass(frozen=True, kw_only=True)
class _Came:
    """What a turn came to: the stage that follows, None after the last, and where it goes on there."""

    stage: Export.Stage | None
    cursor: int = 0
    looked_at: int = 0
    bounds: Mapping[str, Any] = field(default_factory=dict)
    total: int = 0


def carry_on(delivery: Delivery) -> None:
    """One turn of an export, if its turn has come. What fails is tried again, and then has failed aloud."""
    turn = cast(int, delivery.payload["turn"])
    export = _begun(UUID(str(delivery.payload["export"])), turn)
    if export is None:
        return
    try:
        with TemporaryDirectory() as folder:
            writing = Writing(Path(folder) / "part")
            came = _STAGES[Export.Stage(export.stage)](export, writing)
            name, size = _kept(export, writing, is_last=came.stage is None)
    except Exception as fault:
        Export.objects.filter(pk=export.pk, turn=turn).update(fault=type(fault).__name__[:200])
        raise
    if not _went_on(export, turn, writing, came, name, size):
        storages[STORE].delete(name)


@transaction.atomic
def _begun(public_id: UUID, turn: int) -> Export | None:
    """The export; None where this turn is over, or was begun too often."""
    head = locked_authority(Export.objects.select_related("authority").get(public_id=public_id).authority)
    export = Export.objects.select_for_update().get(public_id=public_id)
    if export.standing != Export.Standing.RUNNING or export.turn != turn:
        return None
    if export.tries >= MOST_TRIES:
        at = RealClock().now()
        export.standing, export.ended_at = Export.Standing.FAILED, at
        export.save(update_fields=["standing", "ended_at"])
        tell(export, head, "export_failed", actor=SYSTEM, at=at, fault=export.fault)
        return None
    export.tries += 1
    export.save(update_fields=["tries"])
    export.authority = head
    return export


def _rows(export: Export, writing: Writing) -> _Came:
    authority, begun = export.authority, RealClock().now()
    with one_instant():
        bounds: dict[str, Any] = export.bounds or {
            **bounds_of(authority),
            "rows": last_rows(),
            "place": Place().as_json(),
            "read_at": [],
        }
        place = write_rows(
            writing,
            authority,
            since=Place(**bounds["place"]),
            until=bounds["rows"],
            enough=_enough(writing, ROWS_SECONDS),
        )
        versions = set(authority.cases.values_list("procedure_version", flat=True))
        of_documents = documents_of(authority, until=bounds["documents"])
        total = of_documents.count() + letters_of(authority, until=bounds["letters"]).count()
    bounds = {**bounds, "read_at": [*bounds["read_at"], begun.isoformat()]}
    if place is not None:
        return _Came(stage=Export.Stage.ROWS, bounds={**bounds, "place": place.as_json()}, total=total)
    write_procedures(writing, authority, versions)
    return _Came(stage=Export.Stage.DOCUMENTS, bounds=bounds, total=total)


def _documents(export: Export, writing: Writing) -> _Came:
    found = documents_of(export.authority, after=export.cursor, until=export.bounds["documents"])
    return _copied(
        Export.Stage.DOCUMENTS, Export.Stage.LETTERS, write_files(writing, found, _enough(writing, SECONDS))
    )


def _letters(export: Export, writing: Writing) -> _Came:
    found = letters_of(export.authority, after=export.cursor, until=export.bounds["letters"])
    written = write_files(writing, found, _enough(writing, SECONDS))
    return _copied(Export.Stage.LETTERS, Export.Stage.CLOSING, written)


def _copied(stage: Export.Stage, then: Export.Stage, written: tuple[int | None, int]) -> _Came:
    cursor, looked_at = written
    if cursor is None:
        return _Came(stage=then, looked_at=looked_at)
    return _Came(stage=stage, cursor=cursor, looked_at=looked_at)


def _closing(export: Export, writing: Writing) -> _Came:
    parts = ExportPart.objects.filter(export=export).order_by("number")
    for files, lost in parts.values_list("files", "lost").iterator():
        writing.files += files
        writing.lost += lost
    read_at = [datetime.fromisoformat(instant) for instant in export.bounds.get("read_at", ())]
    write_manifest(writing, export.authority, export.asked_at, rows_read_at=read_at)
    return _Came(stage=None)


_STAGES: Mapping[Export.Stage, Callable[[Export, Writing], _Came]] = {
    Export.Stage.ROWS: _rows,
    Export.Stage.DOCUMENTS: _documents,
    Export.Stage.LETTERS: _letters,
    Export.Stage.CLOSING: _closing,
}


def _enough(writing: Writing, seconds: float) -> Enough:
    begun = monotonic()
    return lambda: monotonic() - begun >= seconds or writing.size >= BYTES


@transaction.atomic
def _went_on(export: Export, turn: int, writing: Writing, came: _Came, name: str, size: int) -> bool:
    """Keeps what the turn wrote and where the next goes on; false where somebody else did so already."""
    head = locked_authority(export.authority)
    current = Export.objects.select_for_update().get(pk=export.pk)
    if current.standing != Export.Standing.RUNNING or current.turn != turn:
        return False
    at, is_last = RealClock().now(), came.stage is None
    ExportPart.objects.create(
        export=current,
        number=turn,
        name=name,
        size=size,
        # The last one holds the list of all files.
        files=[] if is_last else writing.files,
        lost=[] if is_last else writing.lost,
    )
    current.turn, current.tries, current.cursor, current.fault = turn + 1, 0, came.cursor, ""
    current.done, current.size = current.done + came.looked_at, current.size + size
    current.lost = len(writing.lost) if is_last else current.lost + len(writing.lost)
    if current.stage == Export.Stage.ROWS:
        current.bounds, current.total = dict(came.bounds), came.total
    if came.stage is None:
        current.standing, current.ended_at, current.expires_at = Export.Standing.READY, at, at + KEPT
        tell(current, head, "export_ready", actor=SYSTEM, at=at, size=current.size, lost=current.lost)
    else:
        current.stage = came.stage
        outbox.enqueue(
            EFFECT,
            {"export": str(current.public_id), "turn": current.turn},
            clock=RealClock(),
            wait=timedelta(),
        )
    current.save()
    return True


def _kept(export: Export, writing: Writing, *, is_last: bool) -> tuple[str, int]:
    """Stores what was written as one part, and gives its name there and its size."""
    with TemporaryFile() as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=5, mtime=0) as zipped:
            for path in sorted(each for each in writing.folder.rglob("*") if each.is_file()):
                _add(cast(BinaryIO, zipped), export, path, str(path.relative_to(writing.folder)))
            if is_last:
                zipped.write(_END)
        size = packed.tell()
        packed.seek(0)
        name = storages[STORE].save(f"{export.public_id}/{export.turn:06d}.part", File(packed))
    return name, size


def _add(archive: BinaryIO, export: Export, path: Path, name: str) -> None:
    """A member of a tar: its head, its bytes, and as many more as fill a block."""
    told = tarfile.TarInfo(f"{export.authority.slug}-export/{name}")
    told.size, told.mode, told.mtime = path.stat().st_size, 0o600, int(export.asked_at.timestamp())
    archive.write(told.tobuf(format=tarfile.GNU_FORMAT))
    with path.open("rb") as content:
        copyfileobj(content, archive)
    archive.write(b"\0" * (-told.size % _BLOCK))
