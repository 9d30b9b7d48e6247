"""Writes an export: a file of JSON lines for each model, the files of documents and letters, and a manifest.

Rows are named by their public ids, and where they have none by names that are made of what they are: primary
keys stay here. What rows say of each other they say by these names.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
        self.size = 0

    @contextmanager
    def file(self, path: str) -> Iterator["_File"]:
        """A new file below the folder, which is accounted for once it is whole."""
        target = self.folder / path
        target.parent.mkdir(exist_ok=True, mode=0o700)
        with target.open("xb") as opened:
            written = _File(opened)
            yield written
        self.size += written.size
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
    write_manifest(writing, authority, at)
    return writing.lost


def write_rows(writing: Writing, authority: Authority, tell: Told = lambda _what, _many: None) -> None:
    """The rows of every model, and the trail. Inside `one_instant`."""
    for model, owned in OWNED.items():
        with writing.file(f"rows/{model._meta.label}.jsonl") as file:
            for row in _rows(model, owned, authority):
                file.row(row)
        tell(model._meta.label, file.rows)
    with writing.file(f"rows/{BY_CHAIN._meta.label}.jsonl") as file:
        for row in _events(authority):
            file.row(row)
    tell(BY_CHAIN._meta.label, file.rows)


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


def _rows(model: type[models.Model], owned: Owned, authority: Authority) -> Iterator[dict[str, Any]]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (not owned.only or field.name in owned.only)
    ]
    asked = ["pk", *(_asked(field) for field in fields)]
    for found in owned.rows(model, authority).values(*asked).iterator(_AT_ONCE):
        row = {"id": name_of(model, found["pk"])} if _is_nameless(model) else {}
        yield row | {field.name: _told(field, found[_asked(field)]) for field in fields}


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


def _events(authority: Authority) -> Iterator[dict[str, Any]]:
    """The events of every chain of the authority and of what it owns, chain after chain."""
    for model, owned in OWNED.items():
        if not issubclass(model, ChainHead) or model in _CHAINS_OF_OTHERS:
            continue
        heads = (
            cast(ChainHead, head).trail_stream for head in owned.rows(model, authority).iterator(_AT_ONCE)
        )
        while streams := list(islice(heads, _AT_ONCE)):
            found = Event.objects.filter(stream__in=streams).order_by("stream", "sequence")
            names = [field.name for field in Event._meta.concrete_fields if not field.primary_key]
            for event in found.values(*names).iterator(_AT_ONCE):
                yield {name: _told(Event._meta.get_field(name), event[name]) for name in names}


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


def write_manifest(writing: Writing, authority: Authority, at: datetime) -> None:
    """What is in the export, what is lost and what was left out, with the sum of every file."""
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": at.isoformat(),
        "made_by": settings.PUBLIC_URL,
        "authority": {"slug": authority.slug, "party": authority.party.code, "id": str(authority.public_id)},
        "files": list(writing.files),
        "lost": writing.lost,
        "left_out": {model._meta.label: reason for model, reason in LEFT_OUT.items()},
    }
    with writing.file("manifest.json") as file:
        file.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    sums = "".join(f"{each['sha256']}  {each['path']}\n" for each in writing.files)
    (writing.folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
