"""A dossier on its way in. Anybody may have made it: nothing in it is believed or unpacked to a disk.

What it says of itself is held against what it is: the files of the archive are those of the manifest, each as
long as it says and with its SHA-256. How much is unpacked is bounded by what was read, not by what is said.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from authorisation.application import ApplicationContent
from desk.dossiers.sealing import BrokenSeal, hold_against
from desk.dossiers.shape import (
    MANIFEST,
    MOST_DOCUMENTS,
    MOST_TEXT,
    SEAL,
    Kept,
    KeptDocument,
    Manifest,
    Seal,
)
from projects.content import left_aside
from workflow.refusals import Kind, Reason, Refused, Words

# The most that all of it may come to, packed and unpacked.
MOST_PACKED = 256 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
MOST_SEAL = 1024
_PIECE = 1024 * 1024
_SHALLOW = 12  # an application is nested half as deep
_ENCRYPTED = 0x1
_UNPACKABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A dossier that is what it says. `aside`: what in its application nobody here knows.

    seal   by which key it is sealed; None for one that is not. Anybody can make a key: the seal says who made
           the dossier only to whoever knows that installation's key.
    """

    manifest: Manifest
    content: dict[str, Any]
    sha256: str
    aside: tuple[str, ...]
    seal: Seal | None
    _packed: bytes

    def documents(self) -> Iterator[tuple[KeptDocument, bytes]]:
        """Each document with its bytes, one after the other."""
        with zipfile.ZipFile(io.BytesIO(self._packed)) as archive:
            for document in self.manifest.documents:
                yield document, _unpacked(archive, document.path, most=document.size)


def read(packed: bytes) -> Dossier:
    """The dossier. Raises Refused, with what is wrong with it."""
    refuse_too_large(len(packed))
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            _refuse_what_is_no_dossier(archive)
            told = _unpacked(archive, MANIFEST, most=MOST_TEXT)
            manifest, seal = _manifest(told), _seal(archive, told)
            application = _held_against(archive, manifest)
    except _UNPACKABLE:
        _refuse("no-dossier", _("The file is no dossier, or it was damaged on its way."))
    content = _json(application)
    if not isinstance(content, dict) or _depth(content) > _SHALLOW:
        _refuse("application-unreadable", _("The application in the dossier cannot be read."))
    known, aside = _known(content)
    digest = hashlib.sha256(packed).hexdigest()
    return Dossier(manifest=manifest, content=known, sha256=digest, aside=aside, seal=seal, _packed=packed)


def refuse_too_large(size: int) -> None:
    """Before so many bytes are read. Raises Refused."""
    if size > MOST_PACKED:
        _refuse("dossier-too-large", _("The file is larger than any dossier can be."))


