"""Packs that somebody tampered with, and files that only pretend to be packs."""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import evidence
from audit.canonical import canonical_text
from audit.chain import Record
from audit.evidence import PackVerdict, verify_pack, write_pack
from tests.audit.happenings import chain, chain_of, happening

LETTER = b"%PDF-1.7 a letter"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _records() -> list[Record]:
    return [
        *chain_of([happening(), happening("issue", facts={"letter": {"digests": [_sha256(LETTER)]}})]),
        *chain(3, slug="vut"),
    ]


def _packed(files: Mapping[str, bytes] | None = None) -> bytes:
    written = io.BytesIO()
    write_pack(written, events=_RECORDS, files={"01-letter.pdf": LETTER} if files is None else files)
    return written.getvalue()


_RECORDS = _records()
_PACK = _packed()


def _parts(pack: bytes = _PACK) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _zipped(parts: Mapping[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as pack:
        for name, content in parts.items():
            pack.writestr(name, content)
    return written.getvalue()


def _with_manifest(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with a manifest that is right about them, as a forger would write it."""
    files = {name: _sha256(content) for name, content in parts.items() if name != "manifest.json"}
    manifest = canonical_text({"format": "evidence-pack/1", "files": files})
    return {**parts, "manifest.json": manifest.encode()}


def _lines(*records: Record) -> bytes:
    return b"".join(canonical_text(record).encode() + b"\n" for record in records)


def _verified(tmp_path: Path, pack: bytes) -> PackVerdict:
    path = tmp_path / "evidence.zip"
    path.write_bytes(pack)
    return verify_pack(path)


def _refused(tmp_path: Path, pack: bytes, said: str) -> None:
    verdict = _verified(tmp_path, pack)
    assert not verdict.whole
    assert said in " ".join(fault.sentence() for fault in verdict.faults)


def test_a_pack_is_whole_and_says_what_it_holds(tmp_path: Path) -> None:
    verdict = _verified(tmp_path, _PACK)

    assert verdict.faults == ()
    assert (verdict.events, verdict.streams, verdict.files) == (5, 2, 1)


def test_a_pack_has_the_parts_that_its_format_names() -> None:
    parts = _parts()

    assert list(parts) == ["events.jsonl", "manifest.json", "files/01-letter.pdf"]
    assert [json.loads(line) for line in parts["events.jsonl"].splitlines()] == sorted(
        _RECORDS, key=lambda record: (record["stream"], record["sequence"])
    )
    assert json.loads(parts["manifest.json"])["files"]["files/01-letter.pdf"] == _sha256(LETTER)


def test_the_same_content_gives_the_same_bytes_in_whatever_order_it_comes() -> None:
    written = io.BytesIO()
    write_pack(written, events=reversed(_RECORDS), files={"01-letter.pdf": LETTER})

    assert written.getvalue() == _PACK


def test_a_pack_without_files_and_one_that_was_compressed_are_whole(tmp_path: Path) -> None:
    assert _verified(tmp_path, _packed({})).whole
    assert _verified(tmp_path, _zipped(_parts(), compression=zipfile.ZIP_DEFLATED)).whole


@pytest.mark.parametrize(
    ("events", "files", "said"),
    [
        (_RECORDS, {"letter.pdf": b"another"}, "no event of the pack states"),
        (_RECORDS, {"../letter.pdf": LETTER}, "not a plain file name"),
        (_RECORDS, {"a/letter.pdf": LETTER}, "not a plain file name"),
        (_RECORDS, {".letter": LETTER}, "not a plain file name"),
        (_RECORDS, {"": LETTER}, "not a plain file name"),
        (_RECORDS, {"a.pdf": LETTER, "A.pdf": LETTER}, "the same name"),
        (_RECORDS[1:], {}, "event 1 is missing"),
    ],
)
def test_a_pack_that_would_not_verify_is_not_written(
    tmp_path: Path, events: list[Record], files: dict[str, bytes], said: str
) -> None:
    path = tmp_path / "evidence.zip"

    with pytest.raises(ValueError, match=said):
        write_pack(path, events=events, files=files)

    assert not path.exists()


def test_a_file_with_a_changed_byte_is_named(tmp_path: Path) -> None:
    parts = _parts() | {"files/01-letter.pdf": LETTER + b" "}

    _refused(tmp_path, _zipped(parts), "files/01-letter.pdf is not the file of the manifest")
    _refused(tmp_path, _zipped(_with_manifest(parts)), "files/01-letter.pdf: no event of the pack states")


def test_a_file_that_was_added_is_named(tmp_path: Path) -> None:
    parts = _parts() | {"files/02-letter.pdf": b"%PDF forged"}

    _refused(tmp_path, _zipped(parts), "files/02-letter.pdf stands in the pack, but not in the manifest")
    _refused(tmp_path, _zipped(_with_manifest(parts)), "files/02-letter.pdf: no event of the pack states")


def test_a_file_that_was_removed_is_named(tmp_path: Path) -> None:
    parts = _parts()
    del parts["files/01-letter.pdf"]

    _refused(tmp_path, _zipped(parts), "'files/01-letter.pdf' stands in the manifest, but not in the pack")


def test_a_digest_counts_as_a_value_of_the_facts_only(tmp_path: Path) -> None:
    letter = b"uncited"
    records = chain_of([happening(facts={_sha256(letter): "key"}, reason=_sha256(letter))])
    parts = _with_manifest({"events.jsonl": _lines(*records), "files/letter.pdf": letter})

    _refused(tmp_path, _zipped(parts), "no event of the pack states")


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (
            lambda records: [{**records[0], "reason": "other"}, *records[1:]],
            "event 1: the digest does not match",
        ),
        (lambda records: records[1:], "event 2: event 1 is missing"),
        (lambda records: [records[0], records[2]], "event 3: event 2 is missing"),
        (lambda records: [records[1], records[0], records[2]], "event 2: event 1 is missing or out of order"),
        (lambda records: [records[0], *records], "event 1: it stands twice or out of order"),
        (lambda records: [*records, *records], "event 1: it stands twice or out of order"),
        (lambda records: [records[0], {**records[1], "format": 7}, records[2]], "format 7 is not known"),
        (lambda records: [{"stream": 5}], "the format None is not known"),
    ],
)
def test_events_that_were_tampered_with_are_named_though_the_manifest_agrees(
    tmp_path: Path, tamper: Callable[[list[Any]], list[Any]], said: str
) -> None:
    parts = _with_manifest({"events.jsonl": _lines(*tamper(chain(3)))})
    verdict = _verified(tmp_path, _zipped(parts))

    assert said in verdict.faults[0].sentence()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b"\xff",
        b'{"a":1.5}',
        b'{"a":1,"a":1}',
        b'{ "a":1}',
        b"[" * 100_000,
        b"nonsense",
    ],
)
def test_a_line_that_is_no_event_is_named_by_its_number(tmp_path: Path, line: bytes) -> None:
    events = _lines(*chain(1)) + line + b"\n"

    _refused(tmp_path, _zipped(_with_manifest({"events.jsonl": events})), "events.jsonl, line 2: ")


def test_a_last_line_that_is_cut_short_is_a_fault(tmp_path: Path) -> None:
    events = _lines(*chain(2)).removesuffix(b"\n")

    _refused(tmp_path, _zipped(_with_manifest({"events.jsonl": events})), "the last line is not complete")


@pytest.mark.parametrize(
    "manifest",
    [
        b"", b"[]", b"{}", b"nonsense", b"\xff", b'{"files": {}, "format": "evidence-pack/1"}',
        b'{"files":{},"format":"evidence-pack/2"}', b'{"files":[],"format":"evidence-pack/1"}',
        b'{"files":{},"format":"evidence-pack/1","more":1}', b'{"files":{},"format":"evidence-pack/1"}',
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_or_leaves_something_out_is_a_fault(tmp_path: Path, manifest: bytes) -> None:
    _refused(tmp_path, _zipped(_parts() | {"manifest.json": manifest}), ".json")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py", "files/../../evil.py", "/etc/passwd", "files//x", "files/a/b", "files/", "files/.x",
        "files\\x", "C:\\x", "notes.txt", "files/\u202epdf", "files/a\nb", "files/" + "a" * 151,
        "Events.jsonl",
    ],
)  # fmt: skip
def test_a_part_with_a_name_that_has_no_place_is_refused(tmp_path: Path, name: str) -> None:
    _refused(tmp_path, _zipped(_with_manifest(_parts() | {name: LETTER})), "has no place in an evidence pack")
    assert [entry.name for entry in tmp_path.iterdir()] == ["evidence.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "name", ["events.jsonl", "manifest.json", "files/01-letter.pdf", "files/01-LETTER.pdf"]
)
def test_two_parts_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    written = io.BytesIO(_PACK)
    with zipfile.ZipFile(written, "a") as pack:
        pack.writestr(name, LETTER)

    _refused(tmp_path, written.getvalue(), "the same name")


@pytest.mark.parametrize("name", ["events.jsonl", "manifest.json"])
def test_a_pack_without_its_necessary_parts_is_refused(tmp_path: Path, name: str) -> None:
    parts = _parts()
    del parts[name]

    _refused(tmp_path, _zipped(parts), f"The pack has no {name}")


def test_something_before_or_after_the_pack_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path, b"#!/bin/sh\n" + _PACK, "before or after")
    commented = io.BytesIO(_PACK)
    with zipfile.ZipFile(commented, "a") as pack:
        pack.comment = b"see also"
    _refused(tmp_path, commented.getvalue(), "before or after")


@pytest.mark.parametrize("pack", [b"", b"not a zip", _PACK[:-30], _PACK[: len(_PACK) // 2], _zipped({})])
def test_what_is_no_pack_is_a_fault_in_one_sentence(tmp_path: Path, pack: bytes) -> None:
    verdict = _verified(tmp_path, pack)

    assert (verdict.whole, len(verdict.faults), verdict.events) == (False, 1, 0)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert "cannot be read" in verify_pack(tmp_path / "nothing.zip").faults[0].sentence()
    assert "cannot be read" in verify_pack(tmp_path).faults[0].sentence()


def test_an_encrypted_part_is_refused(tmp_path: Path) -> None:
    pack = bytearray(_PACK)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        pack[pack.index(signature) + offset] |= 1

    _refused(tmp_path, bytes(pack), "encrypted or packed in an unknown way")


def test_a_part_packed_in_an_unknown_way_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path, _zipped(_parts(), compression=zipfile.ZIP_LZMA), "packed in an unknown way")


def test_a_part_that_unpacks_to_more_than_may_be_is_refused(tmp_path: Path) -> None:
    bomb = _zipped(
        _parts() | {"files/bomb": bytes(evidence.LARGEST_PART + 1)}, compression=zipfile.ZIP_DEFLATED
    )
    assert len(bomb) < 2**20

    _refused(tmp_path, bomb, "files/bomb is not as large as it says, or too large")


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    pack = bytearray(_zipped(_parts() | {"files/bomb": bytes(10**6)}, compression=zipfile.ZIP_DEFLATED))
    directory = pack.rindex(b"PK\x01\x02")
    pack[directory + 24 : directory + 28] = struct.pack("<I", 10)

    assert not _verified(tmp_path, bytes(pack)).whole


def test_parts_that_claim_more_than_a_pack_may_hold_are_refused(tmp_path: Path) -> None:
    pack = bytearray(_PACK)
    directory = pack.rindex(b"PK\x01\x02")
    pack[directory + 24 : directory + 28] = struct.pack("<I", 2**31)

    _refused(tmp_path, bytes(pack), "larger than")


def test_more_parts_than_a_pack_may_have_are_refused(tmp_path: Path) -> None:
    many = {f"files/{number}": b"" for number in range(evidence.MOST_PARTS)}

    _refused(tmp_path, _zipped(_parts() | many), "at most 10000 are read")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(_PACK) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_passes_unless_the_content_is_the_same(tmp_path: Path, place: int, byte: int) -> None:
    changed = bytearray(_PACK)
    changed[place] = byte
    verdict = _verified(tmp_path, bytes(changed))

    if verdict.whole:
        assert _parts(bytes(changed)) == _parts()
    else:
        assert all(fault.sentence() for fault in verdict.faults)


def test_a_pack_carries_tools_that_no_event_names_and_holds_them_to_the_manifest(tmp_path: Path) -> None:
    written = io.BytesIO()
    tools = {"verify_letter.py": b"print('genuine')"}
    write_pack(written, events=_RECORDS, files={"01-letter.pdf": LETTER}, tools=tools)
    verdict = _verified(tmp_path, written.getvalue())
    assert verdict.faults == ()
    assert verdict.files == 1
    parts = _parts(written.getvalue())
    changed = parts | {"tools/verify_letter.py": b"print('always genuine')"}
    _refused(tmp_path, _zipped(changed), "tools/verify_letter.py is not the file of the manifest")
    _refused(tmp_path, _zipped(parts | {"tools/../x": b""}), "has no place in an evidence pack")
    # What an event has to name is no tool because somebody puts it there.
    with pytest.raises(ValueError, match="not a plain file name"):
        write_pack(io.BytesIO(), events=_RECORDS, files={}, tools={"a/b": b""})
