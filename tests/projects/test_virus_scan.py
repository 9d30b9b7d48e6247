"""Where a virus scanner is configured every file goes by it, and none passes without its answer."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from projects import virus_scan
from projects.virus_scan import was_scanned
from workflow.refusals import Refused

# What every scanner finds, and nothing runs; in two parts, so that no scanner finds this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Clamd(socketserver.BaseRequestHandler):
    """As much of clamd as answers one INSTREAM."""

    def handle(self) -> None:
        assert self._take(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self._take(4))[0]:
            content += self._take(length)
        self.server.seen.append(content)  # type: ignore[attr-defined]
        answer = self.server.answer  # type: ignore[attr-defined]
        if answer is None:
            found = EICAR in content
            answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if found else b"stream: OK\0"
        self.request.sendall(answer)

    def _take(self, length: int) -> bytes:
        taken = b""
        while len(taken) < length:
            more = self.request.recv(length - len(taken))
            assert more
            taken += more
        return taken


@contextmanager
def clamd(answer: bytes | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A scanner that finds EICAR, or answers what it is told to; its address, and what it was sent."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd) as server:
        server.daemon_threads = True
        server.seen, server.answer = [], answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}", server.seen  # type: ignore[attr-defined]
        finally:
            server.shutdown()


def test_without_a_scanner_nothing_is_scanned_and_that_is_said(settings: Settings) -> None:
    settings.CLAMAV_ADDRESS = ""
    assert was_scanned(EICAR, name="a.txt") is False


def test_what_the_scanner_finds_is_refused_and_what_it_passes_is_scanned_whole(
    settings: Settings,
) -> None:
    with clamd() as (address, seen):
        settings.CLAMAV_ADDRESS = address
        large = bytes(range(256)) * 1000
        assert was_scanned(large, name="a.txt") is True
        assert seen == [large]
        with pytest.raises(Refused) as refused:
            was_scanned(EICAR, name="a.txt")
    (reason,) = refused.value.reasons
    assert reason.code == "file-infected"
    assert "Win.Test.EICAR_HDB-1" in str(reason)


@pytest.mark.parametrize(
    "answer",
    [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK, or so\0", b"\0", b"OK\0"],
)
def test_any_other_answer_is_none(settings: Settings, answer: bytes) -> None:
    with clamd(answer) as (address, _seen):
        settings.CLAMAV_ADDRESS = address
        with pytest.raises(Refused) as refused:
            was_scanned(b"a", name="a.txt")
    assert [reason.code for reason in refused.value.reasons] == ["scanner-silent"]


def test_a_scanner_that_is_configured_and_not_there_lets_nothing_pass(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virus_scan, "TIMEOUT", 0.2)
    with socket.socket() as closed, socket.socket() as mute:
        closed.bind(("127.0.0.1", 0))
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        for address in (
            f"tcp://127.0.0.1:{closed.getsockname()[1]}",
            f"tcp://127.0.0.1:{mute.getsockname()[1]}",
            f"unix://{tmp_path}/clamd.ctl",
        ):
            settings.CLAMAV_ADDRESS = address
            with pytest.raises(Refused) as refused:
                was_scanned(b"a", name="a.txt")
            (reason,) = refused.value.reasons
            assert reason.code == "scanner-silent"
            assert reason.mend_text
