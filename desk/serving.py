"""Serves the site on this machine: the web server and the embedded worker, as two children of one process.

Both run, or neither: when one ends, the other is ended too, and nothing is started again silently.
"""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from django.conf import settings

# How long the site may take to answer first, and a child to end when it is asked to, in seconds.
PATIENCE = 60
FAREWELL = 15
_PAUSE = 0.2


class CannotServe(Exception):
    """The site cannot be served, or not any more; the text says why."""


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, or the signal to terminate."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process of ours, by the name that people know it under."""

    name: str
    process: subprocess.Popen[bytes]


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CannotServe where the address cannot be listened on."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server itself does, so that connections just closed do not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        raise CannotServe(
            f"The site cannot be served on {host}, port {port}: {fault.strerror}. "
            "Another program may be using it: stop that, or set PORT to another number."
        ) from None


def serve(host: str, port: int, *, ready: Callable[[], None]) -> None:
    """Serves until somebody asks for the end; calls `ready` once the site answers. Raises CannotServe."""
    with _asked_to_stop():
        children: list[Child] = []
        try:
            server = ["-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"]
            children.append(_start("The worker", ["manage.py", "deliver_outbox"]))
            children.append(_start("The web server", [*server, "--workers", "2", "--log-level", "warning"]))
            _wait_for_answer(host, port, children)
            ready()
            while True:
                _refuse_ended(children)
                time.sleep(_PAUSE)
        except Stopped:
            return
        finally:
            _end(children)


def _start(name: str, arguments: list[str]) -> Child:
    # In a session of its own: Ctrl-C reaches this process alone, which then ends both in order.
    process = subprocess.Popen(  # noqa: S603 - our own programs, by our own interpreter
        [sys.executable, *arguments], cwd=Path(settings.BASE_DIR), start_new_session=True
    )
    return Child(name=name, process=process)


def _refuse_ended(children: list[Child]) -> None:
    for child in children:
        status = child.process.poll()
        if status is not None:
            raise CannotServe(f"{child.name} ended by itself, with exit status {status}. All is stopped.")


def _wait_for_answer(host: str, port: int, children: list[Child]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        _refuse_ended(children)
        if _answers(host, port):
            return
        time.sleep(_PAUSE)
    raise CannotServe(f"The site did not answer within {PATIENCE} seconds. All is stopped.")


def _answers(host: str, port: int) -> bool:
    """Whether the front page is served. A server that listens everywhere is asked on this machine."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
    connection = http.client.HTTPConnection(everywhere.get(host, host), port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _end(children: list[Child]) -> None:
    """Asks both to end, the web server first so that nothing new comes in; kills what does not."""
    for child in reversed(children):
        child.process.terminate()
    for child in reversed(children):
        try:
            child.process.wait(timeout=FAREWELL)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


@contextmanager
def _asked_to_stop() -> Iterator[None]:
    """Turns the signals that mean "end" into Stopped, once; while ending, further ones are not heard."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
