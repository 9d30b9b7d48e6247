"""Checks of a file on its way in: its size, its name, and whether its content is what it is called.

Everything here looks at bytes that anybody may have sent. Nothing is run, rendered or unpacked to a disk;
what is unpacked in memory is bounded beforehand. Each format that is accepted is opened by the library that
knows it, which says more than the first bytes do.
"""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pikepdf
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from projects.file_names import ending_of
from workflow.refusals import Kind, Reason, Refused, Words

# A scan of A3 at 600 dots per inch has 70 million.
MOST_PIXELS = 100_000_000
# Of a text or workbook in Office Open XML, which is a zip archive. An honest one shrinks to a tenth.
MOST_ENTRIES = 5_000
MOST_UNPACKED = 256 * 1024 * 1024
MOST_RATIO = 200
# Below this the ratio says nothing: an empty sheet shrinks well.
_SMALL = 4 * 1024 * 1024

_MEGABYTE = 1024 * 1024
_PDF, _ZIP = b"%PDF-", b"PK\x03\x04"
# Readers of PDF look for its beginning this far into a file.
_WHERE_PDF_BEGINS = 1024


class _Fault(Exception):
    """What is wrong with a file, and the remedy; `%(name)s` stands for the file's name in both."""

    def __init__(self, code: str, words: Words, mend: Words, **values: int) -> None:
        self.code, self.words, self.mend, self.values = code, words, mend, values
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class _Format:
    """A format that is accepted.

    begins         the bytes with which every file of it begins; empty for text
    also_declared  other media types under which browsers send it
    look           opens it; raises _Fault where it is broken, locked or dangerous
    """

    media_type: str
    begins: bytes
    look: Callable[[bytes], None]
    also_declared: tuple[str, ...] = ()


def checked_media_type(content: bytes, *, name: str, declared: str = "") -> str:
    """The media type of a file that passes every check. Raises Refused: the file, the fault, the remedy.

    name       as shown (`file_names.shown_name`); its ending says what the file claims to be
    declared   the media type that the browser named; "" and the nameless octet-stream claim nothing
    """
    try:
        return _checked(content, ending_of(name).lower(), declared.partition(";")[0].strip().lower())
    except _Fault as fault:
        reason = Reason(
            code=fault.code, words=fault.words, values={"name": name, **fault.values}, mend=fault.mend
        )
        raise Refused(Kind.RULE, [reason]) from fault


def _checked(content: bytes, ending: str, declared: str) -> str:
    if not content:
        raise _Fault("file-empty", _("“%(name)s” is empty."), _("Choose the file again."))
    if len(content) > settings.DOCUMENT_MOST_BYTES:
        raise _Fault(
            "file-too-large",
            _("“%(name)s” has more than %(most)s megabytes."),
            _("Make it smaller, or send it in parts."),
            most=settings.DOCUMENT_MOST_BYTES // _MEGABYTE,
        )
    form = FORMATS.get(ending)
    if form is None:
        raise _Fault(
            "file-type",
            _("“%(name)s” is of a kind that is not accepted here."),
            _("Send it as PDF, PNG, JPEG, DOCX, XLSX, CSV or TXT."),
        )
    fits = declared in ("", "application/octet-stream", form.media_type, *form.also_declared)
    if not fits or not content.startswith(form.begins):
        raise _something_else()
    _refuse_two_in_one(content, form)
    form.look(content)
    return form.media_type


def _something_else() -> _Fault:
    return _Fault(
        "file-not-what-it-says",
        _("“%(name)s” is not what its name says: its content is something else."),
        _("Save it anew in the format that its name says, and send that."),
    )


def _broken() -> _Fault:
    return _Fault(
        "file-broken",
        _("“%(name)s” is damaged or incomplete: it cannot be opened."),
        _("Open it where you made it, save it anew, and send that."),
    )


def _locked() -> _Fault:
    return _Fault(
        "file-locked",
        _("“%(name)s” is locked with a password, or encrypted."),
        _("Save a copy without a password, and send that."),
    )


def _refuse_two_in_one(content: bytes, form: _Format) -> None:
    """Refuses what a second program would open as something else than the first."""
    hidden_pdf = form.begins != _PDF and _PDF in content[:_WHERE_PDF_BEGINS]
    hidden_archive = form.begins != _ZIP and zipfile.is_zipfile(io.BytesIO(content))
    if hidden_pdf or hidden_archive:
        raise _Fault(
            "file-two-in-one",
            _("“%(name)s” is two files in one: a second one is hidden in it."),
            _("Print or save it anew from the program in which it was made, and send that."),
        )


# -- each format -------------------------------------------------------------------------------------


