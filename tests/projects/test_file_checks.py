"""A file is taken in only where its content is what it is called, and is refused in a sentence where not."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from projects.file_checks import FORMATS, MOST_ENTRIES, checked_media_type
from tests.projects import files
from workflow.refusals import Refused


def refusal(content: bytes, name: str, declared: str = "") -> tuple[str, str, str]:
    """The code, the sentence and the remedy of the one reason for which a file is refused."""
    with pytest.raises(Refused) as refused:
        checked_media_type(content, name=name, declared=declared)
    (reason,) = refused.value.reasons
    assert name in str(reason)
    assert reason.mend_text.endswith(".")
    return reason.code, str(reason), reason.mend_text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", files.pdf()),
        ("A.PDF", files.pdf(3)),
        ("a.png", files.image("PNG")),
        ("a.jpg", files.image("JPEG")),
        ("a.jpeg", files.image("JPEG")),
        ("a.docx", files.office("docx")),
        ("a.xlsx", files.office("xlsx", {"xl/worksheets/sheet1.xml": b"<row/>" * 100_000})),
        ("a.csv", "vintage;tonnes\n2026;1 000 t CO₂\n".encode()),
        ("a.csv", "\ufeffvintage,tonnes\r\n2026,1\r\n".encode()),
        ("a.txt", "Émissions évitées\n".encode("utf-16")),
    ],
)
def test_honest_files_pass_under_every_media_type_that_fits_them(name: str, content: bytes) -> None:
    found = checked_media_type(content, name=name)
    form = FORMATS["." + name.rpartition(".")[2].lower()]
    assert found == form.media_type
    for declared in (found, "application/octet-stream", f"{found}; charset=utf-8", *form.also_declared):
        assert checked_media_type(content, name=name, declared=declared) == found


def _bomb(*, megabytes: int) -> bytes:
    return files.office("xlsx", {"xl/worksheets/sheet1.xml": bytes(megabytes * 1024 * 1024)})


def _lying_bomb() -> bytes:
    """An archive whose index promises ten bytes of an entry that unpacks to eight megabytes."""
    honest = files.office("docx", {"word/big.xml": bytes(8 * 1024 * 1024)})
    true = struct.pack("<I", 8 * 1024 * 1024)
    return honest.replace(true, struct.pack("<I", 10))


def _many_entries() -> bytes:
    return files.office("docx", {f"word/{number}.xml": b"" for number in range(MOST_ENTRIES)})


def _locked_archive() -> bytes:
    """The bit in each entry's header that says that it is encrypted."""
    content = bytearray(files.office("docx"))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(sign)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(sign, at + 4)
    return bytes(content)


def _escaping_archive() -> bytes:
    return files.office("docx", {"../../etc/passwd": b"x"})


