"""One message to one server: by TLS, to an address that was looked at, within a time, and no further.

The name is asked for once. Every address that it leads to is looked at, and the connection is made to one
of these: a name that leads elsewhere a moment later leads nobody there. The certificate must be that of the
name. Redirections are not followed, and of the answer nothing is read but its head.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from desk.webhooks.addresses import host_of, is_public
from desk.webhooks.models import Fault

SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of an attempt: the address of the server, its status, and the fault if it failed."""

    server: str = ""
    status: int | None = None
    fault: Fault = Fault.NONE

    @property
    def taken(self) -> bool:
        return self.fault == Fault.NONE


def resolve(host: str, port: int) -> list[str]:
    """The addresses to which a name leads now (OSError where it leads nowhere)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, kw_only=True)
class Way:
    """How servers are found and trusted: another way than the world's only in tests."""

    resolve: Callable[[str, int], list[str]] = resolve
    allowed: Callable[[str], bool] = is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = SECONDS


WORLD = Way()


def post(address: str, *, headers: Mapping[str, str], body: bytes, way: Way = WORLD) -> Answer:
    """Sends it and says what came of it; raises nothing that a server or a network can cause."""
    parts = urlsplit(address)
    host, port = host_of(address), parts.port or 443
    try:
        found = way.resolve(host, port)
    except (OSError, UnicodeError):
        return Answer(fault=Fault.NO_NAME)
    if not found:
        return Answer(fault=Fault.NO_NAME)
    # One address that is not public is enough: whoever answers so means no good, or does not know it.
    if not all(way.allowed(each) for each in found):
        return Answer(fault=Fault.NOT_PUBLIC)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Connection(host, port, addresses=found, context=way.trust(), seconds=way.seconds)
    return connection.posted(target, headers=headers, body=body)


class _Connection(http.client.HTTPSConnection):
    """A connection to one of the addresses that were looked at, which ends in time."""

    def __init__(
        self, host: str, port: int, *, addresses: list[str], context: ssl.SSLContext, seconds: float
    ) -> None:
        super().__init__(host, port, context=context, timeout=seconds)
        self._addresses = addresses
        self._trust = context
        self._seconds = seconds
        self._over = threading.Event()
        self.server = ""

    def posted(self, target: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """The request and the head of its answer."""
        watch = threading.Timer(self._seconds, self._break_off)
        watch.start()
        try:
            self.request("POST", target, body=body, headers=dict(headers))
            status = self.getresponse().status
            # What was broken off in its head looks like one that is whole.
            return self._failed(Fault.TOO_SLOW) if self._over.is_set() else self._read(status)
        except ssl.SSLCertVerificationError:
            return self._failed(Fault.NO_TLS)
        except ssl.SSLError:
            return self._failed(Fault.TOO_SLOW if self._over.is_set() else Fault.NO_TLS)
        except TimeoutError:
            return self._failed(Fault.TOO_SLOW)
        except OSError:
            return self._failed(Fault.NO_CONNECTION)
        except (http.client.HTTPException, ValueError):
            return self._failed(Fault.NOT_HTTP)
        finally:
            watch.cancel()
            self.close()

    def connect(self) -> None:
        """To the first of the addresses that answers; the certificate is held against the name."""
        fault: OSError = ConnectionError("There is no address.")
        for address in self._addresses:
            if self._over.is_set():
                raise TimeoutError
            self.server = address
            try:
                plain = socket.create_connection((address, self.port), timeout=self._seconds)
            except OSError as failed:
                fault = failed
                continue
            # The handshake comes after: so that it, too, can be broken off.
            self.sock = self._trust.wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
            return
        raise fault

    def _break_off(self) -> None:
        """Ends what still runs: a server that sends a little at a time would else hold it for ever."""
        self._over.set()
        held = self.sock
        if held is not None:
            try:
                socket.socket.shutdown(held, socket.SHUT_RDWR)
            except OSError:  # it ended meanwhile
                return

    def _read(self, status: int) -> Answer:
        if status == http.client.GONE:
            fault = Fault.GONE
        elif http.client.OK <= status < http.client.MULTIPLE_CHOICES:
            fault = Fault.NONE
        elif status < http.client.BAD_REQUEST:
            fault = Fault.REDIRECTED
        else:
            fault = Fault.REFUSED
        return Answer(server=self.server, status=status, fault=fault)

    def _failed(self, fault: Fault) -> Answer:
        return Answer(server=self.server, fault=Fault.TOO_SLOW if self._over.is_set() else fault)
