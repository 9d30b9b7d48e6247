"""Evidence packs: a zip with events and files that can be verified away from the database.

    events.jsonl     one record (`audit.chain`) a line, canonical JSON, in order of stream and sequence
    files/<name>     letters and documents; the SHA-256 of each stands in the facts of an event
    tools/<name>     programs to check the rest with, which no event names: compare with what is published
    manifest.json    canonical JSON: {"format": "evidence-pack/1", "files": {name: SHA-256}}, of all others

The same content gives the same bytes. A pack shows that its events and files belong together and were not
changed one by one; that they are the issuing authority's takes a comparison with a digest it published.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from audit.canonical import Json, canonical_text, parse_canonical
from audit.chain import Fault, Record, Verdict, verify

FORMAT = "evidence-pack/1"
EVENTS, MANIFEST, FILES, TOOLS = "events.jsonl", "manifest.json", "files/", "tools/"

# Bytes. The manifest and every line of the events are parsed, so they may take less than a file.
LARGEST_TEXT = 4 * 2**20
LARGEST_PART = 64 * 2**20
LARGEST_PACK = 2**30
MOST_PARTS = 10_000

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}", re.ASCII)
_MADE = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1

# What `zipfile` raises for a file that is none, or a broken one.
_BROKEN = (OSError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError)


@dataclass(frozen=True, kw_only=True)
class PackVerdict(Verdict):
    """What verification found in a pack: events, streams, faults, and how many files it holds."""

    files: int


class _UnreadableError(Exception):
    """The pack, or a part of it, cannot be read as one; the text is the sentence for people."""


def write_pack(
    target: Path | BinaryIO,
    *,
    events: Iterable[Record],
    files: Mapping[str, bytes],
    tools: Mapping[str, bytes] | None = None,
) -> None:
    """Write a pack of event records (`audit.trail.event_record`), of files and of tools by name.

    Raises `ValueError`, before anything is written, for events that are not whole chains, a name that is not
    plain (letters, digits, `.`, `_`, `-`), two names that differ in capitals only, or a file whose SHA-256 no
    event states.
    """
    records = sorted(events, key=itemgetter("stream", "sequence"))
    faults = [fault.sentence() for fault in verify(records).faults]
    tools = tools or {}
    faults += [
        _("%(name)s: not a plain file name.") % {"name": name}
        for name in (*files, *tools)
        if not _is_plain(name)
    ]
    if any(len({name.lower() for name in named}) < len(named) for named in (files, tools)):
        faults.append(_("Two files have the same name."))
    digests = {FILES + name: _sha256(content) for name, content in files.items()}
    faults += _uncited(digests, {text for record in records for text in _texts_in(record["facts"])})
    texts = [canonical_text(record).encode("utf-8") for record in records]
    if max(map(len, texts), default=0) > LARGEST_TEXT:
        faults.append(_("An event is longer than the %(most)d bytes that are read.") % {"most": LARGEST_TEXT})
    if faults:
        raise ValueError(" ".join(faults))
    lines = b"".join(text + b"\n" for text in texts)
    digests |= {TOOLS + name: _sha256(content) for name, content in tools.items()}
    manifest = canonical_text({"format": FORMAT, "files": {EVENTS: _sha256(lines), **digests}})
    parts = {EVENTS: lines, MANIFEST: manifest.encode("utf-8")}
    parts |= {FILES + name: files[name] for name in sorted(files)}
    parts |= {TOOLS + name: tools[name] for name in sorted(tools)}
    with zipfile.ZipFile(target, "w") as pack:
        for name, content in parts.items():
            # Stored, not compressed: two versions of zlib need not give the same bytes.
            part = zipfile.ZipInfo(name, _MADE)
            part.create_system = 3
            part.external_attr = 0o100644 << 16
            pack.writestr(part, content)


def verify_pack(path: Path) -> PackVerdict:
    """Verify a pack, which may be hostile: nothing is extracted, and every fault becomes a sentence.

    Chains are re-computed from their genesis; every file must stand in the manifest, and its SHA-256 in the
    facts of an event of the pack, under any key.
    """
    try:
        if path.stat().st_size > LARGEST_PACK:
            raise _UnreadableError(_too_large())
        with zipfile.ZipFile(path) as pack:
            digests: dict[str, str] = {}
            small: dict[str, bytes] = {}
            for part in _parts(pack):
                content = _content(pack, part)
                digests[part.filename] = _sha256(content)
                if not part.filename.startswith((FILES, TOOLS)):
                    small[part.filename] = content
    except _UnreadableError as error:
        return PackVerdict(events=0, streams=0, files=0, faults=(Fault(what=str(error)),))
    except _BROKEN as error:
        what = _("The evidence pack cannot be read: %(error)s.") % {"error": error}
        return PackVerdict(events=0, streams=0, files=0, faults=(Fault(what=what),))
    files = {name: digest for name, digest in digests.items() if name.startswith(FILES)}
    stated = {name: digest for name, digest in digests.items() if name != MANIFEST}
    cited: set[str] = set()
    verdict = verify(_noting(_entries(small[EVENTS]), frozenset(files.values()), cited))
    sentences = [*_manifest_faults(small[MANIFEST], stated), *_uncited(files, cited)]
    return PackVerdict(
        events=verdict.events,
        streams=verdict.streams,
        files=len(files),
        faults=(*verdict.faults, *(Fault(what=sentence) for sentence in sentences)),
    )


def _parts(pack: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts of a pack, none of which has a name, a form or a size that a pack cannot have."""
    parts = pack.infolist()
    if len(parts) > MOST_PARTS:
        raise _UnreadableError(
            _("The pack has %(count)d parts; at most %(most)d are read.")
            % {"count": len(parts), "most": MOST_PARTS}
        )
    for part in parts:
        name = part.filename
        within = name.removeprefix(TOOLS if name.startswith(TOOLS) else FILES)
        if name not in (EVENTS, MANIFEST) and not (name.startswith((FILES, TOOLS)) and _is_plain(within)):
            raise _UnreadableError(
                _("%(name)s has no place in an evidence pack.") % {"name": repr(name)[:200]}
            )
        if part.flag_bits & _ENCRYPTED or part.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise _UnreadableError(_("%(name)s is encrypted or packed in an unknown way.") % {"name": name})
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise _UnreadableError(_("Two parts of the pack have the same name."))
    missing = {EVENTS, MANIFEST} - {part.filename for part in parts}
    if missing:
        raise _UnreadableError(_("The pack has no %(names)s.") % {"names": ", ".join(sorted(missing))})
    if pack.comment or min(part.header_offset for part in parts) > 0:
        raise _UnreadableError(_("The file holds something before or after the pack."))
    if sum(part.file_size for part in parts) > LARGEST_PACK:
        raise _UnreadableError(_too_large())
    return parts


