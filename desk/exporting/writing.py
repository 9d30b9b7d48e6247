"""Writes an export: a file of JSON lines for each model, the files of documents and letters, and a manifest.

Rows are named by their public ids, and where they have none by names that are made of what they are: primary
keys stay here. What rows say of each other they say by these names.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid5

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import Max, Min, QuerySet

from accounts.models import Authority, Organisation, Party, User
from audit.models import ChainHead, Event
from authorisation.procedures.shipped import SHIPPED, text_shipped
from desk.exporting.owned import BY_CHAIN, LEFT_OUT, OWNED, Owned
from letters import storage
from letters.models import Letter
from projects.content_store import BytesLost
from projects.documents import document_bytes
from projects.models import Document

FORMAT, VERSION = "authority-export", 1
_AT_ONCE = 500
# Their chains tell of people and of organisations, also of what they do elsewhere.
_CHAINS_OF_OTHERS = (User, Organisation)
Told = Callable[[str, int], None]
Enough = Callable[[], bool]


class NotEmpty(ValueError):
    """There is something at the place already."""


class Writing:
    """The folder that is written, with an account of every file."""

    def __init__(self, folder: Path) -> None:
        if folder.exists() and any(folder.iterdir()):
            raise NotEmpty(f"{folder} is not empty. An export is never written over.")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.files: list[dict[str, Any]] = []
        self.lost: list[str] = []
        self._whole = 0
        self._open: _File | None = None

    @property
    def size(self) -> int:
        """Bytes that were written so far, those of the file that is open included."""
        return self._whole + (self._open.size if self._open is not None else 0)

    @contextmanager
    def file(self, path: str) -> Iterator["_File"]:
        """A new file below the folder, which is accounted for once it is whole."""
        target = self.folder / path
        target.parent.mkdir(exist_ok=True, mode=0o700)
        with target.open("xb") as opened:
            self._open = written = _File(opened)
            yield written
        self._whole, self._open = self._whole + written.size, None
        self.files.append(
            {"path": path, "size": written.size, "sha256": written.digest.hexdigest(), "rows": written.rows}
        )


class _File:
    def __init__(self, opened: BinaryIO) -> None:
        self._opened, self.digest, self.size, self.rows = opened, hashlib.sha256(), 0, 0

    def write(self, content: bytes) -> None:
        """More of the file."""
        self._opened.write(content)
        self.digest.update(content)
        self.size += len(content)

    def row(self, row: dict[str, Any]) -> None:
        """One line."""
        self.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n")
        self.rows += 1


@dataclass(frozen=True, kw_only=True)
class Files:
    """Rows with the files that are kept for each, in the order of their keys."""

    kind: str
    rows: QuerySet[Any]
    of: Callable[[Any], Iterable[tuple[str, Callable[[], bytes]]]]

    def count(self) -> int:
        """How many rows there are."""
        return self.rows.count()

    def each(self) -> Iterator[tuple[int, Iterable[tuple[str, Callable[[], bytes]]]]]:
        """By the key of the row, the name of each file and how its bytes are fetched."""
        for row in self.rows.order_by("pk").iterator(_AT_ONCE):
            yield row.pk, self.of(row)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the reading of rows goes on.

    source  which of the sources is read
    after   the last key of it that was read
    piece   which piece of its file is written next
    """

    source: int = 0
    after: int = 0
    piece: int = 1

    def as_json(self) -> dict[str, int]:
        """As it is kept between two turns."""
        return asdict(self)


