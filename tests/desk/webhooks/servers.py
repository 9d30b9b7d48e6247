"""Web servers with TLS on this machine, a certificate authority that vouches for them, and the way there."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from desk.webhooks.sending import Way
from workflow.clock import RealClock

NAME = "hooks.example.org"


@cache
def _certificate() -> tuple[bytes, bytes]:
    """A key, and a certificate of `NAME` that vouches for itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    at = RealClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(serialization.Encoding.PEM)


@dataclass
class Server:
    """A server that runs; `asked` holds what came, `answer` what it says next."""

    port: int = 0
    status: int = 204
    location: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.port}/hooks?for=us"

    def way(self, **changes: Any) -> Way:
        """The way to it, as if it lay in the public network."""
        given: dict[str, Any] = {
            "resolve": lambda host, port: ["127.0.0.1"],
            "allowed": lambda address: True,
            "trust": lambda: ssl.create_default_context(cadata=_certificate()[1].decode()),
        }
        return Way(**{**given, **changes})


@contextmanager
def serving(folder: Path, *, by: Callable[[Any, Server], None] | None = None) -> Iterator[Server]:
    """A server with TLS; `by` answers in place of it, where it is to misbehave."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            state.asked.append((self.path, dict(self.headers.items()), self.rfile.read(length)))
            if by is not None:
                by(self, state)
                return
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None: ...

    private, made = _certificate()
    both = folder / "server.pem"
    both.write_bytes(private + made)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