def _doubled_archive() -> bytes:
    out = io.BytesIO(files.office("docx"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/document.xml", "<another/>")
    return out.getvalue()


def _damaged_archive() -> bytes:
    content = bytearray(files.office("docx", {"word/a.bin": bytes(range(256)) * 40}))
    at = content.find(b"word/a.bin") + 30
    content[at] ^= 0xFF
    return bytes(content)


def _png_of(width: int, height: int) -> bytes:
    """The picture of that many points that its first lines promise."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0")) + part(b"IEND", b"")
    )


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.pdf", bytes, "file-empty"),
    "a program called a PDF": ("invoice.pdf", files.program, "file-not-what-it-says"),
    "a program": ("setup.exe", files.program, "file-type"),
    "without an ending": ("README", lambda: b"text", "file-type"),
    "two endings": ("invoice.pdf.exe", files.pdf, "file-type"),
    "a page with a script": ("a.html", lambda: b"<script>1</script>", "file-type"),
    "a drawing with a script": ("a.svg", lambda: b"<svg onload='1'/>", "file-type"),
    "a cut PDF": ("a.pdf", lambda: files.pdf(5)[:-200], "file-broken"),
    "the beginning of a PDF": ("a.pdf", lambda: b"%PDF-1.7 consent", "file-broken"),
    "a PDF without pages": ("a.pdf", lambda: files.pdf(0), "file-broken"),
    "a locked PDF": ("a.pdf", files.locked_pdf, "file-locked"),
    "an encrypted PDF that opens": ("a.pdf", lambda: files.locked_pdf(user=""), "file-locked"),
    "a PDF with an archive behind it": ("a.pdf", lambda: files.pdf() + files.plain_zip(), "file-two-in-one"),
    "a picture with an archive behind it": (
        "a.png",
        lambda: files.image("PNG") + files.plain_zip(),
        "file-two-in-one",
    ),
    "a text that is a PDF too": ("a.txt", lambda: b"Dear all\n" + files.pdf(), "file-two-in-one"),
    "a PDF behind a script": ("a.pdf", lambda: b"<script>" + files.pdf(), "file-not-what-it-says"),
    "a cut JPEG": ("a.jpg", lambda: files.image("JPEG")[:-400], "file-broken"),
    "a cut PNG": ("a.png", lambda: files.image("PNG")[:-400], "file-broken"),
    "a PNG called a JPEG": ("a.jpg", lambda: files.image("PNG"), "file-not-what-it-says"),
    "a picture of ten thousand million points": (
        "a.png",
        lambda: _png_of(100_000, 100_000),
        "file-broken",
    ),
    "a picture of 110 million points": ("a.png", lambda: _png_of(11_000, 10_000), "file-too-many-pixels"),
    "a workbook called a text": ("a.docx", lambda: files.office("xlsx"), "file-not-what-it-says"),
    "an archive called a text": ("a.docx", files.plain_zip, "file-not-what-it-says"),
    "a cut text": ("a.docx", lambda: files.office("docx")[:-60], "file-broken"),
    "a damaged text": ("a.docx", _damaged_archive, "file-broken"),
    "a zip bomb": ("a.xlsx", lambda: _bomb(megabytes=64), "file-unpacks-too-large"),
    "a larger zip bomb": ("a.xlsx", lambda: _bomb(megabytes=300), "file-unpacks-too-large"),
    "a zip bomb that lies": ("a.docx", _lying_bomb, "file-broken"),
    "thousands of entries": ("a.docx", _many_entries, "file-unpacks-too-large"),
    "a locked text": ("a.docx", _locked_archive, "file-locked"),
    "a text that escapes": ("a.docx", _escaping_archive, "file-broken"),
    "a text with an entry twice": ("a.docx", _doubled_archive, "file-broken"),
    "macros": ("a.docx", lambda: files.office("docx", {"word/vbaProject.bin": b"x"}), "file-with-macros"),
    "macros by its own words": (
        "a.xlsx",
        lambda: files.office("xlsx", types="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "file-with-macros",
    ),
    "a table in another encoding": ("a.csv", lambda: "année;émis".encode("latin-1"), "file-not-text"),
    "a text of binary signs": ("a.txt", lambda: b"a\x00b\x01", "file-not-what-it-says"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_is_not_what_it_claims_is_refused_with_name_fault_and_remedy(case: str) -> None:
    name, make, code = HOSTILE[case]
    assert refusal(make(), name)[0] == code


def test_the_media_type_that_the_browser_names_must_fit_too() -> None:
    assert refusal(files.pdf(), "a.pdf", "text/html")[0] == "file-not-what-it-says"
    assert refusal(files.office(), "a.docx", "application/pdf")[0] == "file-not-what-it-says"


def test_the_limit_is_a_setting_and_stands_in_the_sentence(settings: Settings) -> None:
    settings.DOCUMENT_MOST_BYTES = 1024 * 1024
    content = b"a" * (1024 * 1024)
    assert checked_media_type(content, name="a.txt") == "text/plain"
    code, sentence, _mend = refusal(content + b"a", "a.txt")
    assert code == "file-too-large"
    assert "1 megabyte" in sentence


def test_no_cut_of_an_honest_file_passes_and_none_ends_in_an_error() -> None:
    for name, content in (
        ("a.pdf", files.pdf(2)),
        ("a.png", files.image("PNG", (9, 7))),
        ("a.docx", files.office()),
    ):
        for length in range(0, len(content) - 8, 7):
            refusal(content[:length], name)