# Of a source, keys in their order, and the rows that were read up to each: no more at once than `_AT_ONCE`.
_Chunks = Iterator[tuple[int, Iterable[dict[str, Any]]]]


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Rows for the file of a model. `read`: of an authority after a key, and up to those that are given."""

    model: type[models.Model]
    read: Callable[[Authority, int, Mapping[str, int]], _Chunks]


def export(
    authority: Authority, folder: Path, *, at: datetime, tell: Told = lambda _what, _many: None
) -> list[str]:
    """Writes everything that the authority owns into an empty folder; returns what is lost, which is none.

    The rows are those of one instant. `tell` hears of each file of rows, and now and then of the others.
    Raises NotEmpty.
    """
    writing = Writing(folder)
    with one_instant():
        write_rows(writing, authority, tell)
        versions = set(authority.cases.values_list("procedure_version", flat=True))
        bounds = bounds_of(authority)
    write_procedures(writing, authority, versions)
    write_files(writing, documents_of(authority, until=bounds["documents"]), tell=tell)
    write_files(writing, letters_of(authority, until=bounds["letters"]), tell=tell)
    write_manifest(writing, authority, at, rows_read_at=[at])
    return writing.lost


def write_rows(
    writing: Writing,
    authority: Authority,
    tell: Told = lambda _what, _many: None,
    *,
    since: Place = Place(),
    until: Mapping[str, int] | None = None,
    enough: Enough = lambda: False,
) -> Place | None:
    """The rows of every model, and the trail, streamed. Inside `one_instant`.

    Goes on `since` a place, up to the rows that `last_rows` gave, until all are read, which is None, or
    `enough` says so: looked at after each chunk. Gives the place where the next goes on then.
    """
    sources, at, last = _sources(), since, until if until is not None else last_rows()
    while at.source < len(sources):
        model = sources[at.source].model
        piece = f".{at.piece}" if at.piece > 1 else ""
        with writing.file(f"rows/{model._meta.label}{piece}.jsonl") as file:
            at, is_broken_off = _pour(file, sources, at, authority, last, enough)
        tell(model._meta.label, file.rows)
        if is_broken_off or (at.source < len(sources) and enough()):
            return at
    return None


def _pour(
    file: "_File",
    sources: Sequence[_Source],
    at: Place,
    authority: Authority,
    last: Mapping[str, int],
    enough: Enough,
) -> tuple[Place, bool]:
    """Fills a file with the rows of its sources, at least one chunk.

    Gives where it came, and whether it broke off before the file was whole.
    """
    model = sources[at.source].model
    while at.source < len(sources) and sources[at.source].model is model:
        for key, rows in sources[at.source].read(authority, at.after, last):
            if file.rows and enough():
                return replace(at, piece=at.piece + 1), True
            for row in rows:
                file.row(row)
            at = replace(at, after=key)
        at = replace(at, source=at.source + 1, after=0)
    return replace(at, piece=1), False


def last_rows() -> dict[str, int]:
    """The last row of every model by its label, by primary key: later ones are in no file of this export."""
    told = (*OWNED, BY_CHAIN)
    return {model._meta.label: model._base_manager.aggregate(last=Max("pk"))["last"] or 0 for model in told}


def bounds_of(authority: Authority) -> dict[str, int]:
    """The last document and the last letter of it, by primary key: later ones have no rows here."""
    return {
        "documents": Document.objects.filter(authority=authority).aggregate(last=Max("pk"))["last"] or 0,
        "letters": Letter.objects.filter(authority=authority).aggregate(last=Max("pk"))["last"] or 0,
    }


def documents_of(authority: Authority, *, after: int = 0, until: int | None = None) -> Files:
    """The documents, each content once: with the first row that cites it."""
    own = Document.objects.filter(authority=authority)
    firsts = own.order_by().values("sha256").annotate(first=Min("pk")).values("first")
    return Files(kind="documents", rows=_between(own.filter(pk__in=firsts), after, until), of=_of_document)


def letters_of(authority: Authority, *, after: int = 0, until: int | None = None) -> Files:
    """The letters, each with every file that was made of it, those of the way over paper included."""
    own = Letter.objects.filter(authority=authority).prefetch_related("paper_records")
    return Files(kind="letters", rows=_between(own, after, until), of=_of_letter)


def _between(rows: QuerySet[Any], after: int, until: int | None) -> QuerySet[Any]:
    found = rows.filter(pk__gt=after)
    return found if until is None else found.filter(pk__lte=until)


def _of_document(document: Document) -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield document.sha256, lambda: document_bytes(document)


def _of_letter(letter: Letter) -> Iterator[tuple[str, Callable[[], bytes]]]:
    copies = [record.copy_sha256 for record in letter.paper_records.all()]
    made = (letter.unsigned_sha256, letter.paper_sha256, letter.signed_sha256, letter.public_sha256, *copies)
    for digest in dict.fromkeys(made):
        if digest:
            yield f"{digest}.pdf", partial(storage.fetch, digest)


@contextmanager
def one_instant() -> Iterator[None]:
    """All that is read inside is as it was when it began. On SQLite nobody else writes meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def name_of(model: type[models.Model], key: Any) -> str:
    """What a row without a public id is called: the same in every export of this installation."""
    space = UUID(hashlib.md5(settings.PUBLIC_URL.encode(), usedforsecurity=False).hexdigest())
    return str(uuid5(space, f"{model._meta.label}:{key}"))


def _sources() -> list[_Source]:
    """What is read, one after the other; the trail last, chain by chain."""
    return [
        *(_Source(model=model, read=partial(_rows, model, owned)) for model, owned in OWNED.items()),
        *(
            _Source(model=BY_CHAIN, read=partial(_events, model, owned))
            for model, owned in OWNED.items()
            if issubclass(model, ChainHead) and model not in _CHAINS_OF_OTHERS
        ),
    ]


