"""Files for the tests of what comes in: honest ones, and ones that somebody made to do harm."""

import io
import random
import zipfile
from collections.abc import Mapping

import pikepdf
from PIL import Image

_OFFICE = "application/vnd.openxmlformats-officedocument"


def pdf(pages: int = 1, *, note: str = "") -> bytes:
    """A PDF of empty pages; `note` makes its bytes another's."""
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page()
    if note:
        made.docinfo["/Subject"] = note
    return _saved(made)


def locked_pdf(*, user: str = "secret") -> bytes:
    """An encrypted PDF; with an empty user password it opens without asking."""
    made = pikepdf.new()
    made.add_blank_page()
    return _saved(made, encryption=pikepdf.Encryption(owner="owner", user=user))


def _saved(made: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def image(form: str, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of noise, which does not shrink to nothing."""
    noise = random.Random(7).randbytes(size[0] * size[1] * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", size, noise).save(out, form)
    return out.getvalue()


def office(kind: str = "docx", more: Mapping[str, bytes] | None = None, *, types: str = "") -> bytes:
    """A text (docx) or a workbook (xlsx); `more` are further entries of the archive."""
    main = {
        "docx": ("word/document.xml", f"{_OFFICE}.wordprocessingml.document.main+xml"),
        "xlsx": ("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml"),
    }[kind]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override ContentType="{types or main[1]}"/></Types>'
        )
        archive.writestr(main[0], "<document/>")
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()


def program() -> bytes:
    """What begins as a Windows program does."""
    return b"MZ\x90\x00\x03\x00\x00\x00" + bytes(120) + b"PE\x00\x00" + bytes(400)