def _too_large() -> str:
    return _("The pack is larger than the %(most)d bytes that are read.") % {"most": LARGEST_PACK}


def _content(pack: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The bytes of a part, never more than it may have, whatever its header says."""
    with pack.open(part) as opened:
        content = opened.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART or len(content) != part.file_size:
        raise _UnreadableError(
            _("%(name)s is not as large as it says, or too large.") % {"name": part.filename}
        )
    return content


def _entries(lines: bytes) -> Iterator[Record | Fault]:
    """Every line as a record, or as a fault with its number; strictly in order of stream and sequence."""
    last: tuple[str, int] | None = None
    for number, line in enumerate(io.BytesIO(lines), start=1):
        try:
            record = _parsed(line.removesuffix(b"\n"))
        except ValueError as error:
            yield _line_fault(number, _("not a line of canonical JSON: %(error)s.") % {"error": error})
            continue
        if not isinstance(record, dict):
            yield _line_fault(number, _("not an event."))
            continue
        stream, sequence = record.get("stream"), record.get("sequence")
        if isinstance(stream, str) and type(sequence) is int:
            if last is not None and (stream, sequence) <= last:
                what = _("it stands twice or out of order.")
                yield Fault(stream=stream, sequence=sequence, what=what)
                continue
            last = (stream, sequence)
        yield record
    if lines and not lines.endswith(b"\n"):
        yield Fault(what=_("%(file)s: the last line is not complete.") % {"file": EVENTS})


def _noting(
    entries: Iterable[Record | Fault], wanted: frozenset[str], found: set[str]
) -> Iterator[Record | Fault]:
    """The same entries; which of the wanted texts their facts state is added to `found` as they go by."""
    for entry in entries:
        if not isinstance(entry, Fault):
            found |= wanted & _texts_in(entry.get("facts"))
        yield entry


def _parsed(text: bytes) -> Json:
    """The value of a canonical text of moderate length; raises `ValueError`."""
    if len(text) > LARGEST_TEXT:
        raise ValueError(_("longer than %(most)d bytes") % {"most": LARGEST_TEXT})
    return parse_canonical(text.decode("utf-8"))


def _line_fault(number: int, what: str) -> Fault:
    place = _("%(file)s, line %(number)d: %(what)s")
    return Fault(what=place % {"file": EVENTS, "number": number, "what": what})


def _manifest_faults(text: bytes, digests: Mapping[str, str]) -> list[str]:
    """What the manifest says otherwise than the content of the pack."""
    try:
        manifest = _parsed(text)
    except ValueError as error:
        return [
            _("%(file)s is not canonical JSON: %(error)s.") % {"file": MANIFEST, "error": error},
        ]
    stated = manifest.get("files") if isinstance(manifest, dict) else None
    if (
        not isinstance(manifest, dict)
        or manifest.keys() != {"format", "files"}
        or manifest["format"] != FORMAT
        or not isinstance(stated, dict)
    ):
        return [_("%(file)s is not of the format %(format)s.") % {"file": MANIFEST, "format": FORMAT}]
    return [
        *(
            _("%(name)s stands in the manifest, but not in the pack.") % {"name": repr(name)[:200]}
            for name in sorted(stated.keys() - digests.keys())
        ),
        *(
            _("%(name)s stands in the pack, but not in the manifest.") % {"name": name}
            for name in sorted(digests.keys() - stated.keys())
        ),
        *(
            _("%(name)s is not the file of the manifest: its SHA-256 differs.") % {"name": name}
            for name in sorted(digests.keys() & stated.keys())
            if digests[name] != stated[name]
        ),
    ]


def _uncited(digests: Mapping[str, str], cited: Collection[str]) -> list[str]:
    return [
        _("%(name)s: no event of the pack states the SHA-256 of this file.") % {"name": name}
        for name, digest in sorted(digests.items())
        if digest not in cited
    ]


def _texts_in(facts: Json) -> set[str]:
    """Every text that stands as a value, at any depth, in the facts of an event."""
    found: set[str] = set()
    waiting = [facts]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
    return found


def _is_plain(name: str) -> bool:
    return _FILE_NAME.fullmatch(name) is not None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
