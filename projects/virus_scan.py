"""Asks the virus scanner ClamAV about a file, where there is one (`CLAMAV_ADDRESS`).

The protocol is one exchange (clamd's INSTREAM): the bytes in pieces, each behind its length, then one line
of answer. Where a scanner is configured and gives no answer, the file is refused.
"""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workflow.refusals import Kind, Reason, Refused

_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096
# Seconds for each exchange with the scanner, which may have to load its signatures first.
TIMEOUT = 30.0


def was_scanned(content: bytes, *, name: str) -> bool:
    """True where a scanner found nothing; False where none is configured.

    Raises Refused where it found something, or gave no answer.
    """
    if not settings.CLAMAV_ADDRESS:
        return False
    try:
        answer = _answer(content)
    except OSError as error:
        raise _no_answer(name) from error
    if answer == "stream: OK":
        return True
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        reason = Reason(
            code="file-infected",
            words=_("The virus scanner found something harmful in “%(name)s”: %(found)s."),
            values={"name": name, "found": answer.removeprefix("stream: ").removesuffix(" FOUND")},
            mend=_("Clean the computer it comes from, and send a file that was made anew."),
        )
        raise Refused(Kind.RULE, [reason])
    raise _no_answer(name)


def _answer(content: bytes) -> str:
    with _connected() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        view = memoryview(content)
        for start in range(0, len(content), _PIECE):
            piece = view[start : start + _PIECE]
            scanner.sendall(struct.pack("!I", len(piece)))
            scanner.sendall(piece)
        scanner.sendall(struct.pack("!I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < _LONGEST_ANSWER and (more := scanner.recv(1024)):
            answer += more
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    address = urlsplit(settings.CLAMAV_ADDRESS)
    if address.scheme == "unix":
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(TIMEOUT)
        try:
            scanner.connect(address.path)
        except OSError:
            scanner.close()
            raise
        return scanner
    return socket.create_connection((address.hostname or "", address.port or 3310), timeout=TIMEOUT)


def _no_answer(name: str) -> Refused:
    reason = Reason(
        code="scanner-silent",
        words=_("“%(name)s” could not be checked for viruses: the scanner gives no answer."),
        values={"name": name},
        mend=_("Try again in some minutes. If it goes on, tell the authority."),
    )
    return Refused(Kind.RULE, [reason])