def _refuse_what_is_no_dossier(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if MANIFEST not in names or len(names) > MOST_DOCUMENTS + 3 or len(set(names)) != len(names):
        _refuse("no-dossier", _("The file is no dossier, or it was damaged on its way."))
    for entry in entries:
        packed_as = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in packed_as:
            _refuse("dossier-locked", _("The dossier is locked or packed in a way that is not read here."))


def _manifest(text: bytes) -> Manifest:
    found = _json(text)
    version = found.get("version") if isinstance(found, dict) else None
    if version is not None and version != 1:
        _refuse(
            "dossier-version",
            _("The dossier has a newer form than is read here."),
            _("Have it made again, in version 1."),
        )
    try:
        return Manifest.model_validate(found)
    except ValidationError:
        _refuse("manifest-wrong", _("The manifest of the dossier is not as it must be."))


def _seal(archive: zipfile.ZipFile, manifest: bytes) -> Seal | None:
    """The seal, where there is one: one that does not hold is no seal, but a dossier that was changed."""
    if SEAL not in archive.namelist():
        return None
    try:
        seal = Seal.model_validate(_json(_unpacked(archive, SEAL, most=MOST_SEAL)))
        hold_against(seal, manifest)
    except (ValidationError, BrokenSeal):
        _refuse("dossier-changed", _("The seal of the dossier does not hold: it was changed on its way."))
    return seal


def _held_against(archive: zipfile.ZipFile, manifest: Manifest) -> bytes:
    """Holds every file of the archive against the manifest, and gives the application."""
    said: dict[str, Kept] = {each.path: each for each in (manifest.application, *manifest.documents)}
    if len(said) != len(manifest.documents) + 1 or {*said, MANIFEST} != set(archive.namelist()) - {SEAL}:
        _refuse("manifest-wrong", _("The manifest of the dossier names other files than there are in it."))
    if manifest.application.path != "application.json" or manifest.application.size > MOST_TEXT:
        _refuse("application-unreadable", _("The application in the dossier cannot be read."))
    if any(each.size > settings.DOCUMENT_MOST_BYTES for each in manifest.documents):
        _refuse("dossier-too-large", _("A document of the dossier is larger than any that is accepted."))
    if sum(each.size for each in said.values()) > MOST_UNPACKED:
        _refuse("dossier-too-large", _("The file is larger than any dossier can be."))
    application = b""
    for path, kept in said.items():
        content = _unpacked(archive, path, most=kept.size)
        if len(content) != kept.size or hashlib.sha256(content).hexdigest() != kept.sha256:
            _refuse("dossier-changed", _("A file of the dossier is not the one that its manifest names."))
        if kept is manifest.application:
            application = content
    return application


def _unpacked(archive: zipfile.ZipFile, path: str, *, most: int) -> bytes:
    """The bytes of a file of the archive. However long it says it is, at most `most` are unpacked."""
    with archive.open(path) as file:
        return _at_most(file, most)


def _at_most(file: IO[bytes], most: int) -> bytes:
    read_so_far = bytearray()
    while piece := file.read(min(_PIECE, most + 1 - len(read_so_far))):
        read_so_far += piece
        if len(read_so_far) > most:
            _refuse("dossier-changed", _("A file of the dossier is not the one that its manifest names."))
    return bytes(read_so_far)


def _json(text: bytes) -> Any:
    def no_number(_text: str) -> NoReturn:
        raise ValueError

    try:
        return json.loads(text.decode("utf-8"), parse_constant=no_number)
    except (ValueError, RecursionError):
        _refuse("no-dossier", _("The file is no dossier, or it was damaged on its way."))


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _known(content: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What an application can say, as it can be said; and the places of what was left aside.

    What is malformed is left aside with its whole question: the new draft asks it anew.
    """
    aside: list[str] = []
    left = content
    while True:
        try:
            read_as = ApplicationContent.model_validate(left)
        except ValidationError as wrong:
            places = [found["loc"] for found in wrong.errors(include_url=False, include_input=False)]
            left, gone = _without(left, [place for place in places if place] or [(key,) for key in left])
            aside += gone
            continue
        aside += left_aside(read_as, left)
        return _given(read_as.as_json()), tuple(dict.fromkeys(aside))


def _without(
    content: dict[str, Any], places: list[tuple[int | str, ...]]
) -> tuple[dict[str, Any], list[str]]:
    """A copy without these questions: `request.uses`, or all of `entities`."""
    pruned = {key: dict(value) if isinstance(value, dict) else value for key, value in content.items()}
    gone = []
    for place in places:
        group, inner = str(place[0]), str(place[1]) if len(place) > 1 else ""
        held = pruned.get(group)
        if isinstance(held, dict) and inner in held:
            held.pop(inner)
            gone.append(f"{group}.{inner}")
        elif group in pruned:
            pruned.pop(group)
            gone.append(group)
    if not gone:  # what cannot be placed takes all with it: this ends
        return {}, list(content)
    return pruned, gone


def _given(value: Any) -> Any:
    """Without what was not given."""
    if isinstance(value, dict):
        return {key: _given(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_given(each) for each in value]
    return value


def _refuse(code: str, words: Words, mend: Words = "") -> NoReturn:
    remedy = mend or _("Ask for the dossier once more from where it was made.")
    raise Refused(Kind.RULE, [Reason(code=code, words=words, mend=remedy)])
