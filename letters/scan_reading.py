"""Reads the scan of a signed paper into plain pictures of its pages, in a process of its own.

    python scan_reading.py application/pdf < SCAN.pdf > PAGES

What comes out is one JPEG after the other, each behind its length (four bytes, the highest first): drawn anew
from the points of the picture alone, so that nothing else that the file held goes further. Of a PDF every
page must be one picture, as scanners make them: what is drawn or written over it would be missing in the
copy, and is refused. Exit status 1, with the code of the reason on standard error, where the file is none.

Imports nothing of the authorisation desk, and gives up memory, time and files before it looks.
"""

import io
import resource
import struct
import sys
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, cast

import pikepdf
from PIL import Image, ImageOps

MOST_PAGES: Final = 60
# Enough for A4 at 200 points per inch; a letter stays small enough to be sent by mail.
_WIDTH, _HEIGHT = 1654, 2339
_QUALITY: Final = 82
# A scan of A3 at 600 dots per inch has 70 million.
_MOST_PIXELS: Final = 100_000_000
# Of a page, the part that the picture must fill to be the page.
_WHOLE: Final = 0.8
_MOST_MEMORY: Final = 1536 * 1024 * 1024
_MOST_SECONDS: Final = 90


class Unreadable(ValueError):
    """The scan cannot be used; `code` says why (letters/scans.py has the sentences)."""

    def __init__(self, code: str, page: int = 0) -> None:
        self.code, self.page = code, page
        super().__init__(code)


def pages_in(content: bytes, media_type: str) -> Iterator[bytes]:
    """The pages as JPEG. Raises Unreadable."""
    if media_type == "application/pdf":
        yield from _pages_of_pdf(content)
    else:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            yield _drawn_anew(image)


def _pages_of_pdf(content: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
        if len(pdf.pages) > MOST_PAGES:
            raise Unreadable("scan-too-long")
        for number, page in enumerate(pdf.pages, start=1):
            image = _only_picture(page, number)
            turned = int(page.obj.get("/Rotate", 0)) % 360
            yield _drawn_anew(image.rotate(-turned, expand=True) if turned else image)


def _only_picture(page: pikepdf.Page, number: int) -> Image.Image:
    """The one picture that is the page. What else is visible on it would be lost, so nothing else may be."""
    found = list(_placed(page, number))
    visible = [one for one in page.obj.get("/Annots", ()) if not int(one.get("/F", 0)) & _HIDDEN]
    if len(found) != 1 or visible:
        raise Unreadable("scan-not-pictures", number)
    name, placed = found[0]
    drawn = page.obj.Resources.XObject[name]
    masked = "/SMask" in drawn or "/Mask" in drawn
    if drawn.get("/Subtype") != "/Image" or masked or not _fills(page, placed):
        raise Unreadable("scan-not-pictures", number)
    if int(drawn.Width) * int(drawn.Height) > _MOST_PIXELS:
        raise Unreadable("scan-too-large", number)
    return pikepdf.PdfImage(cast(pikepdf.Stream, drawn)).as_pil_image()


def _placed(page: pikepdf.Page, number: int) -> Iterator[tuple[str, pikepdf.Matrix]]:
    """What is drawn on a page, by name, each with its place. Raises Unreadable for strokes and visible text.

    Text that a scanner has recognised lies invisible below the picture (rendering mode 3), and may be lost.
    """
    matrix, mode = pikepdf.Matrix(), 0
    held: list[tuple[pikepdf.Matrix, int]] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), list(instruction.operands)
        if operator == "q":
            held.append((matrix, mode))
        elif operator == "Q" and held:
            matrix, mode = held.pop()
        elif operator == "cm":
            matrix = pikepdf.Matrix(*(float(one) for one in operands)) @ matrix
        elif operator == "Tr":
            mode = int(operands[0])
        elif operator == "Do":
            yield str(operands[0]), matrix
        elif operator in _PAINTS or (operator in _WRITES and mode != _INVISIBLE):
            raise Unreadable("scan-not-pictures", number)


_PAINTS: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "BI", "INLINE IMAGE"})
_WRITES: Final = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE: Final = 3
_HIDDEN: Final = 0b10


def _fills(page: pikepdf.Page, placed: pikepdf.Matrix) -> bool:
    """Whether the picture stands upright and fills the page: a turned one would be read wrongly."""
    left, bottom, right, top = (float(Decimal(str(edge))) for edge in page.cropbox)
    width, height = right - left, top - bottom
    upright = abs(placed.b) < 1 and abs(placed.c) < 1 and placed.a > 0 and placed.d > 0
    return bool(upright and placed.a >= _WHOLE * width and placed.d >= _WHOLE * height)


def _drawn_anew(image: Image.Image) -> bytes:
    """The points of a picture as JPEG, upright, in grey or in red, green and blue, no larger than needed."""
    if image.width * image.height > _MOST_PIXELS:
        raise Unreadable("scan-too-large")
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA", "P"):
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(ground, clear).convert("RGB")
    elif image.mode in ("1", "L"):
        image = image.convert("L")
    elif image.mode != "RGB":
        image = image.convert("RGB")
    across = image.width > image.height
    image.thumbnail((_HEIGHT, _WIDTH) if across else (_WIDTH, _HEIGHT))
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    output = io.BytesIO()
    clean.save(output, "JPEG", quality=_QUALITY)
    return output.getvalue()


def _limit() -> None:
    """Gives up what a hostile file could misuse."""
    for limit, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main() -> int:
    """Reads a scan from standard input, writes its pages, returns the exit status."""
    _limit()
    warnings.simplefilter("ignore")
    try:
        content = sys.stdin.buffer.read()
        for page in pages_in(content, sys.argv[1]):
            sys.stdout.buffer.write(struct.pack("!I", len(page)) + page)
    except Unreadable as fault:
        sys.stderr.write(f"{fault.code} {fault.page}")
        return 1
    except Exception:  # noqa: BLE001 - whatever a hostile file provokes is the file's fault
        sys.stderr.write("scan-unreadable 0")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