def _look_at_pdf(content: bytes) -> None:
    """Without qpdf's own repairs: a file that only one reader can mend is read differently by the next."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            encrypted, pages = pdf.is_encrypted, len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise _locked() from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, OverflowError) as error:
        raise _broken() from error
    if encrypted:
        raise _locked()
    if not pages:
        raise _broken()


def _look_at_image(content: bytes, named: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=(named,)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _Fault(
                        "file-too-many-pixels",
                        _("“%(name)s” is a picture of more than %(most)s million points."),
                        _("Save it with a lower resolution, and send that."),
                        most=MOST_PIXELS // 1_000_000,
                    )
                # A PNG has a checksum in each part; of a JPEG nothing is known before it is read to its end,
                # for which an eighth of its width and height is enough.
                if named == "PNG":
                    image.verify()
                else:
                    image.draft(None, (1, 1))
                    image.load()
    except Image.DecompressionBombError as error:
        raise _broken() from error
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, struct.error, zlib.error) as error:
        raise _broken() from error


def _look_at_png(content: bytes) -> None:
    _look_at_image(content, "PNG")


def _look_at_jpeg(content: bytes) -> None:
    """Cut files are found here: whether Pillow minds them is a switch that another library may have turned.

    The mark of the end occurs nowhere in the picture itself.
    """
    if content.rfind(b"\xff\xd9") < content.rfind(b"\xff\xda"):
        raise _broken()
    _look_at_image(content, "JPEG")


def _look_at_text(content: bytes) -> None:
    """UTF-8, or UTF-16 that says so. What cannot be decoded would be read as something else by the next."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _Fault(
            "file-not-text",
            _("“%(name)s” cannot be read as text."),
            _("Save it as text in the encoding UTF-8, and send that."),
        ) from error
    if any(sign < " " and sign not in "\t\n\r\f" for sign in text):
        raise _something_else()


_OFFICE = "application/vnd.openxmlformats-officedocument"


def _look_at_docx(content: bytes) -> None:
    _look_at_office_file(content, f"{_OFFICE}.wordprocessingml.document.main+xml")


def _look_at_xlsx(content: bytes) -> None:
    _look_at_office_file(content, f"{_OFFICE}.spreadsheetml.sheet.main+xml")


def _look_at_office_file(content: bytes, main_part: str) -> None:
    """An archive whose index promises no more than the limits, and which keeps what its index promises."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _bound(archive.infolist(), len(content))
            _refuse_macros(archive.namelist())
            if archive.testzip() is not None:
                raise _broken()
            types = archive.read("[Content_Types].xml").decode()
    except KeyError as error:
        raise _something_else() from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise _broken() from error
    except (zlib.error, struct.error) as error:
        raise _broken() from error
    if "macroEnabled" in types:
        raise _with_macros()
    if main_part not in types:
        raise _something_else()


def _bound(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_thin = unpacked > _SMALL and unpacked > MOST_RATIO * packed
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or too_thin:
        raise _Fault(
            "file-unpacks-too-large",
            _("“%(name)s” unpacks to far more than it is: such files are made to bring computers down."),
            _("Send the text or the table alone, without what fills it up, or as PDF."),
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise _locked()
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name for name in names):
        raise _broken()


def _refuse_macros(names: list[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _with_macros()


def _with_macros() -> _Fault:
    return _Fault(
        "file-with-macros",
        _("“%(name)s” contains macros, which are programs."),
        _("Save it without macros (as .docx or .xlsx), or as PDF, and send that."),
    )


_IMAGE_JPEG = _Format(
    media_type="image/jpeg", begins=b"\xff\xd8\xff", look=_look_at_jpeg, also_declared=("image/pjpeg",)
)

# The formats that are accepted, by the endings of their names.
FORMATS: Mapping[str, _Format] = {
    ".pdf": _Format(media_type="application/pdf", begins=_PDF, look=_look_at_pdf),
    ".png": _Format(media_type="image/png", begins=b"\x89PNG\r\n\x1a\n", look=_look_at_png),
    ".jpg": _IMAGE_JPEG,
    ".jpeg": _IMAGE_JPEG,
    ".docx": _Format(media_type=f"{_OFFICE}.wordprocessingml.document", begins=_ZIP, look=_look_at_docx),
    ".xlsx": _Format(media_type=f"{_OFFICE}.spreadsheetml.sheet", begins=_ZIP, look=_look_at_xlsx),
    ".csv": _Format(
        media_type="text/csv",
        begins=b"",
        look=_look_at_text,
        # So it is sent from a machine that opens it in a spreadsheet.
        also_declared=("text/plain", "application/csv", "application/vnd.ms-excel"),
    ),
    ".txt": _Format(media_type="text/plain", begins=b"", look=_look_at_text),
}