def _rows(
    model: type[models.Model], owned: Owned, authority: Authority, after: int, last: Mapping[str, int]
) -> _Chunks:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (not owned.only or field.name in owned.only)
    ]
    asked = ["pk", *(_asked(field) for field in fields)]
    rows = _between(owned.rows(model, authority), after, last[model._meta.label])
    found = rows.values(*asked).iterator(_AT_ONCE)
    while chunk := list(islice(found, _AT_ONCE)):
        yield chunk[-1]["pk"], (_line(model, fields, each) for each in chunk)


def _line(model: type[models.Model], fields: Sequence[Any], found: Mapping[str, Any]) -> dict[str, Any]:
    row = {"id": name_of(model, found["pk"])} if _is_nameless(model) else {}
    return row | {field.name: _told(field, found[_asked(field)]) for field in fields}


def _asked(field: Any) -> str:
    if isinstance(field, models.ForeignKey):
        if field.related_model is Party:
            return f"{field.name}__code"
        return field.attname if _is_nameless(field.related_model) else f"{field.name}__public_id"
    return str(field.name)


def _told(field: Any, value: Any) -> Any:
    if value is not None and isinstance(field, models.ForeignKey) and field.related_model is not Party:
        return name_of(field.related_model, value) if _is_nameless(field.related_model) else str(value)
    return value if not isinstance(value, date | UUID) else json.loads(DjangoJSONEncoder().encode(value))


def _is_nameless(model: Any) -> bool:
    return model is not Party and not any(field.name == "public_id" for field in model._meta.fields)


def _events(
    model: type[models.Model], owned: Owned, authority: Authority, after: int, last: Mapping[str, int]
) -> _Chunks:
    """The events of every chain of these records, chain after chain; the keys are those of the records."""
    heads = _between(owned.rows(model, authority), after, last[model._meta.label]).iterator(_AT_ONCE)
    while some := cast("list[ChainHead]", list(islice(heads, _AT_ONCE))):
        yield some[-1].pk, _of_chains([head.trail_stream for head in some], last[Event._meta.label])


def _of_chains(streams: Sequence[str], last: int) -> Iterator[dict[str, Any]]:
    fields = [field for field in Event._meta.concrete_fields if not field.primary_key]
    found = Event.objects.filter(stream__in=streams, pk__lte=last).order_by("stream", "sequence")
    for event in found.values(*(field.name for field in fields)).iterator(_AT_ONCE):
        yield {field.name: _told(field, event[field.name]) for field in fields}


def write_files(
    writing: Writing,
    found: Files,
    enough: Enough = lambda: False,
    *,
    tell: Told = lambda _what, _many: None,
) -> tuple[int | None, int]:
    """Copies files until there are none, or `enough` says so: looked at after each row.

    Gives the key after which it goes on, None where all are copied, and how many rows were looked at.
    """
    number = 0
    for number, (key, files) in enumerate(found.each(), start=1):
        for name, fetch in files:
            _write_file(writing, f"{found.kind}/{name}", fetch)
        if number % _AT_ONCE == 0:
            tell(found.kind, number)
        if enough():
            return key, number
    tell(found.kind, number)
    return None, number


def _write_file(writing: Writing, path: str, fetch: Callable[[], bytes]) -> None:
    try:
        content = fetch()
    except BytesLost:
        writing.lost.append(path)
        return
    with writing.file(path) as file:
        file.write(content)


def write_procedures(writing: Writing, authority: Authority, versions: Iterable[str]) -> None:
    """The procedures that it loaded, and those under which its cases stand that came with the software."""
    texts = dict(authority.procedure_versions.order_by("pk").values_list("version", "text"))
    texts |= {version: text_shipped(version) for version in versions if version in SHIPPED}
    for version, text in sorted(texts.items()):
        with writing.file(f"procedures/{version.replace('/', '-')}.toml") as file:
            file.write(text.encode())


def write_manifest(
    writing: Writing, authority: Authority, at: datetime, *, rows_read_at: Sequence[datetime]
) -> None:
    """What is in the export, what is lost and what was left out, with the sum of every file.

    `rows_read_at`: the instants of which the rows are; one but where they were read in several turns.
    """
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": at.isoformat(),
        "made_by": settings.PUBLIC_URL,
        "authority": {"slug": authority.slug, "party": authority.party.code, "id": str(authority.public_id)},
        "rows_read_at": [instant.isoformat() for instant in rows_read_at],
        "files": list(writing.files),
        "lost": writing.lost,
        "left_out": {model._meta.label: reason for model, reason in LEFT_OUT.items()},
    }
    with writing.file("manifest.json") as file:
        file.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    sums = "".join(f"{each['sha256']}  {each['path']}\n" for each in writing.files)
    (writing.folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
