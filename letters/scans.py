"""The pages of a scanned paper, read in a process apart from files that somebody uploaded."""

import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from audit.trail import Json
from letters import scan_reading
from letters.scan_reading import MOST_PAGES
from projects.documents import TakenIn, kept_bytes
from projects.models import Document
from workflow.refusals import Kind, Reason, Refused, Words

# Seconds on the wall; the process itself may take less of the processor.
_PATIENCE: Final = 120
ACCEPTED: Final = ("application/pdf", "image/png", "image/jpeg")

_SENTENCES: Mapping[str, tuple[Words, Words]] = {
    "scan-type": (
        _("“%(name)s” is no scan: a scan is a PDF, or PNG or JPEG pictures."),
        _("Scan the paper to PDF, or photograph each page."),
    ),
    "scan-not-pictures": (
        _("Page %(page)s of “%(name)s” is not a scan: it is not one picture that fills the page."),
        _("Scan the signed paper itself, to PDF or to pictures; add nothing to it afterwards."),
    ),
    "scan-too-long": (
        _("“%(name)s” has more than %(most)s pages."),
        _("Scan the letter alone, without what lies around it."),
    ),
    "scan-too-large": (
        _("A page of “%(name)s” is a picture of too many points."),
        _("Scan it with 200 to 300 points per inch."),
    ),
    "scan-unreadable": (
        _("“%(name)s” cannot be read as a scan."),
        _("Scan the paper anew, to PDF, PNG or JPEG."),
    ),
}


def pages_of(files: Sequence[TakenIn | Document]) -> list[bytes]:
    """The pages of the files as JPEG, in order. Raises Refused with the file and the remedy."""
    found: list[bytes] = []
    for file in files:
        found += _read_apart(file)
        if len(found) > MOST_PAGES:
            raise _unfit("scan-too-long", file)
    return found


def _read_apart(file: TakenIn | Document) -> list[bytes]:
    if file.media_type not in ACCEPTED:
        raise _unfit("scan-type", file)
    program = [sys.executable, "-I", str(scan_reading.__file__), file.media_type]
    try:
        # The arguments are ours; what somebody sent goes in as input alone.
        done = subprocess.run(  # noqa: S603
            program, input=kept_bytes(file), capture_output=True, timeout=_PATIENCE, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        raise _unfit("scan-unreadable", file) from None
    if done.returncode:
        code, _space, page = done.stderr.decode(errors="replace").partition(" ")
        raise _unfit(code if code in _SENTENCES else "scan-unreadable", file, page=page)
    return list(_apart(done.stdout))


def _apart(joined: bytes) -> list[bytes]:
    pages, start = [], 0
    while start < len(joined):
        (length,) = struct.unpack_from("!I", joined, start)
        pages.append(joined[start + 4 : start + 4 + length])
        start += 4 + length
    return pages


def _unfit(code: str, file: TakenIn | Document, *, page: str = "") -> Refused:
    words, mend = _SENTENCES[code]
    values: dict[str, Json] = {"name": file.name, "page": page, "most": MOST_PAGES}
    return Refused(Kind.RULE, [Reason(code=code, words=words, values=values, mend=mend)])
